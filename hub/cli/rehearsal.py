"""
The demonstration's story: people enrol, an operation opens, alerts are sent, all through the members' own client.

The server is an ordinary hub in a process of its own; no key of a person is ever in it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from crypto.encoding import AccountId, ChannelId, HubId, Json, OperationId, OrganisationId, b64, ids
from hub import paths
from hub.client import files, governance, operating
from hub.client.administration import keep_key
from hub.client.administrators import AdministratorKey
from hub.client.api import Hub
from hub.client.domain import published
from hub.client.domain.published import Domain
from hub.client.enrolment import Invitation, NewMember, invite, make_member
from hub.client.keystore import write_profile
from hub.client.member import Member
from hub.client.nominations import nominate
from hub.client.registrar import Handed, Registrar
from hub.client.state import now
from hub.client.sync import sync_operation
from hub.exercise.cards import sign_cards
from hub.exercise.items import Item
from hub.exercise.operations import Channel, Exercise, Membership, exercises
from hub.exercise.people import Part, Person, people
from hub.exercise.stories import items

SEED: Final = 20201
LANGUAGE: Final = "en"  # of the labels of channels
NOMINATED_FOR: Final = 365 * 24 * 3_600_000
AT_ONCE: Final = 2  # passphrases stretched side by side: each takes 64 MiB and a core
MAY: Final[dict[Part, tuple[str, ...]]] = {
    Part.COORDINATOR: ("coordinate",),
    Part.AUDITOR: ("audit",),
    Part.ADMINISTRATOR: ("administer",),
}
ROLES: Final = {
    Part.CONTACT_POINT: "contact",
    Part.COORDINATOR: "coordinator",
    Part.ANALYST: "analyst",
    Part.OBSERVER: "observer",
    Part.AUDITOR: "auditor",
}
WORDS: Final = [
    "amber",
    "anchor",
    "apple",
    "arrow",
    "autumn",
    "basket",
    "beacon",
    "bell",
    "bridge",
    "button",
    "candle",
    "canal",
    "carpet",
    "cedar",
    "chapel",
    "cherry",
    "clay",
    "cloud",
    "clover",
    "copper",
    "coral",
    "cotton",
    "crane",
    "daisy",
    "dawn",
    "delta",
    "drum",
    "eagle",
    "earth",
    "ember",
    "fabric",
    "falcon",
    "feather",
    "fern",
    "fiddle",
    "flint",
    "forest",
    "garden",
    "ginger",
    "glass",
    "granite",
    "harbour",
    "hazel",
    "heron",
    "honey",
    "island",
    "ivory",
    "jasmine",
    "kettle",
    "ladder",
    "lantern",
    "lemon",
    "linen",
    "lion",
    "maple",
    "marble",
    "meadow",
    "mirror",
    "morning",
    "nutmeg",
    "oak",
    "ocean",
    "olive",
    "orchard",
    "paper",
    "pearl",
    "pepper",
    "pilot",
    "pine",
    "planet",
    "plum",
    "quartz",
    "raven",
    "ribbon",
    "river",
    "saddle",
    "saffron",
    "sail",
    "salt",
    "silver",
    "sparrow",
    "spring",
    "stone",
    "summer",
    "thistle",
    "timber",
    "tulip",
    "valley",
    "velvet",
    "violet",
    "walnut",
    "water",
    "willow",
    "window",
    "winter",
]

Tell = Callable[[str, int, int], None]
"""Progress: what is being done, how much of it is done, of how much."""


@dataclass(frozen=True, slots=True)
class PlayedSheet:
    """What one person of the demonstration needs to sign in; on a real hub only that person has it, on paper."""

    host: str
    name: str
    code: str
    passphrase: str
    second: str
    recovery: str


@dataclass(slots=True)
class Player:
    """One person while the story is told."""

    person: Person
    invitation: Invitation
    made: NewMember
    folder: Path
    member: Member | None = None

    @property
    def client(self) -> Member:
        assert self.member is not None
        return self.member


async def rehearse(
    url: str, founding: tuple[HubId, list[AdministratorKey]], folder: Path, tell: Tell
) -> list[PlayedSheet]:
    """Everything from an empty hub to a working exercise. `folder` gets each person's profile and sheet."""
    hub_id, keys = founding
    async with Hub(url) as door:
        about = await door.about()
        assert about["hub"] == b64(hub_id)
        registrar = Registrar(door, hub_id, keys, threshold=1)
        players = await _enrol(registrar, url, folder, tell)
        await _certify(registrar, players, tell)
        try:
            await _sign_in(players, tell)
            await _bring_keys(players, keys)
            await _play(players, tell)
            await sign_cards({one.person.code: one.client for one in players}, now())
            await asyncio.gather(*(one.client.keep_pins() for one in players))
        finally:
            for one in players:
                if one.member is not None:
                    await one.member.close()
    return [read_sheet(one.folder) for one in players]


