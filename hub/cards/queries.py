"""All SQL of contact cards (migrations/0007_cards.sql)."""

from dataclasses import dataclass
from datetime import datetime

from hub.db.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class CardRow:
    account: bytes
    n: int
    body: bytes
    signature: bytes


CARDS = """
    SELECT c.account, c.n, c.body, c.signature
      FROM card c
      JOIN account a USING (account)
     WHERE NOT a.suspended
       AND ($1::bytea IS NULL OR c.account > $1)
     ORDER BY c.account
     LIMIT $2
"""


async def cards(db: Pool, after: bytes | None, most: int) -> list[CardRow]:
    """The cards behind `after` in the order of their accounts; those of suspended accounts are not shown."""
    rows = await db.fetch(CARDS, after, most)
    return [CardRow(row["account"], row["n"], row["body"], row["signature"]) for row in rows]


CARD = """
    SELECT account, n, body, signature
      FROM card
     WHERE account = $1
"""


async def card(db: Connection, account: bytes) -> CardRow | None:
    row = await db.fetchrow(CARD, account)
    return None if row is None else CardRow(row["account"], row["n"], row["body"], row["signature"])


PUT = """
    INSERT INTO card (account, n, body, signature, at)
    VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account) DO UPDATE
       SET n = EXCLUDED.n, body = EXCLUDED.body, signature = EXCLUDED.signature, at = EXCLUDED.at
     WHERE card.n < EXCLUDED.n
    RETURNING n
"""


async def put(db: Connection, row: CardRow, at: datetime) -> bool:
    """False where one with this number or a greater one stands."""
    return await db.fetchval(PUT, row.account, row.n, row.body, row.signature, at) is not None
