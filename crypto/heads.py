"""
The hourly statement of where every chain ends, so that nobody can be kept on old news (docs/spec/23-heads.md).

A tree of RFC 6962: first how long the log was, then one row for each chain, sorted; the leaf in the log names its root.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from crypto.encoding import canon, id32, ids, integer, parse
from crypto.errors import BadProof, Repeated
from crypto.merkle import leaf_hash, root, verify_inclusion

LEAF: Final = "heads"
"""The type of the log's leaf that names the root."""

WARN_AFTER: Final = 2 * 60 * 60 * 1000
"""ms: what is older is said to be old."""

REFUSE_AFTER: Final = 24 * 60 * 60 * 1000
"""ms: on what is older nothing is sent any more."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: hub or operation (32 bytes) or channel (16 bytes), place and id of its last statement."""

    stream: bytes
    seq: int
    id: bytes


def first_row(size: int) -> bytes:
    """The row at index 0: everything among the log's first `size` entries is covered by the rows after it."""
    return canon({"v": 1, "size": size})


def head_row(head: Head) -> bytes:
    """The row of one chain."""
    return canon(ids(stream=head.stream, seq=head.seq, id=head.id))


def heads_rows(size: int, heads: Iterable[Head]) -> list[bytes]:
    """All rows in their order. Raises Repeated for a chain that is there twice."""
    ranked = sorted(heads, key=lambda head: head.stream)
    if any(one.stream == two.stream for one, two in pairwise(ranked)):
        raise Repeated("a chain with two ends")
    return [first_row(size), *(head_row(head) for head in ranked)]


def heads_root(size: int, heads: Iterable[Head]) -> bytes:
    """The root over all rows: the `object` of the leaf."""
    return root([leaf_hash(row) for row in heads_rows(size, heads)])


def read_heads_leaf(body: bytes) -> tuple[bytes, int]:
    """(root, time in ms UTC) of a leaf of the log. Raises NotCanonical, Malformed, or BadProof for another leaf."""
    value: Any = parse(body)
    if not isinstance(value, dict) or value.get("type") != LEAF:
        raise BadProof("the log holds something else there")
    return id32(value.get("object")), integer(value.get("at"))


def verify_size(size: int, count: int, path: Sequence[bytes], root_hash: bytes) -> None:
    """Returns only if the tree of `count` rows begins with the log's `size`. Raises BadProof."""
    verify_inclusion(0, count, leaf_hash(first_row(size)), path, root_hash)


def verify_head(head: Head, index: int, count: int, path: Sequence[bytes], root_hash: bytes) -> None:
    """Returns only if `head` is row `index` of the `count` under `root_hash`. Raises BadProof."""
    verify_inclusion(index, count, leaf_hash(head_row(head)), path, root_hash)


def age(at: int, now: int) -> int:
    """How old news of `at` is, in ms by the reader's clock; a clock that goes wrong either way makes it old."""
    return abs(now - at)
