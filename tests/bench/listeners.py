"""
Many sockets in a process of their own: says "ready" when all are current, counts packets, and tells at the end when
each came (CLOCK_MONOTONIC, which all processes of a machine share). The first line that it is given is JSON: tokens,
one for each socket, and the hello that every socket says.

    python -m tests.bench.listeners PORT
"""

import asyncio
import json
import sys
import time
from functools import partial
from typing import Final, cast

import uvloop

UPGRADE: Final = (
    "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
BINARY: Final = 0x82
SHORT, MEDIUM = 126, 127


def packets_in(payload: bytes) -> int:
    """A socket in arrears gets several packets in one frame."""
    parts = at = 0
    while at < len(payload):
        at += 4 + int.from_bytes(payload[at : at + 4], "big")
        parts += 1
    return parts // 5


class Listener(asyncio.Protocol):
    """One socket that looks at headers and lengths only."""

    def __init__(self, opening: bytes, hello: bytes, arrivals: list[list[float]], current: asyncio.Queue[None]) -> None:
        self._opening = opening
        self._hello = hello
        self._arrivals = arrivals
        self._current = current
        self._held = bytearray()
        self._upgraded = False
        self._counting = False
        self._next = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        transport.write(self._opening)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._held += data
        if not self._upgraded:
            end = self._held.find(b"\r\n\r\n")
            if end < 0:
                return
            del self._held[: end + 4]
            self._upgraded = True
            self._transport.write(self._hello)
        at = 0
        while (frame := self._frame(at)) is not None:
            kind, start, end = frame
            if kind == BINARY and self._counting:
                for _ in range(packets_in(self._held[start:end])):
                    if self._next == len(self._arrivals):
                        self._arrivals.append([])
                    self._arrivals[self._next].append(now)
                    self._next += 1
            elif kind != BINARY and b'"current"' in self._held[start:end]:
                self._counting = True
                self._current.put_nowait(None)
            at = end
        del self._held[:at]

    def _frame(self, at: int) -> tuple[int, int, int] | None:
        """(first byte, start of the payload, end) of the frame at `at`, None where it isn't whole yet."""
        held = self._held
        if len(held) < at + 2:
            return None
        size, start = held[at + 1], at + 2
        if size >= SHORT:
            width = 2 if size == SHORT else 8
            if len(held) < start + width:
                return None
            size, start = int.from_bytes(held[start : start + width], "big"), start + width
        return None if len(held) < start + size else (held[at], start, start + size)


def _given(listener: Listener) -> Listener:
    return listener


async def main(port: int) -> None:
    told = json.loads(sys.stdin.readline())
    words, tokens = told["hello"].encode(), told["tokens"]
    sockets = len(tokens)
    header = bytes((0x81, 0x80 | SHORT)) + len(words).to_bytes(2, "big") + bytes(4)
    arrivals: list[list[float]] = []
    current: asyncio.Queue[None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for token in tokens:
        opening = UPGRADE.format(port=port, token=token).encode()
        listener = Listener(opening, header + words, arrivals, current)
        await loop.create_connection(partial(_given, listener), "127.0.0.1", port)
        await current.get()
    print("ready", flush=True)  # noqa: T201 - the parent waits for it
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while word := (await reader.readline()).strip():
        awaited = int(word)
        while len(arrivals) < awaited or len(arrivals[awaited - 1]) < sockets:
            await asyncio.sleep(0.02)
        print(json.dumps(arrivals[:awaited]), flush=True)  # noqa: T201 - this is the report


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
