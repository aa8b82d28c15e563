"""The log over HTTP: checkpoint, tiles and proofs for everybody's own check, lines and the desk for auditors."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp import web

from crypto.acts import COUNTRY
from crypto.encoding import b64, unb64
from crypto.errors import ProtocolError
from crypto.tlog import parse_tile_path
from hub.access.actor import Actor, actor_of
from hub.access.routes import OPEN, Route
from hub.audit import tiles
from hub.audit.checkpoints import Checkpoints
from hub.audit.explorer import LONGEST_PAGE, PAGE, Explorer, Filters, Page, as_json
from hub.audit.heads import HEADS
from hub.audit.log import Log
from hub.clock import from_milliseconds
from hub.http.errors import Malformed, NotFound
from hub.http.headers import IMMUTABLE
from hub.http.shell import SHELL
from hub.http.wire import answer, query_integer
from hub.journal.records import LeafDraft, Record
from hub.journal.service import JOURNAL

CHECKPOINTS: Final = web.AppKey("checkpoints", Checkpoints)
EXPLORER: Final = web.AppKey("explorer", Explorer)
LOG: Final = web.AppKey("log", Log)
READABLE: Final[web.AppKey[Callable[[bytes], Collection[bytes]]]] = web.AppKey("readable")
"""Which chains an account may read now, asked of the rooms above."""

_TYPE = re.compile(r"[a-z][a-z.-]{0,31}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


async def checkpoint(request: web.Request) -> web.Response:
    signed = request.app[CHECKPOINTS].latest
    if signed is None:
        raise NotFound
    return web.Response(text=signed.note, content_type="text/plain", headers={"Cache-Control": "no-cache"})


async def tile(request: web.Request) -> web.Response:
    try:
        level, index, width = parse_tile_path(f"tile/{request.match_info['tile']}")
    except ProtocolError:
        raise NotFound from None
    if level is None:  # bundles of leaves are the auditors': they have /api/log/entries
        raise NotFound
    hashes = await request.app[LOG].tile(level, index, width)
    headers = {"Cache-Control": IMMUTABLE if width == tiles.WIDTH else "no-cache"}
    return web.Response(body=hashes, content_type="application/octet-stream", headers=headers)


async def inclusion(request: web.Request) -> web.Response:
    index, size = query_integer(request, "index", -1, 0), query_integer(request, "size", -1, 1)
    leaf, path = await request.app[LOG].prove_inclusion(actor_of(request), index, size)
    proof = {"index": index, "size": size, "leaf": None if leaf is None else b64(leaf), "path": _spelled(path)}
    return answer(proof)


async def consistency(request: web.Request) -> web.Response:
    old, new = query_integer(request, "from", -1, 0), query_integer(request, "to", -1, 0)
    path = await request.app[LOG].prove_consistency(old, new)
    return answer({"from": old, "to": new, "path": _spelled(path)})


async def heads(request: web.Request) -> web.Response:
    """Where the chains end that the caller may read, as the newest statement in the log has it, with the proofs."""
    standing = request.app[HEADS].latest
    if standing is None:
        raise NotFound
    row, streams = standing.row, request.app[READABLE](actor_of(request).account)
    return answer(
        {
            "leaf": row.leaf,
            "size": row.size,
            "count": standing.count,
            "path": _spelled(standing.path(0)),
            "heads": [
                {
                    "stream": b64(head.stream),
                    "seq": head.seq,
                    "id": b64(head.id),
                    "index": index,
                    "path": _spelled(standing.path(index)),
                }
                for index, head in standing.ends(streams)
            ],
        }
    )


async def entries(request: web.Request) -> web.Response:
    page = await _read(request, filters_of(request))
    return answer({"entries": [as_json(line) for line in page.lines], "size": page.size, "next": page.next})


async def desk(request: web.Request) -> web.Response:
    filters = filters_of(request)
    page = await _read(request, filters)
    explorer = request.app[EXPLORER]
    signed = request.app[CHECKPOINTS].latest
    return request.app[SHELL].page(
        request,
        "audit.html",
        page=page,
        filters=filters,
        query=dict(request.query),
        me=explorer.register.person(actor_of(request).account),
        people=sorted(explorer.register.people(), key=lambda person: (person.country, person.name)),
        operations=sorted((code, b64(operation)) for operation, code in explorer.register.operations().items()),
        channels=_channels(explorer),
        checkpoint=None if signed is None else signed.note,
    )


def _spelled(path: Sequence[bytes]) -> list[str]:
    return [b64(one) for one in path]


def _channels(explorer: Explorer) -> list[tuple[str, str, str, str]]:
    """(operation's code, type, compartment, id) of each channel, in the order of a list to choose from."""
    codes = explorer.register.operations()
    known = explorer.register.channels()
    return sorted((codes.get(one.operation, ""), one.type, one.compartment, b64(one.id)) for one in known)


def filters_of(request: web.Request) -> Filters:
    """
    type (several), account, country, operation, channel, item, since, until, before, limit out of the query.

    Times are days (2026-11-21, `until` including it) or ms, UTC. Fields left empty in a form count as absent.
    Raises Malformed.
    """
    query = {name: value for name, value in request.query.items() if value}
    types = [value for value in request.query.getall("type", []) if value]
    if not all(_TYPE.fullmatch(value) for value in types):
        raise Malformed
    try:
        return Filters(
            before=query_integer(request, "before", -1, 0) if "before" in query else None,
            types=types or None,
            account=unb64(query["account"], 16) if "account" in query else None,
            country=_country(query["country"]) if "country" in query else None,
            operation=unb64(query["operation"], 32) if "operation" in query else None,
            channel=unb64(query["channel"], 16) if "channel" in query else None,
            item=unb64(query["item"], 32) if "item" in query else None,
            since=_moment(query.get("since"), timedelta()),
            until=_moment(query.get("until"), timedelta(days=1)),
            limit=query_integer(request, "limit", PAGE, 1, LONGEST_PAGE) if "limit" in query else PAGE,
        )
    except (ProtocolError, ValueError, OverflowError):
        raise Malformed from None


def _country(written: str) -> str:
    if not COUNTRY.fullmatch(written):
        raise Malformed
    return written


def _moment(written: str | None, day: timedelta) -> datetime | None:
    if written is None:
        return None
    if _DAY.fullmatch(written):
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC) + day
    if written.isascii() and written.isdigit():
        return from_milliseconds(int(written))
    raise Malformed


