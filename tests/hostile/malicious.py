"""
A hub that lies: it stands in front of a real one and changes exactly what a test tells it to.

    liar.change_packets(lambda packets: packets[:-1])      # in every list and on the live line
    liar.change_json(r"/wrap$", lambda told: {**told, …})

Everything else passes untouched, so that without a change a client cannot tell it from the hub behind it.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from crypto.encoding import canon, parse
from crypto.packet import Packet, pack, unpack_all
from hub.http.wire import PACKETS

OWN_HEADERS = frozenset(
    {"content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "date", "accept-encoding"}
)
SOCKET_HEADERS = re.compile(r"sec-websocket-")

Packets = list[Packet]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a client made it."""

    method: str
    path: str
    body: bytes


@dataclass(slots=True)
class MaliciousHub:
    """The liar and what it was asked. `url` is an address of its own, on a name of its own for browsers."""

    upstream: str
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    _packets: Callable[[Packets], Sequence[Packet]] | None = None
    _json: list[tuple[re.Pattern[str], Callable[[Any], Any]]] = field(default_factory=list)
    _texts: list[tuple[re.Pattern[str], Callable[[str], str]]] = field(default_factory=list)
    _headers: list[tuple[re.Pattern[str], Callable[[dict[str, str]], None]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, name: str) -> str:
        """Where a browser finds it: each person's name is a site of its own."""
        return f"http://{name}.localhost:{self.port}"

    # -- what it lies about --------------------------------------------------------------------------------------------

    def change_packets(self, change: Callable[[Packets], Sequence[Packet]]) -> None:
        """Alters what is in every list of packets and on the live line."""
        self._packets = change

    def change_json(self, path: str, change: Callable[[Any], Any]) -> None:
        """Alters the JSON that is answered at addresses that `path` (a pattern) matches."""
        self._json.append((re.compile(path), change))

    def change_text(self, path: str, change: Callable[[str], str]) -> None:
        """Alters an answer that is text."""
        self._texts.append((re.compile(path), change))

    def change_headers(self, path: str, change: Callable[[dict[str, str]], None]) -> None:
        """Alters what a client's request says to the hub behind."""
        self._headers.append((re.compile(path), change))

    def be_honest(self) -> None:
        """Nothing is altered any more."""
        self._packets = None
        self._json.clear()
        self._texts.clear()
        self._headers.clear()

    def sent(self, path: str) -> list[Asked]:
        """What clients handed in at an address: for tests that nothing was."""
        pattern = re.compile(path)
        return [one for one in self.asked if one.method in {"POST", "PUT"} and pattern.search(one.path)]

    # -- how it stands between -----------------------------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if "upgrade" in request.headers.get("Connection", "").lower():
            return await self._stream(request)
        body = await request.read()
        self.asked.append(Asked(request.method, request.path_qs, body))
        headers = self._forwarded(request)
        async with request.app[SESSION].request(
            request.method, self.upstream + request.raw_path, headers=headers, data=body, allow_redirects=False
        ) as answer:
            raw = await answer.read()
            if answer.status < 400:
                raw = self._altered(request.path_qs, answer.content_type, raw)
            response = web.Response(status=answer.status, body=raw)
            for name, value in answer.headers.items():
                if name.lower() not in {*OWN_HEADERS, *self._silent()} and name.lower() != "content-type":
                    response.headers.add(name, value)
            if "Content-Type" in answer.headers:
                response.headers["Content-Type"] = answer.headers["Content-Type"]
            return response

    def _altered(self, path: str, kind: str, raw: bytes) -> bytes:
        if kind == PACKETS:
            return self._alter_packets(raw)
        for pattern, change in self._json:
            if kind == "application/json" and pattern.search(path):
                raw = json.dumps(change(json.loads(raw))).encode()
        for pattern, change in self._texts:
            if pattern.search(path):
                raw = change(raw.decode()).encode()
        return raw

    def _silent(self) -> set[str]:
        """A liar doesn't say how much there would have been."""
        return set() if self._packets is None else {"ncp-seq"}

    def _alter_packets(self, raw: bytes) -> bytes:
        return raw if self._packets is None else packed(self._packets(list(unpack_all(raw))))

    def _forwarded(self, request: web.Request) -> dict[str, str]:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in OWN_HEADERS and not SOCKET_HEADERS.match(name.lower())
        }
        for pattern, change in self._headers:
            if pattern.search(request.path_qs):
                change(headers)
        return headers

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        theirs = web.WebSocketResponse()
        session = request.app[SESSION]
        headers = self._forwarded(request)
        async with session.ws_connect(self.upstream + request.raw_path, headers=headers) as hub:
            await theirs.prepare(request)
            both = [asyncio.create_task(self._down(hub, theirs)), asyncio.create_task(_up(theirs, hub))]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in both:
                    one.cancel()
                await asyncio.gather(*both, return_exceptions=True)
            await theirs.close()
        return theirs

    async def _down(self, hub: aiohttp.ClientWebSocketResponse, client: web.WebSocketResponse) -> None:
        async for message in hub:
            if message.type is aiohttp.WSMsgType.BINARY:
                altered = self._alter_packets(message.data)
                if altered:
                    await client.send_bytes(altered)
            else:
                await client.send_str(message.data)


async def _up(client: web.WebSocketResponse, hub: aiohttp.ClientWebSocketResponse) -> None:
    async for message in client:
        await hub.send_str(message.data)


SESSION = web.AppKey("session", aiohttp.ClientSession)


@asynccontextmanager
async def standing_before(upstream: str) -> AsyncIterator[MaliciousHub]:
    """A liar before the hub at `upstream`, on a free port of loopback."""
    liar = MaliciousHub(upstream)
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_route("*", "/{tail:.*}", liar.answer)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False) as session:
        app[SESSION] = session
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, max_line_size=64 * 1024)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            liar.port = runner.addresses[0][1]
            yield liar
        finally:
            await runner.cleanup()


# -- words for changes -------------------------------------------------------------------------------------------------


def packed(packets: Sequence[Packet]) -> bytes:
    """Packets in a row."""
    return b"".join(pack(one.place, one.body, one.act, one.signatures, one.beside) for one in packets)


def place(packet: Packet) -> dict[str, Any]:
    """Where the hub says that a packet stands."""
    told: dict[str, Any] = parse(packet.place)
    return told


def moved(packet: Packet, **to: Any) -> Packet:
    """The same statement with another place claimed for it."""
    return Packet(canon({**place(packet), **to}), packet.body, packet.act, packet.signatures, packet.beside)


def stands_in(packet: Packet, stream: str) -> bool:
    return bool(place(packet)["stream"] == stream)
