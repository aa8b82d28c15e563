"""The journal as the rooms above use it: put a record in, hear what was committed, read it again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog
from aiohttp import web

from hub.clock import Clock
from hub.db.pool import Pool
from hub.journal import queries
from hub.journal.plan import DevicesOnline
from hub.journal.records import FIRST_SEQ, Head, Kind, Receipt, Record, Stored
from hub.journal.writer import Listener, Writer

ENDING_SECONDS: Final = 10.0
LIST_ROWS: Final = 500
LIST_OCTETS: Final = 1_000_000
REPLAY_ROWS: Final = 500

log = structlog.get_logger(__name__)


class Journal:
    """
    One per hub process. `committed` are called in the order of the log, before the next records are looked at and
    before anybody gets a receipt: what keeps state in memory registers first, what tells others last. They must not
    raise: a hub whose memory may be wrong takes no more records.
    """

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._writer = Writer(pool, clock)

    @property
    def committed(self) -> list[Listener]:
        """Who hears of each commit; append to it before running()."""
        return self._writer.listeners

    def offer_to(self, devices_online: DevicesOnline) -> None:
        """Whom envelopes are offered to in the moment of their commit: a leaf in the same commit says so."""
        self._writer.devices_online = devices_online

    @property
    def is_writing(self) -> bool:
        """True while records are taken: /health asks."""
        return self._writer.is_writing

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Owns the writer. At the end what waits is still committed, for at most ten seconds."""
        task = asyncio.create_task(self._writer.run(), name="journal")
        task.add_done_callback(_report)
        await asyncio.sleep(0)  # the writer takes records from its first step on
        try:
            yield
        finally:
            self._writer.finish()
            await asyncio.wait([task], timeout=ENDING_SECONDS)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def append(self, record: Record) -> Receipt:
        """
        Returns when the record is durable.

        Raises what refused it (Conflict, StaleEpoch, Repeated, NotNext, whatever its check or its projection raised),
        or HubBusy in one of its forms.
        """
        return await self._writer.put(record)

    async def append_all(self, records: Sequence[Record]) -> list[Receipt]:
        """Several independent records, in this order; raises the first refusal when all have their outcome."""
        answers = [self._writer.put(record) for record in records]
        await asyncio.gather(*answers, return_exceptions=True)
        return [answer.result() for answer in answers]

    async def head(self, stream: bytes) -> Head | None:
        """The last place of a stream; None where nothing ever stood."""
        found = await self.heads([stream])
        return found[0] if found else None

    async def heads(self, streams: Sequence[bytes]) -> list[Head]:
        """The last places of those streams where something stood."""
        async with self._pool.acquire() as db:
            return await queries.heads(db, streams)

    async def list_after(
        self, stream: bytes, after: int, limit: int = LIST_ROWS, octets: int = LIST_OCTETS
    ) -> tuple[list[Stored], bool]:
        """
        What follows place `after`, ascending, and whether there is more.

        At most `limit` rows and about `octets` bytes of them, but at least one row where there is one.
        """
        async with self._pool.acquire() as db:
            found = await queries.after(db, stream, after, limit, octets)
            heads = await queries.heads(db, [stream])
        return found, bool(found and heads and heads[0].seq > found[-1].seq)

    async def list_before(
        self, stream: bytes, before: int, limit: int = LIST_ROWS, octets: int = LIST_OCTETS
    ) -> tuple[list[Stored], bool]:
        """What stands nearest before place `before`, ascending, and whether there is more before it."""
        async with self._pool.acquire() as db:
            found = await queries.before(db, stream, before, limit, octets)
        return found, bool(found and found[0].seq > FIRST_SEQ[found[0].kind])

    async def by_client_id(self, stream: bytes, client_id: bytes) -> Receipt | None:
        """The first receipt of an envelope that the client names; None if it was never kept."""
        async with self._pool.acquire() as db:
            return (await queries.receipts(db, [(stream, client_id)])).get((stream, client_id))

    async def replay(self, kind: Kind, stream: bytes | None = None) -> AsyncIterator[Stored]:
        """Every statement of a kind, or of one stream, in the order of the log, read in portions."""
        last = -1
        while True:
            async with self._pool.acquire() as db:
                portion = await queries.replay(db, last, kind, stream, REPLAY_ROWS)
            for statement in portion:
                yield statement
            if len(portion) < REPLAY_ROWS:
                return
            last = portion[-1].leaf


JOURNAL: Final = web.AppKey("journal", Journal)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("journal.stopped", exc_info=error)
