"""Operations' chains and templates over HTTP (docs/spec/22-http.md)."""

from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import actor_of
from hub.access.guard import id_in_path
from hub.access.routes import Route, Size
from hub.http.wire import answer, answer_packets, query_integer, read_packet
from hub.journal.wire import packet as packet_bytes
from hub.operations.service import OPERATION_SERVICE


async def list_operations(request: web.Request) -> web.Response:
    found = await request.app[OPERATION_SERVICE].operations_of(actor_of(request))
    return answer([{"operation": b64(operation), "seq": seq} for operation, seq in found])


async def open_operation(request: web.Request) -> web.Response:
    packet = await read_packet(request)
    operation, receipt = await request.app[OPERATION_SERVICE].submit(None, packet, actor_of(request))
    return answer(
        {"operation": b64(operation), "seq": receipt.seq, "id": b64(operation), "leaf": receipt.leaf, "at": receipt.at},
        201,
    )


async def entries(request: web.Request) -> web.Response:
    operation, after = id_in_path(request.match_info["operation"], 32), query_integer(request, "after", -1, -1)
    stored, more = await request.app[OPERATION_SERVICE].entries(operation, after, actor_of(request))
    return answer_packets(map(packet_bytes, stored), more=more)


async def submit_entry(request: web.Request) -> web.Response:
    operation = id_in_path(request.match_info["operation"], 32)
    packet = await read_packet(request)
    _, receipt = await request.app[OPERATION_SERVICE].submit(operation, packet, actor_of(request))
    return answer({"seq": receipt.seq, "id": b64(receipt.id or b""), "leaf": receipt.leaf, "at": receipt.at}, 201)


async def template(request: web.Request) -> web.Response:
    operation, wanted = (id_in_path(request.match_info[name], 32) for name in ("operation", "hash"))
    document = await request.app[OPERATION_SERVICE].template(operation, wanted, actor_of(request))
    return web.Response(body=document, content_type="application/json")


ROUTES: Final = (
    Route("GET", "/api/operations", list_operations, "operation.list", "operations-read"),
    Route("POST", "/api/operations", open_operation, "operation.open", "entry", body_limit=Size.ENTRY, device=True),
    Route("GET", "/api/operations/{operation}/entries", entries, "operation.read", "operation-read"),
    Route(
        "POST",
        "/api/operations/{operation}/entries",
        submit_entry,
        "operation.write",
        "entry",
        body_limit=Size.ENTRY,
        device=True,
    ),
    Route("GET", "/api/operations/{operation}/templates/{hash}", template, "template.read", "template-read"),
)
