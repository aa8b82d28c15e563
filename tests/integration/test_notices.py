"""A notice asks countries, each answers for itself, and the hub refuses what is no answer (docs/spec/18-notices.md)."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import b64
from tests.builders import HOUR, Hub, Person, Room, running_hub


@dataclass
class Scene:
    """A coordinator, Peru, Singapore and an observer from France in one channel; Kenya in the operation only."""

    hub: Hub
    ama: Person
    luis: Person
    mei: Person
    observer: Person
    kenya: Person
    operation: bytes
    room: Room

    async def notice(self, **how: Any) -> str:
        return str((await self.room.post(self.ama, "notice", **how)).json["id"])


@pytest.fixture
async def scene(database: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with running_hub(database, tmp_path) as hub:
        ama = await hub.member("ama", "GH", "coordinate")
        people = [("luis", "PE"), ("mei", "SG"), ("ines", "FR"), ("otieno", "KE")]
        luis, mei, observer, kenya = [await hub.member(name, country) for name, country in people]
        operation = await hub.open_operation(ama)
        admissions = [hub.admitting(luis), hub.admitting(mei), hub.admitting(observer, "observer")]
        await hub.submit_entry(ama, operation, [*admissions, hub.admitting(kenya, compartments=["precursor"])])
        room = await hub.open_channel(ama, operation, [ama, luis, mei, observer])
        yield Scene(hub, ama, luis, mei, observer, kenya, operation, room)


async def refused(scene: Scene, by: Person, kind: str, **how: Any) -> str:
    answer = await scene.room.send(by, scene.room.envelope(by, kind, **how))
    assert answer.status >= 400, answer.raw
    return answer.code


# -- the notice --------------------------------------------------------------------------------------------------------


async def test_a_coordinator_asks_two_countries_by_a_date(scene: Scene) -> None:
    await scene.notice(to=["PE", "SG"], due=scene.hub.now + HOUR, urgency="immediate")

    assert (await scene.hub.leaves("envelope"))[-1]["detail"]["kind"] == "notice"


async def test_a_contact_point_sends_no_notice(scene: Scene) -> None:
    assert await refused(scene, scene.luis, "notice", due=scene.hub.now + HOUR) == "not-allowed"


async def test_a_date_in_the_past_is_refused(scene: Scene) -> None:
    assert await refused(scene, scene.ama, "notice", due=scene.hub.now - 1) == "refused"


async def test_a_country_that_does_not_read_the_channel_is_not_asked(scene: Scene) -> None:
    assert await refused(scene, scene.ama, "notice", to=["KE", "PE"]) == "refused"


async def test_a_notice_answers_nothing_and_has_no_state(scene: Scene) -> None:
    first = await scene.notice()

    assert await refused(scene, scene.ama, "notice", ref=first) == "refused"
    assert await refused(scene, scene.ama, "notice", state="acknowledged") == "refused"


# -- the answer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["acknowledged", "action-taken", "not-applicable"])
async def test_who_is_asked_acknowledges_without_words(scene: Scene, state: str) -> None:
    notice = await scene.notice(to=["PE"])

    answer = await scene.room.post(scene.luis, "acknowledgement", ref=notice, state=state)

    assert (await scene.hub.leaves("envelope"))[-1]["object"] == answer.json["id"]


async def test_a_notice_to_all_is_acknowledged_by_contact_points_also_late_and_again(scene: Scene) -> None:
    notice = await scene.notice(due=scene.hub.now + HOUR)
    scene.hub.clock.advance(minutes=61)
    for person in (scene.luis, scene.observer):
        await scene.hub.sign_in(person)

    await scene.room.post(scene.luis, "seen", ref=notice)
    await scene.room.post(scene.luis, "acknowledgement", ref=notice, state="acknowledged")
    await scene.room.post(scene.luis, "acknowledgement", ref=notice, state="action-taken")
    assert await refused(scene, scene.observer, "acknowledgement", ref=notice, state="not-applicable") == "not-allowed"


async def test_an_acknowledgement_is_taken_while_the_secret_is_stale_and_after_it_was_renewed(scene: Scene) -> None:
    notice = await scene.notice()
    removal = {"change": "member.remove", "account": b64(scene.mei.account)}
    await scene.hub.submit_entry(scene.ama, scene.operation, [removal])

    assert await refused(scene, scene.luis, "post") == "stale-epoch"
    await scene.room.post(scene.luis, "acknowledgement", ref=notice, state="acknowledged")
    await scene.room.new_epoch(scene.ama)
    await scene.room.post(scene.luis, "acknowledgement", ref=notice, state="action-taken", epoch=1)
    assert await refused(scene, scene.luis, "post", epoch=1) == "stale-epoch"


async def test_an_epoch_that_is_still_to_come_is_refused(scene: Scene) -> None:
    notice = await scene.notice()

    assert (
        await refused(scene, scene.luis, "acknowledgement", ref=notice, state="acknowledged", epoch=2) == "wrong-place"
    )


async def test_who_is_not_asked_does_not_answer(scene: Scene) -> None:
    notice, to_all = await scene.notice(to=["PE"]), await scene.notice()

    assert await refused(scene, scene.mei, "acknowledgement", ref=notice, state="acknowledged") == "not-allowed"
    assert await refused(scene, scene.mei, "seen", ref=notice) == "not-allowed"
    assert await refused(scene, scene.ama, "acknowledgement", ref=to_all, state="acknowledged") == "not-allowed"


async def test_only_a_notice_is_acknowledged(scene: Scene) -> None:
    post = (await scene.room.post(scene.mei, "post")).json["id"]

    assert await refused(scene, scene.luis, "acknowledgement", ref=post, state="acknowledged") == "refused"
    assert await refused(scene, scene.luis, "seen", ref=post) == "refused"


async def test_a_state_that_is_none_is_refused(scene: Scene) -> None:
    notice = await scene.notice()

    assert await refused(scene, scene.luis, "acknowledgement", ref=notice, state="ignored") == "refused"
    assert await refused(scene, scene.luis, "acknowledgement", ref=notice) == "refused"
    assert await refused(scene, scene.luis, "seen", ref=notice, state="acknowledged") == "refused"
    assert await refused(scene, scene.luis, "seen") == "refused"


async def test_an_acknowledgement_asks_nobody_for_anything(scene: Scene) -> None:
    notice = await scene.notice()
    fine = {"ref": notice, "state": "acknowledged"}

    for more in ({"due": scene.hub.now + HOUR}, {"to": ["PE"]}, {"urgency": "immediate"}):
        assert await refused(scene, scene.luis, "acknowledgement", **fine, **more) == "refused"


async def test_a_notice_of_another_channel_or_of_nowhere_is_not_found(scene: Scene) -> None:
    other = await scene.hub.open_channel(scene.ama, scene.operation, [scene.ama, scene.luis, scene.mei, scene.observer])
    notice = (await other.post(scene.ama, "notice")).json["id"]

    assert await refused(scene, scene.luis, "acknowledgement", ref=notice, state="acknowledged") == "not-found"
    nowhere = b64(secrets.token_bytes(32))
    assert await refused(scene, scene.luis, "acknowledgement", ref=nowhere, state="acknowledged") == "not-found"


async def test_who_does_not_read_the_channel_acknowledges_nothing(scene: Scene) -> None:
    notice = await scene.notice()

    assert await refused(scene, scene.kenya, "acknowledgement", ref=notice, state="acknowledged") in {
        "not-found",
        "not-allowed",
        "not-a-reader",
    }
