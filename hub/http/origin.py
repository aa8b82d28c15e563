"""Where a request may come from: the hub's own names, and its own pages (docs/threat-model.md, attack 36)."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from hub.http.errors import OriginRefused
from hub.settings import is_loopback_name

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def host_name(authority: str) -> str:
    """The name in a Host header or an origin, lower case, without port and brackets; empty if it is none."""
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""


class Names:
    """The names under which the hub answers: its public origins, and loopback names where it listens for them."""

    def __init__(self, origins: Iterable[str], *, loopback: bool) -> None:
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._hosts = frozenset(urlsplit(origin).netloc for origin in self._origins)
        self._loopback = loopback

    def check_host(self, request: web.Request) -> None:
        """Raises OriginRefused for a Host that isn't the hub's: neither a stranger's name nor one rebound to it."""
        authority = request.headers.get("Host", "").lower()
        if authority in self._hosts or (self._loopback and is_loopback_name(host_name(authority))):
            return
        raise OriginRefused

    def check_origin(self, request: web.Request, *, with_cookie: bool) -> None:
        """
        Raises OriginRefused for a request that another site made.

        A foreign Origin is refused whatever the method. A cookie that changes state, or opens a socket, needs proof
        that the hub's own page sent it: Sec-Fetch-Site same-origin (or none: typed by a person), else its Origin.
        """
        origin = request.headers.get("Origin")
        own = origin is not None and self._is_own(origin.lower(), request.headers.get("Host", "").lower())
        if origin is not None and not own:
            raise OriginRefused
        site = request.headers.get("Sec-Fetch-Site")
        changes = request.method not in SAFE_METHODS or "Upgrade" in request.headers
        if not changes:
            return
        if site is not None and site not in ("same-origin", "none"):
            raise OriginRefused
        if with_cookie and site is None and not own:
            raise OriginRefused

    def _is_own(self, origin: str, authority: str) -> bool:
        if origin in self._origins and urlsplit(origin).netloc == authority:
            return True
        parts = urlsplit(origin)
        return (
            self._loopback
            and parts.scheme in ("http", "https")
            and parts.netloc == authority
            and is_loopback_name(host_name(authority))
        )
