"""
A hub, or a coordinator, that lies about a channel's secret: its own for everybody, another for one, one copy too many.

Neither of Peru's clients opens anything with such a secret, or seals anything under it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser

from crypto.chain import chain_start
from crypto.encoding import Json, b64, canon
from crypto.epochs import Reader, wraps_root
from crypto.keys import aek_hash
from crypto.membership import apply, readers
from crypto.packet import join_parts, pack
from crypto.sealing import make_epoch, make_wraps
from crypto.wrapping import wrap
from hub.client import governance
from hub.client.epochs import place_of
from hub.client.errors import ClientError, Refused
from hub.client.member import Member
from tests.hostile.forging import entry, new_channel, several_channels
from tests.hostile.malicious import MaliciousHub, standing_before
from tests.hostile.visitors import Desk, Seat
from tests.people import Channel, Person, Village

WORDS = "Ninety drums of acetone"
FOR_THE_HUB = "For the hub's ears"
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attack:
    """What the hub answers to somebody who asks for their own copy of the secret."""

    name: str
    lie: Callable[[Person, Channel], Callable[[Answer], Answer]]
    code: str


def another_root(person: Person, channel: Channel) -> Callable[[Answer], Answer]:
    """The copy is well made and its path fits: but to a root that nobody signed."""
    own = b64(wrapped_for(person, channel, secrets.token_bytes(32)))
    return lambda told: {**told, "wrap": own, "index": 0, "size": 1, "path": []}


def another_copy(person: Person, channel: Channel) -> Callable[[Answer], Answer]:
    own = b64(wrapped_for(person, channel, secrets.token_bytes(32)))
    return lambda told: {**told, "wrap": own}


def a_grant_of_the_hub(person: Person, channel: Channel) -> Callable[[Answer], Answer]:
    own = wrapped_for(person, channel, secrets.token_bytes(32))
    me = next(one for one in epoch_of(person, channel).readers if one.account == person.account)
    root = b64(wraps_root([me], [own]))
    return lambda told: {**told, "wrap": b64(own), "index": 0, "size": 1, "path": [], "grant": root}


def keeps_it_back(person: Person, channel: Channel) -> Callable[[Answer], Answer]:
    """The hub says that there is none."""

    def refuse(told: Answer) -> Answer:
        raise web.HTTPNotFound(
            text=json.dumps({"code": "not-found", "title": "", "status": 404, "detail": "It isn't here."}),
            content_type="application/problem+json",
        )

    return refuse


def nothing(person: Person, channel: Channel) -> Callable[[Answer], Answer]:
    return lambda told: told


NO_LIE = "no lie"
DIVIDED = Attack("7 another secret for Peru", nothing, "bad-commitment")
ATTACKS = (
    Attack("6 another root", another_root, "bad-proof"),
    Attack("6 another copy", another_copy, "bad-proof"),
    Attack("6 a grant of the hub", a_grant_of_the_hub, "wrong-wraps"),
    Attack("16 no copy at all", keeps_it_back, "cannot-open"),
    DIVIDED,
)


@dataclass(slots=True)
class Scene:
    liar: MaliciousHub
    channels: dict[str, Channel]
    program: Member
    seat: Seat


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(hub: Village, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """A channel for each attack, with words in it, before Peru's two clients."""
    coordinator, ghana, peru = await hub.members("coordinator", "ghana", "peru")
    channels = await several_channels(hub, [NO_LIE, *(attack.name for attack in ATTACKS[:-1])], ghana, peru)
    channels[DIVIDED.name] = await divided(hub, coordinator, [ghana, peru], DIVIDED.name, victim=peru)
    async with standing_before(hub.url) as liar:
        for attack in ATTACKS:
            channel = channels[attack.name]
            liar.change_json(rf"{re.escape(b64(channel.id))}/epochs/1/wrap$", attack.lie(peru, channel))
        for channel in channels.values():
            await ghana.say(channel, WORDS)
        desk = Desk(chromium, liar, tmp_path_factory.mktemp("peru"))
        try:
            program = await desk.program(peru)
            assert await program.sign_in() == []
            yield Scene(liar, channels, program, await desk.page(peru, channels[NO_LIE]))
        finally:
            await desk.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_the_program_opens_nothing_and_seals_nothing(scene: Scene, attack: Attack) -> None:
    channel = scene.channels[attack.name]

    [item] = await scene.program.read(channel.operation, channel.id)

    assert item.body is None
    assert item.fault is not None
    assert item.fault.code == attack.code
    with pytest.raises(ClientError) as refusal:
        await scene.program.post(channel.operation, channel.id, "post", {"text": FOR_THE_HUB, "language": "en"})
    assert getattr(refusal.value, "code", None) == attack.code
    assert scene.liar.sent(b64(channel.id)) == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_the_browser_opens_nothing_and_seals_nothing(scene: Scene, attack: Attack) -> None:
    channel, seat = scene.channels[attack.name], scene.seat

    await seat.go_to(channel, "All members")

    await seat.shows("One item can’t be opened yet." if attack.code == "cannot-open" else f"(problem {attack.code})")
    await seat.never_held(WORDS)
    await seat.write(FOR_THE_HUB)
    # Where another reader may make a sound secret the words wait for it; nothing leaves either way.
    await seat.shows(re.compile("Refused|Waiting to send"))
    await seat.back()
    assert scene.liar.sent(b64(channel.id)) == []
    assert seat.defects == []


