"""
Every address, walked by every role: nothing about what one isn't cleared for in an answer, a stream, a count or a key.

Two operations share the hub. Each visitor knocks at every route with every id that exists, their own and others'; then
the same walk is done again after more was said in what they may not see, and must give the same bytes.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Final

import aiohttp
import asyncpg
import pytest

from crypto.encoding import b64, unb64
from crypto.membership import Operation, readers
from hub.access.routes import Route
from hub.app import ROUTES
from hub.directory.state import DIRECTORY
from tests.builders import Hub, Person, Room, running_hub

EVERYTHING: Final = ("general", "precursor")
ROLES: Final = ("contact", "deputy", "coordinator", "analyst", "observer", "auditor")
VISITORS: Final = (
    *(f"general {role}" for role in ROLES),  # in the operation, cleared for one of its two compartments
    "lost",  # was cleared for the other one too
    "removed",  # was in the operation
    "foreign",  # is in another operation, cleared for everything there
    "outside",  # is in none
    "hub auditor",
    "hub coordinator",
    "hub administrator",
    "nobody",
)
CHANGES_STATE: Final = frozenset({"PUT", "DELETE"})
NO_CONTENT: Final = "/static/"
GROWS: Final = frozenset({"/api/log/checkpoint", "/api/log/tile/{tile:.+}", "/api/log/proof/inclusion"})
"""The log itself: it grows with every request, these of the walk included, and holds hashes; judged apart below."""
ABOUT_THE_CALLER: Final = frozenset({"/api/session", "/api/session/renew", "/api/sign-in/ways"})
"""Tokens and deterministic decoys: different each time, and nobody else's."""
LOG_OF_ALL: Final = frozenset({"/audit", "/api/log/entries"})
"""The auditors' pages: they show who said and read something, and no words."""
LIVE: Final = "/api/live"


@dataclass
class Grounds:
    """The hub, who walks there, and what there is."""

    hub: Hub
    ghana: Person
    people: dict[str, Person]
    own: Room
    other: Room
    far: Room
    said: dict[bytes, list[bytes]] = field(default_factory=dict)

    async def say(self, room: Room, count: int) -> None:
        for _ in range(count):
            self.said_in(room).append(unb64((await room.post(self.ghana)).json["id"], 32))

    def said_in(self, room: Room) -> list[bytes]:
        return self.said.setdefault(room.channel, [])


@pytest.fixture
async def grounds(database: str, tmp_path: Path) -> AsyncIterator[Grounds]:
    """Ghana speaks everywhere; everybody else stands where the list above says."""
    async with running_hub(database, tmp_path) as hub:
        coordinator = await hub.member("hq", "BE", "coordinate")
        ghana = await hub.member("ghana", "GH")
        may = {"hub auditor": "audit", "hub coordinator": "coordinate", "hub administrator": "administer"}
        people = {
            name: await hub.member(f"v{number}", "PE", *([may[name]] if name in may else []))
            for number, name in enumerate(VISITORS)
            if name != "nobody"
        }
        everybody = [coordinator, ghana, *people.values()]
        here, there = await hub.open_operation(coordinator, "HSH"), await hub.open_operation(coordinator, "PGS")
        await hub.submit_entry(
            coordinator,
            here,
            [
                hub.admitting(ghana, compartments=EVERYTHING),
                *(hub.admitting(people[f"general {role}"], role) for role in ROLES),
                *(hub.admitting(people[name], compartments=EVERYTHING) for name in ("lost", "removed")),
            ],
        )
        far = [hub.admitting(one, compartments=EVERYTHING) for one in (ghana, people["foreign"])]
        await hub.submit_entry(coordinator, there, far)
        own = await hub.open_channel(coordinator, here, everybody)
        other = await hub.open_channel(coordinator, here, everybody, compartment="precursor")
        made = Grounds(hub, ghana, people, own, other, await hub.open_channel(coordinator, there, everybody))
        for room in (made.own, made.other, made.far):
            await made.say(room, 2)
        await take_away(hub, coordinator, people, made)
        for room in (made.own, made.other, made.far):
            await made.say(room, 2)
        yield made


async def take_away(hub: Hub, coordinator: Person, people: dict[str, Person], made: Grounds) -> None:
    """One loses a clearance, one is removed; each channel gets its next secret."""
    lost, removed = people["lost"], people["removed"]
    change = {"change": "member.change", "account": b64(lost.account), "role": "contact", "compartments": ["general"]}
    remove = {"change": "member.remove", "account": b64(removed.account)}
    await hub.submit_entry(coordinator, made.own.operation, [change, remove])
    await made.own.new_epoch(coordinator)
    await made.other.new_epoch(coordinator)


