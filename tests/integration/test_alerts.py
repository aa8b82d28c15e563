"""What the hub holds an alert to without reading it: whom it asks, until when, what it refers to (hub/alerts)."""

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
    """A coordinator, Peru and Singapore in one channel; Kenya in the operation only."""

    hub: Hub
    ama: Person
    luis: Person
    mei: Person
    operation: bytes
    room: Room

    async def warning(self) -> str:
        answer = await self.room.post(self.luis, "alert", to=["SG"], due=self.hub.now + HOUR, urgency="immediate")
        return str(answer.json["id"])


@pytest.fixture
async def scene(database: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with running_hub(database, tmp_path) as hub:
        ama = await hub.member("ama", "GH", "coordinate")
        luis, mei, kenya = [await hub.member(*one) for one in (("luis", "PE"), ("mei", "SG"), ("otieno", "KE"))]
        operation = await hub.open_operation(ama)
        admissions = [hub.admitting(luis), hub.admitting(mei), hub.admitting(kenya, compartments=["precursor"])]
        await hub.submit_entry(ama, operation, admissions)
        room = await hub.open_channel(ama, operation, [ama, luis, mei])
        yield Scene(hub, ama, luis, mei, operation, room)


async def refused(scene: Scene, by: Person, **how: Any) -> str:
    answer = await scene.room.send(by, scene.room.envelope(by, "alert", **how))
    assert answer.status >= 400, answer.raw
    return answer.code


async def test_a_warning_asks_a_country_by_a_date_and_its_feedback_refers_to_it(scene: Scene) -> None:
    warning = await scene.warning()

    feedback = await scene.room.post(scene.mei, "alert", ref=warning)

    assert feedback.json["seq"] == 2


async def test_a_date_without_anybody_asked_is_refused(scene: Scene) -> None:
    assert await refused(scene, scene.luis, due=scene.hub.now + HOUR) == "refused"


async def test_a_date_that_has_passed_is_refused(scene: Scene) -> None:
    assert await refused(scene, scene.luis, to=["SG"], due=scene.hub.now - 1) == "refused"


async def test_a_country_that_does_not_read_the_channel_is_not_asked(scene: Scene) -> None:
    assert await refused(scene, scene.luis, to=["KE", "SG"]) == "refused"


async def test_an_alert_has_no_state(scene: Scene) -> None:
    assert await refused(scene, scene.luis, state="acknowledged") == "refused"


async def test_an_alert_refers_to_an_alert_only(scene: Scene) -> None:
    post = await scene.room.post(scene.luis, "post")

    assert await refused(scene, scene.mei, ref=post.json["id"]) == "refused"


async def test_an_alert_refers_to_something_that_is_there(scene: Scene) -> None:
    assert await refused(scene, scene.mei, ref=b64(secrets.token_bytes(32))) == "not-found"
