"""
A hub that lies about an operation: ghosts among its members and readers, a reader's orders, entries from elsewhere.

Each attack has an operation of its own. Both of Peru's clients stop at the last entry that holds, go on showing what
held, and send nothing any more.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from crypto.encoding import AccountId, Json, OperationId, b64, canon
from crypto.epochs import Reader
from crypto.keys import EncryptionKey, aek_hash
from crypto.packet import Packet
from crypto.signing import new_signing_key
from hub.client import governance
from hub.client.errors import Fault, Frozen
from hub.client.member import Member
from hub.client.state import now
from tests.hostile.forging import (
    admitting,
    behind,
    entry,
    new_channel,
    next_epoch,
    opening,
    promoting,
    rewritten,
    with_keys_reversed,
)
from tests.hostile.malicious import MaliciousHub, Packets, place, standing_before
from tests.hostile.visitors import Desk, Seat
from tests.people import Channel, Person, Village

READ_ONLY = "Read-only: a signed change of this operation doesn’t hold. Tell a coordinator by phone."
TRUE = "Forty cartons of syringes"
NO_LIE = "no lie"


@dataclass(frozen=True, slots=True)
class Attack:
    """The entry that the hub gives out behind the true ones, and the code by which both clients refuse it."""

    name: str
    forge: Callable[[Village, Channel], Awaitable[Packet | None]]
    code: str


async def nothing(hub: Village, channel: Channel) -> Packet | None:
    return None


async def a_ghost_admitted_by_the_hub(hub: Village, channel: Channel) -> Packet:
    coordinator, ghost = hub.people["coordinator"], hub.people["france"]
    return entry(coordinator, channel.operation, [admitting(ghost)], signer=new_signing_key("device"))


async def a_ghost_among_the_readers(hub: Village, channel: Channel) -> Packet:
    key = EncryptionKey.from_seed(secrets.token_bytes(32))
    ghost = Reader(AccountId(secrets.token_bytes(16)), secrets.token_bytes(32), 1, aek_hash(key.public))
    made, _ = await next_epoch(hub.people["coordinator"], channel, lambda found: [*found, (ghost, key.public)])
    return made


async def a_reader_with_the_hubs_key(hub: Village, channel: Channel) -> Packet:
    key, peru = EncryptionKey.from_seed(secrets.token_bytes(32)), hub.people["peru"].account

    def swapped(found: list[tuple[Reader, bytes]]) -> list[tuple[Reader, bytes]]:
        return [
            (Reader(one.account, one.aik, one.generation, aek_hash(key.public)), key.public)
            if one.account == peru
            else (one, public)
            for one, public in found
        ]

    made, _ = await next_epoch(hub.people["coordinator"], channel, swapped)
    return made


async def a_reader_left_out(hub: Village, channel: Channel) -> Packet:
    peru = hub.people["peru"].account
    made, _ = await next_epoch(
        hub.people["coordinator"], channel, lambda found: [one for one in found if one[0].account != peru]
    )
    return made


async def a_readers_order(hub: Village, channel: Channel) -> Packet:
    ghana = hub.people["ghana"]
    return entry(ghana, channel.operation, [promoting(ghana)])


async def a_readers_channel(hub: Village, channel: Channel) -> Packet:
    return entry(hub.people["ghana"], channel.operation, [opening(new_channel())])


async def another_operations_entry(hub: Village, channel: Channel) -> Packet:
    change = opening(new_channel())
    coordinator = hub.people["coordinator"]
    return entry(coordinator, channel.operation, [change], operation=OperationId(secrets.token_bytes(32)))


async def an_entry_that_follows_another(hub: Village, channel: Channel) -> Packet:
    change = opening(new_channel())
    return entry(hub.people["coordinator"], channel.operation, [change], prev=secrets.token_bytes(32))


async def an_entry_over_another_directory(hub: Village, channel: Channel) -> Packet:
    change = opening(new_channel())
    return entry(hub.people["coordinator"], channel.operation, [change], directory_head=secrets.token_bytes(32))


def written(form: Callable[[bytes], bytes]) -> Callable[[Village, Channel], Awaitable[Packet]]:
    async def forged(hub: Village, channel: Channel) -> Packet:
        return entry(hub.people["coordinator"], channel.operation, [opening(new_channel())], body=form)

    return forged


async def signed_as_an_envelope(hub: Village, channel: Channel) -> Packet:
    coordinator = hub.people["coordinator"]
    return entry(coordinator, channel.operation, [opening(new_channel())], context="envelope")


async def a_coordinators_destruction(hub: Village, channel: Channel) -> Packet:
    at = now() + 9 * 24 * 3_600_000
    changes: list[Json] = [{"change": "operation.close"}, {"change": "operation.destroy", "at": at}]
    return entry(hub.people["coordinator"], channel.operation, changes)


async def a_coordinators_word_after_closing(hub: Village, channel: Channel) -> Packet:
    changes: list[Json] = [{"change": "operation.close"}, admitting(hub.people["france"])]
    return entry(hub.people["coordinator"], channel.operation, changes)


async def a_take_over_beside_a_coordinator(hub: Village, channel: Channel) -> Packet:
    return entry(hub.people["ghana"], channel.operation, [{"change": "coordinator.take", "act_seq": 1}])


async def a_restoration_without_a_loss(hub: Village, channel: Channel) -> Packet:
    restoring = {**admitting(hub.people["ghana"], "coordinator"), "change": "member.restore"}  # type: ignore[dict-item]
    return entry(hub.people["coordinator"], channel.operation, [restoring])


async def a_stolen_device_after_its_end(hub: Village, channel: Channel) -> Packet:
    """Its thief names the directory of the day before, and the hub that works with the thief has it all to itself."""
    coordinator, victim = hub.people["coordinator"], hub.people["france"]
    change = governance.admit(coordinator.member.state, victim.member.account, "contact", ["general"])
    await coordinator.member.commit(channel.operation, change)
    await victim.member.sync()
    await hub.registrar.revoke_device(victim.member.account, victim.member.state.keys.device_id, "Stolen")
    await hub.people["peru"].member.sync()
    await coordinator.member.sync()
    forged = entry(victim, channel.operation, [governance.remove(victim.member.account)])
    leaf = coordinator.member.state.directory.leaves[-1] + 1
    return replace(forged, place=canon({**place(forged), "leaf": leaf}))


ATTACKS = (
    Attack(NO_LIE, nothing, ""),
    Attack("5 ghost member", a_ghost_admitted_by_the_hub, "bad-signature"),
    Attack("5 ghost reader", a_ghost_among_the_readers, "wrong-readers"),
    Attack("5 reader with the hub's key", a_reader_with_the_hubs_key, "wrong-readers"),
    Attack("5 reader left out", a_reader_left_out, "wrong-readers"),
    Attack("15 another operation", another_operations_entry, "wrong-place"),
    Attack("11 another past", an_entry_that_follows_another, "not-next"),
    Attack("11 another directory", an_entry_over_another_directory, "forked"),
    Attack("21 order of fields", written(with_keys_reversed), "not-canonical"),
    Attack("21 a field twice", written(rewritten(lambda text: text[:-1] + ',"v":1}')), "not-canonical"),
    Attack("22 another context", signed_as_an_envelope, "bad-signature"),
    Attack("37 reader promotes himself", a_readers_order, "not-allowed"),
    Attack("37 reader opens a channel", a_readers_channel, "not-allowed"),
    Attack("coordinator destroys alone", a_coordinators_destruction, "not-allowed"),
    Attack("admitted after closing", a_coordinators_word_after_closing, "not-allowed"),
    Attack("taken over beside another", a_take_over_beside_a_coordinator, "not-allowed"),
    Attack("restored without a loss", a_restoration_without_a_loss, "repeated"),
    Attack("stolen device after its end", a_stolen_device_after_its_end, "revoked"),
)


@dataclass(slots=True)
class Scene:
    liar: MaliciousHub
    channels: dict[str, Channel]
    frozen: dict[str, Frozen]
    program: Member
    seat: Seat


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(hub: Village, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """All operations of a hub that lies in each of them, before Peru's two clients."""
    coordinator, ghana, peru = await hub.members("coordinator", "ghana", "peru")
    await hub.person("france")
    await coordinator.member.sync()
    channels: dict[str, Channel] = {}
    for number, attack in enumerate(ATTACKS):
        channels[attack.name] = await an_operation(f"OP{chr(65 + number)}", attack.name, coordinator, [ghana, peru])
    for one in (ghana, peru):
        await one.member.sync()
    lies: list[Callable[[Packets], Packets]] = []
    for attack in ATTACKS:
        channel = channels[attack.name]
        await ghana.say(channel, TRUE)
        await coordinator.read(channel)
        forged = await attack.forge(hub, channel)
        if forged is not None:
            lies.append(behind(channel.operation, forged))

    def all_lies(packets: Packets) -> Packets:
        for lie in lies:
            packets = lie(packets)
        return packets

    async with standing_before(hub.url) as liar:
        liar.change_packets(all_lies)
        desk = Desk(chromium, liar, tmp_path_factory.mktemp("peru"))
        try:
            program = await desk.program(peru)
            frozen = await program.sign_in()
            by_name = {
                name: one for name, at in channels.items() for one in frozen if one.place.startswith(b64(at.operation))
            }
            yield Scene(liar, channels, by_name, program, await desk.page(peru, channels[NO_LIE]))
        finally:
            await desk.close()