# -- knocking ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Knock:
    route: Route
    path: str
    room: str
    """Whose ids the path names."""

    def __str__(self) -> str:
        return f"{self.route.method} {self.route.path} ({self.room})"


@dataclass(frozen=True)
class Heard:
    status: int
    body: bytes
    counts: tuple[tuple[str, str], ...]
    """Headers that count something."""

    @property
    def all(self) -> bytes:
        return self.body + repr(self.counts).encode()


NOWHERE: Final = "ids that nothing has"


def knocks(grounds: Grounds) -> Iterator[Knock]:
    """Every route with every set of ids; mixed ones too: a channel under another operation's name."""
    places = {
        "own compartment": (grounds.own.operation, grounds.own.channel, grounds.said_in(grounds.own)[-1]),
        "other compartment": (grounds.other.operation, grounds.other.channel, grounds.said_in(grounds.other)[-1]),
        "other operation": (grounds.far.operation, grounds.far.channel, grounds.said_in(grounds.far)[-1]),
        "mixed": (grounds.far.operation, grounds.other.channel, grounds.said_in(grounds.other)[-1]),
        NOWHERE: (secrets.token_bytes(32), secrets.token_bytes(16), secrets.token_bytes(32)),
    }
    for route in ROUTES:
        if route.path == LIVE or route.path.startswith(NO_CONTENT) or route.path == "/api/session" != route.method:
            continue
        named = places if "{operation}" in route.path else {NOWHERE: places[NOWHERE]}
        for (name, (operation, channel, statement)), epoch in product(named.items(), (1, 2, 9)):
            if epoch > 1 and "{epoch}" not in route.path:
                continue
            path = route.path
            for part, value in {
                "{operation}": b64(operation),
                "{channel}": b64(channel),
                "{id}": b64(statement[:16]),
                "{hash}": b64(statement),
                "{epoch}": str(epoch),
                "{record}": "pins",
                "{tile:.+}": "0/000",
                "{tail:.*}": f"{b64(operation)}/{b64(channel)}/{b64(statement)}",
                "{language}": "en",
            }.items():
                path = path.replace(part, value)
            yield Knock(route, path + QUERIES.get(route.path, ""), name)


QUERIES: Final = {
    "/api/live/poll": "?wait=0&cursor={cursor}",
    "/api/log/proof/inclusion": "?index=3&size=4",
    "/api/log/proof/consistency": "?from=3&to=4",
    "/api/log/entries": "?limit=500",
    "/audit": "?limit=500",
}


def cursor(grounds: Grounds) -> str:
    """A poll that asks for all of everybody's, from the beginning."""
    rooms = (grounds.own, grounds.other, grounds.far)
    asked = {
        "directory": -1,
        "operations": [[b64(room.operation), -1] for room in rooms if room is not grounds.other],
        "channels": [[b64(room.operation), b64(room.channel), 0] for room in rooms],
    }
    return b64(json.dumps(asked).encode())


async def hear(grounds: Grounds, knock: Knock, who: Person | None) -> Heard:
    """What is answered to a well-formed nothing."""
    posts = knock.route.method in {"POST", "PUT"}
    answer = await grounds.hub.ask(
        knock.route.method,
        knock.path.replace("{cursor}", cursor(grounds)),
        who=who,
        data=b"{}" if posts else None,
        headers={"Content-Type": "application/json"} if posts else None,
    )
    counts = tuple(sorted((name, value) for name, value in answer.headers.items() if name.startswith("NCP-")))
    return Heard(answer.status, answer.raw, counts)


async def walk(grounds: Grounds, name: str) -> dict[Knock, Heard]:
    """One visitor at every door; what would end the own session or change the own vault is left out."""
    who = grounds.people.get(name)
    return {
        knock: await hear(grounds, knock, who) for knock in knocks(grounds) if knock.route.method not in CHANGES_STATE
    }


# -- what nobody else may find -----------------------------------------------------------------------------------------


async def secrets_of(grounds: Grounds, room: Room) -> list[bytes]:
    """Bytes of which each tells something of a channel: statements, their ids, ciphertexts, wraps of its secret."""
    db = await asyncpg.connect(grounds.hub.dsn)
    try:
        rows = await db.fetch("SELECT id, client_id, body, beside FROM statement WHERE stream = $1", room.channel)
        wraps = await db.fetch("SELECT wrap FROM wrap WHERE channel = $1", room.channel)
    finally:
        await db.close()
    found = [bytes(value) for row in rows for value in row.values() if value]
    return found + [bytes(row["wrap"]) for row in wraps]


