"""
Signing in with an account code and the secret that opens one of the vault's ways (docs/spec/11-vault.md).

Whoever asks learns nothing about which codes exist: an unknown code has ways too, always the same ones, and a wrong
secret costs the same work and gets the same answer whether there is an account or not.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from crypto.encoding import Json, pae
from hub.access.actor import Place
from hub.access.policy import Rolls
from hub.accounts import queries
from hub.accounts.failures import Failures, subject
from hub.accounts.queries import VaultRow
from hub.accounts.sessions import Opened, Sessions
from hub.accounts.ways import queries as way_queries
from hub.accounts.ways.passkeys import Passkeys, Site
from hub.accounts.ways.queries import WrapRow
from hub.accounts.ways.wire import Assertion
from hub.clock import Clock
from hub.db.pool import Connection, Pool
from hub.http.errors import Unauthenticated
from hub.journal.records import Also, LeafDraft, Record
from hub.journal.service import Journal

MEMORY, PASSES, LANES = 65536, 3, 1
NOBODY: Final = bytes(32)
SIGN_IN: Final = "sign-in"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a person needs to open their vault."""

    account: bytes
    session: Opened
    vault: VaultRow
    wraps: list[WrapRow]


def verifier(secret: bytes) -> bytes:
    """What the hub keeps of a sign-in secret."""
    return hashlib.sha256(pae("sign-in-secret", secret)).digest()


def invented_ways(key: bytes, code: str) -> list[WrapRow]:
    """The ways of an account that doesn't exist: the same each time, and unlike a real one's in nothing that shows."""

    def octets(what: str) -> bytes:
        return hmac.digest(key, f"{what}\0{code}".encode(), "sha256")[:16]

    return [
        WrapRow(octets("passphrase"), "passphrase", octets("salt"), MEMORY, PASSES, LANES, b"", NOBODY),
        WrapRow(octets("recovery"), "recovery", None, 0, 0, 0, b"", NOBODY),
    ]


class SignIns:
    """The one door for people."""

    def __init__(
        self,
        pool: Pool,
        journal: Journal,
        sessions: Sessions,
        rolls: Rolls,
        clock: Clock,
        failures: Failures,
        passkeys: Passkeys,
        secret: bytes,
    ) -> None:
        self._pool = pool
        self._journal = journal
        self._sessions = sessions
        self._rolls = rolls
        self._clock = clock
        self._failures = failures
        self._passkeys = passkeys
        self._inventing = hmac.digest(secret, b"invented ways", "sha256")

    async def ways(self, code: str) -> list[WrapRow]:
        """
        How the account with `code` may be opened, or would be if there were one: always one passphrase and one recovery
        code. Passkeys find their account themselves and are named to nobody.
        """
        shown = invented_ways(self._inventing, code)
        _, real = await way_queries.ways(self._pool, code)
        return [next((way for way in real if way.kind == one.kind), one) for one in shown]

    async def sign_in(self, code: str, wrap: bytes, secret: bytes, place: Place) -> SignedIn:
        """Raises Unauthenticated, without a reason, or RateLimited after too many of these."""
        counted = self._count(subject("code", code), place)
        account, wraps = await way_queries.ways(self._pool, code)
        way = next((way for way in wraps if hmac.compare_digest(way.wrap, wrap)), None)
        right = hmac.compare_digest(verifier(secret), NOBODY if way is None else way.verifier)
        # A passkey's secret counts only with the passkey's own signature.
        kind = way.kind if right and way is not None and way.kind != "passkey" else None
        return await self._let_in(account, wrap, kind, place, counted, {"code": code})

    def passkey_challenge(self) -> bytes:
        """For whichever passkey answers it."""
        return self._passkeys.challenge(SIGN_IN)

    async def by_passkey(self, said: Assertion, secret: bytes, site: Site, place: Place) -> SignedIn:
        """With a passkey's signature and the secret that it gave. Raises as `sign_in`."""
        counted = self._count(subject("passkey", said.credential.hex()), place)
        owned = await way_queries.by_credential(self._pool, said.credential)
        right = hmac.compare_digest(verifier(secret), NOBODY if owned is None else owned.verifier)
        signs: int | None
        try:
            signs = self._passkeys.used(said, SIGN_IN, None if owned is None else owned.passkey, site)
        except Unauthenticated:
            signs = None
        if owned is None or signs is None or not right:
            return await self._let_in(None, NOBODY[:16], None, place, counted, {"way": "passkey"})

        async def keep_counter(db: Connection) -> None:
            await way_queries.signed(db, owned.wrap, signs)

        return await self._let_in(owned.account, owned.wrap, "passkey", place, counted, {}, keep_counter)

    async def by_approval(self, account: bytes, name: bytes, place: Place, use_up: Also) -> SignedIn:
        """With a one-time code that a device of the account has answered; `use_up` ends it in the same transaction."""
        vault = await queries.vault(self._pool, account)
        if vault is None or self._rolls.may(account) is None:
            raise Unauthenticated
        session = await self._sessions.open(account, name, "approval", place, use_up)
        return SignedIn(account, session, vault, await way_queries.wraps(self._pool, account))

    def _count(self, who: bytes, place: Place) -> list[tuple[bytes, int, datetime]]:
        """Wrong until proven right. Raises RateLimited."""
        now, subjects = self._clock.now(), (who, subject("address", place.address))
        self._failures.check(subjects, now)
        return self._failures.count(subjects, now)

    async def _let_in(
        self,
        account: bytes | None,
        wrap: bytes,
        kind: str | None,
        place: Place,
        counted: list[tuple[bytes, int, datetime]],
        told: dict[str, Json],
        also: Also | None = None,
    ) -> SignedIn:
        """A session for who came by a way of `kind`; None is for a wrong secret."""
        vault = await queries.vault(self._pool, account or NOBODY[:16])
        if kind is None or account is None or vault is None or self._rolls.may(account) is None:

            async def remember(db: Connection) -> None:
                await queries.put_failures(db, counted)

            await self._journal.append(Record(LeafDraft("sign-in-refused", place=place, detail=told), also=remember))
            raise Unauthenticated

        who, address = counted[0][0], counted[1][0]
        now = self._clock.now()

        async def rows(db: Connection) -> None:
            await queries.drop_failures(db, who)
            await way_queries.used(db, wrap, now)
            if also is not None:
                await also(db)

        session = await self._sessions.open(account, wrap, kind, place, rows)
        self._failures.forgive(who)
        self._failures.take_back(address)
        return SignedIn(account, session, vault, await way_queries.wraps(self._pool, account))


SIGN_INS: Final = web.AppKey("sign_ins", SignIns)
