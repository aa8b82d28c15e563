"""The end of an operation: closed, destroyed by two after seven days, with a certificate; held; cancelled; forged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from aiohttp import web

from crypto.encoding import OperationId, b64
from hub.audit.verify import verify
from hub.client import closing
from hub.client.errors import Fault, Refused
from hub.db.pool import open_pool
from hub.retention.service import RETENTION, Retention
from tests.clock import FakeClock
from tests.people import Channel, Person, Village, served
from tests.settled import Settlement


@dataclass(slots=True)
class Scene:
    """An operation with two coordinators and Ghana, words in a channel, a form and a clock for hub and clients."""

    hub: Village
    clock: FakeClock
    operation: OperationId
    channel: Channel
    coordinator: Person
    second: Person
    ghana: Person

    @property
    def retention(self) -> Retention:
        assert isinstance(self.hub.app, web.Application)
        return self.hub.app[RETENTION]

    async def destroy(self) -> None:
        """Closed, notice given by two, and the week is over."""
        await closing.close(self.coordinator.member.state, self.operation)
        await self.give_notice()
        self.clock.advance(days=7, minutes=2)
        assert await self.retention.destroy_due() == [self.operation]

    async def give_notice(self) -> None:
        await closing.propose_destruction(self.coordinator.member.state, self.operation)
        [waiting] = [one for one in await closing.waiting(self.second.member.state, self.operation) if one.mine]
        await closing.countersign(self.second.member.state, self.operation, waiting)


@pytest_asyncio.fixture
async def scene(tmp_path: Path, settlement: Settlement, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    clock = FakeClock(datetime.now(UTC))
    for module in ("closing", "governance", "heads", "sending", "member"):
        monkeypatch.setattr(f"hub.client.{module}.now", lambda: int(clock.now().timestamp() * 1000))
    async with settlement.copy(tmp_path, lambda settings, _: served(settings, clock)) as hub:
        ghana, coordinator, second = await hub.members("ghana", "coordinator", "second")
        channel = await hub.channel("Medicines", ghana)
        await coordinator.member.admit(channel.operation, second.member.account, "coordinator", ("general",))
        await ghana.say(channel, "Forty cartons of PLANTED tablets")
        yield Scene(hub, clock, channel.operation, channel, coordinator, second, ghana)


async def test_a_closed_operation_is_read_and_nothing_is_sent(scene: Scene) -> None:
    await closing.close(scene.coordinator.member.state, scene.operation)

    assert await scene.ghana.texts(scene.channel) == ["Forty cartons of PLANTED tablets"]
    with pytest.raises(Fault) as refusal:
        await scene.ghana.say(scene.channel, "One more")
    assert refusal.value.code == "not-allowed"


async def test_two_coordinators_destroy_it_after_seven_days(scene: Scene) -> None:
    await closing.close(scene.coordinator.member.state, scene.operation)
    await scene.give_notice()

    scene.clock.advance(days=6, hours=23)
    assert await scene.retention.destroy_due() == []
    assert await scene.ghana.texts(scene.channel) == ["Forty cartons of PLANTED tablets"]
    scene.clock.advance(hours=1, minutes=2)
    assert await scene.retention.destroy_due() == [scene.operation]

    await scene.ghana.member.sync()
    found = await closing.destruction(scene.ghana.member.state, scene.operation)
    assert found is not None
    assert found.certificate.envelopes == 1
    assert sorted(found.certificate.by) == sorted([scene.coordinator.account, scene.second.account])
    assert [receipt.account for receipt in found.receipts] == [scene.ghana.account]
    assert not scene.ghana.member.reads(scene.operation, scene.channel.id)
    assert all(channel != scene.channel.id for channel, _ in scene.ghana.member.state.secrets)


async def test_a_copy_of_the_database_taken_afterwards_opens_nothing(scene: Scene) -> None:
    await scene.destroy()

    db = await asyncpg.connect(scene.hub.settings.dsn.get_secret_value() if scene.hub.settings.dsn else "")
    try:
        held = await db.fetchval(
            "SELECT count(*) FROM wrap JOIN channel USING (channel) WHERE operation = $1", scene.operation
        )
        words = await db.fetchval(
            "SELECT coalesce(sum(octet_length(beside)), 0) FROM statement WHERE stream = $1", scene.channel.id
        )
        headers = await db.fetchval("SELECT count(*) FROM statement WHERE stream = $1", scene.channel.id)
    finally:
        await db.close()
    assert (held, words, headers) == (0, 0, 1)

    # Ghana's program begins anew, with every key it ever had, at the hub as it is now.
    fresh = await scene.hub.again(scene.ghana)
    with pytest.raises((Fault, Refused)):
        await fresh.read(scene.channel)
    assert scene.channel.id not in {channel for channel, _ in fresh.member.state.secrets}
    await fresh.member.close()


async def test_the_log_stays_whole_and_excuses_only_what_was_destroyed(scene: Scene) -> None:
    await scene.destroy()
    dsn = scene.hub.settings.dsn
    assert dsn is not None
    async with open_pool(dsn.get_secret_value(), size=2) as pool:
        report = await verify(pool, scene.hub.id)
        assert report.findings == []

        await pool.execute("UPDATE destruction SET certificate = convert_to('{}', 'utf8')")
        assert {finding.table for finding in (await verify(pool, scene.hub.id)).findings} == {
            "destruction",
            "statement",
        }


async def test_one_coordinator_cancels_and_a_hold_stops_it(scene: Scene) -> None:
    await closing.close(scene.coordinator.member.state, scene.operation)
    await scene.give_notice()
    await scene.coordinator.member.sync()
    await closing.cancel(scene.coordinator.member.state, scene.operation)
    await scene.second.member.sync()
    await scene.give_notice()
    await closing.hold(scene.second.member.state, scene.operation, "Court of Tema, case 12")
    scene.clock.advance(days=8)

    assert await scene.retention.destroy_due() == []
    with pytest.raises(Fault) as refusal:
        await scene.give_notice()
    assert refusal.value.code == "not-allowed"


async def test_one_alone_destroys_nothing(scene: Scene) -> None:
    await closing.close(scene.coordinator.member.state, scene.operation)
    await closing.propose_destruction(scene.coordinator.member.state, scene.operation)
    scene.clock.advance(days=30)

    assert await scene.retention.destroy_due() == []
    mine = await closing.waiting(scene.coordinator.member.state, scene.operation)
    assert mine
    assert not any(one.mine for one in mine)
    with pytest.raises(Refused):
        await closing.waiting(scene.ghana.member.state, scene.operation)


async def test_a_hub_that_restarts_knows_what_it_destroyed(scene: Scene) -> None:
    await scene.destroy()
    assert isinstance(scene.hub.app, web.Application)

    async with served(scene.hub.settings.model_copy(update={"port": 0}), scene.clock) as again:
        assert await again[RETENTION].destroy_due() == []
        assert scene.operation in set(again[RETENTION]._rows)


async def test_a_certificate_that_the_log_does_not_hold_is_refused(scene: Scene) -> None:
    await scene.destroy()
    told = await scene.ghana.member.hub.destruction(b64(scene.operation))
    assert told is not None
    member = scene.second.member

    async def another(_: str) -> dict[str, object]:
        return {**told, "leaf": int(told["leaf"]) - 1}

    member.hub.destruction = another  # type: ignore[method-assign, assignment]
    with pytest.raises(Fault) as refusal:
        await member.sync()
    assert refusal.value.code == "bad-proof"
