"""A hub and its database killed under members who go on sending: a small part of `make soak`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import paths
from hub.db.embedded import Postgres
from hub.db.migrate import migrate
from tests.bench.ruin import ruin


@pytest.fixture
def own_postgres(reachable_folder: Path) -> Iterator[Postgres]:
    """A server that flushes as in production, and may be killed."""
    with Postgres(reachable_folder / "ruined") as server:
        asyncio.run(migrate(server.dsn(), paths.migrations()))
        yield server


@pytest.mark.slow
async def test_nothing_acknowledged_is_lost_or_doubled_whatever_is_killed(
    own_postgres: Postgres, tmp_path: Path
) -> None:
    outcome = await ruin(own_postgres, own_postgres.dsn(), tmp_path, seed=20261121, kills=3, senders=8)

    assert outcome.is_sound, outcome.line()
    assert outcome.kills == {"hub": 1, "database": 1, "both": 1}
    assert outcome.acknowledged > 160
    assert outcome.checkpoints > 0
