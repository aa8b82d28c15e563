"""What was acknowledged is there, once, whatever was killed; what was not acknowledged is there whole or not at all."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
import pytest

from hub import paths
from hub.db.embedded import Postgres
from hub.db.migrate import migrate
from hub.db.pool import Pool
from hub.http.errors import HubBusy
from hub.journal import writer
from hub.journal.errors import OutcomeUnknown, Unavailable
from hub.journal.records import Committed, Receipt
from hub.journal.service import Journal
from tests.clock import FakeClock
from tests.integration.journal_kit import CHANNEL, a_journal, a_post, a_read, an_entry, check_log


@pytest.fixture
def own_postgres(reachable_folder: Path) -> Iterator[Postgres]:
    """A server that flushes as in production, and may be killed."""
    with Postgres(reachable_folder / f"durable-{random.getrandbits(32):x}") as server:
        asyncio.run(migrate(server.dsn(), paths.migrations()))
        yield server


async def until(come_true: Callable[[], bool]) -> None:
    """Looks again and again: nobody tells a test when a queue has moved."""
    async with asyncio.timeout(30):
        while not come_true():
            await asyncio.sleep(0.01)


async def check_acknowledged(pool: Pool, acknowledged: list[tuple[int, int, str]]) -> None:
    """Every receipt is true, no place was given twice, and the tree is the tree of its leaves."""
    rows = await pool.fetch("SELECT leaf, seq, id FROM statement")
    kept = {(row["leaf"], row["seq"], row["id"].hex()) for row in rows}
    assert not set(acknowledged) - kept
    seqs = [row["seq"] for row in await pool.fetch("SELECT seq FROM statement WHERE stream = $1 ORDER BY seq", CHANNEL)]
    assert seqs == list(range(1, len(seqs) + 1))
    await check_log(pool)


@pytest.mark.slow
def test_a_killed_hub_loses_nothing_that_it_acknowledged(own_postgres: Postgres) -> None:
    acknowledged: list[tuple[int, int, str]] = []
    command = [sys.executable, "-m", "tests.integration.journal_worker", own_postgres.dsn()]

    async def check() -> None:
        async with asyncpg.create_pool(own_postgres.dsn(), min_size=1, max_size=1) as pool:
            await check_acknowledged(pool, acknowledged)

    for _ in range(5):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as worker:
            assert worker.stdout is not None
            for _ in range(random.randint(1, 400)):
                leaf, seq, statement = worker.stdout.readline().split()
                acknowledged.append((int(leaf), int(seq), statement))
            worker.kill()
            for line in worker.stdout.read().splitlines():  # what it had said before it died
                leaf, seq, statement = [*line.split(), "", "", ""][:3]
                if len(statement) == 64:
                    acknowledged.append((int(leaf), int(seq), statement))
        asyncio.run(check())
    assert len(acknowledged) > 5


@pytest.mark.slow
async def test_a_killed_database_loses_nothing_and_the_hub_goes_on_when_it_is_back(
    own_postgres: Postgres, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 60.0)  # a busy machine takes its time to start a database
    acknowledged: list[tuple[int, int, str]] = []
    heard: list[int] = []
    refused: list[BaseException] = []
    over = False

    async def post(journal: Journal) -> None:
        while not over:
            try:
                receipt = await journal.append(a_post(beside=bytes(1000)))
            except HubBusy as refusal:
                refused.append(refusal)
                await asyncio.sleep(0.05)
                continue
            assert receipt.seq is not None
            assert receipt.id is not None
            acknowledged.append((receipt.leaf, receipt.seq, receipt.id.hex()))

    async with a_journal(own_postgres.dsn(), clock) as (journal, _):
        journal.committed.append(lambda batch: heard.extend(one.receipt.leaf for one in batch))
        posters = [asyncio.create_task(post(journal)) for _ in range(30)]
        for _ in range(3):
            before = len(acknowledged)
            await until(lambda: len(acknowledged) > before + 100)  # noqa: B023 - asked at once
            os.kill(own_postgres.pid, signal.SIGKILL)
            await asyncio.sleep(random.random() / 5)
            own_postgres.stop()
            own_postgres.start()
        before = len(acknowledged)
        await until(lambda: len(acknowledged) > before + 100)
        over = True
        await asyncio.gather(*posters)

    async with asyncpg.create_pool(own_postgres.dsn(), min_size=1, max_size=1) as pool:
        await check_acknowledged(pool, acknowledged)
        stored = [row["leaf"] for row in await pool.fetch("SELECT leaf FROM statement ORDER BY leaf")]
    assert heard == stored  # listeners missed nothing and heard nothing twice
    assert refused == []  # each time it came back before patience was over


async def test_while_the_database_is_away_records_are_refused_and_later_taken_again(
    own_postgres: Postgres, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 0.3)
    async with a_journal(own_postgres.dsn(), clock) as (journal, _):
        await journal.append(a_read())
        own_postgres.stop()
        with pytest.raises(HubBusy):
            await journal.append(a_post())
        assert not journal.is_writing
        with pytest.raises(Unavailable):
            await journal.append(a_post())

        own_postgres.start()
        await until(lambda: journal.is_writing)
        receipt = await journal.append(a_post())

        assert (receipt.leaf, receipt.seq) == (1, 1)


class Wire:
    """A path to the database that can be cut after the database has heard, but before its answer is passed on."""

    def __init__(self, dsn: str, folder: Path) -> None:
        parts = urlsplit(dsn)
        self._socket = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
        self._folder = folder
        self.dsn = f"{parts.scheme}://{parts.netloc}{parts.path}?host={quote(str(folder), safe='')}"
        self.cut_at: bytes | None = None
        self.cuts = 0
        self.closed = False
        self._ends: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        server = await asyncio.start_unix_server(self._carry, str(self._folder / ".s.PGSQL.5432"))
        async with server:
            yield

    async def _carry(self, reader: asyncio.StreamReader, writer_: asyncio.StreamWriter) -> None:
        if self.closed:
            writer_.close()
            return
        self._ends.append(writer_)
        there_reader, there_writer = await asyncio.open_unix_connection(self._socket)
        armed = asyncio.Event()

        async def out() -> None:
            while words := await reader.read(1 << 16):
                if self.cut_at is not None and self.cut_at in words:
                    self.cut_at = None
                    armed.set()
                there_writer.write(words)

        async def back() -> None:
            while words := await there_reader.read(1 << 16):
                if armed.is_set() and b"Z\0\0\0\x05" in words:  # ReadyForQuery: it is done
                    self.cuts += 1
                    for end in self._ends if self.closed else ():
                        end.close()
                    return
                if not armed.is_set():
                    writer_.write(words)

        tasks = [asyncio.create_task(out()), asyncio.create_task(back())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        there_writer.close()
        writer_.close()


@pytest.mark.parametrize("stepwise", [False, True])
async def test_a_commit_whose_answer_was_lost_is_neither_lost_nor_doubled(
    database: str, clock: FakeClock, reachable_folder: Path, stepwise: bool
) -> None:
    folder = reachable_folder / f"wire-{random.getrandbits(32):x}"
    folder.mkdir()
    wire = Wire(database, folder)
    heard: list[Receipt] = []

    def listen(batch: list[Committed]) -> None:
        heard.extend(one.receipt for one in batch)

    async with wire.open(), a_journal(wire.dsn, clock) as (journal, pool):
        journal.committed.append(listen)  # type: ignore[arg-type]
        make = an_entry if stepwise else a_post
        first = await journal.append(make())
        second = make()
        assert second.statement is not None
        wire.cut_at = b"COMMIT" if stepwise else second.statement.body

        receipt = await journal.append(second)

        assert wire.cuts == 1
        assert (receipt.leaf, receipt.seq, receipt.repeated) == (1, (first.seq or 0) + 1, False)
        assert heard == [first, receipt]
        assert await check_log(pool) == 2
        assert (await journal.append(make())).leaf == 2


async def test_what_stays_in_doubt_is_told_so_and_heard_of_when_the_database_is_back(
    database: str, clock: FakeClock, reachable_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 0.2)
    folder = reachable_folder / f"wire-{random.getrandbits(32):x}"
    folder.mkdir()
    wire = Wire(database, folder)
    heard: list[int] = []

    async with wire.open(), a_journal(wire.dsn, clock) as (journal, _):
        journal.committed.append(lambda batch: heard.extend(one.receipt.leaf for one in batch))
        await journal.append(a_post())
        post = a_post()
        assert post.statement is not None
        assert post.statement.client_id is not None
        wire.cut_at, wire.closed = post.statement.body, True
        with pytest.raises(OutcomeUnknown):
            await journal.append(post)
        assert heard == [0]

        wire.closed = False
        await until(lambda: journal.is_writing)

        assert heard == [0, 1]
        asked = await journal.by_client_id(CHANNEL, post.statement.client_id)
        assert asked is not None
        assert (asked.leaf, asked.seq) == (1, 2)
