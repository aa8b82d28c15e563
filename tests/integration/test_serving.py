"""Any reader serves those who wait; a bad secret is reported, replaced and locks nobody out."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from crypto.membership import pending, stale
from hub.client.errors import Fault, Refused
from tests.people import Channel, Person, Village
from tests.settled import Settlement
from tests.spoiling import an_epoch_by, another_previous, far_ahead, for_nobody, without


@pytest.fixture
async def hub(tmp_path: Path, settlement: Settlement) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


async def test_a_reader_serves_who_was_admitted_by_one_who_reads_nothing(hub: Village) -> None:
    ghana, peru, deputy = await hub.members("ghana", "peru", "deputy")
    channel = await of_two_countries(hub, ghana, peru)
    await ghana.member.sync()
    assert await ghana.member.serve() == 1  # the first secret: the coordinator could make none
    await ghana.say(channel, "Before the deputy came")

    await hub.open(deputy)
    await deputy.member.sync()
    assert waiting(deputy, channel) == [deputy.account]
    await peru.member.sync()
    assert await peru.member.serve() == 1
    assert await ghana.member.serve() == 0  # looked again first: it was done

    assert await deputy.texts(channel) == ["Before the deputy came"]
    assert waiting(deputy, channel) == []


async def test_who_sends_serves_first(hub: Village) -> None:
    ghana, peru, deputy = await hub.members("ghana", "peru", "deputy")
    channel = await of_two_countries(hub, ghana, peru)
    await ghana.member.sync()
    await ghana.member.serve()
    await hub.open(deputy)

    await ghana.member.sync()
    await ghana.say(channel, "To all three")

    assert await deputy.texts(channel) == ["To all three"]


async def test_a_wrap_that_does_not_open_is_reported_and_another_reader_makes_the_next(
    hub: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    ghana, peru, kenya = await hub.members("ghana", "peru", "kenya")
    channel = await hub.channel("Medicines", ghana, peru, kenya)
    await ghana.say(channel, "Good")
    await an_epoch_by(ghana, channel, monkeypatch, without(peru))
    await ghana.say(channel, "Under a secret that Peru can't open")

    await peru.member.sync()
    await peru.member.serve()
    assert stale_now(peru, channel)
    with pytest.raises(Fault) as told:
        await peru.say(channel, "Too early")
    assert told.value.code == "stale-epoch"
    assert (await an_item(peru, channel, 2)).fault is not None
    await kenya.member.sync()
    await kenya.member.serve()

    assert await peru.texts(channel) == ["Good", "Under a secret that Peru can't open"]
    assert [receipt.seq for receipt in await peru.member.flush()] == [3]
    assert await kenya.texts(channel) == ["Good", "Under a secret that Peru can't open", "Too early"]
    assert await peru.member.channel(channel.operation, "medicines") == channel.id


async def test_a_secret_that_opens_for_nobody_ends_no_channel(hub: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.say(channel, "Good")
    await an_epoch_by(ghana, channel, monkeypatch, for_nobody)

    await peru.member.sync()
    await peru.member.serve()
    coordinator = await hub.person("coordinator")
    await coordinator.member.sync()
    await coordinator.member.serve()
    await peru.say(channel, "Still here")

    assert await peru.texts(channel) == ["Good", "Still here"]
    assert await ghana.texts(channel) == ["Good", "Still here"]
    assert not stale_now(peru, channel)


async def test_an_older_secret_that_does_not_open_is_reported_by_the_first_who_looks(
    hub: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    ghana, peru, deputy = await hub.members("ghana", "peru", "deputy")
    channel = await of_two_countries(hub, ghana, peru)
    await ghana.member.sync()
    await ghana.member.serve()
    await ghana.say(channel, "Good")
    await an_epoch_by(ghana, channel, monkeypatch, another_previous)
    await peru.member.sync()
    await peru.member.serve()  # reports it, and makes the next: only these two read the channel
    await hub.open(deputy)
    await peru.member.sync()
    await peru.member.serve()

    assert await deputy.texts(channel) == ["Good"]


async def test_one_bad_secret_keeps_no_coordinator_from_removing_somebody(
    hub: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    ghana, peru, coordinator = await hub.members("ghana", "peru", "coordinator")
    channel = await hub.channel("Medicines", ghana, peru)
    other = await hub.channel("Precursors", ghana, peru)
    await an_epoch_by(ghana, channel, monkeypatch, for_nobody)
    await coordinator.member.sync()

    await coordinator.member.remove(channel.operation, ghana.member.account)

    assert stale_now(coordinator, channel)
    assert not stale_now(coordinator, other)
    await peru.say(other, "Just us")


async def test_nobody_pretends_to_have_seen_more_than_there_is(hub: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.say(channel, "One")

    with pytest.raises(Refused) as refused:
        await an_epoch_by(ghana, channel, monkeypatch, far_ahead)

    assert refused.value.code == "wrong-place"
    await peru.member.sync()
    assert peru.member.operations()[channel.operation].channels[channel.id].epoch.number == 1  # type: ignore[union-attr]


# -- people and their makers -------------------------------------------------------------------------------------------


async def of_two_countries(hub: Village, *readers: Person) -> Channel:
    """A channel for Ghana and Peru that its coordinator doesn't read."""
    coordinator = await hub.person("coordinator")
    operation = await hub.open(*readers)
    id_ = await coordinator.member.open_channel(operation, "Ports", scope="countries", of=["GH", "PE"])
    return Channel(operation, id_)


def waiting(person: Person, channel: Channel) -> list[bytes]:
    state = person.member.state
    return [one.account for one in pending(state.operation(channel.operation), channel.id, state.directory.latest)]


def stale_now(person: Person, channel: Channel) -> bool:
    state = person.member.state
    return stale(state.operation(channel.operation), channel.id, state.directory.latest)


async def an_item(person: Person, channel: Channel, seq: int) -> Any:
    return (await person.read(channel))[seq - 1]
