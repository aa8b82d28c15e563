"""Merkle trees of RFC 6962 with SHA-256: roots, growth and proofs (docs/spec/12-merkle.md)."""

import hashlib
from collections.abc import Callable, Sequence

from crypto.errors import BadProof

EMPTY_ROOT = hashlib.sha256(b"").digest()

GetHash = Callable[[int, int], bytes]
"""`get_hash(level, index)`: the hash of the complete subtree over leaves [index·2^level, (index+1)·2^level)."""


def leaf_hash(body: bytes) -> bytes:
    """SHA-256(0x00 ‖ body)"""
    return hashlib.sha256(b"\0" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)"""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The tree hash over leaf hashes; SHA-256 of nothing for none."""
    frontier = Frontier()
    for leaf in leaf_hashes:
        frontier.append(leaf)
    return frontier.root()


class Frontier:
    """The right edge of a growing tree: the hashes of its complete subtrees, largest first. Grows in place."""

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """An empty tree, or one from what `size` and `hashes` of another held. Raises BadProof if they don't fit."""
        if size < 0 or len(hashes) != size.bit_count() or any(len(h) != 32 for h in hashes):
            raise BadProof("not the frontier of a tree of this size")
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """
        Adds a leaf hash. Returns each subtree hash that is complete with it, as (level, index, hash), the leaf first:
        exactly what a tile store writes.
        """
        index, level, value = self.size, 0, leaf
        made = [(0, index, leaf)]
        while index & 1:
            value = node_hash(self.hashes.pop(), value)
            index >>= 1
            level += 1
            made.append((level, index, value))
        self.hashes.append(value)
        self.size += 1
        return made

    def root(self) -> bytes:
        """The tree hash of all leaves so far."""
        if not self.hashes:
            return EMPTY_ROOT
        value = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            value = node_hash(left, value)
        return value

    def copy(self) -> "Frontier":
        return Frontier(self.size, self.hashes)


def hashes_of(leaf_hashes: Sequence[bytes]) -> GetHash:
    """A `GetHash` over a list in memory."""
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        row = levels[-1]
        levels.append([node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])
    return lambda level, index: levels[level][index]


def inclusion_path(index: int, size: int, get_hash: GetHash) -> list[bytes]:
    """The sibling hashes from leaf `index` up to the root of the first `size` leaves (RFC 6962 2.1.1)."""
    if not 0 <= index < size:
        raise BadProof("no such leaf")
    return _path(index, 0, size, get_hash)


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root_hash: bytes) -> None:
    """Returns only if the leaf hash `leaf` stands at `index` in the tree of `size` leaves under `root_hash`."""
    if not 0 <= index < size:
        raise BadProof("no such leaf")
    node, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise BadProof("the path is too long")
        if node & 1 or node == last:
            value = node_hash(sibling, value)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            value = node_hash(value, sibling)
        node >>= 1
        last >>= 1
    if last or value != root_hash:
        raise BadProof("the path doesn't lead to the root")


def consistency_path(old_size: int, new_size: int, get_hash: GetHash) -> list[bytes]:
    """Hashes that show the first `old_size` leaves of the tree of `new_size` unchanged (RFC 6962 2.1.2)."""
    if not 0 <= old_size <= new_size:
        raise BadProof("the old tree is larger than the new one")
    if old_size in (0, new_size):
        return []
    return _consistency(old_size, 0, new_size, True, get_hash)


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Returns only if the tree of `old_size` under `old_root` is the beginning of the one of `new_size`."""
    if not 0 <= old_size <= new_size:
        raise BadProof("the old tree is larger than the new one")
    if old_size == 0 or old_size == new_size:
        expected = EMPTY_ROOT if old_size == 0 else new_root
        if path or old_root != expected:
            raise BadProof("another tree of the same size")
        return
    steps = list(path)
    if old_size & (old_size - 1) == 0:  # a power of two: the old root itself is the first node
        steps.insert(0, old_root)
    if not steps:
        raise BadProof("the path is too short")
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            raise BadProof("the path is too long")
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        node >>= 1
        last >>= 1
    if last or old != old_root or new != new_root:
        raise BadProof("the path doesn't join the two trees")


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_hash(start: int, end: int, get_hash: GetHash) -> bytes:
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return get_hash(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range_hash(start, middle, get_hash), _range_hash(middle, end, get_hash))


def _path(index: int, start: int, end: int, get_hash: GetHash) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, get_hash), _range_hash(middle, end, get_hash)]
    return [*_path(index, middle, end, get_hash), _range_hash(start, middle, get_hash)]


def _consistency(old: int, start: int, end: int, known: bool, get_hash: GetHash) -> list[bytes]:
    if old == end:
        return [] if known else [_range_hash(start, end, get_hash)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_consistency(old, start, middle, known, get_hash), _range_hash(middle, end, get_hash)]
    return [*_consistency(old, middle, end, False, get_hash), _range_hash(start, middle, get_hash)]
