"""The matrix decides, and what it doesn't name is denied (hub/access/policy.py)."""

from dataclasses import dataclass, field

import pytest

from crypto.acts import Matrix, matrix_form, read_matrix
from hub.access.policy import Standing, check_channel, check_hub, check_operation
from hub.http.errors import NotAllowed, NotFound

OPERATION, CHANNEL, AMA = bytes(32), bytes(16), b"a" * 16

MATRIX = read_matrix(
    matrix_form(
        1,
        {
            ("directory.read", "account"): ["*"],
            ("audit.read", "auditor_hub"): ["*"],
            ("operation.open", "coordinator_hub"): ["*"],
            ("operation.read", "observer"): ["*"],
            ("channel.read", "contact"): ["general"],
            ("channel.read", "coordinator"): ["*"],
        },
    )
)


@dataclass
class Rolls:
    """One operation with one channel and one member."""

    member: Standing | None = None
    channel: str | None = "general"
    adopted: Matrix = field(default_factory=lambda: MATRIX)

    def matrix(self) -> Matrix:
        return self.adopted

    def may(self, account: bytes) -> frozenset[str] | None:
        return frozenset()

    def code(self, account: bytes) -> str:
        return "GH-AMA"

    def device_key(self, account: bytes, device: bytes) -> bytes | None:
        return None

    def standing(self, operation: bytes, account: bytes) -> Standing | None:
        return self.member

    def compartment(self, operation: bytes, channel: bytes) -> str | None:
        return self.channel


def a_member(role: str, *compartments: str, former: bool = False) -> Rolls:
    return Rolls(Standing(role, compartments, MATRIX, former))


def test_everybody_certified_may_read_the_directory() -> None:
    check_hub(Rolls(), "directory.read", ())


@pytest.mark.parametrize(("action", "privilege"), [("audit.read", "audit"), ("operation.open", "coordinate")])
def test_a_privilege_is_needed_for_what_it_names(action: str, privilege: str) -> None:
    check_hub(Rolls(), action, [privilege])

    for others in ((), ("administer",)):
        with pytest.raises(NotAllowed):
            check_hub(Rolls(), action, others)


def test_an_action_that_nobody_named_is_denied() -> None:
    with pytest.raises(NotAllowed):
        check_hub(Rolls(), "hub.destroy", ["administer", "audit", "coordinate"])


def test_a_stranger_hears_that_there_is_nothing() -> None:
    with pytest.raises(NotFound):
        check_operation(Rolls(), "operation.read", AMA, OPERATION)


def test_a_former_member_reads_the_chain_and_nothing_else() -> None:
    rolls = a_member("", former=True)

    check_operation(rolls, "operation.read", AMA, OPERATION)
    with pytest.raises(NotFound):
        check_operation(rolls, "operation.write", AMA, OPERATION)
    with pytest.raises(NotFound):
        check_channel(rolls, "channel.read", AMA, OPERATION, CHANNEL)


def test_a_role_of_the_operation_counts_only_there() -> None:
    check_channel(a_member("contact", "general"), "channel.read", AMA, OPERATION, CHANNEL)

    with pytest.raises(NotAllowed):
        check_channel(a_member("observer", "general"), "channel.read", AMA, OPERATION, CHANNEL)


def test_role_and_clearance_are_both_needed() -> None:
    precursor = a_member("contact", "general", "precursor")
    precursor.channel = "precursor"
    uncleared = a_member("coordinator", "general")
    uncleared.channel = "precursor"

    with pytest.raises(NotAllowed):
        check_channel(precursor, "channel.read", AMA, OPERATION, CHANNEL)
    with pytest.raises(NotAllowed):
        check_channel(uncleared, "channel.read", AMA, OPERATION, CHANNEL)


def test_a_channel_of_another_operation_is_unknown() -> None:
    rolls = a_member("coordinator", "general")
    rolls.channel = None

    with pytest.raises(NotFound):
        check_channel(rolls, "channel.read", AMA, OPERATION, CHANNEL)
