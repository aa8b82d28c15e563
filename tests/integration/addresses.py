"""
Every address of the hub with ids in it, and how each answers somebody who may: one line for each route.

A new route without a line fails tests/integration/test_roles.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hub.access.routes import Route
from hub.app import ROUTES

NOWHERE: Final = "ids that nothing has"
LIVE: Final = "/api/live"
NO_CONTENT: Final = "/static/"

EMPTY: Final = (400, 415)
"""Nothing was said, or not as packets."""

GRANTED: Final[Mapping[str, int | tuple[int, ...]]] = {
    # -- pages and what is for everybody
    "GET /": 200,
    "GET /o": 200,
    "GET /o/{tail:.*}": 200,
    "GET /static/{name:.+}": 404,
    "GET /favicon.ico": (200, 404),
    "GET /lang/{language}": 303,
    "GET /health": 200,
    "GET /api/hub": 200,
    # -- coming in and going
    "GET /setup": 200,
    "POST /api/sign-in/passkey/challenge": 200,
    "POST /api/sign-in/passkey": EMPTY,
    "POST /api/sign-in/approval": EMPTY,
    "POST /api/sign-in/approval/collect": EMPTY,
    "POST /api/session/stay": EMPTY,
    "POST /api/sign-in/ways": EMPTY,
    "POST /api/sign-in": EMPTY,
    "GET /api/session": 200,
    "POST /api/session/renew": 200,
    "POST /api/session/device": EMPTY,
    "DELETE /api/session": 200,
    # -- one's own
    "GET /api/ways": 200,
    "PUT /api/ways": EMPTY,
    "POST /api/ways/proof": EMPTY,
    "POST /api/ways/passkey": 200,
    "GET /api/devices": 200,
    "PUT /api/devices/{device}": 404,
    "POST /api/approvals": EMPTY,
    "GET /api/approvals/{approval}": 404,
    "POST /api/approvals/{approval}": EMPTY,
    "DELETE /api/approvals/{approval}": 404,
    "GET /api/vault": 200,
    "PUT /api/vault": EMPTY,
    "GET /api/private": 200,
    "GET /api/private/{record}": (200, 404),
    "PUT /api/private/{record}": EMPTY,
    "DELETE /api/private/{record}": (200, 404),
    # -- the directory
    "GET /api/directory": 200,
    "POST /api/directory": EMPTY,
    "POST /api/invitations": EMPTY,
    "GET /api/invitations/{invitation}": 404,
    "POST /api/enrolments": EMPTY,
    "POST /api/enrolments/pending": EMPTY,
    "GET /api/nominations": 200,
    "POST /api/nominations": EMPTY,
    "GET /api/nominations/own": 200,
    "POST /api/nominations/{nomination}/outcome": EMPTY,
    "POST /api/proposals": EMPTY,
    "POST /api/proposals/waiting": EMPTY,
    "GET /api/cards": 200,
    "PUT /api/cards/{account}": EMPTY,
    "GET /api/presence": 200,
    "GET /api/coverage": 200,
    # -- operations and channels
    "GET /api/operations": 200,
    "POST /api/operations": EMPTY,
    "GET /api/operations/{operation}/entries": 200,
    "POST /api/operations/{operation}/entries": EMPTY,
    "GET /api/operations/{operation}/templates/{hash}": 200,
    "GET /api/operations/{operation}/coverage": 200,
    "GET /api/operations/{operation}/countersigning": 200,
    "POST /api/operations/{operation}/countersigning": EMPTY,
    "GET /api/operations/{operation}/destruction": 404,
    "POST /api/operations/{operation}/destruction/receipts": EMPTY,
    "GET /api/operations/{operation}/channels/{channel}/envelopes": 200,
    "POST /api/operations/{operation}/channels/{channel}/envelopes": EMPTY,
    "GET /api/operations/{operation}/channels/{channel}/envelopes/by-id/{id}": (200, 404),
    "GET /api/operations/{operation}/channels/{channel}/epochs/{epoch}/wrap": (200, 404),
    "GET /api/live": 400,
    "GET /api/live/poll": 200,
    # -- the log
    "GET /api/log/checkpoint": 200,
    "GET /api/log/tile/{tile:.+}": (200, 404),
    "GET /api/log/proof/inclusion": 200,
    "GET /api/log/proof/consistency": 200,
    "GET /api/heads": 200,
    "GET /api/log/entries": 200,
    "GET /audit": 200,
}
"""Status of a well-formed request that says nothing (`{}` in a body), sent by somebody who may send it."""

QUERIES: Final = {
    "/api/live/poll": "?wait=0&cursor={cursor}",
    "/api/log/proof/inclusion": "?index=3&size=4",
    "/api/log/proof/consistency": "?from=3&to=4",
    "/api/log/entries": "?limit=500",
    "/audit": "?limit=500",
}


@dataclass(frozen=True, slots=True)
class Ids:
    """What stands for each placeholder, as text; `room` says whose it is."""

    room: str
    operation: str
    channel: str
    statement: str
    hash: str
    account: str
    token: str
    """Sixteen bytes that name nothing."""

    def of(self, placeholder: str, epoch: int) -> str:
        """An id that fits, or one that nothing has where the placeholder names something of its own kind."""
        known = {
            "{operation}": self.operation,
            "{channel}": self.channel,
            "{id}": self.statement,
            "{hash}": self.hash,
            "{account}": self.account,
            "{epoch}": str(epoch),
            "{record}": "pins",
            "{tile:.+}": "0/000",
            "{tail:.*}": f"{self.operation}/{self.channel}/{self.statement}",
            "{name:.+}": "nothing.js",
            "{language}": "en",
        }
        return known.get(placeholder, self.token)


@dataclass(frozen=True, slots=True)
class Knock:
    """One request: a route with ids in its place."""

    route: Route
    path: str
    room: str
    epoch: int

    def __str__(self) -> str:
        return f"{name_of(self.route)} ({self.room})"


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def placeholders(path: str) -> Iterator[str]:
    """Each `{…}` of a route's path, once."""
    for part in path.split("/"):
        if part.startswith("{"):
            yield part


def knocks(places: Mapping[str, Ids]) -> Iterator[Knock]:
    """Every route with every set of ids that its path can name, and every epoch."""
    for route in ROUTES:
        own = any(part in route.path for part in ("{operation}", "{account}", "{id}"))
        for room, named in (places if own else {NOWHERE: places[NOWHERE]}).items():
            for epoch in (1, 2, 9) if "{epoch}" in route.path else (1,):
                path = route.path
                for part in placeholders(route.path):
                    path = path.replace(part, named.of(part, epoch))
                yield Knock(route, path + QUERIES.get(route.path, ""), room, epoch)
