"""The log proves itself: tiles, proofs after every append, checkpoints that only grow."""

import asyncio
from pathlib import Path
from time import monotonic

import pytest

import hub.audit.checkpoints
from crypto.merkle import leaf_hash, root, verify_consistency, verify_inclusion
from crypto.tlog import read_checkpoint
from hub.audit import tiles
from hub.audit.checkpoints import MARK_FILE, Checkpoints, make_log_key, read_log_key
from hub.audit.errors import LogDamaged
from hub.db.pool import Pool
from hub.errors import CannotStart
from hub.http.errors import NotFound
from tests.clock import FakeClock
from tests.integration.journal_kit import a_journal, a_post, a_read

ORIGIN = "hub.example/log"


async def hashes_of(pool: Pool) -> list[bytes]:
    return [leaf_hash(row["body"]) for row in await pool.fetch("SELECT body FROM leaf ORDER BY index")]


async def test_every_leaf_is_proven_after_every_append(database: str, clock: FakeClock) -> None:
    async with a_journal(database, clock) as (journal, pool):
        for size in range(1, 20):
            await journal.append(a_read())
            hashes = await hashes_of(pool)
            async with pool.acquire() as db:
                for index in range(size):
                    path = await tiles.prove_inclusion(db, index, size)
                    verify_inclusion(index, size, hashes[index], path, root(hashes))
                for old in range(size + 1):
                    path = await tiles.prove_consistency(db, old, size)
                    verify_consistency(old, size, root(hashes[:old]), root(hashes), path)


async def test_proofs_reach_over_many_tiles(database: str, clock: FakeClock) -> None:
    size = 1030
    async with a_journal(database, clock) as (journal, pool):
        await journal.append_all([a_read() for _ in range(size)])
        hashes = await hashes_of(pool)

        async with pool.acquire() as db:
            for then in (256, 257, 511, 512, 768, 1024, 1029, 1030):
                for index in {0, 1, 255, 256, 510, 767, then // 2, then - 2, then - 1} & set(range(then)):
                    path = await tiles.prove_inclusion(db, index, then)
                    verify_inclusion(index, then, hashes[index], path, root(hashes[:then]))
                for old in {1, 2, 255, 256, 300, 512, 767, then - 1, then} & set(range(then + 1)):
                    path = await tiles.prove_consistency(db, old, then)
                    verify_consistency(old, then, root(hashes[:old]), root(hashes[:then]), path)
            with pytest.raises(NotFound):
                await tiles.prove_inclusion(db, 0, size + 1)
            with pytest.raises(NotFound):
                await tiles.prove_consistency(db, 5, size + 1)


async def test_tiles_hold_the_tree_s_hashes_and_end_where_it_ends(database: str, clock: FakeClock) -> None:
    async with a_journal(database, clock) as (journal, pool):
        await journal.append_all([a_read() for _ in range(600)])
        hashes = await hashes_of(pool)

        async with pool.acquire() as db:
            assert await tiles.tile(db, 0, 1, 256) == b"".join(hashes[256:512])
            assert await tiles.tile(db, 0, 1, 7) == b"".join(hashes[256:263])
            assert await tiles.tile(db, 0, 2, 88) == b"".join(hashes[512:])
            assert await tiles.tile(db, 1, 0, 2) == root(hashes[:256]) + root(hashes[256:512])
            for level, index, width in ((0, 2, 89), (0, 3, 1), (1, 0, 3), (2, 0, 1)):
                with pytest.raises(NotFound):
                    await tiles.tile(db, level, index, width)


async def test_checkpoints_grow_and_are_signed_by_the_log_s_key(
    database: str, clock: FakeClock, tmp_path: Path
) -> None:
    key = make_log_key(tmp_path)
    async with a_journal(database, clock) as (journal, pool):
        checkpoints = Checkpoints(pool, clock, read_log_key(tmp_path), ORIGIN, tmp_path)
        assert await checkpoints.sign() is None
        for size in (1, 2, 3):
            await journal.append(a_read())
            signed = await checkpoints.sign()
            assert signed is not None
            assert read_checkpoint(signed.note, ORIGIN, key.public) == (size, root(await hashes_of(pool)))
        again = await checkpoints.sign()

        assert again == signed
        assert await pool.fetchval("SELECT count(*) FROM checkpoint") == 3


async def test_a_checkpoint_follows_the_log_but_not_more_than_once_a_second(
    database: str, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.audit.checkpoints, "PAUSE_SECONDS", 1.0)
    async with a_journal(database, clock) as (journal, pool):
        checkpoints = Checkpoints(pool, clock, make_log_key(tmp_path), ORIGIN, tmp_path)
        journal.committed.append(checkpoints.on_committed)
        began = monotonic()
        async with checkpoints.running(), asyncio.timeout(30):
            signed = 0
            while signed < 2:
                await journal.append(a_post())
                await asyncio.sleep(0.05)
                signed = await pool.fetchval("SELECT count(*) FROM checkpoint")

        assert monotonic() - began >= 1.0
        assert checkpoints.latest is not None


async def test_nothing_is_signed_under_a_database_older_than_the_hub(
    database: str, clock: FakeClock, tmp_path: Path
) -> None:
    key = make_log_key(tmp_path)
    async with a_journal(database, clock) as (journal, pool):
        await journal.append_all([a_read() for _ in range(5)])
        await Checkpoints(pool, clock, key, ORIGIN, tmp_path).sign()
    async with a_journal(database, clock) as (_, pool):  # a backup from before: it fits itself
        await pool.execute("TRUNCATE leaf, leaf_detail, checkpoint")
        await pool.execute("UPDATE tree_head SET size = 0, frontier = '{}', root = sha256('')")

        with pytest.raises(LogDamaged, match="older than this hub"):
            await Checkpoints(pool, clock, key, ORIGIN, tmp_path).sign()
        assert await pool.fetchval("SELECT count(*) FROM checkpoint") == 0


async def test_nothing_is_signed_under_another_tree(database: str, clock: FakeClock, tmp_path: Path) -> None:
    key = make_log_key(tmp_path)
    async with a_journal(database, clock) as (journal, pool):
        await journal.append_all([a_read() for _ in range(5)])
        await Checkpoints(pool, clock, key, ORIGIN, tmp_path).sign()
        await pool.execute("UPDATE leaf SET hash = sha256('another') WHERE index = 2")
        await journal.append(a_read())

        with pytest.raises(LogDamaged, match="no longer begins"):
            await Checkpoints(pool, clock, key, ORIGIN, tmp_path).sign()


def test_a_log_key_is_never_replaced_and_never_readable_by_others(tmp_path: Path) -> None:
    key = make_log_key(tmp_path)

    assert (tmp_path / "log.key").stat().st_mode & 0o777 == 0o600
    assert read_log_key(tmp_path) == key
    with pytest.raises(CannotStart, match="already"):
        make_log_key(tmp_path)
    with pytest.raises(CannotStart, match="missing"):
        read_log_key(tmp_path / "elsewhere")
    assert not (tmp_path / MARK_FILE).exists()
