"""Statements that no honest client makes, signed by people who turned: their real keys, their own hands."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crypto.acts import act_body
from crypto.changes import Author, audience_form
from crypto.directory import entry_body as directory_entry_body
from crypto.directory import entry_id as directory_entry_id
from crypto.encoding import ChannelId, Json, OperationId, b64, canon, id32, ids, parse, statement_id
from crypto.envelope import envelope_id, header_body
from crypto.epochs import EpochRecord, Reader
from crypto.membership import entry_body, entry_id, readers
from crypto.packet import Packet, join_parts
from crypto.sealing import make_epoch, seal_message
from crypto.signing import SigningKey
from hub.client import governance
from hub.client.epochs import epoch_secret, place_of
from hub.client.state import now
from tests.hostile.malicious import Packets, moved, place, stands_in
from tests.people import Channel, Person, Village

YEAR = 365 * 24 * 3_600_000


# -- entries of an operation -------------------------------------------------------------------------------------------


def entry(
    by: Person,
    within: bytes,
    changes: Sequence[Json] = (),
    epochs: Sequence[EpochRecord] = (),
    *,
    signer: SigningKey | None = None,
    body: Callable[[bytes], bytes] = lambda honest: honest,
    context: str = "entry",
    **other: Any,
) -> Packet:
    """What comes after the operation's head as `by` knows it; `body` rewrites the bytes before they are signed."""
    state = by.member.state
    before, directory = state.operation(OperationId(within)), state.directory.latest
    parts: dict[str, Any] = {
        "hub": state.keys.hub,
        "operation": within,
        "seq": before.seq + 1,
        "prev": before.head,
        "directory_size": directory.size,
        "directory_head": directory.head,
        "by": [Author(by.member.account, state.keys.device_id)],
        "at": max(now(), before.at),
    } | other
    made = body(entry_body(changes=changes, epochs=epochs, **parts))
    signature = (signer or state.keys.device).sign(context, made)
    leaf = max(state.operations[OperationId(within)].leaves[-1], state.directory.leaves[-1]) + 1
    told = {"stream": b64(within), "kind": "operation", "seq": parts["seq"], "leaf": leaf, "at": now()}
    return Packet(canon(told), made, b"", (signature,), b"")


def admitting(person: Person, role: str = "contact", compartments: Sequence[str] = ("general",)) -> Json:
    certified = person.member.person
    return {
        "change": "member.admit",
        "account": b64(certified.id),
        "aik": b64(certified.aik),
        "role": role,
        "compartments": list(compartments),
    }


def promoting(person: Person, role: str = "coordinator", compartments: Sequence[str] = ("general",)) -> Json:
    change: Json = {
        "change": "member.change",
        "account": b64(person.account),
        "role": role,
        "compartments": list(compartments),
    }
    return change


def opening(channel: bytes) -> Json:
    return {
        "change": "channel.open",
        "channel": b64(channel),
        "type": "all",
        "compartment": "general",
        "audience": audience_form("all"),
        "history": "all",
    }


async def several_channels(hub: Village, labels: Sequence[str], *readers_: Person) -> dict[str, Channel]:
    """Channels that the coordinator and `readers_` read, all in one commit."""
    coordinator = await hub.person("coordinator")
    operation = await hub.open(*readers_)
    of = sorted({coordinator.account, *(one.account for one in readers_)})
    found = {label: Channel(operation, new_channel()) for label in labels}
    changes = [governance.open_channel(one.id, "all", "general", "accounts", of, "all") for one in found.values()]
    await coordinator.member.commit(operation, *changes, labels={one.id: label for label, one in found.items()})
    for one in readers_:
        await one.member.sync()
    return found


Chosen = list[tuple[Reader, bytes]]


