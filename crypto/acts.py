"""
The genesis, the acts and the matrix as they are read and written (docs/spec/08-directory.md).

Only their form is judged here; `directory` judges whether an act may stand.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crypto.encoding import (
    AccountId,
    AdministratorId,
    DeviceId,
    HubId,
    Json,
    OrganisationId,
    ascending,
    b64,
    canon,
    choice,
    fields,
    flag,
    hash_of,
    id16,
    id32,
    integer,
    items,
    known,
    matching,
    octets,
    parse,
    text,
)
from crypto.errors import Malformed, UnknownVersion
from crypto.keys import PUBLIC_SIZE

ROLES: Final = ("contact", "deputy", "coordinator", "analyst", "observer", "auditor")
HUB_ROLES: Final = ("account", "administrator", "auditor_hub", "coordinator_hub")
LEVELS: Final = ("A1", "A2")
MAY: Final = ("administer", "audit", "coordinate")

ACTION = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)*")
COMPARTMENT = re.compile(r"[a-z][a-z0-9-]{0,31}")
COUNTRY = re.compile(r"[A-Z]{2}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,31}")
ORIGIN = re.compile(r"[!-*,-~]{1,200}")  # printable ASCII without space and plus, as a log's name must be


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


@dataclass(frozen=True, slots=True)
class Administrator:
    id: AdministratorId
    key: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Genesis:
    name: str
    origin: str
    at: int
    administrators: tuple[Administrator, ...]
    threshold: int
    log_origin: str
    log_key: bytes
    matrix: Matrix
    exercise: bool


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


Deed = (
    RolesAdopt
    | OrganisationAdd
    | AccountCertify
    | AccountSuspend
    | AccountRestore
    | DeviceAdd
    | DeviceRevoke
    | KeyRotate
)


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what: `by` signed it, as their group's act number `n`, to be handed in before `expires`."""

    hub: HubId
    type: str
    by: tuple[bytes, ...]
    n: int
    expires: int
    deed: Deed


def genesis_body(
    *,
    name: str,
    origin: str,
    at: int,
    administrators: Sequence[Administrator],
    threshold: int,
    log_origin: str,
    log_key: bytes,
    matrix: Json,
    exercise: bool,
    salt: bytes,
) -> bytes:
    """The first statement of a hub; its id is the hub's. `matrix` in its written form."""
    ranked = sorted(administrators, key=lambda a: a.id)
    body = canon(
        {
            "v": 1,
            "suite": 1,
            "name": name,
            "origin": origin,
            "at": at,
            "administrators": [{"id": b64(a.id), "key": b64(a.key), "name": a.name} for a in ranked],
            "threshold": threshold,
            "log": {"origin": log_origin, "key": b64(log_key)},
            "witnesses": [],
            "quorum": 0,
            "roles": matrix,
            "exercise": exercise,
            "salt": b64(salt),
        }
    )
    read_genesis(body)
    return body


def read_genesis(body: bytes) -> Genesis:
    """Raises NotCanonical, Malformed or UnknownVersion."""
    value = fields(
        parse(body),
        "v suite name origin at administrators threshold log witnesses quorum roles exercise salt",
    )
    known(value["v"])
    known(value["suite"])
    known(value["quorum"], 0)
    if value["witnesses"] != []:
        raise UnknownVersion("witnesses need a newer version")
    id16(value["salt"])
    administrators = tuple(_administrator(a) for a in items(value["administrators"], 32, 2))
    ascending([a.id for a in administrators])
    if len({a.key for a in administrators}) != len(administrators):
        raise Malformed("two administrators with one key")
    log = fields(value["log"], {"origin", "key"})
    return Genesis(
        name=text(value["name"], 120),
        origin=text(value["origin"], 200),
        at=integer(value["at"]),
        administrators=administrators,
        threshold=integer(value["threshold"], 1, len(administrators) - 1),
        log_origin=matching(log["origin"], ORIGIN),
        log_key=id32(log["key"]),
        matrix=read_matrix(value["roles"]),
        exercise=flag(value["exercise"]),
    )


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


def act_body(*, hub: HubId, type: str, by: Sequence[bytes], n: int, expires: int, **parts: Json) -> bytes:
    """An act ready for signing by each of `by` in ascending order; `parts` are the type's own fields, JSON-ready."""
    head: dict[str, Json] = {"v": 1, "hub": b64(hub), "type": type, "n": n, "expires": expires}
    body = canon({**head, "by": [b64(signer) for signer in sorted(by)], **parts})
    read_act(body)
    return body


def read_act(body: bytes) -> Act:
    """Raises NotCanonical, Malformed, or UnknownVersion for a type this client doesn't know."""
    value = parse(body)
    if not isinstance(value, dict) or not {"v", "type"} <= value.keys():
        raise Malformed("not an act")
    known(value["v"])
    if not isinstance(value["type"], str):
        raise Malformed("a type that isn't text")
    if value["type"] not in _TYPES:
        raise UnknownVersion("an act this version doesn't know: an update is needed")
    names, read = _TYPES[value["type"]]
    fields(value, ["v", "hub", "type", "by", "n", "expires", *names.split()])
    by = ascending([id16(signer) for signer in items(value["by"], 32, 1)])
    return Act(
        hub=HubId(id32(value["hub"])),
        type=value["type"],
        by=by,
        n=integer(value["n"], 1),
        expires=integer(value["expires"]),
        deed=read(value),
    )


def read_compartments(value: Any, low: int = 1) -> tuple[str, ...]:
    """Compartment names, sorted, none twice."""
    return ascending([matching(name, COMPARTMENT) for name in items(value, 64, low)])


def _administrator(value: Any) -> Administrator:
    fields(value, {"id", "key", "name"})
    return Administrator(AdministratorId(id16(value["id"])), id32(value["key"]), text(value["name"], 120))


def _account(value: Any) -> AccountId:
    return AccountId(id16(value["account"]))


def _may(value: Any) -> tuple[str, ...]:
    return ascending([choice(word, MAY) for word in items(value, len(MAY))])


_TYPES: Final[dict[str, tuple[str, Callable[[Any], Deed]]]] = {
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
}
