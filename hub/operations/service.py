"""
Takes entries into operations' chains: the rules of the protocol judge, the hub refuses what doesn't follow
(docs/spec/09-membership.md).
"""

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import Final

from aiohttp import web

from crypto import membership
from crypto.chain import chain_start
from crypto.changes import Entry, Grants, OperationDestroy, read_entry
from crypto.encoding import ChannelId, b64
from crypto.errors import BadSignature, NotAllowed, Repeated, WrongReaders
from crypto.membership import granted_readers
from crypto.membership_changes import NOTICE_OF_DESTRUCTION
from crypto.packet import Packet
from crypto.readers import Member, Operation, readers, stale
from hub.access.actor import Actor
from hub.clock import Clock, to_milliseconds
from hub.db.pool import Connection, Pool
from hub.directory.state import DirectoryState
from hub.http.errors import Conflict, Forged, Malformed, NotFound, OutOfTime, WrongPlace
from hub.journal.records import Also, LeafDraft, NewEpoch, Receipt, Record, StatementDraft, Stored
from hub.journal.service import Journal
from hub.operations import queries
from hub.operations.beside import Beside, named_documents, read_beside
from hub.operations.queries import ChannelRow, WrapRow
from hub.operations.state import OperationsState

AHEAD: Final = timedelta(minutes=10)
BEHIND: Final = timedelta(days=7)


