"""
B1: deliveries a second, one post at a time. B6: from post to delivery at ten posts a second. Both against a bare server
that sends a prebuilt frame of the same size to as many listeners. Hub, listeners and poster are processes of their own.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from crypto.encoding import b64
from crypto.packet import join_parts
from hub.live import frames
from tests.bench.fleet import FREE, prepare, voices
from tests.bench.load import LENGTH
from tests.bench.measure import Fact, Result
from tests.people import a_hub
from tests.stories.hub_process import Serving

SOCKETS = 300
POSTS = 100
PACE = 0.1
PLACE_SIZE = 250  # what the hub adds to a packet on its way out

Send = Callable[[int], Awaitable[None]]


async def measure(dsn: str, state_dir: Path, rounds: int) -> list[Result | Fact]:
    """The real path: HTTP, signature, commit with leaf and offer to each of the devices, fan-out."""
    saturated = Result("B1", f"deliveries/s to {SOCKETS} devices, one post at a time ÷ bare server", 0.8)
    middle = Result("B6", "p50 post → delivered at 10 posts/s, ms ÷ bare server", 1.5, at_least=False)
    last = Result("B6", "p99 post → delivered at 10 posts/s, ms ÷ bare server", 1.5, at_least=False)
    used: list[float] = []
    serving = Serving(state_dir / "hub.log")
    async with a_hub(state_dir, dsn, serving=serving, limits=FREE, token_minutes=60) as village:
        people = await village.members("ghana", "peru", "france", "india")
        channel = await village.channel("Load", *people)
        await people[0].say(channel, "Begin")
        speaker, *devices = await voices(people, SOCKETS + 1)
        tokens = [device.token for device in devices]
        everything = await prepare(speaker, channel, rounds * POSTS * 2)
        prepared, sample = iter(everything), everything[0]
        size = len(sample.packet) + PLACE_SIZE
        poster = await Poster.connect(village.settings.port)
        async with bare_server(size) as (bare_port, write):
            for number in range(rounds):
                for pace in (PACE, 0.0):
                    said = 1 + (2 * number + (pace == 0.0)) * POSTS
                    places = [[b64(channel.operation), b64(channel.id), said]]
                    hello = json.dumps({"after": {"directory": 2**40, "channels": places}})
                    requests = [next(prepared).request for _ in range(POSTS)]

                    async def post(number: int, requests: Sequence[bytes] = requests) -> None:
                        await poster.post(requests[number])

                    before = serving.hub.processor_seconds()
                    real = await deliver(village.settings.port, tokens, hello, post, pace)
                    used.append((serving.hub.processor_seconds() - before) / POSTS * 1000)
                    bare = await deliver(bare_port, ["none"] * SOCKETS, hello, write, pace)
                    if pace:
                        for result, share in ((middle, 50), (last, 99)):
                            result.rates.append(percentile(real, share))
                            result.limits.append(percentile(bare, share))
                    else:
                        saturated.rates.append(rate(real))
                        saturated.limits.append(rate(bare))
        poster.close()
    each = f"processor time of the hub's process for a post to {SOCKETS} devices, their arrival included"
    return [saturated, middle, last, Fact("", each, statistics.median(used), "ms")]


class Poster:
    """One connection that posts what was prepared, as a member's client holds one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int) -> Poster:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, request: bytes) -> None:
        """Returns with the receipt."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await self._reader.readexactly(int(length[1]) if length else 0)
        assert head.startswith(b"HTTP/1.1 201"), body

    def close(self) -> None:
        self._writer.close()


Sent = tuple[float, list[float]]
"""When a post set out, and when it came to each socket."""


async def deliver(
    port: int, tokens: Sequence[str], hello: str, send: Send, pace: float, count: int = POSTS
) -> list[Sent]:
    """Sends `count` times to a listener for each token, each after the one before, `pace` seconds apart."""
    command = (sys.executable, "-m", "tests.bench.listeners", str(port))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=1 << 26)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(120):
            process.stdin.write(json.dumps({"tokens": tokens, "hello": hello}).encode() + b"\n")
            assert await process.stdout.readline() == b"ready\n"
            starts = []
            begun = time.monotonic()
            for number in range(count):
                await asyncio.sleep(max(0.0, begun + number * pace - time.monotonic()))
                starts.append(time.monotonic())
                await send(number)
            process.stdin.write(b"%d\n" % count)
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
