"""Takes nominations, lists them for administrators, and notes what became of them (docs/spec/24-nominations.md)."""

from typing import Final

from aiohttp import web

from crypto.encoding import b64
from crypto.errors import BadSignature
from crypto.nomination import verify_nomination
from crypto.packet import Packet
from hub.access.actor import Actor
from hub.clock import Clock, to_milliseconds
from hub.db.pool import Connection, Pool
from hub.directory.state import DirectoryState
from hub.http.errors import Conflict, Forged, Malformed, NotFound, OutOfTime, WrongPlace
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal
from hub.nominations import queries
from hub.nominations.queries import NominationRow

FRESH: Final = 15 * 60_000
"""Milliseconds by which the nominator's clock may differ."""

MOST_WAITING: Final = 50
"""Undecided nominations of one account."""


class Nominations:
    """Whoever is certified may nominate; who is invited, an administrator decides."""

    def __init__(self, directory: DirectoryState, pool: Pool, journal: Journal, clock: Clock) -> None:
        self._directory = directory
        self._pool = pool
        self._journal = journal
        self._clock = clock

    async def nominate(self, packet: Packet, actor: Actor) -> None:
        """
        Keeps a nomination that a device of the actor's account has signed. The same again is fine.

        Raises WrongPlace for another account's, OutOfTime for an old one, Forged for a signature that is none, Conflict
        where the id was used or too many wait.
        """
        if packet.place or packet.act or packet.beside or len(packet.signatures) != 1:
            raise Malformed
        try:
            nomination = verify_nomination(packet.body, packet.signatures[0], self._directory.latest)
        except BadSignature:
            raise Forged from None
        if nomination.account != actor.account:
            raise WrongPlace
        now = self._clock.now()
        if abs(to_milliseconds(now) - nomination.at) > FRESH:
            raise OutOfTime

        async def rows(db: Connection) -> None:
            signature = packet.signatures[0]
            added = await queries.add(db, nomination.id, actor.account, packet.body, signature, now, MOST_WAITING)
            if not added and await queries.body(db, nomination.id) != packet.body:
                raise Conflict

        leaf = LeafDraft("nomination", actor.account, actor.device, object=b64(nomination.id), place=actor.place)
        await self._journal.append(Record(leaf, also=rows))

    async def listed(self, actor: Actor, *, own: bool) -> list[NominationRow]:
        """All nominations, or the actor's own; the read stands in the log before it is answered."""
        rows = await queries.listed(self._pool, actor.account if own else None)
        leaf = LeafDraft(
            "nominations-read", actor.account, actor.device, place=actor.place, detail={"count": len(rows)}
        )
        await self._journal.append(Record(leaf))
        return rows

    async def close(self, nomination: bytes, outcome: str, actor: Actor) -> None:
        """Raises NotFound for one that isn't there, Conflict where another outcome stands."""
        now = self._clock.now()

        async def rows(db: Connection) -> None:
            if not await queries.close(db, nomination, outcome, actor.account, now):
                raise NotFound if await queries.body(db, nomination) is None else Conflict

        leaf = LeafDraft(
            "nomination-closed",
            actor.account,
            actor.device,
            object=b64(nomination),
            place=actor.place,
            detail={"outcome": outcome},
        )
        await self._journal.append(Record(leaf, also=rows))


NOMINATIONS: Final = web.AppKey("nominations", Nominations)
