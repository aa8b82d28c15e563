"""The journal takes records in order, each with its leaf, and refuses one without harm to its neighbours."""

import asyncio
import secrets
from collections.abc import Sequence

import asyncpg
import pytest

from crypto.chain import chain_start, channel_chain
from hub.access.actor import Place
from hub.db.pool import Connection, Pool
from hub.http.errors import Conflict, NotNext, Repeated, StaleEpoch
from hub.journal.records import Committed, NewEpoch, Record
from tests.clock import FakeClock
from tests.integration.journal_kit import (
    CHANNEL,
    GHANA_LAPTOP,
    HUB,
    OPERATION,
    a_journal,
    a_leaf,
    a_post,
    a_read,
    an_entry,
    check_log,
)


class TooLateError(Exception):
    pass


async def test_posts_get_places_leaves_and_a_rolling_chain(database: str, clock: FakeClock) -> None:
    posts = [a_post() for _ in range(3)]

    async with a_journal(database, clock) as (journal, pool):
        receipts = [await journal.append(post) for post in posts]

        assert [receipt.seq for receipt in receipts] == [1, 2, 3]
        assert [receipt.leaf for receipt in receipts] == [0, 1, 2]
        chain = chain_start(HUB, OPERATION, CHANNEL)
        for post, receipt in zip(posts, receipts, strict=True):
            assert post.statement is not None
            chain = channel_chain(chain, post.statement.id)
            assert receipt.chain == chain
            assert receipt.id == post.statement.id
        head = await journal.head(CHANNEL)
        assert head is not None
        assert (head.seq, head.chain) == (3, chain)
        assert await check_log(pool) == 3


async def test_what_queues_during_a_commit_goes_into_the_next_one(database: str, clock: FakeClock) -> None:
    sizes: list[int] = []

    async with a_journal(database, clock) as (journal, pool):
        journal.committed.append(lambda committed: sizes.append(len(committed)))
        await journal.append_all([a_post() for _ in range(300)])

        assert sum(sizes) == 300
        assert max(sizes) == 128
        assert len(sizes) <= 5
        assert await check_log(pool) == 300


async def test_a_batch_holds_no_more_than_a_megabyte(database: str, clock: FakeClock) -> None:
    sizes: list[int] = []

    async with a_journal(database, clock) as (journal, _):
        journal.committed.append(lambda committed: sizes.append(len(committed)))
        await journal.append_all([a_post(beside=bytes(300_000)) for _ in range(9)])

    assert max(sizes) == 3


async def test_a_refused_record_does_not_hurt_its_neighbours(database: str, clock: FakeClock) -> None:
    def too_late() -> None:
        raise TooLateError

    async def breaks(db: Connection) -> None:
        await db.execute("INSERT INTO vault (account, version, sealed) VALUES ($1, 1, '')", GHANA_LAPTOP)

    async with a_journal(database, clock) as (journal, pool):
        outcomes = await asyncio.gather(
            *(
                journal.append(record)
                for record in (
                    a_post(),
                    Record(a_leaf(), check=too_late),
                    a_post(),
                    a_post(seq=77),
                    Record(a_leaf(), also=breaks),
                    a_post(beside="no bytes"),
                    a_post(signatures=b"not 64"),
                    a_post(),
                )
            ),
            return_exceptions=True,
        )

        kinds = [type(outcome).__name__ for outcome in outcomes]
        assert kinds[1] == "TooLateError"
        assert isinstance(outcomes[3], Conflict)
        assert isinstance(outcomes[4], asyncpg.ForeignKeyViolationError)
        assert isinstance(outcomes[6], asyncpg.CheckViolationError)
        assert [getattr(outcomes[i], "seq", None) for i in (0, 2, 7)] == [1, 2, 3]
        assert await check_log(pool) == 3


async def test_a_projection_commits_with_its_record_or_not_at_all(database: str, clock: FakeClock) -> None:
    async def project(db: Connection) -> None:
        await db.execute("INSERT INTO template_document (hash, document) VALUES ($1, '{}')", bytes(32))

    async def project_and_break(db: Connection) -> None:
        await db.execute("INSERT INTO template_document (hash, document) VALUES ($1, '{}')", bytes(range(32)))
        raise TooLateError

    async with a_journal(database, clock) as (journal, pool):
        await journal.append(an_entry(also=project))
        with pytest.raises(TooLateError):
            await journal.append(an_entry(also=project_and_break))

        assert await pool.fetchval("SELECT count(*) FROM template_document") == 1
        assert await check_log(pool) == 1


