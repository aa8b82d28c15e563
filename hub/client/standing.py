"""
The chains as this member has verified them, each state with its place in the log (docs/spec/16-client.md).

An envelope is judged by the states as of its leaf, never by what it claims about them.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import NoReturn

from crypto.chain import Pin, check_not_rolled_back
from crypto.changes import Entry, Grants, WrapBad
from crypto.directory import DirectoryHistory
from crypto.encoding import ChannelId, HubId, OperationId, b64
from crypto.epochs import EpochRecord, Reader
from crypto.errors import NotNext, ProtocolError, WrongHub, WrongPlace
from crypto.membership import Operation, apply, check_at_its_place, entry_id, granted_readers, read_entry
from crypto.packet import Packet
from crypto.people import Directory
from hub.client.errors import Fault, Frozen
from hub.client.places import place_of


class DirectoryView:
    """The directory chain of the hub that this profile was made for, and no other."""

    def __init__(self, hub: HubId) -> None:
        self.hub = hub
        self.history = DirectoryHistory()
        self.leaves: list[int] = []

    @property
    def size(self) -> int:
        return self.history.size

    @property
    def latest(self) -> Directory:
        return self.history.latest

    def take(self, packet: Packet) -> bool:
        """One more entry; False for one that is held. Raises Frozen, and stands still, where it may not stand."""
        place = place_of(packet)
        seq, leaf = place.seq, place.leaf
        if seq < self.size:
            return False
        if seq > self.size:
            raise Fault("gap", f"directory {seq}")
        try:
            if self.leaves and leaf <= self.leaves[-1]:
                raise Fault("not-next", f"directory {seq}")
            state = self.history.append(packet.body, packet.act, packet.signatures)
            if state.hub != self.hub:
                raise WrongHub("another hub's directory")
        except ProtocolError as error:
            raise Frozen(error.code, f"directory {seq}") from error
        self.leaves.append(leaf)
        return True

    def check_pin(self, pin: Pin) -> None:
        """Raises Fault rolled-back or forked where the hub shows less or something else than before."""
        try:
            check_not_rolled_back(pin, self.size, self.history.id_at)
        except ProtocolError as error:
            raise Fault.of(error, "directory") from error

    @property
    def pin(self) -> Pin:
        return Pin(self.size, self.latest.head)

    def as_of(self, leaf: int) -> Directory:
        """The directory as it stood when `leaf` was written."""
        return self.history.at(max(1, bisect_left(self.leaves, leaf)))

    def leaf_of(self, seq: int) -> int:
        """Where entry `seq` stands in the log."""
        return self.leaves[seq]


@dataclass(frozen=True, slots=True)
class Made:
    """An epoch as the chain holds it, and where: the leaf from which on the former one is superseded."""

    record: EpochRecord
    readers: tuple[Reader, ...]
    leaf: int
    entry: bytes


class OperationView:
    """One operation's chain, replayed; it stands still at the first entry that may not stand."""

    def __init__(self, operation: OperationId) -> None:
        self.operation = operation
        self.states: list[Operation] = []
        self.entries: list[Entry] = []
        self.leaves: list[int] = []
        self.epochs: dict[tuple[ChannelId, int], Made] = {}
        self.granted: dict[tuple[ChannelId, int], tuple[Reader, ...]] = {}
        self.grant_hashes: set[tuple[ChannelId, int, bytes]] = set()
        self.bad: set[tuple[ChannelId, int]] = set()  # epochs that a reader reported
        self.frozen: Frozen | None = None

    @property
    def size(self) -> int:
        return len(self.states)

    @property
    def latest(self) -> Operation:
        return self.states[-1]

    def take(self, packet: Packet, directory: DirectoryView) -> bool:
        """
        One more entry; False for one that is held already.

        Raises Frozen for one that may not stand, and from then on for everything: an entry is never skipped. Nothing
        changes with the code unknown-version either, but then an update helps.
        """
        if self.frozen is not None:
            raise self.frozen
        place = place_of(packet)
        seq, leaf = place.seq, place.leaf
        if seq < self.size:
            if entry_id(packet.body) != self.states[seq].head:
                self._freeze("forked", seq)
            return False
        if seq > self.size:
            raise Fault("gap", f"{b64(self.operation)} {seq}")
        try:
            entry = read_entry(packet.body)
            named = directory.history.at(entry.directory_size)
            state = apply(self.latest if self.states else None, named, packet.body, packet.signatures)
            if state.id != self.operation:
                raise WrongPlace("another operation's entry")
            if self.leaves and leaf <= self.leaves[-1]:
                raise NotNext("an entry whose leaf stands before the one it follows")
            if named.size > 1 and directory.leaf_of(named.size - 1) >= leaf:
                raise WrongPlace("an entry that stands before the directory that it names")
            check_at_its_place(self.latest if self.states else None, entry, directory.as_of(leaf))
        except ProtocolError as error:
            self._freeze(error.code, seq)
        self.states.append(state)
        self.entries.append(entry)
        self.leaves.append(leaf)
        for record in entry.epochs:
            epoch = state.channels[record.channel].epoch
            if epoch is not None:
                self.epochs[record.channel, record.epoch] = Made(record, epoch.readers, leaf, state.head)
        for change in entry.changes:
            if isinstance(change, WrapBad):
                self.bad.add((change.channel, change.epoch))
            if isinstance(change, Grants):
                epoch_of = (change.channel, change.epoch)
                self.granted[epoch_of] = self.granted.get(epoch_of, ()) + granted_readers(state, change)
                self.grant_hashes.add((*epoch_of, change.wraps_hash))
        return True

    def _freeze(self, code: str, seq: int) -> NoReturn:
        self.frozen = Frozen(code, f"{b64(self.operation)} {seq}")
        raise self.frozen

    def check_pin(self, pin: Pin) -> None:
        """Raises Fault rolled-back or forked where the hub shows less or something else than before."""
        try:
            check_not_rolled_back(pin, self.size, lambda seq: self.states[seq].head)
        except ProtocolError as error:
            self._freeze(error.code, self.size)

    @property
    def pin(self) -> Pin:
        return Pin(self.size, self.latest.head)

    def head_at(self, seq: int) -> bytes | None:
        """The id of the entry at `seq`; None beyond what was verified."""
        return self.states[seq].head if seq < self.size else None

    def as_of(self, leaf: int) -> Operation:
        """The operation as it stood when `leaf` was written. Raises Fault wrong-place before its first entry."""
        size = bisect_left(self.leaves, leaf)
        if size == 0:
            raise Fault("wrong-place", b64(self.operation))
        return self.states[size - 1]