async def test_where_the_hub_told_the_truth_both_clients_read(scene: Scene) -> None:
    channel = scene.channels[NO_LIE]

    [item] = await scene.program.read(channel.operation, channel.id)
    assert item.body == {"text": WORDS, "language": "en"}
    await scene.seat.go_to(channel, NO_LIE)
    await scene.seat.shows(WORDS)


async def test_attack_7_whoever_got_the_promised_secret_reads_on(hub: Village, scene: Scene) -> None:
    channel = scene.channels[DIVIDED.name]

    assert await hub.people["coordinator"].texts(channel) == [WORDS]
    assert await hub.people["ghana"].texts(channel) == [WORDS]


async def test_attack_8_a_copy_too_many_is_refused_by_the_hub(hub: Village) -> None:
    coordinator, ghana, peru, france = await hub.members("coordinator", "ghana", "peru", "france")
    await coordinator.member.sync()

    with pytest.raises(Refused) as refusal:
        await divided(hub, coordinator, [ghana, peru], "Crowded", extra=france)

    assert refusal.value.code == "wrong-readers"


def epoch_of(person: Person, channel: Channel) -> Any:
    epoch = person.member.state.operation(channel.operation).channel(channel.id).epoch
    assert epoch is not None
    return epoch


def wrapped_for(person: Person, channel: Channel, secret: bytes) -> bytes:
    """A copy of `secret` that this person's key opens: anybody can make one."""
    info: dict[str, Json] = {
        **place_of(person.member.state, channel.operation, channel.id),
        "account": b64(person.account),
        "generation": 1,
        "commitment": b64(epoch_of(person, channel).record.commitment),
    }
    return wrap(person.member.person.aek, secret, info)


async def divided(
    hub: Village,
    coordinator: Person,
    people: Sequence[Person],
    label: str,
    victim: Person | None = None,
    extra: Person | None = None,
) -> Channel:
    """A channel whose first secret one reader gets in another version, or one person too many gets at all."""
    operation, state, channel = await hub.open(*people), coordinator.member.state, new_channel()
    directory = state.directory.latest
    of = sorted([coordinator.account, *(person.account for person in people)])
    change = governance.open_channel(channel, "all", "general", "accounts", of)
    opened = entry(coordinator, operation, [change])
    after = apply(state.operation(operation), directory, opened.body, opened.signatures)
    found = list(readers(after, channel, directory))
    if extra is not None:
        known = directory.accounts[extra.account]  # type: ignore[index]
        found.append(Reader(known.id, known.aik, known.generation, aek_hash(known.aek)))
        found.sort(key=lambda one: one.account)
    listed = [(one, directory.accounts[one.account].aek) for one in found]
    place, start = place_of(state, operation, channel), chain_start(state.keys.hub, operation, channel)
    record, wraps, _ = make_epoch(place, 1, listed, label, (0, start), None)
    if victim is not None:
        at = next(index for index, one in enumerate(found) if one.account == victim.account)
        [other] = make_wraps(place, record.commitment, [listed[at]], secrets.token_bytes(32))
        wraps = [*wraps[:at], other, *wraps[at + 1 :]]
        record = replace(record, wraps_hash=wraps_root(found, wraps))
    rows: Json = [[b64(one.account), one.generation, b64(copy)] for one, copy in zip(found, wraps, strict=True)]
    beside = join_parts([canon({"channel": b64(channel), "epoch": 1, "wraps": rows})])
    signed = entry(coordinator, operation, [change], [record])
    await state.hub.submit_entry(b64(operation), pack(b"", signed.body, b"", signed.signatures, beside))
    for one in (coordinator, *people):
        await one.member.sync()
    return Channel(operation, channel)
