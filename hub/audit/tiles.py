"""Hashes of the log's tree out of its tiles: tiles as they are served, and proofs (C2SP tlog-tiles, RFC 6962)."""

from collections.abc import Iterable
from typing import Final

from crypto.merkle import GetHash, consistency_path, inclusion_path, root
from hub.audit import queries
from hub.db.pool import Connection
from hub.http.errors import NotFound

WIDTH: Final = 256
_HASH: Final = 32


async def tile(db: Connection, level: int, index: int, width: int) -> bytes:
    """
    `width` hashes of 32 bytes. Raises NotFound for a tile, or a part of one, that the log doesn't reach yet.

    A partial tile stays available when the full one exists: it is the beginning of it.
    """
    full = await queries.full_tile(db, level, index)
    if full is not None:
        return full[: width * _HASH]
    hashes = await queries.hashes(db, level, index * WIDTH, index * WIDTH + width)
    if len(hashes) != width:
        raise NotFound
    return b"".join(hashes)


async def prove_inclusion(db: Connection, index: int, size: int) -> list[bytes]:
    """From leaf `index` to the root of the first `size` leaves. Raises NotFound where the log isn't that long."""
    if not 0 <= index < size <= (await queries.tree_head(db)).size:
        raise NotFound
    return inclusion_path(index, size, await _hashes_beside(db, (index, size - 1), size))


async def prove_consistency(db: Connection, old_size: int, new_size: int) -> list[bytes]:
    """That the first `old_size` leaves are the beginning of `new_size`. Raises NotFound as above."""
    if not 0 <= old_size <= new_size <= (await queries.tree_head(db)).size:
        raise NotFound
    if old_size in (0, new_size):
        return []
    beside = await _hashes_beside(db, (old_size - 1, old_size, new_size - 1), new_size)
    return consistency_path(old_size, new_size, beside)


async def _hashes_beside(db: Connection, leaves: Iterable[int], size: int) -> GetHash:
    """
    Every complete subtree that a path from one of `leaves` touches in the tree of `size`.

    Such a subtree lies in a tile that the way up from the leaf passes, or in the tile at the right edge, which the way
    up from the last leaf passes: so one tile for each leaf and level is enough.
    """
    wanted = set(leaves) | {size - 1}
    tiles: dict[tuple[int, int], list[bytes]] = {}
    level = 0
    while entries := size >> 8 * level:
        for index in {(leaf >> 8 * level) // WIDTH for leaf in wanted}:
            start = index * WIDTH
            end = min(start + WIDTH, entries)
            if start < end:
                tiles[level, index] = await queries.hashes(db, level, start, end)
        level += 1

    def get_hash(height: int, place: int) -> bytes:
        level, within = divmod(height, 8)
        start = place << within
        hashes = tiles[level, start // WIDTH][start % WIDTH :][: 1 << within]
        return root(hashes)

    return get_hash
