"""All SQL of proposals (migrations/0006_nominations.sql)."""

from dataclasses import dataclass
from datetime import datetime

from hub.db.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """`signatures` are pairs of administrator and signature, each verified when it came."""

    proposal: bytes
    act: bytes
    following: bytes
    at: datetime
    signatures: tuple[tuple[bytes, bytes], ...]


ADD = """
    INSERT INTO proposal (proposal, act, following, at, expires_at)
    SELECT $1, $2, $3, $4, $5
     WHERE (SELECT count(*) FROM proposal WHERE expires_at > $4) < $6
        ON CONFLICT DO NOTHING
"""

ADD_SIGNATURE = """
    INSERT INTO proposal_signature (proposal, administrator, signature, at)
    SELECT proposal, $2, $3, $4
      FROM proposal
     WHERE proposal = $1
        ON CONFLICT (proposal, administrator) DO UPDATE
       SET signature = EXCLUDED.signature
    RETURNING administrator
"""


async def add(
    db: Connection, proposal: bytes, act: bytes, following: bytes, at: datetime, expires_at: datetime, most: int
) -> None:
    """Begins a proposal; one that is there stays as it is. Nothing is added where `most` wait already."""
    await db.execute(ADD, proposal, act, following, at, expires_at, most)


async def sign(db: Connection, proposal: bytes, administrator: bytes, signature: bytes, at: datetime) -> bool:
    """False if there is no such proposal."""
    return await db.fetchval(ADD_SIGNATURE, proposal, administrator, signature, at) is not None


DROP_OVER = "DELETE FROM proposal WHERE expires_at <= $1"


async def drop_over(db: Pool, now: datetime) -> None:
    """Removes what can't be handed in any more."""
    await db.execute(DROP_OVER, now)


WAITING = """
    SELECT p.proposal, p.act, p.following, p.at,
           array_agg(s.administrator ORDER BY s.administrator) AS administrators,
           array_agg(s.signature ORDER BY s.administrator) AS signatures
      FROM proposal p
      JOIN proposal_signature s USING (proposal)
     GROUP BY p.proposal
     ORDER BY p.at
     LIMIT 200
"""


async def waiting(db: Pool) -> list[ProposalRow]:
    """All that wait, the oldest first."""
    return [
        ProposalRow(
            r["proposal"],
            r["act"],
            r["following"],
            r["at"],
            tuple(zip(r["administrators"], r["signatures"], strict=True)),
        )
        for r in await db.fetch(WAITING)
    ]