async def _enrol(registrar: Registrar, url: str, folder: Path, tell: Tell) -> list[Player]:
    cast = people()
    limit, done = asyncio.Semaphore(AT_ONCE), 0

    async def enrolled(person: Person) -> Player:
        nonlocal done
        invitation = invite(registrar.hub_id, url, person.code)
        passphrase = "-".join(secrets.choice(WORDS) for _ in range(4))
        async with limit:
            made = await make_member(invitation, passphrase, "Desk computer", now())
        await registrar.open_invitation(invitation)
        await registrar.hub.enrol(made.request)
        own = folder / person.host
        write_profile(own / "profile", made.profile)
        sheet = PlayedSheet(
            person.host, person.name, made.sheet.code, passphrase, made.sheet.second, made.sheet.recovery
        )
        files.write(own / "sheet.json", json.dumps(asdict(sheet), ensure_ascii=False, indent=1).encode())
        done += 1
        tell("enrol", done, len(cast))
        return Player(person, invitation, made, own)

    return list(await asyncio.gather(*(enrolled(person) for person in cast)))


async def _certify(registrar: Registrar, players: list[Player], tell: Tell) -> None:
    organisations: dict[str, OrganisationId] = {}
    handed = await registrar.pending({one.invitation.invitation: one.invitation for one in players})
    waiting: dict[AccountId, Handed] = {one.enrolment.account: one for one in handed}
    for number, player in enumerate(players, 1):
        person = player.person
        if person.organisation not in organisations:
            organisations[person.organisation] = OrganisationId(secrets.token_bytes(16))
            await registrar.add_organisation(
                organisations[person.organisation], person.organisation, person.country, person.organisation[:32]
            )
        may = MAY.get(person.part, ())
        await registrar.certify(
            waiting[player.invitation.account],
            organisations[person.organisation],
            person.name,
            level="A2" if may else "A1",
            may=may,
        )
        tell("certify", number, len(players))


async def _sign_in(players: list[Player], tell: Tell) -> None:
    done = 0

    async def signed_in(player: Player) -> None:
        nonlocal done
        player.member = Member(player.folder / "profile", player.made.profile, player.made.keys)
        await player.member.sign_in()
        done += 1
        tell("sign-in", done, len(players))

    await asyncio.gather(*(signed_in(player) for player in players))


async def _bring_keys(players: list[Player], keys: list[AdministratorKey]) -> None:
    """Each administrator brings their key into their own vault; and somebody waits to be invited by them."""
    administrators = [one for one in players if one.person.part is Part.ADMINISTRATOR]
    for player, key in zip(administrators, keys, strict=True):
        await keep_key(player.client, key)
    nominee: dict[str, Json] = {
        "name": "Kofi Mensah",
        "function": "Head of section, seaport of Tema",
        "duty_phone": "+999 20 02 0001",
        "languages": ["en", "fr"],
        "time_zone": "Africa/Accra",
    }
    said = ids(
        organisation="Ghana · Customs Division",
        country="GH",
        role="deputy",
        deputy=None,
        endorsed_by="Commissioner of Customs, letter 14/2026",
        check_method="phone",
        until=now() + NOMINATED_FOR,
    )
    await nominate(players[0].client, nominee, (), **said)


