"""A coordinator asks, contact points acknowledge, and everybody counts alike (docs/spec/18-notices.md)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.encoding import b64
from hub.client import notices
from hub.client.domain.bodies import notice_body
from hub.client.errors import Fault, Refused
from hub.client.state import now
from tests.people import Channel, Person, Village
from tests.settled import Settlement

HOUR = 3_600_000
TITLES = {"en": "Cold boxes without a data logger", "fr": "Glacières sans enregistreur"}
TEXTS = {"en": "Hold them and tell us.", "fr": "Retenez-les et prévenez-nous."}


@dataclass
class Scene:
    hub: Village
    coordinator: Person
    ghana: Person
    peru: Person
    channel: Channel

    async def ask(self, **how: object) -> None:
        body = notice_body("instruction", TITLES, TEXTS, "en")
        await notices.ask(self.coordinator.member.state, self.channel.operation, self.channel.id, body, **how)  # type: ignore[arg-type]

    async def seen_by(self, person: Person) -> list[notices.Notice]:
        await person.read(self.channel)
        return notices.notices(person.member.state, self.channel.operation, self.channel.id)


@pytest.fixture
async def scene(tmp_path: Path, settlement: Settlement) -> AsyncIterator[Scene]:
    async with settlement.copy(tmp_path) as hub:
        ghana, peru, coordinator = await hub.members("ghana", "peru", "coordinator")
        channel = await hub.channel("Medicines", ghana, peru)
        yield Scene(hub, coordinator, ghana, peru, channel)


def states(notice: notices.Notice) -> dict[str, str]:
    return {row.country: row.state for row in notice.tally.rows}


async def test_all_but_who_coordinates_are_asked_and_everybody_counts_alike(scene: Scene) -> None:
    await scene.ask(due=now() + HOUR, urgent=True)
    (before,) = await scene.seen_by(scene.ghana)

    await notices.acknowledge(scene.ghana.member.state, before)

    for person in (scene.coordinator, scene.ghana, scene.peru):
        (notice,) = await scene.seen_by(person)
        assert states(notice) == {"GH": "acknowledged", "PE": "silent"}
        assert (notice.number, notice.tally.acknowledged, notice.tally.asked) == (1, 1, 2)
        assert notice.words is not None
        assert notice.words.title["fr"] == TITLES["fr"]


async def test_the_later_acknowledgement_counts(scene: Scene) -> None:
    await scene.ask()
    (notice,) = await scene.seen_by(scene.ghana)

    await notices.acknowledge(scene.ghana.member.state, notice)
    await notices.acknowledge(scene.ghana.member.state, notice, "action-taken")

    (told,) = await scene.seen_by(scene.coordinator)
    assert states(told)["GH"] == "action-taken"


async def test_only_the_country_that_was_asked_answers(scene: Scene) -> None:
    await scene.ask(to=["GH"])
    (notice,) = await scene.seen_by(scene.peru)
    assert states(notice) == {"GH": "silent"}

    with pytest.raises(Refused) as refused:
        await notices.acknowledge(scene.peru.member.state, notice)

    assert refused.value.code == "not-allowed"


async def test_an_acknowledgement_holds_while_a_secret_is_stale_and_after(scene: Scene) -> None:
    await scene.ask()
    (notice,) = await scene.seen_by(scene.ghana)
    await scene.hub.registrar.suspend(scene.peru.member.account, "left the service")
    await scene.ghana.member.sync()

    await notices.acknowledge(scene.ghana.member.state, notice)
    stale = scene.ghana.member.state.operation(scene.channel.operation).channel(scene.channel.id).epoch
    assert stale is not None
    assert stale.number == 1
    await scene.coordinator.member.sync()
    await scene.coordinator.say(scene.channel, "With a new secret")

    (told,) = await scene.seen_by(scene.coordinator)
    assert states(told) == {"GH": "acknowledged", "PE": "silent"}  # Peru was asked when it was sent


async def test_a_country_that_came_later_stands_beside_those_asked(scene: Scene) -> None:
    operation = scene.channel.operation
    everybody = Channel(operation, await scene.coordinator.member.open_channel(operation, "Everybody"))
    scene.channel = everybody
    await scene.ask()
    (kenya,) = await scene.hub.members("kenya")
    await scene.hub.open(kenya)
    (notice,) = await scene.seen_by(kenya)
    assert states(notice) == {"GH": "silent", "PE": "silent"}

    await notices.acknowledge(kenya.member.state, notice)

    (told,) = await scene.seen_by(scene.coordinator)
    assert states(told) == {"GH": "silent", "KE": "acknowledged", "PE": "silent"}
    assert (told.tally.acknowledged, told.tally.asked) == (0, 2)


async def test_a_state_that_is_none_never_leaves(scene: Scene) -> None:
    await scene.ask()
    (notice,) = await scene.seen_by(scene.ghana)

    with pytest.raises(Fault):
        await notices.acknowledge(scene.ghana.member.state, notice, "ignored")

    assert scene.ghana.member.state.outbox.waiting() == []
    assert b64(notice.item.id) == notice.tally.id
