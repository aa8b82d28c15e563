"""The load itself: runs in a process of its own, speaks HTTP by hand, and does little else than count."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import uvloop

END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Posted:
    """What one run of posting came to; `refused` are the heads of answers that were no receipt."""

    count: int
    seconds: float
    latencies: list[float]
    refused: list[str]

    @property
    def rate(self) -> float:
        return self.count / self.seconds


class Lane(asyncio.Protocol):
    """One connection: the next request goes out when the answer of the last one is there."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self.requests = requests
        self.next = 0
        self.acknowledged = 0
        self.latencies: list[float] = []
        self.refused: list[str] = []
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.stopping = False
        self._began = 0.0
        self._held = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        if self.stopping or self.next >= len(self.requests):
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(self.requests[self.next])

    def data_received(self, data: bytes) -> None:
        self._held += data
        head = self._held.find(END_OF_HEAD)
        if head < 0:
            return
        length = LENGTH.search(self._held, 0, head)
        end = head + 4 + (int(length[1]) if length else 0)
        if len(self._held) < end:
            return
        answer, self._held = self._held[:end], self._held[end:]
        self.next += 1
        if answer.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
            self.acknowledged += 1
            self.latencies.append(time.perf_counter() - self._began)
        else:
            self.refused.append(answer[:12].decode() + " " + answer[head + 4 :][:300].decode(errors="replace"))
        self._send()

    def connection_lost(self, reason: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(None)


def post(port: int, lanes: Sequence[Sequence[bytes]], seconds: float) -> Posted:
    """Posts on all lanes at once until the time is up or everything is sent."""
    return uvloop.run(_post(port, lanes, seconds))


async def _post(port: int, lanes: Sequence[Sequence[bytes]], seconds: float) -> Posted:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    running: list[Lane] = []
    for requests in lanes:
        _, lane = await loop.create_connection(lambda requests=requests: Lane(requests), "127.0.0.1", port)  # type: ignore[misc]
        running.append(lane)
    await asyncio.wait([lane.over for lane in running], timeout=seconds)
    took = time.perf_counter() - began
    count = sum(lane.acknowledged for lane in running)
    for lane in running:
        lane.stopping = True
    await asyncio.wait([lane.over for lane in running], timeout=10)
    latencies = sorted(one for lane in running for one in lane.latencies)
    return Posted(count, took, latencies, [words for lane in running for words in lane.refused][:5])
