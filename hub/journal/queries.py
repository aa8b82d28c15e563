"""All SQL of the journal's tables: the one statement that writes, what the writer looks up, and the lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crypto.merkle import Frontier
from hub.clock import from_milliseconds, to_milliseconds
from hub.db.pool import Connection
from hub.journal.places import DeviceHead, Places
from hub.journal.plan import Plan
from hub.journal.records import Head, Kind, Receipt, Stored
from hub.journal.tree import Tree, edge_widths

WRITE = """
    WITH turn AS (
        UPDATE tree_head
           SET size = $2, frontier = $3, root = $4, at = $5
         WHERE size = $1
     RETURNING size
    ), statements AS (
        INSERT INTO statement (leaf, id, stream, kind, seq, client_id, body, act, signatures, beside,
                               account, device, device_seq, at, chain)
        SELECT s.leaf, s.id, s.stream, s.kind, s.seq, s.client_id, s.body, s.act, s.signatures, s.beside,
               s.account, s.device, s.device_seq, $5, s.chain
          FROM turn,
               unnest($6::bigint[], $7::bytea[], $8::bytea[], $9::text[], $10::bigint[], $11::bytea[], $12::bytea[],
                      $13::bytea[], $14::bytea[], $15::bytea[], $16::bytea[], $17::bytea[], $18::bigint[], $19::bytea[])
            AS s (leaf, id, stream, kind, seq, client_id, body, act, signatures, beside,
                  account, device, device_seq, chain)
    ), streams AS (
        INSERT INTO stream AS s (stream, kind, last_seq, last_id, chain, epoch)
        SELECT h.stream, h.kind, h.last_seq, h.last_id, h.chain, h.epoch
          FROM turn,
               unnest($20::bytea[], $21::text[], $22::bigint[], $23::bytea[], $24::bytea[], $25::int[])
            AS h (stream, kind, last_seq, last_id, chain, epoch)
            ON CONFLICT (stream) DO UPDATE
           SET last_seq = excluded.last_seq, last_id = excluded.last_id, chain = excluded.chain, epoch = excluded.epoch
    ), leaves AS (
        INSERT INTO leaf (index, body, hash, type, actor, operation, at)
        SELECT l.index, l.body, l.hash, l.type, l.actor, l.operation, $5
          FROM turn,
               unnest($26::bigint[], $27::bytea[], $28::bytea[], $29::text[], $30::bytea[], $31::bytea[])
            AS l (index, body, hash, type, actor, operation)
    ), details AS (
        INSERT INTO leaf_detail (leaf, detail)
        SELECT d.leaf, d.detail::jsonb
          FROM turn,
               unnest($26::bigint[], $32::text[])
            AS d (leaf, detail)
    ), tiles AS (
        INSERT INTO tile (level, index, hashes, root)
        SELECT t.level, t.index, t.hashes, t.root
          FROM turn,
               unnest($33::smallint[], $34::bigint[], $35::bytea[], $36::bytea[])
            AS t (level, index, hashes, root)
    )
    SELECT size
      FROM turn
"""


async def write(db: Connection, plan: Plan) -> bool:
    """
    Writes a whole plan in one statement, or nothing at all and False where the log has another size by now.

    The update of tree_head waits for whoever holds the row and then looks again; everything else hangs on its result.
    """
    tree, statements, leaves = plan.places.tree, plan.statements, plan.leaves
    drafts = [planned.draft for planned in statements]
    heads = list(plan.heads.values())
    written: int | None = await db.fetchval(
        WRITE,
        plan.begins_at,
        tree.size,
        tree.frontier.hashes,
        tree.frontier.root(),
        from_milliseconds(plan.at),
        [planned.receipt.leaf for planned in statements],
        [draft.id for draft in drafts],
        [draft.stream for draft in drafts],
        [draft.kind for draft in drafts],
        [planned.receipt.seq for planned in statements],
        [draft.client_id for draft in drafts],
        [draft.body for draft in drafts],
        [draft.act for draft in drafts],
        [draft.signatures for draft in drafts],
        [draft.beside for draft in drafts],
        [draft.account for draft in drafts],
        [draft.device for draft in drafts],
        [draft.device_seq for draft in drafts],
        [planned.receipt.chain for planned in statements],
        [head.stream for head in heads],
        [head.kind for head in heads],
        [head.seq for head in heads],
        [head.id for head in heads],
        [head.chain for head in heads],
        [head.epoch for head in heads],
        [leaf.index for leaf in leaves],
        [leaf.body for leaf in leaves],
        [leaf.hash for leaf in leaves],
        [leaf.draft.type for leaf in leaves],
        [leaf.draft.actor for leaf in leaves],
        [leaf.draft.operation for leaf in leaves],
        [leaf.detail.decode() for leaf in leaves],
        [tile.level for tile in plan.tiles],
        [tile.index for tile in plan.tiles],
        [tile.hashes for tile in plan.tiles],
        [tile.root for tile in plan.tiles],
    )
    return written is not None


TREE_HEAD = """
    SELECT size, frontier, at
      FROM tree_head
