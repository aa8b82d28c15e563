"""
A hub that was founded and whose people have come: made once by each process of a run, then copied for each test.

    @pytest.fixture
    async def hub(tmp_path: Path, settlement: Settlement) -> AsyncIterator[Village]:
        async with settlement.copy(tmp_path) as village:
            yield village

A copy has a database, a state folder, a port and profiles of its own; keys, signatures and sealed vaults are the real
ones of the first day. Only passphrases aren't stretched again. Whose founding or coming is tested takes `a_hub`.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from crypto.encoding import HubId, OperationId
from hub.client.administrators import AdministratorKey
from hub.client.api import Hub
from hub.client.registrar import Registrar
from hub.db.embedded import Postgres
from tests.databases import a_database, execute
from tests.people import Resident, Serving, Village, a_hub, served, settings_of

Story = Callable[[Village], Awaitable[object]]

PEOPLE = ("ghana", "peru", "coordinator", "kenya", "france", "auditor")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What copies are made of; nobody changes it."""

    postgres: Postgres
    database: str
    folder: Path
    hub: HubId
    keys: list[AdministratorKey]
    residents: Mapping[str, Resident]
    operation: OperationId | None

    @asynccontextmanager
    async def copy(self, folder: Path, serving: Serving | None = None, **settings: object) -> AsyncIterator[Village]:
        """
        The same hub and people once more; each of them signs in when first asked for, others come as at any hub.

        `serving` and `settings` are those of `a_hub`.
        """
        async with a_database(self.postgres, self.database) as dsn, self._at(dsn, folder, serving, settings) as village:
            yield village

    @asynccontextmanager
    async def _at(
        self, dsn: str, folder: Path, serving: Serving | None, settings: Mapping[str, object]
    ) -> AsyncIterator[Village]:
        shutil.copytree(self.folder / "state", folder / "state")
        if (self.folder / "people").exists():
            shutil.copytree(self.folder / "people", folder / "people")
        own = settings_of(folder, dsn, **settings)
        url = own.origins[0]
        async with (serving or served)(own, None) as app:
            registrar = Registrar(Hub(url), self.hub, self.keys, 1)
            village = Village(url, self.hub, app, own, folder, self.keys, registrar, residents=self.residents)
            village.operation = self.operation
            try:
                yield village
            finally:
                await village.close()

    async def later(self, folder: Path, database: str, story: Story) -> Settlement:
        """The settlement that it has become after a `story`, to be copied with what happened there."""
        await execute(self.postgres, f"CREATE DATABASE {database} TEMPLATE {self.database} STRATEGY FILE_COPY")
        async with self._at(self.postgres.dsn(database), folder, None, {}) as village:
            await story(village)
        residents = {**self.residents, **residents_of(village)}
        return replace(self, folder=folder, database=database, residents=residents, operation=village.operation)


async def settle(postgres: Postgres, template: str, folder: Path, database: str, *names: str) -> Settlement:
    """Founds a hub in a new `database` of the cluster, with people who are in no operation yet."""
    await execute(postgres, f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY FILE_COPY")
    async with a_hub(folder, postgres.dsn(database)) as village:
        await village.members(*names)
    return Settlement(postgres, database, folder, village.id, village.keys, residents_of(village), None)


def residents_of(village: Village) -> dict[str, Resident]:
    """Whoever has signed in there."""
    return {
        name: Resident(person.sheet, person.invitation, person.member.state.profile, person.member.state.keys)
        for name, person in village.people.items()
    }