class Operations:
    """One entry of an operation at a time; different operations don't wait for each other."""

    def __init__(
        self, state: OperationsState, directory: DirectoryState, pool: Pool, journal: Journal, clock: Clock
    ) -> None:
        self._state = state
        self._directory = directory
        self._pool = pool
        self._journal = journal
        self._clock = clock
        self._one_at_a_time: defaultdict[bytes, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def operations_of(self, actor: Actor) -> list[tuple[bytes, int]]:
        """Operations that the account is or was in, with the last seq that it may read."""
        found: list[tuple[bytes, int]] = [(operation.id, until) for operation, until in self._state.of(actor.account)]
        await self._journal.append(Record(_leaf("operations-read", actor, None)))
        return found

    async def entries(self, operation: bytes, after: int, actor: Actor) -> tuple[list[Stored], bool]:
        """The chain behind seq `after`: to its end for members, to their leaving for former ones."""
        until = self._state.until(operation, actor.account)
        if until is None:
            raise NotFound
        stored, more = await self._journal.list_after(operation, after)
        shown = [entry for entry in stored if entry.seq <= until]
        first, last = (shown[0].seq, shown[-1].seq) if shown else (after, after)
        leaf = _leaf("operation-read", actor, operation, detail={"first": first, "last": last})
        await self._journal.append(Record(leaf))
        return shown, more and last < until

    async def template(self, operation: bytes, document_hash: bytes, actor: Actor) -> bytes:
        """A document that the operation adopted, canonical JSON."""
        if not self._state.adopted(operation, document_hash):
            raise NotFound
        document = await queries.template(self._pool, document_hash)
        if document is None:
            raise NotFound
        await self._journal.append(Record(_leaf("template-read", actor, operation, b64(document_hash))))
        return document

    async def submit(self, operation: bytes | None, packet: Packet, actor: Actor) -> tuple[bytes, Receipt]:
        """
        The operation's id and the receipt of an entry that is now its last; handed in once more, the first receipt.

        Raises Conflict with the head if another was faster, Forged for a signature that is none, WrongReaders if the
        directory has moved on since its epochs were made, else what the rules of membership raise.
        """
        if packet.place or packet.act:
            raise Malformed
        entry = read_entry(packet.body)
        self._check_place(entry, operation, actor)
        async with self._one_at_a_time[operation or b""], self._directory.gate.entry():
            return await self._take(entry, packet, actor)

    async def _take(self, entry: Entry, packet: Packet, actor: Actor) -> tuple[bytes, Receipt]:
        entry_id = membership.entry_id(packet.body)
        operation = entry.operation or entry_id
        before = self._state.operation(operation)
        if before is not None:
            known = await self._known_receipt(operation, entry.seq, entry_id) if entry.seq <= before.seq else None
            if known is not None:
                return operation, known
            if entry.seq != before.seq + 1 or entry.prev != before.head:
                raise Conflict(head={"seq": before.seq, "id": b64(before.head)})
            if before.destroy_at is not None and before.destroy_at <= to_milliseconds(self._clock.now()):
                raise NotAllowed("the operation is destroyed")
        try:
            directory = self._directory.history.at(entry.directory_size)
            after = membership.apply(before, directory, packet.body, packet.signatures)
        except BadSignature:
            raise Forged from None
        self._check_still_true(entry, before, after)
        beside = read_beside(packet.beside, entry, packet.body, after)
        await self._check_documents_there(entry, beside)
        await self._check_seen(entry)

        record = Record(
            _leaf("entry", actor, operation),
            StatementDraft(
                stream=operation,
                kind="operation",
                id=entry_id,
                body=packet.body,
                signatures=b"".join(packet.signatures),
                account=actor.account,
                device=actor.device,
                seq=entry.seq,
            ),
            epochs=[
                NewEpoch(one.channel, one.epoch, chain_start(after.hub, after.id, one.channel)) for one in entry.epochs
            ],
            also=_projection(before, after, entry, beside),
        )
        self._state.prepare(entry_id, after)
        try:
            return operation, await self._journal.append(record)
        finally:
            self._state.discard(entry_id)

    def _check_place(self, entry: Entry, operation: bytes | None, actor: Actor) -> None:
        if entry.operation != operation:
            raise WrongPlace
        if all((author.account, author.device) != (actor.account, actor.device) for author in entry.by):
            raise WrongPlace
        now = self._clock.now()
        if not to_milliseconds(now - BEHIND) <= entry.at <= to_milliseconds(now + AHEAD):
            raise OutOfTime

    def _check_still_true(self, entry: Entry, before: Operation | None, after: Operation) -> None:
        """
        The entry may name an older directory than the latest, as long as that makes no difference: its authors are
        valid today, its epochs and grants are for those who read today, and who takes over may do so today. Notice of
        destruction counts from today, whatever time the entry tells.
        """
        latest = self._directory.latest
        for author in entry.by:
            if self._directory.may(author.account) is None or not latest.device_valid(author.device, author.account):
                raise NotFound
        soonest = to_milliseconds(self._clock.now() - AHEAD) + NOTICE_OF_DESTRUCTION
        if any(isinstance(change, OperationDestroy) and change.at < soonest for change in entry.changes):
            raise NotAllowed("whoever disagrees has seven days from now")
        if entry.directory_size == latest.size:
            return
        for record in entry.epochs:
            if stale(after, record.channel, latest):
                raise WrongReaders("the directory has changed since the epoch was made")
        for change in entry.changes:
            if isinstance(change, Grants):
                reading = readers(after, change.channel, latest)
                if any(reader not in reading for reader in granted_readers(after, change)):
                    raise WrongReaders("the directory has changed since the epoch was granted")
        membership.check_at_its_place(before, entry, latest)

    async def _check_seen(self, entry: Entry) -> None:
        """An epoch's maker can't have seen more of a channel than there is: nobody could ever make the next one."""
        if not entry.epochs:
            return
        heads = await self._journal.heads([record.channel for record in entry.epochs])
        lengths = {head.stream: head.seq for head in heads}
        for record in entry.epochs:
            if record.seen_seq > lengths.get(record.channel, 0):
                raise WrongPlace

    async def _check_documents_there(self, entry: Entry, beside: Beside) -> None:
        for name in named_documents(entry) - beside.documents.keys():
            if await queries.template(self._pool, name) is None:
                raise Malformed

    async def _known_receipt(self, operation: bytes, seq: int, entry_id: bytes) -> Receipt | None:
        stored, _ = await self._journal.list_after(operation, seq - 1, 1)
        if not stored or stored[0].id != entry_id:
            return None
        return Receipt(stored[0].leaf, stored[0].at, entry_id, stored[0].seq, repeated=True)


def _projection(before: Operation | None, after: Operation, entry: Entry, beside: Beside) -> Also:
    """The rows in which `after` differs from `before`."""

    async def rows(db: Connection) -> None:
        old_members = {} if before is None else before.members
        for account in old_members.keys() | after.members.keys():
            old, new = old_members.get(account), after.members.get(account)
            if _standing(old) == _standing(new):
                continue
            if old is not None:
                await queries.end_member(db, after.id, account, after.seq)
            if new is not None:
                await queries.begin_member(db, after.id, account, new.role, new.compartments, after.seq)
        old_channels = {} if before is None else before.channels
        for channel, state in after.channels.items():
            if old_channels.get(channel) != state:
                number = None if state.epoch is None else state.epoch.number
                row = ChannelRow(channel, after.id, state.type, state.compartment, number, not state.open)
                if not await queries.put_channel(db, row):
                    raise Repeated("a channel with this id exists in another operation")
        for one in beside.wraps:
            wraps = [WrapRow(one.wraps_hash, index, a, g, wrap) for index, (a, g, wrap) in enumerate(one.wraps)]
            await queries.add_wraps(db, ChannelId(one.channel), one.epoch, wraps)
        for name, document in beside.documents.items():
            await queries.add_template(db, name, document)

    return rows


def _standing(member: Member | None) -> tuple[bytes, str, tuple[str, ...]] | None:
    return None if member is None else (member.aik, member.role, member.compartments)


def _leaf(
    type: str, actor: Actor, operation: bytes | None, what: str | None = None, detail: dict[str, int] | None = None
) -> LeafDraft:
    return LeafDraft(
        type,
        actor=actor.account,
        device=actor.device,
        operation=operation,
        object=what,
        place=actor.place,
        detail=detail or {},
    )


OPERATION_SERVICE: Final = web.AppKey("operation_service", Operations)
