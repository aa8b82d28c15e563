"""The journal as the rooms above use it: put a record in, hear what was committed, read it again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog
from aiohttp import web

from hub.clock import Clock
from hub.db.pool import Pool
from hub.journal import reading
from hub.journal.plan import DevicesOnline
from hub.journal.reading import LIST_OCTETS, LIST_ROWS
from hub.journal.records import Head, Kind, Receipt, Record, Stored
from hub.journal.writer import Listener, Writer

ENDING_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


class Journal:
    """
    One per hub process. `committed` are called in the order of the log, before the next records are looked at and
    before anybody gets a receipt: what keeps state in memory registers first, what tells others last. They must not
    raise: a hub whose memory may be wrong takes no more records.
    """

    def __init__(self, pool: Pool, clock: Clock, devices_online: DevicesOnline | None = None) -> None:
        self._pool = pool
        self._writer = Writer(pool, clock, devices_online or (lambda stream: ()))

    @property
    def committed(self) -> list[Listener]:
        """Who hears of each commit; append to it before running()."""
        return self._writer.listeners

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
        return await reading.head(self._pool, stream)

    async def list_after(
        self, stream: bytes, after: int, limit: int = LIST_ROWS, octets: int = LIST_OCTETS
    ) -> tuple[list[Stored], bool]:
        """What follows place `after`, ascending, and whether there is more."""
        return await reading.list_after(self._pool, stream, after, limit, octets)

    async def list_before(
        self, stream: bytes, before: int, limit: int = LIST_ROWS, octets: int = LIST_OCTETS
    ) -> tuple[list[Stored], bool]:
        """What stands nearest before place `before`, ascending, and whether there is more before it."""
        return await reading.list_before(self._pool, stream, before, limit, octets)

    async def by_client_id(self, stream: bytes, client_id: bytes) -> Receipt | None:
        """The first receipt of an envelope that the client names; None if it was never kept."""
        return await reading.by_client_id(self._pool, stream, client_id)

    def replay(self, kind: Kind, stream: bytes | None = None) -> AsyncIterator[Stored]:
        """Every statement of a kind, or of one stream, in the order of the log."""
        return reading.replay(self._pool, kind, stream)


JOURNAL: Final = web.AppKey("journal", Journal)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("journal.stopped", exc_info=error)
