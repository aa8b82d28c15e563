"""Applies forward-only plain SQL files once, in order, by whichever process comes first (docs/decisions)."""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from hub.errors import MigrationRefused

LOCK = 0x6E63702D6D696772  # "ncp-migr"
NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
POLL_SECONDS = 0.1
SESSION = {"application_name": "ncphub-migrate"}

LEDGER = """
    CREATE TABLE IF NOT EXISTS migration (
        number     integer     PRIMARY KEY,
        name       text        NOT NULL,
        sha256     text        NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
    )
"""
APPLIED = """
    SELECT number, sha256
      FROM migration
     ORDER BY number
"""
RECORD = """
    INSERT INTO migration (number, name, sha256)
    VALUES ($1, $2, $3)
"""
BOUNDS = "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15min'"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of the folder; its bytes are fixed from the first time it is applied anywhere."""

    number: int
    name: str
    sha256: str
    sql: str


def read(folder: Path) -> list[Migration]:
    """The files ``0001_….sql``, ``0002_….sql``… without a gap; raises MigrationRefused otherwise."""
    found: list[Migration] = []
    for path in sorted(folder.glob("[0-9]*.sql")):
        match = NAME.fullmatch(path.name)
        if match is None or int(match[1]) != len(found) + 1:
            raise MigrationRefused(f"{path.name} is out of order: the next migration is number {len(found) + 1:04}.")
        raw = path.read_bytes()
        found.append(Migration(len(found) + 1, path.name, hashlib.sha256(raw).hexdigest(), raw.decode("utf-8")))
    return found


async def migrate(dsn: str, folder: Path, *, wait: float = 60) -> list[str]:
    """
    Brings the database up to date and returns the names of the files that this call applied.

    Several processes may call it at the same time: one applies, the others wait up to `wait` seconds and find nothing
    to do. The database must be reached directly: through a pooler in transaction mode the lock means nothing.
    """
    files = read(folder)
    db = await asyncpg.connect(
        dsn, statement_cache_size=0, timeout=30, server_settings={"application_name": "ncphub-migrate"}
    )
    try:
        await _take_turn(db, wait)
        await db.execute(LEDGER)
        applied = {row["number"]: row["sha256"] for row in await db.fetch(APPLIED)}
        check_fits(files, applied)
        pending = [file for file in files if file.number not in applied]
        for file in pending:
            await _apply(db, file)
        return [file.name for file in pending]
    finally:
        await db.close()  # gives the lock back; so does a killed process


def check_fits(files: list[Migration], applied: dict[int, str]) -> None:
    """Raises MigrationRefused for a database that these files did not make."""
    if applied and max(applied) > len(files):
        raise MigrationRefused(
            f"The database is newer than this program: it has migration {max(applied):04}. Nothing was changed."
        )
    for file in files:
        if applied.get(file.number, file.sha256) != file.sha256:
            raise MigrationRefused(f"{file.name} was changed after it was applied here. The database was left alone.")


async def _take_turn(db: asyncpg.Connection, wait: float) -> None:
    """Polls: a blocking wait holds a snapshot, and an index built concurrently would wait for that for ever."""
    end = asyncio.get_running_loop().time() + wait
    while not await db.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
        if asyncio.get_running_loop().time() > end:
            raise MigrationRefused(
                "Another process has been migrating this database for too long: look after it, then start again."
            )
        await asyncio.sleep(POLL_SECONDS)


async def _apply(db: asyncpg.Connection, file: Migration) -> None:
    async with db.transaction():
        await db.execute(BOUNDS)
        await db.execute(file.sql)  # without arguments the server takes a whole file, function bodies included
        await db.execute(RECORD, file.number, file.name, file.sha256)
