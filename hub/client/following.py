"""What is new, as it comes: live packets through the same verification as everything else (docs/api.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from crypto.encoding import ChannelId, OperationId, b64, unb64
from crypto.errors import ProtocolError
from crypto.membership import readers
from crypto.packet import Packet
from hub.client.channel import Item
from hub.client.errors import Fault, Frozen
from hub.client.live import Cursors, Heard, Live
from hub.client.places import place_of
from hub.client.reading import keep_up_with, open_again, take_all, update
from hub.client.serving import Attendant
from hub.client.standing import OperationView
from hub.client.state import State
from hub.client.sync import save_pins, sync_directory, sync_operation, take_directory, take_entry


@dataclass(frozen=True, slots=True)
class Event:
    """A verified or marked item, a fault of more than one, or a word on the line: connected, current, waiting."""

    word: str
    item: Item | None = None
    fault: Fault | None = None
    way: str = ""


async def follow(state: State) -> AsyncIterator[Event]:
    """For ever. What was missed meanwhile comes first; nothing is told twice."""
    live = Live(state.hub, lambda: cursors(state))
    async with Attendant(state) as attendant:
        async for heard in live.follow():
            before = _governed(state)
            for event in await _events(state, heard):
                yield event
            new = _unsubscribed(state)
            for operation, channel in new:
                state.channel_view(operation, channel)
            if new:
                await live.subscribe()
            if heard.word == "connected" or _governed(state) != before:
                attendant.look()


def _governed(state: State) -> int:
    """Grows with every entry that may change who reads what."""
    return state.directory.size + sum(view.size for view in state.operations.values())


def cursors(state: State) -> Cursors:
    """What is held of everything that this member reads."""
    held = Cursors(state.directory.size - 1)
    for operation, view in state.operations.items():
        if view.states:
            held.operations[b64(operation)] = view.size - 1
    for operation, channel in _readable(state):
        held.channels[b64(operation), b64(channel)] = state.channel_view(operation, channel).seq
    return held


def _readable(state: State) -> list[tuple[OperationId, ChannelId]]:
    directory = state.directory.latest
    return [
        (operation, channel)
        for operation, view in state.operations.items()
        if view.states and view.frozen is None
        for channel, place in view.latest.channels.items()
        if place.open and any(one.account == state.account for one in readers(view.latest, channel, directory))
    ]


def _unsubscribed(state: State) -> list[tuple[OperationId, ChannelId]]:
    return [place for place in _readable(state) if place[1] not in state.channels]


async def _events(state: State, heard: Heard) -> list[Event]:
    if heard.word == "behind":
        channel = ChannelId(unb64(str(heard.more["channel"]), 16))
        view = state.channels[channel]
        return [Event("item", item) for item in await update(state, view.operation, channel)]
    if heard.word != "packets":
        return [Event(heard.word, way=str(heard.more.get("way", "")))]
    found: list[Event] = []
    for packet in heard.packets:
        try:
            found += [Event("item", item) for item in await _taken(state, packet)]
        except Fault as fault:
            found.append(Event("fault", fault=fault))
        except ProtocolError as error:
            found.append(Event("fault", fault=Fault.of(error)))
    save_pins(state)
    return found


async def _taken(state: State, packet: Packet) -> list[Item]:
    place = place_of(packet)
    match place.kind:
        case "directory":
            if place.seq > state.directory.size:
                await sync_directory(state)
            take_directory(state, packet)
            return []
        case "operation":
            return await _entry(state, OperationId(unb64(place.stream, 32)), packet, place.seq)
        case "channel":
            return await _envelope(state, ChannelId(unb64(place.stream, 16)), packet)
        case _:
            raise Fault("malformed", "place")


async def _entry(state: State, operation: OperationId, packet: Packet, seq: int) -> list[Item]:
    """Takes it, and gives what it brought the secret of."""
    view = state.operations.setdefault(operation, OperationView(operation))
    if seq > view.size:
        await sync_operation(state, operation)
    await take_entry(state, view, packet)
    waiting = [one for one in state.channels.values() if one.operation == operation and one.closed]
    return [item for one in waiting for item in await open_again(state, one)]


async def _envelope(state: State, channel: ChannelId, packet: Packet) -> list[Item]:
    operation = next(
        (id_ for id_, view in state.operations.items() if view.states and channel in view.latest.channels), None
    )
    if operation is None:
        await sync_directory(state)
        raise Frozen("wrong-place", b64(channel))
    await keep_up_with(state, operation, packet)
    view = state.channel_view(operation, channel)
    if place_of(packet).seq > view.seq + 1:
        return await update(state, operation, channel)
    return await take_all(state, view, [packet])
