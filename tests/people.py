"""
A real hub on a real port, and real people at it: the members' own client, the administrators' own keys.

    async def test_…(hub: Village) -> None:
        ghana, peru = await hub.members("ghana", "peru")
        channel = await hub.channel("Medicines", ghana, peru)
        await ghana.say(channel, "Forty cartons of syringes")
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web

from crypto.encoding import ChannelId, HubId, OperationId, OrganisationId, statement_id
from hub import paths
from hub.app import found, make_app
from hub.audit.checkpoints import make_log_key
from hub.client import administrators
from hub.client.administrators import AdministratorKey, new_administrator
from hub.client.api import Hub
from hub.client.channel import Item
from hub.client.enrolment import Invitation, Sheet, invite, make_member
from hub.client.keystore import Profile, Unlocked, write_profile
from hub.client.matrix import read_matrix_file
from hub.client.member import Member
from hub.client.registrar import Registrar
from hub.client.sending import Receipt
from hub.client.state import now
from hub.clock import Clock
from hub.settings import Settings

PASSPHRASE = "correct horse battery staple"
COUNTRIES = {
    "ghana": "GH",
    "peru": "PE",
    "france": "FR",
    "india": "IN",
    "kenya": "KE",
    "coordinator": "BE",
    "second": "CH",
    "auditor": "NL",
    "deputy": "GH",
    "observer": "AT",
    "analyst": "DE",
}
LOG_ORIGIN = "exercise.test/log"


Serving = Callable[[Settings, Clock | None], AbstractAsyncContextManager[web.Application | None]]


@dataclass(slots=True)
class Person:
    """A member at the keyboard: short ways to say and read, and the whole client as `member`."""

    name: str
    member: Member
    sheet: Sheet
    invitation: Invitation
    folder: Path

    @property
    def account(self) -> bytes:
        return self.member.account

    async def say(self, channel: Channel, text: str, kind: str = "post") -> Receipt:
        """Posts words."""
        return await self.member.post(channel.operation, channel.id, kind, {"text": text, "language": "en"})

    async def read(self, channel: Channel) -> list[Item]:
        """Everything in the channel, verified and opened or marked."""
        await self.member.sync()
        return await self.member.read(channel.operation, channel.id)

    async def texts(self, channel: Channel) -> list[str]:
        """The words of all that holds."""
        return [str(item.body["text"]) for item in await self.read(channel) if item.body is not None]


@dataclass(frozen=True, slots=True)
class Channel:
    operation: OperationId
    id: ChannelId


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who has enrolled, been certified and signed in at this hub before (tests/settled.py)."""

    sheet: Sheet
    invitation: Invitation
    profile: Profile
    keys: Unlocked

    def at(self, url: str, name: str, folder: Path) -> Person:
        """The same person with the same keys, at a hub that has moved to `url`."""
        profile = replace(self.profile, url=url)
        vault = replace(self.keys.vault, encryption=dict(self.keys.vault.encryption))
        write_profile(folder, profile)
        member = Member(folder, profile, replace(self.keys, vault=vault))
        return Person(name, member, replace(self.sheet, url=url), replace(self.invitation, url=url), folder)


