"""
Reading a channel: fetch, judge, prove what came late, open (docs/spec/16-client.md).

What was sealed under an epoch that is known to be superseded, or by a device or member known to be gone, is believed on
first sight only with evidence of its place: a later epoch's maker had seen it, or the audit log proves that it stands
before the entry that ended it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crypto.encoding import ChannelId, OperationId, b64
from crypto.envelope import Header, read_header
from crypto.errors import CannotOpen, ProtocolError, WrongPlace
from crypto.packet import Packet
from crypto.sealing import open_message
from hub.client.api import Page
from hub.client.channel import ChannelView, Item, Times, check_allowed
from hub.client.epochs import epoch_secret
from hub.client.errors import Fault
from hub.client.state import State
from hub.client.sync import open_log, sync_directory, sync_operation

AT_ONCE = 8  # proofs asked for side by side


@dataclass(frozen=True, slots=True)
class End:
    """What ended an envelope's right to be there: the statement, and its leaf."""

    leaf: int
    statement: bytes
    epoch: int | None = None  # the superseding epoch, where it was one


async def update(state: State, operation: OperationId, channel: ChannelId) -> list[Item]:
    """Fetches, judges and opens what is new in a channel; compares with the pins. Returns the new items."""
    view = state.channel_view(operation, channel)
    fresh: list[Item] = []
    while True:
        page = await state.hub.envelopes(b64(operation), b64(channel), after=view.seq)
        await _keep_up(state, operation, page)
        fresh += await take_all(state, view, page.packets)
        if not page.more or not page.packets:
            break
    if page.last_seq is not None and view.seq < page.last_seq:
        raise Fault("gap", b64(channel))
    pin = state.pins.channels.get((operation, channel))
    if pin is not None:
        view.check_pin(pin)
    return await open_again(state, view) + fresh


async def take_all(state: State, view: ChannelView, packets: Sequence[Packet]) -> list[Item]:
    """Judges packets in order; a fault marks its own envelope and no other."""
    taken, view.unfinished = view.unfinished, []
    for packet in packets:
        item = view.take(packet, lambda leaf: state.as_of(view.operation, leaf))
        if item is not None:
            taken.append(item)
    try:
        proven = await _prove_late(state, view, taken)
        opened = [await _opened(state, view, item) for item in proven]
    except BaseException:  # whatever interrupts it, nothing half checked is shown: the next look finishes it
        view.unfinished += taken
        for item in taken:
            view.items[item.seq - 1] = item.marked("unproven")
        raise
    for item in opened:
        view.items[item.seq - 1] = item
        if item.fault is not None and item.packet is not None and item.fault.code != "not-a-reader":
            state.keep_evidence(item.fault, item.packet)
    return opened


async def _keep_up(state: State, operation: OperationId, page: Page) -> None:
    """An envelope can name newer heads than ours, or a newer epoch: first those."""
    for packet in page.packets:
        await keep_up_with(state, operation, packet)


async def keep_up_with(state: State, operation: OperationId, packet: Packet) -> None:
    """Brings directory and operation up to the heads that one envelope's author had verified."""
    try:
        header = read_header(packet.body)
    except ProtocolError:
        return  # it will be marked
    view = state.operations[operation]
    known = header.epoch <= 1 or (header.channel, header.epoch) in view.epochs
    if known and header.head.seq < view.size and header.directory_size <= state.directory.size:
        return
    await sync_directory(state)
    await sync_operation(state, operation)


# -- late arrivals -----------------------------------------------------------------------------------------------------


async def _prove_late(state: State, view: ChannelView, items: Sequence[Item]) -> list[Item]:
    pinned = state.pins.channels.get((view.operation, view.channel))
    seen_before = (
        0 if pinned is None or pinned.seq > view.seq or view.chains[pinned.seq] != pinned.chain else pinned.seq
    )
    limit = asyncio.Semaphore(AT_ONCE)

    async def judged(item: Item) -> Item:
        if item.fault is not None or item.header is None or item.seq <= seen_before:
            return item
        end = _end_of(state, item, item.header)
        if end is None or _anchored(state, view, item, end):
            return item
        async with limit:
            return await _proven(state, item, end)

    return list(await asyncio.gather(*(judged(item) for item in items)))


def _end_of(state: State, item: Item, header: Header) -> End | None:
    """The first known entry after which this envelope could no longer have been sent; None while it still could."""
    directory, operation = state.directory, state.operations[item.operation]
    following = operation.epochs.get((item.channel, header.epoch + 1))
    if following is not None and header.content is not None:
        return End(following.leaf, following.entry, header.epoch + 1)
    if _still(header, Times(directory.latest, operation.latest)):
        return None
    for leaf, statement in _entries_after(state, item):
        if not _still(header, Times(directory.as_of(leaf + 1), operation.as_of(leaf + 1))):
            return End(leaf, statement)
    return None


def _entries_after(state: State, item: Item) -> list[tuple[int, bytes]]:
    directory, operation = state.directory, state.operations[item.operation]
    entries = [(leaf, directory.history.id_at(seq)) for seq, leaf in enumerate(directory.leaves)]
    entries += [(leaf, after.head) for leaf, after in zip(operation.leaves, operation.states, strict=True)]
    return sorted(entry for entry in entries if entry[0] > item.leaf)


def _still(header: Header, times: Times) -> bool:
    try:
        check_allowed(header, times)
    except ProtocolError:
        return False
    return True


def _anchored(state: State, view: ChannelView, item: Item, end: End) -> bool:
    """Whether the maker of the superseding epoch had verified this very envelope: it signed the chain over it."""
    if end.epoch is None:
        return False
    record = state.operations[item.operation].epochs[item.channel, end.epoch].record
    return item.seq <= record.seen_seq <= view.seq and view.chains[record.seen_seq] == record.seen_chain


async def _proven(state: State, item: Item, end: End) -> Item:
    log = open_log(state)
    if item.leaf >= end.leaf:
        return item.marked("stale-epoch")
    try:
        await log.prove(item.leaf, item.id)
        await log.prove(end.leaf, end.statement)
    except Fault as fault:
        code = "unproven" if fault.code == "bad-proof" else fault.code
        return item.marked(code)
    return item


# -- opening -----------------------------------------------------------------------------------------------------------


async def open_again(state: State, view: ChannelView) -> list[Item]:
    """What waited for its secret and opens now: a new entry may have brought it."""
    size = state.operations[view.operation].size
    if not view.closed or view.tried_at == size:
        return []
    view.tried_at = size
    opened = [await _opened(state, view, item) for item in list(view.closed.values())]
    changed = [item for item in opened if item.seq not in view.closed]
    for item in changed:
        view.items[item.seq - 1] = item
    return changed


async def _opened(state: State, view: ChannelView, item: Item) -> Item:
    """The words of an envelope that holds; an acknowledgement has none."""
    header, packet = item.header, item.packet
    if item.fault is not None or header is None or packet is None or header.content is None:
        return item
    try:
        secret = await epoch_secret(state, item.operation, item.channel, header.epoch)
    except ProtocolError as error:
        view.closed[item.seq] = item
        return item.marked(error.code)
    view.closed.pop(item.seq, None)
    try:
        return replace(item, body=open_message(secret, packet.body, packet.beside).body)
    except CannotOpen:
        # The secret is the promised one: these words were sealed by another device or for another place.
        return item.marked(WrongPlace.code)
    except ProtocolError as error:
        return item.marked(error.code)
