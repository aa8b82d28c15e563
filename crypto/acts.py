"""
The genesis and the acts as they are read and written (docs/spec/08-directory.md).

Only their form is judged here; `directory` judges whether an act may stand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crypto.deeds import (
    CODE,
    COUNTRY,
    DEEDS,
    LEVELS,
    MAY,
    AccountCertify,
    AccountRekey,
    AccountRestore,
    AccountSuspend,
    Administrator,
    AdministratorsSet,
    Deed,
    DeviceAdd,
    DeviceRevoke,
    KeyRotate,
    OperationAppoint,
    OrganisationAdd,
    OrganisationChange,
    RolesAdopt,
    SuiteRaise,
    VersionRaise,
    read_administrators,
    read_threshold,
)
from crypto.encoding import (
    HubId,
    Json,
    ascending,
    b64,
    canon,
    fields,
    flag,
    id16,
    id32,
    integer,
    items,
    known,
    matching,
    parse,
    text,
)
from crypto.errors import Malformed, UnknownVersion
from crypto.matrix import (
    ACTION,
    COMPARTMENT,
    HUB_ROLES,
    ROLES,
    Matrix,
    matrix_form,
    read_compartments,
    read_matrix,
    roles_hash,
)

__all__ = [  # an act's readers find its deed and the matrix here too
    "ACTION",
    "CODE",
    "COMPARTMENT",
    "COUNTRY",
    "HUB_ROLES",
    "LEVELS",
    "MAY",
    "ORIGIN",
    "ROLES",
    "AccountCertify",
    "AccountRekey",
    "AccountRestore",
    "AccountSuspend",
    "Act",
    "Administrator",
    "AdministratorsSet",
    "Deed",
    "DeviceAdd",
    "DeviceRevoke",
    "Genesis",
    "KeyRotate",
    "Matrix",
    "OperationAppoint",
    "OrganisationAdd",
    "OrganisationChange",
    "RolesAdopt",
    "SuiteRaise",
    "VersionRaise",
    "act_body",
    "genesis_body",
    "matrix_form",
    "read_act",
    "read_compartments",
    "read_genesis",
    "read_matrix",
    "roles_hash",
]

ORIGIN = re.compile(r"[!-*,-~]{1,200}")  # printable ASCII without space and plus, as a log's name must be


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
    administrators = read_administrators(value["administrators"])
    log = fields(value["log"], {"origin", "key"})
    return Genesis(
        name=text(value["name"], 120),
        origin=text(value["origin"], 200),
        at=integer(value["at"]),
        administrators=administrators,
        threshold=read_threshold(value["threshold"], len(administrators)),
        log_origin=matching(log["origin"], ORIGIN),
        log_key=id32(log["key"]),
        matrix=read_matrix(value["roles"]),
        exercise=flag(value["exercise"]),
    )


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
    if value["type"] not in DEEDS:
        raise UnknownVersion("an act this version doesn't know: an update is needed")
    names, read = DEEDS[value["type"]]
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