async def test_a_repeat_gets_the_first_receipt(database: str, clock: FakeClock) -> None:
    post = a_post(device_seq=1)
    assert post.statement is not None
    assert post.statement.client_id is not None
    sealed_anew = a_post(client_id=post.statement.client_id, device_seq=2, device_prev=post.statement.id)

    async with a_journal(database, clock) as (journal, _):
        first, second = await asyncio.gather(journal.append(post), journal.append(post))
        third = await journal.append(post)
    async with a_journal(database, clock) as (journal, pool):  # another process, which remembers nothing
        fourth = await journal.append(post)
        fifth = await journal.append(sealed_anew)
        asked = await journal.by_client_id(CHANNEL, post.statement.client_id)

        assert not first.repeated
        for repeat in (second, third, fourth, fifth, asked):
            assert repeat is not None
            assert repeat.repeated
            assert (repeat.leaf, repeat.seq, repeat.id, repeat.chain) == (0, 1, post.statement.id, first.chain)
        assert await check_log(pool) == 1


async def test_a_device_counts_its_envelopes_without_gap_or_repeat(database: str, clock: FakeClock) -> None:
    first = a_post(device_seq=1)
    assert first.statement is not None
    second = a_post(device_seq=2, device_prev=first.statement.id)

    async with a_journal(database, clock) as (journal, _):
        await journal.append_all([first, second])  # both under way at once
        with pytest.raises(Repeated):
            await journal.append(a_post(device_seq=2, device_prev=first.statement.id))
        with pytest.raises(NotNext):
            await journal.append(a_post(device_seq=4, device_prev=secrets.token_bytes(32)))
        with pytest.raises(NotNext):
            await journal.append(a_post(device_seq=3, device_prev=first.statement.id))
    async with a_journal(database, clock) as (journal, _):
        with pytest.raises(Repeated):
            await journal.append(a_post(device_seq=1))


async def test_two_entries_for_one_place_one_wins(database: str, clock: FakeClock) -> None:
    async with a_journal(database, clock) as (journal, _):
        await journal.append(an_entry(seq=0))
        outcomes = await asyncio.gather(
            journal.append(an_entry(seq=1)), journal.append(an_entry(seq=1)), return_exceptions=True
        )

    conflict = next(outcome for outcome in outcomes if isinstance(outcome, BaseException))
    winner = next(outcome for outcome in outcomes if not isinstance(outcome, BaseException))
    assert isinstance(conflict, Conflict)
    assert winner.seq == 1
    assert isinstance(conflict.extra["head"], dict)
    assert conflict.extra["head"]["seq"] == 1


async def test_after_an_entry_with_a_new_epoch_the_old_one_is_stale(database: str, clock: FakeClock) -> None:
    start = chain_start(HUB, OPERATION, CHANNEL)

    async with a_journal(database, clock) as (journal, _):
        await journal.append(an_entry(epochs=[NewEpoch(CHANNEL, 1, start)]))
        await journal.append(a_post(epoch=1))
        outcomes = await asyncio.gather(
            journal.append(a_post(epoch=1)),
            journal.append(an_entry(epochs=[NewEpoch(CHANNEL, 2, start)])),
            journal.append(a_post(epoch=1)),
            journal.append(a_post(epoch=None)),  # an acknowledgement
            journal.append(a_post(epoch=2)),
            return_exceptions=True,
        )

    assert isinstance(outcomes[2], StaleEpoch)
    assert [outcome.seq for i in (0, 3, 4) if not isinstance(outcome := outcomes[i], BaseException)] == [2, 3, 4]


async def test_a_check_sees_everything_that_was_committed_before(database: str, clock: FakeClock) -> None:
    entries: list[Committed] = []
    seen: list[int] = []

    def listen(committed: Sequence[Committed]) -> None:
        entries.extend(c for c in committed if c.record.leaf.type == "entry")

    async with a_journal(database, clock) as (journal, _):
        journal.committed.append(listen)
        look = a_read(check=lambda: seen.append(len(entries)))
        await journal.append_all([record for _ in range(5) for record in (look, an_entry())])

    assert seen == [0, 1, 2, 3, 4]


