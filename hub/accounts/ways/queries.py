"""All SQL of the ways into a vault (migrations/0003_accounts.sql, 0008_ways.sql)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.db.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """What verifies a passkey."""

    credential: bytes
    key: bytes
    signs: int
    host: str
    label: str


@dataclass(frozen=True, slots=True)
class WrapRow:
    wrap: bytes
    kind: str
    salt: bytes | None
    memory: int
    passes: int
    lanes: int
    sealed: bytes = field(repr=False)
    verifier: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A way as its owner's list names it."""

    wrap: bytes
    kind: str
    number: int
    pending: bool
    made_at: datetime
    last_used_at: datetime | None
    label: str | None
    host: str | None
    credential: bytes | None


WAYS = """
    SELECT a.account, w.wrap, w.kind, w.salt, w.memory, w.passes, w.lanes, w.sealed, w.verifier
      FROM account a
      JOIN account_wrap w USING (account)
     WHERE a.code = $1
       AND NOT w.pending
     ORDER BY w.kind, w.wrap
"""


async def ways(db: Pool, code: str) -> tuple[bytes | None, list[WrapRow]]:
    """The account with this code and its ways; None and nothing for an unknown one."""
    rows = await db.fetch(WAYS, code)
    wraps = [WrapRow(*tuple(row.values())[1:]) for row in rows]
    return (rows[0]["account"] if rows else None), wraps


WRAPS = """
    SELECT wrap, kind, salt, memory, passes, lanes, sealed, verifier
      FROM account_wrap
     WHERE account = $1
       AND pending = $2
     ORDER BY kind, wrap
"""


async def wraps(db: Pool | Connection, account: bytes, *, pending: bool = False) -> list[WrapRow]:
    """The account's own ways: those that open, or those still to be proven."""
    return [WrapRow(*row.values()) for row in await db.fetch(WRAPS, account, pending)]


LISTED = """
    SELECT w.wrap, w.kind, w.number, w.pending, w.made_at, w.last_used_at, p.label, p.host, p.credential
      FROM account_wrap w
      LEFT JOIN passkey p USING (wrap)
     WHERE w.account = $1
     ORDER BY w.kind, w.made_at, w.wrap
"""


async def listed(db: Pool | Connection, account: bytes) -> list[ListedRow]:
    """Every way of the account, without what is sealed."""
    return [ListedRow(*row.values()) for row in await db.fetch(LISTED, account)]


LAST_NUMBER = """
    SELECT coalesce(max(number), 0)
      FROM account_wrap
     WHERE account = $1
       AND kind = 'recovery'
       AND NOT pending
"""


async def next_number(db: Pool | Connection, account: bytes) -> int:
    """What the account's next recovery code is called."""
    last: int = await db.fetchval(LAST_NUMBER, account)
    return last + 1


ADD_WRAP = """
    INSERT INTO account_wrap (wrap, account, kind, salt, memory, passes, lanes, sealed, verifier, pending, number)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT DO NOTHING
    RETURNING wrap
"""


async def add_wrap(db: Connection, account: bytes, w: WrapRow, *, pending: bool = False, number: int = 1) -> bool:
    """False if the id is taken."""
    parts = (w.wrap, account, w.kind, w.salt, w.memory, w.passes, w.lanes, w.sealed, w.verifier, pending, number)
    return await db.fetchval(ADD_WRAP, *parts) is not None


async def set_wraps(db: Connection, account: bytes, rows: Iterable[WrapRow]) -> None:
    """The first ways of an account."""
    for row in rows:
        await add_wrap(db, account, row)


ADD_PASSKEY = """
    INSERT INTO passkey (wrap, credential, key, signs, host, label)
    VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
    RETURNING wrap
"""


async def add_passkey(db: Connection, wrap: bytes, row: PasskeyRow) -> bool:
    """False if the passkey is somebody's already."""
    parts = (wrap, row.credential, row.key, row.signs, row.host, row.label)
    return await db.fetchval(ADD_PASSKEY, *parts) is not None


