"""
Takes an envelope. The guard has asked for role, compartment and rate before; here its signature, its place and the
rules of its kind are checked, then the journal gives it its number (docs/spec/22-http.md).
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from aiohttp import web

from crypto.chain import chain_start
from crypto.encoding import AccountId, ChannelId
from crypto.envelope import WITHOUT_CONTENT, Header, envelope_id, read_header
from crypto.errors import StaleEpoch
from crypto.packet import Packet
from crypto.readers import may_send
from hub.access.actor import Actor
from hub.clock import Clock, to_milliseconds
from hub.db.pool import Pool
from hub.directory.state import DirectoryState
from hub.http.errors import Forged, Malformed, NotFound, Repeated, Revoked, WrongPlace
from hub.journal.records import Committed, LeafDraft, Receipt, Record, StatementDraft
from hub.journal.service import Journal
from hub.messages import queries
from hub.messages.rules import (
    Arrival,
    ArrivalRule,
    KindRule,
    Reference,
    Standing,
    check_arrival,
    check_ciphertext,
    check_kind,
    check_place,
    check_reference,
    check_time,
)
from hub.messages.verifier import Verifier
from hub.operations.state import OperationsState

MANY_REFERENCES: Final = 50_000


class PostOffice:
    """Knows nothing of content; what a kind demands, its room registers in `rules`."""

    def __init__(
        self,
        directory: DirectoryState,
        operations: OperationsState,
        pool: Pool,
        journal: Journal,
        clock: Clock,
        verifier: Verifier,
        rules: Mapping[str, KindRule],
        arrival_rules: Mapping[str, ArrivalRule],
    ) -> None:
        self._directory = directory
        self._operations = operations
        self._pool = pool
        self._journal = journal
        self._clock = clock
        self._verifier = verifier
        self._rules = rules
        self._arrival_rules = arrival_rules
        self._references: OrderedDict[bytes, Reference] = OrderedDict()

    def committed(self, batch: Sequence[Committed]) -> None:
        """Remembers the latest envelopes: what people answer is seldom old."""
        for one in batch:
            statement = one.record.statement
            if statement is not None and statement.kind == "channel" and statement.account is not None:
                kind = str(one.record.leaf.detail.get("kind", ""))
                to = read_header(statement.body).to if kind == "notice" else ()
                self._remember(statement.id, Reference(statement.stream, kind, statement.account, to))

    async def post(self, operation: bytes, channel: bytes, packet: Packet, actor: Actor) -> Receipt:
        """
        The receipt of an envelope that is now in its channel; sent once more, the first receipt (`repeated`).

        Raises what is wrong with it, each thing under its own code: Malformed, NotCanonical, WrongPlace, OutOfTime,
        RuleBroken, NotAllowed, NotAReader, StaleEpoch, NotFound, Forged, Revoked, Repeated, NotNext.
        """
        if packet.place or packet.act or len(packet.signatures) != 1:
            raise Malformed
        key = None if actor.device is None else self._directory.device_key(actor.account, actor.device)
        if key is None:
            raise Revoked
        header, genuine = await self._verifier.read(packet.body, packet.signatures[0], key)
        check_place(header, self._directory.hub, operation, channel, actor.account, actor.device)
        check_ciphertext(header, packet.beside)
        check_time(header, self._clock.now())
        check_kind(header, self._rules)
        try:
            standing = self._check_standing(header)
        except StaleEpoch:
            # It may have been taken while its epoch was good, and the answer lost on the way.
            receipt = await self._journal.by_client_id(channel, header.id)
            if receipt is None:
                raise
            return await self._check_own(receipt, header)
        reference = None if header.ref is None else await self._reference(header.ref)
        check_reference(header, reference, standing)
        check_arrival(header, Arrival(standing, reference, to_milliseconds(self._clock.now())), self._arrival_rules)
        if not genuine:
            raise Forged

        statement = envelope_id(packet.body)
        record = Record(
            LeafDraft(
                "envelope",
                actor=actor.account,
                device=actor.device,
                operation=operation,
                place=actor.place,
                detail={"kind": header.kind},
            ),
            StatementDraft(
                stream=channel,
                kind="channel",
                id=statement,
                body=packet.body,
                signatures=packet.signatures[0],
                beside=packet.beside,
                client_id=header.id,
                account=actor.account,
                device=actor.device,
                device_seq=header.device_seq,
                device_prev=header.device_prev,
                epoch=None if header.kind in WITHOUT_CONTENT else header.epoch,
                chain_start=chain_start(header.hub, header.operation, header.channel),
            ),
            check=self._last_look(header, standing),
        )
        receipt = await self._journal.append(record)
        return await self._check_own(receipt, header) if receipt.repeated and receipt.id != statement else receipt

    def _check_standing(self, header: Header) -> Standing:
        """The operation and the directory now; raises unless the author may send this kind under this epoch."""
        operation = self._operations.operation(header.operation)
        if operation is None or ChannelId(header.channel) not in operation.channels:
            raise NotFound
        directory = self._directory.latest
        may_send(operation, header.channel, header.account, header.kind, directory)
        epoch = operation.channels[header.channel].epoch
        current = 0 if epoch is None else epoch.number
        if header.epoch > current:
            raise WrongPlace
        if header.epoch != current and header.kind not in WITHOUT_CONTENT:
            raise StaleEpoch("a newer epoch has begun")
        if self._operations.entry_at(operation.id, header.head.seq) != header.head.id:
            raise WrongPlace
        if header.directory_size > directory.size:
            raise WrongPlace
        return Standing(operation, directory)

    def _last_look(self, header: Header, standing: Standing) -> Callable[[], None]:
        """Judged again by the writer, if the operation or the directory has changed while the envelope waited."""

        def check() -> None:
            now = self._operations.operation(header.operation)
            if now is standing.operation and self._directory.latest.size == standing.directory.size:
                return
            self._check_standing(header)
            if self._directory.device_key(header.account, header.device) is None:
                raise Revoked

        return check

    async def _check_own(self, receipt: Receipt, header: Header) -> Receipt:
        """Raises Repeated if the id was another sender's: their receipt is not this one's."""
        found = None if receipt.id is None else await self._reference(receipt.id)
        if found is None or found.account != header.account:
            raise Repeated
        return receipt

    async def _reference(self, statement: bytes) -> Reference | None:
        known = self._references.get(statement)
        if known is not None:
            return known
        row = await queries.envelope(self._pool, statement)
        if row is None or row.account is None:
            return None
        header = read_header(row.body)
        reference = Reference(row.channel, header.kind, AccountId(row.account), header.to)
        self._remember(statement, reference)
        return reference

    def _remember(self, statement: bytes, reference: Reference) -> None:
        self._references[statement] = reference
        if len(self._references) > MANY_REFERENCES:
            self._references.popitem(last=False)


POST_OFFICE: Final = web.AppKey("post_office", PostOffice)
