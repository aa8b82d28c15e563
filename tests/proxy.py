"""A proxy as people have between themselves and a hub: it can swallow answers, cut lines and refuse WebSockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 7\r\nConnection: close\r\n\r\nblocked"


@dataclass(slots=True)
class Proxy:
    """`swallow` names request lines whose answers never arrive; each swallowed one sets `swallowed`."""

    url: str
    swallow: bytes | None = None
    no_sockets: bool = False
    swallowed: asyncio.Event = field(default_factory=asyncio.Event)
    refused: int = 0


@asynccontextmanager
async def a_proxy(target: str) -> AsyncIterator[Proxy]:
    """Forwards to `target` until the block ends; then every line is cut."""
    there = urlsplit(target)
    open_lines: set[asyncio.Task[None]] = set()

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_lines.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
                await _forward(proxy, str(there.hostname), int(there.port or 80), reader, writer)
        finally:
            open_lines.discard(task)
            writer.close()

    server = await asyncio.start_server(line, "127.0.0.1", 0)
    proxy = Proxy(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield proxy
    finally:
        server.close()
        for task in list(open_lines):
            task.cancel()
        await asyncio.gather(*open_lines, return_exceptions=True)


async def _forward(
    proxy: Proxy, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if await _refused(proxy, head, writer):
        return
    there_reader, there_writer = await asyncio.open_connection(host, port)
    there_writer.write(head)
    line = head.split(b"\r\n", 1)[0]  # the request that is being answered; connections are used again

    async def answers() -> None:
        while chunk := await there_reader.read(65536):
            if proxy.swallow is not None and proxy.swallow in line:
                proxy.swallowed.set()
            else:
                writer.write(chunk)
                await writer.drain()

    async def questions() -> None:
        nonlocal line
        while chunk := await reader.read(65536):
            if await _refused(proxy, chunk, writer):
                raise ConnectionAbortedError
            if chunk.split(b" ", 1)[0] in {b"GET", b"POST", b"PUT", b"DELETE"}:
                line = chunk.split(b"\r\n", 1)[0]
            there_writer.write(chunk)
            await there_writer.drain()

    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(answers())
            both.create_task(questions())
    except* OSError:
        pass  # one end hung up: so does the other
    finally:
        there_writer.close()


async def _refused(proxy: Proxy, head: bytes, writer: asyncio.StreamWriter) -> bool:
    if not proxy.no_sockets or b"upgrade: websocket" not in head.lower():
        return False
    proxy.refused += 1
    writer.write(REFUSED)
    await writer.drain()
    return True