async def _read(request: web.Request, filters: Filters) -> Page:
    """The page, when its own leaf is durable: who looks at the log is in the log."""
    page = await request.app[EXPLORER].page(filters)
    await request.app[JOURNAL].append(Record(_leaf(actor_of(request), filters, page)))
    return page


def _leaf(actor: Actor, filters: Filters, page: Page) -> LeafDraft:
    asked: dict[str, Any] = {
        "types": list(filters.types) if filters.types else None,
        "account": filters.account and b64(filters.account),
        "country": filters.country,
        "operation": filters.operation and b64(filters.operation),
        "channel": filters.channel and b64(filters.channel),
        "item": filters.item and b64(filters.item),
        "since": filters.since and filters.since.isoformat(),
        "until": filters.until and filters.until.isoformat(),
    }
    detail = {name: value for name, value in asked.items() if value} | {"count": len(page.lines)}
    if page.lines:
        detail |= {"first": page.lines[-1].index, "last": page.lines[0].index}
    return LeafDraft("audit", actor.account, actor.device, place=actor.place, detail=detail)


ROUTES: Final = (
    Route("GET", "/api/log/checkpoint", checkpoint, OPEN, None),
    Route("GET", "/api/log/tile/{tile:.+}", tile, "log.read", None),
    Route("GET", "/api/log/proof/inclusion", inclusion, "log.read", None),
    Route("GET", "/api/log/proof/consistency", consistency, "log.read", None),
    Route("GET", "/api/heads", heads, "log.read", None, device=True),
    Route("GET", "/api/log/entries", entries, "audit.read", "audit"),
    Route("GET", "/audit", desk, "audit.read", "audit"),
)
