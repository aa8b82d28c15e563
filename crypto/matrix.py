"""The matrix: which role may do what, in which compartments (docs/spec/08-directory.md)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crypto.encoding import Json, ascending, choice, fields, hash_of, integer, items, known, matching
from crypto.errors import Malformed

ROLES: Final = ("contact", "deputy", "coordinator", "analyst", "observer", "auditor")
HUB_ROLES: Final = ("account", "administrator", "auditor_hub", "coordinator_hub")

ACTION = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)*")
COMPARTMENT = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Which role may do what, in which compartments. `hash` names it."""

    hash: bytes
    edition: int
    grants: Mapping[tuple[str, str], frozenset[str] | None]  # None: every compartment

    def allows(self, action: str, role: str, compartment: str | None = None) -> bool:
        """Whether `role` may do `action` (in `compartment`; None: in any at all)."""
        if (action, role) not in self.grants:
            return False
        granted = self.grants[action, role]
        return compartment is None or granted is None or compartment in granted


def matrix_form(edition: int, grants: Mapping[tuple[str, str], Sequence[str]]) -> Json:
    """The written form of a matrix: rows [action, role, compartments or ["*"]] sorted by action and role."""
    rows = [[action, role, sorted(granted)] for (action, role), granted in sorted(grants.items())]
    return {"v": 1, "edition": edition, "grants": rows}


def read_matrix(value: Any) -> Matrix:
    """Raises Malformed unless rows are sorted, known in role, and none is there twice."""
    fields(value, {"v", "edition", "grants"})
    known(value["v"])
    grants: dict[tuple[str, str], frozenset[str] | None] = {}
    before: tuple[str, str] | None = None
    for row in items(value["grants"], 1000):
        action, role, compartments = items(row, 3, 3)
        pair = (matching(action, ACTION), choice(role, ROLES + HUB_ROLES))
        if before is not None and pair <= before:
            raise Malformed("grants not sorted, or one twice")
        before = pair
        granted = items(compartments, 64, 1)
        grants[pair] = None if granted == ["*"] else frozenset(read_compartments(granted))
    return Matrix(roles_hash(value), integer(value["edition"], 1), grants)


def roles_hash(matrix: Json) -> bytes:
    """SHA-256(PAE("roles", matrix)) of the written form."""
    return hash_of("roles", matrix)


def read_compartments(value: Any, low: int = 1) -> tuple[str, ...]:
    """Compartment names, sorted, none twice."""
    return ascending([matching(name, COMPARTMENT) for name in items(value, 64, low)])
