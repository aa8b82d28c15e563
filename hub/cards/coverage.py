"""
Which contact points are there at all: when each was last here, to the day (docs/spec/19-cards.md, coverage).

What a card says is the reader's own to verify; only the sign-ins are the hub's to know.
"""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from crypto.card import read_card
from crypto.encoding import AccountId
from hub.access.actor import Actor
from hub.cards import queries
from hub.clock import to_milliseconds
from hub.db.pool import Pool
from hub.directory.state import DirectoryState
from hub.http.errors import NotFound
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal
from hub.operations.state import OperationsState
from hub.presence.dormancy import Presence

DAY: Final = 24 * 3_600_000
MOST_CARDS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Sighting:
    """The day (ms UTC of its midnight) on which an account was last here; None: not since the hub counts."""

    account: bytes
    day: int | None


@dataclass(frozen=True, slots=True)
class Return:
    """What a person is told who comes back: their sign-in before this one, and for whom they stand in that sleeps."""

    before: int | None
    sleeping: list[Sighting]


class Coverage:
    """Sightings for coordinators and administrators, and each person's own."""

    def __init__(
        self, directory: DirectoryState, operations: OperationsState, presence: Presence, pool: Pool, journal: Journal
    ) -> None:
        self._directory = directory
        self._operations = operations
        self._presence = presence
        self._pool = pool
        self._journal = journal

    @property
    def days(self) -> dict[str, int]:
        """The spans by which everybody judges, in days."""
        spans = self._presence.spans
        return {"live": spans.live.days, "reminded": spans.reminded.days, "blocked": spans.blocked.days}

    async def of_hub(self, actor: Actor) -> list[Sighting]:
        """Everybody who is certified."""
        return await self._told(actor, list(self._directory.latest.accounts), None)

    async def of_operation(self, actor: Actor, operation: bytes) -> list[Sighting]:
        """The members of one operation."""
        found = self._operations.operation(operation)
        if found is None:
            raise NotFound
        return await self._told(actor, list(found.members), operation)

    async def mine(self, actor: Actor) -> Return:
        """What concerns the actor: themselves, and the sleeping whose cards name them as deputy."""
        named = [
            AccountId(row.account)
            for row in await queries.cards(self._pool, None, MOST_CARDS)
            if (contact := read_card(row.body).contact) is not None and contact.deputy == actor.account
        ]
        rows = await self._presence.of([actor.account, *named])
        own = rows.pop(actor.account, None)
        before = None if own is None or own.before is None else to_milliseconds(own.before)
        sleeping = [
            Sighting(account, _day(to_milliseconds(row.seen_at)))
            for account, row in sorted(rows.items())
            if self._presence.is_dormant(row)
        ]
        await self._journal.append(Record(_leaf(actor, None, len(sleeping))))
        return Return(before, sleeping)

    async def _told(self, actor: Actor, accounts: list[AccountId], operation: bytes | None) -> list[Sighting]:
        rows = await self._presence.of(accounts)
        await self._journal.append(Record(_leaf(actor, operation, len(accounts))))
        return [
            Sighting(account, _day(to_milliseconds(rows[account].seen_at)) if account in rows else None)
            for account in sorted(accounts)
        ]


def _day(at: int) -> int:
    return at - at % DAY


def _leaf(actor: Actor, operation: bytes | None, count: int) -> LeafDraft:
    return LeafDraft(
        "coverage-read",
        actor=actor.account,
        device=actor.device,
        operation=operation,
        place=actor.place,
        detail={"count": count},
    )


COVERAGE: Final = web.AppKey("coverage", Coverage)
