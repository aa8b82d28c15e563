"""The person and the device behind one request, as the session table and the directory know them."""

from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from crypto.encoding import AccountId, DeviceId


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request came from: kept only in the erasable detail beside a leaf."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Actor:
    """
    A signed-in account.

    `device` is None until the session was bound to a device by that device's signature; `may` are the account's
    privileges in the directory (coordinate, administer, audit); `expires_at` is in ms UTC.
    """

    account: AccountId
    device: DeviceId | None
    may: frozenset[str]
    jti: str
    expires_at: int
    place: Place = field(repr=False)


ACTOR: Final = web.RequestKey("actor", Actor)
PLACE: Final = web.RequestKey("place", Place)


def actor_of(request: web.Request) -> Actor:
    """The actor that the guard put on the request; only routes behind the guard may ask."""
    return request[ACTOR]


def place_of(request: web.Request) -> Place:
    """Address and agent of any request, signed in or not."""
    return request[PLACE]
