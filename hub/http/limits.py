"""How much and how often: bodies are refused unread, each caller has a bucket (docs/operating/README.md)."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from hub.http.errors import Malformed, RateLimited, TooLarge

BODY_LIMIT_KEY: Final = web.RequestKey("body_limit", int)

READ_SECONDS: Final = 300.0
"""4 MiB over 256 kbit/s take 130 seconds."""

MANY_CALLERS: Final = 20_000
"""Buckets kept; the one that was used longest ago is forgotten, which gives its caller a full bucket again."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Rate:
    """A token bucket for each caller: `burst` at once, `each_second` on the long run."""

    def __init__(self, burst: float, each_second: float, monotonic: Callable[[], float]) -> None:
        self._burst = burst
        self._each_second = each_second
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def check(self, caller: str, cost: float = 1.0) -> None:
        """Takes `cost` tokens from the caller's bucket; raises RateLimited with the seconds to wait."""
        now = self._monotonic()
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = self._buckets[caller] = _Bucket(self._burst, now)
            if len(self._buckets) > MANY_CALLERS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(caller)
            bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._each_second)
            bucket.at = now
        if bucket.tokens < cost:
            raise RateLimited(retry_after=1 + int((cost - bucket.tokens) / self._each_second))
        bucket.tokens -= cost


def check_size(request: web.Request, limit: int) -> None:
    """Refuses by the announced length, and remembers the limit for bodies that announce none."""
    request[BODY_LIMIT_KEY] = limit
    if request.content_length is not None and request.content_length > limit:
        raise TooLarge


async def read_body(request: web.Request) -> bytes:
    """
    The whole body, at most the limit of its route; raises TooLarge at the first byte beyond it, Malformed if it takes
    longer than the slowest line would for the largest entry.
    """
    limit = request[BODY_LIMIT_KEY]
    if request.content.is_eof():  # it came with its head: there is nothing to wait for
        whole = request.content.read_nowait()
        if len(whole) > limit:
            raise TooLarge
        return whole
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for part in request.content.iter_any():
                size += len(part)
                if size > limit:
                    raise TooLarge
                parts.append(part)
    except TimeoutError:
        raise Malformed from None
    return b"".join(parts)
