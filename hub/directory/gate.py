"""What keeps acts and operations' entries apart while either is put in order (docs/spec/09-membership.md)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """
    One act at a time and alone; entries of different operations together, but never beside an act.

    An entry is judged by the latest directory and then takes its place in the log: an act between the two could end its
    author's device, and every client would refuse the operation from there on.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._entries = 0
        self._none = asyncio.Event()
        self._none.set()

    @asynccontextmanager
    async def act(self) -> AsyncIterator[None]:
        """Waits for the entries that are under way; those that come wait for the act."""
        async with self._turn:
            await self._none.wait()
            yield

    @asynccontextmanager
    async def entry(self) -> AsyncIterator[None]:
        async with self._turn:
            self._entries += 1
            self._none.clear()
        try:
            yield
        finally:
            self._entries -= 1
            if self._entries == 0:
                self._none.set()
