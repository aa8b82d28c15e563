"""Members at a real hub: what one says the others read, and nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.people import Village, a_hub


@pytest.fixture
async def hub(tmp_path: Path, database: str) -> AsyncIterator[Village]:
    async with a_hub(tmp_path, database) as village:
        yield village


async def test_two_members_exchange_words(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)

    await ghana.say(channel, "Forty cartons of syringes at Tema")

    assert await peru.texts(channel) == ["Forty cartons of syringes at Tema"]
