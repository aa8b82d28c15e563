"""
The sealed vault and the sealed private records of an account: the hub stores what it cannot open
(docs/spec/11-vault.md).
"""

from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import Actor
from hub.accounts import queries
from hub.accounts.queries import PrivateRow, VaultRow
from hub.accounts.ways import queries as way_queries
from hub.accounts.ways.queries import WrapRow
from hub.db.pool import Connection, Pool
from hub.http.errors import Conflict, NotFound
from hub.journal.records import Also, LeafDraft, Record
from hub.journal.service import Journal

MOST_RECORDS: Final = 1000
"""Private records of one account: drafts, saved searches, read marks."""


class Vaults:
    """Every read and every write leaves a leaf; a write that does not follow the last one gets the one that stands."""

    def __init__(self, pool: Pool, journal: Journal) -> None:
        self._pool = pool
        self._journal = journal

    async def vault(self, actor: Actor) -> tuple[VaultRow, list[WrapRow]]:
        row = await queries.vault(self._pool, actor.account)
        if row is None:
            raise NotFound
        await self._write(actor, "vault-read", "vault", row.version)
        return row, await way_queries.wraps(self._pool, actor.account)

    async def put_vault(self, actor: Actor, row: VaultRow) -> None:
        """Raises Conflict with the vault that stands."""

        async def rows(db: Connection) -> None:
            if not await queries.put_vault(db, actor.account, row):
                raise Conflict(winner=await self._standing_vault(db, actor))

        await self._write(actor, "vault-write", "vault", row.version, rows)

    async def privates(self, actor: Actor) -> list[PrivateRow]:
        rows = await queries.privates(self._pool, actor.account)
        await self._write(actor, "private-read", None, len(rows))
        return rows

    async def private(self, actor: Actor, record: str) -> PrivateRow:
        row = await queries.private(self._pool, actor.account, record)
        if row is None:
            raise NotFound
        await self._write(actor, "private-read", record, row.version)
        return row

    async def put_private(self, actor: Actor, row: PrivateRow) -> None:
        """Raises Conflict with the record that stands."""

        async def rows(db: Connection) -> None:
            if not await queries.put_private(db, actor.account, row, MOST_RECORDS):
                standing = await queries.private(db, actor.account, row.record)
                winner = None if standing is None else {"version": standing.version, "sealed": b64(standing.sealed)}
                raise Conflict(winner=winner)

        await self._write(actor, "private-write", row.record, row.version, rows)

    async def drop_private(self, actor: Actor, record: str) -> None:
        async def rows(db: Connection) -> None:
            if not await queries.drop_private(db, actor.account, record):
                raise NotFound

        await self._write(actor, "private-delete", record, 0, rows)

    async def _write(self, actor: Actor, leaf: str, record: str | None, version: int, also: Also | None = None) -> None:
        draft = LeafDraft(
            leaf,
            actor=actor.account,
            device=actor.device,
            object=record,
            place=actor.place,
            detail={"version": version},
        )
        await self._journal.append(Record(draft, also=also))

    @staticmethod
    async def _standing_vault(db: Connection, actor: Actor) -> dict[str, object] | None:
        standing = await queries.vault(db, actor.account)
        return None if standing is None else {"version": standing.version, "sealed": b64(standing.sealed)}


VAULTS: Final = web.AppKey("vaults", Vaults)
