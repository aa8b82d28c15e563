"""The line between one browser and the hub: it can be cut, and it can let no WebSocket through, as some proxies do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK = 64 * 1024
METHODS = (b"GET /", b"POST /", b"PUT /", b"DELETE /")
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Line:
    """Carries bytes from its own `port` to the hub's."""

    def __init__(self, hub_port: int) -> None:
        self.hub_port = hub_port
        self.port = 0
        self.blocks_sockets = False
        self.refused_sockets = 0
        self.is_cut = False
        self.carried = 0  # bytes to the browser, heads of answers included
        self.holds_answers_to: bytes | None = None
        self.held = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Nothing passes any more, in no direction; whoever dials is turned away."""
        self.is_cut = True
        for writer in list(self._open):
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = False
        self.carried = 0  # bytes to the browser, heads of answers included

    def hold_answers_to(self, address: bytes) -> None:
        """Lets a POST whose address has this in it reach the hub and keeps the answer back: `held` tells when."""
        self.held.clear()
        self.holds_answers_to = address

    def hold_nothing(self) -> None:
        self.holds_answers_to = None

    async def carry(self, browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter) -> None:
        """One connection, from its first request to its end."""
        if self.is_cut:
            to_browser.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(to_browser)
        try:
            await self._carry(browser, to_browser)
        except OSError:
            pass  # a line that was cut, or a hub that is not there: the browser sees just that
        finally:
            self._tasks.discard(task)
            self._open.discard(to_browser)
            to_browser.transport.abort()

    async def _carry(self, browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter) -> None:
        first = await browser.read(CHUNK)
        if self.blocks_sockets and b"upgrade: websocket" in first.lower():
            self.refused_sockets += 1
            to_browser.write(REFUSAL)
            await to_browser.drain()
            return
        hub, to_hub = await asyncio.open_connection("127.0.0.1", self.hub_port)
        self._open.add(to_hub)
        asked = [first]
        to_hub.write(first)
        up = asyncio.create_task(self._up(browser, to_hub, asked))
        try:
            await self._down(hub, to_browser, asked)
        finally:
            self._open.discard(to_hub)
            to_hub.transport.abort()
            up.cancel()
            await asyncio.gather(up, return_exceptions=True)

    async def _up(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, asked: list[bytes]) -> None:
        while chunk := await source.read(CHUNK):
            if chunk.startswith(METHODS):  # what follows of a body comes in chunks of its own
                asked[0] = chunk
            sink.write(chunk)
            await sink.drain()

    async def _down(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, asked: list[bytes]) -> None:
        while chunk := await source.read(CHUNK):
            wanted = self.holds_answers_to
            if wanted is not None and asked[0].startswith(b"POST ") and wanted in asked[0].split(b"\r\n", 1)[0]:
                self.held.set()
                continue
            self.carried += len(chunk)
            sink.write(chunk)
            await sink.drain()

    async def end(self) -> None:
        self.cut()
        while self._tasks:  # each ends by itself, now that both its ends are gone
            self.cut()
            await asyncio.wait(self._tasks, timeout=0.2)


@asynccontextmanager
async def a_line(hub_port: int) -> AsyncIterator[Line]:
    line = Line(hub_port)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0, limit=CHUNK)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line.end()
