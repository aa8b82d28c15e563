"""
How long the demonstration takes, the first time and again (`make demo` after `make install`), and B14: how long a hub
with its own database takes to answer again after a stop.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import sys
import time
import tomllib
from pathlib import Path

from tests.bench.measure import Fact
from tests.stories.hub_process import answers

AGAIN = 5
LONGEST = 300.0
READY = b"Ready after"
# The demonstration's own folder belongs to whoever uses this checkout.
ELSEWHERE = """
import sys
from pathlib import Path
from hub import paths
folder = Path(sys.argv[1])
paths.demo_state_dir = lambda: folder
sys.argv = ["ncphub", "demo"]
from hub.cli import main
main()
"""


async def measure(_: str, state_dir: Path, __: int) -> list[Fact]:
    base = state_dir / "demo"
    first = await _demo(base)
    again = await _demo(base)
    middle = statistics.median([await _restart(base) for _ in range(AGAIN)])
    return [
        Fact("", "the demonstration, first: database, keys, people, alerts", first, "s"),
        Fact("", "the demonstration, again", again, "s"),
        Fact("B14", f"a hub with its own database answers again, median of {AGAIN}", middle, "s", 0.6),
    ]


async def _demo(base: Path) -> float:
    """Seconds until the sheets are printed."""
    began = time.monotonic()
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ELSEWHERE, str(base), env=_environment(), stdout=asyncio.subprocess.PIPE
    )
    assert demo.stdout is not None
    try:
        async with asyncio.timeout(LONGEST):
            while READY not in (line := await demo.stdout.readline()):
                assert line, "the demonstration ended by itself"
        return time.monotonic() - began
    finally:
        demo.send_signal(signal.SIGINT)
        await demo.communicate()


async def _restart(base: Path) -> float:
    """Seconds from the start of the process to the first connection that it takes."""
    settings = base / "hub.toml"
    port = int(tomllib.loads(settings.read_text())["port"])
    began = time.monotonic()
    hub = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hub",
        "serve",
        "--settings",
        str(settings),
        env=_environment(),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(LONGEST):
            while not await answers(port):
                await asyncio.sleep(0.005)
        return time.monotonic() - began
    finally:
        hub.terminate()
        await hub.wait()


def _environment() -> dict[str, str]:
    """No setting of a hub that this machine may have."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NCPHUB_")} | {"COLUMNS": "500"}
