"""Cases of what every chain shares."""

from typing import Any

from crypto.encoding import b64
from tests.vectors.world import seed

Case = tuple[str, str, dict[str, Any]]
Cases = tuple[dict[str, Any], list[Case]]


def chain() -> Cases:
    first, second, other = b64(seed("first")), b64(seed("second")), b64(seed("other"))
    place = {"hub": b64(seed("hub")), "operation": b64(seed("operation")), "channel": b64(seed("channel", 16))}
    return {}, [
        ("the first entry", "check_next", {"head": None, "seq": 0, "prev": None}),
        ("the next entry", "check_next", {"head": {"seq": 4, "id": first}, "seq": 5, "prev": first}),
        ("a first entry that isn't 0", "check_next", {"head": None, "seq": 1, "prev": first}),
        ("a first entry with one before", "check_next", {"head": None, "seq": 0, "prev": first}),
        ("an entry skipped", "check_next", {"head": {"seq": 4, "id": first}, "seq": 6, "prev": first}),
        ("an entry repeated", "check_next", {"head": {"seq": 4, "id": first}, "seq": 4, "prev": first}),
        ("after another head", "check_next", {"head": {"seq": 4, "id": first}, "seq": 5, "prev": other}),
        ("after nothing", "check_next", {"head": {"seq": 4, "id": first}, "seq": 5, "prev": None}),
        (
            "as long as pinned",
            "check_not_rolled_back",
            {"pin": {"size": 2, "head": second}, "ids": [first, second]},
        ),
        (
            "longer than pinned",
            "check_not_rolled_back",
            {"pin": {"size": 1, "head": first}, "ids": [first, second]},
        ),
        ("nothing was pinned", "check_not_rolled_back", {"pin": {"size": 0, "head": first}, "ids": []}),
        ("shorter than pinned", "check_not_rolled_back", {"pin": {"size": 2, "head": second}, "ids": [first]}),
        (
            "another history than pinned",
            "check_not_rolled_back",
            {"pin": {"size": 2, "head": second}, "ids": [first, other, second]},
        ),
        ("a channel's beginning", "chain_start", place),
        ("another channel's beginning", "chain_start", {**place, "channel": b64(seed("other channel", 16))}),
        ("one envelope on", "channel_chain", {"previous": first, "envelope": second}),
        ("in the other order", "channel_chain", {"previous": second, "envelope": first}),
    ]
