"""All SQL of accounts, their vaults, private records, sessions and failures (migrations/0003_accounts.sql)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from hub.db.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class VaultRow:
    version: int
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrivateRow:
    record: str
    version: int
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionRow:
    jti: str
    account: bytes
    device: bytes | None
    expires_at: datetime
    way: str


ADD_ACCOUNT = """
    INSERT INTO account (account, code, enrolled_at)
    VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
    RETURNING account
"""


async def add_account(db: Connection, account: bytes, code: str, at: datetime) -> bool:
    """Begins an account; False if its id or code is taken."""
    return await db.fetchval(ADD_ACCOUNT, account, code, at) is not None


IS_CERTIFIED = "SELECT certified_at IS NOT NULL FROM account WHERE account = $1 AND code = $2"


async def is_certified(db: Connection, account: bytes, code: str) -> bool:
    """Whether the account with this id has this code and stands in the directory."""
    return bool(await db.fetchval(IS_CERTIFIED, account, code))


COMPLETE_ACCOUNT = """
    INSERT INTO account (account, code, organisation, country, name, level, may, suspended, certified_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (account) DO UPDATE
       SET organisation = EXCLUDED.organisation,
           country      = EXCLUDED.country,
           name         = EXCLUDED.name,
           level        = EXCLUDED.level,
           may          = EXCLUDED.may,
           suspended    = EXCLUDED.suspended,
           certified_at = coalesce(account.certified_at, EXCLUDED.certified_at)
"""


@dataclass(frozen=True, slots=True)
class CertifiedRow:
    """An account as the directory has it."""

    account: bytes
    code: str
    organisation: bytes
    country: str
    name: str
    level: str
    may: tuple[str, ...]
    suspended: bool


async def complete_account(db: Connection, row: CertifiedRow, at: datetime) -> None:
    """Writes what the directory now says of an account."""
    await db.execute(
        COMPLETE_ACCOUNT,
        row.account,
        row.code,
        row.organisation,
        row.country,
        row.name,
        row.level,
        list(row.may),
        row.suspended,
        at,
    )


SET_SUSPENDED = "UPDATE account SET suspended = $2 WHERE account = $1"


async def set_suspended(db: Connection, account: bytes, suspended: bool) -> None:
    await db.execute(SET_SUSPENDED, account, suspended)


VAULT = "SELECT version, sealed FROM vault WHERE account = $1"


async def vault(db: Pool | Connection, account: bytes) -> VaultRow | None:
    row = await db.fetchrow(VAULT, account)
    return None if row is None else VaultRow(row["version"], row["sealed"])


PUT_VAULT = """
    INSERT INTO vault (account, version, sealed)
    SELECT $1, $2, $3
     WHERE $2 = 1 + coalesce((SELECT version FROM vault WHERE account = $1), 0)
        ON CONFLICT (account) DO UPDATE
       SET version = EXCLUDED.version, sealed = EXCLUDED.sealed, at = now()
     WHERE vault.version = EXCLUDED.version - 1
    RETURNING version
"""


async def put_vault(db: Connection, account: bytes, row: VaultRow) -> bool:
    """False unless the version follows the one that stands."""
    return await db.fetchval(PUT_VAULT, account, row.version, row.sealed) is not None


PRIVATE = "SELECT record, version, sealed FROM private_record WHERE account = $1 AND record = $2"
PRIVATES = "SELECT record, version, sealed FROM private_record WHERE account = $1 ORDER BY record"


async def private(db: Pool | Connection, account: bytes, record: str) -> PrivateRow | None:
    row = await db.fetchrow(PRIVATE, account, record)
    return None if row is None else PrivateRow(row["record"], row["version"], row["sealed"])


async def privates(db: Pool, account: bytes) -> list[PrivateRow]:
    return [PrivateRow(r["record"], r["version"], r["sealed"]) for r in await db.fetch(PRIVATES, account)]


PUT_PRIVATE = """
    INSERT INTO private_record (account, record, version, sealed)
    SELECT $1, $2, $3, $4
     WHERE $3 = 1 + coalesce((SELECT version FROM private_record WHERE account = $1 AND record = $2), 0)
       AND ($3 > 1 OR (SELECT count(*) FROM private_record WHERE account = $1) < $5)
        ON CONFLICT (account, record) DO UPDATE
       SET version = EXCLUDED.version, sealed = EXCLUDED.sealed, at = now()
     WHERE private_record.version = EXCLUDED.version - 1
    RETURNING version
"""


async def put_private(db: Connection, account: bytes, row: PrivateRow, most: int) -> bool:
    """False unless the version follows the one that stands, and the account holds fewer than `most` records."""
    return await db.fetchval(PUT_PRIVATE, account, row.record, row.version, row.sealed, most) is not None


DROP_PRIVATE = "DELETE FROM private_record WHERE account = $1 AND record = $2 RETURNING version"


async def drop_private(db: Connection, account: bytes, record: str) -> bool:
    """False if there is none."""
    return await db.fetchval(DROP_PRIVATE, account, record) is not None


OPEN_SESSION = """
    INSERT INTO session (jti, account, opened_at, expires_at, address, agent, way)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def open_session(db: Connection, row: SessionRow, at: datetime, address: str, agent: str) -> None:
    await db.execute(OPEN_SESSION, row.jti, row.account, at, row.expires_at, address, agent, row.way)


SESSION = """
    SELECT jti, account, device, expires_at, way
      FROM session
     WHERE jti = $1
       AND ended_at IS NULL
"""


async def session(db: Pool, jti: str) -> SessionRow | None:
    """An open session; whether its time is over is the caller's to judge."""
    row = await db.fetchrow(SESSION, jti)
    return None if row is None else SessionRow(*row.values())


BIND_DEVICE = """
    UPDATE session
       SET device = $2
     WHERE jti = $1
       AND ended_at IS NULL
       AND (device IS NULL OR device = $2)
    RETURNING jti
"""


async def bind_device(db: Connection, jti: str, device: bytes) -> bool:
    """False if the session has ended or speaks for another device."""
    return await db.fetchval(BIND_DEVICE, jti, device) is not None


EXTEND_SESSION = "UPDATE session SET expires_at = $2 WHERE jti = $1 AND ended_at IS NULL RETURNING jti"


async def extend_session(db: Connection, jti: str, expires_at: datetime) -> bool:
    """False if the session has ended."""
    return await db.fetchval(EXTEND_SESSION, jti, expires_at) is not None


END_SESSION = "UPDATE session SET ended_at = $2 WHERE jti = $1 AND ended_at IS NULL"
END_SESSIONS = "UPDATE session SET ended_at = $2 WHERE account = $1 AND ended_at IS NULL"
END_DEVICE = "UPDATE session SET ended_at = $3 WHERE account = $1 AND device = $2 AND ended_at IS NULL"


async def end_session(db: Connection, jti: str, at: datetime) -> None:
    await db.execute(END_SESSION, jti, at)


async def end_sessions(db: Connection, account: bytes, at: datetime) -> None:
    await db.execute(END_SESSIONS, account, at)


async def end_device(db: Connection, account: bytes, device: bytes, at: datetime) -> None:
    await db.execute(END_DEVICE, account, device, at)


FORGET_FAILURES = "DELETE FROM sign_in_failure WHERE last_at <= $1"
FAILURES = "SELECT subject, failures, last_at FROM sign_in_failure WHERE last_at > $1"


async def failures(db: Pool, after: datetime) -> list[tuple[bytes, int, datetime]]:
    """What still counts; what doesn't any more is removed."""
    await db.execute(FORGET_FAILURES, after)
    return [(r["subject"], r["failures"], r["last_at"]) for r in await db.fetch(FAILURES, after)]


PUT_FAILURES = """
    INSERT INTO sign_in_failure (subject, failures, since, last_at)
    VALUES ($1, $2, $3, $3)
        ON CONFLICT (subject) DO UPDATE
       SET failures = EXCLUDED.failures, last_at = EXCLUDED.last_at
"""


async def put_failures(db: Connection, rows: Iterable[tuple[bytes, int, datetime]]) -> None:
    await db.executemany(PUT_FAILURES, list(rows))


DROP_FAILURES = "DELETE FROM sign_in_failure WHERE subject = $1"


async def drop_failures(db: Connection, subject: bytes) -> None:
    await db.execute(DROP_FAILURES, subject)


INVITED = """
    SELECT account, code, expires_at, used_at
      FROM invitation
     WHERE invitation = $1
       FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class InvitedRow:
    account: bytes
    code: str
    expires_at: datetime
    used_at: datetime | None


async def invited(db: Connection, invitation: bytes) -> InvitedRow | None:
    """An invitation, locked until the transaction ends."""
    row = await db.fetchrow(INVITED, invitation)
    return None if row is None else InvitedRow(row["account"], row["code"], row["expires_at"], row["used_at"])


ENROLLED_BODY = "SELECT body FROM enrolment WHERE invitation = $1"


async def enrolled_body(db: Connection, invitation: bytes) -> bytes | None:
    """What was already handed in under this invitation."""
    body: bytes | None = await db.fetchval(ENROLLED_BODY, invitation)
    return body


USE_INVITATION = "UPDATE invitation SET used_at = $2 WHERE invitation = $1"

ADD_ENROLMENT = """
    INSERT INTO enrolment (invitation, body, signatures, mac, device_act, device_signature, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    invitation: bytes
    body: bytes
    signatures: bytes
    mac: bytes = field(repr=False)
    device_act: bytes
    device_signature: bytes


async def add_enrolment(db: Connection, row: EnrolmentRow, at: datetime) -> None:
    """Uses the invitation up."""
    await db.execute(USE_INVITATION, row.invitation, at)
    await db.execute(
        ADD_ENROLMENT, row.invitation, row.body, row.signatures, row.mac, row.device_act, row.device_signature, at
    )


ADD_INVITATION = """
    INSERT INTO invitation (invitation, account, code, expires_at, body, signatures)
    VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
    RETURNING invitation
"""


async def add_invitation(
    db: Connection, invitation: bytes, account: bytes, code: str, expires_at: datetime, body: bytes, signatures: bytes
) -> bool:
    """False if the id was used before."""
    return await db.fetchval(ADD_INVITATION, invitation, account, code, expires_at, body, signatures) is not None


INVITATION_BODY = "SELECT body FROM invitation WHERE invitation = $1"


async def invitation_body(db: Connection, invitation: bytes) -> bytes | None:
    """The announcement as it was signed."""
    body: bytes | None = await db.fetchval(INVITATION_BODY, invitation)
    return body


PENDING = """
    SELECT invitation, body, signatures, mac, device_act, device_signature
      FROM enrolment
     WHERE certified_at IS NULL
     ORDER BY at
     LIMIT 200
"""


async def pending(db: Pool) -> list[EnrolmentRow]:
    """Enrolments that wait for an administrator, oldest first."""
    return [
        EnrolmentRow(r["invitation"], r["body"], r["signatures"], r["mac"], r["device_act"], r["device_signature"])
        for r in await db.fetch(PENDING)
    ]


CERTIFIED = "UPDATE enrolment SET certified_at = $2 WHERE invitation = $1 AND certified_at IS NULL"


async def certified(db: Connection, invitation: bytes, at: datetime) -> None:
    """The enrolment waits no longer."""
    await db.execute(CERTIFIED, invitation, at)
