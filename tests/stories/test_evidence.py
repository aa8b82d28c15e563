"""A contact point takes an alert out of the hub, and a court without any account verifies it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from crypto.encoding import b64
from hub import paths
from hub.client.domain import published
from hub.client.domain.bodies import alert_body, notice_body
from hub.client.notices import ask
from hub.client.state import now
from tests.offline import flipped, verify
from tests.people import Channel, Person
from tests.stories.conftest import Town
from tests.stories.desk import PATIENCE, Desk

FOUND = {
    "country": "PE",
    "event_at": "2026-11-20T09:30Z",
    "direction": "IMPORT",
    "conveyance": "SEA_CONTAINER",
    "category": "MED_OTHER",
    "goods": "Amoxicillin 500 mg, 40 cartons",
    "quantity": "12500",
    "unit": "TABLET",
    "cases": 1,
    "tlp": "TLP:AMBER",
}


async def test_ghana_saves_peru_s_alert_and_the_file_proves_itself_without_the_hub(town: Town, tmp_path: Path) -> None:
    await says_what_was_found(town.person("peru"), town.channel)
    (ghana,) = await town.signed_in("ghana")
    await ghana.opens_channel("All members")
    await ghana.follows(re.compile("Amoxicillin 500 mg, 40 cartons"))
    reference = await (await ghana.sees(re.compile(r"^HSH-PE-"))).inner_text()

    file = await saves_as_evidence(ghana, tmp_path)

    assert file.name == f"{reference}-EXERCISE.ncphub"
    told = await verify(file, town.village.id, tmp_path)
    assert "EXERCISE" in told
    assert "NCP Peru (PE-PERU)" in told
    assert f"reference {reference}" in told
    assert "Amoxicillin 500 mg, 40 cartons" in told
    cartons = file.read_bytes().index(b"40 cartons")
    assert "Words or an entry were exchanged" in await verify(flipped(file, cartons), town.village.id, tmp_path, code=7)


async def test_a_country_s_answer_to_a_notice_is_saved_from_the_matrix(town: Town, tmp_path: Path) -> None:
    ghana, peru, chief = await town.village.members("ghana", "peru", "coordinator")
    channel = await town.village.channel("Cold boxes", ghana, peru)
    body = notice_body("safety", {"en": "Do not open the boxes"}, {"en": "Keep them closed."}, "en")
    asked = await ask(chief.member.state, channel.operation, channel.id, body, due=now() + 3_600_000)
    about = {"ref": b64(asked.id), "state": "action-taken"}
    await ghana.read(channel)
    await ghana.member.post(channel.operation, channel.id, "acknowledgement", None, **about)
    (coordinator,) = await town.signed_in("coordinator")
    await coordinator.page.get_by_role("link", name=re.compile("^Notices")).click()

    async with coordinator.page.expect_download() as downloading:
        await coordinator.presses("Save the answer of Ghana as evidence")
    download = await downloading.value
    await download.save_as(tmp_path / "answer.ncphub")

    told = await verify(tmp_path / "answer.ncphub", town.village.id, tmp_path)
    assert "NCP Ghana (GH-GHANA)" in told
    assert f"It refers to statement {b64(asked.id)}." in told
    assert "Its state: action-taken." in told


async def says_what_was_found(person: Person, channel: Channel) -> None:
    body = dict(alert_body(published.load(paths.config()).template("seizure", "short"), FOUND, "en"))
    await person.member.post(channel.operation, channel.id, "alert", body)


async def saves_as_evidence(desk: Desk, folder: Path) -> Path:
    """By the button in the panel of the signature, until the page says under which name."""
    panel = desk.page.get_by_role("region", name=re.compile("^Signed by"))
    async with desk.page.expect_download() as downloading:
        await panel.get_by_role("button", name="Save as evidence").click()
    download = await downloading.value
    await expect(panel).to_contain_text(f"Saved as {download.suggested_filename}.", timeout=PATIENCE)
    await expect(panel).to_contain_text(b64(desk.person.member.state.keys.hub))
    await download.save_as(folder / download.suggested_filename)
    return folder / download.suggested_filename
