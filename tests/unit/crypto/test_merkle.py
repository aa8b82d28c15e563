"""Trees: against the definition of RFC 6962, section 2.1, written out."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import merkle
from crypto.errors import BadProof

LEAVES = [merkle.leaf_hash(i.to_bytes(2, "big")) for i in range(70)]


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH(D[n]) word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(tree_hash(leaves[:split]), tree_hash(leaves[split:]))


def test_every_root_is_the_defined_one() -> None:
    frontier = merkle.Frontier()

    for size in range(len(LEAVES) + 1):
        assert frontier.root() == merkle.root(LEAVES[:size]) == tree_hash(LEAVES[:size])
        if size < len(LEAVES):
            frontier.append(LEAVES[size])


def test_a_frontier_hands_out_each_complete_subtree_once() -> None:
    frontier, complete = merkle.Frontier(), {}

    for leaf in LEAVES:
        for level, index, value in frontier.append(leaf):
            assert (level, index) not in complete
            complete[level, index] = value

    assert all(value == tree_hash(LEAVES[i << level : (i + 1) << level]) for (level, i), value in complete.items())
    assert len(complete) == sum(len(LEAVES) >> level for level in range(7))


def test_a_frontier_goes_on_from_what_was_kept() -> None:
    frontier = merkle.Frontier()
    for leaf in LEAVES[:37]:
        frontier.append(leaf)

    again = merkle.Frontier(frontier.size, frontier.hashes)
    again.append(LEAVES[37])

    assert again.root() == tree_hash(LEAVES[:38])
    assert frontier.root() == tree_hash(LEAVES[:37])
    for size, hashes in ((36, frontier.hashes), (37, frontier.hashes[:-1]), (-1, []), (1, [b"short"])):
        with pytest.raises(BadProof):
            merkle.Frontier(size, hashes)


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_every_leaf_is_proven_and_nothing_else(place: tuple[int, int]) -> None:
    index, size = place
    path = merkle.inclusion_path(index, size, merkle.hashes_of(LEAVES))
    root = tree_hash(LEAVES[:size])

    merkle.verify_inclusion(index, size, LEAVES[index], path, root)
    for other in range(size):
        if other != index:
            with pytest.raises(BadProof):
                merkle.verify_inclusion(other, size, LEAVES[index], path, root)
    with pytest.raises(BadProof):
        merkle.verify_inclusion(index, size, LEAVES[index], path, bytes(32))


@given(st.integers(0, 70).flatmap(lambda new: st.tuples(st.integers(0, new), st.just(new))))
def test_every_growth_is_proven_and_nothing_else(sizes: tuple[int, int]) -> None:
    old, new = sizes
    path = merkle.consistency_path(old, new, merkle.hashes_of(LEAVES))
    roots = tree_hash(LEAVES[:old]), tree_hash(LEAVES[:new])

    merkle.verify_consistency(old, new, *roots, path)
    if 0 < old < new:
        for place in range(len(path)):
            broken = [*path[:place], bytes(32), *path[place + 1 :]]
            with pytest.raises(BadProof):
                merkle.verify_consistency(old, new, *roots, broken)
        with pytest.raises(BadProof):
            merkle.verify_consistency(old, new, bytes(32), roots[1], path)


def test_a_node_isnt_a_leaf() -> None:
    left, right = LEAVES[:2]

    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)
