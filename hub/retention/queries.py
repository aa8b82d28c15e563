"""All SQL of countersigning and destruction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.db.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of two authors that `account` has signed and `other` (a device) has not."""

    entry: bytes
    account: bytes
    device: bytes
    other: bytes
    body: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class DestructionRow:
    """A certificate and the leaf that names it."""

    operation: bytes
    leaf: int
    certificate: bytes


@dataclass(frozen=True, slots=True)
class Destroyed:
    """How much was deleted."""

    channels: int
    envelopes: int
    octets: int
    wraps: int
    documents: int


DROP_WAITING = """
    DELETE FROM countersigning
     WHERE operation = $1 AND account = $2
"""
ADD_WAITING = """
    INSERT INTO countersigning (entry, operation, account, device, other, body, signature, made_at)
    SELECT w.entry, $1, $2, $3, w.other, w.body, w.signature, $4
      FROM unnest($5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[]) AS w (entry, other, body, signature)
"""


async def put_waiting(db: Connection, operation: bytes, waiting: Sequence[Waiting], at: datetime) -> None:
    """Replaces what the same account had signed there before."""
    account, device = waiting[0].account, waiting[0].device
    await db.execute(DROP_WAITING, operation, account)
    columns = [[getattr(one, name) for one in waiting] for name in ("entry", "other", "body", "signature")]
    await db.execute(ADD_WAITING, operation, account, device, at, *columns)


WAITING = """
    SELECT entry, account, device, other, body, signature
      FROM countersigning
     WHERE operation = $1 AND (other = $2 OR account = $3)
     ORDER BY made_at, entry
"""


async def waiting(pool: Pool, operation: bytes, device: bytes, account: bytes) -> list[Waiting]:
    """What waits for a device, and what its account has signed."""
    return [Waiting(*row) for row in await pool.fetch(WAITING, operation, device, account)]


DESTRUCTIONS = """
    SELECT operation, leaf, certificate
      FROM destruction
"""


async def destructions(pool: Pool) -> list[DestructionRow]:
    """Every operation that was destroyed."""
    return [DestructionRow(*row) for row in await pool.fetch(DESTRUCTIONS)]


ADD_DESTRUCTION = """
    INSERT INTO destruction (operation, leaf, certificate, at)
    SELECT $1, size - 1, $2, $3
      FROM tree_head
"""
CLEAR_ENVELOPES = """
    UPDATE statement s
       SET beside = ''
      FROM channel c
     WHERE c.operation = $1 AND s.stream = c.channel AND s.beside <> ''
"""
DROP_WRAPS = """
    DELETE FROM wrap w
     USING channel c
     WHERE c.operation = $1 AND w.channel = c.channel
"""
DROP_DOCUMENTS = """
    DELETE FROM template_document
     WHERE hash = ANY ($1)
"""
DROP_ALL_WAITING = """
    DELETE FROM countersigning
     WHERE operation = $1
"""


async def destroy(
    db: Connection, operation: bytes, documents: Sequence[bytes], certificate: bytes, at: datetime
) -> None:
    """Deletes secrets, ciphertext and documents; ids, signatures, chain and leaves stay. After the leaf was written."""
    await db.execute(ADD_DESTRUCTION, operation, certificate, at)
    await db.execute(CLEAR_ENVELOPES, operation)
    await db.execute(DROP_WRAPS, operation)
    await db.execute(DROP_DOCUMENTS, documents)
    await db.execute(DROP_ALL_WAITING, operation)


HELD = """
    SELECT (SELECT count(*) FROM channel WHERE operation = $1) AS channels,
           (SELECT count(*) FROM statement s JOIN channel c ON c.channel = s.stream
             WHERE c.operation = $1 AND s.beside <> '') AS envelopes,
           (SELECT coalesce(sum(octet_length(s.beside)), 0) FROM statement s JOIN channel c ON c.channel = s.stream
             WHERE c.operation = $1)::bigint AS octets,
           (SELECT count(*) FROM wrap w JOIN channel c ON c.channel = w.channel WHERE c.operation = $1) AS wraps,
           (SELECT count(*) FROM template_document WHERE hash = ANY ($2)) AS documents
"""


async def held(pool: Pool, operation: bytes, documents: Sequence[bytes]) -> Destroyed:
    """How much there is to delete: nothing is added to an operation that is due."""
    row: Mapping[str, Any] = await pool.fetchrow(HELD, operation, documents)
    return Destroyed(**row)


ADD_RECEIPT = """
    INSERT INTO destruction_receipt (operation, account, device, body, signature, at)
    VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (operation, device) DO NOTHING
"""


async def add_receipt(
    db: Connection, operation: bytes, account: bytes, device: bytes, body: bytes, signature: bytes, at: datetime
) -> None:
    """The first receipt of a device counts."""
    await db.execute(ADD_RECEIPT, operation, account, device, body, signature, at)


RECEIPTS = """
    SELECT body, signature
      FROM destruction_receipt
     WHERE operation = $1
     ORDER BY at, device
"""


async def receipts(pool: Pool, operation: bytes) -> list[tuple[bytes, bytes]]:
    """(body, signature) of each."""
    return [(row["body"], row["signature"]) for row in await pool.fetch(RECEIPTS, operation)]


VACUUM = """
    VACUUM statement, wrap, template_document
"""


async def vacuum(pool: Pool) -> None:
    """Frees what the deletion left behind, so that it is overwritten by what comes next."""
    await pool.execute(VACUUM)
