"""
What an entry of an operation changes, by its name, as it is read and written (docs/spec/09-membership.md).

Only the form is judged here; `membership_rules` and `membership_changes` judge whether a change may stand.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crypto.acts import COMPARTMENT, COUNTRY, ROLES, read_compartments
from crypto.encoding import (
    AccountId,
    ChannelId,
    Json,
    ascending,
    b64,
    choice,
    fields,
    flag,
    id16,
    id32,
    integer,
    items,
    matching,
    text,
)
from crypto.errors import Malformed, UnknownVersion

PHASES: Final = ("planned", "preparation", "active", "reporting")  # "closed" follows by operation.close alone
CHANNEL_TYPES: Final = frozenset({"all", "coordination", "regional", "bilateral", "case", "announcement"})
SCOPES: Final = frozenset({"all", "countries", "organisations", "accounts", "roles"})
HISTORIES: Final = frozenset({"all", "from-join"})

OPERATION_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
TEMPLATE = re.compile(r"[a-z][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a channel is for. `of` holds countries or roles (text), organisations or accounts (16 bytes), sorted."""

    scope: str
    of: tuple[str | bytes, ...]


@dataclass(frozen=True, slots=True)
class OperationOpen:
    code: str
    name: str
    roles: bytes
    compartments: tuple[str, ...]
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhaseSet:
    phase: str


@dataclass(frozen=True, slots=True)
class MemberAdmit:
    account: AccountId
    aik: bytes
    role: str
    compartments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberChange:
    account: AccountId
    role: str
    compartments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberRemove:
    account: AccountId


@dataclass(frozen=True, slots=True)
class ChannelOpen:
    channel: ChannelId
    type: str
    compartment: str
    audience: Audience
    history: str


@dataclass(frozen=True, slots=True)
class ChannelClose:
    channel: ChannelId


@dataclass(frozen=True, slots=True)
class TemplateAdopt:
    template: str
    version: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Grants:
    """Wraps of the current epoch for readers who came after it was made; they travel beside the entry."""

    channel: ChannelId
    epoch: int
    wraps_hash: bytes
    to: tuple[AccountId, ...]


@dataclass(frozen=True, slots=True)
class MatrixTake:
    hash: bytes


@dataclass(frozen=True, slots=True)
class WrapBad:
    """A reader reports that the epoch doesn't open: it is stale from here on."""

    channel: ChannelId
    epoch: int


@dataclass(frozen=True, slots=True)
class MemberRestore:
    """A member who got new keys: the same person, whose new identity key a coordinator has compared."""

    account: AccountId
    aik: bytes
    role: str
    compartments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoordinatorTake:
    """The author, whom directory entry `act_seq` appointed, takes over an operation that nobody coordinates."""

    act_seq: int


@dataclass(frozen=True, slots=True)
class RulesSet:
    """Handling rules, which every member is asked to accept; their text travels beside the entry."""

    version: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class RulesAccept:
    version: int


@dataclass(frozen=True, slots=True)
class RetentionSet:
    until: int


@dataclass(frozen=True, slots=True)
class HoldSet:
    """While a hold is on, nothing is destroyed."""

    on: bool
    reason: str


@dataclass(frozen=True, slots=True)
class OperationClose:
    """From here on the operation is only read."""


@dataclass(frozen=True, slots=True)
class OperationDestroy:
    at: int


@dataclass(frozen=True, slots=True)
class DestroyCancel:
    """The operation is kept after all."""


@dataclass(frozen=True, slots=True)
class VersionRaise:
    version: int


Change = (
    OperationOpen
    | PhaseSet
    | MemberAdmit
    | MemberChange
    | MemberRemove
    | ChannelOpen
    | ChannelClose
    | TemplateAdopt
    | Grants
    | MatrixTake
    | WrapBad
    | MemberRestore
    | CoordinatorTake
    | RulesSet
    | RulesAccept
    | RetentionSet
    | HoldSet
    | OperationClose
    | OperationDestroy
    | DestroyCancel
    | VersionRaise
)


def read_change(value: Any) -> Change:
    """Raises Malformed, or UnknownVersion for a change this client doesn't know."""
    if not isinstance(value, dict) or "change" not in value:
        raise Malformed("not a change")
    name = value["change"]
    if not isinstance(name, str):
        raise Malformed("a change that isn't named")
    if name not in _CHANGES:
        raise UnknownVersion("a change this version doesn't know: an update is needed")
    names, read = _CHANGES[name]
    fields(value, ["change", *names.split()])
    return read(value)


