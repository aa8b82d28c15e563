"""Fresh databases in a cluster of tests."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from hub.db.embedded import Postgres


@asynccontextmanager
async def a_database(postgres: Postgres, template: str = "") -> AsyncIterator[str]:
    """The DSN of a new database, copied from `template` where there is one; it goes with the block."""
    name = f"test_{secrets.token_hex(6)}"
    # Copying files takes a third of the work of writing everything through the log, which is there for durability.
    await execute(postgres, f"CREATE DATABASE {name} {f'TEMPLATE {template} STRATEGY FILE_COPY' if template else ''}")
    try:
        yield postgres.dsn(name)
    finally:
        await execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def execute(postgres: Postgres, order: str) -> None:
    """What is said to the cluster, not to one database."""
    admin = await asyncpg.connect(postgres.dsn())
    try:
        await admin.execute(order)
    finally:
        await admin.close()
