"""What somebody gets who has just come in, whichever way (docs/spec/22-http.md)."""

from typing import Any

from aiohttp import web

from crypto.encoding import b64
from hub.access.guard import COOKIE
from hub.accounts import wire
from hub.accounts.sessions import Opened
from hub.accounts.signin import SignedIn
from hub.accounts.ways.wire import sealed_wrap
from hub.http.wire import answer


def signed_in_answer(signed_in: SignedIn, *, browser: bool, **more: Any) -> web.Response:
    """The sealed vault and a session: as a cookie for a browser, as a token for another client."""
    body = {
        "account": b64(signed_in.account),
        "session": {
            "expires": signed_in.session.expires_at,
            "ends": signed_in.session.ends_at,
            "jti": signed_in.session.jti,
        },
        "vault": wire.sealed_vault(signed_in.vault),
        "wraps": [sealed_wrap(one) for one in signed_in.wraps],
        **more,
    }
    if not browser:
        return answer({**body, "token": signed_in.session.token})
    return with_cookie(answer(body), signed_in.session)


def with_cookie(response: web.Response, opened: Opened) -> web.Response:
    response.set_cookie(
        COOKIE, opened.token, path="/", secure=True, httponly=True, samesite="Strict", max_age=opened.life
    )
    return response
