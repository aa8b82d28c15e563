"""
Requests that an administrator's signature authorises and that do not enter the chain: invitations, and the list of
enrolments that wait (docs/spec/08-directory.md).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from crypto.acts import CODE
from crypto.encoding import AdministratorId, b64, fields, id16, id32, integer, items, matching, parse
from crypto.errors import BadSignature, Malformed, NotAllowed, NotCertified, Repeated, UnknownVersion, WrongHub
from crypto.packet import Packet
from crypto.signing import verify
from hub.access.actor import Place
from hub.accounts import queries
from hub.accounts.queries import EnrolmentRow
from hub.clock import Clock, from_milliseconds, to_milliseconds
from hub.db.pool import Connection, Pool
from hub.directory import queries as directory_queries
from hub.directory.state import DirectoryState
from hub.http.errors import Forged, NotFound, OutOfTime
from hub.journal.records import Also, LeafDraft, Record
from hub.journal.service import Journal

FRESH: Final = timedelta(minutes=5)
LONGEST_INVITATION: Final = timedelta(days=60)
ACTION: Final = "account.certify"
ROLE: Final = "administrator"


class Invitations:
    """What an administrator's client may ask without an account."""

    def __init__(self, state: DirectoryState, pool: Pool, journal: Journal, clock: Clock) -> None:
        self._state = state
        self._pool = pool
        self._journal = journal
        self._clock = clock

    async def open(self, packet: Packet, place: Place) -> None:
        """
        Announces an invitation: which account with which code may enrol on it, and until when. The same again is fine.

        Raises Repeated if the invitation's id was used for another.
        """
        value, administrator = check_request(
            self._state,
            self._clock,
            packet,
            "invitation.open",
            ("invitation", "account", "code", "expires"),
            ACTION,
        )
        invitation, account = id16(value["invitation"]), id16(value["account"])
        code, expires = matching(value["code"], CODE), integer(value["expires"])
        now = self._clock.now()
        if not to_milliseconds(now) < expires <= to_milliseconds(now + LONGEST_INVITATION):
            raise OutOfTime

        async def rows(db: Connection) -> None:
            added = await queries.add_invitation(
                db, invitation, account, code, from_milliseconds(expires), packet.body, packet.signatures[0]
            )
            if not added and await queries.invitation_body(db, invitation) != packet.body:
                raise Repeated("the invitation's id was used before")

        await self._write("invitation", b64(invitation), administrator, place, rows)

    async def state(self, invitation: bytes) -> dict[str, str | int]:
        """
        `state` open, over, used or certified; while it may be answered, for whom: that stands on the invitation too.

        Raises NotFound for one that was never opened.
        """
        row = await directory_queries.invitation(self._pool, invitation)
        if row is None:
            raise NotFound
        if row.used_at is not None:
            return {"state": "used" if row.certified_at is None else "certified"}
        state = "open" if row.expires_at > self._clock.now() else "over"
        return {
            "state": state,
            "account": b64(row.account),
            "code": row.code,
            "expires": to_milliseconds(row.expires_at),
        }

    async def pending(self, packet: Packet, place: Place) -> list[EnrolmentRow]:
        """The enrolments that nobody has certified yet, oldest first."""
        _, administrator = check_request(self._state, self._clock, packet, "enrolments.read", (), ACTION)
        rows = await queries.pending(self._pool)
        await self._write("enrolments-read", None, administrator, place, None)
        return rows

    async def _write(self, leaf: str, what: str | None, administrator: bytes, place: Place, also: Also | None) -> None:
        draft = LeafDraft(leaf, object=what, place=place, detail={"administrator": b64(administrator)})
        await self._journal.append(Record(draft, also=also))


def check_request(
    state: DirectoryState, clock: Clock, packet: Packet, type: str, names: Sequence[str], action: str
) -> tuple[Mapping[str, Any], bytes]:
    """The request's members and its administrator; raises unless one has signed exactly this, just now."""
    value = fields(parse(packet.body), ["v", "hub", "type", "by", "at", *names])
    if packet.place or packet.act or packet.beside or value["type"] != type:
        raise Malformed("not this request")
    if value["v"] != 1:
        raise UnknownVersion("a request of a newer version")
    directory = state.latest
    if id32(value["hub"]) != directory.hub:
        raise WrongHub("a request to another hub")
    signer = AdministratorId(id16(items(value["by"], 1, 1)[0]))
    keys = {administrator.id: administrator.key for administrator in directory.administrators}
    if signer not in keys:
        raise NotCertified("a signer who is no administrator")
    if len(packet.signatures) != 1:
        raise Malformed("not one signature")
    if not directory.matrix.allows(action, ROLE):
        raise NotAllowed("the matrix gives this to nobody")
    try:
        verify("administrator", keys[signer], "act", packet.body, packet.signatures[0])
    except BadSignature:
        raise Forged from None
    if abs(to_milliseconds(clock.now()) - integer(value["at"])) > FRESH / timedelta(milliseconds=1):
        raise OutOfTime
    return value, signer


INVITATIONS: Final = web.AppKey("invitations", Invitations)
