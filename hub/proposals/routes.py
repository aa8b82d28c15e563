"""Proposals over HTTP: authorised by administrators' signatures, as acts are (docs/spec/22-http.md)."""

from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import place_of
from hub.access.routes import OPEN, Route
from hub.clock import to_milliseconds
from hub.http.wire import answer, read_packet
from hub.proposals.service import PROPOSALS


async def sign(request: web.Request) -> web.Response:
    await request.app[PROPOSALS].sign(await read_packet(request), place_of(request))
    return answer({}, 201)


async def waiting(request: web.Request) -> web.Response:
    rows = await request.app[PROPOSALS].waiting(await read_packet(request), place_of(request))
    return answer(
        [
            {
                "act": b64(row.act),
                "following": b64(row.following),
                "at": to_milliseconds(row.at),
                "signatures": [[b64(administrator), b64(signature)] for administrator, signature in row.signatures],
            }
            for row in rows
        ]
    )


ROUTES: Final = (
    Route("POST", "/api/proposals", sign, OPEN, "proposal"),
    Route("POST", "/api/proposals/waiting", waiting, OPEN, "proposals-read"),
)
