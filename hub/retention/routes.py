"""Countersigning, certificates and receipts over HTTP (docs/spec/25-destruction.md)."""

from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import actor_of
from hub.access.guard import id_in_path
from hub.access.routes import Route
from hub.http.wire import answer, read_packet, read_packets
from hub.retention.service import RETENTION

OPERATION: Final = "/api/operations/{operation}"


async def propose(request: web.Request) -> web.Response:
    packets = await read_packets(request)
    await request.app[RETENTION].propose(_operation(request), packets, actor_of(request))
    return answer({"kept": len(packets)}, 201)


async def waiting(request: web.Request) -> web.Response:
    rows = await request.app[RETENTION].waiting(_operation(request), actor_of(request))
    return answer(
        [
            {
                "account": b64(row.account),
                "other": b64(row.other),
                "body": b64(row.body),
                "signature": b64(row.signature),
            }
            for row in rows
        ]
    )


async def destruction(request: web.Request) -> web.Response:
    row, receipts = await request.app[RETENTION].destruction(_operation(request), actor_of(request))
    told = [{"body": b64(body), "signature": b64(signature)} for body, signature in receipts]
    return answer({"leaf": row.leaf, "certificate": b64(row.certificate), "receipts": told})


async def take_receipt(request: web.Request) -> web.Response:
    await request.app[RETENTION].take_receipt(_operation(request), await read_packet(request), actor_of(request))
    return answer({}, 201)


def _operation(request: web.Request) -> bytes:
    return id_in_path(request.match_info["operation"], 32)


ROUTES: Final = (
    Route("POST", f"{OPERATION}/countersigning", propose, "operation.destroy", "countersigning", device=True),
    Route("GET", f"{OPERATION}/countersigning", waiting, "operation.destroy", "countersigning-read", device=True),
    Route("GET", f"{OPERATION}/destruction", destruction, "operation.read", "destruction-read"),
    Route(
        "POST", f"{OPERATION}/destruction/receipts", take_receipt, "operation.read", "destruction-receipt", device=True
    ),
)
