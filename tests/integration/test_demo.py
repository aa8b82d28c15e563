"""The demonstration from nothing, after a crash, and once more: what `make demo` gives to somebody who looks."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.client.member import Member
from hub.exercise.people import people

pytestmark = [pytest.mark.slow, pytest.mark.timeout(480)]
READY = re.compile(r"Ready after ([0-9.]+) s")
SLOWEST_SECOND_START = 30.0  # seconds, beside other tests; `make bench` tells it for a machine that does nothing else


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the database's account may go, too; pytest's own folders are closed to it."""
    path = Path(tempfile.mkdtemp(prefix="ncphub-demo-"))
    path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    yield path
    shutil.rmtree(path, ignore_errors=True)


async def test_a_demonstration_survives_a_crash_while_it_is_made_and_every_restart(folder: Path) -> None:
    async with demonstration(folder) as first:
        await until(folder / "people" / "ghana" / "sheet.json")
        first.send_signal(signal.SIGKILL)
        await first.wait()

    async with demonstration(folder) as second:
        said = await ready(second)
        assert "only half made" in said
        assert said.count(".localhost:") == len(people())
        sheet = json.loads((folder / "people" / "ghana" / "sheet.json").read_text())
        assert f"/#code=GH-CUSTOMS-1&second={sheet['second']}" in said
        assert sheet["passphrase"] in said
        async with await Member.open(folder / "people" / "ghana" / "profile", sheet["passphrase"]) as ghana:
            assert await ghana.sign_in() == []
            operation = ghana.operation("HSH")
            items = await ghana.read(operation, await ghana.channel(operation, "All members"))
            assert len(items) >= 50
            assert {item.header.kind for item in items if item.header} >= {"alert", "post"}
            assert [item.fault for item in items if item.fault] == []
            assert {one.code for one in ghana.operations().values()} == {"HSH", "CLF", "TWG"}
            assert {one.phase for one in ghana.operations().values()} == {"active"}
            notices = await ghana.read(operation, await ghana.channel(operation, "Announcements"))
            assert {item.header.kind for item in notices if item.header} == {"notice", "acknowledgement"}
            assert [item.fault for item in notices if item.fault] == []
        await interrupted(second)

    async with demonstration(folder) as third:
        seconds = float(READY.search(await ready(third))[1])  # type: ignore[index]
        await interrupted(third)
    assert seconds < SLOWEST_SECOND_START


async def test_a_second_demonstration_is_told_that_one_is_running(folder: Path) -> None:
    async with demonstration(folder) as first:
        await until(folder / "demo.lock")
        await asyncio.sleep(0.5)
        async with demonstration(folder) as second:
            told, _ = await second.communicate()
            assert b"running already" in told
            assert second.returncode == 2
        first.send_signal(signal.SIGINT)
        told, _ = await first.communicate()
        assert b"The next start begins anew" in told
        assert first.returncode == 0


@asynccontextmanager
async def demonstration(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "demo", "--state-dir", str(folder),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await process.communicate()


async def ready(process: asyncio.subprocess.Process) -> str:
    """What was printed until the demonstration could be used."""
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(240):
        while not READY.search(said):
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    return said


async def interrupted(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    told, _ = await process.communicate()
    assert b"The next start continues" in told
    assert process.returncode == 0
    assert time.monotonic() - began < 60


async def until(path: Path) -> None:
    async with asyncio.timeout(60):
        while not path.exists():  # noqa: ASYNC240 - another process makes it
            await asyncio.sleep(0.02)
