"""All SQL over the log's tables that reads or signs; the journal is the only one that writes leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto.encoding import b64
from crypto.heads import Head
from hub.db.pool import Connection


@dataclass(frozen=True, slots=True)
class TreeHead:
    size: int
    root: bytes
    frontier: list[bytes]


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A line of the log, its erasable detail (None once erased), body and act of the statement it records (if any)."""

    index: int
    body: bytes
    detail: Mapping[str, Any] | None
    statement: bytes | None
    act: bytes | None


@dataclass(frozen=True, slots=True)
class HeadsRow:
    """A statement of where all chains ended: its leaf, what it covers, and the rows."""

    leaf: int
    size: int
    at: datetime
    body: bytes
    ends: list[Head]


TREE_HEAD = """
    SELECT size, root, frontier
      FROM tree_head
"""


async def tree_head(db: Connection) -> TreeHead:
    row = await db.fetchrow(TREE_HEAD)
    assert row is not None
    return TreeHead(row["size"], row["root"], row["frontier"])


FULL_TILE = """
    SELECT hashes
      FROM tile
     WHERE level = $1 AND index = $2
"""


async def full_tile(db: Connection, level: int, index: int) -> bytes | None:
    """The 8,192 bytes of a full tile."""
    hashes: bytes | None = await db.fetchval(FULL_TILE, level, index)
    return hashes


LEAF_HASHES = """
    SELECT hash
      FROM leaf
     WHERE index >= $1 AND index < $2
     ORDER BY index
"""
TILE_HASHES = """
    SELECT root
      FROM tile
     WHERE level = $1 AND index >= $2 AND index < $3
     ORDER BY index
"""


async def hashes(db: Connection, level: int, start: int, end: int) -> list[bytes]:
    """Entries [start, end) of a level, as far as they are there: leaf hashes, or roots of the full tiles below."""
    if level == 0:
        rows = await db.fetch(LEAF_HASHES, start, end)
    else:
        rows = await db.fetch(TILE_HASHES, level - 1, start, end)
    return [row[0] for row in rows]


LAST_CHECKPOINT = """
    SELECT size, note
      FROM checkpoint
     ORDER BY size DESC
     LIMIT 1
"""


async def last_checkpoint(db: Connection) -> tuple[int, str] | None:
    row = await db.fetchrow(LAST_CHECKPOINT)
    return None if row is None else (row["size"], row["note"])


LOCK_CHECKPOINTS = """
    LOCK TABLE checkpoint IN EXCLUSIVE MODE
"""
ADD_CHECKPOINT = """
    INSERT INTO checkpoint (size, note, at)
    SELECT $1, $2, $3
     WHERE NOT EXISTS (SELECT FROM checkpoint WHERE size >= $1)
 RETURNING size
"""


async def add_checkpoint(db: Connection, size: int, note: str, at: datetime) -> bool:
    """False where another process has signed as much or more; the lock keeps the order between processes."""
    async with db.transaction():
        await db.execute(LOCK_CHECKPOINTS)
        added: int | None = await db.fetchval(ADD_CHECKPOINT, size, note, at)
    return added is not None


LEAF_ENTRY = """
    SELECT l.type, l.actor, l.operation, l.body, s.stream AS channel, e.seq
      FROM leaf l
      LEFT JOIN statement s ON s.leaf = l.index AND s.kind = 'channel'
      LEFT JOIN statement e ON e.leaf = l.index AND e.kind = 'operation'
     WHERE l.index = $1
"""