async def next_epoch(
    by: Person,
    channel: Channel,
    readers_of: Callable[[Chosen], Chosen] = lambda honest: honest,
    label: str = "Medicines",
) -> tuple[Packet, bytes]:
    """A new secret for readers that `by` chooses, not the rules; and the copies that travel beside it."""
    state = by.member.state
    operation, directory = state.operation(channel.operation), state.directory.latest
    found = [(one, directory.accounts[one.account].aek) for one in readers(operation, channel.id, directory)]
    chosen = sorted(readers_of(found), key=lambda one: one[0].account)
    epoch = operation.channel(channel.id).epoch
    assert epoch is not None
    former = (epoch.number, await epoch_secret(state, channel.operation, channel.id, epoch.number))
    view = state.channels[channel.id]
    place_ = place_of(state, channel.operation, channel.id)
    record, wraps, _ = make_epoch(place_, epoch.number + 1, chosen, label, (view.seq, view.chain), former)
    rows: Json = [[b64(one.account), one.generation, b64(w)] for (one, _), w in zip(chosen, wraps, strict=True)]
    beside = join_parts([canon({"channel": b64(channel.id), "epoch": record.epoch, "wraps": rows})])
    return entry(by, channel.operation, epochs=[record]), beside


# -- envelopes ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Pen:
    """Somebody's envelopes for one channel, made beside their client. `last` is (number, id) of the one before."""

    by: Person
    channel: Channel
    secret: bytes
    last: tuple[int, bytes] | None = None

    def envelope(
        self,
        words: str,
        *,
        signer: SigningKey | None = None,
        body: Callable[[bytes], bytes] = lambda honest: honest,
        beside: bytes | None = None,
        context: str = "envelope",
        parts: dict[str, Json] | None = None,
    ) -> Packet:
        """The next envelope as `by` knows the channel; `parts` replaces what its header says."""
        member = self.by.member
        view = member.state.channels[self.channel.id]
        latest = member.state.operation(self.channel.operation)
        epoch = latest.channel(self.channel.id).epoch
        known = view.spoken.get(member.state.keys.device_id)
        last = self.last or ((known.seq, known.id) if known else (0, None))
        header: dict[str, Json] = {
            **ids(
                hub=member.state.keys.hub,
                kind="post",
                operation=self.channel.operation,
                channel=self.channel.id,
                epoch=0 if epoch is None else epoch.number,
                id=secrets.token_bytes(16),
                account=member.account,
                device=member.state.keys.device_id,
                device_seq=last[0] + 1,
                device_prev=last[1],
                at=now(),
            ),
            "head": ids(seq=latest.seq, id=latest.head),
            "directory": {"size": member.state.directory.size},
            "seen": ids(seq=view.seq, chain=view.chain),
            **(parts or {}),
        }
        told = {"text": words, "language": "en"}
        made, sealed = seal_message(self.secret, header, told, secrets.token_bytes(32), secrets.token_bytes(12))
        made = body(made)
        signature = (signer or member.state.keys.device).sign(context, made)
        where = {
            "stream": b64(self.channel.id),
            "kind": "channel",
            "seq": view.seq + 1,
            "leaf": max(view.leaf, member.state.operations[self.channel.operation].leaves[-1]) + 1,
            "at": now(),
        }
        return Packet(canon(where), made, b"", (signature,), sealed if beside is None else beside)


async def pen(by: Person, channel: Channel) -> Pen:
    """Where `by` can read: with the channel's secret at hand."""
    await by.read(channel)
    state = by.member.state
    epoch = state.operation(channel.operation).channel(channel.id).epoch
    assert epoch is not None
    return Pen(by, channel, await epoch_secret(state, channel.operation, channel.id, epoch.number))


def stolen(packet: Packet, thief: Person, number: int = 1, before: bytes | None = None) -> Packet:
    """Another's envelope with its author's name struck out, the thief's put in, and the thief's signature."""
    header = parse(packet.body)
    keys = thief.member.state.keys
    header |= ids(account=thief.account, device=keys.device_id, device_seq=number, device_prev=before)
    header["id"] = b64(secrets.token_bytes(16))
    body = header_body(header)
    return Packet(packet.place, body, b"", (keys.device.sign("envelope", body),), packet.beside)


# -- acts of the directory ---------------------------------------------------------------------------------------------


