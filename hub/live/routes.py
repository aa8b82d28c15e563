"""The live stream over HTTP: a socket, or the same by polling (docs/api.md, live)."""

from typing import Final

from aiohttp import web

from crypto.encoding import unb64
from crypto.errors import ProtocolError
from hub.access.actor import actor_of
from hub.access.routes import Route
from hub.http.errors import Malformed
from hub.http.wire import query_integer
from hub.journal.wire import MEDIA_TYPE, packet
from hub.live.service import LIVE, LONGEST_WAIT
from hub.live.wire import read_after


async def live(request: web.Request) -> web.WebSocketResponse:
    return await request.app[LIVE].serve(actor_of(request), request)


async def poll(request: web.Request) -> web.Response:
    """204 when nothing came in time; NCP-More says that there is more to fetch at once."""
    try:
        after = read_after(unb64(request.query.get("cursor", "")))
    except ProtocolError:
        raise Malformed from None
    seconds = query_integer(request, "wait", int(LONGEST_WAIT), 0, int(LONGEST_WAIT))
    found, more = await request.app[LIVE].poll(actor_of(request), after, seconds)
    if not found:
        return web.Response(status=204)
    body = b"".join([packet(statement) for statement in found])
    return web.Response(body=body, content_type=MEDIA_TYPE, headers={"NCP-More": "1"} if more else {})


ROUTES: Final = (
    Route("GET", "/api/live", live, "live.read", "list", device=True),
    Route("GET", "/api/live/poll", poll, "live.read", "list", device=True),
)
