"""New keys, take-overs and the notice of destruction as the hub judges them (hub/directory, hub/operations)."""

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crypto.changes import entry_body
from crypto.encoding import DeviceId, Json, b64, unb64
from crypto.keys import EncryptionKey
from crypto.packet import pack
from crypto.signing import new_signing_key
from hub.directory.state import DIRECTORY
from tests.builders import Hub, Person, running_hub

DAY = 24 * 3_600_000


@dataclass
class Scene:
    hub: Hub
    ama: Person
    luis: Person
    zoe: Person
    operation: bytes

    @property
    def path(self) -> str:
        return f"/api/operations/{b64(self.operation)}"

    async def hand_in(self, who: Person, packet: bytes) -> str:
        """The code of the hub's refusal, nothing where the entry stands."""
        answer = await self.hub.ask("POST", f"{self.path}/entries", who=who, packets=packet)
        return "" if answer.status < 400 else answer.code

    def by_two(self, one: Person, other: Person, *changes: Json, at: int | None = None) -> bytes:
        """An entry that two authors sign."""
        state, directory = self.hub.operation(self.operation), self.hub.app[DIRECTORY].latest
        body = entry_body(
            hub=self.hub.id,
            operation=state.id,
            seq=state.seq + 1,
            prev=state.head,
            directory_size=directory.size,
            directory_head=directory.head,
            by=[one.author, other.author],
            at=self.hub.now if at is None else at,
            changes=changes,
        )
        ranked = sorted((one, other), key=lambda person: person.account)
        return pack(b"", body, b"", [person.device_key.sign("entry", body) for person in ranked], b"")

    def appointment(self, who: Person, signers: int = 2) -> bytes:
        about: dict[str, Any] = {"operation": b64(self.operation), "account": b64(who.account)}
        return self.hub.act("operation.appoint", signers, **about)


