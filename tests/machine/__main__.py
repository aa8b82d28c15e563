"""
The state machine for a long time: every sequence begins at a fresh copy of the hub; the first broken promise ends it.

    python -m tests.machine [--sequences 10000] [--steps 50] [--seed N] [--minutes M] [--kills]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

import hub.audit.checkpoints
import hub.client.log
from hub import paths
from hub.db.embedded import Postgres
from hub.db.migrate import migrate
from tests.databases import execute
from tests.machine.life import COME, they_begin
from tests.machine.rules import People
from tests.settled import settle

TEMPLATE = "template_of_machine"
BATCH = 20
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


@contextmanager
def a_settlement() -> Iterator[None]:
    """The database, the hub that all sequences are copies of, and a log that is signed fifty times a second."""
    hub.audit.checkpoints.PAUSE_SECONDS = 0.02
    hub.client.log.FRESH_PAUSE, hub.client.log.FRESH_WAITS = 0.02, 250
    folder = Path(tempfile.mkdtemp(prefix="ncphub-machine-"))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    try:
        with Postgres(folder / "db", settings=NOT_DURABLE) as server, asyncio.Runner() as runner:
            runner.run(execute(server, f"CREATE DATABASE {TEMPLATE}"))
            runner.run(migrate(server.dsn(TEMPLATE), paths.migrations()))
            People.runner = runner
            settled = runner.run(settle(server, TEMPLATE, folder / "settlement", "settlement", *COME))
            People.settlement = runner.run(settled.later(folder / "machine", "machine", they_begin))
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None, help="of the first batch of 20; the next ones count on")
    parser.add_argument("--minutes", type=float, default=None, help="begin no batch after this")
    parser.add_argument("--keep-going", action="store_true", help="count faults instead of ending at the first")
    parser.add_argument("--kills", action="store_true", help="each hub is a process of its own, and is killed")
    asked = parser.parse_args()
    People.kills = asked.kills
    first = random.SystemRandom().getrandbits(31) if asked.seed is None else asked.seed
    end = time.monotonic() + 60 * asked.minutes if asked.minutes else None
    faults = 0
    with a_settlement():
        batch = 0
        while People.sequences < asked.sequences and (end is None or time.monotonic() < end):
            number = first + batch
            batch += 1
            faults += not is_sound(number, min(BATCH, asked.sequences - People.sequences), asked.steps)
            line = f"seed {number}: {People.sequences} sequences, {People.steps} steps, {faults} faults"
            print(line, flush=True)  # noqa: T201 — this is the report
            if faults and not asked.keep_going:
                break
    for outcome, times in sorted(People.outcomes.items()):
        print(f"{times:8} {outcome}")  # noqa: T201 — what was done, and what came of it
    return 1 if faults else 0


def is_sound(number: int, sequences: int, steps: int) -> bool:
    """One batch. A fault is printed with the steps that led to it."""
    seed(number)(People)
    try:
        run_state_machine_as_test(
            People,
            settings=settings(
                max_examples=sequences,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                phases=(Phase.explicit, Phase.generate),
                suppress_health_check=list(HealthCheck),
                print_blob=False,
            ),
        )
    except Exception:  # noqa: BLE001 — whatever it was, it is the fault that is looked for
        import traceback

        traceback.print_exc()
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
