"""Brings the verified state up to the hub's, and refuses what goes back behind the pins (docs/spec/16-client.md)."""

from __future__ import annotations

import asyncio

from crypto.encoding import OperationId, b64, unb64
from crypto.errors import CannotOpen, ProtocolError
from crypto.packet import Packet
from hub.client import files
from hub.client.errors import N_, Damaged, Fault, Frozen, Refused
from hub.client.log import Checkpoint, LogView
from hub.client.pins import NAME, Pins, read_pins, record_name
from hub.client.standing import OperationView
from hub.client.state import State

CONFLICTS = 5  # times the pins are merged with a faster device before giving up
LOCAL = "local-pins"


async def sync(state: State) -> list[Frozen]:
    """
    Directory, then each operation of this account, then the log's proof of their heads.

    Raises Fault where the directory itself doesn't hold: then nothing else is believed. Operations that stand still are
    returned; the others go on.
    """
    await sync_directory(state)
    state.directory.check_pin(state.pins.directory)
    listed = await state.hub.operations()
    known = {OperationId(unb64(one["operation"], 32)) for one in listed}
    frozen: list[Frozen] = []
    for operation in sorted(known | state.operations.keys() | state.pins.operations.keys()):
        try:
            await sync_operation(state, OperationId(operation))
        except Frozen as fault:
            frozen.append(fault)
    await prove_heads(state)
    save_pins(state)
    return frozen


async def sync_directory(state: State) -> None:
    """Fetches and verifies what is new in the directory."""
    async for packet in state.hub.directory(state.directory.size - 1):
        take_directory(state, packet)
    if state.directory.size == 0:
        raise Fault("gap", "directory 0")


def take_directory(state: State, packet: Packet) -> bool:
    """One directory entry; the bytes of one that may not stand are kept as evidence."""
    try:
        return state.directory.take(packet)
    except Frozen as fault:
        state.keep_evidence(fault, packet)
        raise


async def sync_operation(state: State, operation: OperationId) -> OperationView:
    """Fetches and verifies what is new in one operation. Raises Frozen where it stands still."""
    view = state.operations.setdefault(operation, OperationView(operation))
    async for packet in state.hub.entries(b64(operation), view.size - 1):
        await take_entry(state, view, packet)
    if operation in state.pins.operations:
        view.check_pin(state.pins.operations[operation])
    return view


async def take_entry(state: State, view: OperationView, packet: Packet) -> bool:
    """One entry of an operation; first the directory it names, where that is newer than ours."""
    try:
        return view.take(packet, state.directory)
    except Frozen as fault:
        if fault.code != "wrong-place" or not await _directory_grew(state):
            state.keep_evidence(fault, packet)
            raise
        view.frozen = None
        return await take_entry(state, view, packet)


async def _directory_grew(state: State) -> bool:
    before = state.directory.size
    await sync_directory(state)
    return state.directory.size > before


# -- the log -----------------------------------------------------------------------------------------------------------


def open_log(state: State) -> LogView:
    """The log as the genesis names it, from the pinned checkpoint on."""
    if state.log is None:
        genesis = state.directory.latest.genesis
        log = LogView(state.hub, genesis.log_origin, genesis.log_key)
        if state.pins.checkpoint is not None:
            try:
                log.pinned = log.read(state.pins.checkpoint)
            except ProtocolError as error:
                raise Fault.of(error, "pinned checkpoint") from error
        state.log = log
    return state.log


async def prove_heads(state: State) -> Checkpoint:
    """The newest checkpoint continues the pinned one, and the heads that this member relies on stand under it."""
    log = open_log(state)
    checkpoint = await log.refresh()
    heads = [(state.directory.leaf_of(state.directory.size - 1), state.directory.latest.head)]
    heads += [
        (view.leaves[-1], view.latest.head) for view in state.operations.values() if view.states and view.frozen is None
    ]
    await asyncio.gather(*(log.prove(leaf, head) for leaf, head in heads))
    return checkpoint


# -- the pins ----------------------------------------------------------------------------------------------------------


def collect_pins(state: State) -> None:
    """What was verified since goes into the pins; they never shrink."""
    pins = state.pins
    # Of others the chain tells everything; one's own numbers must never be used twice, whatever the hub shows.
    own = _own_devices(state) if state.directory.size else set()
    if state.directory.size:
        pins.directory = state.directory.pin
    for operation, view in state.operations.items():
        if view.states and view.frozen is None:
            pins.operations[operation] = view.pin
    for channel, seen in state.channels.items():
        place = (seen.operation, channel)
        if seen.seq and (place not in pins.channels or pins.channels[place].seq < seen.seq):
            pins.channels[place] = seen.pin
            pins.spoken.update({(channel, device): last for device, last in seen.spoken.items() if device in own})
    if state.log is not None and state.log.pinned is not None:
        pins.checkpoint = state.log.pinned.note


def _own_devices(state: State) -> set[bytes]:
    return {id_ for id_, device in state.directory.latest.devices.items() if device.account == state.account}


def save_pins(state: State) -> None:
    """Onto this device's disk, sealed, a part on each line."""
    collect_pins(state)
    sealed = [state.keys.seal(LOCAL, 1, part.form()) for part in state.pins.parts()]
    files.write(state.folder / "pins.sealed", "\n".join(sealed).encode())


def load_pins(state: State) -> None:
    """From this device's disk. A file that doesn't open is a fault, never taken for a first start."""
    path = state.folder / "pins.sealed"
    if not path.exists():
        return
    try:
        for sealed in files.read(path).decode().split("\n"):
            state.pins.merge(read_pins(state.keys.open(LOCAL, 1, sealed)))
    except (CannotOpen, ValueError) as error:
        raise Damaged(
            N_(
                "What this device had verified can't be read any more: {path} was altered. "
                "Keep the file and tell your coordinator."
            ),
            path=path,
        ) from error


async def fetch_pins(state: State) -> None:
    """Takes over what the same person verified on another device."""
    for record in await state.hub.private_records():
        name, version = str(record["record"]), int(record["version"])
        if NAME.fullmatch(name):
            state.pins_versions[name] = version
            state.pins.merge(read_pins(state.keys.open(name, version, record["sealed"])))


async def store_pins(state: State) -> None:
    """Lets the person's other devices know; merges with one that was faster."""
    save_pins(state)
    for _ in range(CONFLICTS):
        try:
            # The last part first: rows only ever move on to a later one, so an end in between loses none.
            for part, pins in reversed(list(enumerate(state.pins.parts()))):
                await _store(state, record_name(part), pins)
        except Refused as error:
            if error.code != "conflict":
                raise
            await fetch_pins(state)
        else:
            return


async def _store(state: State, name: str, pins: Pins) -> None:
    version = state.pins_versions.get(name, 0) + 1
    await state.hub.put_private(name, version, state.keys.seal(name, version, pins.form()))
    state.pins_versions[name] = version
