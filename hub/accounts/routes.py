"""Sign-in, sessions, vaults, private records and enrolment over HTTP (docs/spec/22-http.md)."""

import re
from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import actor_of, place_of
from hub.access.guard import COOKIE
from hub.access.routes import OPEN, Route
from hub.accounts import wire
from hub.accounts.answers import signed_in_answer, with_cookie
from hub.accounts.approvals import routes as approval_routes
from hub.accounts.devices import routes as device_routes
from hub.accounts.enrolment import ENROLMENTS, HandedIn
from hub.accounts.queries import PrivateRow, VaultRow
from hub.accounts.sessions import SESSIONS, Opened
from hub.accounts.signin import SIGN_INS
from hub.accounts.vaults import VAULTS
from hub.accounts.ways import routes as way_routes
from hub.accounts.ways.wire import row_of, sealed_wrap, way
from hub.http.errors import NotFound
from hub.http.wire import answer, read_json

RECORD_LIMIT: Final = 300_000
"""A private record grows with what a person reads: pins of every channel, marks of every alert."""

RECORD: Final = re.compile(r"[a-z0-9-]{1,64}")


async def ways(request: web.Request) -> web.Response:
    asked = await read_json(request, wire.AskWays)
    found = await request.app[SIGN_INS].ways(asked.code.upper())
    return answer({"ways": [way(one) for one in found]})


async def sign_in(request: web.Request) -> web.Response:
    asked = await read_json(request, wire.SignIn)
    signed_in = await request.app[SIGN_INS].sign_in(asked.code.upper(), asked.wrap, asked.secret, place_of(request))
    return signed_in_answer(signed_in, browser=asked.client == "browser")


async def read_session(request: web.Request) -> web.Response:
    actor = actor_of(request)
    return answer(
        {
            "account": b64(actor.account),
            "code": request.app[SESSIONS].code(actor),
            "device": None if actor.device is None else b64(actor.device),
            "expires": actor.expires_at,
            "ends": await request.app[SESSIONS].ends(actor),
            "may": sorted(actor.may),
            "jti": actor.jti,
        }
    )


async def renew(request: web.Request) -> web.Response:
    opened = await request.app[SESSIONS].renew(actor_of(request))
    return _renewed(request, opened)


async def stay(request: web.Request) -> web.Response:
    asked = await read_json(request, wire.Stay)
    opened = await request.app[SESSIONS].stay(actor_of(request), asked.at, asked.until, asked.signature)
    return _renewed(request, opened)


async def bind_device(request: web.Request) -> web.Response:
    asked = await read_json(request, wire.BindDevice)
    await request.app[SESSIONS].bind_device(actor_of(request), asked.device, asked.at, asked.signature)
    return answer({"device": b64(asked.device)})


async def sign_out(request: web.Request) -> web.Response:
    await request.app[SESSIONS].end(actor_of(request))
    response = answer({})
    response.set_cookie(COOKIE, "", max_age=0, path="/", secure=True, httponly=True, samesite="Strict")
    return response


async def read_vault(request: web.Request) -> web.Response:
    vault, wraps = await request.app[VAULTS].vault(actor_of(request))
    return answer({**wire.sealed_vault(vault), "wraps": [sealed_wrap(one) for one in wraps]})


async def put_vault(request: web.Request) -> web.Response:
    asked = await read_json(request, wire.PutVault)
    await request.app[VAULTS].put_vault(actor_of(request), VaultRow(asked.version, asked.sealed))
    return answer({"version": asked.version})


async def list_private(request: web.Request) -> web.Response:
    rows = await request.app[VAULTS].privates(actor_of(request))
    return answer([_private(row) for row in rows])


async def read_private(request: web.Request) -> web.Response:
    row = await request.app[VAULTS].private(actor_of(request), _record(request))
    return answer(_private(row))


async def put_private(request: web.Request) -> web.Response:
    record = _record(request)
    asked = await read_json(request, wire.PutPrivate)
    await request.app[VAULTS].put_private(actor_of(request), PrivateRow(record, asked.version, asked.sealed))
    return answer({"record": record, "version": asked.version})


async def drop_private(request: web.Request) -> web.Response:
    await request.app[VAULTS].drop_private(actor_of(request), _record(request))
    return answer({})


async def enrol(request: web.Request) -> web.Response:
    asked = await read_json(request, wire.Enrol)
    handed = HandedIn(
        body=asked.body,
        signatures=asked.signatures,
        mac=asked.mac,
        device_act=asked.device_act.body,
        device_signature=asked.device_act.signature,
        vault=VaultRow(asked.vault.version, asked.vault.sealed),
        wraps=[row_of(one) for one in asked.wraps],
    )
    await request.app[ENROLMENTS].enrol(handed, place_of(request))
    return answer({}, 201)


def _renewed(request: web.Request, opened: Opened) -> web.Response:
    body = {"expires": opened.expires_at, "ends": opened.ends_at}
    if "Authorization" in request.headers:
        return answer({**body, "token": opened.token})
    return with_cookie(answer(body), opened)


def _private(row: PrivateRow) -> dict[str, object]:
    return {"record": row.record, "version": row.version, "sealed": b64(row.sealed)}


def _record(request: web.Request) -> str:
    record = request.match_info["record"]
    if not RECORD.fullmatch(record):
        raise NotFound
    return record


ROUTES: Final = (
    Route("POST", "/api/sign-in/ways", ways, OPEN, None),
    Route("POST", "/api/sign-in", sign_in, OPEN, "sign-in"),
    Route("GET", "/api/session", read_session, "session.read", None),
    Route("POST", "/api/session/renew", renew, "session.renew", None),
    Route("POST", "/api/session/stay", stay, "session.renew", "session-stay", device=True),
    Route("POST", "/api/session/device", bind_device, "session.device", "session-device"),
    Route("DELETE", "/api/session", sign_out, "session.end", "sign-out"),
    Route("GET", "/api/vault", read_vault, "vault.read", "vault-read"),
    Route("PUT", "/api/vault", put_vault, "vault.write", "vault-write"),
    Route("GET", "/api/private", list_private, "private.read", "private-read"),
    Route("GET", "/api/private/{record}", read_private, "private.read", "private-read"),
    Route("PUT", "/api/private/{record}", put_private, "private.write", "private-write", body_limit=RECORD_LIMIT),
    Route("DELETE", "/api/private/{record}", drop_private, "private.write", "private-delete"),
    Route("POST", "/api/enrolments", enrol, OPEN, "enrolment"),
    *way_routes.ROUTES,
    *device_routes.ROUTES,
    *approval_routes.ROUTES,
)
