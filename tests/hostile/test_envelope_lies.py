"""
A hub, or a member, that lies about what was said: replayed, moved, reordered, left out, taken from another.

Each attack has a channel of its own, in which Ghana has said three true things. Peru looks at all of them, once with
each client.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from crypto.encoding import b64, parse
from crypto.packet import Packet, pack
from hub.client.member import Member
from tests.hostile.forging import (
    behind,
    next_epoch,
    pen,
    renumbered,
    rewritten,
    several_channels,
    stolen,
    with_keys_reversed,
)
from tests.hostile.malicious import Packets, moved, place, standing_before, stands_in
from tests.hostile.visitors import Desk, Seat
from tests.people import Channel, Village

PLANTED = "The shipment was released"
TRUE = ("Forty cartons", "Twelve drums", "Nine pallets")
Change = Callable[[Packets], Packets]


@dataclass(frozen=True, slots=True)
class Attack:
    """What the hub does, the code by which both clients call it, and what is still shown as true."""

    name: str
    lie: Callable[[Village, Channel], Awaitable[Change]]
    code: str
    shown: tuple[str, ...] = TRUE
    says: str = ""  # where the page has a sentence without the code
    code_in_browser: str = ""  # where the two clients come upon it from another side

    @property
    def sentence(self) -> str:
        return self.says or f"(problem {self.code_in_browser or self.code})"


# -- the lies ----------------------------------------------------------------------------------------------------------


async def nothing(hub: Village, channel: Channel) -> Change:
    return lambda packets: packets


async def once_more(hub: Village, channel: Channel) -> Change:
    def again(packets: Packets) -> Packets:
        first, last = numbered(packets, channel, 1), numbered(packets, channel, 3)
        if first is None or last is None:
            return packets
        return [*packets, moved(first, seq=4, leaf=place(last)["leaf"] + 1)]

    return again


async def from_another_channel(hub: Village, channel: Channel) -> Change:
    ghana = hub.people["ghana"]
    other = await hub.channel("Elsewhere", ghana, hub.people["peru"])
    foreign = (await pen(ghana, other)).envelope(PLANTED)
    return behind(channel.id, moved(foreign, stream=b64(channel.id), seq=4))


async def from_another_operation(hub: Village, channel: Channel) -> Change:
    foreign = {"operation": b64(secrets.token_bytes(32))}
    return behind(channel.id, (await pen(hub.people["ghana"], channel)).envelope(PLANTED, parts=dict(foreign)))


async def from_another_hub(hub: Village, channel: Channel) -> Change:
    foreign = {"hub": b64(secrets.token_bytes(32))}
    return behind(channel.id, (await pen(hub.people["ghana"], channel)).envelope(PLANTED, parts=dict(foreign)))


async def kept_back_until_the_secret_changed(hub: Village, channel: Channel) -> Change:
    coordinator = hub.people["coordinator"]
    held = (await pen(hub.people["ghana"], channel)).envelope(PLANTED)
    await coordinator.read(channel)
    packet, beside = await next_epoch(coordinator, channel, label="15 an old secret")
    await coordinator.member.hub.submit_entry(
        b64(channel.operation), pack(b"", packet.body, b"", packet.signatures, beside)
    )
    for one in hub.people.values():
        await one.member.sync()
    leaf = coordinator.member.state.operations[channel.operation].leaves[-1] + 1
    return behind(channel.id, moved(held, leaf=leaf))


async def two_change_places(hub: Village, channel: Channel) -> Change:
    def swapped(packets: Packets) -> Packets:
        first, second = numbered(packets, channel, 1), numbered(packets, channel, 2)
        if first is None or second is None:
            return packets
        one, two = place(first), place(second)
        swap = {
            first: moved(second, seq=one["seq"], leaf=one["leaf"]),
            second: moved(first, seq=two["seq"], leaf=two["leaf"]),
        }
        return [swap.get(packet, packet) for packet in packets]

    return swapped


async def the_middle_is_missing(hub: Village, channel: Channel) -> Change:
    def dropped(packets: Packets) -> Packets:
        gone = numbered(packets, channel, 2)
        return renumbered([one for one in packets if one is not gone], channel.id)

    return dropped


async def the_newest_is_missing_until_somebody_speaks(hub: Village, channel: Channel) -> Change:
    coordinator = hub.people["coordinator"]
    await coordinator.read(channel)
    await coordinator.say(channel, PLANTED)

    def cut(packets: Packets) -> Packets:
        gone = numbered(packets, channel, 3)
        return packets if gone is None else renumbered([one for one in packets if one is not gone], channel.id)

    return cut


async def anothers_words_under_ones_own_name(hub: Village, channel: Channel) -> Change:
    coordinator = hub.people["coordinator"]
    await coordinator.read(channel)
    taken = coordinator.member.state.channels[channel.id].items[2].packet
    assert taken is not None
    return behind(channel.id, stolen(moved(taken, seq=4, leaf=place(taken)["leaf"] + 1), coordinator))


async def signed_by_somebody_else(hub: Village, channel: Channel) -> Change:
    thief = hub.people["coordinator"].member.state.keys.device
    return behind(channel.id, (await pen(hub.people["ghana"], channel)).envelope(PLANTED, signer=thief))


async def other_words_beside_a_true_header(hub: Village, channel: Channel) -> Change:
    ghana = await pen(hub.people["ghana"], channel)
    true, other = ghana.envelope("Released after examination"), ghana.envelope(PLANTED)
    return behind(channel.id, replace(true, beside=other.beside))


async def signed_as_an_answer_to_a_sign_in(hub: Village, channel: Channel) -> Change:
    return behind(channel.id, (await pen(hub.people["ghana"], channel)).envelope(PLANTED, context="sign-in"))


async def an_author_who_saw_another_operation(hub: Village, channel: Channel) -> Change:
    operation = hub.people["ghana"].member.state.operation(channel.operation)
    head = {"seq": operation.seq, "id": b64(secrets.token_bytes(32))}
    return behind(channel.id, (await pen(hub.people["ghana"], channel)).envelope(PLANTED, parts={"head": head}))


async def an_author_who_saw_an_entry_that_is_hidden(hub: Village, channel: Channel) -> Change:
    head = {"seq": 5000, "id": b64(secrets.token_bytes(32))}
    return behind(channel.id, (await pen(hub.people["ghana"], channel)).envelope(PLANTED, parts={"head": head}))


async def an_author_who_saw_another_channel(hub: Village, channel: Channel) -> Change:
    seen = {"seq": 3, "chain": b64(secrets.token_bytes(32))}
    return behind(channel.id, (await pen(hub.people["ghana"], channel)).envelope(PLANTED, parts={"seen": seen}))


def written(form: Callable[[bytes], bytes]) -> Callable[[Village, Channel], Awaitable[Change]]:
    """Bytes that two programs could read differently, with a true signature over exactly them."""

    async def forged(hub: Village, channel: Channel) -> Change:
        return behind(channel.id, (await pen(hub.people["ghana"], channel)).envelope(PLANTED, body=form))

    return forged


AGAIN = "One item could not be checked."
ATTACKS = (
    Attack("no lie", nothing, ""),
    Attack("15 once more", once_more, "repeated"),
    Attack("15 another channel", from_another_channel, "wrong-place"),
    Attack("15 another operation", from_another_operation, "wrong-place"),
    Attack("15 another hub", from_another_hub, "wrong-hub"),
    Attack("15 an old secret", kept_back_until_the_secret_changed, "stale-epoch"),
    Attack("16 order", two_change_places, "gap", (), AGAIN),
    Attack("16 middle", the_middle_is_missing, "gap", TRUE[:1], AGAIN),
    Attack("16 end", the_newest_is_missing_until_somebody_speaks, "forked", TRUE[:2]),
    Attack("17 name", anothers_words_under_ones_own_name, "wrong-place"),
    Attack("17 signature", signed_by_somebody_else, "bad-signature"),
    Attack("17 words", other_words_beside_a_true_header, "wrong-place"),
    Attack("11 operation", an_author_who_saw_another_operation, "forked"),
    Attack("11 hidden entry", an_author_who_saw_an_entry_that_is_hidden, "gap", says=AGAIN),
    Attack("11 channel", an_author_who_saw_another_channel, "forked"),
    Attack("21 order of fields", written(with_keys_reversed), "not-canonical"),
    Attack("21 a field twice", written(rewritten(lambda text: text[:-1] + ',"v":1}')), "not-canonical"),
    Attack("21 a fraction", written(rewritten(lambda text: text.replace('"v":1}', '"v":1.0}'))), "not-canonical"),
    Attack(
        "21 minus zero",
        written(rewritten(lambda text: text.replace('"device_seq":4', '"device_seq":-0'))),
        "not-canonical",
    ),
    Attack("21 a field of its own", written(rewritten(lambda text: text[:-1] + ',"zzz":1}')), "malformed"),
    Attack("22 another context", signed_as_an_answer_to_a_sign_in, "bad-signature"),
)


# -- what Peru sees ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Scene:
    channels: dict[str, Channel]
    program: Member
    seat: Seat


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(hub: Village, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """All channels of a hub that lies in all of them, before Peru's two clients."""
    ghana, peru = await hub.members("ghana", "peru")
    channels = await several_channels(hub, [attack.name for attack in ATTACKS], ghana, peru)
    for channel in channels.values():
        for words in TRUE:
            await ghana.say(channel, words)
    lies = [await attack.lie(hub, channels[attack.name]) for attack in ATTACKS]

    def all_lies(packets: Packets) -> Packets:
        for lie in lies:
            packets = lie(packets)
        return packets

    async with standing_before(hub.url) as liar:
        liar.change_packets(all_lies)
        desk = Desk(chromium, liar, tmp_path_factory.mktemp("peru"))
        try:
            program = await desk.program(peru)
            assert await program.sign_in() == []
            yield Scene(channels, program, await desk.page(peru, channels["no lie"]))
        finally:
            await desk.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_in_the_program_a_lie_is_marked_and_the_truth_is_read(scene: Scene, attack: Attack) -> None:
    channel = scene.channels[attack.name]

    items = await scene.program.read(channel.operation, channel.id)

    faults = [item.fault.code for item in items if item.fault is not None]
    assert faults[:1] == ([attack.code] if attack.code else [])
    shown = [item.body["text"] for item in items if item.body is not None]
    assert shown[: len(attack.shown)] == list(attack.shown)
    assert PLANTED not in shown


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_in_the_browser_a_lie_is_marked_and_the_truth_is_shown(scene: Scene, attack: Attack) -> None:
    channel, seat = scene.channels[attack.name], scene.seat

    await seat.go_to(channel, attack.name)

    for words in attack.shown:
        await seat.shows(words)
    if attack.code:
        await seat.page.wait_for_selector("article.is-fault")
        await seat.shows(attack.sentence)
    else:
        assert await seat.page.locator("article.is-fault").count() == 0
    await seat.never_held(PLANTED)
    assert seat.defects == []


def numbered(packets: Packets, channel: Channel, number: int) -> Packet | None:
    """The channel's envelope with this number of its device, which no hub can change."""
    for one in packets:
        if stands_in(one, b64(channel.id)) and parse(one.body)["device_seq"] == number:
            return one
    return None
