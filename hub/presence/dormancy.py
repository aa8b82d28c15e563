"""
Accounts that nobody uses: a reminder first, then no more sessions until an administrator restores them
(docs/spec/19-cards.md, dormancy).

The hub only keeps the door shut. What takes reading away is an administrator's signed `account.suspend`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.clock import Clock
from hub.db.pool import Connection, Pool
from hub.http.errors import Dormant
from hub.presence import queries
from hub.presence.queries import PresenceRow


@dataclass(frozen=True, slots=True)
class Spans:
    """After how long without a sign-in a contact point no longer counts as live, is reminded of, is kept out."""

    live: timedelta
    reminded: timedelta
    blocked: timedelta


class Presence:
    """Who was here when, to the day for others, and who has been away too long to come in."""

    def __init__(self, pool: Pool, clock: Clock, spans: Spans) -> None:
        self._pool = pool
        self._clock = clock
        self.spans = spans

    async def check_awake(self, account: bytes) -> None:
        """Raises Dormant where nobody has signed in for too long."""
        found = (await queries.presence(self._pool, [account])).get(account)
        if found is not None and self._clock.now() - found.seen_at >= self.spans.blocked:
            raise Dormant(days=self.spans.blocked.days)

    async def note(self, db: Connection, account: bytes, now: datetime) -> None:
        """Somebody signs in, in the transaction that opens the session."""
        await queries.seen(db, account, now)

    async def of(self, accounts: Sequence[bytes]) -> dict[bytes, PresenceRow]:
        """What is known of each of these accounts."""
        return await queries.presence(self._pool, accounts)

    def is_dormant(self, row: PresenceRow) -> bool:
        """Whether a reminder is due."""
        return self._clock.now() - row.seen_at >= self.spans.reminded


async def begin(db: Connection, account: bytes, now: datetime) -> None:
    """The account was certified or restored: its time begins anew."""
    await queries.seen(db, account, now, anew=True)
