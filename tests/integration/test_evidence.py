"""One item leaves the hub as a file, and proves itself where nobody knows the hub but by its id."""

import os
import sys
from asyncio.subprocess import PIPE, STDOUT, create_subprocess_exec
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crypto.encoding import b64
from crypto.evidence import verify_evidence
from crypto.packet import Packet
from hub import paths
from hub.client.domain import published
from hub.client.domain.bodies import alert_body
from hub.client.errors import Fault
from hub.client.evidence import evidence_of, file_name
from tests.offline import flipped, verify
from tests.people import PASSPHRASE, Channel, Person, Village
from tests.settled import Settlement

pytestmark = pytest.mark.timeout(240)
FOUND = {
    "country": "PE",
    "event_at": "2026-11-20T09:30Z",
    "direction": "IMPORT",
    "conveyance": "SEA_CONTAINER",
    "category": "MED_OTHER",
    "goods": "Amoxicillin 500 mg capsules",
    "quantity": "12000",
    "unit": "TABLET",
    "cases": 1,
    "tlp": "TLP:AMBER",
}


@pytest.fixture
async def hub(tmp_path: Path, settlement: Settlement) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


async def an_alert(hub: Village) -> tuple[Person, Person, Channel]:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Seizures", ghana, peru)
    body = dict(alert_body(published.load(paths.config()).template("seizure", "short"), FOUND, "en"))
    await peru.member.post(channel.operation, channel.id, "alert", body, urgency="immediate")
    return ghana, peru, channel


async def test_an_alert_is_verified_by_somebody_without_account_key_or_network(hub: Village, tmp_path: Path) -> None:
    ghana, _, channel = await an_alert(hub)
    file = tmp_path / "alert.ncphub"

    told = await ncphub(ghana, "export", "HSH", "Seizures", "1", "--to", str(file))
    assert "Saved:" in told
    assert f"--hub {b64(hub.id)}" in told
    told = await verify(file, hub.id, tmp_path / "people")

    assert "EXERCISE" in told
    assert "NCP Peru (PE-PERU), Customs of peru, PE, contact in the operation, on the device peru's desk" in told
    assert "Certified by" in told
    assert "on paper, without a call (level A1)" in told
    assert f"operation HSH (Health Shield), channel {b64(channel.id)} (all, general)" in told
    assert "by the author's clock" in told
    assert "Amoxicillin 500 mg capsules" in told
    assert "Who has read it." in told
    assert b"Seizures" not in file.read_bytes()  # the label stays sealed
    assert "Il ne prouve pas" in await verify(file, hub.id, tmp_path / "people", language="fr")


async def test_what_was_changed_and_what_comes_from_elsewhere_is_refused(hub: Village, tmp_path: Path) -> None:
    ghana, _, channel = await an_alert(hub)
    (item,) = await ghana.read(channel)
    file = tmp_path / file_name(ghana.member.state, item)
    file.write_bytes(await evidence_of(ghana.member.state, item))
    words = file.read_bytes().index(b"Amoxicillin")

    assert file.name.endswith("-EXERCISE.ncphub")
    assert file.name.startswith("HSH-PE-")
    told = await verify(flipped(file, words), hub.id, tmp_path / "people", code=7)
    assert "Words or an entry were exchanged" in told
    told = await verify(file, b64(bytes(32)), tmp_path / "people", code=7)
    assert "another hub" in told
    assert "no hub's id" in await verify(file, "HSH", tmp_path / "people", code=6)
    assert "can't be read" in await verify(tmp_path / "nothing.ncphub", hub.id, tmp_path / "people", code=6)


async def test_an_acknowledgement_is_exported_without_words(hub: Village) -> None:
    ghana, _, channel = await an_alert(hub)
    (alert,) = await ghana.read(channel)
    coordinator = await hub.person("coordinator")
    await coordinator.member.sync()
    notice = await coordinator.member.post(
        channel.operation, channel.id, "notice", {"text": "Please read"}, due=alert.received_at + 86_400_000
    )
    await ghana.read(channel)
    about = {"ref": b64(notice.id), "state": "action-taken"}
    await ghana.member.post(channel.operation, channel.id, "acknowledgement", None, **about)
    said = (await ghana.read(channel))[-1]

    proven = verify_evidence(await evidence_of(ghana.member.state, said), hub.id)

    assert (proven.header.kind, proven.header.state, proven.body) == ("acknowledgement", "action-taken", None)
    assert proven.header.ref == notice.id


async def test_an_old_alert_is_exported_after_its_author_left_and_the_secret_was_renewed(hub: Village) -> None:
    ghana, peru, channel = await an_alert(hub)
    coordinator = await hub.person("coordinator")
    await coordinator.member.sync()
    await coordinator.member.remove(channel.operation, peru.member.account)
    await ghana.member.sync()
    await ghana.say(channel, "Said later")
    first, later = await ghana.read(channel)

    old = verify_evidence(await evidence_of(ghana.member.state, first), hub.id)
    new = verify_evidence(await evidence_of(ghana.member.state, later), hub.id)

    assert peru.member.account in old.operation.members
    assert peru.member.account not in new.operation.members
    assert new.header.epoch > old.header.epoch


async def test_what_does_not_hold_here_is_not_exported(hub: Village) -> None:
    ghana, _, channel = await an_alert(hub)
    (item,) = await ghana.read(channel)

    with pytest.raises(Fault) as refusal:
        await evidence_of(ghana.member.state, item.marked("bad-signature"))

    assert refusal.value.code == "bad-signature"


async def test_a_hub_that_holds_something_back_gets_no_file_made(hub: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    ghana, _, channel = await an_alert(hub)
    (item,) = await ghana.read(channel)
    entries = ghana.member.state.hub.entries

    async def all_but_the_last(operation: str, after: int) -> AsyncIterator[Packet]:
        given = [packet async for packet in entries(operation, after)]
        for packet in given[:-1]:
            yield packet

    monkeypatch.setattr(ghana.member.state.hub, "entries", all_but_the_last)
    with pytest.raises(Fault) as refusal:
        await evidence_of(ghana.member.state, item)

    assert refusal.value.code == "gap"


async def ncphub(person: Person, *arguments: str) -> str:
    child = await create_subprocess_exec(
        sys.executable, "-m", "hub", *arguments, "--profile", str(person.folder),
        env={**os.environ, "NCPHUB_PASSPHRASE": PASSPHRASE, "LANG": "en"}, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    told = (await child.communicate())[0].decode()
    assert child.returncode == 0, told
    return told
