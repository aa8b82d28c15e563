"""Nominations over HTTP (docs/spec/22-http.md)."""

from typing import Final

from aiohttp import web

from hub.access.actor import actor_of
from hub.access.guard import id_in_path
from hub.access.routes import Route
from hub.http.wire import answer, read_json, read_packet
from hub.nominations import wire
from hub.nominations.service import NOMINATIONS


async def nominate(request: web.Request) -> web.Response:
    await request.app[NOMINATIONS].nominate(await read_packet(request), actor_of(request))
    return answer({}, 201)


async def listed(request: web.Request) -> web.Response:
    rows = await request.app[NOMINATIONS].listed(actor_of(request), own=False)
    return answer([wire.nomination(row) for row in rows])


async def own(request: web.Request) -> web.Response:
    rows = await request.app[NOMINATIONS].listed(actor_of(request), own=True)
    return answer([wire.nomination(row) for row in rows])


async def close(request: web.Request) -> web.Response:
    asked = await read_json(request, wire.Close)
    nomination = id_in_path(request.match_info["nomination"], 16)
    await request.app[NOMINATIONS].close(nomination, asked.outcome, actor_of(request))
    return answer({})


ROUTES: Final = (
    Route("POST", "/api/nominations", nominate, "nomination.write", "nomination", device=True),
    Route("GET", "/api/nominations", listed, "nomination.read", "nominations-read"),
    Route("GET", "/api/nominations/own", own, "nomination.write", "nominations-read"),
    Route("POST", "/api/nominations/{nomination}/outcome", close, "nomination.close", "nomination-closed"),
)