def rechained(packets: Packets) -> Packets:
    """Directory entries written anew, so that each holds the act beside it and follows the one before: a hub can."""
    chained: Packets = []
    for packet in packets:
        if place(packet)["kind"] != "directory" or place(packet)["seq"] == 0 or not chained:
            chained.append(packet)
            continue
        value = parse(packet.body)
        before = directory_entry_id(chained[-1].body)
        body = directory_entry_body(
            id32(value["hub"]),
            value["seq"],
            before,
            statement_id("act", packet.act),  # type: ignore[arg-type]
        )
        chained.append(replace(packet, body=body))
    return chained


def altered_act(type: str, change: Callable[[dict[str, Any]], None]) -> Callable[[Packets], Packets]:
    """A hub that rewrites acts of one type and makes everything after them fit; the signatures stay as they were."""

    def alter(packets: Packets) -> Packets:
        found = []
        for packet in packets:
            if packet.act and place(packet)["seq"] > 0 and parse(packet.act)["type"] == type:
                value = parse(packet.act)
                change(value)
                packet = replace(packet, act=canon(value))
            found.append(packet)
        return rechained(found)

    return alter


def act_after(hub: Village, packets: Packets, act: bytes, signatures: Sequence[bytes]) -> Packets:
    """A list of the directory with one more act behind its end."""
    mine = [one for one in packets if place(one)["kind"] == "directory"]
    if not mine:
        return packets
    last = mine[-1]
    value = place(last)
    body = directory_entry_body(hub.id, value["seq"] + 1, directory_entry_id(last.body), statement_id("act", act))
    told = canon({**value, "seq": value["seq"] + 1, "leaf": value["leaf"] + 1})
    at = packets.index(last) + 1
    return [*packets[:at], Packet(told, body, act, tuple(signatures), b""), *packets[at:]]


def by_administrators(hub: Village, type: str, count: int = 1, **parts: Json) -> tuple[bytes, list[bytes]]:
    """An act with the administrators' real signatures."""
    signers = sorted(hub.keys[:count], key=lambda one: one.id)
    n = next(iter(hub.people.values())).member.state.directory.latest.next_n([one.id for one in signers])
    body = act_body(hub=hub.id, type=type, by=[one.id for one in signers], n=n, expires=now() + YEAR, **parts)
    return body, [one.key.sign("act", body) for one in signers]


# -- what a hub does with them -----------------------------------------------------------------------------------------


def behind(stream: bytes, forged: Packet) -> Callable[[Packets], Packets]:
    """Puts a forged statement behind the one before it, in the place of what an honest hub holds there."""
    seq = place(forged)["seq"]

    def insert(packets: Packets) -> Packets:
        found: Packets = []
        given = False
        for packet in packets:
            number = place(packet)["seq"] if stands_in(packet, b64(stream)) else None
            if number is None or number < seq:
                found.append(packet)
            if number in {seq - 1, seq} and not given:
                leaf = max(place(forged)["leaf"], place(packet)["leaf"] + (number == seq - 1))
                found.append(moved(forged, leaf=leaf))
                given = True
        return found

    return insert


def renumbered(packets: Packets, stream: bytes) -> Packets:
    """One stream's statements with numbers and log places that run on without a hole."""
    mine = [one for one in packets if stands_in(one, b64(stream))]
    places = sorted((place(one)["seq"], place(one)["leaf"]) for one in mine)
    numbers = iter(range(places[0][0], places[0][0] + len(mine))) if mine else iter(())
    leaves = iter(leaf for _, leaf in places)
    return [moved(one, seq=next(numbers), leaf=next(leaves)) if one in mine else one for one in packets]


def id_of(packet: Packet) -> bytes:
    """The statement's id."""
    return envelope_id(packet.body) if place(packet)["kind"] == "channel" else entry_id(packet.body)


def rewritten(text: Callable[[str], str]) -> Callable[[bytes], bytes]:
    """Bytes with their JSON text changed by hand."""
    return lambda body: text(body.decode()).encode()


def with_keys_reversed(body: bytes) -> bytes:
    """The same JSON value with its fields in another order."""
    value = json.loads(body)
    return json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False).encode()


def new_channel() -> ChannelId:
    return ChannelId(secrets.token_bytes(16))