async def leaf_entry(db: Connection, index: int) -> Mapping[str, Any] | None:
    """A leaf's body, with what decides who may see it."""
    row: Mapping[str, Any] | None = await db.fetchrow(LEAF_ENTRY, index)
    return row


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Which lines are looked for; None looks everywhere. `since` is the first moment, `until` the first one after.

    `channel` takes everything that was said, fetched or offered there; `item` (statement id and seq, with `channel`)
    only what concerns that one: it, what refers to it, and whoever was given a stretch that holds it.
    """

    before: int
    limit: int
    types: Sequence[str] | None = None
    accounts: Sequence[bytes] | None = None
    operation: bytes | None = None
    since: datetime | None = None
    until: datetime | None = None
    channel: bytes | None = None
    item: tuple[bytes, int] | None = None


ENTRIES = """
    SELECT l.index, l.body, d.detail, s.body AS statement, s.act
      FROM leaf l
      LEFT JOIN leaf_detail d ON d.leaf = l.index
      LEFT JOIN statement s ON s.leaf = l.index
     WHERE l.index < $1
       AND ($2::text[] IS NULL OR l.type = ANY ($2))
       AND ($3::bytea[] IS NULL OR l.actor = ANY ($3))
       AND ($4::bytea IS NULL OR l.operation = $4)
       AND ($5::timestamptz IS NULL OR l.at >= $5)
       AND ($6::timestamptz IS NULL OR l.at < $6)
       AND ($8::bytea IS NULL
            OR s.stream = $8
            OR (l.type IN ('read', 'list', 'wrap-read')
                AND convert_from(l.body, 'UTF8')::jsonb ->> 'object' = $9::text)
            OR (l.type = 'offer'
                AND EXISTS (SELECT
                              FROM statement o
                             WHERE o.stream = $8
                               AND o.id = decode(translate(convert_from(l.body, 'UTF8')::jsonb ->> 'object', '-_', '+/')
                                                 || '=', 'base64'))))
       AND ($10::bytea IS NULL
            OR s.id = $10
            OR (s.kind = 'channel' AND convert_from(s.body, 'UTF8')::jsonb ->> 'ref' = $11::text)
            OR (s.id IS NULL
                AND $12::bigint BETWEEN (d.detail ->> 'first')::bigint AND (d.detail ->> 'last')::bigint))
     ORDER BY l.index DESC
     LIMIT $7
"""


async def entries(db: Connection, wanted: Wanted) -> list[LeafRow]:
    """The newest lines below index `wanted.before` that fit everything else, newest first."""
    w = wanted
    statement, seq = (None, None) if w.item is None else w.item
    rows = await db.fetch(
        ENTRIES,
        w.before,
        w.types,
        w.accounts,
        w.operation,
        w.since,
        w.until,
        w.limit,
        w.channel,
        None if w.channel is None else b64(w.channel),
        statement,
        None if statement is None else b64(statement),
        seq,
    )
    return [LeafRow(row["index"], row["body"], row["detail"], row["statement"], row["act"]) for row in rows]


ITEM = """
    SELECT stream, seq
      FROM statement
     WHERE id = $1
       AND kind = 'channel'
"""


async def item(db: Connection, id: bytes) -> tuple[bytes, int] | None:
    """The channel and place of an envelope; None if there is none with this statement id."""
    row = await db.fetchrow(ITEM, id)
    return None if row is None else (row["stream"], row["seq"])


LEAVES = """
    SELECT l.index, l.body, l.hash, l.type, l.actor, l.operation, l.at, d.detail,
           s.id, s.stream, s.kind, s.seq, s.client_id, s.body AS statement, s.act, s.signatures, s.beside,
           s.account, s.device, s.device_seq, s.at AS stated_at, s.chain
      FROM leaf l
      LEFT JOIN leaf_detail d ON d.leaf = l.index
      LEFT JOIN statement s ON s.leaf = l.index
     WHERE l.index >= $1
     ORDER BY l.index
     LIMIT $2
"""


async def leaves(db: Connection, start: int, limit: int) -> list[Mapping[str, Any]]:
    """Every column of everything that belongs to the leaves from `start` on: for a recount of the whole log."""
    rows: list[Mapping[str, Any]] = await db.fetch(LEAVES, start, limit)
    return rows


CHECKPOINTS = """
    SELECT size, note
      FROM checkpoint
     ORDER BY size
