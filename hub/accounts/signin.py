"""
Signing in with an account code and the secret that opens one of the vault's ways (docs/spec/11-vault.md).

Whoever asks learns nothing about which codes exist: an unknown code has ways too, always the same ones, and a wrong
secret costs the same work and gets the same answer whether there is an account or not.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from crypto.encoding import pae
from hub.access.actor import Place
from hub.access.policy import Rolls
from hub.accounts import queries
from hub.accounts.failures import Failures, subject
from hub.accounts.queries import VaultRow, WrapRow
from hub.accounts.sessions import Opened, Sessions
from hub.clock import Clock
from hub.db.pool import Connection, Pool
from hub.http.errors import Unauthenticated
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal

MEMORY, PASSES, LANES = 65536, 3, 1
NOBODY: Final = bytes(32)


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
        secret: bytes,
    ) -> None:
        self._pool = pool
        self._journal = journal
        self._sessions = sessions
        self._rolls = rolls
        self._clock = clock
        self._failures = failures
        self._inventing = hmac.digest(secret, b"invented ways", "sha256")

    async def ways(self, code: str) -> list[WrapRow]:
        """How the account with `code` may be opened, or would be if there were one."""
        invented = invented_ways(self._inventing, code)
        _, real = await queries.ways(self._pool, code)
        return real or invented

    async def sign_in(self, code: str, wrap: bytes, secret: bytes, place: Place) -> SignedIn:
        """Raises Unauthenticated, without a reason, or RateLimited after too many of these."""
        now = self._clock.now()
        by_code, by_address = subject("code", code), subject("address", place.address)
        self._failures.check((by_code, by_address), now)
        counted = self._failures.count((by_code, by_address), now)

        account, wraps = await queries.ways(self._pool, code)
        wanted = next((way.verifier for way in wraps if hmac.compare_digest(way.wrap, wrap)), None)
        right = hmac.compare_digest(verifier(secret), wanted or NOBODY) and wanted is not None
        vault = await queries.vault(self._pool, account or NOBODY[:16])
        if not right or account is None or vault is None or self._rolls.may(account) is None:

            async def remember(db: Connection) -> None:
                await queries.put_failures(db, counted)

            leaf = LeafDraft("sign-in-refused", place=place, detail={"code": code})
            await self._journal.append(Record(leaf, also=remember))
            raise Unauthenticated

        async def forget(db: Connection) -> None:
            await queries.drop_failures(db, by_code)

        session = await self._sessions.open(account, wrap, place, forget)
        self._failures.forgive(by_code)
        self._failures.take_back(by_address)
        return SignedIn(account, session, vault, wraps)


SIGN_INS: Final = web.AppKey("sign_ins", SignIns)
