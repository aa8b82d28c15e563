"""Sessions: a token names one, and only its open row lets anybody in (docs/spec/22-http.md)."""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from aiohttp import web

from crypto.encoding import AccountId, DeviceId, HubId, Json, b64, canon
from crypto.errors import BadSignature
from crypto.signing import verify
from hub.access.actor import Actor, Place
from hub.access.policy import Rolls
from hub.accounts import queries
from hub.accounts.devices import queries as device_queries
from hub.accounts.devices.service import check_not_forgotten
from hub.accounts.queries import SessionRow
from hub.clock import Clock, from_milliseconds, to_milliseconds
from hub.db.pool import Connection, Pool
from hub.http import tokens
from hub.http.errors import Conflict, ExpiredSession, Forged, OutOfTime, Revoked
from hub.http.tokens import SessionClaims
from hub.journal.records import Also, LeafDraft, Record
from hub.journal.service import Journal
from hub.presence.dormancy import Presence

TRUSTED_FOR: Final = timedelta(seconds=20)
"""How long a row read from the table is believed: so long may another process's sign-out take to be seen here."""

MANY_SESSIONS: Final = 20_000
SIGNATURE_AGE: Final = timedelta(minutes=5)
MANY_MILLISECONDS: Final = 7 * 24 * 3_600_000  # no session lives longer


