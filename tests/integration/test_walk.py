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
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import aiohttp
import asyncpg
import pytest
import pytest_asyncio

from crypto.encoding import b64, unb64
from hub.db.embedded import Postgres
from tests.builders import Person, Room
from tests.databases import a_database
from tests.integration.addresses import LIVE, NO_CONTENT, NOWHERE, Knock, knocks, name_of
from tests.integration.grounds import BESIDE, EVERYTHING, OTHER, OWN, ROLES, VISITORS, Grounds, Heard, settled

pytestmark = pytest.mark.asyncio(loop_scope="module")

GROWS: Final = frozenset({"/api/log/checkpoint", "/api/log/tile/{tile:.+}", "/api/log/proof/inclusion", "/api/heads"})
"""The log itself: it grows with every request, these of the walk included, and holds hashes; judged apart below."""
ABOUT_THE_CALLER: Final = frozenset(
    {"/api/session", "/api/session/renew", "/api/sign-in/ways", "/api/sign-in/passkey/challenge", "/api/ways/passkey"}
)
"""Tokens, challenges and deterministic decoys: different each time, and nobody else's."""
LOG_OF_ALL: Final = frozenset({"/audit", "/api/log/entries"})
"""The auditors' pages: they show who said and read something, and no words."""
ENDS_THE_SESSION: Final = "DELETE /api/session"
WALKERS: Final = tuple(
    name for name in VISITORS if name.split()[-1] in ("contact", "coordinator") or name[:7] != "removed"
)
"""Of those who were removed, two: what others may reach, tests/integration/test_roles.py asks of all."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grounds(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Grounds]:
    async with a_database(postgres, migrated_template) as dsn, settled(dsn, tmp_path_factory.mktemp("grounds")) as made:
        yield made


async def walk(grounds: Grounds, name: str) -> dict[Knock, Heard]:
    """One visitor at every door but the one behind which nobody walks on."""
    doors = [
        knock
        for knock in knocks(grounds.places(name))
        if knock.route.path != LIVE
        and not knock.route.path.startswith(NO_CONTENT)
        and name_of(knock.route) != ENDS_THE_SESSION
    ]
    return {knock: await grounds.hear(knock, name) for knock in doors}


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


async def test_the_rules_hide_from_each_what_the_walk_expects(grounds: Grounds) -> None:
    hidden = {name: len(grounds.hidden_from(name)) for name in VISITORS}

    some = {f"general {role}" for role in ROLES} - {"general auditor"}
    some |= {"lost", "foreign", "without a device", "expired"}  # two of these by their account, not by their session
    assert hidden == {name: 2 if name in some else 3 for name in VISITORS}


@pytest.mark.parametrize("name", WALKERS)
async def test_no_answer_tells_of_what_a_visitor_may_not_read(grounds: Grounds, name: str) -> None:
    """None of its bytes, and when more is said there, counts, sizes, orders and texts are byte for byte the same."""
    hidden = grounds.hidden_from(name)
    content = [secret for room in hidden for secret in await secrets_of(grounds, room)]
    sealed = [secret for secret in content if len(secret) > 200]

    for knock, heard in (await walk(grounds, name)).items():
        audits = knock.route.path in LOG_OF_ALL and heard.status == 200
        assert not told(heard, sealed if audits else content), f"{name}: {knock}"

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


@pytest.mark.parametrize(
    "name",
    [
        *(f"removed {role}" for role in ROLES),
        "foreign",
        "outside",
        "hub auditor",
        "hub coordinator",
        "expired",
        "nobody",
    ],
)
async def test_an_operation_of_others_is_like_one_that_does_not_exist(grounds: Grounds, name: str) -> None:
    answers = await walk(grounds, name)
    nothing = {(k.route.method, k.route.path): heard for k, heard in answers.items() if k.room == NOWHERE}
    here = {OWN, OTHER}

    for knock, heard in answers.items():
        of_others = knock.room in here or (knock.room != NOWHERE and name != "foreign")
        former = name.startswith("removed") and knock.room in here and knock.route.action == "operation.read"
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


@pytest.mark.parametrize("name", [one for one in WALKERS if one not in ("hub auditor", "expired", "nobody")])
async def test_the_log_gives_no_leaf_of_what_a_visitor_may_not_read(grounds: Grounds, name: str) -> None:
    """Proofs are for everybody, a leaf's words for those who have what it stands for."""
    who = grounds.people[name]
    hidden = {b64(one) for room in grounds.hidden_from(name) for one in (room.channel, *grounds.said_in(room))}
    leaves = await grounds.hub.leaves()
    said = {b64(one) for statements in grounds.said.values() for one in statements}
    first = {leaf["type"]: index for index, leaf in reversed(list(enumerate(leaves)))}
    asked = {index for index, leaf in enumerate(leaves) if leaf["object"] in said} | set(first.values())

    seen = []
    for index in asked:
        answer = await grounds.hub.must("GET", f"/api/log/proof/inclusion?index={index}&size={len(leaves)}", who=who)
        leaf = answer.json["leaf"]
        if leaf is not None:
            seen.append(json.loads(unb64(leaf)))

    assert seen
    own = b64(who.account)
    assert [leaf for leaf in seen if leaf["object"] in hidden and leaf["actor"] != own] == []
    assert {leaf["type"] for leaf in seen if leaf["actor"] != own} <= {"genesis", "act", "entry", "envelope", "heads"}


# -- the live line -----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def listening(grounds: Grounds, who: Person) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A socket that has asked for all of everybody's and was told that nothing more is missing."""
    headers = {"Authorization": f"Bearer {who.token}"}
    async with grounds.hub.web.ws_connect(f"{grounds.hub.url}{LIVE}", headers=headers) as socket:
        asked = json.loads(unb64(grounds.cursor))
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
        lines = {
            name: await stack.enter_async_context(listening(grounds, who))
            for name, who in grounds.people.items()
            if name not in BESIDE
        }
        first = dict(zip(lines, await asyncio.gather(*map(everything, lines.values())), strict=True))
        for room in (grounds.other, grounds.far, grounds.own):
            await grounds.say(room, 2)
        then = dict(zip(lines, await asyncio.gather(*map(everything, lines.values())), strict=True))

    for name in lines:
        hidden = grounds.hidden_from(name)
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
    coordinator = grounds.coordinator
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
