"""
What happens from now on: a WebSocket, and long-polling where something on the way blocks it (docs/api.md).

Both carry the same packets from the same cursors. A lost connection is taken up again from the cursors after a pause
that grows and is never the same twice, so that a hub that comes back isn't met by everybody at once.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

from crypto.encoding import b64, canon
from crypto.errors import Malformed
from crypto.packet import Packet, unpack_all
from hub.client.api import Hub
from hub.client.errors import RateLimited, Unreachable

SILENCE = 60.0  # seconds without anything, the hub's tick included: the connection is dead
POLL_WAIT = 25
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
SOCKETS_BLOCKED_AFTER = 2  # failed upgrades in a row, while ordinary requests work


@dataclass(slots=True)
class Cursors:
    """The last place held of each stream; -1 and 0 mean nothing yet."""

    directory: int = -1
    operations: dict[str, int] = field(default_factory=dict)
    channels: dict[tuple[str, str], int] = field(default_factory=dict)

    def form(self) -> dict[str, Any]:
        """As the hub reads them."""
        return {
            "directory": self.directory,
            "operations": [[operation, seq] for operation, seq in sorted(self.operations.items())],
            "channels": [[operation, channel, seq] for (operation, channel), seq in sorted(self.channels.items())],
        }


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that came: packets, or a word of the hub (hello, current, behind, session, bye, connected, waiting)."""

    word: str
    packets: tuple[Packet, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)


class Live:
    """One member's live connection. `cursors` is asked anew at each connection and poll."""

    def __init__(self, hub: Hub, cursors: Callable[[], Cursors]) -> None:
        self._hub = hub
        self._cursors = cursors
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self.way = "websocket"

    async def follow(self) -> AsyncIterator[Heard]:
        """Everything, for ever; stop by leaving the loop. Raises Refused where the hub won't have this session."""
        pause, blocked = SHORTEST_PAUSE, 0
        while True:
            try:
                async for heard in self._once(polling=blocked >= SOCKETS_BLOCKED_AFTER):
                    pause = SHORTEST_PAUSE
                    if heard.word != "connected":
                        blocked = blocked if self.way == "poll" else 0
                    yield heard
            except aiohttp.WSServerHandshakeError as error:
                if error.status == HTTPStatus.UNAUTHORIZED and self._hub.reopen is not None:
                    await self._hub.reopen()
                else:
                    blocked += 1
            except RateLimited as error:
                pause = max(pause, error.retry_after)
            except (Unreachable, Malformed, aiohttp.ClientError, TimeoutError, OSError) as error:
                # A proxy that doesn't know WebSockets may also just cut the connection.
                blocked += self.way == "websocket" and not isinstance(error, aiohttp.ClientConnectorError)
            yield Heard("waiting", more={"seconds": pause})
            await asyncio.sleep(pause * (0.5 + random.random()))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def subscribe(self) -> None:
        """Tells the hub of channels that are new among the cursors; a poll tells it with its next question."""
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_str(json.dumps({"after": {"channels": self._cursors().form()["channels"]}}))

    def _once(self, *, polling: bool) -> AsyncIterator[Heard]:
        self.way = "poll" if polling else "websocket"
        return self._polled() if polling else self._sent()

    async def _sent(self) -> AsyncIterator[Heard]:
        address = self._hub.url.replace("http", "ws", 1) + "/api/live"
        timeout = aiohttp.ClientWSTimeout(ws_close=5)
        async with self._hub.pool.ws_connect(
            address,
            headers=self._hub.headers,
            timeout=timeout,
            compress=0,
            max_msg_size=8 << 20,
            autoclose=True,
            autoping=True,
        ) as socket:
            self._socket = socket
            await socket.send_str(json.dumps({"after": self._cursors().form()}))
            yield Heard("connected", more={"way": "websocket"})
            while True:
                async with asyncio.timeout(SILENCE):
                    message = await socket.receive()
                match message.type:
                    case aiohttp.WSMsgType.BINARY:
                        yield Heard("packets", tuple(unpack_all(message.data)))
                    case aiohttp.WSMsgType.TEXT:
                        said = json.loads(message.data)
                        if said.get("type") != "tick":
                            yield Heard(str(said.get("type")), more=said)
                    case _:
                        return

    async def _polled(self) -> AsyncIterator[Heard]:
        yield Heard("connected", more={"way": "poll"})
        while True:
            cursor = b64(canon(self._cursors().form()))
            _, _, raw = await self._hub.read("GET", "/api/live/poll", params={"cursor": cursor, "wait": str(POLL_WAIT)})
            if raw:
                yield Heard("packets", tuple(unpack_all(raw)))
