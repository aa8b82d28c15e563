"""
Operations in memory: replayed from the journal at the start, advanced by what was committed
(docs/spec/09-membership.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from crypto import membership
from crypto.acts import Matrix
from crypto.changes import Grants, read_entry
from crypto.encoding import AccountId, ChannelId, OperationId
from crypto.readers import Member, Operation, appointed
from hub.access.policy import Standing
from hub.directory.state import DirectoryState, split_signatures
from hub.journal.records import Committed, StatementDraft, Stored
from hub.journal.service import Journal
from hub.operations.beside import named_documents


@dataclass(slots=True)
class _Known:
    """One operation now, and what its past leaves behind."""

    operation: Operation
    left: dict[AccountId, int] = field(default_factory=dict)  # who left, with the seq of the entry that ended it
    documents: set[bytes] = field(default_factory=set)  # every template and every rules that ever stood
    grants: set[bytes] = field(default_factory=set)  # the hashes of wraps that came later than their epochs
    entries: list[bytes] = field(default_factory=list)  # ids, by seq


class OperationsState:
    """
    The latest verified state of each operation.

    With the directory it is all that access is judged by (the `Rolls` of hub/access/policy.py).
    """

    def __init__(self, directory: DirectoryState) -> None:
        self._directory = directory
        self._known: dict[OperationId, _Known] = {}
        self._operation_of: dict[ChannelId, OperationId] = {}
        self._prepared: dict[bytes, Operation] = {}
        self.destroyed: set[OperationId] = set()
        """Whose secrets and words are no longer here; hub/retention says so."""

    async def load(self, journal: Journal) -> None:
        """Verifies every chain anew."""
        async for stored in journal.replay("operation"):
            self._take(stored, stored.id)

    def committed(self, batch: Sequence[Committed]) -> None:
        """Takes in what the journal has just committed."""
        for one in batch:
            statement = one.record.statement
            if statement is not None and statement.kind == "operation":
                self._take(statement, statement.id)

    def prepare(self, entry: bytes, after: Operation) -> None:
        """Keeps the state that the entry with this id leads to, so that its commit needn't verify it again."""
        self._prepared[entry] = after

    def discard(self, entry: bytes) -> None:
        """The entry was refused after all."""
        self._prepared.pop(entry, None)

    def operation(self, operation: bytes) -> Operation | None:
        known = self._known.get(OperationId(operation))
        return None if known is None else known.operation

    def all(self) -> Iterator[Operation]:
        """Every operation."""
        return (known.operation for known in self._known.values())

    def operation_of(self, channel: bytes) -> Operation | None:
        """The operation to which a channel belongs."""
        found = self._operation_of.get(ChannelId(channel))
        return None if found is None else self._known[found].operation

    def of(self, account: bytes) -> Iterator[tuple[Operation, int]]:
        """Operations that the account is or was in, each with the last seq that it may read."""
        for known in self._known.values():
            until = self._until(known, AccountId(account))
            if until is not None:
                yield known.operation, until

    def until(self, operation: bytes, account: bytes) -> int | None:
        """The last seq of the operation's chain that the account may read: its end, or where they left."""
        known = self._known.get(OperationId(operation))
        return None if known is None else self._until(known, AccountId(account))

    def may_read_entry(self, account: bytes, operation: bytes, seq: int | None) -> bool:
        """Whether they are or were a member when entry `seq` came; who left may still prove what they were given."""
        until = self.until(operation, account)
        return until is not None and (seq is None or seq <= until)

    def adopted(self, operation: bytes, document: bytes) -> bool:
        """Whether the operation has ever adopted this template, or set these rules."""
        known = self._known.get(OperationId(operation))
        return known is not None and document in known.documents

    def granted(self, operation: bytes, wraps_hash: bytes) -> bool:
        """Whether wraps under this hash were granted after their epoch was made."""
        known = self._known.get(OperationId(operation))
        return known is not None and wraps_hash in known.grants

    def entry_at(self, operation: bytes, seq: int) -> bytes | None:
        """The id of an entry, None where there is none yet."""
        known = self._known.get(OperationId(operation))
        return known.entries[seq] if known is not None and seq < len(known.entries) else None

    # what access asks

    def matrix(self) -> Matrix:
        return self._directory.matrix()

    def may(self, account: bytes) -> frozenset[str] | None:
        return self._directory.may(account)

    def code(self, account: bytes) -> str:
        return self._directory.code(account)

    def device_key(self, account: bytes, device: bytes) -> bytes | None:
        return self._directory.device_key(account, device)

    def standing(self, operation: bytes, account: bytes) -> Standing | None:
        known = self._known.get(OperationId(operation))
        if known is None:
            return None
        member = known.operation.members.get(AccountId(account))
        if member is not None and self._is_theirs(member, account):
            return Standing(member.role, member.compartments, known.operation.matrix)
        if appointed(known.operation, self._directory.latest, AccountId(account)) is not None:
            return Standing("coordinator", (), known.operation.matrix)
        if AccountId(account) in known.left:
            return Standing("", (), known.operation.matrix, former=True)
        return None

    def compartment(self, operation: bytes, channel: bytes) -> str | None:
        known = self._known.get(OperationId(operation))
        found = None if known is None else known.operation.channels.get(ChannelId(channel))
        return None if found is None else found.compartment

    def documents_of(self, operation: bytes) -> list[bytes]:
        """Hashes of the documents that this operation adopted and no other one that is still there."""
        known = self._known[OperationId(operation)]
        others = (one.documents for id_, one in self._known.items() if id_ != operation and id_ not in self.destroyed)
        return sorted(known.documents.difference(*others))

    def _take(self, statement: Stored | StatementDraft, id: bytes) -> None:
        entry = read_entry(statement.body)
        before = None if entry.operation is None else self._known[entry.operation]
        after = self._prepared.pop(id, None) or membership.apply(
            None if before is None else before.operation,
            self._directory.history.at(entry.directory_size),
            statement.body,
            split_signatures(statement.signatures),
        )
        if before is None:
            before = self._known[after.id] = _Known(after)
        gone = before.operation.members.keys() - after.members.keys()
        before.left = {account: seq for account, seq in before.left.items() if account not in after.members}
        before.left.update(dict.fromkeys(gone, after.seq))
        before.documents |= named_documents(entry)
        before.grants.update(change.wraps_hash for change in entry.changes if isinstance(change, Grants))
        self._operation_of.update(dict.fromkeys(after.channels, after.id))
        before.entries.append(after.head)
        before.operation = after

    def _until(self, known: _Known, account: AccountId) -> int | None:
        member = known.operation.members.get(account)
        if member is not None and self._is_theirs(member, account):
            return known.operation.seq
        if appointed(known.operation, self._directory.latest, account) is not None:
            return known.operation.seq
        return known.left.get(account)

    def _is_theirs(self, member: Member, account: bytes) -> bool:
        """A membership ends with the identity key it was given for: who has new keys waits to be restored."""
        found = self._directory.latest.accounts.get(AccountId(account))
        return found is not None and found.aik == member.aik


OPERATIONS: Final = web.AppKey("operations", OperationsState)
