"""The same packets by ordinary requests, for places where something on the way blocks sockets (docs/api.md, live)."""

import asyncio

from hub.access.actor import Actor
from hub.journal.records import Head, Stored
from hub.journal.service import LIST_OCTETS, LIST_ROWS, Journal
from hub.live.fanout import Fanout, Receiver
from hub.live.leaves import listed
from hub.live.wire import After


class Poll(Receiver):
    """One question: waits until there is something, or until its time is up."""

    def __init__(self, account: bytes, device: bytes, actor: Actor, journal: Journal, fanout: Fanout) -> None:
        super().__init__(account, device, actor)
        self._journal = journal
        self._fanout = fanout
        self._news = asyncio.Event()
        self._ended = False

    def take(self, stream: bytes, first: int, last: int, frame: bytes) -> None:
        self._news.set()

    def fell_behind(self, stream: bytes) -> None:
        self._news.set()

    def end(self, code: str) -> None:
        self._ended = True
        self._news.set()

    async def ask(self, after: After, seconds: float) -> tuple[list[Stored], bool]:
        """What is beyond the cursors, and whether there is more at once; nothing after `seconds` without news."""
        end = asyncio.get_running_loop().time() + seconds
        self._fanout.enter(self)
        try:
            self._fanout.subscribe(self, after)
            while not self._ended:
                self._news.clear()
                found, more = await self._read()
                if found:
                    return found, more
                try:
                    async with asyncio.timeout_at(end):
                        await self._news.wait()
                except TimeoutError:
                    break
            return [], False
        finally:
            self._fanout.leave(self)

    async def _read(self) -> tuple[list[Stored], bool]:
        """One answer's worth, whole streams before others, each portion with its leaf; only what may be seen still."""
        found: list[Stored] = []
        octets = 0
        for head in await self._ahead():
            if len(found) >= LIST_ROWS or octets >= LIST_OCTETS:
                return found, True
            after = self.cursors.get(head.stream)
            if after is None:
                continue
            rows, more = await self._journal.list_after(
                head.stream, after, LIST_ROWS - len(found), LIST_OCTETS - octets
            )
            if rows:
                await self._journal.append(listed(self.actor, self.operation_of.get(head.stream), rows))
            if self.cursors.get(head.stream) != after:
                continue
            found += rows
            octets += sum(len(row.body) + len(row.beside) for row in rows)
            if more:
                return found, True
        return found, False

    async def _ahead(self) -> list[Head]:
        """The streams with something beyond the cursor: entries first, since envelopes are judged by them."""
        heads = await self._journal.heads(list(self.cursors))
        order = {"directory": 0, "operation": 1, "channel": 2}
        ahead = [head for head in heads if head.seq > self.cursors.get(head.stream, head.seq)]
        return sorted(ahead, key=lambda head: order[head.kind])