async def test_several_processes_keep_one_log(database: str, clock: FakeClock) -> None:
    async with a_journal(database, clock) as (one, pool), a_journal(database, clock) as (other, _):
        await asyncio.gather(
            *(
                journal.append(record)
                for _ in range(60)
                for journal in (one, other)
                for record in (a_post(), an_entry())
            )
        )

        assert await check_log(pool) == 240
        assert await pool.fetchval("SELECT max(seq) FROM statement WHERE kind = 'channel'") == 120


async def test_the_log_goes_on_over_full_tiles_after_a_restart(database: str, clock: FakeClock) -> None:
    for count in (250, 6, 1, 300, 211):
        async with a_journal(database, clock) as (journal, pool):
            await journal.append_all([a_read() for _ in range(count)])
            await check_log(pool)


async def test_time_in_the_log_never_goes_back(database: str, clock: FakeClock) -> None:
    async with a_journal(database, clock) as (journal, _):
        first = await journal.append(a_read())
        clock.advance(hours=-1)
        second = await journal.append(a_read())

    assert second.at == first.at


async def test_an_offer_stands_in_the_commit_of_what_it_offers(database: str, clock: FakeClock) -> None:
    async with a_journal(database, clock, lambda stream: ["laptop", "phone"]) as (journal, pool):
        receipt = await journal.append(a_post())
        await journal.append(a_read())

        rows = await pool.fetch("SELECT type, detail, body FROM leaf JOIN leaf_detail ON leaf = index ORDER BY index")
        assert [row["type"] for row in rows] == ["envelope", "offer", "read"]
        assert (rows[1]["detail"]["devices"], rows[1]["detail"]["last"]) == (["laptop", "phone"], receipt.seq)
        assert await check_log(pool) == 3


async def test_what_a_stranger_sends_in_headers_does_not_stop_the_log(database: str, clock: FakeClock) -> None:
    agent = "Ze\u0301ro\0\udcff" + "x" * 5000

    async with a_journal(database, clock) as (journal, pool):
        await journal.append(Record(a_leaf(place=Place("192.0.2.1", agent))))

        assert (await pool.fetchval("SELECT detail->>'agent' FROM leaf_detail")).startswith("Z\u00e9ro?xxx")


async def test_lists_are_bounded_and_say_that_there_is_more(database: str, clock: FakeClock) -> None:
    async with a_journal(database, clock) as (journal, _):
        await journal.append_all([a_post(beside=bytes(10_000)) for _ in range(20)])

        few, more = await journal.list_after(CHANNEL, 5, limit=4)
        assert ([row.seq for row in few], more) == ([6, 7, 8, 9], True)
        small, more = await journal.list_after(CHANNEL, 0, octets=35_000)
        assert ([row.seq for row in small], more) == ([1, 2, 3], True)
        huge, more = await journal.list_after(CHANNEL, 18, octets=1)
        assert ([row.seq for row in huge], more) == ([19], True)
        rest, more = await journal.list_after(CHANNEL, 18)
        assert ([row.seq for row in rest], more) == ([19, 20], False)
        assert await journal.list_after(CHANNEL, 20) == ([], False)
        before, more = await journal.list_before(CHANNEL, 20, limit=3)
        assert ([row.seq for row in before], more) == ([17, 18, 19], True)
        begin, more = await journal.list_before(CHANNEL, 3)
        assert ([row.seq for row in begin], more) == ([1, 2], False)


async def test_a_replay_gives_everything_in_order(database: str, clock: FakeClock) -> None:
    async with a_journal(database, clock) as (journal, _):
        await journal.append_all([record for _ in range(300) for record in (an_entry(), an_entry(stream=HUB))])

        both = [row async for row in journal.replay("operation")]
        one = [row async for row in journal.replay("operation", HUB)]

        assert [row.leaf for row in both] == list(range(600))
        assert [row.seq for row in one] == list(range(300))
        assert [row async for row in journal.replay("directory")] == []


async def test_a_leaf_of_a_statement_needs_one(pool: Pool, clock: FakeClock, database: str) -> None:
    async with a_journal(database, clock) as (journal, _):
        with pytest.raises(ValueError, match="needs its statement"):
            await journal.append(Record(a_leaf("envelope")))
        with pytest.raises(ValueError, match="records no statement"):
            await journal.append(Record(a_leaf("read"), a_post().statement))
