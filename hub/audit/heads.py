"""Says in the log, every hour, where every chain ends: clients act on nothing older (docs/spec/23-heads.md)."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from aiohttp import web

from crypto.encoding import b64
from crypto.heads import LEAF, Head, heads_root, heads_rows
from crypto.merkle import GetHash, hashes_of, inclusion_path, leaf_hash
from hub.audit import queries
from hub.audit.queries import HeadsRow
from hub.clock import Clock
from hub.db.pool import Connection, Pool
from hub.http.errors import HubBusy
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal
from hub.journal.writer import GONE

LOOK_SECONDS: Final = 30.0
"""How often the hub looks whether a new statement is due."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest statement with its tree; rows are numbered from 1, since the first says how long the log was."""

    row: HeadsRow
    hashes: GetHash

    @property
    def count(self) -> int:
        return len(self.row.ends) + 1

    def path(self, index: int) -> list[bytes]:
        return inclusion_path(index, self.count, self.hashes)

    def ends(self, streams: Collection[bytes]) -> Iterator[tuple[int, Head]]:
        """The chains asked for that have begun, each with its row's number."""
        for index, head in enumerate(self.row.ends, 1):
            if head.stream in streams:
                yield index, head


class Heads:
    """Makes the statement when it is due, and proves its rows."""

    def __init__(self, pool: Pool, journal: Journal, clock: Clock, every: timedelta) -> None:
        self._pool = pool
        self._journal = journal
        self._clock = clock
        self._every = every
        self._latest: Standing | None = None

    @property
    def latest(self) -> Standing | None:
        """None only before the hub has started."""
        return self._latest

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """A statement that is young enough stands before anybody asks; a task makes the next ones."""
        await self.make_if_due()
        task = asyncio.create_task(self._follow(), name="heads")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def make_if_due(self) -> Standing:
        """The newest statement, of another process too, or a new one where that is too old."""
        async with self._pool.acquire() as db:
            row = await queries.latest_heads(db)
        if row is not None and abs(self._clock.now() - row.at) < self._every:
            if self._latest is None or self._latest.row.leaf != row.leaf:
                self._latest = _standing(row)
            return self._latest
        return await self.make()

    async def make(self) -> Standing:
        """
        Says where every chain ends now.

        1. size of the log and ends of all chains, in one snapshot; 2. a leaf with the root over them, with the rows in
        its commit: what was committed in between is later than the size and is the next statement's.
        """
        async with self._pool.acquire() as db, db.transaction(isolation="repeatable_read", readonly=True):
            size = (await queries.tree_head(db)).size
            ends = await queries.stream_ends(db)
        now = self._clock.now()

        async def rows(db: Connection) -> None:
            await queries.add_heads(db, size, now, ends)

        await self._journal.append(Record(LeafDraft(LEAF, object=b64(heads_root(size, ends))), also=rows))
        async with self._pool.acquire() as db:
            row = await queries.latest_heads(db)
        assert row is not None
        self._latest = _standing(row)
        return self._latest

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.make_if_due()
            except (HubBusy, *GONE) as error:
                log.warning("audit.heads_wait", error=type(error).__name__)


def _standing(row: HeadsRow) -> Standing:
    return Standing(row, hashes_of([leaf_hash(one) for one in heads_rows(row.size, row.ends)]))


HEADS: Final = web.AppKey("heads", Heads)
