"""The auditor's desk: lines of the log with the words that a sentence about them needs (docs/guide/auditing.md)."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from crypto.encoding import b64, canon, unb64
from hub.audit import queries
from hub.audit.queries import LeafRow, Wanted
from hub.clock import from_milliseconds
from hub.db.pool import Connection, Pool

PAGE: Final = 100
LONGEST_PAGE: Final = 500
SHORT: Final = 8
"""Characters of an id that a person can compare."""

_ENVELOPE_FACTS: Final = ("kind", "urgency", "size")


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the directory certifies it: the only name ever shown."""

    account: bytes
    code: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as the hub knows it."""

    id: bytes
    operation: bytes
    type: str
    compartment: str


class Register(Protocol):
    """The names that the rooms above know; answers from memory."""

    def person(self, account: bytes) -> Person | None:
        """None for an account that was never certified."""
        ...

    def people(self) -> Collection[Person]:
        """Everybody, to choose from."""
        ...

    def operations(self) -> Mapping[bytes, str]:
        """The code of every operation."""
        ...

    def channels(self) -> Collection[Channel]:
        """Every channel, to choose from: never a label, which the hub can't read."""
        ...

    def may_read_operation(self, account: bytes, operation: bytes) -> bool:
        """True for its members."""
        ...


@dataclass(frozen=True, slots=True)
class Filters:
    """
    What an auditor looks for; None looks everywhere. `since` is the first moment, `until` the first one after; `item`
    is an envelope's statement id: its history.
    """

    before: int | None = None
    types: Sequence[str] | None = None
    account: bytes | None = None
    country: str | None = None
    operation: bytes | None = None
    channel: bytes | None = None
    item: bytes | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of the log, ready for a sentence: who did what with what, when, from where. Never a label or a content.

    `type` is the leaf's; `what` names it further: an envelope's kind, an act's type, an entry's changes. `object` is
    what the leaf names, in full; `address` and `agent` are empty where nobody came from anywhere or the detail is
    `erased`. `facts` are other particulars of the detail and of an envelope's header. `body` is what the leaf's hash
    covers; `detail` what the hash inside the body covers.
    """

    index: int
    at: datetime
    type: str
    what: tuple[str, ...]
    account: str | None
    who: Person | None
    device: str | None
    operation: str | None
    operation_code: str | None
    channel: str | None
    object: str | None
    address: str
    agent: str
    erased: bool
    facts: Mapping[str, Any]
    body: bytes
    detail: bytes | None


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, newest first, the log's size, and the index to go on `before` (None at the end)."""

    lines: Sequence[Line]
    size: int
    next: int | None


class Explorer:
    """Reads the log for those who may audit."""

    def __init__(self, pool: Pool, register: Register) -> None:
        self._pool = pool
        self.register = register

    async def page(self, filters: Filters) -> Page:
        """The newest lines that fit the filters."""
        f = filters
        async with self._pool.acquire() as db:
            size = (await queries.tree_head(db)).size
            wanted = await self._wanted(db, f, size)
            rows = [] if wanted is None else await queries.entries(db, wanted)
        shown = rows[: f.limit]
        return Page([self._line(row) for row in shown], size, shown[-1].index if len(rows) > len(shown) else None)

    async def _wanted(self, db: Connection, f: Filters, size: int) -> Wanted | None:
        """The filters in the database's terms; None where nothing can fit them."""
        channel, operation, item = f.channel, f.operation, None
        if f.item is not None:
            place = await queries.item(db, f.item)
            if place is None or (channel is not None and channel != place[0]):
                return None
            channel, item = place[0], (f.item, place[1])
        if channel is not None:  # narrows the search to one operation's lines
            homes = {one.id: one.operation for one in self.register.channels()}
            if channel not in homes or (operation is not None and operation != homes[channel]):
                return None
            operation = homes[channel]
        return Wanted(
            before=size if f.before is None else min(f.before, size),
            limit=min(f.limit, LONGEST_PAGE) + 1,
            types=f.types,
            accounts=self._accounts(f),
            operation=operation,
            since=f.since,
            until=f.until,
            channel=channel,
            item=item,
        )

    def _accounts(self, f: Filters) -> list[bytes] | None:
        if f.country is None:
            return None if f.account is None else [f.account]
        found = [person.account for person in self.register.people() if person.country == f.country]
        return [account for account in found if f.account is None or account == f.account]

    def _line(self, row: LeafRow) -> Line:
        leaf = json.loads(row.body)
        detail = dict(row.detail or {})
        account = None if leaf["actor"] is None else unb64(leaf["actor"])
        operation = leaf.get("operation")
        codes = self.register.operations()
        what, channel, facts = _statement(row)
        detail.pop("salt", None)
        return Line(
            index=row.index,
            at=from_milliseconds(leaf["at"]),
            type=leaf["type"],
            what=what,
            account=leaf["actor"],
            who=None if account is None else self.register.person(account),
            device=leaf.get("device"),
            operation=operation,
            operation_code=None if operation is None else codes.get(unb64(operation)),
            channel=channel,
            object=leaf["object"],
            address=str(detail.pop("address", "")),
            agent=str(detail.pop("agent", "")),
            erased=row.detail is None,
            facts={**detail, **facts},
            body=row.body,
            detail=None if row.detail is None else canon(dict(row.detail)),
        )


def as_json(line: Line) -> dict[str, Any]:
    """A line as the API gives it."""
    return {
        "index": line.index,
        "at": json.loads(line.body)["at"],
        "type": line.type,
        "what": list(line.what),
        "actor": line.account,
        "actor_name": None if line.who is None else line.who.name,
        "actor_country": None if line.who is None else line.who.country,
        "device": line.device,
        "operation": line.operation,
        "operation_code": line.operation_code,
        "channel": line.channel,
        "object": line.object,
        "detail": None if line.erased else {"address": line.address, "agent": line.agent, **line.facts},
        "body": b64(line.body),
        "hashed": None if line.detail is None else b64(line.detail),
    }


def _statement(row: LeafRow) -> tuple[tuple[str, ...], str | None, dict[str, Any]]:
    """What the recorded statement says in clear: (its kind, type or changes; the channel; an envelope's facts)."""
    if row.statement is None:
        detail = row.detail or {}
        return (), json.loads(row.body)["object"] if detail.get("kind") == "channel" else None, {}
    stated = json.loads(row.statement)
    if row.act is not None:
        return (json.loads(row.act).get("type", "genesis"),), None, {}
    if "kind" in stated:
        facts = {name: stated[name] for name in _ENVELOPE_FACTS if name in stated}
        return (stated["kind"],), stated.get("channel"), facts
    changes = [change["change"] for change in stated.get("changes", ())]
    return tuple(changes + ["epoch"] * bool(stated.get("epochs"))), None, {}
