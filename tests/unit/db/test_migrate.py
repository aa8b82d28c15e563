"""Migrations: applied once, in order, whoever comes first; anything that does not fit is refused."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from hub.db.migrate import LOCK, migrate, read
from hub.errors import MigrationRefused

FIRST = """
-- a comment; with a semicolon
CREATE TABLE alert (id bigint PRIMARY KEY, title text);
CREATE FUNCTION shout(word text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    -- inside a body
    RETURN upper(word);
END;
$$;
"""
SECOND = "ALTER TABLE alert ADD COLUMN sent_at timestamptz;"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_alerts.sql").write_text(FIRST)
    (tmp_path / "0002_sent.sql").write_text(SECOND)
    return tmp_path


async def test_files_are_applied_in_their_order_and_only_once(empty_database: str, folder: Path) -> None:
    assert await migrate(empty_database, folder) == ["0001_alerts.sql", "0002_sent.sql"]
    assert await migrate(empty_database, folder) == []

    db = await asyncpg.connect(empty_database)
    assert (
        await db.fetchval(
            "SELECT shout('sent') FROM (SELECT sent_at FROM alert) none RIGHT JOIN (SELECT 1) one ON true"
        )
        == "SENT"
    )
    await db.close()


async def test_a_later_file_is_applied_alone(empty_database: str, folder: Path) -> None:
    await migrate(empty_database, folder)
    (folder / "0003_more.sql").write_text("CREATE TABLE more ();")

    assert await migrate(empty_database, folder) == ["0003_more.sql"]


async def test_of_four_starts_at_once_one_applies_and_the_others_wait(empty_database: str, folder: Path) -> None:
    (folder / "0001_alerts.sql").write_text(FIRST + "SELECT pg_sleep(0.3);")

    applied = await asyncio.gather(*(migrate(empty_database, folder) for _ in range(4)))

    assert sorted(applied) == [[], [], [], ["0001_alerts.sql", "0002_sent.sql"]]


async def test_a_process_that_migrates_for_too_long_is_not_waited_for(empty_database: str, folder: Path) -> None:
    other = await asyncpg.connect(empty_database)
    await other.execute("SELECT pg_advisory_lock($1)", LOCK)

    with pytest.raises(MigrationRefused, match="too long"):
        await migrate(empty_database, folder, wait=0.2)

    await other.close()
    assert await migrate(empty_database, folder)


async def test_a_file_that_fails_leaves_nothing_of_itself_behind(empty_database: str, folder: Path) -> None:
    (folder / "0002_sent.sql").write_text("CREATE TABLE half (); SELECT nonsense;")

    with pytest.raises(asyncpg.UndefinedColumnError):
        await migrate(empty_database, folder)

    db = await asyncpg.connect(empty_database)
    assert await db.fetchval("SELECT to_regclass('half')") is None
    assert await db.fetchval("SELECT max(number) FROM migration") == 1
    await db.close()


async def test_a_file_changed_after_it_was_applied_is_refused(empty_database: str, folder: Path) -> None:
    await migrate(empty_database, folder)
    (folder / "0001_alerts.sql").write_text(FIRST + "\n")

    with pytest.raises(MigrationRefused, match="0001_alerts.sql was changed"):
        await migrate(empty_database, folder)


async def test_a_database_newer_than_the_program_is_refused(empty_database: str, folder: Path) -> None:
    await migrate(empty_database, folder)
    (folder / "0002_sent.sql").unlink()

    with pytest.raises(MigrationRefused, match="newer than this program"):
        await migrate(empty_database, folder)


@pytest.mark.parametrize("name", ["0004_gap.sql", "0002_again.sql", "3_short.sql", "0003-dash.sql", "0003_Upper.sql"])
def test_a_file_out_of_order_or_misnamed_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1;")

    with pytest.raises(MigrationRefused, match="out of order"):
        read(folder)


def test_the_snapshot_beside_the_files_is_not_a_migration(folder: Path) -> None:
    (folder / "schema.sql").write_text("CREATE TABLE alert ();")

    assert [file.number for file in read(folder)] == [1, 2]