"""


async def checkpoints(db: Connection) -> list[tuple[int, str]]:
    return [(row["size"], row["note"]) for row in await db.fetch(CHECKPOINTS)]


STREAMS = """
    SELECT stream, last_seq, last_id, chain
      FROM stream
"""


async def streams(db: Connection) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = await db.fetch(STREAMS)
    return rows


TILES = """
    SELECT level, index, hashes, root
      FROM tile
     WHERE level = $1 AND index >= $2 AND index < $3
     ORDER BY index
"""


async def tiles(db: Connection, level: int, start: int, end: int) -> list[Mapping[str, Any]]:
    """Full tiles of a level with their roots."""
    rows: list[Mapping[str, Any]] = await db.fetch(TILES, level, start, end)
    return rows


STRAYS = """
    SELECT 'statement' AS place, leaf AS number FROM statement WHERE leaf >= $1 OR leaf < 0
     UNION ALL
    SELECT 'leaf_detail', leaf FROM leaf_detail WHERE leaf >= $1 OR leaf < 0
     UNION ALL
    SELECT 'tile', index FROM tile WHERE (index + 1) << (8 * (level + 1)) > $1
"""


async def strays(db: Connection, size: int) -> list[tuple[str, int]]:
    """Rows that belong to leaves beyond the log's end."""
    return [(row["place"], row["number"]) for row in await db.fetch(STRAYS, size)]


STREAM_ENDS = """
    SELECT stream, last_seq, last_id
      FROM stream
     WHERE last_id IS NOT NULL
     ORDER BY stream
"""


async def stream_ends(db: Connection) -> list[Head]:
    """Where every chain ends now."""
    return [Head(*row) for row in await db.fetch(STREAM_ENDS)]


LATEST_HEADS = """
    SELECT h.leaf, h.size, l.at, l.body
      FROM heads h
      JOIN leaf l ON l.index = h.leaf
     ORDER BY h.leaf DESC
     LIMIT 1
"""
HEADS_OF = """
    SELECT stream, seq, id
      FROM head
     WHERE leaf = $1
     ORDER BY stream
"""


async def latest_heads(db: Connection) -> HeadsRow | None:
    """The newest statement of where the chains end."""
    row = await db.fetchrow(LATEST_HEADS)
    if row is None:
        return None
    ends = [Head(*one) for one in await db.fetch(HEADS_OF, row["leaf"])]
    return HeadsRow(row["leaf"], row["size"], row["at"], row["body"], ends)


ADD_HEADS = """
    INSERT INTO heads (leaf, size, at)
    SELECT size - 1, $1, $2
      FROM tree_head
 RETURNING leaf
"""
ADD_ENDS = """
    INSERT INTO head (leaf, stream, seq, id)
    SELECT $1, e.stream, e.seq, e.id
      FROM unnest($2::bytea[], $3::bigint[], $4::bytea[]) AS e (stream, seq, id)
"""
DROP_HEADS = """
    DELETE FROM heads
     WHERE leaf < $1
"""


async def add_heads(db: Connection, size: int, at: datetime, ends: Sequence[Head]) -> None:
    """Keeps the rows of the statement whose leaf was written last in this transaction; older rows go."""
    leaf = await db.fetchval(ADD_HEADS, size, at)
    await db.execute(ADD_ENDS, leaf, [e.stream for e in ends], [e.seq for e in ends], [e.id for e in ends])
    await db.execute(DROP_HEADS, leaf)


CERTIFICATES = """
    SELECT d.operation, d.leaf, d.certificate, l.body
      FROM destruction d
      LEFT JOIN leaf l ON l.index = d.leaf
"""


async def certificates(db: Connection) -> Sequence[Mapping[str, Any]]:
    """The certificates of destroyed operations, each with the leaf that should name it."""
    rows: Sequence[Mapping[str, Any]] = await db.fetch(CERTIFICATES)
    return rows
