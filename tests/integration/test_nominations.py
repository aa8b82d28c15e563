"""Nominations and proposals: who may say what to the administrators, and what the hub keeps of it (spec 24, 08)."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crypto.encoding import Json, b64
from crypto.nomination import nomination_body, read_nomination
from crypto.packet import pack, unpack
from tests.builders import HOUR, Hub, Person, running_hub

DAY = 24 * HOUR


@pytest.fixture
async def hub(database: str, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as made:
        yield made


def a_nomination(hub: Hub, by: Person, id: bytes = b"", **other: Json) -> bytes:
    """What `by` says of somebody, signed."""
    said: dict[str, Json] = {
        "organisation": "Customs",
        "country": "GH",
        "role": "contact",
        "deputy": None,
        "endorsed_by": "Commissioner",
        "check_method": "phone",
        "until": hub.now + 300 * DAY,
    }
    nominee: dict[str, Json] = {
        "name": "Kofi Mensah",
        "function": "Head of section",
        "duty_phone": "+233 30 200 0456",
        "languages": ["en"],
        "time_zone": "Africa/Accra",
    }
    body = nomination_body(
        hub=hub.id,
        account=by.account,
        device=by.device,
        id=id or secrets.token_bytes(16),
        nominee=nominee,
        operations=[],
        **{"at": hub.now, **said, **other},  # type: ignore[arg-type]  # `at` is a number
    )
    return pack(b"", body, b"", [by.device_key.sign("nomination", body)], b"")


async def test_a_contact_point_nominates_and_an_administrator_decides(hub: Hub) -> None:
    ghana = await hub.sign_in(await hub.enrol("ghana", "GH"))
    admin = await hub.sign_in(await hub.enrol("admin", "BE", "administer"))
    packet = a_nomination(hub, ghana)

    await hub.must("POST", "/api/nominations", who=ghana, packets=packet)
    await hub.must("POST", "/api/nominations", who=ghana, packets=packet)

    [seen] = (await hub.must("GET", "/api/nominations", who=admin)).json
    [own] = (await hub.must("GET", "/api/nominations/own", who=ghana)).json
    assert seen == own
    nomination = read_nomination(unpack(packet).body)
    assert seen["body"] == b64(unpack(packet).body)
    path = f"/api/nominations/{b64(nomination.id)}/outcome"
    await hub.must("POST", path, who=admin, body={"outcome": "invited"})
    other = await hub.ask("POST", path, who=admin, body={"outcome": "declined"})
    assert other.status == 409
    assert (await hub.must("GET", "/api/nominations/own", who=ghana)).json[0]["outcome"] == "invited"
    assert {leaf["type"] for leaf in await hub.leaves()} >= {"nomination", "nominations-read", "nomination-closed"}
    assert "Kofi" not in str(await hub.leaves())


async def test_a_nomination_is_refused_unless_ones_own_device_has_just_signed_it(hub: Hub) -> None:
    ghana, peru = [await hub.sign_in(await hub.enrol(name, code)) for name, code in (("ghana", "GH"), ("peru", "PE"))]
    good = unpack(a_nomination(hub, ghana))
    used = read_nomination(good.body).id
    await hub.must("POST", "/api/nominations", who=ghana, packets=pack(b"", good.body, b"", good.signatures, b""))

    async def refused(who: Person, packet: bytes) -> str:
        return (await hub.ask("POST", "/api/nominations", who=who, packets=packet)).code

    assert await refused(peru, pack(b"", good.body, b"", good.signatures, b"")) == "wrong-place"
    forged = peru.device_key.sign("nomination", good.body)
    assert await refused(ghana, pack(b"", good.body, b"", [forged], b"")) == "forged"
    assert await refused(ghana, a_nomination(hub, ghana, at=hub.now - HOUR)) == "expired"
    assert await refused(ghana, a_nomination(hub, ghana, id=used, deputy="Esi")) == "conflict"
    assert (await hub.ask("GET", "/api/nominations", who=peru)).code == "not-allowed"
    assert (await hub.must("GET", "/api/nominations/own", who=peru)).json == []


async def test_two_administrators_sign_one_act_one_after_the_other(hub: Hub) -> None:
    ghana = Person("ghana", "GH", ("coordinate",))
    whole = unpack(await hub.certification(ghana))
    act = pack(b"", b"", whole.act, whole.signatures, b"")
    one, two = whole.signatures

    await hub.must("POST", "/api/proposals", packets=pack(b"", b"", whole.act, [one], b""))

    asked = hub.request("proposals.read")
    [waiting] = (await hub.must("POST", "/api/proposals/waiting", packets=asked)).json
    assert waiting["act"] == b64(whole.act)
    assert [signature for _, signature in waiting["signatures"]] == [b64(one)]
    await hub.must("POST", "/api/proposals", packets=pack(b"", b"", whole.act, [two], b""))
    [waiting] = (await hub.must("POST", "/api/proposals/waiting", packets=hub.request("proposals.read"))).json
    assert {signature for _, signature in waiting["signatures"]} == {b64(one), b64(two)}
    await hub.submit(act)
    assert (await hub.must("POST", "/api/proposals/waiting", packets=hub.request("proposals.read"))).json == []


async def test_a_proposal_needs_a_signature_of_one_of_its_signers(hub: Hub) -> None:
    parts: dict[str, Json] = {"organisation": b64(bytes(16)), "name": "C", "country": "GH", "short": "GH"}
    by_first = unpack(hub.act("organisation.add", **parts))
    other = hub.administrators[1].key.sign("act", by_first.act)
    ghana = await hub.enrol("ghana", "GH")
    own = unpack(hub.own_act(ghana, "device.revoke", account=b64(ghana.account), device=b64(ghana.device), reason="x"))

    async def refused(packet: bytes) -> str:
        return (await hub.ask("POST", "/api/proposals", packets=packet)).code

    assert await refused(pack(b"", b"", by_first.act, [other], b"")) == "forged"
    assert await refused(pack(b"", b"", own.act, own.signatures, b"")) == "not-certified"
    late = unpack(hub.act("organisation.add", expires=hub.now - 1, **parts))
    assert await refused(pack(b"", b"", late.act, late.signatures, b"")) == "expired"
    assert (await hub.ask("POST", "/api/proposals/waiting", packets=hub.request("enrolments.read"))).status == 400


async def test_an_invitation_tells_how_far_it_has_come(hub: Hub) -> None:
    ghana = Person("ghana", "GH")

    async def state() -> str:
        answer = await hub.ask("GET", f"/api/invitations/{b64(ghana.invitation)}")
        return str(answer.json["state"] if answer.status == 200 else answer.code)

    assert await state() == "not-found"
    await hub.invite(ghana)
    assert await state() == "open"
    hub.clock.advance(hours=25)
    assert await state() == "over"
    hub.clock.advance(hours=-25)
    await hub.must("POST", "/api/enrolments", body=hub.enrolment(ghana))
    assert await state() == "used"
    await hub.submit(await hub.certification(ghana))
    assert await state() == "certified"
