"""Builders for records that need no hub: random bodies with true ids, in a channel, an operation, the directory."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from crypto.chain import chain_start
from crypto.encoding import b64, canon, statement_id
from crypto.merkle import leaf_hash, root
from hub.access.actor import Place
from hub.clock import Clock
from hub.db.pool import Pool, open_pool
from hub.journal.plan import DevicesOnline
from hub.journal.records import Kind, LeafDraft, Record, StatementDraft
from hub.journal.service import Journal

HUB = bytes(range(32))
OPERATION = bytes(range(1, 33))
CHANNEL = b"channel-16-bytes"
GHANA = b"account-of-ghana"
GHANA_LAPTOP = b"device--of-ghana"
CONTEXTS: dict[Kind, str] = {"directory": "directory-entry", "operation": "entry", "channel": "envelope"}
PLACE = Place("192.0.2.7", "Browser/1.0")


def a_leaf(type: str = "sign-in", **parts: Any) -> LeafDraft:
    return LeafDraft(type, **{"actor": GHANA, "device": GHANA_LAPTOP, "place": PLACE, **parts})


def a_read(**parts: Any) -> Record:
    return Record(a_leaf("read", operation=OPERATION, object=b64(CHANNEL)), **parts)


def a_statement(kind: Kind = "channel", stream: bytes = CHANNEL, **parts: Any) -> StatementDraft:
    body = canon({"salt": secrets.token_hex(8)})
    draft = {
        "stream": stream,
        "kind": kind,
        "id": statement_id(CONTEXTS[kind], body),
        "body": body,
        "signatures": secrets.token_bytes(64),
        "beside": secrets.token_bytes(300) if kind == "channel" else b"",
        "client_id": secrets.token_bytes(16) if kind == "channel" else None,
        "account": GHANA,
        "device": GHANA_LAPTOP,
        "chain_start": chain_start(HUB, OPERATION, stream) if kind == "channel" else None,
    }
    return StatementDraft(**{**draft, **parts})


def a_post(stream: bytes = CHANNEL, **parts: Any) -> Record:
    """An envelope for the channel's next place; `parts` go to the statement."""
    return Record(a_leaf("envelope", operation=OPERATION), a_statement(stream=stream, **parts))


def an_entry(seq: int | None = None, stream: bytes = OPERATION, **parts: Any) -> Record:
    """An operation entry; `parts` go to the record."""
    return Record(a_leaf("entry", operation=stream), a_statement("operation", stream, seq=seq), **parts)


@asynccontextmanager
async def a_journal(
    database: str, clock: Clock, devices_online: DevicesOnline | None = None
) -> AsyncIterator[tuple[Journal, Pool]]:
    """A journal of its own on a pool of its own: what one hub process has."""
    async with open_pool(database, size=4) as pool:
        journal = Journal(pool, clock)
        if devices_online is not None:
            journal.offer_to(devices_online)
        async with journal.running():
            yield journal, pool


async def check_log(pool: Pool) -> int:
    """Recomputes the whole tree from the bodies of the leaves; returns its size."""
    # One snapshot: what a killed hub had under way may still be committed by its database meanwhile.
    async with pool.acquire() as db, db.transaction(isolation="repeatable_read", readonly=True):
        leaves: Sequence[asyncpg.Record] = await db.fetch("SELECT index, body, hash FROM leaf ORDER BY index")
        head = await db.fetchrow("SELECT size, root FROM tree_head")
        tiles = await db.fetch("SELECT index, hashes FROM tile WHERE level = 0 ORDER BY index")
    hashes = [leaf_hash(row["body"]) for row in leaves]
    assert [row["index"] for row in leaves] == list(range(len(leaves)))
    assert [row["hash"] for row in leaves] == hashes
    assert head is not None
    assert head["size"] == len(leaves)
    assert head["root"] == root(hashes)
    assert [row["hashes"] for row in tiles] == [
        b"".join(hashes[i : i + 256]) for i in range(0, len(hashes) - len(hashes) % 256, 256)
    ]
    return len(leaves)
