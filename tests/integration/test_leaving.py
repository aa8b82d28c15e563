"""Whoever was taken out of an operation: they still get in, see up to their leaving, lose no word and send none."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.client.errors import Fault, Refused, Unreachable
from tests.people import Village
from tests.settled import Settlement


@pytest.fixture
async def hub(tmp_path: Path, settlement: Settlement) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


async def test_who_was_removed_signs_in_anew_and_proves_the_chain_up_to_there(hub: Village) -> None:
    ghana, peru, coordinator = await hub.members("ghana", "peru", "coordinator")
    channel = await hub.channel("Medicines", ghana, peru)
    await coordinator.member.remove(channel.operation, peru.member.account)
    await ghana.say(channel, "After")

    again = await hub.again(peru)

    view = again.member.state.operations[channel.operation]
    assert view.frozen is None
    assert again.member.account not in view.latest.members
    assert view.pin == ghana.member.state.operations[channel.operation].pin
    await again.member.close()


async def test_words_of_one_who_is_removed_while_writing_are_kept_and_not_sent(hub: Village) -> None:
    ghana, peru, coordinator = await hub.members("ghana", "peru", "coordinator")
    channel = await hub.channel("Medicines", ghana, peru)
    await peru.say(channel, "Before")
    await coordinator.member.remove(channel.operation, peru.member.account)

    with pytest.raises((Fault, Refused)):
        await peru.say(channel, "Written while it happened")

    assert [one.body for one in peru.member.state.outbox.waiting()] == [
        {"text": "Written while it happened", "language": "en"}
    ]
    assert await ghana.texts(channel) == ["Before"]


async def test_what_the_hub_interrupted_is_opened_at_the_next_look(
    hub: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.say(channel, "Read at the second look")

    async def gone(*_: object) -> None:
        raise Unreachable("the hub went away")

    with monkeypatch.context() as patched:
        patched.setattr(peru.member.hub, "wrap", gone)
        with pytest.raises(Unreachable):
            await peru.read(channel)

    assert await peru.texts(channel) == ["Read at the second look"]


async def test_who_was_suspended_goes_on_after_the_restoring_without_starting_anew(hub: Village) -> None:
    (ghana,) = await hub.members("ghana")
    channel = await hub.channel("Medicines", ghana)
    await hub.registrar.suspend(ghana.member.account, "on leave")
    with pytest.raises(Refused):
        await ghana.say(channel, "While suspended")

    await hub.registrar.restore(ghana.member.account)

    await ghana.member.sync()
    await ghana.member.flush()
    assert await ghana.texts(channel) == ["While suspended"]
