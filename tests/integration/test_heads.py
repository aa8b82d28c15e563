"""The hub says hourly in its log where every chain ends: what it covers, who is told what, and when."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest_asyncio
from aiohttp import web

from crypto.encoding import b64, parse
from hub.audit.heads import HEADS, Heads
from tests.clock import FakeClock
from tests.people import Village, a_hub

Moment = tuple[Village, Heads, FakeClock]


@pytest_asyncio.fixture
async def moment(database: str, tmp_path: Path) -> AsyncIterator[Moment]:
    clock = FakeClock(datetime.now(UTC))
    async with a_hub(tmp_path, database, clock) as village:
        assert isinstance(village.app, web.Application)
        yield village, village.app[HEADS], clock


async def test_a_hub_says_so_at_its_start_and_again_after_an_hour(moment: Moment) -> None:
    _, heads, clock = moment
    first = await heads.make_if_due()

    clock.advance(minutes=58)
    assert await heads.make_if_due() is first
    clock.advance(minutes=3)
    second = await heads.make_if_due()

    assert second.row.leaf > first.row.leaf
    assert parse(second.row.body)["type"] == "heads"


async def test_it_names_the_chains_of_the_one_who_asks_and_no_others(moment: Moment) -> None:
    village, heads, _ = moment
    ghana, peru = await village.members("ghana", "peru")
    channel = await village.channel("Case room", ghana)
    await village.open(peru)
    await ghana.say(channel, "For the case room alone")
    await heads.make()

    async def told(person: str) -> dict[str, int]:
        answer = await village.people[person].member.hub.heads()
        return {row["stream"]: row["seq"] for row in answer["heads"]}

    chains = {b64(village.id), b64(channel.operation), b64(channel.id)}
    auditor = await village.person("auditor")
    assert (await told("ghana")).keys() == chains
    assert (await told("ghana"))[b64(channel.id)] == 1
    assert (await told("peru")).keys() == chains - {b64(channel.id)}
    assert (await told(auditor.name)).keys() == {b64(village.id)}


async def test_what_is_said_meanwhile_is_the_next_statement_s(moment: Moment) -> None:
    village, heads, _ = moment
    ghana, coordinator = await village.members("ghana", "coordinator")
    channel = await village.channel("Medicines", ghana)

    async def talk() -> None:
        for number in range(8):
            await ghana.say(channel, f"Word {number}")

    async def repeat() -> None:
        for _ in range(8):
            standing = await heads.make()
            assert standing.row.size <= standing.row.leaf
            await coordinator.member.sync()

    await asyncio.gather(talk(), repeat())

    ends = {head.stream: head.seq for head in (await heads.make()).row.ends}
    assert ends[channel.id] == 8
