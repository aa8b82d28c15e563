"""What is put into the journal and what comes out of it: facts without behaviour (docs/spec/13-tlog.md)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from crypto.encoding import Json
from hub.access.actor import Place
from hub.db.pool import Connection

Kind = Literal["directory", "operation", "channel"]
"""What a stream is a sequence of: entries of the directory, entries of one operation, envelopes of one channel."""

FIRST_SEQ: dict[Kind, int] = {"directory": 0, "operation": 0, "channel": 1}

STATEMENT_LEAVES: dict[Kind, frozenset[str]] = {
    "directory": frozenset({"genesis", "act"}),
    "operation": frozenset({"entry"}),
    "channel": frozenset({"envelope"}),
}
"""Types of leaves that record a statement: no other leaf has one, so a missing statement can be noticed."""

Also = Callable[[Connection], Awaitable[None]]
"""Projection SQL of a higher room, run in the record's own transaction. What it raises refuses the record."""

Check = Callable[[], None]
"""The last look before a record takes its place, when everything before it is committed. What it raises refuses it."""


@dataclass(frozen=True, slots=True)
class LeafDraft:
    """
    One line of the audit log, before it has a place.

    `object` names what it is about: the id (base64url) of an envelope, an account, a record; for a statement's leaf it
    is None, because the writer puts the statement's id there. `place` and `detail` go into the erasable table; the
    leaf keeps their salted hash.
    """

    type: str
    actor: bytes | None = None
    device: bytes | None = None
    operation: bytes | None = None
    object: str | None = None
    place: Place | None = None
    detail: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """
    A verified statement that asks for the next place in its stream.

    `seq` None takes the next place; a number is taken exactly or refused as a Conflict. `epoch` not None must be the
    channel's current one at the commit, else StaleEpoch. (stream, client_id) is stored once: a repeat gets the first
    receipt, before anything else is looked at. `device_seq` and `device_prev` must follow this device's last statement
    in the stream, else Repeated or NotNext: the writer checks it, so that one device may have several under way.
    `chain_start` (channels) is crypto.chain.chain_start, used where the stream is new.
    """

    stream: bytes
    kind: Kind
    id: bytes
    body: bytes
    signatures: bytes
    act: bytes | None = None
    beside: bytes = b""
    client_id: bytes | None = None
    account: bytes | None = None
    device: bytes | None = None
    device_seq: int | None = None
    device_prev: bytes | None = None
    seq: int | None = None
    epoch: int | None = None
    chain_start: bytes | None = None


@dataclass(frozen=True, slots=True)
class NewEpoch:
    """A channel's epoch that begins with this operation entry: from its commit on, nothing else is accepted there."""

    channel: bytes
    epoch: int
    chain_start: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """What one request changes or sees: always a leaf, perhaps a statement, perhaps rows of a higher room."""

    leaf: LeafDraft
    statement: StatementDraft | None = None
    epochs: Sequence[NewEpoch] = ()
    also: Also | None = None
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    Where a record stands, durable.

    `leaf` is its index in the log, `at` the hub's time in ms UTC. `seq`, `id` and `chain` are None for a record without
    a statement, `chain` for streams that have none. `repeated`: this was there before.
    """

    leaf: int
    at: int
    id: bytes | None = None
    seq: int | None = None
    chain: bytes | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """A record with its place, told to those who listen, in the order of the log."""

    record: Record
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Stored:
    """A statement as the journal holds it; `at` in ms UTC."""

    stream: bytes
    kind: Kind
    seq: int
    id: bytes
    leaf: int
    at: int
    body: bytes
    act: bytes | None
    signatures: bytes
    beside: bytes
    client_id: bytes | None
    account: bytes | None
    device: bytes | None
    chain: bytes | None


@dataclass(frozen=True, slots=True)
class Head:
    """The last place of a stream; `seq` is one before the first where nothing stands yet."""

    stream: bytes
    kind: Kind
    seq: int
    id: bytes | None
    chain: bytes | None
    epoch: int | None
