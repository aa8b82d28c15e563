"""Administrators who are people: invitations, enrolments that lie, acts that two sign, new keys (spec 25)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import b64, unb64
from crypto.invitation import read_fragment
from hub.client.administration import Administration, administration_of, keep_key
from hub.client.administrators import new_administrator
from hub.client.enrolment import Invitation, invitation_link, invite, make_member
from hub.client.errors import Damaged, Refused
from hub.client.nominations import nominate, nominations
from hub.client.registrar import judge
from hub.client.state import now
from tests.people import PASSPHRASE, Village, a_hub


@pytest.fixture
async def hub(tmp_path: Path, database: str) -> AsyncIterator[Village]:
    async with a_hub(tmp_path, database) as village:
        yield village


async def administrator(hub: Village, number: int) -> Administration:
    """A person who administers, with one of the founding keys in their vault."""
    person = await hub.person(f"admin-{number}", may=("administer",))
    await keep_key(person.member, hub.keys[number])
    await person.member.sync()
    return await administration_of(person.member)


async def answers(hub: Village, invitation: Invitation, **other: Any) -> dict[str, Any]:
    """Somebody answers an invitation; `other` replaces parts of what they send."""
    made = await make_member(invitation, PASSPHRASE, "a desk", now())
    request = {**made.request, **other}
    await hub.registrar.hub.enrol(request)
    return request


async def test_an_administrator_invites_checks_and_certifies(hub: Village) -> None:
    admin = await administrator(hub, 0)
    invitation = await admin.invite("GH-TEMA-1", "Kofi Mensah")
    said = read_fragment(invitation_link(invitation).partition("#invitation=")[2])
    assert (said.invitation, said.code) == (invitation.invitation, "GH-TEMA-1")
    assert b64(invitation.secret) not in str(await hub.registrar.hub.invitation(b64(invitation.invitation)))
    await answers(hub, invitation)

    [waiting] = await admin.waiting()
    assert waiting.fault is None
    assert await admin.certify("GH-TEMA-1", "Customs of Tema", "GH", "NCP Ghana · Tema") is None

    assert admin.account("GH-TEMA-1").name == "NCP Ghana · Tema"
    assert (await hub.registrar.hub.invitation(b64(invitation.invitation)))["state"] == "certified"
    again = await administration_of(admin.member)
    assert again.invitations() == {}, "nobody needs the secret any more"


async def test_what_was_not_made_with_the_invitations_secret_is_never_certified(hub: Village) -> None:
    admin = await administrator(hub, 0)
    honest, stolen = await admin.invite("GH-TEMA-1"), await admin.invite("GH-TEMA-2")
    await answers(hub, honest)
    # Whoever runs the hub knows the invitation's id, account and code: everything but its secret.
    await answers(hub, replace(stolen, secret=bytes(16)))

    judged = {one.invitation: one for one in await admin.waiting()}

    assert judged[honest.invitation].fault is None
    fault = judged[stolen.invitation].fault
    assert fault is not None
    assert fault.code == "cannot-open"
    with pytest.raises(Damaged):
        await admin.certify("GH-TEMA-2", "Customs", "GH", "NCP Ghana · False")
    assert await admin.certify("GH-TEMA-1", "Customs", "GH", "NCP Ghana · Tema") is None, "one lie stops no other"


async def test_keys_swapped_in_the_waiting_list_are_seen(hub: Village) -> None:
    admin = await administrator(hub, 0)
    one, other = await admin.invite("GH-TEMA-1"), await admin.invite("GH-TEMA-2")
    known = admin.invitations()
    mine = (await make_member(one, PASSPHRASE, "a desk", now())).request
    theirs = (await make_member(other, PASSPHRASE, "a desk", now())).request

    def row(of: dict[str, Any], invitation: Invitation, **swapped: Any) -> dict[str, Any]:
        joined = b"".join(unb64(part) for part in of["signatures"])
        place = {"invitation": b64(invitation.invitation), "signatures": b64(joined)}
        return {**of, **place, **swapped}

    def fault(shown: dict[str, Any]) -> str | None:
        judged = judge(hub.id, shown, known)
        return None if judged.fault is None else judged.fault.code

    assert fault(row(mine, one)) is None
    assert fault(row(theirs, one)) == "wrong-place"
    assert fault(row(mine, one, mac=theirs["mac"])) == "cannot-open"
    assert fault(row(mine, one, body=theirs["body"])) == "bad-signature"
    assert fault(row(mine, one, signatures=row(theirs, other)["signatures"])) == "bad-signature"


async def test_an_invitation_is_used_once_and_in_time(hub: Village) -> None:
    admin = await administrator(hub, 0)
    invitation = await admin.invite("GH-TEMA-1")
    await answers(hub, invitation)

    with pytest.raises(Refused) as second:
        await answers(hub, invitation)
    with pytest.raises(Refused) as unknown:
        await answers(hub, invite(hub.id, hub.url, "GH-TEMA-9"))

    assert (second.value.code, unknown.value.code) == ("conflict", "not-found")
    with pytest.raises(Damaged):
        await admin.invite("GH-ADMIN-0")


async def test_two_administrators_sign_one_after_the_other(hub: Village) -> None:
    first, second = await administrator(hub, 0), await administrator(hub, 1)
    third = new_administrator("Third administrator")
    while third.id < second.key.id:  # the one with the lowest id is asked to sign beside
        third = new_administrator("Third administrator")
    assert await first.set_administrators([third], [], 2) is None
    await second.member.sync()
    assert first.directory.threshold == 2
    await answers(hub, await first.invite("GH-TEMA-1"))

    proposal = await first.certify("GH-TEMA-1", "Customs", "GH", "NCP Ghana", level="A2", may=["coordinate"])

    assert proposal is not None
    assert "GH-TEMA-1" not in {one.code for one in first.directory.accounts.values()}
    [waiting] = await second.proposals()
    assert (waiting.id, waiting.missing) == (proposal, (bytes(second.key.id),))
    assert await second.sign(proposal)
    await first.member.sync()
    assert first.account("GH-TEMA-1").may == ("coordinate",)
    assert await first.proposals() == []


async def test_somebody_who_lost_everything_gets_new_keys(hub: Village) -> None:
    admin = await administrator(hub, 0)
    ghana = await hub.person("ghana")
    await admin.member.sync()
    before = admin.account("GH-GHANA")
    invitation = await admin.invite("GH-GHANA", again=True)
    assert invitation.account == before.id
    await answers(hub, invitation)

    assert await admin.certify("GH-GHANA", "", "", "") is None

    after = admin.account("GH-GHANA")
    assert (after.id, after.name, after.generation) == (before.id, before.name, before.generation + 1)
    assert after.aik != before.aik
    with pytest.raises(Refused):
        await ghana.member.sign_in()


async def test_nominations_are_read_and_checked_by_administrators(hub: Village) -> None:
    admin, ghana = await administrator(hub, 0), await hub.person("ghana")
    nominee = {
        "name": "Kofi Mensah",
        "function": "Head of section",
        "duty_phone": "+233 30 200 0456",
        "languages": ["en"],
        "time_zone": "Africa/Accra",
    }
    await admin.member.sync()
    made = await nominate(
        ghana.member,
        nominee,  # type: ignore[arg-type]  # text and lists of text
        (),
        organisation="Customs",
        country="GH",
        role="contact",
        deputy=None,
        endorsed_by="Commissioner",
        check_method="phone",
        until=now() + 10**9,
    )

    [seen] = await nominations(admin.member)

    assert (seen.nomination, seen.fault, seen.outcome) == (made, None, None)
