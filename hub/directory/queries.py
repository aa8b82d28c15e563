"""What the directory's room asks of invitations beside the chain (migrations/0003_accounts.sql)."""

from dataclasses import dataclass
from datetime import datetime

from hub.db.pool import Pool

INVITATION = """
    SELECT i.account, i.code, i.expires_at, i.used_at, e.certified_at
      FROM invitation i
      LEFT JOIN enrolment e USING (invitation)
     WHERE i.invitation = $1
"""


@dataclass(frozen=True, slots=True)
class InvitationRow:
    account: bytes
    code: str
    expires_at: datetime
    used_at: datetime | None
    certified_at: datetime | None


async def invitation(db: Pool, invitation: bytes) -> InvitationRow | None:
    """How far an invitation has come; None for one that was never opened."""
    row = await db.fetchrow(INVITATION, invitation)
    if row is None:
        return None
    return InvitationRow(row["account"], row["code"], row["expires_at"], row["used_at"], row["certified_at"])
