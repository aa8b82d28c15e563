"""All SQL of nominations (migrations/0006_nominations.sql)."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.db.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class NominationRow:
    nomination: bytes
    body: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    at: datetime
    outcome: str | None


ADD = """
    INSERT INTO nomination (nomination, account, body, signature, at)
    SELECT $1, $2, $3, $4, $5
     WHERE (SELECT count(*) FROM nomination WHERE account = $2 AND outcome IS NULL) < $6
        ON CONFLICT DO NOTHING
    RETURNING nomination
"""


async def add(
    db: Connection, nomination: bytes, account: bytes, body: bytes, signature: bytes, at: datetime, most: int
) -> bool:
    """False if the id was used before, or `most` of this account's nominations wait already."""
    return await db.fetchval(ADD, nomination, account, body, signature, at, most) is not None


BODY = "SELECT body FROM nomination WHERE nomination = $1"


async def body(db: Connection, nomination: bytes) -> bytes | None:
    """What stands under this id."""
    found: bytes | None = await db.fetchval(BODY, nomination)
    return found


ALL = """
    SELECT nomination, body, signature, at, outcome
      FROM nomination
     WHERE $1::bytea IS NULL OR account = $1
     ORDER BY outcome IS NOT NULL, at DESC
     LIMIT 500
"""


async def listed(db: Pool, account: bytes | None) -> list[NominationRow]:
    """Of one account or of all (None): undecided ones first, then the newest."""
    return [
        NominationRow(r["nomination"], r["body"], r["signature"], r["at"], r["outcome"])
        for r in await db.fetch(ALL, account)
    ]


CLOSE = """
    UPDATE nomination
       SET outcome = $2, closed_by = $3, closed_at = $4
     WHERE nomination = $1
       AND (outcome IS NULL OR outcome = $2)
    RETURNING nomination
"""


async def close(db: Connection, nomination: bytes, outcome: str, by: bytes, at: datetime) -> bool:
    """False if there is none, or another outcome stands."""
    return await db.fetchval(CLOSE, nomination, outcome, by, at) is not None
