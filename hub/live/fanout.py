"""Who listens to which stream, and the bytes of each commit on their way to all of them (docs/api.md, live)."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import groupby

from crypto.encoding import b64, unb64
from hub.access.actor import Actor
from hub.journal.records import Committed, StatementDraft
from hub.journal.wire import packet_of
from hub.live import frames
from hub.live.visibility import Visibility
from hub.live.wire import After


class Receiver(ABC):
    """
    One connection's place in each stream that it listens to.

    `cursors[stream]` is the last place sent. A stream in `behind` isn't sent live: the receiver reads it from the
    journal until it stands at the end again. So a slow connection costs a number, not a queue of copies.
    """

    def __init__(self, account: bytes, device: bytes, actor: Actor) -> None:
        self.account = account
        self.device = device
        self.device_name = b64(device)
        self.actor = actor
        self.cursors: dict[bytes, int] = {}
        self.operation_of: dict[bytes, bytes] = {}
        self.behind: dict[bytes, None] = {}

    @abstractmethod
    def take(self, stream: bytes, first: int, last: int, frame: bytes) -> None:
        """Sends a frame with the places `first` to `last`, or remembers that the stream is behind. Must not wait."""

    @abstractmethod
    def fell_behind(self, stream: bytes) -> None:
        """There is something to read for `stream`."""

    @abstractmethod
    def end(self, code: str) -> None:
        """Nothing more may be sent; says why and closes."""


class Fanout:
    """
    Listeners by stream. Called by the journal after each commit, when the rooms above have taken it in.

    `hub` is the directory's stream.
    """

    def __init__(self, hub: bytes, visibility: Visibility) -> None:
        self._hub = hub
        self._visibility = visibility
        self._streams: dict[bytes, dict[Receiver, None]] = {}
        self._online: dict[bytes, list[str]] = {}
        self._turn = 0
        self.heads: dict[bytes, int] = {}
        self.receivers: dict[Receiver, None] = {}

    def devices_online(self, stream: bytes) -> Sequence[str]:
        """The devices that listen to a stream now, for the leaf of an offer."""
        found = self._online.get(stream)
        if found is None:
            found = sorted({receiver.device_name for receiver in self._streams.get(stream, ())})
            self._online[stream] = found
        return found

    def enter(self, receiver: Receiver) -> None:
        """From now on it is asked whether the receiver may still be there."""
        self.receivers[receiver] = None

    def leave(self, receiver: Receiver) -> None:
        """Forgets a receiver altogether."""
        self.receivers.pop(receiver, None)
        for stream in list(receiver.cursors):
            self.drop(receiver, stream)

    def subscribe(self, receiver: Receiver, after: After) -> None:
        """
        Directory and every operation of the account, from the places named or from the beginning, and those of the
        named channels that the account may read. What it may not see is passed over as if it weren't there.
        """
        if after.directory is not None or self._hub not in receiver.cursors:
            self._join(receiver, self._hub, -1 if after.directory is None else after.directory)
        named = {unb64(operation): seq for operation, seq in after.operations}
        for operation in self._visibility.operations_of(receiver.account):
            if operation in named or operation not in receiver.cursors:
                self._join(receiver, operation, named.get(operation, -1))
        for operation_name, channel_name, seq in after.channels:
            operation, channel = unb64(operation_name), unb64(channel_name)
            if self._visibility.may_read_channel(receiver.account, operation, channel):
                receiver.operation_of[channel] = operation
                self._join(receiver, channel, seq)

    def drop(self, receiver: Receiver, stream: bytes) -> None:
        """The receiver gets nothing of this stream any more."""
        receiver.cursors.pop(stream, None)
        receiver.behind.pop(stream, None)
        receiver.operation_of.pop(stream, None)
        listeners = self._streams.get(stream)
        if listeners is not None:
            listeners.pop(receiver, None)
            if not listeners:
                del self._streams[stream]
        self._online.pop(stream, None)

    def deliver(self, committed: Sequence[Committed]) -> None:
        """
        A listener of the journal: each stream's new statements in one frame, built once, in turn to each receiver.

        Nobody is always the first or always the last: the order begins one further each time.
        """
        governance = False
        stated = [entry for entry in committed if entry.record.statement is not None]
        for stream, batch in groupby(sorted(stated, key=_stream), key=_stream):
            entries = list(batch)
            last = entries[-1].receipt.seq
            first = entries[0].receipt.seq
            assert first is not None
            assert last is not None
            self.heads[stream] = last
            governance = governance or _draft(entries[0]).kind != "channel"
            listeners = self._streams.get(stream)
            if listeners:
                frame = frames.binary(b"".join([packet_of(entry) for entry in entries]))
                order = list(listeners)
                self._turn += 1
                start = self._turn % len(order)
                for receiver in order[start:] + order[:start]:
                    receiver.take(stream, first, last, frame)
        if governance:
            self.look_again()

    def look_again(self) -> None:
        """After a change of what anybody may see: closes, takes away and adds what the rooms above now say."""
        for receiver in list(self.receivers):
            if not self._visibility.may_connect(receiver.account, receiver.device):
                self.leave(receiver)
                receiver.end("revoked")
                continue
            operations = set(self._visibility.operations_of(receiver.account))
            for stream in list(receiver.cursors):
                operation = receiver.operation_of.get(stream)
                if stream == self._hub or (operation is None and stream in operations):
                    continue
                if operation is None or not self._visibility.may_read_channel(receiver.account, operation, stream):
                    self.drop(receiver, stream)
            if self._hub in receiver.cursors:  # one that hasn't said yet how far it is gets nothing
                for operation in operations - receiver.cursors.keys():
                    self._join(receiver, operation, -1)

    def is_current(self, receiver: Receiver, stream: bytes) -> bool:
        """True if nothing that was committed by this process is missing at the receiver's place."""
        return self.heads.get(stream, -1) <= receiver.cursors.get(stream, -1)

    def _join(self, receiver: Receiver, stream: bytes, after: int) -> None:
        receiver.cursors[stream] = after
        self._streams.setdefault(stream, {})[receiver] = None
        self._online.pop(stream, None)
        receiver.behind[stream] = None
        receiver.fell_behind(stream)


def _draft(entry: Committed) -> StatementDraft:
    assert entry.record.statement is not None
    return entry.record.statement


def _stream(entry: Committed) -> bytes:
    return _draft(entry).stream
