"""Channels over HTTP: lists of envelopes, receipts, wraps (docs/spec/22-http.md)."""

from typing import Any, Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import actor_of
from hub.access.guard import id_in_path
from hub.access.routes import Route
from hub.channels.service import CHANNELS
from hub.http.errors import Malformed, NotFound
from hub.http.wire import answer, answer_packets, query_integer
from hub.journal.records import Receipt
from hub.journal.wire import packet as packet_bytes

CHANNEL: Final = "/api/operations/{operation}/channels/{channel}"
MOST: Final = 500


async def envelopes(request: web.Request) -> web.Response:
    operation, channel = _place(request)
    if "after" in request.query and "before" in request.query:
        raise Malformed
    page = await request.app[CHANNELS].envelopes(
        operation,
        channel,
        actor_of(request),
        after=query_integer(request, "after", 0, 0),
        before=query_integer(request, "before", 0, 1) if "before" in request.query else None,
        limit=query_integer(request, "limit", MOST, 1, MOST),
    )
    return answer_packets(map(packet_bytes, page.envelopes), more=page.more, last_seq=page.last_seq)


async def by_id(request: web.Request) -> web.Response:
    operation, channel = _place(request)
    client_id = id_in_path(request.match_info["id"], 16)
    return answer(receipt_form(await request.app[CHANNELS].receipt(operation, channel, client_id, actor_of(request))))


async def wrap(request: web.Request) -> web.Response:
    operation, channel = _place(request)
    written = request.match_info["epoch"]
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise NotFound
    own = await request.app[CHANNELS].wrap(operation, channel, int(written), actor_of(request))
    row = own.row
    body: dict[str, Any] = {
        "account": b64(row.account),
        "generation": row.generation,
        "wrap": b64(row.wrap),
        "index": row.index,
        "size": own.size,
        "path": [b64(node) for node in own.path],
    }
    if own.granted:
        body["grant"] = b64(row.wraps_hash)
    return answer(body)


def receipt_form(receipt: Receipt) -> dict[str, Any]:
    """A receipt as its sender keeps it."""
    return {
        "id": b64(receipt.id or b""),
        "seq": receipt.seq,
        "leaf": receipt.leaf,
        "at": receipt.at,
        "chain": b64(receipt.chain or b""),
    }


def _place(request: web.Request) -> tuple[bytes, bytes]:
    return id_in_path(request.match_info["operation"], 32), id_in_path(request.match_info["channel"], 16)


ROUTES: Final = (
    Route("GET", f"{CHANNEL}/envelopes", envelopes, "channel.read", "read", device=True),
    Route("GET", f"{CHANNEL}/envelopes/by-id/{{id}}", by_id, "channel.read", None, device=True),
    Route("GET", f"{CHANNEL}/epochs/{{epoch}}/wrap", wrap, "wrap.read", "wrap-read", device=True),
)
