"""The hub's signature under its log: once a second at most, never under a shorter one (docs/spec/13-tlog.md)."""

import asyncio
import json
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from crypto.encoding import b64, unb64
from crypto.errors import ProtocolError
from crypto.merkle import verify_consistency
from crypto.signing import SigningKey, from_secret
from crypto.tlog import read_checkpoint, sign_checkpoint
from hub.audit import queries, tiles
from hub.audit.errors import LogDamaged
from hub.clock import Clock
from hub.db.pool import Connection, Pool
from hub.errors import CannotStart
from hub.journal.records import Committed
from hub.journal.writer import GONE

KEY_FILE: Final = "log.key"
MARK_FILE: Final = "log.signed"
PAUSE_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Signed:
    """What the log's key was last put under."""

    size: int
    root: bytes
    note: str


def make_log_key(state_dir: Path) -> SigningKey:
    """A new key in the state directory, readable by the hub alone. Raises CannotStart rather than replace one."""
    path = state_dir / KEY_FILE
    secret = secrets.token_bytes(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CannotStart(f"There is a log key already: {path}. Nothing was changed.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return from_secret("log", secret)


def read_log_key(state_dir: Path) -> SigningKey:
    """The key that founding made. Raises CannotStart without one."""
    path = state_dir / KEY_FILE
    try:
        return from_secret("log", path.read_bytes())
    except FileNotFoundError:
        raise CannotStart(f"The log's key is missing: {path}. Found a hub, or restore it from the backup.") from None
    except ProtocolError:
        raise CannotStart(f"The log's key is damaged: {path}. Restore it from the backup.") from None


class Checkpoints:
    """
    Signs the tree head soon after it grows.

    What was signed last is remembered in the database and in a file beside the key: a database restored from a backup
    is noticed even though it looks well, and nothing is signed then.
    """

    def __init__(self, pool: Pool, clock: Clock, key: SigningKey, origin: str, state_dir: Path) -> None:
        self._pool = pool
        self._clock = clock
        self._key = key
        self._origin = origin
        self._mark = state_dir / MARK_FILE
        self._grown = asyncio.Event()
        self._last: Signed | None = None

    @property
    def latest(self) -> Signed | None:
        """The newest checkpoint; None before the first leaf."""
        return self._last

    def on_committed(self, _: Sequence[Committed]) -> None:
        """A listener of the journal."""
        self._grown.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Signs what stands there, then owns the task that follows the log. Raises LogDamaged at once if it must."""
        await self.sign()
        task = asyncio.create_task(self._follow(), name="checkpoints")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def sign(self) -> Signed | None:
        """
        Signs the present tree head, if it is new.

        1. what was signed last, by this process, another one, or before a restore; 2. the tree must not be smaller;
        3. the last signed tree must be its beginning, proven from the tiles; 4. remember, then sign and publish.
        Raises LogDamaged, and then nothing was signed.
        """
        async with self._pool.acquire() as db:
            last = await self._last_signed(db)
            head = await queries.tree_head(db)
            if last is not None:
                await self._check_grown(db, last, head)
                if head.size == last.size and last.note:
                    self._last = last
                    return last
            if head.size == 0:
                return None
            note = sign_checkpoint(self._key, self._origin, head.size, head.root)
            await asyncio.to_thread(self._remember, head.size, head.root)
            if await queries.add_checkpoint(db, head.size, note, self._clock.now()):
                self._last = Signed(head.size, head.root, note)
            return self._last

    async def _last_signed(self, db: Connection) -> Signed | None:
        """The larger of what the database and the file beside the key remember."""
        marked = await asyncio.to_thread(self._read_mark)
        row = await queries.last_checkpoint(db)
        if row is None:
            return marked
        try:
            size, root = read_checkpoint(row[1], self._origin, self._key.public)
        except ProtocolError:
            raise LogDamaged("The newest checkpoint isn't one of this log's key. Nothing more is signed.") from None
        return marked if marked is not None and marked.size > size else Signed(size, root, row[1])

    async def _check_grown(self, db: Connection, last: Signed, head: queries.TreeHead) -> None:
        if head.size < last.size:
            raise LogDamaged(
                f"The database holds {head.size} leaves, but {last.size} were signed: it is older than this hub, "
                "perhaps a restored backup. Nothing more is signed."
            )
        try:
            path = await tiles.prove_consistency(db, last.size, head.size)
            verify_consistency(last.size, head.size, last.root, head.root, path)
        except ProtocolError:
            raise LogDamaged(
                f"The log no longer begins with the {last.size} leaves that were signed: rows were changed or lost. "
                "Run `ncphub audit verify`. Nothing more is signed."
            ) from None

    def _read_mark(self) -> Signed | None:
        try:
            written = json.loads(self._mark.read_bytes())
            return Signed(int(written["size"]), unb64(written["root"], 32), "")
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, ProtocolError):
            raise LogDamaged(f"{self._mark} cannot be read: restore it from the backup.") from None

    def _remember(self, size: int, root: bytes) -> None:
        """Before the signature leaves the house: a signature that nobody saw does no harm, a forgotten one would."""
        fresh = self._mark.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(json.dumps({"size": size, "root": b64(root)}))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._mark)

    async def _follow(self) -> None:
        while True:
            await self._grown.wait()
            self._grown.clear()
            try:
                await self.sign()
            except GONE as error:
                self._grown.set()
                log.warning("audit.checkpoint_waits", error=type(error).__name__)
            except LogDamaged:
                log.critical("audit.log_damaged", exc_info=True)
                return
            await asyncio.sleep(PAUSE_SECONDS)
