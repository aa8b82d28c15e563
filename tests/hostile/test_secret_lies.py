"""A hub, or a member, that lies about a channel's secret: its own for everybody, another for one, one copy too many."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from crypto.encoding import Json, b64, canon
from crypto.epochs import Reader, wraps_root
from crypto.membership import readers
from crypto.packet import join_parts, pack
from crypto.sealing import make_epoch, make_wraps
from crypto.wrapping import wrap
from hub.client.epochs import place_of
from hub.client.errors import Refused
from tests.hostile.forging import entry, new_channel, opening
from tests.hostile.malicious import MaliciousHub
from tests.hostile.visitors import Desk
from tests.people import Channel, Person, Village

WORDS = "Ninety drums of acetone"


async def check_closed(desk: Desk, person: Person, channel: Channel, code: str, sentence: str) -> None:
    """Neither client opens anything of the channel, and nothing is sealed under what it was given."""
    program = await desk.program(person)
    await program.sign_in()
    [item] = await program.read(channel.operation, channel.id)
    assert item.body is None
    assert item.fault is not None
    assert item.fault.code == code
    with pytest.raises(Exception) as refusal:
        await program.post(channel.operation, channel.id, "post", {"text": "For the hub's ears", "language": "en"})
    assert getattr(refusal.value, "code", "") == code

    seat = await desk.page(person, channel)
    await seat.shows(sentence)
    await seat.never_held(WORDS)
    await seat.write("For the hub's ears")
    await seat.shows("Refused")
    assert desk.liar.sent(r"/envelopes") == []


def sentence(code: str) -> str:
    return f"One item failed its check and is not shown.\nIts signature or its place in the channel doesn’t hold. Don’t act on it; tell a coordinator by phone (problem {code})."


async def test_attack_6_the_hubs_own_secret_for_everybody(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Precursors", ghana, peru)
    await ghana.say(channel, WORDS)
    await peru.read(channel)
    own = wrapped_for(peru, channel, secrets.token_bytes(32))

    # Its copy is well made and the path fits: but to a root that nobody signed.
    liar.change_json(r"/wrap$", lambda told: {**told, "wrap": b64(own), "index": 0, "size": 1, "path": []})

    await check_closed(desk, peru, channel, "bad-proof", "problem bad-proof")


async def test_attack_6_the_true_path_with_another_copy(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Precursors", ghana, peru)
    await ghana.say(channel, WORDS)
    await peru.read(channel)
    own = wrapped_for(peru, channel, secrets.token_bytes(32))

    liar.change_json(r"/wrap$", lambda told: {**told, "wrap": b64(own)})

    await check_closed(desk, peru, channel, "bad-proof", "problem bad-proof")


async def test_attack_6_a_grant_that_nobody_signed(hub: Village, desk: Desk, liar: MaliciousHub) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Precursors", ghana, peru)
    await ghana.say(channel, WORDS)
    await peru.read(channel)
    own = wrapped_for(peru, channel, secrets.token_bytes(32))
    me = next(one for one in made(peru, channel).readers if one.account == peru.account)

    def granted(told: dict[str, Any]) -> dict[str, Any]:
        root = b64(wraps_root([me], [own]))
        return {**told, "wrap": b64(own), "index": 0, "size": 1, "path": [], "grant": root}

    liar.change_json(r"/wrap$", granted)

    await check_closed(desk, peru, channel, "wrong-wraps", "problem wrong-wraps")


async def test_attack_7_a_coordinator_who_gives_one_reader_another_secret(
    hub: Village, desk: Desk, liar: MaliciousHub
) -> None:
    coordinator, ghana, peru = await hub.members("coordinator", "ghana", "peru")
    channel, wraps = await divided(hub, coordinator, [ghana, peru], victim=peru)

    await ghana.say(channel, WORDS)

    assert await coordinator.texts(channel) == [WORDS]  # whoever got the promised secret reads on
    await check_closed(desk, peru, channel, "bad-commitment", "problem bad-commitment")


async def test_attack_8_a_copy_too_many_is_refused_by_the_hub(hub: Village) -> None:
    coordinator, ghana, peru = await hub.members("coordinator", "ghana", "peru")
    ghost = await hub.person("france")

    with pytest.raises(Refused) as refusal:
        await divided(hub, coordinator, [ghana, peru], extra=ghost)

    assert refusal.value.code in {"wrong-readers", "wrong-wraps"}


def made(person: Person, channel: Channel) -> Any:
    state = person.member.state
    epoch = state.operation(channel.operation).channel(channel.id).epoch
    assert epoch is not None
    return epoch


def wrapped_for(person: Person, channel: Channel, secret: bytes) -> bytes:
    """A copy of `secret` that this person's key opens: anybody can make one."""
    state = person.member.state
    epoch = made(person, channel)
    info: dict[str, Json] = {
        **place_of(state, channel.operation, channel.id),
        "account": b64(person.account),
        "generation": 1,
        "commitment": b64(epoch.record.commitment),
    }
    return wrap(person.member.person.aek, secret, info)


async def divided(
    hub: Village,
    coordinator: Person,
    people: Sequence[Person],
    victim: Person | None = None,
    extra: Person | None = None,
) -> tuple[Channel, Sequence[bytes]]:
    """A channel whose first secret one reader gets in another version, or one person too many gets at all."""
    await hub.open(*people)
    await coordinator.member.sync()
    id_ = new_channel()
    state, operation = coordinator.member.state, hub.operation
    assert operation is not None
    audience: Json = {
        "scope": "accounts",
        "of": [b64(one) for one in sorted([coordinator.account, *(person.account for person in people)])],
    }
    change: Json = {**_mapping(opening(id_)), "audience": audience}
    from crypto.chain import chain_start
    from crypto.membership import apply

    alone = entry(coordinator, operation, [change])
    after = apply(state.operation(operation), state.directory.latest, alone.body, alone.signatures)
    directory = state.directory.latest
    listed = [(one, directory.accounts[one.account].aek) for one in readers(after, id_, directory)]
    if extra is not None:
        account = extra.member.person
        known = directory.accounts[account.id]
        listed.append((Reader(known.id, known.aik, known.generation, known.aek_hash), known.aek))
        listed.sort(key=lambda one: one[0].account)
    place = place_of(state, operation, id_)
    start = chain_start(state.keys.hub, operation, id_)
    record, wraps, _ = make_epoch(place, 1, listed, "Divided", (0, start), None)
    if victim is not None:
        at = next(i for i, (one, _) in enumerate(listed) if one.account == victim.account)
        [other] = make_wraps(place, record.commitment, [listed[at]], secrets.token_bytes(32))
        wraps = [*wraps[:at], other, *wraps[at + 1 :]]
        record = replace(record, wraps_hash=wraps_root([one for one, _ in listed], wraps))
    rows: Json = [[b64(one.account), one.generation, b64(w)] for (one, _), w in zip(listed, wraps, strict=True)]
    beside = join_parts([canon({"channel": b64(id_), "epoch": 1, "wraps": rows})])
    signed = entry(coordinator, operation, [change], [record])
    await state.hub.submit_entry(b64(operation), pack(b"", signed.body, b"", signed.signatures, beside))
    for one in (coordinator, *people):
        await one.member.sync()
    return Channel(operation, id_), wraps


def _mapping(value: Json) -> Mapping[str, Json]:
    assert isinstance(value, dict)
    return value