"""
EDGE_LEAVES = """
    SELECT hash
      FROM leaf
     WHERE index >= $1 AND index < $2
     ORDER BY index
"""
EDGE_TILES = """
    SELECT root
      FROM tile
     WHERE level = $1 AND index >= $2 AND index < $3
     ORDER BY index
"""


async def load_places(db: Connection) -> Places:
    """Where the log stands now; heads are loaded when somebody needs them."""
    async with db.transaction(isolation="repeatable_read", readonly=True):
        row = await db.fetchrow(TREE_HEAD)
        assert row is not None
        size: int = row["size"]
        edges: list[list[bytes]] = []
        for level, width in enumerate(edge_widths(size)):
            end = size >> 8 * level
            if level == 0:
                rows = await db.fetch(EDGE_LEAVES, end - width, end)
            else:
                rows = await db.fetch(EDGE_TILES, level - 1, end - width, end)
            edges.append([edge[0] for edge in rows])
    return Places(Tree(Frontier(size, row["frontier"]), edges), to_milliseconds(row["at"]))


LOCKED_SIZE = """
    SELECT size
      FROM tree_head
       FOR UPDATE
"""


async def locked_size(db: Connection) -> int:
    """The log's size, which nobody else can change until the transaction ends."""
    size: int = await db.fetchval(LOCKED_SIZE)
    return size


HEADS = """
    SELECT stream, kind, last_seq, last_id, chain, epoch
      FROM stream
     WHERE stream = ANY ($1)
"""


async def heads(db: Connection, streams: Sequence[bytes]) -> list[Head]:
    """The heads of those streams that have begun."""
    return [Head(*row) for row in await db.fetch(HEADS, streams)]


DEVICE_HEADS = """
    SELECT asked.stream, asked.device, last.device_seq, last.id
      FROM unnest($1::bytea[], $2::bytea[]) AS asked (stream, device),
   LATERAL (SELECT s.device_seq, s.id
              FROM statement s
             WHERE s.stream = asked.stream AND s.device = asked.device AND s.device_seq IS NOT NULL
             ORDER BY s.device_seq DESC
             LIMIT 1) AS last
"""


async def device_heads(db: Connection, pairs: Sequence[tuple[bytes, bytes]]) -> dict[tuple[bytes, bytes], DeviceHead]:
    """The last statement of each (stream, device) that has one."""
    rows = await db.fetch(DEVICE_HEADS, [stream for stream, _ in pairs], [device for _, device in pairs])
    return {(row["stream"], row["device"]): (row["device_seq"], row["id"]) for row in rows}


RECEIPTS = """
    SELECT s.stream, s.client_id, s.leaf, s.at, s.id, s.seq, s.chain
      FROM unnest($1::bytea[], $2::bytea[]) AS asked (stream, client_id)
      JOIN statement s USING (stream, client_id)
"""


async def receipts(db: Connection, pairs: Sequence[tuple[bytes, bytes]]) -> dict[tuple[bytes, bytes], Receipt]:
    """The first receipts of those (stream, client_id) that are stored."""
    rows = await db.fetch(RECEIPTS, [stream for stream, _ in pairs], [client_id for _, client_id in pairs])
    return {(row["stream"], row["client_id"]): _receipt(row["at"], row) for row in rows}


def _receipt(at: datetime, row: dict[str, object]) -> Receipt:
    return Receipt(row["leaf"], to_milliseconds(at), row["id"], row["seq"], row["chain"], repeated=True)  # type: ignore[arg-type]


LEAF_BODY = """
    SELECT body
      FROM leaf
     WHERE index = $1
"""


async def leaf_body(db: Connection, index: int) -> bytes | None:
    body: bytes | None = await db.fetchval(LEAF_BODY, index)
    return body


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


async def after(db: Connection, stream: bytes, seq: int, limit: int, octets: int) -> list[Stored]:
    """What follows place `seq`, ascending: at most `limit` rows and about `octets` bytes, but one row in any case."""
    return [stored(row) for row in await db.fetch(AFTER, stream, seq, limit, octets)]


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


async def before(db: Connection, stream: bytes, seq: int, limit: int, octets: int) -> list[Stored]:
    """What stands nearest before place `seq`, in ascending order, bounded in the same way."""
    return [stored(row) for row in await db.fetch(BEFORE, stream, seq, limit, octets)]


REPLAY = """
    SELECT stream, kind, seq, id, leaf, at, body, act, signatures, beside, client_id, account, device, chain
      FROM statement
     WHERE leaf > $1 AND kind = $2 AND ($3::bytea IS NULL OR stream = $3)
     ORDER BY leaf
     LIMIT $4
"""


async def replay(db: Connection, leaf: int, kind: Kind, stream: bytes | None, limit: int) -> list[Stored]:
    """The next statements of a kind, or of one stream, behind a leaf, in the order of the log."""
    return [stored(row) for row in await db.fetch(REPLAY, leaf, kind, stream, limit)]


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