async def _play(players: list[Player], tell: Tell) -> None:
    """Opens the operations one after the other; then each one's story is told, in its order, beside the others'."""
    moment, domain = datetime.now(UTC), published.load(paths.config())
    by_code = {player.person.code: player for player in players}
    plans = exercises(moment)
    stories = [list(items(plan, moment, SEED, domain)) for plan in plans]
    opened = [await _open(by_code, plan, domain) for plan in plans]
    await asyncio.gather(*(player.client.sync() for player in players))
    async with asyncio.TaskGroup() as readers:
        for (operation, _), plan in zip(opened, plans, strict=True):
            readers.create_task(_accept(by_code, operation, plan))
    done, total = 0, sum(map(len, stories))

    async def told(operation: OperationId, channels: Mapping[str, ChannelId], story: list[Item]) -> None:
        nonlocal done
        ids: dict[int, str] = {}
        for item in story:
            parts: dict[str, Json] = dict(item.parts)
            if item.reply_to is not None:
                parts["ref"] = ids[item.reply_to]
            author = by_code[item.author].client
            receipt = await author.post(operation, channels[item.channel], item.kind, item.sealed(ids), **parts)
            ids[item.number] = b64(receipt.id)
            done += 1
            tell("post", done, total)

    async with asyncio.TaskGroup() as stage:
        for (operation, channels), story in zip(opened, stories, strict=True):
            stage.create_task(told(operation, channels, story))


async def _open(
    players: Mapping[str, Player], plan: Exercise, domain: Domain
) -> tuple[OperationId, dict[str, ChannelId]]:
    """Opens the operation from its blueprint with everybody in it, and the channels that only this exercise has."""
    opener = next(one for one in plan.members if one.person.part is Part.COORDINATOR)
    lead = players[opener.person.code].client
    base = operating.plan_of(domain.blueprint(plan.blueprint), LANGUAGE)
    known = {one.label for one in base.channels}
    more = [one for one in plan.channels if one.label not in known]
    whole = replace(
        base,
        compartments=plan.compartments,
        forms=plan.templates,
        channels=(*base.channels, *(_room(players, one) for one in more)),
        members=tuple(_member(players, one) for one in plan.members if one is not opener),
    )
    id_ = await lead.open_operation(plan.code, plan.name, plan.compartments, opener.compartments)
    channels = await operating.furnish(lead.state, id_, whole, domain.documents)
    await lead.commit(id_, governance.set_phase(plan.phase))
    return id_, {one.key: channels[one.label] for one in plan.channels}


async def _accept(players: Mapping[str, Player], operation: OperationId, plan: Exercise) -> None:
    """All but the last country accept the handling rules: a coordinator sees who has not."""
    late = plan.contact_points()[-1]
    for one in plan.members:
        if one.person is not late:
            member = players[one.person.code].client
            await sync_operation(member.state, operation)
            await member.commit(operation, operating.accept_rules(1))


def _member(players: Mapping[str, Player], one: Membership) -> operating.PlannedMember:
    account = players[one.person.code].invitation.account
    return operating.PlannedMember(account, ROLES[one.person.part], one.compartments)


def _room(players: Mapping[str, Player], room: Channel) -> operating.OpenedChannel:
    scope, of = _audience(players, room)
    return operating.OpenedChannel(room.type, room.compartment, scope, tuple(of), "all", room.label)


def _audience(players: Mapping[str, Player], room: Channel) -> tuple[str, Sequence[str | bytes]]:
    if room.readers:
        return "accounts", [players[code].invitation.account for code in room.readers]
    if room.countries:
        return "countries", room.countries
    return ("roles", room.roles) if room.roles else ("all", [])


def read_sheet(folder: Path) -> PlayedSheet:
    """The sheet beside a person's profile."""
    return PlayedSheet(**json.loads(files.read(folder / "sheet.json")))


def read_sheets(folder: Path) -> list[PlayedSheet]:
    """All sheets, in the order of the cast."""
    return [read_sheet(folder / person.host) for person in people() if (folder / person.host / "sheet.json").exists()]
