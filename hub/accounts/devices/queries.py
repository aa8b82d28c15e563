"""All SQL of when devices were used (migrations/0008_ways.sql)."""

from dataclasses import dataclass
from datetime import datetime

from hub.db.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class UseRow:
    device: bytes
    first_at: datetime
    last_at: datetime


USES = "SELECT device, first_at, last_at FROM device_use WHERE account = $1 ORDER BY first_at, device"


async def uses(db: Pool, account: bytes) -> list[UseRow]:
    """Every device of the account that ever opened a session."""
    return [UseRow(*row.values()) for row in await db.fetch(USES, account)]


LAST_USE = "SELECT last_at FROM device_use WHERE device = $1 AND account = $2"


async def last_use(db: Pool, account: bytes, device: bytes) -> datetime | None:
    """None for one that never opened a session."""
    at: datetime | None = await db.fetchval(LAST_USE, device, account)
    return at


PUT_USE = """
    INSERT INTO device_use (device, account, first_at, last_at)
    VALUES ($1, $2, $3, $3)
        ON CONFLICT (device) DO UPDATE
       SET last_at = EXCLUDED.last_at
     WHERE device_use.account = EXCLUDED.account
"""


async def put_use(db: Connection, account: bytes, device: bytes, at: datetime) -> None:
    """The device opened a session, or its owner confirmed it."""
    await db.execute(PUT_USE, device, account, at)
