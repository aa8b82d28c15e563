"""
B1: deliveries a second, one post at a time. B6: from post to delivery at ten posts a second. Both against a bare server
that sends a prebuilt frame of the same size to the same listeners.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from crypto.encoding import b64
from crypto.envelope import envelope_id
from crypto.packet import join_parts, unpack
from hub.live import frames
from hub.settings import Limits
from tests.bench.measure import Result
from tests.builders import running_hub

SOCKETS = 300
POSTS = 100
PACE = 0.1

Send = Callable[[int], Awaitable[None]]


async def measure(dsn: str, state_dir: Path, rounds: int) -> list[Result]:
    """The real path: HTTP, signature, commit with leaf and offer, fan-out."""
    limits = Limits(requests_per_minute=10**6, open_requests_per_minute=10**6, sockets=10**4, sockets_per_account=10**4)
    saturated = Result("B1", f"deliveries/s to {SOCKETS} sockets, one post at a time ÷ bare server", 0.8)
    middle = Result("B6", "p50 post → delivered at 10 posts/s, ms ÷ bare server", 1.5, at_least=False)
    last = Result("B6", "p99 post → delivered at 10 posts/s, ms ÷ bare server", 1.5, at_least=False)
    async with running_hub(dsn, state_dir, limits=limits) as hub:
        ama = await hub.member("ama", "GH", "coordinate")
        operation = await hub.open_operation(ama)
        room = await hub.open_channel(ama, operation, [ama])
        packets = []
        for _ in range(rounds * POSTS * 2):
            packets.append(room.envelope(ama))
            ama.sent[room.channel].append(envelope_id(unpack(packets[-1]).body))
        sending = iter(packets)

        async def post(_: int) -> None:
            answer = await room.send(ama, next(sending))
            assert answer.status == 201

        place = [[b64(operation), b64(room.channel), 0]]
        assert ama.token is not None
        async with bare_server(len(packets[0]) + 250) as (bare_port, write):
            for number in range(rounds):
                for pace in (PACE, 0.0):
                    places = [[*place[0][:2], (2 * number + (pace == 0.0)) * POSTS]]
                    hello = json.dumps({"after": {"directory": 2**40, "channels": places}})
                    port = int(hub.url.rsplit(":", 1)[1])
                    real = await deliver(port, ama.token, hello, post, pace)
                    bare = await deliver(bare_port, "none", hello, write, pace)
                    if pace:
                        for result, share in ((middle, 50), (last, 99)):
                            result.rates.append(percentile(real, share))
                            result.limits.append(percentile(bare, share))
                    else:
                        saturated.rates.append(rate(real))
                        saturated.limits.append(rate(bare))
    return [saturated, middle, last]


Sent = tuple[float, list[float]]
"""When a post set out, and when it came to each socket."""


async def deliver(port: int, token: str, hello: str, send: Send, pace: float) -> list[Sent]:
    """Sends `POSTS` to `SOCKETS` listeners, each after the one before, `pace` seconds apart."""
    command = (sys.executable, "-m", "tests.bench.listeners", str(port), str(SOCKETS), token, hello)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=1 << 26)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(120):
            assert await process.stdout.readline() == b"ready\n"
            starts = []
            begun = time.monotonic()
            for number in range(POSTS):
                await asyncio.sleep(max(0.0, begun + number * pace - time.monotonic()))
                starts.append(time.monotonic())
                await send(number)
            process.stdin.write(b"%d\n" % POSTS)
            arrivals = json.loads(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()
    return list(zip(starts, arrivals, strict=True))


def percentile(sent: list[Sent], share: int) -> float:
    """Milliseconds from a post's start to its delivery that `share` of a hundred deliveries don't exceed."""
    waits = [arrival - start for start, arrivals in sent for arrival in arrivals]
    return 1000 * statistics.quantiles(waits, n=100)[share - 1]


def rate(sent: list[Sent]) -> float:
    """Deliveries a second from the first start to the last arrival."""
    return sum(len(arrivals) for _, arrivals in sent) / (max(sent[-1][1]) - sent[0][0])


@asynccontextmanager
async def bare_server(size: int) -> AsyncIterator[tuple[int, Send]]:
    """Upgrades everybody, is current at once, and writes one frame of `size` bytes to each when told."""
    frame = frames.binary(join_parts((b"", b"", b"", b"", bytes(size))))
    open_now: list[asyncio.Transport] = []

    class Bare(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self._transport = cast("asyncio.Transport", transport)

        def data_received(self, data: bytes) -> None:
            if data.startswith(b"GET"):
                self._transport.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + frames.text({"type": "current"}))
                open_now.append(self._transport)

        def connection_lost(self, error: Exception | None) -> None:
            open_now.remove(self._transport)

    async def write(_: int) -> None:
        for transport in open_now:
            transport.write(frame)
        await asyncio.sleep(0)

    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], write
