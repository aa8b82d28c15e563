"""The tree in memory gives the roots of RFC 6962 and the tiles of C2SP."""

import hashlib

from crypto.merkle import Frontier, root
from hub.journal.tree import WIDTH, Tree, edge_widths

HASHES = [hashlib.sha256(str(number).encode()).digest() for number in range(WIDTH * WIDTH + 700)]


def test_tiles_are_full_exactly_when_their_last_hash_comes() -> None:
    tree = Tree(Frontier(), [])

    made = [(size, tile) for size, leaf in enumerate(HASHES, 1) for tile in tree.append(leaf)]

    assert [(size, tile.level, tile.index) for size, tile in made[:2]] == [(256, 0, 0), (512, 0, 1)]
    assert [(size, tile.index) for size, tile in made if tile.level == 1] == [(WIDTH * WIDTH, 0)]
    for _, tile in made:
        hashes = [tile.hashes[at : at + 32] for at in range(0, len(tile.hashes), 32)]
        assert len(hashes) == WIDTH
        assert tile.root == root(hashes)
        if tile.level == 0:
            assert hashes == HASHES[tile.index * WIDTH : (tile.index + 1) * WIDTH]
    assert tree.frontier.root() == root(HASHES)
    assert [len(edge) for edge in tree.edges] == edge_widths(len(HASHES))


def test_a_fork_leaves_its_origin_as_it_was() -> None:
    tree = Tree(Frontier(), [])
    for leaf in HASHES[:255]:
        tree.append(leaf)
    before = tree.frontier.root()

    fork = tree.fork()
    assert len(fork.append(HASHES[255])) == 1

    assert (tree.size, tree.frontier.root(), [len(edge) for edge in tree.edges]) == (255, before, [255])
    assert len(tree.append(HASHES[255])) == 1


def test_the_widths_of_the_edge_are_the_digits_of_the_size() -> None:
    assert edge_widths(0) == []
    assert edge_widths(255) == [255]
    assert edge_widths(256) == [0, 1]
    assert edge_widths(3 * 65536 + 5) == [5, 0, 3]
