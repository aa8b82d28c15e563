"""The ways into a vault over HTTP (docs/spec/22-http.md)."""

from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import actor_of, place_of
from hub.access.routes import OPEN, Route
from hub.accounts.answers import signed_in_answer
from hub.accounts.sessions import SESSIONS
from hub.accounts.signin import SIGN_INS
from hub.accounts.ways import wire
from hub.accounts.ways.passkeys import ALGORITHMS, Site
from hub.accounts.ways.service import WAYS
from hub.accounts.wire import SignInByPasskey
from hub.http.origin import host_name
from hub.http.wire import answer, read_json

PROPOSAL_LIMIT: Final = 128 * 1024


async def list_ways(request: web.Request) -> web.Response:
    rows = await request.app[WAYS].listed(actor_of(request))
    return answer([wire.listed(row) for row in rows])


async def propose(request: web.Request) -> web.Response:
    asked = await read_json(request, wire.Propose)
    site = Site.of(request) if any(one.kind == "passkey" for one in asked.wraps) else None
    number, kept = await request.app[WAYS].propose(actor_of(request), asked.wraps, site)
    return answer({"number": number, "wraps": [wire.sealed_wrap(one) for one in kept]})


async def change(request: web.Request) -> web.Response:
    asked = await read_json(request, wire.Change)
    await request.app[WAYS].change(actor_of(request), asked)
    return answer({})


async def passkey_options(request: web.Request) -> web.Response:
    actor = actor_of(request)
    challenge, known = await request.app[WAYS].passkey_options(actor)
    code = request.app[SESSIONS].code(actor)
    return answer(
        {
            "challenge": b64(challenge),
            "rp": {"id": host_name(request.headers.get("Host", "")), "name": request.app[WAYS].hub_name},
            "user": {"id": b64(code.encode()), "name": code},
            "algorithms": list(ALGORITHMS),
            "known": [b64(credential) for credential in known],
        }
    )


async def challenge(request: web.Request) -> web.Response:
    made = request.app[SIGN_INS].passkey_challenge()
    return answer({"challenge": b64(made), "host": host_name(request.headers.get("Host", ""))})


async def sign_in(request: web.Request) -> web.Response:
    asked = await read_json(request, SignInByPasskey)
    signed_in = await request.app[SIGN_INS].by_passkey(
        asked.assertion, asked.secret, Site.of(request), place_of(request)
    )
    return signed_in_answer(signed_in, browser=True)


ROUTES: Final = (
    Route("GET", "/api/ways", list_ways, "vault.read", "ways-read"),
    Route("PUT", "/api/ways", propose, "vault.write", "ways-propose", body_limit=PROPOSAL_LIMIT, device=True),
    Route("POST", "/api/ways/proof", change, "vault.write", "ways-change", device=True),
    Route("POST", "/api/ways/passkey", passkey_options, "vault.write", None, device=True),
    Route("POST", "/api/sign-in/passkey/challenge", challenge, OPEN, None),
    Route("POST", "/api/sign-in/passkey", sign_in, OPEN, "sign-in"),
)
