"""
A new device and one that is open find each other by a one-time code that the hub never sees
(docs/spec/27-ways.md). The hub relays two sealed messages and forgets them.
"""

import hmac
from datetime import timedelta
from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import Actor, Place
from hub.accounts.approvals import queries
from hub.accounts.approvals.queries import ApprovalRow
from hub.accounts.signin import SignedIn, SignIns, verifier
from hub.clock import Clock, to_milliseconds
from hub.db.pool import Connection, Pool
from hub.http.errors import Conflict, NotFound
from hub.journal.records import Also, LeafDraft, Record
from hub.journal.service import Journal

LIFE: Final = timedelta(minutes=10)


class Approvals:
    """One for each account at a time, for ten minutes, for one device."""

    def __init__(self, pool: Pool, journal: Journal, clock: Clock, sign_ins: SignIns) -> None:
        self._pool = pool
        self._journal = journal
        self._clock = clock
        self._sign_ins = sign_ins

    async def open(self, actor: Actor, name: bytes) -> int:
        """Until when the one-time code is good (ms UTC). The account's earlier code is good no longer."""
        now = self._clock.now()

        async def rows(db: Connection) -> None:
            if not await queries.open_approval(db, name, actor.account, now, now + LIFE):
                raise Conflict

        await self._write(actor, "approval-open", name, rows)
        return to_milliseconds(now + LIFE)

    async def read(self, actor: Actor, name: bytes) -> ApprovalRow:
        """How it stands. Raises NotFound when it was used, refused or is over, and for another's."""
        row = await queries.approval(self._pool, name, self._clock.now())
        if row is None or row.account != actor.account:
            raise NotFound
        return row

    async def ask(self, name: bytes, body: bytes, signature: bytes, mac: bytes, place: Place) -> None:
        """A new device's request. Raises NotFound: nobody waits for it, or another device was first."""
        now = self._clock.now()

        async def rows(db: Connection) -> None:
            if await queries.ask(db, name, now, body, signature, mac) is None:
                raise NotFound

        await self._journal.append(Record(LeafDraft("approval-request", object=b64(name), place=place), also=rows))

    async def answer(self, actor: Actor, name: bytes, sealed: bytes, verifies: bytes) -> None:
        """What the new device gets. Raises NotFound unless it waits for just that."""
        now = self._clock.now()

        async def rows(db: Connection) -> None:
            if not await queries.answer(db, name, actor.account, now, sealed, verifies):
                raise NotFound

        await self._write(actor, "approval-answer", name, rows)

    async def end(self, actor: Actor, name: bytes) -> None:
        """Refused, or no longer wanted."""

        async def rows(db: Connection) -> None:
            if not await queries.end(db, name, actor.account):
                raise NotFound

        await self._write(actor, "approval-end", name, rows)

    async def collect(self, name: bytes, secret: bytes, place: Place) -> tuple[SignedIn, bytes] | None:
        """
        What the open device left, with a session: once. None while nobody has answered.

        Raises NotFound for an unknown one, one that was refused or is over, and for a wrong secret.
        """
        row = await queries.approval(self._pool, name, self._clock.now())
        if row is None:
            raise NotFound
        if row.sealed is None or row.verifier is None:
            return None
        if not hmac.compare_digest(verifier(secret), row.verifier):
            raise NotFound

        async def use_up(db: Connection) -> None:
            if not await queries.end(db, name, row.account):
                raise NotFound

        return await self._sign_ins.by_approval(row.account, name, place, use_up), row.sealed

    async def _write(self, actor: Actor, leaf: str, name: bytes, also: Also) -> None:
        draft = LeafDraft(leaf, actor=actor.account, device=actor.device, object=b64(name), place=actor.place)
        await self._journal.append(Record(draft, also=also))


APPROVALS: Final = web.AppKey("approvals", Approvals)
