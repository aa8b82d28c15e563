"""Names for the audit desk: people as the directory certifies them, operations by code (hub/audit/explorer.py)."""

from collections.abc import Collection, Mapping

from crypto.encoding import AccountId
from hub.audit.explorer import Channel, Person
from hub.directory.state import DirectoryState
from hub.operations.state import OperationsState


class NamesOfRecord:
    """Answers from memory."""

    def __init__(self, directory: DirectoryState, operations: OperationsState) -> None:
        self._directory = directory
        self._operations = operations

    def person(self, account: bytes) -> Person | None:
        """None for an account that was never certified."""
        found = self._directory.latest.accounts.get(AccountId(account))
        return None if found is None else Person(found.id, found.code, found.name, found.country)

    def people(self) -> Collection[Person]:
        """Everybody who was ever certified."""
        accounts = self._directory.latest.accounts.values()
        return [Person(found.id, found.code, found.name, found.country) for found in accounts]

    def operations(self) -> Mapping[bytes, str]:
        """The code of every operation."""
        return {operation.id: operation.code for operation in self._operations.all()}

    def channels(self) -> Collection[Channel]:
        """Every channel of every operation."""
        return [
            Channel(known, operation.id, channel.type, channel.compartment)
            for operation in self._operations.all()
            for known, channel in operation.channels.items()
        ]

    def may_read_operation(self, account: bytes, operation: bytes) -> bool:
        """True for its present members."""
        standing = self._operations.standing(operation, account)
        return standing is not None and not standing.former
