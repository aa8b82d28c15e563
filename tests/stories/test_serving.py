"""An open browser serves whoever waits for a key, and reports a key that doesn't open; nobody is asked for anything."""

from __future__ import annotations

import asyncio
import re

import pytest

from crypto.membership import pending, stale
from tests.people import Channel, Person
from tests.spoiling import an_epoch_by, without
from tests.stories.conftest import Town

PATIENCE = 40.0  # seconds: readers who don't coordinate leave the others up to twenty


def state_of(person: Person, channel: Channel) -> tuple[int, bool]:
    """How many wait, and whether a new secret comes first."""
    state = person.member.state
    operation, directory = state.operation(channel.operation), state.directory.latest
    return len(pending(operation, channel.id, directory)), stale(operation, channel.id, directory)


async def test_a_browser_serves_who_waits_and_reports_what_does_not_open(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator, peru = town.person("coordinator"), town.person("peru")
    operation = await town.village.open(peru, await town.village.person("ghana"))
    await coordinator.member.sync()
    id_ = await coordinator.member.open_channel(operation, "", scope="countries", of=["GH", "PE"])
    channel = Channel(operation, id_)
    await peru.member.sync()
    await peru.member.commit(operation, labels={id_: "Ports"})
    await peru.say(channel, "Before the deputy came")
    (ghana,) = await town.signed_in("ghana")

    # The coordinator doesn't read this channel: whoever does hands the key on, here a browser that is just open.
    deputy = await town.village.person("deputy")
    await town.village.open(deputy)
    async with asyncio.timeout(PATIENCE):
        while await served(deputy, channel) != (0, False):
            await asyncio.sleep(0.5)
    assert await deputy.texts(channel) == ["Before the deputy came"]

    # Peru's client makes a key that doesn't open for Ghana: its browser reports that, once, and says so.
    await an_epoch_by(peru, channel, monkeypatch, without(town.person("ghana")))
    async with asyncio.timeout(PATIENCE):
        while await served(deputy, channel) != (0, True):
            await asyncio.sleep(0.5)
    await ghana.opens_channel("Ports")
    await ghana.sees(re.compile("^NCP Ghana reported that this channel’s key doesn’t open"))
    await deputy.member.serve()
    await deputy.say(channel, "Under a key that opens")
    await ghana.sees("Under a key that opens")
    await ghana.sees("Before the deputy came")


async def served(person: Person, channel: Channel) -> tuple[int, bool]:
    await person.member.sync()
    return state_of(person, channel)
