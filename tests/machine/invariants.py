"""
What must hold after every step, whatever happened. The numbers are those of the project's list of invariants.

I1  what was acknowledged opens for every reader of its epoch      I7  no word stands in the hub's database
I2  once for each id that a client made                            I9  nothing outside the matrix (life.trespass)
I3  places without a gap, the same order for all                   I10 what was counted never falls
I4  every checkpoint continues the one before                      I11 a hub that starts again shows what it showed
I5  one leaf for each change, in one sequence                      I12 an honest hub is refused by no client
I6  no later secret for who was taken out

I8, credentials in logs, is elsewhere: nothing here writes a log.
"""

from __future__ import annotations

import asyncpg

from crypto.encoding import ChannelId
from hub.client.channel import Item
from hub.client.sync import open_log
from tests.machine.life import CANARY, PEOPLE, Life

CHANGES = ("genesis", "act", "entry", "envelope")


async def check(life: Life, step: int) -> None:
    """All of them; of the people, one after another takes their turn at reading everything."""
    await life.look()
    order = await _the_order(life, life.db)
    await _one_leaf_for_each_change(life.db)
    await _secrets_for_readers_alone(life, life.db)
    await _the_log_only_grows(life)
    _nothing_is_forgotten(life)
    here = [name for name in PEOPLE if life.present(name) and life.takes_part(name)]
    if here:
        await everything_opens(life, here[step % len(here)], order)


async def check_all(life: Life) -> None:
    """At the end: everybody who is there reads everything, and the database is searched for words."""
    await life.look()
    order = await _the_order(life, life.db)
    for name in PEOPLE:
        if life.present(name) and life.takes_part(name):
            await everything_opens(life, name, order)
    found = await life.db.fetchval(
        "SELECT count(*) FROM statement WHERE position($1::bytea IN body) > 0 OR position($1::bytea IN beside) > 0",
        CANARY.encode(),
    )
    assert found == 0, "I7: words in the hub's database"


async def _the_order(life: Life, db: asyncpg.Connection) -> dict[ChannelId, list[bytes]]:
    rows = await db.fetch(
        "SELECT stream, seq, id, client_id FROM statement WHERE kind = 'channel' ORDER BY stream, seq"
    )
    order: dict[ChannelId, list[bytes]] = {}
    for row in rows:
        placed = order.setdefault(ChannelId(row["stream"]), [])
        assert row["seq"] == len(placed) + 1, "I3: a gap"
        placed.append(row["id"])
    clients = [(row["stream"], row["client_id"]) for row in rows]
    assert len(set(clients)) == len(clients), "I2: twice"
    for channel, placed in order.items():
        assert len(placed) >= life.counted.get(channel, 0), "I10: fewer than before"
        life.counted[channel] = len(placed)
    return order


async def _one_leaf_for_each_change(db: asyncpg.Connection) -> None:
    row = await db.fetchrow(
        "SELECT (SELECT count(*) FROM statement) AS statements,"
        " (SELECT count(*) FROM leaf WHERE type = ANY($1)) AS changes,"
        " (SELECT count(*) FROM leaf) AS leaves, (SELECT coalesce(max(index), -1) + 1 FROM leaf) AS last,"
        " (SELECT count(*) FROM statement s JOIN leaf l ON l.index = s.leaf AND l.type = ANY($1)) AS matched",
        list(CHANGES),
    )
    assert row["statements"] == row["changes"] == row["matched"], f"I5: {dict(row)}"
    assert row["leaves"] == row["last"], "I5: a leaf is missing"


async def _secrets_for_readers_alone(life: Life, db: asyncpg.Connection) -> None:
    view = life.watcher.state.operations[life.operation]
    meant = {
        (channel, number): {one.account for one in (*made.readers, *view.granted.get((channel, number), ()))}
        for (channel, number), made in view.epochs.items()
    }
    given: dict[tuple[ChannelId, int], set[bytes]] = {}
    for row in await db.fetch("SELECT channel, epoch, account FROM wrap"):
        given.setdefault((ChannelId(row["channel"]), row["epoch"]), set()).add(row["account"])
    assert given == meant, "I6: secrets for others than the readers of that moment"


async def _the_log_only_grows(life: Life) -> None:
    size = (await open_log(life.watcher.state).refresh()).size  # refused where it doesn't continue the one before
    assert size >= life.log_size, "I4, I11: the log is shorter"
    life.log_size = size


def _nothing_is_forgotten(life: Life) -> None:
    """Every word that wasn't acknowledged rests in its author's outbox, or stands in the channel all the same."""
    for text, (author, channel) in list(life.unsaid.items()):
        state = life.member(author).state
        if any(one.body is not None and one.body["text"] == text for one in state.outbox.waiting()):
            continue
        view = state.channels.get(channel)
        item = next((one for one in view.items if one.body and one.body["text"] == text), None) if view else None
        assert item is not None, f"words of {author} are in no outbox"
        life.acknowledged(channel, item.seq, text)  # with a later one, whose answer was lost in its turn


async def everything_opens(life: Life, name: str, order: dict[ChannelId, list[bytes]]) -> None:
    """What `name` reads: same order, nothing marked, every word open that is theirs to open."""
    member = life.member(name)
    frozen = await member.sync()
    assert not frozen, f"I12: an honest hub was refused by {name}: {frozen}"
    theirs, ours = member.state.operation(life.operation), life.state
    assert (theirs.seq, theirs.head) == (ours.seq, ours.head), "two chains of one operation"
    for channel in life.channels:
        if life.reads(name, channel):
            items = await member.read(life.operation, channel)
            placed = order.get(channel, [])
            assert [item.id for item in items] == placed[: len(items)], f"I3: another order for {name}"
            assert len(items) >= len(placed), f"I3: {name} sees less"
            for item in items:
                _opens(life, name, item)


def _opens(life: Life, name: str, item: Item) -> None:
    header = item.header
    assert header is not None, f"I12: {item.fault}"
    view = life.watcher.state.operations[life.operation]
    place = (item.channel, header.epoch)
    account = life.village.people[name].account
    holders = {one.account for one in (*view.epochs[place].readers, *view.granted.get(place, ()))}
    history = life.state.channel(item.channel).history
    current = life.state.channel(item.channel).epoch
    holds_now = current is not None and any(one.account == account for one in current.holders)
    is_spoilt = any(channel == item.channel and number >= header.epoch for channel, number in life.spoilt)
    if item.fault is None:
        text = str((item.body or {}).get("text"))
        said = next((one for one in life.said if (one.channel, one.seq) == (item.channel, item.seq)), None)
        assert said is None or said.text == text, f"I1: other words at {item.seq}"
        assert account in holders or history == "all", f"I6: {name} opened what wasn't theirs"
    else:
        allowed = (
            {"not-a-reader", "cannot-open"}
            if account not in holders and not (history == "all" and holds_now)
            else set()
        )
        if is_spoilt:
            allowed |= {"cannot-open", "bad-commitment", "bad-previous", "not-a-reader"}
        assert item.fault.code in allowed, (
            f"I1: {name} can't open {item.seq} of epoch {header.epoch}: {item.fault.code}"
        )
