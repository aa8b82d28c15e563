"""
What an act does, by its type, as it is read (docs/spec/08-directory.md).

Only the form is judged here; `directory_rules` judges whether a deed may stand.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from crypto.encoding import (
    AccountId,
    AdministratorId,
    DeviceId,
    OperationId,
    OrganisationId,
    ascending,
    choice,
    fields,
    id16,
    id32,
    integer,
    items,
    matching,
    octets,
    text,
)
from crypto.errors import Malformed
from crypto.keys import PUBLIC_SIZE
from crypto.matrix import Matrix, read_matrix

LEVELS: Final = ("A1", "A2")
MAY: Final = ("administer", "audit", "coordinate")
MOST_ADMINISTRATORS: Final = 32

COUNTRY = re.compile(r"[A-Z]{2}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,31}")


@dataclass(frozen=True, slots=True)
class Administrator:
    id: AdministratorId
    key: bytes
    name: str


@dataclass(frozen=True, slots=True)
class RolesAdopt:
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class OrganisationAdd:
    organisation: OrganisationId
    name: str
    country: str
    short: str


@dataclass(frozen=True, slots=True)
class AccountCertify:
    account: AccountId
    organisation: OrganisationId
    name: str
    code: str
    aik: bytes
    aek: bytes
    generation: int
    level: str
    may: tuple[str, ...]
    invitation: bytes


@dataclass(frozen=True, slots=True)
class AccountSuspend:
    account: AccountId
    reason: str


@dataclass(frozen=True, slots=True)
class AccountRestore:
    account: AccountId


@dataclass(frozen=True, slots=True)
class DeviceAdd:
    account: AccountId
    device: DeviceId
    key: bytes
    label: str


@dataclass(frozen=True, slots=True)
class DeviceRevoke:
    account: AccountId
    device: DeviceId
    reason: str


@dataclass(frozen=True, slots=True)
class KeyRotate:
    account: AccountId
    aek: bytes
    generation: int


@dataclass(frozen=True, slots=True)
class OrganisationChange:
    """Another name; the country never changes."""

    organisation: OrganisationId
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class AccountRekey:
    """The same person with new keys: whatever was bound to the old identity key ends here."""

    account: AccountId
    aik: bytes
    aek: bytes
    invitation: bytes


@dataclass(frozen=True, slots=True)
class AdministratorsSet:
    """Who administers from here on. `edition` counts the sets, the genesis' being 1."""

    edition: int
    administrators: tuple[Administrator, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class OperationAppoint:
    """Who may take over an operation that has no valid coordinator left."""

    operation: OperationId
    account: AccountId


@dataclass(frozen=True, slots=True)
class VersionRaise:
    version: int


@dataclass(frozen=True, slots=True)
class SuiteRaise:
    suite: int


Deed = (
    RolesAdopt
    | OrganisationAdd
    | AccountCertify
    | AccountSuspend
    | AccountRestore
    | DeviceAdd
    | DeviceRevoke
    | KeyRotate
    | OrganisationChange
    | AccountRekey
    | AdministratorsSet
    | OperationAppoint
    | VersionRaise
    | SuiteRaise
)


def read_administrators(value: Any) -> tuple[Administrator, ...]:
    """Two or more, by id, each with a key of their own."""
    administrators = tuple(_administrator(one) for one in items(value, MOST_ADMINISTRATORS, 2))
    ascending([one.id for one in administrators])
    if len({one.key for one in administrators}) != len(administrators):
        raise Malformed("two administrators with one key")
    return administrators


def read_threshold(value: Any, count: int) -> int:
    """How many of `count` administrators must sign together: one lost key never blocks the others."""
    return integer(value, 1, count - 1)


def _administrator(value: Any) -> Administrator:
    fields(value, {"id", "key", "name"})
    return Administrator(AdministratorId(id16(value["id"])), id32(value["key"]), text(value["name"], 120))


def _account(value: Any) -> AccountId:
    return AccountId(id16(value["account"]))


def _may(value: Any) -> tuple[str, ...]:
    return ascending([choice(word, MAY) for word in items(value, len(MAY))])


def _administrators_set(value: Any) -> AdministratorsSet:
    administrators = read_administrators(value["administrators"])
    return AdministratorsSet(
        integer(value["edition"], 2), administrators, read_threshold(value["threshold"], len(administrators))
    )


DEEDS: Final[dict[str, tuple[str, Callable[[Any], Deed]]]] = {
    "roles.adopt": ("roles", lambda v: RolesAdopt(read_matrix(v["roles"]))),
    "organisation.add": (
        "organisation name country short",
        lambda v: OrganisationAdd(
            OrganisationId(id16(v["organisation"])),
            text(v["name"], 120),
            matching(v["country"], COUNTRY),
            text(v["short"], 32),
        ),
    ),
    "account.certify": (
        "account organisation name code aik aek generation level may invitation",
        lambda v: AccountCertify(
            _account(v),
            OrganisationId(id16(v["organisation"])),
            text(v["name"], 120),
            matching(v["code"], CODE),
            id32(v["aik"]),
            octets(v["aek"], PUBLIC_SIZE, PUBLIC_SIZE),
            integer(v["generation"], 1),
            choice(v["level"], LEVELS),
            _may(v["may"]),
            id16(v["invitation"]),
        ),
    ),
    "account.suspend": ("account reason", lambda v: AccountSuspend(_account(v), text(v["reason"], 500))),
    "account.restore": ("account", lambda v: AccountRestore(_account(v))),
    "device.add": (
        "account device key label",
        lambda v: DeviceAdd(_account(v), DeviceId(id16(v["device"])), id32(v["key"]), text(v["label"], 80)),
    ),
    "device.revoke": (
        "account device reason",
        lambda v: DeviceRevoke(_account(v), DeviceId(id16(v["device"])), text(v["reason"], 500)),
    ),
    "key.rotate": (
        "account aek generation",
        lambda v: KeyRotate(_account(v), octets(v["aek"], PUBLIC_SIZE, PUBLIC_SIZE), integer(v["generation"], 2)),
    ),
    "organisation.change": (
        "organisation name short",
        lambda v: OrganisationChange(
            OrganisationId(id16(v["organisation"])), text(v["name"], 120), text(v["short"], 32)
        ),
    ),
    "account.rekey": (
        "account aik aek invitation",
        lambda v: AccountRekey(
            _account(v), id32(v["aik"]), octets(v["aek"], PUBLIC_SIZE, PUBLIC_SIZE), id16(v["invitation"])
        ),
    ),
    "administrators.set": ("edition administrators threshold", _administrators_set),
    "operation.appoint": (
        "operation account",
        lambda v: OperationAppoint(OperationId(id32(v["operation"])), _account(v)),
    ),
    "version.raise": ("version", lambda v: VersionRaise(integer(v["version"], 2))),
    "suite.raise": ("suite", lambda v: SuiteRaise(integer(v["suite"], 2))),
}
