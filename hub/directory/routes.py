"""
The directory over HTTP: the chain for members, acts and requests for whoever can sign them
(docs/spec/22-http.md).
"""

from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import actor_of, place_of
from hub.access.guard import id_in_path
from hub.access.routes import OPEN, Route
from hub.directory.requests import INVITATIONS
from hub.directory.service import DIRECTORIES
from hub.directory.state import DIRECTORY
from hub.http.errors import Malformed
from hub.http.wire import answer, answer_packets, query_integer, read_packet, read_packets
from hub.journal.service import LIST_ROWS
from hub.journal.wire import packet as packet_bytes

MOST_ACTS: Final = 8


async def about(request: web.Request) -> web.Response:
    """What anybody may know: the genesis, whose hash is the hub's id."""
    state = request.app[DIRECTORY]
    genesis = state.latest.genesis
    return answer(
        {
            "hub": b64(state.hub),
            "genesis": b64(state.genesis_body),
            "signatures": b64(state.genesis_signatures),
            "exercise": genesis.exercise,
            "name": genesis.name,
            "log": {"origin": genesis.log_origin, "key": b64(genesis.log_key)},
        }
    )


async def entries(request: web.Request) -> web.Response:
    after = query_integer(request, "after", -1, -1)
    limit = query_integer(request, "limit", LIST_ROWS, 1, LIST_ROWS)
    stored, more = await request.app[DIRECTORIES].entries(after, limit, actor_of(request))
    return answer_packets(map(packet_bytes, stored), more=more)


async def submit(request: web.Request) -> web.Response:
    """One act or several that build on each other; those before a refused one stand."""
    packets = await read_packets(request)
    if not 1 <= len(packets) <= MOST_ACTS:
        raise Malformed
    receipts = [await request.app[DIRECTORIES].submit(packet, place_of(request)) for packet in packets]
    last = receipts[-1]
    return answer({"seq": last.seq, "id": b64(last.id or b""), "leaf": last.leaf, "at": last.at}, 201)


async def invite(request: web.Request) -> web.Response:
    await request.app[INVITATIONS].open(await read_packet(request), place_of(request))
    return answer({}, 201)


async def invitation_state(request: web.Request) -> web.Response:
    """For the person who waits: the id is on the invitation, and tells nothing to whoever doesn't have it."""
    invitation = id_in_path(request.match_info["invitation"], 16)
    return answer(await request.app[INVITATIONS].state(invitation))


async def pending(request: web.Request) -> web.Response:
    rows = await request.app[INVITATIONS].pending(await read_packet(request), place_of(request))
    return answer(
        [
            {
                "invitation": b64(row.invitation),
                "body": b64(row.body),
                "signatures": b64(row.signatures),
                "mac": b64(row.mac),
                "device_act": {"body": b64(row.device_act), "signature": b64(row.device_signature)},
            }
            for row in rows
        ]
    )


ROUTES: Final = (
    Route("GET", "/api/hub", about, OPEN, None),
    Route("GET", "/api/directory", entries, "directory.read", "directory-read"),
    Route("POST", "/api/directory", submit, OPEN, "act"),
    Route("POST", "/api/invitations", invite, OPEN, "invitation"),
    Route("GET", "/api/invitations/{invitation}", invitation_state, OPEN, None),
    Route("POST", "/api/enrolments/pending", pending, OPEN, "enrolments-read"),
)
