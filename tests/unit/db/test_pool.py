"""Transactions: kept whole, and told again when the database asks for it."""

import asyncio

import asyncpg
import pytest

from hub.db.pool import Connection, Pool, transact


@pytest.fixture
async def counter(pool: Pool) -> None:
    await pool.execute("CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL)")
    await pool.execute("INSERT INTO counter VALUES ('a', 0), ('b', 0)")


@pytest.mark.usefixtures("counter")
async def test_a_story_that_fails_leaves_nothing_behind(pool: Pool) -> None:
    async def story(db: Connection) -> None:
        await db.execute("UPDATE counter SET value = 1")
        raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        await transact(pool, story)

    assert await pool.fetchval("SELECT sum(value) FROM counter") == 0


@pytest.mark.usefixtures("counter")
async def test_a_story_that_conflicts_is_told_again(pool: Pool) -> None:
    async def story(db: Connection) -> None:
        await db.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        value = await db.fetchval("SELECT value FROM counter WHERE name = 'a'")
        await db.execute("UPDATE counter SET value = $1 WHERE name = 'a'", value + 1)

    await asyncio.gather(*(transact(pool, story) for _ in range(3)))

    assert await pool.fetchval("SELECT value FROM counter WHERE name = 'a'") == 3


async def test_a_story_that_conflicts_every_time_is_given_up(pool: Pool) -> None:
    told = []

    async def story(_: Connection) -> None:
        told.append(1)
        raise asyncpg.SerializationError

    with pytest.raises(asyncpg.SerializationError):
        await transact(pool, story)
    assert len(told) == 5


async def test_jsonb_comes_and_goes_as_values(pool: Pool) -> None:
    value = {"devices": ["é", 1, None]}

    assert await pool.fetchval("SELECT $1::jsonb", value) == value
    assert await pool.fetchval("SHOW timezone") == "UTC"
