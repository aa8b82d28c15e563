"""
Reads headers and verifies signatures: at once while the hub is idle, in one helper process when posts wait for each
other (docs/decisions/0016-verifying-beside.md). A thread for each would cost more than it saves.
"""

import asyncio
import marshal
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from crypto import errors
from crypto.envelope import Header, read_header
from crypto.errors import BadSignature, ProtocolError
from crypto.signing import verify
from hub.messages.helper import READY, SIZE, Answer, Question, header_of

AT_ONCE: Final = 3
"""As many waiting posts are read right here: the way to the helper and back would take longer."""

BATCH: Final = 64
ANSWER_SECONDS: Final = 10.0
"""A helper that takes longer for one batch is as good as gone."""

log = structlog.get_logger(__name__)

Waiting = tuple[Question, "asyncio.Future[tuple[Header, bool]]"]

_REFUSALS: Final = {
    one.code: one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, ProtocolError)
}


class Verifier:
    """Answers each question once, in whatever process; without a helper everything happens here."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._wake = asyncio.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._starting: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Owns the task that answers, and the helper process once there was need for one."""
        task = asyncio.create_task(self._run(), name="verifier")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if self._starting is not None:
                await self._starting  # cut off in the middle, it would leave a process that nobody ends
            if self._streams is not None:
                self._streams[1].close()
            if self._process is not None:
                self._process.terminate()
                await asyncio.to_thread(self._process.wait)

    async def read(self, body: bytes, signature: bytes, key: bytes) -> tuple[Header, bool]:
        """
        The header, and whether `key` has signed it: the caller looks at everything else first, so that who sends a
        wrong place hears of the place. Raises what `read_header` raises.
        """
        future: asyncio.Future[tuple[Header, bool]] = asyncio.get_running_loop().create_future()
        self._waiting.append(((body, signature, key), future))
        self._wake.set()
        return await future

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                most = AT_ONCE + 1 if self._streams is None else BATCH
                batch = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
                if len(batch) > AT_ONCE and self._starting is None and (os.cpu_count() or 1) > 1:
                    self._starting = asyncio.create_task(self._start(), name="verifier-helper")
                if len(batch) > AT_ONCE and self._streams is not None:
                    await self._ask_helper(batch)
                else:
                    for question, future in batch:
                        _settle(future, question, read_here(question))
                    await asyncio.sleep(0)  # others have work too

    async def _ask_helper(self, batch: list[Waiting]) -> None:
        """Everybody gets an answer: the helper's, or our own if it has failed."""
        assert self._streams is not None
        reader, writer = self._streams
        try:
            questions = marshal.dumps([question for question, _ in batch])
            async with asyncio.timeout(ANSWER_SECONDS):
                writer.write(SIZE.pack(len(questions)) + questions)
                await writer.drain()
                (size,) = SIZE.unpack(await reader.readexactly(SIZE.size))
                answers = marshal.loads(await reader.readexactly(size))  # noqa: S302 - from our own helper
        except (OSError, EOFError, TimeoutError) as error:
            log.warning("the helper process is gone; signatures are verified here", error=type(error).__name__)
            writer.close()
            self._streams = None
            answers = [read_here(question) for question, _ in batch]
        for (question, future), answer in zip(batch, answers, strict=True):
            _settle(future, question, answer)

    async def _start(self) -> None:
        """Starts the helper; until it says that it is ready, everything goes on here."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "hub.messages.helper", str(theirs.fileno())]
            self._process = await asyncio.to_thread(subprocess.Popen, command, pass_fds=(theirs.fileno(),))
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await reader.readexactly(len(READY))
        except (OSError, EOFError, TimeoutError) as error:
            log.warning("the helper process did not start; signatures are verified here", error=type(error).__name__)
            writer.close()
            return
        self._streams = reader, writer


def read_here(question: Question) -> Answer | ProtocolError | tuple[Header, bool]:
    """The same in this process, without the detour over parts."""
    body, signature, key = question
    try:
        header = read_header(body)
        verify("device", key, "envelope", body, signature)
    except BadSignature:
        return read_header(body), False
    except ProtocolError as error:
        return error
    return header, True


def _settle(
    future: "asyncio.Future[tuple[Header, bool]]",
    question: Question,
    answer: Answer | ProtocolError | tuple[Header, bool],
) -> None:
    if future.done():  # the caller has gone away meanwhile
        return
    if isinstance(answer, ProtocolError):
        future.set_exception(answer)
        return
    first, second = answer
    if isinstance(first, Header):
        future.set_result((first, second))
    elif isinstance(first, str):
        future.set_exception(_REFUSALS[first](second))
    else:
        future.set_result((header_of(question[0], first), second))
