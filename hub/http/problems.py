"""Turns every refusal into an answer: one table of statuses and sentences (RFC 9457; docs/spec/22-http.md)."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from crypto.errors import ProtocolError
from hub.errors import TokenRefused
from hub.http.errors import ExpiredSession, Refusal
from hub.http.negotiate import wants_page
from hub.http.shell import SHELL

log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a code means to a person: `title` names it; `detail` tells what happened, what was kept, what to do."""

    status: int
    title: str
    detail: str


def N_(text: str) -> str:  # noqa: N802 - the name by which the catalogue's extractor knows it
    return text


NOT_NEXT: Final = Sentence(
    409,
    N_("That is not the next statement"),
    N_("Its number or predecessor does not follow the last one that the hub holds. Nothing was stored."),
)

SENTENCES: Final[Mapping[str, Sentence]] = {
    "malformed": Sentence(
        400,
        N_("The request cannot be read"),
        N_(
            "A field is missing, unknown or of the wrong type. Nothing was stored. Load the newest version "
            "and try again."
        ),
    ),
    "not-canonical": Sentence(
        400,
        N_("The statement is not in its one exact form"),
        N_("Signed statements have exactly one spelling, and this one differs. Nothing was stored."),
    ),
    "too-large": Sentence(
        413,
        N_("That is too large"),
        N_("The hub stopped reading at its limit and stored nothing. Send less at once."),
    ),
    "unsupported-media": Sentence(
        415,
        N_("The hub does not take this kind of content"),
        N_("The media type or encoding is not the one that this address expects. Nothing was stored."),
    ),
    "origin-refused": Sentence(
        403,
        N_("The request came from another site"),
        N_("Only the hub's own pages and programs may ask this. Nothing was done. Open the hub under its own address."),
    ),
    "rate-limited": Sentence(
        429,
        N_("Too many requests"),
        N_("The hub takes no more from you for a moment. Nothing was done. Wait and try again."),
    ),
    "hub-busy": Sentence(
        503,
        N_("The hub is busy"),
        N_("Nothing was stored. Your client keeps what it has and tries again."),
    ),
    "unauthenticated": Sentence(
        401,
        N_("That did not open the account"),
        N_(
            "Account code, passphrase and second secret do not fit together. Compare them with your sheet "
            "and try again."
        ),
    ),
    "expired-session": Sentence(
        401,
        N_("You are signed out"),
        N_("The session has ended. What you wrote is kept on this device. Sign in to go on."),
    ),
    "dormant": Sentence(
        403,
        N_("The account is blocked"),
        N_(
            "Nobody has signed in for too long, so the account was put to rest. Nothing was deleted. "
            "Ask an administrator to restore it."
        ),
    ),
    "stale-device": Sentence(
        403,
        N_("This device was not used for 60 days"),
        N_(
            "A passphrase alone does not bring it back. Use your recovery code, a passkey, or confirm this device on "
            "another one of yours."
        ),
    ),
    "no-device": Sentence(
        403,
        N_("This session has no device yet"),
        N_("Nothing was done. Unlock your account on this device, so that it can sign for you."),
    ),
    "not-allowed": Sentence(
        403,
        N_("Your role does not allow this"),
        N_("The hub refused and noted it in the audit log. Nothing was changed. Ask a coordinator if you need it."),
    ),
    "not-found": Sentence(
        404,
        N_("There is nothing here for you"),
        N_("It does not exist, or it is not shared with your account."),
    ),
    "method-not-allowed": Sentence(
        405,
        N_("This address does not take that method"),
        N_("Nothing was done."),
    ),
    "conflict": Sentence(
        409,
        N_("Somebody was faster"),
        N_(
            "Something else took this place in the meantime. Nothing was stored. Your client fetches it and "
            "checks again."
        ),
    ),
    "not-next": NOT_NEXT,
    "gap": NOT_NEXT,
    "forked": NOT_NEXT,
    "repeated": Sentence(
        409,
        N_("This number was used before"),
        N_("The device already sent something else under this number. Nothing was stored."),
    ),
    "stale-epoch": Sentence(
        409,
        N_("The channel needs a new key first"),
        N_(
            "Somebody lost reading, so nothing may be sealed under the present key. Your client makes a new "
            "one and sends again."
        ),
    ),
    "wrong-place": Sentence(
        422,
        N_("The statement belongs elsewhere"),
        N_(
            "It names another hub, operation, channel, epoch, account or content than the one it came with. "
            "Nothing was stored."
        ),
    ),
    "forged": Sentence(
        422,
        N_("The signature is not genuine"),
        N_(
            "Nothing was stored, and the attempt was written to the audit log. If you sent this yourself, "
            "sign in again."
        ),
    ),
    "revoked": Sentence(
        403,
        N_("This device is not valid any more"),
        N_("It was revoked, or never belonged to this account. Nothing was stored. Sign in on another device."),
    ),
    "not-certified": Sentence(
        403,
        N_("The account is not certified"),
        N_("The directory does not name this account with these keys, or has suspended it. Nothing was stored."),
    ),
    "not-a-reader": Sentence(
        403,
        N_("You do not read this channel"),
        N_("Your role and compartments do not reach it. Nothing was stored. Ask a coordinator if you need it."),
    ),
    "expired": Sentence(
        422,
        N_("The time is over"),
        N_("The statement is too old, or lies in the future. Nothing was stored. Check the clock of your device."),
    ),
    "unknown-version": Sentence(
        422,
        N_("An update is needed"),
        N_("The statement is of a version that this hub does not know. Nothing was stored."),
    ),
    "wrong-readers": Sentence(
        422,
        N_("The readers have changed"),
        N_("The key was made for other people than those who read now. Nothing was stored. Your client makes it anew."),
    ),
    "wrong-wraps": Sentence(
        422,
        N_("A key does not fit its readers"),
        N_("The sealed keys do not match the list of readers. Nothing was stored. Your client makes them anew."),
    ),
    "refused": Sentence(
        422,
        N_("The statement breaks a rule"),
        N_("It is authentic, but the rules of the hub do not allow it. Nothing was stored."),
    ),
    "internal": Sentence(
        500,
        N_("The hub made a mistake"),
        N_("The request was not completed. Tell the operator the number below."),
    ),
}

