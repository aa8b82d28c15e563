"""
`make bench`: every measurement in turn, each on a hub of its own, with a report in Markdown and in JSON.

    python -m tests.bench [posts] [over_http] [delivery] [notices] [browsers] [rotation] [replay] [recount] [starts]
                          [unlock] [--rounds 5] [--no-demo]
"""

import argparse
import dataclasses
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import cryptography
import uvloop

from hub import __version__, paths
from hub.db.embedded import Postgres
from hub.db.migrate import migrate
from tests.bench import browsers, delivery, notices, over_http, posts, recount, replay, rotation, starts, unlock
from tests.bench.measure import HEAD, Fact, Result

Line = Result | Fact
Measurement = Callable[[str, Path, int], Awaitable[Sequence[Line]]]

MEASUREMENTS: dict[str, Measurement] = {
    "posts": posts.measure,
    "over_http": over_http.measure,
    "delivery": delivery.measure,
    "notices": notices.measure,
    "browsers": browsers.measure,
    "rotation": rotation.measure,
    "replay": replay.measure,
    "recount": recount.measure,
    "starts": starts.measure,
    "unlock": unlock.measure,
}
RESULTS = Path(__file__).parents[2] / ".bench"
HONESTY = (
    "Loopback, no TLS; hub, database, load and browsers share this machine and whatever else runs on it.",
    "PostgreSQL flushes each commit (fsync and synchronous_commit on); every post is signed, verified and logged.",
    "Only ratios to a limit measured in the same run mean anything; the load average tells how quiet the machine was.",
)


async def run(server: Postgres, folder: Path, names: Sequence[str], rounds: int) -> list[Line]:
    """Each measurement on a hub of its own in a database of its own."""
    lines: list[Line] = []
    for name in names:
        db = await asyncpg.connect(server.dsn())
        await db.execute(f"CREATE DATABASE {name}")
        await db.close()
        dsn = server.dsn(name)
        await migrate(dsn, paths.migrations())
        state_dir = folder / name
        paths.make_state_dir(state_dir)
        for line in await MEASUREMENTS[name](dsn, state_dir, rounds):
            say(line.line())
            lines.append(line)
    return lines


async def machine(server: Postgres) -> dict[str, Any]:
    """What the figures were measured on."""
    db = await asyncpg.connect(server.dsn())
    version, flush = await db.fetchval("SHOW server_version"), await db.fetchval("SHOW fsync")
    await db.close()
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "processor": processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "uvloop": uvloop.__version__,
        "aiohttp": aiohttp.__version__,
        "cryptography": cryptography.__version__,
        "postgresql": f"{version}, fsync {flush}",
        "hub": __version__,
        "load": round(os.getloadavg()[0], 1),
    }


def processor() -> str:
    """Its name, as the kernel tells it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def keep(told: dict[str, Any], lines: Sequence[Line]) -> Path:
    """The same as JSON, beside those of earlier runs."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    found = [dataclasses.asdict(line) | {"passes": line.passes} for line in lines]
    path.write_text(json.dumps({"machine": told, "results": found}, indent=1) + "\n")
    return path


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 — this is the report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *MEASUREMENTS], help="all without any")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-demo", action="store_true", help="leave out how long the demonstration takes")
    asked = parser.parse_args()
    names = asked.names or [name for name in MEASUREMENTS if not (asked.no_demo and name == "starts")]
    with tempfile.TemporaryDirectory(prefix="ncphub-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        with Postgres(folder / "db") as server:
            told = uvloop.run(machine(server))
            say(", ".join(f"{name} {value}" for name, value in told.items()))
            for sentence in HONESTY:
                say(sentence)
            say("\n" + HEAD)
            lines = uvloop.run(run(server, folder, names, asked.rounds))
            say(f"\nload at the end {os.getloadavg()[0]:.1f}; kept in {keep(told, lines).name}")
    return 0 if all(line.passes for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
