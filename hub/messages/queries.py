"""The one question of the post office that memory may not answer: what an old envelope was."""

from dataclasses import dataclass

from hub.db.pool import Pool

ENVELOPE = """
    SELECT stream, body, account
      FROM statement
     WHERE id = $1
       AND kind = 'channel'
"""


@dataclass(frozen=True, slots=True)
class EnvelopeRow:
    channel: bytes
    body: bytes
    account: bytes | None


async def envelope(db: Pool, statement: bytes) -> EnvelopeRow | None:
    """An envelope by its statement id."""
    row = await db.fetchrow(ENVELOPE, statement)
    return None if row is None else EnvelopeRow(row["stream"], row["body"], row["account"])
