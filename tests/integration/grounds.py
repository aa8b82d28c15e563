"""A hub with two operations and everybody who might knock at its doors: by role, by clearance, by how they left."""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from crypto.encoding import b64, hash_of, unb64
from crypto.membership import Operation, readers
from hub.directory.state import DIRECTORY
from tests.builders import Hub, Person, Room, running_hub
from tests.integration.addresses import NOWHERE, Ids, Knock

EVERYTHING: Final = ("general", "precursor")
ROLES: Final = ("contact", "deputy", "coordinator", "analyst", "observer", "auditor")
PRIVILEGES: Final = {"hub auditor": "audit", "hub coordinator": "coordinate", "hub administrator": "administer"}
OWN: Final = "own compartment"
OTHER: Final = "other compartment"
FAR: Final = "other operation"
MIXED: Final = "mixed"

VISITORS: Final = (
    *(f"general {role}" for role in ROLES),  # in the operation, cleared for one of its two compartments
    "lost",  # was cleared for the other one too
    *(f"removed {role}" for role in ROLES),  # was in the operation, cleared for everything
    "foreign",  # is in another operation, cleared for everything there
    "outside",  # is in none
    *PRIVILEGES,
    "without a device",  # a contact whose session isn't bound
    "expired",  # a coordinator whose session ran out
    "nobody",
)
BESIDE: Final = frozenset({"without a device", "expired", "nobody"})
"""Visitors who are no person of their own."""


@dataclass
class Grounds:
    """The hub, who walks there, and what there is."""

    hub: Hub
    ghana: Person
    coordinator: Person
    people: dict[str, Person]
    own: Room
    other: Room
    far: Room
    template: bytes
    said: dict[bytes, list[bytes]] = field(default_factory=dict)
    unknown: dict[int, bytes] = field(default_factory=lambda: {size: secrets.token_bytes(size) for size in (16, 32)})
    """Ids of each size that nothing has."""

    async def say(self, room: Room, count: int) -> None:
        for _ in range(count):
            self.said_in(room).append(unb64((await room.post(self.ghana)).json["id"], 32))

    def said_in(self, room: Room) -> list[bytes]:
        return self.said.setdefault(room.channel, [])

    def places(self, name: str) -> dict[str, Ids]:
        """Ids of one's own and of others; mixed ones too: a channel under another operation's name."""
        who = self.people.get(name)

        def ids(room: str, operation: bytes, channel: bytes, statement: bytes, account: bytes, hash: bytes) -> Ids:
            return Ids(room, *map(b64, (operation, channel, statement[:16], hash, account, self.unknown[16])))

        def of(name: str, room: Room, operation: bytes | None = None, account: bytes | None = None) -> Ids:
            at = account or self.ghana.account
            return ids(name, operation or room.operation, room.channel, self.said_in(room)[-1], at, self.template)

        nothing = (self.unknown[size] for size in (32, 16, 32, 16, 32))
        return {
            OWN: of(OWN, self.own, account=None if who is None else who.account),
            OTHER: of(OTHER, self.other),
            FAR: of(FAR, self.far),
            MIXED: of(MIXED, self.other, operation=self.far.operation),
            NOWHERE: ids(NOWHERE, *nothing),
        }

    def hidden_from(self, name: str) -> list[Room]:
        """The channels that a visitor doesn't read, by the rules of the protocol themselves."""
        who = self.people.get(name)
        directory = self.hub.app[DIRECTORY].latest

        def reads(room: Room) -> bool:
            state: Operation = self.hub.operation(room.operation)
            return who is not None and any(
                one.account == who.account for one in readers(state, room.channel, directory)
            )

        return [room for room in (self.own, self.other, self.far) if not reads(room)]

    @property
    def cursor(self) -> str:
        """A poll that asks for all of everybody's, from the beginning."""
        rooms = (self.own, self.other, self.far)
        asked = {
            "directory": -1,
            "operations": [[b64(room.operation), -1] for room in rooms if room is not self.other],
            "channels": [[b64(room.operation), b64(room.channel), 0] for room in rooms],
        }
        return b64(json.dumps(asked).encode())

    async def hear(self, knock: Knock, name: str) -> Heard:
        """What is answered to a well-formed nothing."""
        posts = knock.route.method in {"POST", "PUT"}
        answer = await self.hub.ask(
            knock.route.method,
            knock.path.replace("{cursor}", self.cursor),
            who=self.people.get(name),
            data=b"{}" if posts else None,
            headers={"Content-Type": "application/json"} if posts else None,
        )
        counts = tuple(sorted((name, value) for name, value in answer.headers.items() if name.startswith("NCP-")))
        return Heard(answer.status, answer.raw, counts)


