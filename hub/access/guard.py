"""
The way of every request to its handler: what isn't allowed by name is refused (docs/spec/22-http.md, guard).

Host and size, origin, session, rate, action: in this order, the cheap ones first, and all of them before the body is
read or a signature verified.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final, Protocol

from aiohttp import web

from crypto.encoding import unb64
from crypto.errors import Malformed as MalformedId
from crypto.errors import ProtocolError
from hub.access.actor import ACTOR, PLACE, Actor, Place
from hub.access.policy import Rolls, check_channel, check_hub, check_operation
from hub.access.routes import OPEN, Handler, Route, Size
from hub.http.errors import (
    ExpiredSession,
    NoDevice,
    NotFound,
    Refusal,
    Revoked,
    UnsupportedMedia,
)
from hub.http.limits import Rate, check_size
from hub.http.origin import Names
from hub.http.problems import code_of

COOKIE: Final = "__Host-session"
AGENT_SIZE: Final = 200

FORGERIES: Final = frozenset({"forged"})
DENIALS: Final = frozenset({"not-allowed", "not-a-reader", "not-certified", "revoked", "no-device", "wrong-place"})
"""Refusals that leave a leaf: somebody tried what their rights, or the statement's own words, do not allow."""


class Sessions(Protocol):
    """Who is behind a token."""

    async def actor(self, token: str, place: Place) -> Actor:
        """Raises TokenRefused or ExpiredSession."""
        ...


@dataclass(frozen=True, slots=True)
class Refused:
    """What a refusal leaves in the audit log: `leaf` is "denied" or "forgery"."""

    leaf: str
    code: str
    action: str
    route: str
    operation: bytes | None
    actor: Actor | None
    place: Place


class Ledger(Protocol):
    """Writes a refusal down before it is answered."""

    def __call__(self, refused: Refused) -> Awaitable[None]: ...


class Guard:
    """Wraps a route's handler; app.py gives it what the rooms above know."""

    def __init__(
        self,
        names: Names,
        sessions: Sessions,
        rolls: Rolls,
        ledger: Ledger,
        *,
        sizes: Mapping[Size, int],
        session_rate: Rate,
        open_rate: Rate,
        proxies: tuple[IPv4Network | IPv6Network, ...] = (),
    ) -> None:
        self._names = names
        self._sessions = sessions
        self._rolls = rolls
        self._ledger = ledger
        self._sizes = sizes
        self._session_rate = session_rate
        self._open_rate = open_rate
        self._proxies = proxies

    def wrap(self, route: Route) -> Handler:
        """The handler behind the guard."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            place = request[PLACE] = Place(self._address(request), request.headers.get("User-Agent", "")[:AGENT_SIZE])
            if not route.any_host:
                self._names.check_host(request)
            check_size(request, self._sizes[limit] if isinstance(limit := route.body_limit, Size) else limit)
            if "Content-Encoding" in request.headers:
                raise UnsupportedMedia
            bearer, cookie = _bearer(request), request.cookies.get(COOKIE)
            self._names.check_origin(request, with_cookie=bearer is None and cookie is not None)

            actor: Actor | None = None
            try:
                if route.action == OPEN:
                    self._open_rate.check(place.address)
                else:
                    token = bearer or cookie
                    if token is None:
                        self._open_rate.check(place.address)
                        raise ExpiredSession
                    actor = request[ACTOR] = await self._sessions.actor(token, place)
                    self._session_rate.check(actor.jti)
                    self._authorise(route, actor, request)
                return await route.handler(request)
            except (Refusal, ProtocolError) as error:
                await self._write_down(error, route, request, actor, place)
                raise

        return guarded

    def _authorise(self, route: Route, actor: Actor, request: web.Request) -> None:
        if route.device:
            if actor.device is None:
                raise NoDevice
            if self._rolls.device_key(actor.account, actor.device) is None:
                raise Revoked
        operation, channel = request.match_info.get("operation"), request.match_info.get("channel")
        if operation is None:
            check_hub(self._rolls, route.action, actor.may)
        elif channel is None:
            check_operation(self._rolls, route.action, actor.account, id_in_path(operation, 32))
        else:
            check_channel(self._rolls, route.action, actor.account, id_in_path(operation, 32), id_in_path(channel, 16))

    async def _write_down(
        self, error: Refusal | ProtocolError, route: Route, request: web.Request, actor: Actor | None, place: Place
    ) -> None:
        code = code_of(error)
        denied = actor is not None and code in DENIALS
        if not denied and code not in FORGERIES:
            return
        operation = request.match_info.get("operation")
        refused = Refused(
            leaf="denied" if denied else "forgery",
            code=code,
            action=route.action,
            route=route.path,
            operation=None if operation is None else id_in_path(operation, 32),
            actor=actor,
            place=place,
        )
        await self._ledger(refused)

    def _address(self, request: web.Request) -> str:
        """The nearest address that isn't a proxy of ours: what stands before it, anybody could have written."""
        nearest = request.remote or ""
        if not self._proxies:
            return nearest
        for written in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
            if not self._is_proxy(nearest):
                break
            try:
                nearest = str(ip_address(written.strip()))
            except ValueError:
                break
        return nearest

    def _is_proxy(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._proxies)


@lru_cache(maxsize=4096)
def id_in_path(text: str, size: int) -> bytes:
    """An id of `size` bytes; one that is none is unknown, as any other that isn't there."""
    try:
        return unb64(text, size)
    except MalformedId:
        raise NotFound from None


def _bearer(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" and token else None
