"""
Enrolment: a person's own keys, made on an invitation, wait here until an administrator certifies them.

The hub can check the two signatures and the keys; only the administrator's client knows the invitation's secret and
can check the MAC (docs/spec/11-vault.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from crypto.acts import DeviceAdd, read_act
from crypto.directory import Enrolment, check_enrolment_public
from crypto.encoding import HubId, b64
from crypto.errors import BadSignature
from crypto.signing import verify
from hub.access.actor import Place
from hub.accounts import queries, rekeying
from hub.accounts.queries import EnrolmentRow, VaultRow
from hub.accounts.ways import queries as way_queries
from hub.accounts.ways.queries import WrapRow
from hub.clock import Clock
from hub.db.pool import Connection
from hub.http.errors import Conflict, Forged, NotFound, WrongPlace
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Everything that a person's client sends once."""

    body: bytes
    signatures: Sequence[bytes]
    mac: bytes
    device_act: bytes
    device_signature: bytes
    vault: VaultRow
    wraps: Sequence[WrapRow]


class Enrolments:
    """Takes each invitation's enrolment exactly once."""

    def __init__(self, journal: Journal, clock: Clock, hub: HubId) -> None:
        self._journal = journal
        self._clock = clock
        self._hub = hub

    async def enrol(self, handed: HandedIn, place: Place) -> None:
        """
        Stores keys, vault and ways; those of somebody who starts again stay beside the old ones until the directory has
        the new keys. The same enrolment again is taken as the lost answer it is.

        Raises NotFound for an invitation that doesn't exist, is for somebody else, or is over; Conflict for a second
        enrolment on one; Forged or a ProtocolError for what the signatures or keys don't bear out.
        """
        now = self._clock.now()
        try:
            enrolment = check_enrolment_public(handed.body, handed.signatures, self._hub)
            _check_device_act(enrolment, handed, self._hub)
        except BadSignature:
            raise Forged from None

        async def rows(db: Connection) -> None:
            invited = await queries.invited(db, enrolment.invitation)
            if invited is None or (invited.account, invited.code) != (enrolment.account, enrolment.code):
                raise NotFound
            if invited.used_at is not None:
                raise _Again(await queries.enrolled_body(db, enrolment.invitation) == handed.body)
            if invited.expires_at <= now:
                raise NotFound
            if await queries.add_account(db, enrolment.account, enrolment.code, now):
                await queries.add_enrolment(db, _row(enrolment, handed), now)
                await queries.put_vault(db, enrolment.account, handed.vault)
                await way_queries.set_wraps(db, enrolment.account, handed.wraps)
            elif await queries.is_certified(db, enrolment.account, enrolment.code):
                await queries.add_enrolment(db, _row(enrolment, handed), now)
                await rekeying.keep_beside(db, enrolment.invitation, handed.vault, handed.wraps)
            else:
                raise Conflict

        leaf = LeafDraft(
            "enrolment", object=b64(enrolment.invitation), place=place, detail={"account": b64(enrolment.account)}
        )
        try:
            await self._journal.append(Record(leaf, also=rows))
        except _Again as again:
            if not again.same:
                raise Conflict from None


class _Again(Conflict):
    """The invitation was used: by the `same` enrolment, or by another."""

    def __init__(self, same: bool) -> None:
        super().__init__()
        self.same = same


def _check_device_act(enrolment: Enrolment, handed: HandedIn, hub: HubId) -> None:
    """The account's own act that will add the enrolled device, signed beforehand, right after the certification."""
    act = read_act(handed.device_act)
    deed = act.deed
    if act.hub != hub or act.by != (enrolment.account,) or not isinstance(deed, DeviceAdd):
        raise WrongPlace
    if (deed.account, deed.device, deed.key) != (enrolment.account, enrolment.device, enrolment.device_key):
        raise WrongPlace
    verify("account", enrolment.aik, "act", handed.device_act, handed.device_signature)


def _row(enrolment: Enrolment, handed: HandedIn) -> EnrolmentRow:
    return EnrolmentRow(
        invitation=enrolment.invitation,
        body=handed.body,
        signatures=b"".join(handed.signatures),
        mac=handed.mac,
        device_act=handed.device_act,
        device_signature=handed.device_signature,
    )


ENROLMENTS: Final = web.AppKey("enrolments", Enrolments)