@dataclass(frozen=True)
class Heard:
    status: int
    body: bytes
    counts: tuple[tuple[str, str], ...]
    """Headers that count something."""

    @property
    def all(self) -> bytes:
        return self.body + repr(self.counts).encode()

    @property
    def code(self) -> str:
        """The code of a refusal; empty for anything else, a refusal as a page too."""
        try:
            return str(json.loads(self.body)["code"])
        except (ValueError, KeyError, TypeError):
            return ""


@asynccontextmanager
async def settled(database: str, folder: Path) -> AsyncIterator[Grounds]:
    """Ghana speaks everywhere; everybody else stands where the list above says."""
    async with running_hub(database, folder) as hub:
        coordinator = await hub.member("hq", "BE", "coordinate")
        ghana = await hub.member("ghana", "GH")
        people = {
            name: await hub.member(f"v{number}", "PE", *([PRIVILEGES[name]] if name in PRIVILEGES else []))
            for number, name in enumerate(VISITORS)
            if name not in BESIDE
        }
        people["expired"] = copy.copy(people["general coordinator"])
        hub.clock.advance(hours=hub.settings.session_hours + 1)
        everybody = [coordinator, ghana, *(one for name, one in people.items() if name not in BESIDE)]
        for person in everybody:
            await hub.sign_in(person)
        people["without a device"] = await hub.sign_in(copy.copy(people["general contact"]), device=False)

        here, there = await hub.open_operation(coordinator, "HSH"), await hub.open_operation(coordinator, "PGS")
        template = await adopt(hub, coordinator, here, there)
        admitted = [
            hub.admitting(ghana, compartments=EVERYTHING),
            hub.admitting(people["lost"], compartments=EVERYTHING),
            *(hub.admitting(people[f"general {role}"], role) for role in ROLES),
            *(hub.admitting(people[f"removed {role}"], role, EVERYTHING) for role in ROLES),
        ]
        await hub.submit_entry(coordinator, here, admitted)
        far = [hub.admitting(one, compartments=EVERYTHING) for one in (ghana, people["foreign"])]
        await hub.submit_entry(coordinator, there, far)
        own = await hub.open_channel(coordinator, here, everybody)
        other = await hub.open_channel(coordinator, here, everybody, compartment="precursor")
        far_room = await hub.open_channel(coordinator, there, everybody)
        made = Grounds(hub, ghana, coordinator, people, own, other, far_room, template)
        for room in (made.own, made.other, made.far):
            await made.say(room, 2)
        await take_away(made)
        for room in (made.own, made.other, made.far):
            await made.say(room, 2)
        yield made


async def adopt(hub: Hub, coordinator: Person, *operations: bytes) -> bytes:
    """A template that exists in each of the operations; its name."""
    document = {"title": "Seizure", "fields": ["place"]}
    name = hash_of("template", document)
    adopting = {"change": "template.adopt", "template": "seizure", "version": 1, "hash": b64(name)}
    for operation in operations:
        beside = {"template": "seizure", "hash": b64(name), "document": document}
        await hub.submit_entry(coordinator, operation, [adopting], (), [beside])
    return name


async def take_away(made: Grounds) -> None:
    """One loses a clearance, some are removed; each channel gets its next secret."""
    lost = {"change": "member.change", "account": b64(made.people["lost"].account), "role": "contact"}
    removed = [made.people[f"removed {role}"].account for role in ROLES]
    changes = [
        {**lost, "compartments": ["general"]},
        *({"change": "member.remove", "account": b64(account)} for account in removed),
    ]
    await made.hub.submit_entry(made.coordinator, made.own.operation, changes)
    await made.own.new_epoch(made.coordinator)
    await made.other.new_epoch(made.coordinator)
