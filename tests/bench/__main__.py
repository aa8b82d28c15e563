"""`make bench`: every measurement in turn, on a database that flushes, with a report in Markdown."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import uvloop

from hub import paths
from hub.db.embedded import Postgres
from hub.db.migrate import migrate
from tests.bench import delivery, posts
from tests.bench.measure import HEAD, Result

Measurement = Callable[[str, Path, int], Awaitable[list[Result]]]

MEASUREMENTS: dict[str, Measurement] = {"posts": posts.measure, "delivery": delivery.measure}


async def run(server: Postgres, folder: Path, names: list[str], rounds: int) -> list[Result]:
    """Each measurement on a hub of its own in a database of its own."""
    results: list[Result] = []
    for name in names:
        db = await asyncpg.connect(server.dsn())
        await db.execute(f"CREATE DATABASE {name}")
        await db.close()
        dsn = server.dsn(name)
        await migrate(dsn, paths.migrations())
        state_dir = folder / name
        state_dir.mkdir()
        for result in await MEASUREMENTS[name](dsn, state_dir, rounds):
            print(result.line(), flush=True)  # noqa: T201 - this is its report
            results.append(result)
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(MEASUREMENTS), help=f"{list(MEASUREMENTS)}; all without any")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ncphub-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        with Postgres(folder / "db") as server:
            print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, loopback, no TLS")  # noqa: T201
            print(HEAD, flush=True)  # noqa: T201
            results = uvloop.run(run(server, folder, asked.names, asked.rounds))
    return 0 if all(result.passes for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
