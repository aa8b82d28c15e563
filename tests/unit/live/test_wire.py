"""A client says where it stands in exactly one form."""

import json

import pytest

from crypto.encoding import b64
from hub.http.errors import Malformed
from hub.live.wire import MOST_STREAMS, read_after, read_hello

OPERATION, CHANNEL = b64(bytes(32)), b64(bytes(16))


def test_places_of_all_three_kinds_are_read() -> None:
    after = read_after(
        json.dumps({"directory": -1, "operations": [[OPERATION, 4]], "channels": [[OPERATION, CHANNEL, 7]]})
    )

    assert (after.directory, after.operations, after.channels) == (-1, [(OPERATION, 4)], [(OPERATION, CHANNEL, 7)])
    assert read_hello('{"after": {}}').directory is None


@pytest.mark.parametrize(
    "after",
    [
        {"directory": "1"},
        {"directory": 1.0},
        {"directory": -2},
        {"directory": 2**53},
        {"more": 1},
        {"channels": [[OPERATION, CHANNEL, -1]]},
        {"channels": [[CHANNEL, CHANNEL, 1]]},
        {"operations": [[OPERATION + "=", 1]]},
        {"operations": [[OPERATION, 1]] * (MOST_STREAMS + 1)},
    ],
)
def test_any_other_form_is_refused(after: object) -> None:
    with pytest.raises(Malformed):
        read_after(json.dumps(after))


@pytest.mark.parametrize("words", ["", "{}x", "[]", '{"after": {}, "before": {}}'])
def test_a_hello_says_nothing_else(words: str) -> None:
    with pytest.raises(Malformed):
        read_hello(words)
