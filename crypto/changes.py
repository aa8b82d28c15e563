"""
Entries of an operation's chain and the changes they hold, as they are read and written (docs/spec/09-membership.md).

Only their form is judged here; `membership` judges whether an entry may stand.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crypto.acts import COMPARTMENT, COUNTRY, ROLES, read_compartments
from crypto.encoding import (
    AccountId,
    ChannelId,
    DeviceId,
    HubId,
    Json,
    OperationId,
    ascending,
    b64,
    canon,
    choice,
    fields,
    id16,
    id32,
    integer,
    items,
    known,
    matching,
    parse,
    text,
)
from crypto.epochs import EpochRecord, read_record, record_form
from crypto.errors import Malformed, UnknownVersion

PHASES: Final = ("planned", "preparation", "active", "reporting")
CHANNEL_TYPES: Final = frozenset({"all", "coordination", "regional", "bilateral", "case", "announcement"})
SCOPES: Final = frozenset({"all", "countries", "organisations", "accounts", "roles"})
HISTORIES: Final = frozenset({"all", "from-join"})

OPERATION_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
TEMPLATE = re.compile(r"[a-z][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Author:
    account: AccountId
    device: DeviceId


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
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One atomic commit to an operation."""

    hub: HubId
    operation: OperationId | None  # None exactly at seq 0: the operation's id is this entry's
    seq: int
    prev: bytes | None
    directory_size: int
    directory_head: bytes
    by: tuple[Author, ...]
    at: int
    changes: tuple[Change, ...]
    epochs: tuple[EpochRecord, ...]


def entry_body(
    *,
    hub: HubId,
    operation: OperationId | None,
    seq: int,
    prev: bytes | None,
    directory_size: int,
    directory_head: bytes,
    by: Sequence[Author],
    at: int,
    changes: Sequence[Json] = (),
    epochs: Sequence[EpochRecord] = (),
) -> bytes:
    """An entry ready for signing by each device of `by` in order; `changes` in the written forms below."""
    ranked = sorted(by, key=lambda author: author.account)
    body = canon(
        {
            "v": 1,
            "hub": b64(hub),
            "operation": None if operation is None else b64(operation),
            "seq": seq,
            "prev": None if prev is None else b64(prev),
            "directory": {"size": directory_size, "head": b64(directory_head)},
            "by": [{"account": b64(author.account), "device": b64(author.device)} for author in ranked],
            "at": at,
            "changes": list(changes),
            "epochs": [record_form(record) for record in epochs],
        }
    )
    read_entry(body)
    return body


def read_entry(body: bytes) -> Entry:
    """Raises NotCanonical, Malformed, or UnknownVersion for a change this client doesn't know."""
    value = parse(body)
    if not isinstance(value, dict) or "v" not in value:
        raise Malformed("not an entry")
    known(value["v"])
    fields(value, "v hub operation seq prev directory by at changes epochs")
    seq = integer(value["seq"])
    directory = fields(value["directory"], {"size", "head"})
    operation, prev = value["operation"], value["prev"]
    if (operation is None) != (seq == 0) or (prev is None) != (seq == 0):
        raise Malformed("operation and prev are null exactly in the first entry")
    by = tuple(_author(author) for author in items(value["by"], 2, 1))
    ascending([author.account for author in by])
    epochs = tuple(read_record(record) for record in items(value["epochs"], 64))
    if len({record.channel for record in epochs}) != len(epochs):
        raise Malformed("two epochs for one channel")
    changes = tuple(read_change(change) for change in items(value["changes"], 256))
    if not changes and not epochs:
        raise Malformed("an entry that does nothing")
    return Entry(
        hub=HubId(id32(value["hub"])),
        operation=None if operation is None else OperationId(id32(operation)),
        seq=seq,
        prev=None if prev is None else id32(prev),
        directory_size=integer(directory["size"], 1),
        directory_head=id32(directory["head"]),
        by=by,
        at=integer(value["at"]),
        changes=changes,
        epochs=epochs,
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


def _author(value: Any) -> Author:
    fields(value, {"account", "device"})
    return Author(_account(value), DeviceId(id16(value["device"])))


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
}
