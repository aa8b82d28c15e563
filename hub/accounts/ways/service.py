"""
Changing the ways into one's vault: made, proven, and only then put in the place of the old ones
(docs/spec/27-ways.md).
"""

import hmac
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import Actor
from hub.accounts import queries as vault_queries
from hub.accounts.queries import VaultRow
from hub.accounts.signin import verifier
from hub.accounts.ways import queries
from hub.accounts.ways.passkeys import Passkeys, Site
from hub.accounts.ways.queries import ListedRow, PasskeyRow, WrapRow
from hub.accounts.ways.wire import MOST_WAYS, Change, NewPasskey, NewWrap, row_of
from hub.clock import Clock
from hub.db.pool import Connection, Pool
from hub.http.errors import Conflict, RuleBroken
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal

FEWEST: Final = 2


class Ways:
    """
    A proposal opens nothing. It is accepted when its owner's client shows the secret of each part: then what it
    replaces goes in the same transaction, so that a person has either the old ways or the new, and never none.
    """

    def __init__(self, pool: Pool, journal: Journal, clock: Clock, passkeys: Passkeys) -> None:
        self._pool = pool
        self._journal = journal
        self._clock = clock
        self._passkeys = passkeys

    @property
    def hub_name(self) -> str:
        """What a passkey is filed under on its owner's machine."""
        return self._passkeys.hub_name

    async def listed(self, actor: Actor) -> list[ListedRow]:
        """The account's ways with their numbers and dates."""
        rows = await queries.listed(self._pool, actor.account)
        await self._journal.append(Record(self._leaf(actor, "ways-read", count=len(rows))))
        return [row for row in rows if not row.pending]

    async def passkey_options(self, actor: Actor) -> tuple[bytes, list[bytes]]:
        """A challenge for a new passkey, and the account's passkeys, which don't make a second one."""
        known = await queries.listed(self._pool, actor.account)
        return self._passkeys.challenge(_purpose(actor)), [row.credential for row in known if row.credential]

    async def propose(
        self, actor: Actor, wraps: Sequence[NewWrap | NewPasskey], site: Site | None
    ) -> tuple[int, list[WrapRow]]:
        """
        Keeps what is to be proven; gives it back as it was stored, with the number that a recovery code among it has.

        Raises Conflict, or Forged for a passkey.
        """
        made: dict[bytes, PasskeyRow] = {}
        for one in wraps:
            if isinstance(one, NewPasskey):
                if site is None:
                    raise RuleBroken
                made[one.wrap] = self._passkeys.registered(one.registration, _purpose(actor), site)
        number = await queries.next_number(self._pool, actor.account)

        async def rows(db: Connection) -> None:
            await queries.lock_account(db, actor.account)
            await queries.drop_pending(db, actor.account)
            for one in wraps:
                counted = number if one.kind == "recovery" else 1
                if not await queries.add_wrap(db, actor.account, row_of(one), pending=True, number=counted):
                    raise Conflict
            for wrap, passkey in made.items():
                if not await queries.add_passkey(db, wrap, passkey):
                    raise Conflict

        kinds = ",".join(sorted(one.kind for one in wraps))
        await self._journal.append(Record(self._leaf(actor, "ways-propose", kinds=kinds), also=rows))
        return number, await queries.wraps(self._pool, actor.account, pending=True)

    async def change(self, actor: Actor, asked: Change) -> None:
        """
        Accepts the whole proposal, drops what goes. Raises RuleBroken for a secret that doesn't fit, and where two
        ways, one of them the only recovery code, wouldn't remain; Conflict for a vault or a proposal that has changed.
        """
        now = self._clock.now()
        shown = {proof.wrap: verifier(proof.secret) for proof in asked.proofs}

        async def rows(db: Connection) -> None:
            await queries.lock_account(db, actor.account)
            pending = await queries.wraps(db, actor.account, pending=True)
            if asked.proofs and {one.wrap for one in pending} != shown.keys():
                raise Conflict
            if asked.proofs and not all(hmac.compare_digest(one.verifier, shown[one.wrap]) for one in pending):
                raise RuleBroken
            if await queries.drop(db, actor.account, asked.drop) != len(set(asked.drop)):
                raise Conflict
            if asked.proofs:
                await queries.accept(db, actor.account, now)
            left = [one.kind for one in await queries.wraps(db, actor.account)]
            if not FEWEST <= len(left) <= MOST_WAYS or left.count("recovery") != 1 or left.count("passphrase") > 1:
                raise RuleBroken
            if asked.vault is not None:
                await self._put_vault(db, actor, VaultRow(asked.vault.version, asked.vault.sealed))

        leaf = self._leaf(actor, "ways-change", made=len(asked.proofs), dropped=len(asked.drop))
        await self._journal.append(Record(leaf, also=rows))

    @staticmethod
    async def _put_vault(db: Connection, actor: Actor, row: VaultRow) -> None:
        if not await vault_queries.put_vault(db, actor.account, row):
            standing = await vault_queries.vault(db, actor.account)
            winner = None if standing is None else {"version": standing.version, "sealed": b64(standing.sealed)}
            raise Conflict(winner=winner)

    @staticmethod
    def _leaf(actor: Actor, type_: str, **detail: int | str) -> LeafDraft:
        return LeafDraft(type_, actor=actor.account, device=actor.device, place=actor.place, detail=detail)


def _purpose(actor: Actor) -> str:
    """A challenge is for one session: another's answer to it counts nothing."""
    return f"register {actor.jti}"


WAYS: Final = web.AppKey("ways", Ways)