DROP_PENDING = "DELETE FROM account_wrap WHERE account = $1 AND pending"


async def drop_pending(db: Connection, account: bytes) -> None:
    """What was proposed before and never proven."""
    await db.execute(DROP_PENDING, account)


ACCEPT = "UPDATE account_wrap SET pending = false, made_at = $2 WHERE account = $1 AND pending"
DROP = "DELETE FROM account_wrap WHERE account = $1 AND NOT pending AND wrap = ANY($2) RETURNING wrap"


async def drop(db: Connection, account: bytes, gone: Sequence[bytes]) -> int:
    """How many of them there were."""
    return len(await db.fetch(DROP, account, list(gone)))


async def accept(db: Connection, account: bytes, at: datetime) -> None:
    """What was proposed opens from now on."""
    await db.execute(ACCEPT, account, at)


KEEP_BESIDE = "UPDATE enrolment SET vault = $2, ways = $3 WHERE invitation = $1"
BESIDE = "SELECT vault, ways FROM enrolment WHERE invitation = $1 AND vault IS NOT NULL"
FORGET_BESIDE = "UPDATE enrolment SET vault = NULL, ways = NULL WHERE invitation = $1"


async def keep_beside(db: Connection, invitation: bytes, vault: bytes, ways: str) -> None:
    """The vault and the ways of an enrolment that waits for account.rekey."""
    await db.execute(KEEP_BESIDE, invitation, vault, ways)


async def take_beside(db: Connection, invitation: bytes) -> tuple[bytes, str] | None:
    """What waited, which waits no longer."""
    row = await db.fetchrow(BESIDE, invitation)
    await db.execute(FORGET_BESIDE, invitation)
    return None if row is None else (row["vault"], row["ways"])


DROP_EVERYTHING = (
    "DELETE FROM account_wrap WHERE account = $1",
    "DELETE FROM private_record WHERE account = $1",
    "DELETE FROM device_use WHERE account = $1",
    "DELETE FROM approval WHERE account = $1",
    "DELETE FROM vault WHERE account = $1",
)


async def drop_everything(db: Connection, account: bytes) -> None:
    """All that only the lost keys opened."""
    for order in DROP_EVERYTHING:
        await db.execute(order, account)


LOCK_ACCOUNT = "SELECT account FROM account WHERE account = $1 FOR UPDATE"


async def lock_account(db: Connection, account: bytes) -> None:
    """One change of an account's ways at a time."""
    await db.execute(LOCK_ACCOUNT, account)


USED = "UPDATE account_wrap SET last_used_at = $2 WHERE wrap = $1"


async def used(db: Connection, wrap: bytes, at: datetime) -> None:
    """Somebody came in this way."""
    await db.execute(USED, wrap, at)


BY_CREDENTIAL = """
    SELECT w.account, w.wrap, w.verifier, p.credential, p.key, p.signs, p.host, p.label
      FROM passkey p
      JOIN account_wrap w USING (wrap)
     WHERE p.credential = $1
       AND NOT w.pending
"""


@dataclass(frozen=True, slots=True)
class OwnedPasskey:
    account: bytes
    wrap: bytes
    verifier: bytes = field(repr=False)
    passkey: PasskeyRow


async def by_credential(db: Pool, credential: bytes) -> OwnedPasskey | None:
    """Whose passkey this is."""
    row = await db.fetchrow(BY_CREDENTIAL, credential)
    if row is None:
        return None
    account, wrap, verifier, *passkey = row.values()
    return OwnedPasskey(account, wrap, verifier, PasskeyRow(*passkey))


SIGNED = "UPDATE passkey SET signs = $2 WHERE wrap = $1"


async def signed(db: Connection, wrap: bytes, signs: int) -> None:
    """The passkey's own counter, as it just told."""
    await db.execute(SIGNED, wrap, signs)
