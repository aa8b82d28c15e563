"""One member's WebSocket: what is new at once, what was missed from the journal, nothing twice (docs/api.md, live)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import WSMsgType, web

from crypto.encoding import b64
from hub.access.actor import Actor
from hub.clock import Clock, to_milliseconds
from hub.http.errors import Refusal
from hub.journal.records import Stored
from hub.journal.service import Journal
from hub.journal.wire import packet
from hub.live import frames
from hub.live.fanout import Fanout, Receiver
from hub.live.leaves import listed
from hub.live.wire import LONGEST, read_hello

HIGH_WATER: Final = 256 * 1024
"""Bytes that may wait for a socket before it is left to its cursor."""

FARTHEST: Final = 500
"""Envelopes that a socket sends in arrears; more are left to the list call."""

TICK_SECONDS: Final = 20.0
STALLED_SECONDS: Final = 60.0
"""A connection that takes nothing for so long is dead."""

FIRST_WORD_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 5.0

Drain = Callable[[], Awaitable[None]]
"""Returns when the connection has taken most of what waits for it."""


class Socket(Receiver):
    """Lives as long as the connection; run() owns everything that goes on meanwhile."""

    def __init__(
        self, account: bytes, device: bytes, actor: Actor, journal: Journal, fanout: Fanout, clock: Clock
    ) -> None:
        super().__init__(account, device, actor)
        self.expires_at = actor.expires_at
        self._journal = journal
        self._fanout = fanout
        self._clock = clock
        self._wake = asyncio.Event()
        self._announce = False
        self._ended: str | None = None
        self._transport: asyncio.WriteTransport | None = None

    def take(self, stream: bytes, first: int, last: int, frame: bytes) -> None:
        transport = self._transport
        if (
            transport is None
            or self.cursors[stream] != first - 1
            or stream in self.behind
            or transport.is_closing()
            or transport.get_write_buffer_size() > HIGH_WATER
        ):
            self.behind[stream] = None
            self._wake.set()
            return
        transport.write(frame)
        self.cursors[stream] = last

    def fell_behind(self, stream: bytes) -> None:
        self._wake.set()

    def end(self, code: str) -> None:
        self._ended = code
        self._wake.set()

    def say(self, **words: object) -> None:
        """A text frame, if anybody is still there."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frames.text(words))

    async def run(self, request: web.Request) -> web.WebSocketResponse:
        """Serves the connection until either side ends it."""
        response = web.WebSocketResponse(
            compress=False, max_msg_size=LONGEST, timeout=CLOSE_SECONDS, autoping=True, decode_text=True
        )
        drain = (await response.prepare(request)).drain
        transport = request.transport
        if transport is None:
            return response
        self._transport = transport
        self._fanout.enter(self)
        self.say(type="hello", at=to_milliseconds(self._clock.now()))
        tasks = [
            asyncio.create_task(self._listen(response), name="live-listen"),
            asyncio.create_task(self._catch_up(drain), name="live-catch-up"),
            asyncio.create_task(self._tick(), name="live-tick"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except ConnectionError:
            self._ended = None  # nobody is there to be told
        except TimeoutError:
            transport.abort()  # takes nothing any more: don't wait until it has taken a farewell
        finally:
            self._fanout.leave(self)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._ended is not None:
                self.say(type="bye", code=self._ended)
            self._transport = None
            await response.close()
        return response

    async def _listen(self, response: web.WebSocketResponse) -> None:
        """What the client says: first where it stands, later which channels are new. Anything else ends it."""
        timeout: float | None = FIRST_WORD_SECONDS
        while True:
            try:
                message = await response.receive(timeout)
            except TimeoutError:
                self._ended = "malformed"
                return
            if message.type is not WSMsgType.TEXT:
                self._ended = self._ended or ("malformed" if message.type is WSMsgType.BINARY else None)
                return
            try:
                after = read_hello(message.data)
            except Refusal as refusal:
                self._ended = refusal.code
                return
            timeout = None
            self._announce = True
            self._fanout.subscribe(self, after)
            self._wake.set()

    async def _catch_up(self, drain: Drain) -> None:
        """Reads for the streams that are behind, in turn, until none is."""
        while self._ended is None:
            await self._wake.wait()
            self._wake.clear()
            while self.behind and self._ended is None:
                async with asyncio.timeout(STALLED_SECONDS):
                    await drain()
                stream = next(iter(self.behind), None)
                if stream is not None:
                    self.behind[stream] = self.behind.pop(stream)
                    await self._send_missed(stream)
            if self._announce and self._ended is None:
                self._announce = False
                self.say(type="current")

    async def _send_missed(self, stream: bytes) -> None:
        """
        The next portion of what was missed in one stream.

        The stream is live again only if nothing was committed while the portion was read: between that look and the end
        of this function nothing waits. What the account lost meanwhile isn't sent: the cursor is gone or elsewhere.
        """
        after = self.cursors[stream]
        found, more = await self._journal.list_after(stream, after, FARTHEST)
        if found:
            head = await self._journal.head(stream) if more and found[0].kind == "channel" else None
            too_far = head is not None and head.seq - after > FARTHEST
            if not too_far:
                await self._journal.append(listed(self.actor, self.operation_of.get(stream), found))
            if self.cursors.get(stream) != after or self._ended is not None:
                return
            if too_far and head is not None:
                self.say(type="behind", channel=b64(stream), seq=head.seq)
                self.cursors[stream] = head.seq
                more = False
            else:
                self._send(stream, found)
        if self.cursors.get(stream, -1) >= after and not more and self._fanout.is_current(self, stream):
            self.behind.pop(stream, None)

    def _send(self, stream: bytes, found: list[Stored]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frames.binary(b"".join([packet(statement) for statement in found])))
            self.cursors[stream] = found[-1].seq

    async def _tick(self) -> None:
        """A sign of life, and the end of a session that nobody renewed."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if to_milliseconds(self._clock.now()) >= self.expires_at:
                self._ended = "expired-session"
                return
            self.say(type="tick")
