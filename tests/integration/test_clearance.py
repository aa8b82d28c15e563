"""A clearance taken in the members' own client: every channel that it reached gets its next secret."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crypto.encoding import AccountId
from crypto.membership import stale
from hub.client import governance
from tests.people import Village
from tests.settled import Settlement


@pytest.fixture
async def hub(settlement: Settlement, tmp_path: Path) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


@pytest.mark.parametrize(("room", "entries"), [(governance.BESIDE_ROOM, 1), (1, 3)])
async def test_what_one_entry_cannot_carry_follows_in_the_next(
    hub: Village, monkeypatch: pytest.MonkeyPatch, room: int, entries: int
) -> None:
    ghana, coordinator = await hub.members("ghana", "coordinator")
    operation = await hub.open(ghana)
    member = coordinator.member
    channels = [await member.open_channel(operation, f"Case {n}", compartment="precursor") for n in (1, 2, 3)]
    before = member.state.operation(operation).seq

    monkeypatch.setattr(governance, "BESIDE_ROOM", room)
    without = governance.change_member(AccountId(ghana.account), "contact", ("general",))
    after = await member.commit(operation, without)

    assert after.seq == before + entries
    for channel in channels:
        epoch = after.channel(channel).epoch
        assert epoch is not None
        assert epoch.number == 2
        assert [reader.account for reader in epoch.holders] == [member.account]
        assert not stale(after, channel, member.state.directory.latest)
