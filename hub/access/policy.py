"""Which role may do which action in which compartment: the adopted matrix, default deny (docs/spec, membership)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

EVERYWHERE: Final = "*"

PSEUDO_ROLES: Final = {"administer": "administrator", "audit": "auditor_hub", "coordinate": "coordinator_hub"}
"""What a privilege of the directory is called in the matrix, where no operation gives a role."""

ACCOUNT: Final = "account"
"""The role of everybody who is certified and not suspended."""


def hub_roles(may: Iterable[str]) -> frozenset[str]:
    """The pseudo-roles of an account with the privileges `may`."""
    return frozenset({ACCOUNT, *(PSEUDO_ROLES[privilege] for privilege in may)})


@dataclass(frozen=True, slots=True)
class Policy:
    """
    One edition of the matrix, indexed: (action, role) → compartments.

    What is not granted is denied: there is no rule that takes away.
    """

    granted: Mapping[tuple[str, str], frozenset[str]]

    @classmethod
    def of(cls, grants: Iterable[tuple[str, str, Iterable[str]]]) -> "Policy":
        return cls({(action, role): frozenset(compartments) for action, role, compartments in grants})

    def names(self) -> frozenset[str]:
        """Every action that somebody may do."""
        return frozenset(action for action, _ in self.granted)

    def allows(self, action: str, roles: Iterable[str], compartment: str | None = None) -> bool:
        """True if one of `roles` may do `action`, in `compartment` where the action concerns one."""
        for role in roles:
            compartments = self.granted.get((action, role))
            if compartments is None:
                continue
            if compartment is None or EVERYWHERE in compartments or compartment in compartments:
                return True
        return False
