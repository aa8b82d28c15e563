"""
What channels need of any of their readers, done without asking: secrets checked, bad ones reported, new ones made,
people who wait for one served (docs/spec/10-epochs.md).

A hundred clients see the same need at once. Coordinators' go first, the others wait for a while that is never the same
twice, and everybody looks again before doing anything: whoever was slower finds it done.
"""

from __future__ import annotations

import asyncio
import random

from crypto.encoding import ChannelId, OperationId
from crypto.errors import ProtocolError
from crypto.membership import Operation, epoch_needed, readers, served_again
from hub.client.epochs import check_sound
from hub.client.errors import Fault, Refused, Unreachable
from hub.client.governance import commit, report_bad
from hub.client.state import State, now
from hub.client.sync import sync_directory, sync_operation

COORDINATORS_WAIT = (0.2, 2.0)  # seconds, from and to
READERS_WAIT = (3.0, 20.0)


async def serve(state: State, *, patiently: bool = False) -> int:
    """
    Does in every operation what this member may do for the others; the number of channels that needed something.

    `patiently` leaves the first move to coordinators. A need that can't be met here stays for another reader.
    """
    served = 0
    for operation, view in list(state.operations.items()):
        if not view.states or view.frozen is not None:
            continue
        await _report_bad(state, operation)
        if not _needy(state, operation):
            continue
        if patiently:
            await asyncio.sleep(random.uniform(*_wait(state, state.operation(operation))))
            await sync_directory(state)
            await sync_operation(state, operation)
        needy = _needy(state, operation)
        if needy:
            await commit(state, operation, [], only=needy)
            served += len(needy)
    return served


class Attendant:
    """Serves in the background while somebody follows; `look` after each change of who reads what."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Attendant:
        self._task = asyncio.create_task(self._attend(), name="attendant")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def look(self) -> None:
        """Something may be needed now."""
        self._changed.set()

    async def _attend(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await serve(self._state, patiently=True)
            except (Fault, Refused, Unreachable):
                continue  # whoever sends next meets the same need, and is told


def _needy(state: State, operation: OperationId) -> set[ChannelId]:
    """Channels that this member reads and whose secret has to be made, renewed or granted."""
    latest, directory = state.operation(operation), state.directory.latest
    return {
        channel
        for channel, place in latest.channels.items()
        if place.open
        and _reads(state, latest, channel)
        and (epoch_needed(latest, channel, directory, now()) or served_again(latest, channel, directory))
    }


async def _report_bad(state: State, operation: OperationId) -> None:
    """Opens each current epoch once; one whose maker signed what doesn't open is reported, once."""
    for channel, place in state.operation(operation).channels.items():
        epoch = place.epoch
        if epoch is None or not place.open or not _reads(state, state.operation(operation), channel):
            continue
        if epoch.bad or not any(reader.account == state.account for reader in epoch.holders):
            continue
        try:
            await check_sound(state, operation, channel, epoch.number)
        except ProtocolError:
            if (channel, epoch.number) in state.unopened:
                await _report(state, operation, channel, epoch.number)


async def _report(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> None:
    try:
        await commit(state, operation, [report_bad(channel, epoch)], only=())
    except Fault:
        return  # another reader was faster, or this one has reported too often: either way it is known


def _reads(state: State, latest: Operation, channel: ChannelId) -> bool:
    return any(one.account == state.account for one in readers(latest, channel, state.directory.latest))


def _wait(state: State, latest: Operation) -> tuple[float, float]:
    member = latest.members.get(state.account)
    return COORDINATORS_WAIT if member is not None and member.role == "coordinator" else READERS_WAIT
