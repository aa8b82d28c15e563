"""What an account may see now: asked by the live connections after each commit (hub/live/visibility.py)."""

from collections.abc import Collection
from dataclasses import dataclass

from crypto.encoding import ChannelId
from crypto.people import Directory
from crypto.readers import Operation, readers
from hub.directory.state import DirectoryState
from hub.operations.state import OperationsState


@dataclass(frozen=True, slots=True)
class _Readers:
    """Who reads a channel, as of one state of the operation and of the directory."""

    operation: Operation
    directory: Directory
    accounts: frozenset[bytes]


class ReadersSight:
    """Answers from the state of directory and operations, at once."""

    def __init__(self, directory: DirectoryState, operations: OperationsState) -> None:
        self._directory = directory
        self._operations = operations
        self._readers: dict[bytes, _Readers] = {}

    def may_connect(self, account: bytes, device: bytes) -> bool:
        """False as soon as the account is suspended or the device revoked."""
        return self._directory.may(account) is not None and self._directory.device_key(account, device) is not None

    def operations_of(self, account: bytes) -> Collection[bytes]:
        """Operations in which the account is a member who may read the chain."""
        found = []
        for operation, _ in self._operations.of(account):
            standing = self._operations.standing(operation.id, account)
            if standing is not None and not standing.former and standing.matrix.allows("operation.read", standing.role):
                found.append(operation.id)
        return found

    def streams_of(self, account: bytes) -> set[bytes]:
        """Every chain that the account may read: the directory, its operations, the channels there that it reads."""
        streams = {bytes(self._directory.hub)}
        for operation in self.operations_of(account):
            state = self._operations.operation(operation)
            channels = () if state is None else state.channels
            streams.add(operation)
            streams.update(channel for channel in channels if self.may_read_channel(account, operation, channel))
        return streams

    def may_read_channel(self, account: bytes, operation: bytes, channel: bytes) -> bool:
        """Whether the account is among the channel's computed readers; False for an unknown channel too."""
        state = self._operations.operation(operation)
        if state is None or ChannelId(channel) not in state.channels or state.id in self._operations.destroyed:
            return False
        directory = self._directory.latest
        known = self._readers.get(channel)
        if known is None or known.operation is not state or known.directory is not directory:
            accounts = frozenset(reader.account for reader in readers(state, ChannelId(channel), directory))
            known = self._readers[channel] = _Readers(state, directory, accounts)
        return account in known.accounts
