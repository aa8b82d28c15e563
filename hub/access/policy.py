"""
Which role may do which action in which compartment: the adopted matrix, default deny
(docs/spec/09-membership.md).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Protocol

from crypto.acts import Matrix
from hub.http.errors import NotAllowed, NotFound

HUB_ROLES: Final = {"administer": "administrator", "audit": "auditor_hub", "coordinate": "coordinator_hub"}
"""What a privilege of the directory is called in the matrix, where no operation gives a role."""

ACCOUNT: Final = "account"
"""The role of everybody who is certified and not suspended."""

READ_OPERATION: Final = "operation.read"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account is in one operation; `former` members still read how they left, and do nothing else."""

    role: str
    compartments: Collection[str]
    matrix: Matrix
    former: bool = False


class Rolls(Protocol):
    """What the rooms above know of people, answered from memory."""

    def matrix(self) -> Matrix:
        """The matrix that the directory has adopted last."""
        ...

    def may(self, account: bytes) -> frozenset[str] | None:
        """The account's privileges; None if it isn't certified or is suspended."""
        ...

    def code(self, account: bytes) -> str:
        """The code of a certified account."""
        ...

    def device_key(self, account: bytes, device: bytes) -> bytes | None:
        """The public key of a device that is the account's and not revoked."""
        ...

    def standing(self, operation: bytes, account: bytes) -> Standing | None:
        """None for an unknown operation as for one of others."""
        ...

    def compartment(self, operation: bytes, channel: bytes) -> str | None:
        """The channel's compartment; None if the operation has no such channel."""
        ...


def check_hub(rolls: Rolls, action: str, may: Collection[str]) -> None:
    """Raises NotAllowed unless an account with the privileges `may` may do `action` outside any operation."""
    matrix = rolls.matrix()
    roles = (ACCOUNT, *(HUB_ROLES[privilege] for privilege in may if privilege in HUB_ROLES))
    if not any(matrix.allows(action, role) for role in roles):
        raise NotAllowed


def check_operation(rolls: Rolls, action: str, account: bytes, operation: bytes) -> Standing:
    """Raises NotFound to those who aren't in the operation, NotAllowed to those whose role there is too small."""
    standing = rolls.standing(operation, account)
    if standing is None or (standing.former and action != READ_OPERATION):
        raise NotFound
    if not standing.former and not standing.matrix.allows(action, standing.role):
        raise NotAllowed
    return standing


def check_channel(rolls: Rolls, action: str, account: bytes, operation: bytes, channel: bytes) -> None:
    """
    Raises NotFound or NotAllowed unless the role may do `action` in the channel's compartment, and is cleared for it.

    Whether the account is among the computed readers is asked by the room itself: this is the coarse sieve before it.
    """
    standing = check_operation(rolls, action, account, operation)
    compartment = rolls.compartment(operation, channel)
    if compartment is None:
        raise NotFound
    if compartment not in standing.compartments or not standing.matrix.allows(action, standing.role, compartment):
        raise NotAllowed
