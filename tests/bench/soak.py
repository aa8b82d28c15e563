"""
`make soak`: hub and database are killed again and again under load; the first loss, doubling or wrong root ends it.

    python -m tests.bench.soak [--minutes 10] [--seed N] [--kills 12] [--senders 24]
"""

import argparse
import asyncio
import os
import random
import secrets
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

from hub import paths
from hub.db.embedded import Postgres
from hub.db.migrate import migrate
from tests.bench.ruin import Outcome, ruin


async def one_round(server: Postgres, folder: Path, seed: int, kills: int, senders: int) -> Outcome:
    """A fresh database and a fresh hub, killed `kills` times."""
    name = f"soak_{secrets.token_hex(4)}"
    db = await asyncpg.connect(server.dsn())
    await db.execute(f"CREATE DATABASE {name}")
    await db.close()
    await migrate(server.dsn(name), paths.migrations())
    return await ruin(server, server.dsn(name), folder / name, seed, kills, senders)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None, help="of the first round; the next ones count on")
    parser.add_argument("--kills", type=int, default=12, help="in each round")
    parser.add_argument("--senders", type=int, default=24)
    asked = parser.parse_args()
    first = random.SystemRandom().getrandbits(31) if asked.seed is None else asked.seed
    end = time.monotonic() + 60 * asked.minutes
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="ncphub-soak-") as name:
        folder = Path(name)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        with Postgres(folder / "db") as server:
            while not outcomes or time.monotonic() < end:
                seed = first + len(outcomes)
                outcomes.append(asyncio.run(one_round(server, folder, seed, asked.kills, asked.senders)))
                print(outcomes[-1].line(), flush=True)  # noqa: T201 — this is the report
                if not outcomes[-1].is_sound:
                    return 1
    kills = sum(sum(one.kills.values()) for one in outcomes)
    print(f"{kills} kills, {sum(one.acknowledged for one in outcomes)} acknowledged, nothing lost")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