class Live(Protocol):
    """The live connections, which end with the session."""

    def end_session(self, jti: str, code: str) -> None: ...

    def end_account(self, account: bytes, code: str, device: bytes | None = None) -> None: ...

    def session_renewed(self, jti: str, expires_at: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A token and until when it is good (ms UTC)."""

    token: str = field(repr=False)
    expires_at: int
    ends_at: int  # of the session, which no renewal outlives
    life: int  # seconds
    jti: str


@dataclass(frozen=True, slots=True)
class _Cached:
    row: SessionRow
    read_at: datetime


class Sessions:
    """Opens, renews, binds and ends sessions; answers the guard from memory."""

    def __init__(
        self,
        pool: Pool,
        journal: Journal,
        rolls: Rolls,
        live: Live,
        clock: Clock,
        secret: bytes,
        *,
        hub: HubId,
        presence: Presence,
        token_life: timedelta,
        session_life: timedelta,
    ) -> None:
        self._pool = pool
        self._journal = journal
        self._rolls = rolls
        self._live = live
        self._clock = clock
        self._secret = secret
        self._hub = hub
        self._presence = presence
        self._token_life = token_life
        self._session_life = session_life
        self._cache: OrderedDict[str, _Cached] = OrderedDict()
        self._good: OrderedDict[bytes, SessionClaims] = OrderedDict()

    async def actor(self, token: str, place: Place) -> Actor:
        """Who is behind `token`; raises TokenRefused or ExpiredSession."""
        now = self._clock.now()
        claims = self._check(token, now)
        row = await self._row(claims.session, now)
        if row is None or row.expires_at <= now or b64(row.account) != claims.account:
            raise ExpiredSession
        may = self._rolls.may(row.account)
        if may is None:
            raise ExpiredSession
        device = None if row.device is None else DeviceId(row.device)
        return Actor(AccountId(row.account), device, may, row.jti, claims.expires * 1000, place)

    def code(self, actor: Actor) -> str:
        """The account code of somebody who is signed in."""
        return self._rolls.code(actor.account)

    async def open(self, account: bytes, wrap: bytes, way: str, place: Place, also: Also) -> Opened:
        """
        A new session of an account that has just proven itself; `also` is done in the same transaction.

        Raises Dormant where nobody has signed in for too long.
        """
        now = self._clock.now()
        await self._presence.check_awake(account)
        row = SessionRow(b64(secrets.token_bytes(16)), account, None, now + self._session_life, way)

        async def rows(db: Connection) -> None:
            await queries.open_session(db, row, now, place.address, place.agent)
            await self._presence.note(db, account, now)
            await also(db)

        detail: dict[str, Json] = {"session": row.jti, "way": way}
        leaf = LeafDraft("sign-in", actor=account, object=b64(wrap), place=place, detail=detail)
        await self._journal.append(Record(leaf, also=rows))
        return self._issue(row, now)

    async def ends(self, actor: Actor) -> int:
        """When the session is over, however often its token is renewed (ms UTC)."""
        row = await self._row(actor.jti, self._clock.now())
        if row is None:
            raise ExpiredSession
        return to_milliseconds(row.expires_at)

    async def renew(self, actor: Actor) -> Opened:
        """A fresh token for the same session, until the session itself is over."""
        now = self._clock.now()
        row = await self._row(actor.jti, now)
        if row is None:
            raise ExpiredSession
        opened = self._issue(row, now)
        self._live.session_renewed(actor.jti, opened.expires_at)
        return opened

    async def stay(self, actor: Actor, at: int, until: int, signature: bytes) -> Opened:
        """
        A later end of the session, at most a whole session's life from now, where its device signs for it over
        ("sign-in", {hub, session, device, at, until}): a stolen cookie alone doesn't stay.
        """
        now = self._clock.now()
        row = await self._row(actor.jti, now)
        if row is None:
            raise ExpiredSession
        device = actor.device or b""
        body = canon({"hub": b64(self._hub), "session": actor.jti, "device": b64(device), "at": at, "until": until})
        self._check_device(actor, device, at, body, signature)
        asked = now + timedelta(milliseconds=min(max(0, until - to_milliseconds(now)), MANY_MILLISECONDS))
        later = replace(row, expires_at=min(asked, now + self._session_life))

        async def rows(db: Connection) -> None:
            if not await queries.extend_session(db, actor.jti, later.expires_at):
                raise ExpiredSession

        leaf = LeafDraft("session-stay", actor=actor.account, device=actor.device, place=actor.place)
        await self._journal.append(Record(leaf, also=rows))
        self._cache.pop(actor.jti, None)
        opened = self._issue(later, now)
        self._live.session_renewed(actor.jti, opened.expires_at)
        return opened

    async def bind_device(self, actor: Actor, device: bytes, at: int, signature: bytes) -> None:
        """
        Says which device speaks in this session, by its signature over ("sign-in", {hub, session, device, at}).

        Raises Revoked, OutOfTime, Forged, StaleDevice for one that was forgotten, or Conflict if the session already
        speaks for another device.
        """
        now = self._clock.now()
        body = canon({"hub": b64(self._hub), "session": actor.jti, "device": b64(device), "at": at})
        self._check_device(actor, device, at, body, signature)
        row = await self._row(actor.jti, now)
        if row is None:
            raise ExpiredSession
        await check_not_forgotten(self._pool, actor.account, device, row.way, now)

        async def rows(db: Connection) -> None:
            if not await queries.bind_device(db, actor.jti, device):
                raise Conflict
            await device_queries.put_use(db, actor.account, device, now)

        leaf = LeafDraft("session-device", actor=actor.account, device=device, place=actor.place)
        await self._journal.append(Record(leaf, also=rows))
        cached = self._cache.get(actor.jti)
        if cached is not None:
            self._cache[actor.jti] = replace(cached, row=replace(cached.row, device=device))

    async def end(self, actor: Actor) -> None:
        """Signs out: the token is worth nothing from now on, wherever a copy of it may be."""
        now = self._clock.now()

        async def rows(db: Connection) -> None:
            await queries.end_session(db, actor.jti, now)

        leaf = LeafDraft("sign-out", actor=actor.account, device=actor.device, place=actor.place)
        await self._journal.append(Record(leaf, also=rows))
        self._cache.pop(actor.jti, None)
        self._live.end_session(actor.jti, "signed-out")

    def forget(self, account: bytes, device: bytes | None = None) -> None:
        """
        Something about the account, or one of its devices, has changed: its sessions are read anew, and the connections
        end.
        """
        for jti in [jti for jti, cached in self._cache.items() if cached.row.account == account]:
            del self._cache[jti]
        self._live.end_account(account, "expired-session", device)

    def _check_device(self, actor: Actor, device: bytes, at: int, body: bytes, signature: bytes) -> None:
        key = self._rolls.device_key(actor.account, device)
        if key is None:
            raise Revoked
        if abs(to_milliseconds(self._clock.now()) - at) > SIGNATURE_AGE / timedelta(milliseconds=1):
            raise OutOfTime
        try:
            verify("device", key, "sign-in", body, signature)
        except BadSignature:
            raise Forged from None

    def _check(self, token: str, now: datetime) -> SessionClaims:
        """
        What the token says. One that was found good once is good until it expires; whether its session still counts is
        looked up each time.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        known = self._good.get(digest)
        if known is not None and now.timestamp() < known.expires:
            return known
        claims = tokens.check_token(token, self._secret, now)
        self._good[digest] = claims
        if len(self._good) > MANY_SESSIONS:
            self._good.popitem(last=False)
        return claims

    async def _row(self, jti: str, now: datetime) -> SessionRow | None:
        cached = self._cache.get(jti)
        if cached is not None and now - cached.read_at < TRUSTED_FOR:
            return cached.row
        row = await queries.session(self._pool, jti)
        if row is None:
            self._cache.pop(jti, None)
            return None
        self._cache[jti] = _Cached(row, now)
        self._cache.move_to_end(jti)
        if len(self._cache) > MANY_SESSIONS:
            self._cache.popitem(last=False)
        return row

    def _issue(self, row: SessionRow, now: datetime) -> Opened:
        """Lives in whole seconds, never beyond the session."""
        life = int(min(self._token_life, row.expires_at - now).total_seconds())
        if life < 1:
            raise ExpiredSession
        token = tokens.issue(b64(row.account), row.jti, self._secret, now, life=life)
        ends = from_milliseconds(int(now.timestamp()) * 1000) + timedelta(seconds=life)
        return Opened(token, to_milliseconds(ends), to_milliseconds(row.expires_at), life, row.jti)


SESSIONS: Final = web.AppKey("sessions", Sessions)
