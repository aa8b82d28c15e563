"""
Keeps acts that not all of their signers have signed yet (docs/spec/08-directory.md, proposals).

Each signature is over the act itself and verified when it comes; whoever holds all of them hands the act in. A proposal
gives nobody a right that the signatures in it don't give.
"""

from typing import Final

from aiohttp import web

from crypto.acts import Act, AdministratorsSet, read_act
from crypto.encoding import b64, statement_id
from crypto.errors import BadSignature, NotAllowed, NotCertified, WrongHub
from crypto.packet import Packet, unpack_all
from crypto.people import Directory
from crypto.signing import verify
from hub.access.actor import Place
from hub.clock import Clock, from_milliseconds, to_milliseconds
from hub.db.pool import Connection, Pool
from hub.directory.requests import ROLE, check_request
from hub.directory.state import DirectoryState
from hub.http.errors import Conflict, Forged, Malformed, OutOfTime
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal
from hub.proposals import queries
from hub.proposals.queries import ProposalRow

MOST_WAITING: Final = 200
MOST_FOLLOWING: Final = 4
WRITE: Final = "proposal.write"
READ: Final = "proposal.read"


class Proposals:
    """A table where administrators leave what they have signed for the others."""

    def __init__(self, directory: DirectoryState, pool: Pool, journal: Journal, clock: Clock) -> None:
        self._directory = directory
        self._pool = pool
        self._journal = journal
        self._clock = clock

    async def sign(self, packet: Packet, place: Place) -> None:
        """
        Adds the one signature in `packet` to its act's proposal, or begins it.

        Raises OutOfTime after the act's `expires`, Forged where the signature is none of the act's signers', Conflict
        where too many proposals wait.
        """
        if packet.place or packet.body or len(packet.signatures) != 1:
            raise Malformed
        act, latest = read_act(packet.act), self._directory.latest
        if act.hub != latest.hub:
            raise WrongHub("an act of another hub")
        if not latest.matrix.allows(WRITE, ROLE):
            raise NotAllowed("the matrix gives this to nobody")
        now = self._clock.now()
        if act.expires <= to_milliseconds(now):
            raise OutOfTime
        signer, proposal = _signer(latest, act, packet), statement_id("act", packet.act)
        if sum(1 for _ in unpack_all(packet.beside)) > MOST_FOLLOWING:
            raise Malformed

        async def rows(db: Connection) -> None:
            expires_at = from_milliseconds(act.expires)
            await queries.add(db, proposal, packet.act, packet.beside, now, expires_at, MOST_WAITING)
            if not await queries.sign(db, proposal, signer, packet.signatures[0], now):
                raise Conflict

        detail = {"administrator": b64(signer), "act": act.type}
        leaf = LeafDraft("proposal", object=b64(proposal), place=place, detail=detail)
        await self._journal.append(Record(leaf, also=rows))

    async def waiting(self, packet: Packet, place: Place) -> list[ProposalRow]:
        """What waits for signatures, the oldest first; an administrator asks."""
        _, administrator = check_request(self._directory, self._clock, packet, "proposals.read", (), READ)
        await queries.drop_over(self._pool, self._clock.now())
        rows = await queries.waiting(self._pool)
        detail = {"administrator": b64(administrator)}
        await self._journal.append(Record(LeafDraft("proposals-read", place=place, detail=detail)))
        return [row for row in rows if self._directory.receipt(row.proposal) is None]


def _signer(directory: Directory, act: Act, packet: Packet) -> bytes:
    """Which of the act's signers made the signature."""
    keys: dict[bytes, bytes] = {bytes(one.id): one.key for one in directory.administrators}
    if not any(signer in keys for signer in act.by):
        raise NotCertified("no signer is an administrator")
    if isinstance(act.deed, AdministratorsSet):  # whom it makes one signs it too
        keys = {bytes(one.id): one.key for one in act.deed.administrators} | keys
    for signer in act.by:
        key = keys.get(signer)
        if key is None:
            continue
        try:
            verify("administrator", key, "act", packet.act, packet.signatures[0])
        except BadSignature:
            continue
        return signer
    raise Forged


PROPOSALS: Final = web.AppKey("proposals", Proposals)
