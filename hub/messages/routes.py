"""The post office's one counter (docs/spec/22-http.md)."""

from typing import Final

from aiohttp import web

from hub.access.actor import actor_of
from hub.access.guard import id_in_path
from hub.access.routes import Route
from hub.channels.routes import CHANNEL, receipt_form
from hub.http.wire import answer, read_packet
from hub.messages.service import POST_OFFICE

ENVELOPE_LIMIT: Final = 128 * 1024
"""A header of at most 60,000 bytes and a ciphertext of at most 65,552, with their lengths."""


async def post(request: web.Request) -> web.Response:
    operation, channel = (id_in_path(request.match_info[n], s) for n, s in (("operation", 32), ("channel", 16)))
    packet = await read_packet(request)
    receipt = await request.app[POST_OFFICE].post(operation, channel, packet, actor_of(request))
    return answer(receipt_form(receipt), 200 if receipt.repeated else 201)


ROUTES: Final = (
    Route(
        "POST",
        f"{CHANNEL}/envelopes",
        post,
        "envelope.send",
        "envelope",
        body_limit=ENVELOPE_LIMIT,
        device=True,
    ),
)
