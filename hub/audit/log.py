"""The log for everybody who checks it: tiles, proofs, and the leaves that concern the one who asks."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from hub.access.actor import Actor
from hub.audit import queries, tiles
from hub.db.pool import Pool
from hub.http.errors import NotFound

FOR_EVERYBODY: Final = frozenset({"genesis", "act", "heads"})
"""Types of leaves that every certified account may see: it has the directory anyway, and heads are hashes."""

FOR_MEMBERS: Final = frozenset({"entry", "destroyed"})
"""Types of leaves that an operation's members may see: they have the entry, and are told what was destroyed."""


class Log:
    """`may_read_entry(account, operation, seq)`, `may_read_channel(account, operation, channel)`: the rooms above."""

    def __init__(
        self,
        pool: Pool,
        may_read_entry: Callable[[bytes, bytes, int | None], bool],
        may_read_channel: Callable[[bytes, bytes, bytes], bool],
    ) -> None:
        self._pool = pool
        self._may_read_entry = may_read_entry
        self._may_read_channel = may_read_channel

    async def tile(self, level: int, index: int, width: int) -> bytes:
        """Raises NotFound for what the log doesn't reach yet."""
        async with self._pool.acquire() as db:
            return await tiles.tile(db, level, index, width)

    async def prove_inclusion(self, actor: Actor, index: int, size: int) -> tuple[bytes | None, list[bytes]]:
        """The leaf's body, None where it is no business of the actor, and its path in the tree of `size`."""
        async with self._pool.acquire() as db:
            path = await tiles.prove_inclusion(db, index, size)
            leaf = await queries.leaf_entry(db, index)
        if leaf is None:
            raise NotFound
        return leaf["body"] if self._may_see(actor, leaf) else None, path

    def _may_see(self, actor: Actor, leaf: Mapping[str, Any]) -> bool:
        """Who read or sent what in a channel is known to its readers alone, as far as they have it anyway."""
        if "audit" in actor.may or leaf["type"] in FOR_EVERYBODY or leaf["actor"] == actor.account:
            return True
        operation, channel = leaf["operation"], leaf["channel"]
        if channel is not None:
            return self._may_read_channel(actor.account, operation, channel)
        return leaf["type"] in FOR_MEMBERS and self._may_read_entry(actor.account, operation, leaf["seq"])

    async def prove_consistency(self, old_size: int, new_size: int) -> list[bytes]:
        """Raises NotFound where the log isn't that long."""
        async with self._pool.acquire() as db:
            return await tiles.prove_consistency(db, old_size, new_size)