def audience_form(scope: str, of: Sequence[str | bytes] = ()) -> Json:
    """The written form of an audience, sorted (ids by their raw bytes)."""
    if any(isinstance(one, bytes) for one in of):
        return {"scope": scope, "of": [b64(one) for one in sorted(one for one in of if isinstance(one, bytes))]}
    return {"scope": scope, "of": sorted(one for one in of if isinstance(one, str))}


def _read_audience(value: Any) -> Audience:
    fields(value, {"scope", "of"})
    scope = choice(value["scope"], SCOPES)
    of = items(value["of"], 500)
    if (scope == "all") != (not of):
        raise Malformed("an audience of nobody, or all and some")
    if scope == "countries":
        return Audience(scope, ascending([matching(code, COUNTRY) for code in of]))
    if scope == "roles":
        return Audience(scope, ascending([choice(role, ROLES) for role in of]))
    return Audience(scope, ascending([id16(one) for one in of]))


def _account(value: Any) -> AccountId:
    return AccountId(id16(value["account"]))


def _channel(value: Any) -> ChannelId:
    return ChannelId(id16(value["channel"]))


def _open(value: Any) -> OperationOpen:
    compartments, own = read_compartments(value["compartments"]), read_compartments(value["own"], 0)
    if not set(own) <= set(compartments):
        raise Malformed("cleared for what the operation doesn't have")
    return OperationOpen(
        matching(value["code"], OPERATION_CODE), text(value["name"], 120), id32(value["roles"]), compartments, own
    )


def _channel_open(value: Any) -> ChannelOpen:
    return ChannelOpen(
        _channel(value),
        choice(value["type"], CHANNEL_TYPES),
        matching(value["compartment"], COMPARTMENT),
        _read_audience(value["audience"]),
        choice(value["history"], HISTORIES),
    )


def _grants(value: Any) -> Grants:
    to = ascending([id16(account) for account in items(value["to"], 1500, 1)])
    return Grants(
        _channel(value), integer(value["epoch"], 1), id32(value["wraps_hash"]), tuple(AccountId(a) for a in to)
    )


_CHANGES: Final[dict[str, tuple[str, Callable[[Any], Change]]]] = {
    "operation.open": ("code name roles compartments own", _open),
    "phase.set": ("phase", lambda v: PhaseSet(choice(v["phase"], PHASES))),
    "member.admit": (
        "account aik role compartments",
        lambda v: MemberAdmit(
            _account(v), id32(v["aik"]), choice(v["role"], ROLES), read_compartments(v["compartments"], 0)
        ),
    ),
    "member.restore": (
        "account aik role compartments",
        lambda v: MemberRestore(
            _account(v), id32(v["aik"]), choice(v["role"], ROLES), read_compartments(v["compartments"], 0)
        ),
    ),
    "member.change": (
        "account role compartments",
        lambda v: MemberChange(_account(v), choice(v["role"], ROLES), read_compartments(v["compartments"], 0)),
    ),
    "member.remove": ("account", lambda v: MemberRemove(_account(v))),
    "channel.open": ("channel type compartment audience history", _channel_open),
    "channel.close": ("channel", lambda v: ChannelClose(_channel(v))),
    "template.adopt": (
        "template version hash",
        lambda v: TemplateAdopt(matching(v["template"], TEMPLATE), integer(v["version"], 1), id32(v["hash"])),
    ),
    "grants": ("channel epoch wraps_hash to", _grants),
    "matrix.take": ("hash", lambda v: MatrixTake(id32(v["hash"]))),
    "wrap.bad": ("channel epoch", lambda v: WrapBad(_channel(v), integer(v["epoch"], 1))),
    "coordinator.take": ("act_seq", lambda v: CoordinatorTake(integer(v["act_seq"], 1))),
    "rules.set": ("version hash", lambda v: RulesSet(integer(v["version"], 1), id32(v["hash"]))),
    "rules.accept": ("version", lambda v: RulesAccept(integer(v["version"], 1))),
    "retention.set": ("until", lambda v: RetentionSet(integer(v["until"]))),
    "hold.set": ("on reason", lambda v: HoldSet(flag(v["on"]), text(v["reason"], 500))),
    "operation.close": ("", lambda _: OperationClose()),
    "operation.destroy": ("at", lambda v: OperationDestroy(integer(v["at"]))),
    "destroy.cancel": ("", lambda _: DestroyCancel()),
    "version.raise": ("version", lambda v: VersionRaise(integer(v["version"], 2))),
}
