"""The log for everybody who checks it: tiles, proofs, and the leaves that concern the one who asks."""

from collections.abc import Callable
from typing import Final

from hub.access.actor import Actor
from hub.audit import queries, tiles
from hub.db.pool import Pool
from hub.http.errors import NotFound

FOR_EVERYBODY: Final = frozenset({"genesis", "act"})
"""Types of leaves that every certified account may see, because it has the directory anyway."""


class Log:
    """`may_read_operation(account, operation)` is asked of the rooms above."""

    def __init__(self, pool: Pool, may_read_operation: Callable[[bytes, bytes], bool]) -> None:
        self._pool = pool
        self._may_read_operation = may_read_operation

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
        operation = leaf["operation"]
        may_see = (
            "audit" in actor.may
            or leaf["type"] in FOR_EVERYBODY
            or leaf["actor"] == actor.account
            or (operation is not None and self._may_read_operation(actor.account, operation))
        )
        return leaf["body"] if may_see else None, path

    async def prove_consistency(self, old_size: int, new_size: int) -> list[bytes]:
        """Raises NotFound where the log isn't that long."""
        async with self._pool.acquire() as db:
            return await tiles.prove_consistency(db, old_size, new_size)