def forms(secret: bytes) -> tuple[bytes, ...]:
    """As it would stand in an answer: raw, base64url, base64, hex."""
    return secret, b64(secret).encode(), base64.b64encode(secret).rstrip(b"="), secret.hex().encode()


def told(heard: Heard, hidden: Iterable[bytes]) -> bool:
    return any(form in heard.all for secret in hidden for form in forms(secret))


def hidden_from(grounds: Grounds, name: str) -> list[Room]:
    """The channels that a visitor doesn't read, by the rules of the protocol themselves."""
    who = grounds.people.get(name)
    directory = grounds.hub.app[DIRECTORY].latest

    def reads(room: Room) -> bool:
        state: Operation = grounds.hub.operation(room.operation)
        return who is not None and any(one.account == who.account for one in readers(state, room.channel, directory))

    return [room for room in (grounds.own, grounds.other, grounds.far) if not reads(room)]


async def test_the_rules_hide_from_each_what_the_walk_expects(grounds: Grounds) -> None:
    hidden = {name: len(hidden_from(grounds, name)) for name in VISITORS}

    within = {f"general {role}": 2 for role in ROLES} | {"general auditor": 3, "lost": 2}
    assert hidden == within | {"removed": 3, "foreign": 2} | dict.fromkeys(VISITORS[9:], 3)


@pytest.mark.parametrize("name", VISITORS)
async def test_no_answer_tells_anything_of_what_a_visitor_may_not_read(grounds: Grounds, name: str) -> None:
    hidden = hidden_from(grounds, name)
    content = [secret for room in hidden for secret in await secrets_of(grounds, room)]
    sealed = [secret for secret in content if len(secret) > 200]

    for knock, heard in (await walk(grounds, name)).items():
        audits = knock.route.path in LOG_OF_ALL and heard.status == 200
        assert not told(heard, sealed if audits else content), f"{name}: {knock}"


@pytest.mark.parametrize("name", VISITORS)
async def test_more_of_what_a_visitor_may_not_read_changes_no_answer(grounds: Grounds, name: str) -> None:
    """Counts, sizes, orders, texts: byte for byte the same."""
    hidden = hidden_from(grounds, name)
    await walk(grounds, name)
    before = await walk(grounds, name)

    for room in hidden:
        await grounds.say(room, 3)
    after = await walk(grounds, name)

    again = {(knock.route.method, knock.path): heard for knock, heard in after.items()}
    for knock, heard in before.items():
        path = knock.route.path
        if path in GROWS | ABOUT_THE_CALLER or (knock.room == NOWHERE and "{operation}" in path):
            continue
        if path in LOG_OF_ALL and heard.status == 200:
            continue
        if "{id}" in path or "{hash}" in path or "{tail" in path:
            continue  # names the newest item, another one than before
        assert again[knock.route.method, knock.path] == heard, f"{name}: {knock}"


@pytest.mark.parametrize("name", ["removed", "foreign", "outside", "hub auditor", "hub coordinator", "nobody"])
async def test_an_operation_of_others_is_like_one_that_does_not_exist(grounds: Grounds, name: str) -> None:
    answers = await walk(grounds, name)
    nothing = {(k.route.method, k.route.path): heard for k, heard in answers.items() if k.room == NOWHERE}
    here = {"own compartment", "other compartment"}

    for knock, heard in answers.items():
        of_others = knock.room in here or (knock.room != NOWHERE and name != "foreign")
        former = name == "removed" and knock.room in here and knock.route.action == "operation.read"
        if "{operation}" in knock.route.path and of_others and not former:
            assert heard == nothing[knock.route.method, knock.route.path], f"{name}: {knock}"


@pytest.mark.parametrize("name", ["general contact", "general coordinator", "lost"])
async def test_of_another_compartment_a_member_learns_no_item_and_no_epoch(grounds: Grounds, name: str) -> None:
    """An id that exists there and one that doesn't are answered alike."""
    who, room = grounds.people[name], grounds.other
    doors = {
        "envelopes/by-id/": [b64(grounds.said_in(room)[-1][:16]), b64(secrets.token_bytes(16))],
        "epochs/": ["1/wrap", "2/wrap", "9/wrap"],
        "envelopes?after=": ["0", "3", "400"],
    }
    for door, ends in doors.items():
        heard = [await grounds.hub.ask("GET", f"{room.path}/{door}{end}", who=who) for end in ends]

        assert {(one.status, one.raw) for one in heard} == {(403, heard[0].raw)}, door


