"""Statements out of the journal: bounded lists by cursor, receipts by id, and everything in order for a replay."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from hub.clock import to_milliseconds
from hub.db.pool import Connection, Pool
from hub.journal.records import Head, Kind, Receipt, Stored

LIST_ROWS: Final = 500
LIST_OCTETS: Final = 1_000_000
REPLAY_ROWS: Final = 500

AFTER = """
    SELECT stream, kind, seq, id, leaf, at, body, act, signatures, beside, client_id, account, device, chain
      FROM (SELECT *, sum(octet_length(body) + octet_length(beside) + 512) OVER (ORDER BY seq) AS octets,
                   row_number() OVER (ORDER BY seq) AS place
              FROM statement
             WHERE stream = $1 AND seq > $2
             ORDER BY seq
             LIMIT $3) AS next
     WHERE octets <= $4 OR place = 1
     ORDER BY seq
"""
BEFORE = """
    SELECT stream, kind, seq, id, leaf, at, body, act, signatures, beside, client_id, account, device, chain
      FROM (SELECT *, sum(octet_length(body) + octet_length(beside) + 512) OVER (ORDER BY seq DESC) AS octets,
                   row_number() OVER (ORDER BY seq DESC) AS place
              FROM statement
             WHERE stream = $1 AND seq < $2
             ORDER BY seq DESC
             LIMIT $3) AS former
     WHERE octets <= $4 OR place = 1
     ORDER BY seq
"""
HEAD = """
    SELECT stream, kind, last_seq, last_id, chain, epoch
      FROM stream
     WHERE stream = $1
"""
BY_CLIENT_ID = """
    SELECT leaf, at, id, seq, chain
      FROM statement
     WHERE stream = $1 AND client_id = $2
"""
REPLAY = """
    SELECT stream, kind, seq, id, leaf, at, body, act, signatures, beside, client_id, account, device, chain
      FROM statement
     WHERE leaf > $1 AND kind = $2 AND ($3::bytea IS NULL OR stream = $3)
     ORDER BY leaf
     LIMIT $4
"""


async def list_after(
    pool: Pool, stream: bytes, after: int, limit: int = LIST_ROWS, octets: int = LIST_OCTETS
) -> tuple[list[Stored], bool]:
    """
    What follows place `after`, ascending, and whether there is more.

    At most `limit` rows and about `octets` bytes of them, but at least one row where there is one.
    """
    async with pool.acquire() as db:
        rows = await db.fetch(AFTER, stream, after, limit + 1, octets)
        found = [stored(row) for row in rows[:limit]]
        if len(rows) > limit:
            return found, True
        head = await _head(db, stream)
    return found, bool(found) and head is not None and head.seq > found[-1].seq


async def list_before(
    pool: Pool, stream: bytes, before: int, limit: int = LIST_ROWS, octets: int = LIST_OCTETS
) -> tuple[list[Stored], bool]:
    """What stands before place `before`, the nearest, in ascending order, and whether there is more before it."""
    async with pool.acquire() as db:
        rows = await db.fetch(BEFORE, stream, before, limit, octets)
    found = [stored(row) for row in rows]
    first = 1 if found and found[0].kind == "channel" else 0
    return found, bool(found) and found[0].seq > first


async def head(pool: Pool, stream: bytes) -> Head | None:
    """The last place of a stream; None where nothing ever stood."""
    async with pool.acquire() as db:
        return await _head(db, stream)


async def by_client_id(pool: Pool, stream: bytes, client_id: bytes) -> Receipt | None:
    """The first receipt of an envelope that the client names; None if it was never kept."""
    async with pool.acquire() as db:
        row = await db.fetchrow(BY_CLIENT_ID, stream, client_id)
    if row is None:
        return None
    return Receipt(row["leaf"], to_milliseconds(row["at"]), row["id"], row["seq"], row["chain"], repeated=True)


async def replay(pool: Pool, kind: Kind, stream: bytes | None = None) -> AsyncIterator[Stored]:
    """Every statement of a kind, or of one stream, in the order of the log, read in portions."""
    last = -1
    while True:
        async with pool.acquire() as db:
            rows = await db.fetch(REPLAY, last, kind, stream, REPLAY_ROWS)
        for row in rows:
            yield stored(row)
        if len(rows) < REPLAY_ROWS:
            return
        last = rows[-1]["leaf"]


def stored(row: Mapping[str, Any]) -> Stored:
    """A row with all columns of a statement."""
    return Stored(
        stream=row["stream"],
        kind=row["kind"],
        seq=row["seq"],
        id=row["id"],
        leaf=row["leaf"],
        at=to_milliseconds(row["at"]),
        body=row["body"],
        act=row["act"],
        signatures=row["signatures"],
        beside=row["beside"],
        client_id=row["client_id"],
        account=row["account"],
        device=row["device"],
        chain=row["chain"],
    )


async def _head(db: Connection, stream: bytes) -> Head | None:
    row = await db.fetchrow(HEAD, stream)
    return None if row is None else Head(*row)