@pytest.fixture
async def scene(database: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with running_hub(database, tmp_path) as hub:
        ama, luis = await hub.member("ama", "GH", "coordinate"), await hub.member("luis", "PE")
        zoe = await hub.member("zoe", "FR", "coordinate")
        operation = await hub.open_operation(ama)
        await hub.submit_entry(ama, operation, [hub.admitting(luis)])
        yield Scene(hub, ama, luis, zoe, operation)


async def rekey(hub: Hub, person: Person) -> None:
    """The person starts again: new keys, certified by two, and a device under them."""
    person.aik, person.device_key = new_signing_key("account"), new_signing_key("device")
    person.aek, person.device = EncryptionKey.from_seed(secrets.token_bytes(32)), DeviceId(secrets.token_bytes(16))
    person.invitation, person.wrap = secrets.token_bytes(16), secrets.token_bytes(16)
    person.recovery = secrets.token_bytes(16)
    await hub.invite(person)
    enrolment = hub.enrolment(person)
    await hub.must("POST", "/api/enrolments", body=enrolment)
    about: dict[str, Any] = {
        "account": b64(person.account),
        "aik": b64(person.aik.public),
        "aek": b64(person.aek.public),
        "invitation": b64(person.invitation),
    }
    await hub.submit(hub.act("account.rekey", 2, **about))
    # The device's act is numbered 1, as somebody numbers it who knows nothing of what was.
    act, signature = (unb64(enrolment["device_act"][part]) for part in ("body", "signature"))
    await hub.submit(pack(b"", b"", act, [signature], b""))


def take(hub: Hub) -> Json:
    return {"change": "coordinator.take", "act_seq": hub.app[DIRECTORY].latest.size - 1}


async def test_new_keys_end_sessions_devices_and_standing_until_a_coordinator_restores(scene: Scene) -> None:
    before = scene.luis.token
    await rekey(scene.hub, scene.luis)
    old = await scene.hub.ask("GET", "/api/operations", who=scene.luis)
    await scene.hub.sign_in(scene.luis)

    nothing = await scene.hub.must("GET", "/api/operations", who=scene.luis)
    chain = await scene.hub.ask("GET", f"{scene.path}/entries?after=-1", who=scene.luis)
    restore = {**scene.hub.admitting(scene.luis), "change": "member.restore"}  # type: ignore[dict-item]
    await scene.hub.submit_entry(scene.ama, scene.operation, [restore])
    again = await scene.hub.must("GET", "/api/operations", who=scene.luis)

    assert scene.luis.token != before
    assert old.status == 401
    assert nothing.json == []
    assert chain.status == 404
    assert [one["operation"] for one in again.json] == [b64(scene.operation)]


async def test_new_keys_need_two_administrators(scene: Scene) -> None:
    about: dict[str, Any] = {
        "account": b64(scene.luis.account),
        "aik": b64(new_signing_key("account").public),
        "aek": b64(EncryptionKey.from_seed(secrets.token_bytes(32)).public),
        "invitation": b64(secrets.token_bytes(16)),
    }

    refused = await scene.hub.ask("POST", "/api/directory", packets=scene.hub.act("account.rekey", 1, **about))

    assert refused.code == "not-allowed"
    assert (await scene.hub.must("GET", "/api/operations", who=scene.luis)).json != []


async def test_who_is_appointed_sees_and_takes_over_an_operation_that_lost_its_coordinator(scene: Scene) -> None:
    hub, zoe = scene.hub, scene.zoe
    await hub.submit(scene.appointment(zoe))
    early = await hub.ask("GET", f"{scene.path}/entries?after=-1", who=zoe)
    too_early = await scene.hand_in(zoe, hub.entry(zoe, scene.operation, [take(hub)]))
    await rekey(hub, scene.ama)
    await hub.submit(scene.appointment(zoe))

    listed = await hub.must("GET", "/api/operations", who=zoe)
    stranger = await scene.hand_in(scene.luis, hub.entry(scene.luis, scene.operation, [take(hub)]))
    taken = await scene.hand_in(zoe, hub.entry(zoe, scene.operation, [take(hub)]))
    twice = await scene.hand_in(zoe, hub.entry(zoe, scene.operation, [take(hub)]))

    assert early.status == 404
    assert too_early == "not-found"
    assert [one["operation"] for one in listed.json] == [b64(scene.operation)]
    assert (stranger, taken, twice) == ("not-certified", "", "repeated")
    member = hub.operation(scene.operation).members[zoe.account]
    assert (member.role, member.compartments) == ("coordinator", ())


async def test_a_day_without_coordinators_that_is_over_helps_nobody(scene: Scene) -> None:
    hub, zoe = scene.hub, scene.zoe
    away: dict[str, Any] = {"account": b64(scene.ama.account)}
    await hub.submit(hub.act("account.suspend", 2, **away, reason="On leave"))
    await hub.submit(scene.appointment(zoe))
    directory, change = hub.app[DIRECTORY].latest, take(hub)
    await hub.submit(hub.act("account.restore", 2, **away))

    then: dict[str, Any] = {"directory_size": directory.size, "directory_head": directory.head}
    refused = await scene.hand_in(zoe, hub.entry(zoe, scene.operation, [change], **then))

    assert refused == "not-found"
    assert zoe.account not in hub.operation(scene.operation).members


async def closed_by_two(scene: Scene) -> None:
    zoe = scene.hub.admitting(scene.zoe, "coordinator", ["general"])
    await scene.hub.submit_entry(scene.ama, scene.operation, [zoe, {"change": "operation.close"}])


async def test_seven_days_are_counted_from_the_hubs_own_clock(scene: Scene) -> None:
    await closed_by_two(scene)
    scene.hub.clock.advance(days=6)
    await rested(scene.hub, scene.ama, scene.zoe)
    told, real = scene.hub.now - 6 * DAY, scene.hub.now

    early = scene.by_two(scene.ama, scene.zoe, {"change": "operation.destroy", "at": told + 7 * DAY}, at=told)
    sooner = await scene.hand_in(scene.ama, early)
    rightly = scene.by_two(scene.ama, scene.zoe, {"change": "operation.destroy", "at": real + 7 * DAY}, at=real)
    accepted = await scene.hand_in(scene.ama, rightly)

    assert (sooner, accepted) == ("not-allowed", "")
    assert scene.hub.operation(scene.operation).destroy_at == real + 7 * DAY


async def test_a_late_cancellation_that_tells_an_earlier_time_is_refused(scene: Scene) -> None:
    await closed_by_two(scene)
    at = scene.hub.now + 7 * DAY
    doom = scene.by_two(scene.ama, scene.zoe, {"change": "operation.destroy", "at": at})
    assert await scene.hand_in(scene.ama, doom) == ""
    scene.hub.clock.advance(days=7, seconds=1)
    await rested(scene.hub, scene.ama)

    late = scene.hub.entry(scene.ama, scene.operation, [{"change": "destroy.cancel"}], at=at - 1000)

    assert await scene.hand_in(scene.ama, late) in {"not-allowed", "not-found"}


async def rested(hub: Hub, *people: Person) -> None:
    """Signed in anew: days have gone by."""
    for person in people:
        await hub.sign_in(person)


async def test_a_set_of_administrators_rules_from_the_next_act_on(scene: Scene) -> None:
    hub = scene.hub
    directory = hub.app[DIRECTORY].latest
    listed: list[Json] = [
        {"id": b64(one.id), "key": b64(one.key.public), "name": f"{name} again"}
        for one, name in zip(hub.administrators, administrators_names(hub), strict=True)
    ]
    renamed: dict[str, Any] = {"edition": 2, "administrators": listed, "threshold": directory.threshold}
    set_by_one = await hub.ask("POST", "/api/directory", packets=hub.act("administrators.set", 1, **renamed))
    await hub.submit(hub.act("administrators.set", 2, **renamed))
    again = await hub.ask("POST", "/api/directory", packets=hub.act("administrators.set", 2, **renamed))

    assert (set_by_one.code, again.code) == ("not-allowed", "repeated")
    assert [one.name for one in hub.app[DIRECTORY].latest.administrators] == [one["name"] for one in listed]  # type: ignore[index,call-overload]


def administrators_names(hub: Hub) -> Sequence[str]:
    return [one.name for one in hub.app[DIRECTORY].latest.administrators]
