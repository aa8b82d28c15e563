"""Contact cards and the coverage board over HTTP (docs/spec/22-http.md)."""

from typing import Final

from aiohttp import web

from hub.access.actor import actor_of
from hub.access.guard import id_in_path
from hub.access.routes import Route
from hub.cards import wire
from hub.cards.coverage import COVERAGE
from hub.cards.service import CARDS
from hub.http.wire import answer, read_json


async def cards(request: web.Request) -> web.Response:
    written = request.query.get("after")
    after = None if written is None else id_in_path(written, 16)
    rows, more = await request.app[CARDS].list(actor_of(request), after)
    return answer({"cards": [wire.card_form(row) for row in rows], "more": more})


async def put_card(request: web.Request) -> web.Response:
    account = id_in_path(request.match_info["account"], 16)
    asked = await read_json(request, wire.PutCard)
    await request.app[CARDS].put(actor_of(request), account, asked.body, asked.signature)
    return answer({})


async def coverage(request: web.Request) -> web.Response:
    room = request.app[COVERAGE]
    sightings = await room.of_hub(actor_of(request))
    return answer({"days": room.days, "people": wire.sightings_form(sightings)})


async def coverage_of_operation(request: web.Request) -> web.Response:
    room = request.app[COVERAGE]
    operation = id_in_path(request.match_info["operation"], 32)
    sightings = await room.of_operation(actor_of(request), operation)
    return answer({"days": room.days, "people": wire.sightings_form(sightings)})


async def presence(request: web.Request) -> web.Response:
    room = request.app[COVERAGE]
    found = await room.mine(actor_of(request))
    return answer({"days": room.days, "before": found.before, "sleeping": wire.sightings_form(found.sleeping)})


ROUTES: Final = (
    Route("GET", "/api/cards", cards, "card.read", "cards-read", device=True),
    Route("PUT", "/api/cards/{account}", put_card, "card.write", "card", device=True),
    Route("GET", "/api/presence", presence, "card.read", "coverage-read", device=True),
    Route("GET", "/api/coverage", coverage, "coverage.read", "coverage-read", device=True),
    Route(
        "GET",
        "/api/operations/{operation}/coverage",
        coverage_of_operation,
        "coverage.read",
        "coverage-read",
        device=True,
    ),
)
