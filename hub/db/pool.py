"""Connections to PostgreSQL, and transactions that are tried again when the database asks for it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias, TypeVar

import asyncpg

Connection: TypeAlias = asyncpg.Connection
Pool: TypeAlias = asyncpg.Pool
Result = TypeVar("Result")

SESSION = {
    "application_name": "ncphub",
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "10s",
}
COMMAND_SECONDS = 30
ATTEMPTS = 5
CONFLICTS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)  # 40001 and 40P01: the answer is to try again


@asynccontextmanager
async def open_pool(dsn: str, *, size: int = 10) -> AsyncIterator[Pool]:
    """At most `size` connections, jsonb as Python values, every statement bounded to 30 s."""
    pool = await asyncpg.create_pool(
        dsn,
        min_size=min(2, size),
        max_size=size,
        command_timeout=COMMAND_SECONDS,
        server_settings=SESSION,
        init=_prepare,
    )
    try:
        yield pool
    finally:
        await pool.close()


async def transact(pool: Pool, story: Callable[[Connection], Awaitable[Result]]) -> Result:
    """
    Runs `story` in one transaction and returns its result after the commit.

    `story` is told from the start again when the database refuses it for a conflict, so it must have no effect outside.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with pool.acquire(timeout=COMMAND_SECONDS) as db, db.transaction():
                return await story(db)
        except CONFLICTS:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


async def _prepare(db: Connection) -> None:
    for name in ("json", "jsonb"):
        await db.set_type_codec(name, schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
