"""Everybody who is connected: how many, until when, and who must leave (docs/api.md, live)."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from hub.access.actor import Actor
from hub.clock import Clock
from hub.http.errors import HubBusy, NoDevice, RateLimited
from hub.journal.records import Committed, Stored
from hub.journal.service import Journal
from hub.live.fanout import Fanout, Receiver
from hub.live.poll import Poll
from hub.live.socket import Socket
from hub.live.visibility import Visibility
from hub.live.wire import After

LONGEST_WAIT: Final = 25.0
RETRY_SECONDS: Final = 10


class Live:
    """
    Sockets and polls of one hub process.

    Its `deliver` is the journal's last listener, its `devices_online` names whom a commit is offered to.
    """

    def __init__(
        self, journal: Journal, clock: Clock, hub: bytes, visibility: Visibility, *, most: int, most_each: int
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._most = most
        self._most_each = most_each
        self._fanout = Fanout(hub, visibility)

    def deliver(self, committed: Sequence[Committed]) -> None:
        """Register it with the journal, after whatever `visibility` answers from."""
        self._fanout.deliver(committed)

    def devices_online(self, stream: bytes) -> Sequence[str]:
        """The devices (base64url) that listen to a stream now."""
        return self._fanout.devices_online(stream)

    @property
    def count(self) -> int:
        """Connections that are open now, waiting polls among them."""
        return len(self._fanout.receivers)

    async def serve(self, actor: Actor, request: web.Request) -> web.WebSocketResponse:
        """One socket, until it ends."""
        device = self._admit(actor)
        return await Socket(actor.account, device, actor, self._journal, self._fanout, self._clock).run(request)

    async def poll(self, actor: Actor, after: After, seconds: float) -> tuple[list[Stored], bool]:
        """What is beyond the cursors, waiting at most 25 s for it, and whether there is more at once."""
        device = self._admit(actor)
        poll = Poll(actor.account, device, actor, self._journal, self._fanout)
        return await poll.ask(after, min(seconds, LONGEST_WAIT))

    def end_session(self, jti: str, code: str) -> None:
        """The session is over: its connections hear why and close."""
        self._end([one for one in self._fanout.receivers if one.actor.jti == jti], code)

    def end_account(self, account: bytes, code: str, device: bytes | None = None) -> None:
        """All connections of an account, or those of one of its devices, hear why and close."""
        ended = [one for one in self._fanout.receivers if one.account == account and device in (None, one.device)]
        self._end(ended, code)

    def end_all(self, code: str) -> None:
        """The hub stops."""
        self._end(list(self._fanout.receivers), code)

    def session_renewed(self, jti: str, expires_at: int) -> None:
        """Connections of the session may stay until then (ms UTC), and are told so."""
        for one in self._fanout.receivers:
            if isinstance(one, Socket) and one.actor.jti == jti:
                one.expires_at = expires_at
                one.say(type="session", expires=expires_at)

    def look_again(self) -> None:
        """Asks `visibility` anew about everybody; for changes that no statement brings."""
        self._fanout.look_again()

    def _end(self, receivers: Sequence[Receiver], code: str) -> None:
        for one in receivers:
            self._fanout.leave(one)
            one.end(code)

    def _admit(self, actor: Actor) -> bytes:
        if actor.device is None:
            raise NoDevice
        if self.count >= self._most:
            raise HubBusy(retry_after=RETRY_SECONDS)
        if sum(one.account == actor.account for one in self._fanout.receivers) >= self._most_each:
            raise RateLimited(retry_after=RETRY_SECONDS)
        return actor.device


LIVE: Final = web.AppKey("live", Live)
"""The live service of an application."""
