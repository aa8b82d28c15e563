"""The post office takes what is right and names what is wrong (hub/messages; docs/spec/06-envelope.md)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders import Hub, running_hub


@pytest.fixture
async def hub(database: str, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as made:
        yield made


async def test_a_post_of_a_member_gets_a_receipt(hub: Hub) -> None:
    coordinator = await hub.member("ama", "GH", "coordinate")
    contact = await hub.member("luis", "PE")
    operation = await hub.open_operation(coordinator)
    await hub.submit_entry(coordinator, operation, [hub.admitting(contact)])
    room = await hub.open_channel(coordinator, operation, [coordinator, contact])

    answer = await room.post(contact, "alert")

    assert answer.json["seq"] == 1
