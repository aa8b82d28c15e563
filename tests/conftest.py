"""What every test may ask for: a real PostgreSQL, a database of its own, a clock that stands still, a free port."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import hub.audit.checkpoints
import hub.client.log
from hub import paths
from hub.db.embedded import Postgres
from hub.db.migrate import migrate
from hub.db.pool import Pool, open_pool
from tests.clock import FakeClock
from tests.databases import a_database, execute

if TYPE_CHECKING:
    from tests.settled import Settlement

# The same examples in every run, and no limit for one of them: a machine that is busy is not a fault of the code.
settings.register_profile("hub", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hub")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in its background so, and every program that a test interrupts would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

TEMPLATE = "template_of_tests"
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "autovacuum": "off",  # no database grows old here
    "max_connections": "200",
}
HERE = Path(__file__).parent
LONGEST_FIRST = ("integration/test_demo", "house/test_secrecy", "stories", "hostile", "browser", "integration", "")
MEMORY = Path("/dev/shm")
ENOUGH = 2 << 30


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins, so that nobody waits for it; one worker runs a file, whose tests share a set-up."""
    items.sort(key=lambda item: next(n for n, begin in enumerate(LONGEST_FIRST) if place_of(item).startswith(begin)))


def place_of(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).with_suffix("").as_posix()


@pytest.fixture(scope="session", autouse=True)
def swift_checkpoints() -> Iterator[None]:
    """
    A hub in the tests' own process signs its log fifty times a second, and the members' client looks as often.

    A fresh leaf's proof is waited for at every turn: at the real pace most of a test's time was this second.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub.audit.checkpoints, "PAUSE_SECONDS", 0.02)
        patch.setattr(hub.client.log, "FRESH_PAUSE", 0.02)
        patch.setattr(hub.client.log, "FRESH_WAITS", 1500)
        yield


@pytest.fixture(scope="session")
def reachable_folder() -> Iterator[Path]:
    """
    A folder that the database's account can pass, unlike pytest's own, and with a name short enough for sockets.

    In memory where there is room: each test's database is three hundred files, and soon forgotten.
    """
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH
    folder = Path(tempfile.mkdtemp(prefix="ncphub-test-", dir=MEMORY if roomy else None))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(reachable_folder: Path) -> Iterator[Postgres]:
    """One server for the whole run; it flushes nothing, so tests of durability start their own."""
    with Postgres(reachable_folder / "db", settings=NOT_DURABLE) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> str:
    """The name of a database with all migrations and no rows: copying it takes milliseconds."""

    async def make() -> None:
        await execute(postgres, f"CREATE DATABASE {TEMPLATE}")
        await migrate(postgres.dsn(TEMPLATE), paths.migrations())

    asyncio.run(make())
    return TEMPLATE


@pytest.fixture(scope="session")
def settlement(postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Settlement:
    """A hub and its first people, to be copied by each test that begins with them."""
    from tests.settled import PEOPLE, settle  # the whole program: most tests need less of it

    folder = tmp_path_factory.mktemp("settlement")
    return asyncio.run(settle(postgres, migrated_template, folder, "settlement", *PEOPLE))


@pytest.fixture
async def database(postgres: Postgres, migrated_template: str) -> AsyncIterator[str]:
    """The DSN of a fresh migrated database that only this test uses."""
    async with a_database(postgres, migrated_template) as dsn:
        yield dsn


@pytest.fixture
async def empty_database(postgres: Postgres) -> AsyncIterator[str]:
    """The DSN of a fresh database without any migration."""
    async with a_database(postgres) as dsn:
        yield dsn


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with open_pool(database, size=5) as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def free_port() -> int:
    """A port of loopback that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
