"""
Entries of an operation's chain as they are read and written (docs/spec/09-membership.md).

Only their form is judged here; `membership` judges whether an entry may stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crypto.change_forms import (
    CHANNEL_TYPES,
    HISTORIES,
    OPERATION_CODE,
    PHASES,
    SCOPES,
    TEMPLATE,
    Audience,
    Change,
    ChannelClose,
    ChannelOpen,
    CoordinatorTake,
    DestroyCancel,
    Grants,
    HoldSet,
    MatrixTake,
    MemberAdmit,
    MemberChange,
    MemberRemove,
    MemberRestore,
    OperationClose,
    OperationDestroy,
    OperationOpen,
    PhaseSet,
    RetentionSet,
    RulesAccept,
    RulesSet,
    TemplateAdopt,
    VersionRaise,
    WrapBad,
    audience_form,
    read_change,
)
from crypto.encoding import (
    AccountId,
    DeviceId,
    HubId,
    Json,
    OperationId,
    ascending,
    b64,
    canon,
    fields,
    id16,
    id32,
    integer,
    items,
    known,
    parse,
)
from crypto.epochs import EpochRecord, read_record, record_form
from crypto.errors import Malformed

__all__ = [  # an entry's readers find its changes here too
    "CHANNEL_TYPES",
    "HISTORIES",
    "OPERATION_CODE",
    "PHASES",
    "SCOPES",
    "TEMPLATE",
    "Audience",
    "Author",
    "Change",
    "ChannelClose",
    "ChannelOpen",
    "CoordinatorTake",
    "DestroyCancel",
    "Entry",
    "Grants",
    "HoldSet",
    "MatrixTake",
    "MemberAdmit",
    "MemberChange",
    "MemberRemove",
    "MemberRestore",
    "OperationClose",
    "OperationDestroy",
    "OperationOpen",
    "PhaseSet",
    "RetentionSet",
    "RulesAccept",
    "RulesSet",
    "TemplateAdopt",
    "VersionRaise",
    "WrapBad",
    "audience_form",
    "entry_body",
    "read_change",
    "read_entry",
]


@dataclass(frozen=True, slots=True)
class Author:
    account: AccountId
    device: DeviceId


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


def _author(value: Any) -> Author:
    fields(value, {"account", "device"})
    return Author(AccountId(id16(value["account"])), DeviceId(id16(value["device"])))
