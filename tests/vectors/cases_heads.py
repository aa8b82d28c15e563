"""Vectors of heads.json: where every chain ends, and what is refused about it (docs/spec/23-heads.md)."""

from typing import Any

from crypto import heads, merkle, tlog
from crypto.encoding import b64, canon
from tests.vectors.cases_statements import Cases
from tests.vectors.world import seed

SIZE = 4321


def made() -> list[heads.Head]:
    """A directory, two operations, three channels: in no order."""
    sizes = {"hub": 32, "operation": 32, "another operation": 32, "channel": 16, "case room": 16, "arrivals": 16}
    return [heads.Head(seed(name, size), at * 7, seed(f"{name} head")) for at, (name, size) in enumerate(sizes.items())]


def spelled(head: heads.Head) -> dict[str, Any]:
    return {"stream": b64(head.stream), "seq": head.seq, "id": b64(head.id)}


def heads_json() -> Cases:
    all_heads = made()
    listed = [spelled(head) for head in all_heads]
    rows = heads.heads_rows(SIZE, all_heads)
    leaves = [merkle.leaf_hash(row) for row in rows]
    get, root = merkle.hashes_of(leaves), merkle.root(leaves)
    leaf = {"type": heads.LEAF, "at": 1_800_000_000_000, "actor": None, "object": b64(root)}
    body = tlog.leaf_body(**leaf, hash=seed("hash"), salt=seed("salt", 16))
    other = tlog.leaf_body(**{**leaf, "type": "read"}, hash=seed("hash"), salt=seed("salt", 16))
    nameless = tlog.leaf_body(**{**leaf, "object": None}, hash=seed("hash"), salt=seed("salt", 16))

    def path(index: int) -> list[str]:
        return [b64(one) for one in merkle.inclusion_path(index, len(rows), get)]

    size = {"size": SIZE, "count": len(rows), "path": path(0), "root": b64(root)}
    place = sorted(all_heads, key=lambda head: head.stream).index(all_heads[1]) + 1
    one = {"head": listed[1], "index": place, "count": len(rows), "path": path(place), "root": b64(root)}
    return {}, [
        ("the first row", "first_row", {"size": SIZE}),
        ("a chain's row", "head_row", {"head": listed[0]}),
        ("rows are sorted by the raw id", "heads_rows", {"size": SIZE, "heads": listed}),
        ("a hub without any chain", "heads_root", {"size": 0, "heads": []}),
        ("the root over all", "heads_root", {"size": SIZE, "heads": listed}),
        ("a chain with two ends", "heads_root", {"size": SIZE, "heads": [*listed, {**listed[0], "seq": 9}]}),
        ("the leaf in the log", "read_heads_leaf", {"body": b64(body)}),
        ("another leaf", "read_heads_leaf", {"body": b64(other)}),
        ("a leaf that names no root", "read_heads_leaf", {"body": b64(nameless)}),
        ("a list", "read_heads_leaf", {"body": b64(canon([]))}),
        ("how long the log was", "verify_size", size),
        ("the log was longer", "verify_size", {**size, "size": SIZE + 1}),
        ("the first row stands first", "verify_size", {**size, "path": path(1)}),
        ("a chain's end", "verify_head", one),
        ("an earlier end", "verify_head", {**one, "head": {**listed[1], "seq": 6}}),
        ("another end", "verify_head", {**one, "head": {**listed[1], "id": b64(seed("forged"))}}),
        ("another chain's end", "verify_head", {**one, "head": listed[2]}),
        ("at another index", "verify_head", {**one, "index": place - 1}),
        ("under another root", "verify_head", {**one, "root": b64(seed("root"))}),
        ("news of an hour", "age", {"at": 1_800_000_000_000, "now": 1_800_003_600_000}),
        ("news from tomorrow is as old", "age", {"at": 1_800_003_600_000, "now": 1_800_000_000_000}),
    ]
