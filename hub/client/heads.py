"""What the hub said last about where every chain ends, held against what it showed here (docs/spec/23-heads.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crypto.encoding import ChannelId, OperationId, b64, fields, id32, integer, items, octets
from crypto.errors import ProtocolError
from crypto.heads import REFUSE_AFTER, WARN_AFTER, Head, age, read_heads_leaf, verify_head, verify_size
from crypto.readers import readers
from hub.client.channel import ChannelView
from hub.client.errors import Fault
from hub.client.log import LogView
from hub.client.reading import update
from hub.client.standing import OperationView
from hub.client.state import News, State, now
from hub.client.sync import open_log, sync_directory, sync_operation

EVERY = 60 * 60 * 1000  # ms between two statements of a hub


@dataclass(frozen=True, slots=True)
class _Chain:
    """A chain as verified here: the ids that are known, by place, and the leaf of each."""

    stream: bytes
    ids: dict[int, bytes]
    leaves: dict[int, int]
    last: int


async def check_news(state: State) -> None:
    """
    Takes up the newest statement and holds every chain of this member against it.

    1. its leaf and its rows are proven; 2. what lies beyond what the hub has shown is asked for once more; 3. nothing
    was shown otherwise, and nothing left out. Raises Fault bad-proof, held-back or forked; then the older news stay.
    """
    news = await _read(state, open_log(state))
    if any(end.seq > chain.last for chain in _chains(state) if (end := news.ends.get(chain.stream)) is not None):
        await _catch_up(state, news)
    for chain in _chains(state):
        _compare(chain, news)
    missing = _own_streams(state) - news.ends.keys()
    if any(_begun(state, stream, news.size) for stream in missing):
        raise Fault("forked", "heads")
    state.news = news


async def require_news(state: State) -> None:
    """
    Returns only if what is known here is young enough to act on; asks for newer where it is over two hours old.

    Raises Fault old-news past 24 hours, by this machine's clock.
    """
    if is_old(state):
        await check_news(state)
    if _age(state) > REFUSE_AFTER:
        raise Fault("old-news", "heads")


def is_due(state: State) -> bool:
    """Whether the hub should have said more by now than was checked here."""
    return _age(state) > EVERY


def is_old(state: State) -> bool:
    """Whether a person should be told that newer things may exist."""
    return _age(state) > WARN_AFTER


def check_channel(state: State, channel: ChannelId) -> None:
    """Returns only if a channel that was just brought up to date reaches what the hub said last. Raises Fault."""
    if state.news is not None and (seen := state.channels.get(channel)) is not None:
        _compare(_channel(seen), state.news)


def _age(state: State) -> int:
    return age(0 if state.news is None else state.news.at, now())


async def _read(state: State, log: LogView) -> News:
    answer = await state.hub.heads()
    try:
        fields(answer, "leaf size count path heads")
        leaf, size, count = integer(answer["leaf"]), integer(answer["size"]), integer(answer["count"], 1)
        root, at = read_heads_leaf(await log.body(leaf))
        verify_size(size, count, _path(answer["path"]), root)
        ends = {}
        for row in items(answer["heads"], 100_000):
            fields(row, "stream seq id index path")
            head = Head(octets(row["stream"], 16, 32), integer(row["seq"]), id32(row["id"]))
            verify_head(head, integer(row["index"], 1), count, _path(row["path"]), root)
            ends[head.stream] = head
    except ProtocolError as error:
        raise Fault.of(error, "heads") from error
    if size > leaf:
        raise Fault("bad-proof", "heads")
    return News(at, size, ends)


def _path(value: Any) -> Sequence[bytes]:
    return [id32(one) for one in items(value, 64)]


async def _catch_up(state: State, news: News) -> None:
    await sync_directory(state)
    for operation, view in list(state.operations.items()):
        if view.frozen is None and operation in news.ends:
            await sync_operation(state, operation)
    for channel, seen in list(state.channels.items()):
        if (
            channel in news.ends
            and news.ends[channel].seq > seen.seq
            and state.operations[seen.operation].frozen is None
        ):
            await update(state, seen.operation, channel)


def _chains(state: State) -> list[_Chain]:
    """Every chain that was verified here and doesn't stand still."""
    directory = state.directory
    ids = {seq: directory.history.id_at(seq) for seq in range(directory.size)}
    chains = [_Chain(state.keys.hub, ids, dict(enumerate(directory.leaves)), directory.size - 1)]
    for operation, view in state.operations.items():
        if view.states and view.frozen is None:
            ids = {seq: one.head for seq, one in enumerate(view.states)}
            chains.append(_Chain(operation, ids, dict(enumerate(view.leaves)), view.size - 1))
    followed = (seen for seen in state.channels.values() if state.operations[seen.operation].frozen is None)
    return [*chains, *(_channel(seen) for seen in followed if seen.items)]


def _channel(seen: ChannelView) -> _Chain:
    leaves = {item.seq: item.leaf for item in seen.items}
    return _Chain(seen.channel, {item.seq: item.id for item in seen.items}, leaves, seen.seq)


def _compare(chain: _Chain, news: News) -> None:
    end = news.ends.get(chain.stream)
    if end is None:
        return
    if end.seq > chain.last:
        raise Fault("held-back", b64(chain.stream))
    if end.seq in chain.ids and chain.ids[end.seq] != end.id:
        raise Fault("forked", b64(chain.stream))
    beyond = chain.leaves.get(end.seq + 1)
    if beyond is not None and beyond < news.size:
        raise Fault("forked", b64(chain.stream))


def _own_streams(state: State) -> set[bytes]:
    """The chains that the rules let this member read now: the hub has to name where each ends."""
    streams: set[bytes] = {bytes(state.keys.hub)}
    for operation, view in state.operations.items():
        if view.states and view.frozen is None and state.account in view.latest.members:
            streams.add(operation)
            streams.update(channel for channel in state.channels if _reads(state, view, channel))
    return streams


def _reads(state: State, view: OperationView, channel: ChannelId) -> bool:
    if channel not in view.latest.channels:
        return False
    return any(one.account == state.account for one in readers(view.latest, channel, state.directory.latest))


def _begun(state: State, stream: bytes, size: int) -> bool:
    """Whether the first statement of a chain was in the log of that size."""
    if stream == state.keys.hub:
        return True
    if (view := state.operations.get(OperationId(stream))) is not None:
        return view.leaves[0] < size
    seen = state.channels.get(ChannelId(stream))
    return seen is not None and bool(seen.items) and seen.items[0].leaf < size
