"""All SQL of approvals under way (migrations/0008_ways.sql)."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.db.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    account: bytes
    expires_at: datetime
    body: bytes | None
    signature: bytes | None
    mac: bytes | None = field(repr=False)
    sealed: bytes | None = field(repr=False)
    verifier: bytes | None = field(repr=False)


OVER = "DELETE FROM approval WHERE expires_at <= $1 OR account = $2"

OPEN = """
    INSERT INTO approval (approval, account, expires_at)
    VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
    RETURNING approval
"""


async def open_approval(db: Connection, approval: bytes, account: bytes, now: datetime, expires_at: datetime) -> bool:
    """The account's only one; what is over goes. False if the id is taken."""
    await db.execute(OVER, now, account)
    return await db.fetchval(OPEN, approval, account, expires_at) is not None


APPROVAL = """
    SELECT account, expires_at, body, signature, mac, sealed, verifier
      FROM approval
     WHERE approval = $1
       AND expires_at > $2
"""


async def approval(db: Pool | Connection, name: bytes, now: datetime) -> ApprovalRow | None:
    """None for an unknown one as for one that is over."""
    row = await db.fetchrow(APPROVAL, name, now)
    return None if row is None else ApprovalRow(*row.values())


ASK = """
    UPDATE approval
       SET body = $3, signature = $4, mac = $5
     WHERE approval = $1
       AND expires_at > $2
       AND (body IS NULL OR body = $3)
       AND sealed IS NULL
    RETURNING account
"""


async def ask(db: Connection, name: bytes, now: datetime, body: bytes, signature: bytes, mac: bytes) -> bytes | None:
    """The account that is asked; None if there is nothing to ask, or another device was first."""
    account: bytes | None = await db.fetchval(ASK, name, now, body, signature, mac)
    return account


ANSWER = """
    UPDATE approval
       SET sealed = $4, verifier = $5
     WHERE approval = $1
       AND account = $2
       AND expires_at > $3
       AND body IS NOT NULL
       AND sealed IS NULL
    RETURNING approval
"""


async def answer(db: Connection, name: bytes, account: bytes, now: datetime, sealed: bytes, verifier: bytes) -> bool:
    """False if there is none of the account's that waits for an answer."""
    return await db.fetchval(ANSWER, name, account, now, sealed, verifier) is not None


END = "DELETE FROM approval WHERE approval = $1 AND account = $2 RETURNING approval"


async def end(db: Connection, name: bytes, account: bytes) -> bool:
    """Used or refused: nobody else gets it. False if it is gone already."""
    return await db.fetchval(END, name, account) is not None
