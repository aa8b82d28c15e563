"""
Destroys operations when their time has come, and keeps what two have to sign (docs/spec/25-destruction.md).

Who decides are the signed entries alone: the hub carries out what an operation's chain says.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import structlog
from aiohttp import web

from crypto.certificate import LEAF, Certificate, certificate_body, certificate_hash, check_receipt
from crypto.change_forms import DestroyCancel, HoldSet, OperationDestroy
from crypto.changes import read_entry
from crypto.encoding import AccountId, OperationId, b64
from crypto.errors import BadSignature, NotAllowed, ProtocolError
from crypto.membership import entry_id
from crypto.packet import Packet
from crypto.readers import Operation
from crypto.signing import verify
from hub.access.actor import Actor
from hub.clock import Clock, to_milliseconds
from hub.db.pool import Connection, Pool
from hub.directory.state import DirectoryState
from hub.http.errors import Conflict, Forged, HubBusy, Malformed, NotFound, WrongPlace
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal
from hub.journal.writer import GONE
from hub.operations.state import OperationsState
from hub.retention import queries
from hub.retention.queries import DestructionRow, Waiting

LOOK_SECONDS: Final = 30.0
"""How often the hub looks whether an operation is due."""

MOST_VARIANTS: Final = 64
"""The same entry for so many devices of others may wait at once."""

log = structlog.get_logger(__name__)


class Retention:
    """The end of operations."""

    def __init__(
        self,
        operations: OperationsState,
        directory: DirectoryState,
        pool: Pool,
        journal: Journal,
        clock: Clock,
        backups: timedelta,
    ) -> None:
        self._operations = operations
        self._directory = directory
        self._pool = pool
        self._journal = journal
        self._clock = clock
        self._backups = backups
        self._rows: dict[bytes, DestructionRow] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Knows what was destroyed, destroys what is due, and owns the task that goes on with it."""
        for row in await queries.destructions(self._pool):
            self._known(row)
        await self.destroy_due()
        task = asyncio.create_task(self._follow(), name="retention")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def destroy_due(self) -> list[bytes]:
        """Destroys every operation whose notice is over and was not cancelled; which ones."""
        now = to_milliseconds(self._clock.now())
        due = [
            one
            for one in self._operations.all()
            if one.destroy_at is not None and one.destroy_at <= now and one.id not in self._rows
        ]
        for operation in due:
            await self._destroy(operation)
        if due:
            await queries.vacuum(self._pool)
        return [operation.id for operation in due]

    async def _destroy(self, operation: Operation) -> None:
        """Certificate, leaf and deletion in one commit; from then on nothing of it is read here."""
        documents = self._operations.documents_of(operation.id)
        found = await queries.held(self._pool, operation.id, documents)
        entry, authors = await self._destroying(operation)
        now = self._clock.now()
        certificate = certificate_body(
            Certificate(
                hub=operation.hub,
                operation=operation.id,
                code=operation.code,
                entry=entry,
                by=authors,
                due=operation.destroy_at or 0,
                at=to_milliseconds(now),
                channels=found.channels,
                envelopes=found.envelopes,
                octets=found.octets,
                wraps=found.wraps,
                documents=found.documents,
                backups_until=to_milliseconds(now + self._backups),
            )
        )

        async def rows(db: Connection) -> None:
            await queries.destroy(db, operation.id, documents, certificate, now)

        leaf = LeafDraft(LEAF, operation=operation.id, object=b64(certificate_hash(certificate)))
        receipt = await self._journal.append(Record(leaf, also=rows))
        self._known(DestructionRow(operation.id, receipt.leaf, certificate))
        log.info("retention.destroyed", envelopes=found.envelopes, wraps=found.wraps)

    async def _destroying(self, operation: Operation) -> tuple[bytes, tuple[AccountId, ...]]:
        """The id and the authors of the entry that gave the notice which stands."""
        found: tuple[bytes, tuple[AccountId, ...]] | None = None
        async for stored in self._journal.replay("operation", operation.id):
            entry = read_entry(stored.body)
            for change in entry.changes:
                if isinstance(change, OperationDestroy):
                    found = stored.id, tuple(author.account for author in entry.by)
                elif isinstance(change, DestroyCancel | HoldSet):
                    found = None
        assert found is not None
        return found

    def _known(self, row: DestructionRow) -> None:
        self._rows[row.operation] = row
        self._operations.destroyed.add(OperationId(row.operation))

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.destroy_due()
            except (HubBusy, *GONE) as error:
                log.warning("retention.waits", error=type(error).__name__)

    # -- two signatures ------------------------------------------------------------------------------------------------

    async def propose(self, operation: bytes, packets: Sequence[Packet], actor: Actor) -> None:
        """
        Keeps an entry of two authors that the actor has signed, once for each device that may sign beside.

        Raises Malformed, WrongPlace, Conflict where it isn't the operation's next, NotAllowed for what needs no two.
        """
        state = self._operations.operation(operation)
        if state is None:
            raise NotFound
        if not 1 <= len(packets) <= MOST_VARIANTS:
            raise Malformed
        waiting = [self._variant(state, packet, actor) for packet in packets]
        if len({one.other for one in waiting}) != len(waiting):
            raise Malformed

        async def rows(db: Connection) -> None:
            await queries.put_waiting(db, operation, waiting, self._clock.now())

        leaf = LeafDraft("countersigning", actor.account, actor.device, operation, place=actor.place)
        await self._journal.append(Record(leaf, also=rows))

    def _variant(self, state: Operation, packet: Packet, actor: Actor) -> Waiting:
        if packet.place or packet.act or packet.beside or len(packet.signatures) != 1 or actor.device is None:
            raise Malformed
        entry = read_entry(packet.body)
        if entry.operation != state.id or len(entry.by) != 2 or entry.epochs:
            raise WrongPlace
        if (entry.seq, entry.prev) != (state.seq + 1, state.head):
            raise Conflict(head={"seq": state.seq, "id": b64(state.head)})
        if not all(isinstance(change, OperationDestroy | HoldSet) for change in entry.changes):
            raise NotAllowed("only what two have to sign waits for a second signature")
        mine = [one for one in entry.by if (one.account, one.device) == (actor.account, actor.device)]
        others = [one for one in entry.by if one.account != actor.account]
        if len(mine) != 1 or len(others) != 1:
            raise WrongPlace
        key = self._directory.device_key(actor.account, actor.device)
        try:
            verify("device", key or b"", "entry", packet.body, packet.signatures[0])
        except BadSignature:
            raise Forged from None
        id_ = entry_id(packet.body)
        return Waiting(id_, actor.account, actor.device, others[0].device, packet.body, packet.signatures[0])

    async def waiting(self, operation: bytes, actor: Actor) -> list[Waiting]:
        """What waits for this device's signature or was signed by this account, and may still be the next entry."""
        state = self._operations.operation(operation)
        if state is None or actor.device is None:
            raise NotFound
        rows = await queries.waiting(self._pool, operation, actor.device, actor.account)
        leaf = LeafDraft("countersigning-read", actor.account, actor.device, operation, place=actor.place)
        await self._journal.append(Record(leaf))
        return [row for row in rows if read_entry(row.body).prev == state.head]

    # -- what is left --------------------------------------------------------------------------------------------------

    async def destruction(self, operation: bytes, actor: Actor) -> tuple[DestructionRow, list[tuple[bytes, bytes]]]:
        """The certificate and the receipts so far. Raises NotFound while there is none."""
        row = self._rows.get(operation)
        if row is None:
            raise NotFound
        receipts = await queries.receipts(self._pool, operation)
        leaf = LeafDraft("destruction-read", actor.account, actor.device, operation, place=actor.place)
        await self._journal.append(Record(leaf))
        return row, receipts

    async def take_receipt(self, operation: bytes, packet: Packet, actor: Actor) -> None:
        """A device says that it deleted its part. Raises Forged, WrongPlace, NotFound before the destruction."""
        row = self._rows.get(operation)
        if row is None:
            raise NotFound
        if packet.place or packet.act or packet.beside or len(packet.signatures) != 1 or actor.device is None:
            raise Malformed
        key = self._directory.device_key(actor.account, actor.device)
        try:
            receipt = check_receipt(
                packet.body, packet.signatures[0], self._directory.hub, OperationId(operation), key or b""
            )
        except BadSignature:
            raise Forged from None
        except ProtocolError:
            raise Malformed from None
        if (receipt.account, receipt.device) != (actor.account, actor.device):
            raise WrongPlace
        if receipt.certificate != certificate_hash(row.certificate):
            raise WrongPlace
        device, now = actor.device, self._clock.now()

        async def rows(db: Connection) -> None:
            await queries.add_receipt(db, operation, actor.account, device, packet.body, packet.signatures[0], now)

        leaf = LeafDraft("destruction-receipt", actor.account, actor.device, operation, place=actor.place)
        await self._journal.append(Record(leaf, also=rows))


RETENTION: Final = web.AppKey("retention", Retention)