@dataclass(slots=True)
class Village:
    """One hub under test. `url` answers; `app` is the running application, if it runs in this process."""

    url: str
    id: HubId
    app: web.Application | None
    settings: Settings
    folder: Path
    keys: list[AdministratorKey]
    registrar: Registrar
    people: dict[str, Person] = field(default_factory=dict)
    residents: Mapping[str, Resident] = field(default_factory=dict)
    operation: OperationId | None = None

    @property
    def dsn(self) -> str:
        assert self.settings.dsn is not None
        return self.settings.dsn.get_secret_value()

    async def members(self, *names: str) -> list[Person]:
        """Enrols, certifies and signs in; the keys are derived side by side."""
        return list(await asyncio.gather(*(self.person(name) for name in names)))

    async def person(self, name: str, may: Sequence[str] | None = None) -> Person:
        """One person: "coordinator…" and "second…" may coordinate, "auditor…" may audit, others nothing special."""
        if name in self.people:
            return self.people[name]
        if name in self.residents and may is None:
            person = self.people[name] = self.residents[name].at(self.url, name, self.folder / "people" / name)
            await person.member.sign_in()
            return person
        if may is None:
            powers = {"coordinator": ("coordinate",), "second": ("coordinate",), "auditor": ("audit",)}
            may = powers.get(name, ())
        invitation = invite(self.id, self.url, f"{COUNTRIES.get(name, 'GH')}-{name.upper()}")
        await self.registrar.open_invitation(invitation)
        made = await make_member(invitation, PASSPHRASE, f"{name}'s desk", now())
        await self.registrar.hub.enrol(made.request)
        handed = await self.registrar.pending({invitation.invitation: invitation})
        organisation = OrganisationId(invitation.invitation)
        country = COUNTRIES.get(name, "GH")
        await self.registrar.add_organisation(organisation, f"Customs of {name}", country, f"{country} customs")
        level = "A2" if may else "A1"
        mine = next(one for one in handed if one.enrolment.account == invitation.account)
        await self.registrar.certify(mine, organisation, f"NCP {name.title()}", level=level, may=may)
        folder = self.folder / "people" / name
        write_profile(folder, made.profile)
        member = Member(folder, made.profile, made.keys)
        self.people[name] = Person(name, member, made.sheet, invitation, folder)
        await member.sign_in()
        return self.people[name]

    async def again(self, person: Person) -> Person:
        """The same profile opened by a program that starts anew."""
        member = await Member.open(person.folder, PASSPHRASE)
        await member.sign_in()
        return Person(person.name, member, person.sheet, person.invitation, person.folder)

    async def channel(
        self, label: str, *readers: Person, compartment: str = "general", history: str = "all", kind: str = "all"
    ) -> Channel:
        """A channel of the one operation that exactly `readers` and the coordinator read."""
        coordinator = await self.person("coordinator")
        operation = await self.open(*readers)
        channel = await coordinator.member.open_channel(
            operation,
            label,
            type=kind,
            compartment=compartment,
            scope="accounts",
            of=sorted({coordinator.account, *(one.account for one in readers)}),
            history=history,
        )
        for one in readers:
            await one.member.sync()
        return Channel(operation, channel)

    async def open(self, *members: Person, role: str = "contact") -> OperationId:
        """The one operation of this hub, with `members` admitted and cleared for all of it."""
        coordinator = await self.person("coordinator")
        compartments = ("general", "precursor", "vaccine")
        if self.operation is None:
            self.operation = await coordinator.member.open_operation("HSH", "Health Shield", compartments)
        await coordinator.member.sync()
        known = coordinator.member.operations()[self.operation].members
        for one in members:
            if one.account not in known:
                await coordinator.member.admit(self.operation, one.member.account, role, compartments)
        for one in members:
            await one.member.sync()
        return self.operation

    async def close(self) -> None:
        """Gives every connection back."""
        for person in self.people.values():
            await person.member.close()
        await self.registrar.hub.close()


@asynccontextmanager
async def a_hub(
    folder: Path, dsn: str, clock: Clock | None = None, serving: Serving | None = None, **settings: object
) -> AsyncIterator[Village]:
    """
    Founds a hub on `dsn` with its state in `folder`, and serves it on a free port of loopback.

    In this process, unless `serving` says where: then the village has no `app`.
    """
    own = settings_of(folder, dsn, **settings)
    keys = [new_administrator("First administrator"), new_administrator("Second administrator")]
    log_key = make_log_key(own.state_dir)
    matrix = read_matrix_file(paths.config() / "roles.toml")
    founding = administrators.found(
        "Exercise", own.origins[0], now(), keys, 1, log_key.public, matrix, exercise=True, log_origin=LOG_ORIGIN
    )
    assert await asyncio.to_thread(found, own, founding.packet) == statement_id("genesis", founding.body)
    async with (serving or served)(own, clock) as app:
        registrar = Registrar(Hub(own.origins[0]), founding.hub, keys, 1)
        village = Village(own.origins[0], founding.hub, app, own, folder, keys, registrar)
        try:
            yield village
        finally:
            await village.close()


def settings_of(folder: Path, dsn: str, **settings: object) -> Settings:
    """Of a hub for tests on a free port, with its state in `folder`."""
    port = free_port()
    state = folder / "state"
    paths.make_state_dir(state)
    return Settings(
        **{
            "host": "127.0.0.1",
            "port": port,
            "origins": (f"http://127.0.0.1:{port}",),
            "state_dir": state,
            "dsn": dsn,
            "log_level": "error",
            "local_names": True,
            "pool_size": 4,
            "limits": {"requests_per_minute": 100_000, "open_requests_per_minute": 100_000},
            **settings,
        }
    )


@asynccontextmanager
async def served(settings: Settings, clock: Clock | None = None) -> AsyncIterator[web.Application]:
    """The hub of `settings`, listening as long as the block runs; once more after it, it is the same hub restarted."""
    app = await make_app(settings, clock=clock)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        yield app
    finally:
        await runner.cleanup()


def free_port() -> int:
    """A port of loopback that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
