"""
When a person's devices were used. One that was forgotten for 60 days opens no session by the passphrase alone: its
owner comes in another way, or says on another device that it is still theirs (docs/spec/11-vault.md).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import Actor
from hub.access.policy import Rolls
from hub.accounts.devices import queries
from hub.accounts.devices.queries import UseRow
from hub.clock import Clock
from hub.db.pool import Connection, Pool
from hub.http.errors import NotFound, StaleDevice
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal

FORGOTTEN_AFTER: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Use:
    """A device as its owner's list shows it."""

    row: UseRow
    stale: bool


class DeviceUses:
    """The devices of one account, as their sessions show them."""

    def __init__(self, pool: Pool, journal: Journal, clock: Clock, rolls: Rolls) -> None:
        self._pool = pool
        self._journal = journal
        self._clock = clock
        self._rolls = rolls

    async def listed(self, actor: Actor) -> list[Use]:
        """Every device that ever came in; which of them still count, the directory says."""
        now = self._clock.now()
        rows = await queries.uses(self._pool, actor.account)
        await self._journal.append(Record(self._leaf(actor, "devices-read", None)))
        return [Use(row, stale=is_stale(row.last_at, now)) for row in rows]

    async def keep(self, actor: Actor, device: bytes) -> None:
        """A forgotten device is still its owner's. Raises NotFound for any that isn't."""
        if self._rolls.device_key(actor.account, device) is None:
            raise NotFound
        now = self._clock.now()

        async def rows(db: Connection) -> None:
            await queries.put_use(db, actor.account, device, now)

        await self._journal.append(Record(self._leaf(actor, "device-keep", b64(device)), also=rows))

    @staticmethod
    def _leaf(actor: Actor, type_: str, subject: str | None) -> LeafDraft:
        return LeafDraft(type_, actor=actor.account, device=actor.device, object=subject, place=actor.place)


async def check_not_forgotten(pool: Pool, account: bytes, device: bytes, way: str, now: datetime) -> None:
    """Raises StaleDevice for a device that was not used for long and comes with the passphrase alone."""
    last_at = await queries.last_use(pool, account, device)
    if way == "passphrase" and last_at is not None and is_stale(last_at, now):
        raise StaleDevice


def is_stale(last_at: datetime, now: datetime) -> bool:
    return now - last_at >= FORGOTTEN_AFTER


DEVICE_USES: Final = web.AppKey("device_uses", DeviceUses)
