"""All SQL of presence (migrations/0007_cards.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.db.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """`before` is the time before the latest, None where there is none."""

    account: bytes
    seen_at: datetime
    before: datetime | None


SEEN = """
    INSERT INTO presence (account, seen_at)
    VALUES ($1, $2)
        ON CONFLICT (account) DO UPDATE
       SET before_at = CASE WHEN $3 THEN NULL ELSE presence.seen_at END,
           seen_at = EXCLUDED.seen_at
"""


async def seen(db: Connection, account: bytes, at: datetime, *, anew: bool = False) -> None:
    """Notes that the account was here `at`; `anew` forgets what was before."""
    await db.execute(SEEN, account, at, anew)


PRESENCE = """
    SELECT account, seen_at, before_at
      FROM presence
     WHERE account = ANY($1)
"""


async def presence(db: Pool, accounts: Sequence[bytes]) -> dict[bytes, PresenceRow]:
    """What is known of each of these accounts."""
    rows = await db.fetch(PRESENCE, list(accounts))
    return {row["account"]: PresenceRow(row["account"], row["seen_at"], row["before_at"]) for row in rows}