_BY_STATUS: Final = {400: "malformed", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 417: "malformed"}

_SAME_TO_PEOPLE: Final = {"bad-signature": "forged", "wrong-hub": "wrong-place", "malformed-key": "malformed"}
"""Codes of crypto/ that reach the outside under another name."""


def code_of(error: Refusal | ProtocolError) -> str:
    """The code that the answer carries."""
    return _SAME_TO_PEOPLE.get(error.code, error.code)


def problem(request: web.Request, code: str, extra: Mapping[str, object] | None = None) -> web.Response:
    """The answer to a refusal: a problem for programs, a page for a person who opened the address."""
    sentence = SENTENCES.get(code, SENTENCES["refused"])
    say = request.app[SHELL].gettext(request)
    title, detail = say(sentence.title), say(sentence.detail)
    if wants_page(request):
        response = request.app[SHELL].error_page(request, sentence.status, title, detail, dict(extra or {}))
    else:
        body = {
            **(extra or {}),
            "type": f"urn:ncphub:problem:{code}",
            "title": title,
            "status": sentence.status,
            "detail": detail,
            "code": code,
        }
        response = web.Response(
            status=sentence.status, text=json.dumps(body, ensure_ascii=False), content_type=MEDIA_TYPE, charset="utf-8"
        )
    wait = (extra or {}).get("retry_after")
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost task of a request: whatever goes wrong inside leaves as a problem, and never with internals."""
    try:
        return await handler(request)
    except (Refusal, ProtocolError) as error:
        return problem(request, code_of(error), error.extra if isinstance(error, Refusal) else None)
    except TokenRefused:
        return problem(request, ExpiredSession.code)
    except web.RequestPayloadError:
        return problem(request, "malformed")
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return problem(request, _BY_STATUS.get(answer.status, "malformed"))
    except Exception:
        number = secrets.token_hex(4)
        # The route's pattern, not the address: an address may name operations and people.
        resource = request.match_info.route.resource
        log.exception(
            "request failed", number=number, method=request.method, route=resource.canonical if resource else None
        )
        return problem(request, "internal", {"number": number})
