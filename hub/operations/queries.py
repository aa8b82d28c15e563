"""All SQL of members, channels, wraps and template documents (migrations/0004_operations.sql)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.db.pool import Connection, Pool

END_MEMBER = "UPDATE member SET until = $3 WHERE operation = $1 AND account = $2 AND until IS NULL"

BEGIN_MEMBER = """
    INSERT INTO member (operation, account, role, compartments, since)
    VALUES ($1, $2, $3, $4, $5)
"""


async def end_member(db: Connection, operation: bytes, account: bytes, seq: int) -> None:
    await db.execute(END_MEMBER, operation, account, seq)


async def begin_member(
    db: Connection, operation: bytes, account: bytes, role: str, compartments: Sequence[str], seq: int
) -> None:
    await db.execute(BEGIN_MEMBER, operation, account, role, list(compartments), seq)


PUT_CHANNEL = """
    INSERT INTO channel (channel, operation, type, compartment, epoch, closed)
    VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (channel) DO UPDATE
       SET epoch = EXCLUDED.epoch, closed = EXCLUDED.closed
     WHERE channel.operation = EXCLUDED.operation
    RETURNING channel
"""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    channel: bytes
    operation: bytes
    type: str
    compartment: str
    epoch: int | None
    closed: bool


async def put_channel(db: Connection, row: ChannelRow) -> bool:
    """False if the id is another operation's channel."""
    return (
        await db.fetchval(PUT_CHANNEL, row.channel, row.operation, row.type, row.compartment, row.epoch, row.closed)
        is not None
    )


ADD_WRAP = """
    INSERT INTO wrap (channel, epoch, wraps_hash, index, account, generation, wrap)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


@dataclass(frozen=True, slots=True)
class WrapRow:
    wraps_hash: bytes
    index: int
    account: bytes
    generation: int
    wrap: bytes


async def add_wraps(db: Connection, channel: bytes, epoch: int, rows: Iterable[WrapRow]) -> None:
    await db.executemany(
        ADD_WRAP, [(channel, epoch, r.wraps_hash, r.index, r.account, r.generation, r.wrap) for r in rows]
    )


OWN_WRAP = """
    SELECT wraps_hash, index, account, generation, wrap
      FROM wrap
     WHERE account = $1 AND channel = $2 AND epoch = $3
     ORDER BY generation DESC
     LIMIT 1
"""

TREE = """
    SELECT wraps_hash, index, account, generation, wrap
      FROM wrap
     WHERE channel = $1 AND epoch = $2 AND wraps_hash = $3
     ORDER BY index
"""


async def own_wrap(db: Pool, account: bytes, channel: bytes, epoch: int) -> WrapRow | None:
    """The account's copy of the epoch's secret, the one for its newest key."""
    row = await db.fetchrow(OWN_WRAP, account, channel, epoch)
    return None if row is None else WrapRow(*row.values())


async def tree(db: Pool, channel: bytes, epoch: int, wraps_hash: bytes) -> list[WrapRow]:
    """All wraps under one signed hash, in order."""
    return [WrapRow(*row.values()) for row in await db.fetch(TREE, channel, epoch, wraps_hash)]


ADD_TEMPLATE = "INSERT INTO template_document (hash, document) VALUES ($1, $2) ON CONFLICT DO NOTHING"
TEMPLATE = "SELECT document FROM template_document WHERE hash = $1"


async def add_template(db: Connection, hash: bytes, document: bytes) -> None:
    await db.execute(ADD_TEMPLATE, hash, document)


async def template(db: Pool | Connection, hash: bytes) -> bytes | None:
    """A document by its hash, canonical JSON."""
    document: bytes | None = await db.fetchval(TEMPLATE, hash)
    return document
