"""
A hub that shows less, or something else, than it showed before: to one person later, or to two people at once.

Peru's clients have been there before; what they saw rests on the device and with the person's sealed records.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from crypto.encoding import b64
from crypto.packet import Packet, pack
from hub.client.errors import Fault
from hub.client.keystore import write_profile
from hub.client.member import Member
from tests.hostile.forging import behind, entry, new_channel, opening, promoting
from tests.hostile.malicious import MaliciousHub, Packets, moved, place, standing_before
from tests.hostile.visitors import Desk
from tests.people import Channel, Person, Village

HISTORY = "The hub shows another history than before. Stop here and tell an administrator by phone."
TRUE = ("Forty cartons", "Twelve drums")


@dataclass(slots=True)
class Scene:
    """Where Peru has been before: a folder of the program's, a machine with a browser."""

    hub: Village
    liar: MaliciousHub
    desk: Desk
    channel: Channel
    machine: BrowserContext
    checkpoint: str  # as it was before the last words

    @property
    def peru(self) -> Person:
        return self.hub.people["peru"]

    async def program(self) -> Member:
        """Peru's own program, started anew where it had been used."""
        kept = self.peru.member.state
        write_profile(kept.folder, kept.profile)
        return Member(kept.folder, kept.profile, kept.keys, self.desk.line())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(hub: Village, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    ghana, peru = await hub.members("ghana", "peru")
    async with standing_before(hub.url) as liar:
        desk = Desk(chromium, liar, tmp_path_factory.mktemp("peru"))
        try:
            channel = await hub.channel("Medicines", ghana, peru)
            await ghana.say(channel, TRUE[0])
            early = await peru.member.hub.checkpoint()
            await ghana.say(channel, TRUE[1])
            assert await peru.texts(channel) == list(TRUE)
            machine = await desk.machine()
            seat = await desk.page(peru, channel, machine)
            await seat.shows(TRUE[1])
            await desk.until(lambda: liar.sent(r"/api/private/pins"))
            await seat.leave()
            # The program takes over what the browser saw, and leaves what it saw: one form for both.
            await peru.member.sign_in()
            await peru.texts(channel)
            await peru.member.keep_pins()
            yield Scene(hub, liar, desk, channel, machine, early)
        finally:
            await desk.close()


@pytest_asyncio.fixture(loop_scope="session")
async def again(scene: Scene) -> AsyncIterator[Scene]:
    """The same scene, honest until the test says otherwise."""
    scene.liar.be_honest()
    scene.liar.asked.clear()
    yield scene
    scene.liar.be_honest()


async def check_refused(scene: Scene, code: str, sentence: str = HISTORY) -> None:
    """Both clients refuse the hub; nothing is written."""
    program = await scene.program()
    with pytest.raises(Fault) as refusal:
        await program.sign_in()
    assert refusal.value.code == code
    await program.close()

    seat = await scene.desk.page(scene.peru, scene.channel, scene.machine)
    assert sentence in await seat.refused()
    await seat.never_held(TRUE[0])
    await seat.leave()
    assert scene.liar.sent(r"/envelopes|/entries") == []


async def test_without_a_lie_both_come_in_again(again: Scene) -> None:
    program = await again.program()
    assert await program.sign_in() == []
    assert len(await program.read(again.channel.operation, again.channel.id)) == len(TRUE)
    await program.close()

    seat = await again.desk.page(again.peru, again.channel, again.machine)
    await seat.shows(TRUE[1])
    await seat.leave()


async def test_attack_10_an_older_directory(again: Scene) -> None:
    size = again.peru.member.state.directory.size
    again.liar.change_packets(without(lambda told: told["kind"] == "directory" and told["seq"] >= size - 1))

    await check_refused(again, "rolled-back")


async def test_attack_10_an_older_operation(again: Scene) -> None:
    last = again.peru.member.state.operation(again.channel.operation).seq
    again.liar.change_packets(without(lambda told: told["kind"] == "operation" and told["seq"] == last))

    program = await again.program()
    [frozen] = await program.sign_in()
    assert frozen.code == "rolled-back"
    await program.close()
    seat = await again.desk.page(again.peru, again.channel, again.machine)
    assert HISTORY in await seat.refused()
    await seat.leave()


async def test_attack_10_an_operation_that_is_no_longer_listed(again: Scene) -> None:
    again.liar.change_json(r"/api/operations$", lambda told: [])
    again.liar.change_packets(without(lambda told: told["kind"] == "operation"))

    program = await again.program()
    [frozen] = await program.sign_in()
    assert frozen.code == "rolled-back"
    await program.close()
    seat = await again.desk.page(again.peru, again.channel, again.machine)
    assert HISTORY in await seat.refused()
    await seat.leave()


async def test_attack_10_an_older_checkpoint(again: Scene) -> None:
    again.liar.change_text(r"/api/log/checkpoint$", lambda _: again.checkpoint)

    await check_refused(again, "rolled-back")


async def test_attack_10_a_checkpoint_of_another_log(again: Scene) -> None:
    def of_another(note: str) -> str:
        origin, size, root, *rest = note.split("\n")
        return "\n".join([origin, size, b64_of_nothing(root), *rest])

    again.liar.change_text(r"/api/log/checkpoint$", of_another)

    await check_refused(again, "bad-checkpoint")


async def test_attack_10_a_log_that_did_not_only_grow(again: Scene) -> None:
    ghana = again.hub.people["ghana"].member
    before = await ghana.hub.checkpoint()
    await ghana.sync()
    async with asyncio.timeout(30):
        while await ghana.hub.checkpoint() == before:  # the hub signs at most once a second
            await asyncio.sleep(0.1)
    again.liar.change_json(r"/proof/consistency", lambda told: {**told, "path": told["path"][:-1]})

    await check_refused(again, "bad-proof")


async def test_attack_10_a_channel_cut_short(again: Scene) -> None:
    stream = b64(again.channel.id)
    again.liar.change_packets(without(lambda told: told["stream"] == stream and told["seq"] == 2))

    program = await again.program()
    await program.sign_in()
    with pytest.raises(Fault) as refusal:
        await program.read(again.channel.operation, again.channel.id)
    assert refusal.value.code == "rolled-back"
    with pytest.raises(Fault) as refusal:
        await program.post(again.channel.operation, again.channel.id, "post", {"text": "On sand", "language": "en"})
    assert refusal.value.code == "rolled-back"
    await program.close()
    for waiting in again.peru.member.state.outbox.waiting():
        again.peru.member.state.outbox.drop(waiting)

    seat = await again.desk.page(again.peru, again.channel, again.machine)
    await seat.shows("(problem rolled-back)")
    await seat.write("On sand")
    await seat.shows(HISTORY)
    await seat.leave()
    assert again.liar.sent(r"/envelopes") == []


async def test_attack_10_the_device_remembers_what_the_hub_forgets_for_the_person(again: Scene) -> None:
    last = again.peru.member.state.operation(again.channel.operation).seq
    again.liar.change_json(r"/api/private$", lambda told: [])
    again.liar.change_packets(without(lambda told: told["kind"] == "operation" and told["seq"] == last))

    for _ in range(2):  # a refused sign-in forgets nothing either
        seat = await again.desk.page(again.peru, again.channel, again.machine)
        assert HISTORY in await seat.refused()
        await seat.leave()


async def test_attack_10_a_new_machine_knows_what_the_person_saw_on_another(again: Scene) -> None:
    last = again.peru.member.state.operation(again.channel.operation).seq
    again.liar.change_packets(without(lambda told: told["kind"] == "operation" and told["seq"] == last))

    seat = await again.desk.page(again.peru, again.channel)

    assert HISTORY in await seat.refused()


async def test_attack_11_two_people_are_shown_two_operations(again: Scene) -> None:
    """A coordinator signs twice for one place; the hub gives Peru the version that its log doesn't hold."""
    coordinator = again.hub.people["coordinator"]
    await coordinator.member.sync()
    one, other = (entry(coordinator, again.channel.operation, [opening(new_channel())]) for _ in range(2))
    operation = b64(again.channel.operation)
    told = await coordinator.member.hub.submit_entry(operation, pack(b"", one.body, b"", one.signatures, b""))
    again.liar.change_packets(behind(again.channel.operation, moved(other, seq=told["seq"], leaf=told["leaf"])))

    program = await again.desk.program(again.peru)
    with pytest.raises(Fault) as refusal:
        await program.sign_in()
    assert refusal.value.code == "bad-proof"
    seat = await again.desk.page(again.peru, again.channel)
    assert HISTORY in await seat.refused()
    for person in again.hub.people.values():
        await person.member.sync()


async def test_attack_11_a_log_key_of_the_hubs_own(again: Scene) -> None:
    """Beside the genesis a hub may say what it likes of its log: it isn't asked."""
    again.liar.change_json(r"/api/hub$", lambda told: {**told, "log": {"origin": "elsewhere", "key": b64(bytes(32))}})

    seat = await again.desk.page(again.peru, again.channel, again.machine)

    await seat.shows(TRUE[1])
    await seat.leave()


async def test_on_the_live_line_a_forged_entry_stops_the_operation_at_once(again: Scene) -> None:
    ghana, coordinator = again.hub.people["ghana"], again.hub.people["coordinator"]
    seat = await again.desk.page(again.peru, again.channel, again.machine)
    await seat.shows(TRUE[1])
    for person in (ghana, coordinator):
        await person.member.sync()
    again.liar.change_packets(
        behind(again.channel.operation, entry(ghana, again.channel.operation, [promoting(ghana)]))
    )

    await coordinator.member.commit(again.channel.operation, opening(new_channel()))

    await seat.shows("Read-only: a signed change of this operation doesn’t hold.")
    await seat.leave()


async def test_on_the_live_line_a_forged_act_stops_everything_at_once(again: Scene) -> None:
    seat = await again.desk.page(again.peru, again.channel, again.machine)
    await seat.shows(TRUE[1])

    def unsigned(packets: Packets) -> Packets:
        return [
            Packet(one.place, one.body, one.act, (bytes(64),) * len(one.signatures), one.beside)
            if place(one)["kind"] == "directory"
            else one
            for one in packets
        ]

    again.liar.change_packets(unsigned)

    await again.hub.registrar.add_organisation(new_channel(), "Somebody's office", "GH", "office")  # type: ignore[arg-type]

    await seat.shows("Read-only: the hub’s directory of people doesn’t hold.")
    await seat.leave()


def without(hidden: Callable[[dict[str, object]], bool]) -> Callable[[Packets], Packets]:
    """A hub that leaves out what `hidden` says of its place."""
    return lambda packets: [one for one in packets if not hidden(place(one))]


def b64_of_nothing(root: str) -> str:
    return "A" * (len(root) - 1) + "="
