"""What a member believes of the log: the record of a statement, not another leaf that names it."""

from typing import Any

import pytest

from crypto import merkle, tlog
from crypto.encoding import Json, b64, canon, parse
from crypto.signing import from_secret
from hub.client.errors import Fault
from hub.client.log import Checkpoint, LogView

ORIGIN = "hub.example.org/log"
STATEMENT = bytes(range(32))
KEY = from_secret("log", bytes(32))


class Answers:
    """A hub with one leaf."""

    def __init__(self, leaf: bytes) -> None:
        self.leaf = leaf

    async def inclusion(self, index: int, size: int) -> dict[str, Any]:
        return {"index": index, "size": size, "leaf": b64(self.leaf), "path": []}


def a_view(**other: Json) -> LogView:
    leaf = tlog.leaf_body(type="envelope", at=1, actor=None, object=b64(STATEMENT), hash=bytes(32), salt=bytes(16))
    said = canon({**parse(leaf), **other})
    pinned = Checkpoint(1, merkle.leaf_hash(said), "")
    return LogView(Answers(said), ORIGIN, KEY.public, pinned)  # type: ignore[arg-type]  # asked for one proof only


async def test_the_record_of_a_statement_is_its_proof() -> None:
    view = a_view()

    proof = await view.proof(0, STATEMENT, await view.covering(0))

    assert (proof.index, proof.path) == (0, ())


@pytest.mark.parametrize("other", [{"type": "offer"}, {"type": "forgery"}, {"object": b64(bytes(32))}])
async def test_word_of_a_statement_and_the_record_of_another_are_none(other: dict[str, Json]) -> None:
    with pytest.raises(Fault) as refusal:
        await a_view(**other).prove(0, STATEMENT)

    assert refusal.value.code == "bad-proof"
