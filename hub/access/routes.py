"""What a route is: a place, a handler, the action it needs and the leaf it leaves (docs/spec/22-http.md, guard)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

OPEN: Final = "open"
"""The route needs no session. tests/house/test_routes.py holds the whole list with its reasons."""


class Size(Enum):
    """How much a request may carry where the operator decides it: names of the settings' limits."""

    REQUEST = "request_size"
    ENTRY = "entry_size"


@dataclass(frozen=True, slots=True)
class Route:
    """
    One line of a room's `ROUTES`.

    `action` is a name of the matrix or OPEN. Where the path has `{operation}` (and `{channel}`), the guard judges the
    action by the actor's role and compartments there; elsewhere by what the directory says of the account. What depends
    on the body (an envelope's kind, an entry's changes) the room judges itself, after this coarse sieve.
    `body_limit` is in bytes where the protocol sets it.
    `leaf` is the type of the audit leaf that an accepted request leaves; None only where the visible list says so.
    `device` asks for a session that is bound to a device. `any_host` is for load balancers.
    """

    method: str
    path: str
    handler: Handler
    action: str
    leaf: str | None
    body_limit: int | Size = Size.REQUEST
    device: bool = False
    any_host: bool = False
