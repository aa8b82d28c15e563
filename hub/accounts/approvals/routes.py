"""Approvals over HTTP (docs/spec/22-http.md)."""

from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import Field

from crypto.encoding import b64
from hub.access.actor import actor_of, place_of
from hub.access.guard import id_in_path
from hub.access.routes import OPEN, Route
from hub.accounts.answers import signed_in_answer
from hub.accounts.approvals.service import APPROVALS
from hub.clock import to_milliseconds
from hub.http.wire import Octets, Octets16, Octets32, Octets64, Wire, answer, read_json


class OpenApproval(Wire):
    approval: Octets16


class Ask(Wire):
    """A new device's request, which only the holder of the one-time code can have made."""

    approval: Octets16
    body: Annotated[Octets, Field(max_length=2000)]
    signature: Octets64
    mac: Octets32


class Collect(Wire):
    approval: Octets16
    secret: Octets32
    client: Literal["browser", "client"]


class Answer(Wire):
    sealed: Annotated[Octets, Field(max_length=1000)]
    verifier: Octets32


async def open_approval(request: web.Request) -> web.Response:
    asked = await read_json(request, OpenApproval)
    return answer({"expires": await request.app[APPROVALS].open(actor_of(request), asked.approval)}, 201)


async def read_approval(request: web.Request) -> web.Response:
    row = await request.app[APPROVALS].read(actor_of(request), _name(request))
    asked = None
    if row.body is not None and row.signature is not None and row.mac is not None:
        asked = {"body": b64(row.body), "signature": b64(row.signature), "mac": b64(row.mac)}
    return answer({"expires": to_milliseconds(row.expires_at), "request": asked, "answered": row.sealed is not None})


async def answer_approval(request: web.Request) -> web.Response:
    asked = await read_json(request, Answer)
    await request.app[APPROVALS].answer(actor_of(request), _name(request), asked.sealed, asked.verifier)
    return answer({})


async def end_approval(request: web.Request) -> web.Response:
    await request.app[APPROVALS].end(actor_of(request), _name(request))
    return answer({})


async def ask(request: web.Request) -> web.Response:
    asked = await read_json(request, Ask)
    await request.app[APPROVALS].ask(asked.approval, asked.body, asked.signature, asked.mac, place_of(request))
    return answer({}, 201)


async def collect(request: web.Request) -> web.Response:
    asked = await read_json(request, Collect)
    found = await request.app[APPROVALS].collect(asked.approval, asked.secret, place_of(request))
    if found is None:
        return answer({"waiting": True}, 202)
    signed_in, sealed = found
    return signed_in_answer(signed_in, browser=asked.client == "browser", sealed=b64(sealed))


def _name(request: web.Request) -> bytes:
    return id_in_path(request.match_info["approval"], 16)


ROUTES: Final = (
    Route("POST", "/api/approvals", open_approval, "device.write", "approval-open", device=True),
    Route("GET", "/api/approvals/{approval}", read_approval, "device.read", None, device=True),
    Route("POST", "/api/approvals/{approval}", answer_approval, "device.write", "approval-answer", device=True),
    Route("DELETE", "/api/approvals/{approval}", end_approval, "device.write", "approval-end", device=True),
    Route("POST", "/api/sign-in/approval", ask, OPEN, "approval-request"),
    Route("POST", "/api/sign-in/approval/collect", collect, OPEN, "sign-in"),
)
