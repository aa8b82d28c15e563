"""
Takes acts into the directory: their own signatures authorise them, the hub only orders them
(docs/spec/08-directory.md).
"""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from crypto import errors
from crypto.acts import AccountCertify, AccountRekey, AccountRestore, AccountSuspend, Act, DeviceRevoke, read_act
from crypto.directory import check_act, entry_body, entry_id
from crypto.encoding import b64, statement_id
from crypto.errors import BadSignature, ProtocolError
from crypto.packet import Packet
from crypto.people import Directory
from hub.access.actor import Actor, Place
from hub.accounts import queries
from hub.accounts.queries import CertifiedRow
from hub.accounts.rekeying import start_again
from hub.clock import Clock, to_milliseconds
from hub.db.pool import Connection
from hub.directory.state import DirectoryState
from hub.http.errors import Forged, Gap, Malformed, OutOfTime, Refusal, Repeated
from hub.journal.records import Also, LeafDraft, Receipt, Record, StatementDraft, Stored
from hub.journal.service import Journal
from hub.presence.dormancy import begin


class Directories:
    """One act at a time: each names its place in its signers' own count, the hub gives it the next in the chain."""

    def __init__(
        self,
        state: DirectoryState,
        journal: Journal,
        clock: Clock,
        forget_sessions: Callable[[bytes, bytes | None], None],
    ) -> None:
        self._state = state
        self._journal = journal
        self._clock = clock
        self._forget_sessions = forget_sessions

    async def submit(self, packet: Packet, place: Place) -> Receipt:
        """
        The receipt of an act that now stands in the chain; handed in once more, the first one.

        Raises OutOfTime after its `expires`, Forged for a signature that is none, else what the rules of the
        directory raise.
        """
        if packet.place or packet.body or packet.beside:
            raise Malformed
        act = read_act(packet.act)
        async with self._state.gate.act():
            known = self._state.receipt(statement_id("act", packet.act))
            if known is not None:
                return known
            if act.expires <= to_milliseconds(self._clock.now()):
                raise OutOfTime
            directory = self._state.latest
            try:
                check_act(directory, act, packet.act, packet.signatures)
            except BadSignature:
                raise Forged from None
            except (errors.Repeated, errors.Gap) as error:
                raise _with_next_number(error, act, directory) from None
            body = entry_body(directory.hub, directory.size, directory.head, statement_id("act", packet.act))
            statement = StatementDraft(
                stream=directory.hub,
                kind="directory",
                id=entry_id(body),
                body=body,
                act=packet.act,
                signatures=b"".join(packet.signatures),
                seq=directory.size,
            )
            leaf = LeafDraft(
                "act",
                actor=None if len(act.by) > 1 or act.by[0] not in directory.accounts else act.by[0],
                place=place,
                detail={"by": [b64(signer) for signer in act.by], "act": act.type},
            )
            receipt = await self._journal.append(Record(leaf, statement, also=self._projection(act)))
        if isinstance(act.deed, AccountSuspend | AccountRekey):
            self._forget_sessions(act.deed.account, None)
        if isinstance(act.deed, DeviceRevoke):
            self._forget_sessions(act.deed.account, act.deed.device)
        return receipt

    async def entries(self, after: int, limit: int, actor: Actor) -> tuple[list[Stored], bool]:
        """At most `limit` after seq `after`, and whether there is more; the read stands in the log first."""
        stored, more = await self._journal.list_after(self._state.hub, after, limit)
        first, last = (stored[0].seq, stored[-1].seq) if stored else (after, after)
        leaf = LeafDraft(
            "directory-read",
            actor=actor.account,
            device=actor.device,
            place=actor.place,
            detail={"first": first, "last": last},
        )
        await self._journal.append(Record(leaf))
        return stored, more

    def _projection(self, act: Act) -> Also:
        """The rows that SQL needs of this act, as of the directory before it."""
        directory, now, deed = self._state.latest, self._clock.now(), act.deed

        async def rows(db: Connection) -> None:
            match deed:
                case AccountCertify():
                    known = directory.accounts.get(deed.account)
                    row = CertifiedRow(
                        account=deed.account,
                        code=deed.code,
                        organisation=deed.organisation,
                        country=directory.organisations[deed.organisation].country,
                        name=deed.name,
                        level=deed.level,
                        may=deed.may,
                        suspended=known is not None and known.suspended,
                    )
                    await queries.complete_account(db, row, now)
                    await queries.certified(db, deed.invitation, now)
                    await begin(db, deed.account, now)
                case AccountRekey():
                    account = directory.accounts[deed.account]
                    row = CertifiedRow(
                        account=account.id,
                        code=account.code,
                        organisation=account.organisation,
                        country=account.country,
                        name=account.name,
                        level="A1",
                        may=(),
                        suspended=False,
                    )
                    await queries.complete_account(db, row, now)
                    await queries.certified(db, deed.invitation, now)
                    await start_again(db, deed.account, deed.invitation)
                    await begin(db, deed.account, now)
                    await queries.end_sessions(db, deed.account, now)
                    for device in directory.devices.values():
                        if device.account == deed.account and device.revoked_seq is None:
                            await queries.end_device(db, deed.account, device.id, now)
                case AccountSuspend():
                    await queries.set_suspended(db, deed.account, True)
                    await queries.end_sessions(db, deed.account, now)
                case AccountRestore():
                    await queries.set_suspended(db, deed.account, False)
                    await begin(db, deed.account, now)
                case DeviceRevoke():
                    await queries.end_device(db, deed.account, deed.device, now)
                case _:
                    pass

        return rows


def _with_next_number(error: ProtocolError, act: Act, directory: Directory) -> Refusal | ProtocolError:
    """
    An administrator's client may have no account to read the chain with: whoever has proven by signature that the act
    is theirs, and only numbered it wrong, is told the number that is next.
    """
    next_n = directory.next_n(act.by)
    if act.n == next_n:
        return error
    return Repeated(next_n=next_n) if act.n < next_n else Gap(next_n=next_n)


DIRECTORIES: Final = web.AppKey("directories", Directories)
