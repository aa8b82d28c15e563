"""The log's tree as it grows: root, right edge, and the tiles that become full (C2SP tlog-tiles)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crypto.merkle import Frontier

WIDTH: Final = 256
_LEVELS_OF_A_TILE: Final = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """A full tile: 256 × 32 bytes of level `level`·8, and the hash over them, which is an entry of the tile above."""

    level: int
    index: int
    hashes: bytes
    root: bytes


class Tree:
    """
    A growing tree in memory.

    `edges[level]` are the hashes of the tile at that level that isn't full yet. Grows in place: fork() before trying.
    """

    __slots__ = ("edges", "frontier")

    def __init__(self, frontier: Frontier, edges: Sequence[Sequence[bytes]]) -> None:
        self.frontier = frontier
        self.edges = [list(edge) for edge in edges]

    @property
    def size(self) -> int:
        return self.frontier.size

    def fork(self) -> "Tree":
        """One that grows apart from this."""
        return Tree(self.frontier.copy(), self.edges)

    def append(self, leaf: bytes) -> list[Tile]:
        """Adds a leaf hash; the tiles that are full with it, lowest first (nearly always none)."""
        full: list[Tile] = []
        for level, index, value in self.frontier.append(leaf):
            storey, within = divmod(level, _LEVELS_OF_A_TILE)
            if within:
                continue
            if storey == len(self.edges):
                self.edges.append([])
            if storey and index & (WIDTH - 1) != len(self.edges[storey]):
                raise AssertionError("the edge of the tree doesn't fit its frontier")
            if storey:
                below = self.edges[storey - 1]
                full.append(Tile(storey - 1, index, b"".join(below), value))
                below.clear()
            self.edges[storey].append(value)
        return full


def edge_widths(size: int) -> list[int]:
    """How many hashes the unfinished tile of each level holds in a tree of `size` leaves."""
    widths = []
    while size:
        widths.append(size % WIDTH)
        size //= WIDTH
    return widths