@pytest.mark.parametrize("attack", ATTACKS[1:], ids=lambda attack: attack.name)
async def test_the_program_stops_at_the_last_entry_that_holds(hub: Village, scene: Scene, attack: Attack) -> None:
    channel = scene.channels[attack.name]

    assert scene.frozen[attack.name].code == attack.code
    true = hub.people["peru"].member.state.operation(channel.operation)
    assert scene.program.operations()[channel.operation].head == true.head
    with pytest.raises(Fault) as refusal:
        await scene.program.post(channel.operation, channel.id, "post", {"text": "Into the void", "language": "en"})
    assert refusal.value.code == attack.code
    assert scene.liar.sent(b64(channel.operation)) == []
    kept = (scene.program.state.folder / "evidence").iterdir()
    assert any(b64(channel.operation).encode() in path.read_bytes() for path in kept)


@pytest.mark.parametrize("attack", ATTACKS[1:], ids=lambda attack: attack.name)
async def test_the_browser_stops_at_the_last_entry_that_holds(scene: Scene, attack: Attack) -> None:
    channel, seat = scene.channels[attack.name], scene.seat

    await seat.go_to(channel, attack.name)

    assert READ_ONLY in await seat.of_operation(attack.name)
    await seat.shows(TRUE)
    await seat.write("Into the void")
    await seat.shows("it is read-only here")
    await seat.back()
    assert scene.liar.sent(b64(channel.operation)) == []
    assert seat.defects == []


async def test_where_the_hub_told_the_truth_both_clients_write(hub: Village, scene: Scene) -> None:
    channel, seat = scene.channels[NO_LIE], scene.seat

    assert NO_LIE not in scene.frozen
    await scene.program.post(channel.operation, channel.id, "post", {"text": "Read in Lima", "language": "en"})
    await seat.go_to(channel, NO_LIE)
    assert READ_ONLY not in await seat.of_operation(NO_LIE)
    await seat.shows("Read in Lima")
    await seat.write("Written in Lima")
    await seat.shows("The hub’s receipt was checked")

    assert await hub.people["ghana"].texts(channel) == [TRUE, "Read in Lima", "Written in Lima"]


async def an_operation(code: str, name: str, coordinator: Person, members: list[Person]) -> Channel:
    """An operation with one channel that all its members read."""
    member, channel = coordinator.member, new_channel()
    operation = await member.open_operation(code, name, ["general"])
    changes = [governance.admit(member.state, one.member.account, "contact", ["general"]) for one in members]
    changes.append(governance.open_channel(channel, "all", "general"))
    await member.commit(operation, *changes, labels={channel: name})
    return Channel(operation, channel)
