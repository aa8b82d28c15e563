"""Whoever alters a row of the database is found out, with the leaf and the table."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from crypto.encoding import HubId, b64
from crypto.merkle import Frontier, leaf_hash
from hub.audit.routes import CHECKPOINTS
from hub.audit.verify import verify
from hub.db.embedded import Postgres
from hub.db.pool import Pool, open_pool
from tests.builders import Hub, running_hub
from tests.clock import FakeClock
from tests.databases import a_database
from tests.integration.journal_kit import a_journal, a_read

LIVED_IN = "lived_in"


async def wait_until_signed(hub: Hub) -> None:
    """Until a checkpoint covers all that happened."""
    checkpoints = hub.app[CHECKPOINTS]
    async with asyncio.timeout(30):
        while checkpoints.latest is None or checkpoints.latest.size < await hub.count("leaf"):
            await asyncio.sleep(0.02)


async def found_in(pool: Pool, hub: bytes | None = None) -> set[tuple[str, int | None]]:
    report = await verify(pool, hub)
    return {(finding.table, finding.number) for finding in report.findings}


@pytest.fixture(scope="module")
def hub(postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> HubId:
    """A hub in which something happened (members, a channel, five envelopes), left behind in the database LIVED_IN."""

    async def live() -> HubId:
        db = await asyncpg.connect(postgres.dsn())
        await db.execute(f"CREATE DATABASE {LIVED_IN} TEMPLATE {migrated_template}")
        await db.close()
        async with running_hub(postgres.dsn(LIVED_IN), tmp_path_factory.mktemp("hub")) as hub:
            ama = await hub.member("ama", "GH", "coordinate")
            luis = await hub.member("luis", "PE")
            operation = await hub.open_operation(ama)
            await hub.submit_entry(ama, operation, [hub.admitting(luis)])
            room = await hub.open_channel(ama, operation, [ama, luis])
            for _ in range(5):
                await room.post(luis)
            await wait_until_signed(hub)
            return hub.id

    return asyncio.run(live())


@pytest.fixture
async def tables(postgres: Postgres, hub: HubId) -> AsyncIterator[Pool]:
    """A copy of that database, to do harm to."""
    async with a_database(postgres, LIVED_IN) as dsn, open_pool(dsn, size=2) as pool:
        yield pool


async def leaf_of(tables: Pool, type: str, nth: int = 0) -> int:
    leaf: int = await tables.fetchval("SELECT index FROM leaf WHERE type = $1 ORDER BY index OFFSET $2", type, nth)
    return leaf


async def test_the_log_of_another_hub_is_told_once_by_its_genesis(hub: HubId, tables: Pool) -> None:
    report = await verify(tables, bytes(32))

    assert [(one.table, one.number) for one in report.findings] == [("statement", 0)]
    assert b64(hub) in report.findings[0].fault


async def test_a_hub_that_nobody_touched_is_sound(hub: HubId, tables: Pool) -> None:
    report = await verify(tables, hub)

    assert report.findings == []
    assert report.is_sound
    assert report.size == await tables.fetchval("SELECT size FROM tree_head")
    assert report.root == await tables.fetchval("SELECT root FROM tree_head")
    assert report.statements == await tables.fetchval("SELECT count(*) FROM statement")
    assert report.checkpoints == await tables.fetchval("SELECT count(*) FROM checkpoint") > 0


async def test_an_erased_detail_is_no_finding(hub: HubId, tables: Pool) -> None:
    await tables.execute("DELETE FROM leaf_detail WHERE leaf = $1", await leaf_of(tables, "envelope"))

    report = await verify(tables, hub)

    assert (report.is_sound, report.erased) == (True, 1)


async def test_another_hub_s_genesis_is_found(tables: Pool) -> None:
    assert ("statement", 0) in await found_in(tables, bytes(32))


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("UPDATE leaf SET body = replace(encode(body, 'escape'), 'elope', 'eIope')::bytea WHERE index = $1", "leaf"),
        ("UPDATE leaf SET hash = sha256('x') WHERE index = $1", "leaf"),
        ("UPDATE leaf SET actor = sha256('x') WHERE index = $1", "leaf"),
        ("UPDATE leaf SET at = at + interval '1 hour' WHERE index = $1", "leaf"),
        ("DELETE FROM leaf WHERE index = $1", "leaf"),
        ('UPDATE leaf_detail SET detail = detail || \'{"address": "203.0.113.9"}\' WHERE leaf = $1', "leaf_detail"),
        (
            "UPDATE statement SET body = replace(encode(body, 'escape'), 'post', 'card')::bytea WHERE leaf = $1",
            "statement",
        ),
        ("UPDATE statement SET beside = beside || '\\x00' WHERE leaf = $1", "statement"),
        ("UPDATE statement SET signatures = sha512('x') WHERE leaf = $1", "statement"),
        ("UPDATE statement SET account = substring(sha256('x') for 16) WHERE leaf = $1", "statement"),
        ("UPDATE statement SET chain = sha256('x') WHERE leaf = $1", "statement"),
        ("UPDATE statement SET seq = seq + 100 WHERE leaf = $1", "statement"),
        ("UPDATE statement SET at = at - interval '1 day' WHERE leaf = $1", "statement"),
        ("DELETE FROM statement WHERE leaf = $1", "statement"),
    ],
)
async def test_an_altered_row_is_found(hub: HubId, tables: Pool, sql: str, table: str) -> None:
    leaf = await leaf_of(tables, "envelope", 2)
    assert await tables.execute(sql, leaf) in {"UPDATE 1", "DELETE 1"}

    assert (table, leaf) in await found_in(tables, hub)


@pytest.mark.parametrize("type", ["genesis", "act", "entry"])
async def test_an_altered_signature_of_governance_is_found(hub: HubId, tables: Pool, type: str) -> None:
    leaf = await leaf_of(tables, type)
    await tables.execute(
        "UPDATE statement SET signatures = set_byte(signatures, 5, 255 - get_byte(signatures, 5)) WHERE leaf = $1", leaf
    )

    assert ("statement", leaf) in await found_in(tables, hub)


async def test_an_envelope_put_into_another_s_place_is_found(hub: HubId, tables: Pool) -> None:
    one, other = await leaf_of(tables, "envelope", 1), await leaf_of(tables, "envelope", 3)
    await tables.execute("UPDATE statement SET leaf = -1 WHERE leaf = $1", one)
    await tables.execute("UPDATE statement SET leaf = $1 WHERE leaf = $2", one, other)
    await tables.execute("UPDATE statement SET leaf = $1 WHERE leaf = -1", other)

    assert {("statement", one), ("statement", other)} <= await found_in(tables, hub)


async def test_a_tree_head_and_a_stream_and_a_checkpoint_that_were_altered_are_found(hub: HubId, tables: Pool) -> None:
    size = await tables.fetchval("SELECT max(size) FROM checkpoint")
    await tables.execute("UPDATE tree_head SET root = sha256('x')")
    await tables.execute("UPDATE stream SET last_seq = last_seq - 1 WHERE kind = 'channel'")
    await tables.execute("UPDATE checkpoint SET note = replace(note, size::text, '7') WHERE size = $1", size)

    assert {("tree_head", None), ("stream", None), ("checkpoint", size)} <= await found_in(tables, hub)


async def test_a_log_rewritten_with_care_is_found_by_its_checkpoints(hub: HubId, tables: Pool) -> None:
    """One leaf says something else, and everything that an operator can compute is computed anew."""
    leaves = await tables.fetch("SELECT index, hash FROM leaf ORDER BY index")
    place = await leaf_of(tables, "sign-in")
    frontier = Frontier()
    body = (await tables.fetchval("SELECT body FROM leaf WHERE index = $1", place)).replace(b'"actor":"', b'"actor":"A')
    await tables.execute("UPDATE leaf SET body = $2, hash = $3 WHERE index = $1", place, body, leaf_hash(body))
    for row in leaves:
        frontier.append(leaf_hash(body) if row["index"] == place else row["hash"])
    await tables.execute("UPDATE tree_head SET root = $1, frontier = $2", frontier.root(), frontier.hashes)

    assert "checkpoint" in {table for table, _ in await found_in(tables, hub)}


async def test_every_full_tile_is_compared(database: str, clock: FakeClock) -> None:
    async with a_journal(database, clock) as (journal, pool):
        await journal.append_all([a_read() for _ in range(2100)])
        assert await found_in(pool) == set()
        await pool.execute("UPDATE tile SET hashes = set_byte(hashes, 32 * 7, 1) WHERE level = 0 AND index = 5")
        await pool.execute("DELETE FROM tile WHERE level = 0 AND index = 3")
        await pool.execute("INSERT INTO leaf_detail VALUES (999999, '{}')")

        assert await found_in(pool) == {("tile", 5 * 256 + 7), ("tile", 3), ("leaf_detail", 999999)}
        assert b64((await verify(pool)).root) == b64(await pool.fetchval("SELECT root FROM tree_head"))