async def test_a_statement_refers_to_one_of_another_compartment_as_to_none(grounds: Grounds) -> None:
    who = grounds.people["general contact"]
    existing, invented = grounds.said_in(grounds.other)[0], secrets.token_bytes(32)

    for kind, state in (("acknowledgement", "acknowledged"), ("seen", None)):
        parts = {"ref": None, **({} if state is None else {"state": state})}
        packets = [grounds.own.envelope(who, kind, **{**parts, "ref": b64(ref)}) for ref in (existing, invented)]  # type: ignore[arg-type]
        answers = [await grounds.own.send(who, packet) for packet in packets]

        assert answers[0].status >= 400, kind
        assert (answers[0].status, answers[0].raw) == (answers[1].status, answers[1].raw), kind


# -- the log -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [one for one in VISITORS if one not in ("hub auditor", "nobody")])
async def test_the_log_gives_no_leaf_of_what_a_visitor_may_not_read(grounds: Grounds, name: str) -> None:
    """Proofs are for everybody, a leaf's words for those who have what it stands for."""
    who = grounds.people[name]
    hidden = {b64(one) for room in hidden_from(grounds, name) for one in (room.channel, *grounds.said_in(room))}
    size = await grounds.hub.count("leaf")

    seen = []
    for index in range(size):
        answer = await grounds.hub.must("GET", f"/api/log/proof/inclusion?index={index}&size={size}", who=who)
        leaf = answer.json["leaf"]
        if leaf is not None:
            seen.append(json.loads(unb64(leaf)))

    assert seen
    own = b64(who.account)
    assert [leaf for leaf in seen if leaf["object"] in hidden and leaf["actor"] != own] == []
    assert {leaf["type"] for leaf in seen if leaf["actor"] != own} <= {"genesis", "act", "entry", "envelope"}


# -- the live line -----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def listening(grounds: Grounds, who: Person) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A socket that has asked for all of everybody's and was told that nothing more is missing."""
    headers = {"Authorization": f"Bearer {who.token}"}
    async with grounds.hub.web.ws_connect(f"{grounds.hub.url}{LIVE}", headers=headers) as socket:
        asked = json.loads(unb64(cursor(grounds)))
        await socket.send_str(json.dumps({"after": asked}))
        yield socket


async def everything(socket: aiohttp.ClientWebSocketResponse, seconds: float = 0.6) -> bytes:
    """All that comes until nothing has come for a while."""
    came = b""
    while True:
        try:
            message = await socket.receive(seconds)
        except TimeoutError:
            return came
        if message.type is aiohttp.WSMsgType.BINARY:
            came += message.data
        elif message.type is not aiohttp.WSMsgType.TEXT:
            return came


async def test_the_live_line_brings_nothing_of_what_a_visitor_may_not_read(grounds: Grounds) -> None:
    async with AsyncExitStack() as stack:
        lines = {name: await stack.enter_async_context(listening(grounds, who)) for name, who in grounds.people.items()}
        first = dict(zip(lines, await asyncio.gather(*map(everything, lines.values())), strict=True))
        for room in (grounds.other, grounds.far, grounds.own):
            await grounds.say(room, 2)
        then = dict(zip(lines, await asyncio.gather(*map(everything, lines.values())), strict=True))

    for name in lines:
        hidden = hidden_from(grounds, name)
        for room in hidden:
            for secret in await secrets_of(grounds, room):
                assert secret not in first[name] + then[name], name
        if len(hidden) == 3:
            assert then[name] == b"", name
        else:
            readable = next(room for room in (grounds.own, grounds.far) if room not in hidden)
            assert b64(readable.channel).encode() in then[name], name


async def test_who_loses_a_clearance_gets_nothing_more_on_an_open_line(grounds: Grounds) -> None:
    hub, late = grounds.hub, grounds.people["general deputy"]
    coordinator = next(one for one in grounds.other.people.values() if one.name == "hq")
    change = {"change": "member.change", "account": b64(late.account), "role": "deputy"}
    await hub.submit_entry(coordinator, grounds.own.operation, [{**change, "compartments": list(EVERYTHING)}])
    await grounds.other.new_epoch(coordinator)
    async with listening(grounds, late) as socket:
        await everything(socket)
        await grounds.say(grounds.other, 1)
        assert b64(grounds.other.channel).encode() in await everything(socket)

        await hub.submit_entry(coordinator, grounds.own.operation, [{**change, "compartments": ["general"]}])
        await grounds.other.new_epoch(coordinator)
        await everything(socket)
        await grounds.say(grounds.other, 2)

        assert await everything(socket) == b""
