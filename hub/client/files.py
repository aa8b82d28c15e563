"""Small files that survive a power cut whole, readable by their owner alone."""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub.client.errors import N_, Damaged

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
LOCK_PAUSE = 0.02  # seconds between two looks: a blocked thread could not be cancelled


def private_folder(path: Path) -> Path:
    """`path`, made with what is missing above it, each new folder closed to everybody else."""
    for missing in reversed([part for part in (path, *path.parents) if not part.exists()]):
        missing.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        missing.chmod(PRIVATE_FOLDER)  # whatever the umask is
    return path


def write(path: Path, content: bytes) -> None:
    """Replaces `path` at once or not at all, and returns only when it rests on the disk."""
    private_folder(path.parent)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync_folder(path.parent)


def remove(path: Path) -> None:
    """Takes `path` away for good; nothing happens if it is gone already."""
    path.unlink(missing_ok=True)
    _sync_folder(path.parent)


def read(path: Path) -> bytes:
    """Raises Damaged with a sentence where the file can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Damaged(N_("A file of this profile can't be read: {path}. Nothing was changed."), path=path) from error


@asynccontextmanager
async def locked(path: Path) -> AsyncIterator[None]:
    """One process at a time inside; the system frees the lock when a process dies, however it dies."""
    private_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        while not _take(handle):  # noqa: ASYNC110 - another process holds it: no event of ours can tell
            await asyncio.sleep(LOCK_PAUSE)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
