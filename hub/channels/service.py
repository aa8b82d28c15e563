"""Reading a channel: every answer stands in the audit log before its first byte leaves (docs/spec/22-http.md)."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from crypto.encoding import AccountId, b64
from crypto.epochs import wrap_leaf
from crypto.errors import NotAReader
from crypto.merkle import hashes_of, inclusion_path, leaf_hash
from hub.access.actor import Actor
from hub.channels.visibility import ReadersSight
from hub.db.pool import Pool
from hub.http.errors import NotFound
from hub.journal.records import LeafDraft, Receipt, Record, Stored
from hub.journal.service import Journal
from hub.operations import queries
from hub.operations.queries import WrapRow
from hub.operations.state import OperationsState

MANY_TREES: Final = 256


@dataclass(frozen=True, slots=True)
class Page:
    """Envelopes in ascending order, whether there are more that way, and where the channel ends."""

    envelopes: list[Stored]
    more: bool
    last_seq: int


@dataclass(frozen=True, slots=True)
class OwnWrap:
    """One reader's wrap and its path under the hash that an entry signs."""

    row: WrapRow
    size: int
    path: list[bytes]
    granted: bool  # it came by a later grant, not with the epoch itself


class Channels:
    """What readers fetch."""

    def __init__(self, operations: OperationsState, sight: ReadersSight, pool: Pool, journal: Journal) -> None:
        self._operations = operations
        self._sight = sight
        self._pool = pool
        self._journal = journal
        self._trees: OrderedDict[tuple[bytes, int, bytes], list[bytes]] = OrderedDict()

    async def envelopes(
        self, operation: bytes, channel: bytes, actor: Actor, *, after: int | None, before: int | None, limit: int
    ) -> Page:
        """At most `limit` envelopes after or before a place; raises NotAReader."""
        if not self._sight.may_read_channel(actor.account, operation, channel):
            raise NotAReader("not among the channel's readers")
        head = await self._journal.head(channel)  # before the list: what comes between would look left out of it
        if before is not None:
            stored, more = await self._journal.list_before(channel, before, limit)
        else:
            stored, more = await self._journal.list_after(channel, after or 0, limit)
        last_seq = 0 if head is None else head.seq
        first, last = (stored[0].seq, stored[-1].seq) if stored else (0, 0)
        leaf = LeafDraft(
            "read",
            actor=actor.account,
            device=actor.device,
            operation=operation,
            object=b64(channel),
            place=actor.place,
            detail={"first": first, "last": last},
        )
        await self._journal.append(Record(leaf))
        return Page(stored, more, last_seq)

    async def receipt(self, operation: bytes, channel: bytes, client_id: bytes, actor: Actor) -> Receipt:
        """The receipt of an envelope whose fate its sender doesn't know; raises NotFound if it was never kept."""
        if not self._sight.may_read_channel(actor.account, operation, channel):
            raise NotAReader("not among the channel's readers")
        receipt = await self._journal.by_client_id(channel, client_id)
        if receipt is None:
            raise NotFound
        return receipt

    async def wrap(self, operation: bytes, channel: bytes, epoch: int, actor: Actor) -> OwnWrap:
        """The account's own copy of an epoch's secret; raises NotFound if it has none."""
        if operation in self._operations.destroyed:
            raise NotFound
        row = await queries.own_wrap(self._pool, actor.account, channel, epoch)
        if row is None:
            raise NotFound
        leaves = await self._tree(channel, epoch, row.wraps_hash)
        leaf = LeafDraft(
            "wrap-read",
            actor=actor.account,
            device=actor.device,
            operation=operation,
            object=b64(channel),
            place=actor.place,
            detail={"epoch": epoch},
        )
        await self._journal.append(Record(leaf))
        path = inclusion_path(row.index, len(leaves), hashes_of(leaves))
        return OwnWrap(row, len(leaves), path, self._operations.granted(operation, row.wraps_hash))

    async def _tree(self, channel: bytes, epoch: int, wraps_hash: bytes) -> list[bytes]:
        """The leaf hashes of one tree of wraps: they never change, and a new epoch is fetched by everybody at once."""
        key = (channel, epoch, wraps_hash)
        leaves = self._trees.get(key)
        if leaves is None:
            rows = await queries.tree(self._pool, channel, epoch, wraps_hash)
            leaves = [leaf_hash(wrap_leaf(AccountId(row.account), row.generation, row.wrap)) for row in rows]
            self._trees[key] = leaves
            if len(self._trees) > MANY_TREES:
                self._trees.popitem(last=False)
        return leaves


CHANNELS: Final = web.AppKey("channels", Channels)
