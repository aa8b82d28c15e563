"""A hub that lies about who is who: other keys, people that nobody certified, a list of people from yesterday."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from crypto.acts import act_body
from crypto.encoding import b64, canon, ids, parse
from crypto.keys import EncryptionKey
from crypto.packet import Packet
from crypto.signing import new_signing_key
from hub.client.administrators import new_administrator
from hub.client.errors import Fault
from hub.client.state import now
from tests.hostile.forging import YEAR, act_after, altered_act, by_administrators, rechained
from tests.hostile.malicious import MaliciousHub, Packets, place
from tests.hostile.visitors import Desk
from tests.people import Person, Village

PLANTED = "Inspector Mallory"


async def check_refused(desk: Desk, person: Person, code: str) -> None:
    """Both clients refuse to open anything, and name the fault."""
    program = await desk.program(person)
    with pytest.raises(Fault) as refusal:
        await program.sign_in()
    assert refusal.value.code == code
    assert program.operations() == {}

    seat = await desk.page(person)
    assert f"problem {code}" in await seat.refused()
    await seat.never_held(PLANTED)
    assert desk.liar.sent(r"/entries|/envelopes|/operations$") == []


async def test_an_honest_hub_between_is_believed(hub: Village, desk: Desk) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.say(channel, "Forty cartons of syringes")

    program = await desk.program(peru)
    assert await program.sign_in() == []
    assert [item.body for item in await program.read(channel.operation, channel.id)] == [
        {"text": "Forty cartons of syringes", "language": "en"}
    ]

    seat = await desk.page(peru, channel)
    await seat.shows("Forty cartons of syringes")
    assert seat.defects == []


async def test_attack_1_the_hubs_own_key_under_a_members_name(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    own = b64(EncryptionKey.from_seed(secrets.token_bytes(32)).public)

    def swap(act: dict[str, Any]) -> None:
        if act["account"] == b64(ghana.account):
            act["aek"] = own

    liar.change_packets(altered_act("account.certify", swap))

    await check_refused(desk, peru, "bad-signature")


async def test_attack_1_another_name_for_a_certified_person(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    ghana, peru = await hub.members("ghana", "peru")

    def rename(act: dict[str, Any]) -> None:
        if act["account"] == b64(ghana.account):
            act["name"] = PLANTED

    liar.change_packets(altered_act("account.certify", rename))

    await check_refused(desk, peru, "bad-signature")


async def test_attack_3_a_person_certified_by_the_hub_itself(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    peru = await hub.person("peru")
    act, _ = by_administrators(hub, "account.certify", **ghost(hub))
    forged = [new_signing_key("administrator").sign("act", act)]

    liar.change_packets(lambda packets: act_after(hub, packets, act, forged))

    await check_refused(desk, peru, "bad-signature")


async def test_attack_23_a_weak_identity_key(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    peru = await hub.person("peru")
    identity = (1).to_bytes(32, "little")  # the neutral point: one signature fits everything
    act, signatures = by_administrators(hub, "account.certify", **ghost(hub, aik=b64(identity)))

    liar.change_packets(lambda packets: act_after(hub, packets, act, signatures))

    await check_refused(desk, peru, "weak-key")


async def test_attack_24_an_encryption_key_that_is_none(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    peru = await hub.person("peru")
    act, signatures = by_administrators(hub, "account.certify", **ghost(hub, aek=b64(b"\xff" * 1216)))

    liar.change_packets(lambda packets: act_after(hub, packets, act, signatures))

    await check_refused(desk, peru, "malformed-key")


async def test_attack_21_an_act_written_in_another_form(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    peru = await hub.person("peru")
    act, _ = by_administrators(hub, "account.certify", **ghost(hub))
    doubled = act[:-1] + b',"name":"' + PLANTED.encode() + b'"}'
    signer = hub.keys[0]

    liar.change_packets(lambda packets: act_after(hub, packets, doubled, [signer.key.sign("act", doubled)]))

    await check_refused(desk, peru, "not-canonical")


async def test_an_administrator_gives_an_account_the_key_of_another(
    hub: Village, desk: Desk, liar: MaliciousHub
) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    aek = EncryptionKey.from_seed(secrets.token_bytes(32)).public
    parts: dict[str, Any] = ids(account=ghana.account, aik=peru.member.person.aik, aek=aek)
    parts |= ids(invitation=secrets.token_bytes(16))
    act, signatures = by_administrators(hub, "account.rekey", **parts)

    liar.change_packets(lambda packets: act_after(hub, packets, act, signatures))

    await check_refused(desk, peru, "repeated")


async def test_an_administrator_signs_for_another_who_was_never_asked(
    hub: Village, desk: Desk, liar: MaliciousHub
) -> None:
    peru = await hub.person("peru")
    traitor = hub.keys[0]
    ranked = sorted((traitor, new_administrator(PLANTED)), key=lambda one: one.id)
    listed = [ids(id=one.id, key=one.key.public, name=one.name) for one in ranked]
    about: dict[str, Any] = {"edition": 2, "administrators": listed, "threshold": 1}
    by = [one.id for one in ranked]
    act = act_body(hub=hub.id, type="administrators.set", by=by, n=1, expires=now() + YEAR, **about)
    signatures = [traitor.key.sign("act", act)] * 2

    liar.change_packets(lambda packets: act_after(hub, packets, act, signatures))

    await check_refused(desk, peru, "bad-signature")


async def test_an_act_of_two_stands_under_no_other_names(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    parts = ids(account=ghana.account, aik=new_signing_key("account").public)
    parts |= ids(aek=EncryptionKey.from_seed(secrets.token_bytes(32)).public, invitation=secrets.token_bytes(16))
    act, signatures = by_administrators(hub, "account.rekey", 2, **parts)
    moved = canon({**parse(act), "by": [parse(act)["by"][0], b64(b"\xff" * 16)]})

    liar.change_packets(lambda packets: act_after(hub, packets, moved, signatures))

    await check_refused(desk, peru, "bad-signature")


async def test_a_directory_that_skips_an_entry(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    peru = await hub.person("peru")

    def skip(packets: Packets) -> Packets:
        return [one for one in packets if (place(one)["kind"], place(one)["seq"]) != ("directory", 2)]

    liar.change_packets(skip)

    program = await desk.program(peru)
    with pytest.raises(Fault) as refusal:
        await program.sign_in()
    assert refusal.value.code == "gap"
    seat = await desk.page(peru)
    assert "problem gap" in await seat.refused()


async def test_another_hubs_genesis_opens_nothing(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    peru = await hub.person("peru")

    def other(packets: Packets) -> list[Packet]:
        return [one for one in rechained(packets) if place(one)["kind"] != "directory"]

    liar.change_json(r"/api/hub$", lambda told: {**told, "hub": b64(bytes(32))})
    liar.change_packets(other)

    program = await desk.program(peru)
    with pytest.raises(Fault):
        await program.sign_in()
    seat = await desk.page(peru)
    assert "This is not the hub or the person that this browser knew." in await seat.refused()


def ghost(hub: Village, **other: str) -> dict[str, Any]:
    """Somebody whom nobody knows."""
    organisation = next(iter(next(iter(hub.people.values())).member.state.directory.latest.organisations))
    return {
        "account": b64(secrets.token_bytes(16)),
        "organisation": b64(organisation),
        "name": PLANTED,
        "code": "GH-MALLORY",
        "aik": b64(new_signing_key("account").public),
        "aek": b64(EncryptionKey.from_seed(secrets.token_bytes(32)).public),
        "generation": 1,
        "level": "A1",
        "may": [],
        "invitation": b64(secrets.token_bytes(16)),
        **other,
    }
