"""What one commit will write, worked out in memory: places, leaves, tiles, tree head (docs/spec, audit log)."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crypto.encoding import b64
from crypto.merkle import leaf_hash
from hub.journal.leaves import body_of, detail_hash, detail_of
from hub.journal.places import Places
from hub.journal.records import STATEMENT_LEAVES, Committed, Head, LeafDraft, Receipt, Record, StatementDraft
from hub.journal.tree import Tile

DevicesOnline = Callable[[bytes], Sequence[str]]
"""The devices (base64url) connected for a stream now: the offer's leaf names them."""


@dataclass(frozen=True, slots=True)
class PlannedLeaf:
    index: int
    body: bytes
    hash: bytes
    detail: bytes
    draft: LeafDraft


@dataclass(frozen=True, slots=True)
class PlannedStatement:
    draft: StatementDraft
    receipt: Receipt


@dataclass(slots=True)
class Plan:
    """
    The rows of one commit and the places after it.

    `begins_at` is the size of the log that it builds on: written on any other, nothing may happen.
    """

    places: Places
    begins_at: int
    at: int
    leaves: list[PlannedLeaf] = field(default_factory=list)
    statements: list[PlannedStatement] = field(default_factory=list)
    heads: dict[bytes, Head] = field(default_factory=dict)
    tiles: list[Tile] = field(default_factory=list)
    committed: list[Committed] = field(default_factory=list)


def begin(places: Places, now: int) -> Plan:
    """An empty plan on top of `places`, which stay as they are; time never goes back in the log."""
    return Plan(places.fork(), places.tree.size, max(now, places.at))


def add(plan: Plan, record: Record) -> Receipt:
    """
    Gives a record its place and its leaf. A statement known already gets its first receipt and leaves nothing.

    Raises what refuses the record; the plan is then as it was.
    """
    statement, leaf = record.statement, record.leaf
    if statement is not None:
        if leaf.type not in STATEMENT_LEAVES[statement.kind]:
            raise ValueError(f"a leaf of the type {leaf.type} records no statement of the kind {statement.kind}")
        if statement.client_id is not None:
            first = plan.places.receipt(statement.stream, statement.client_id)
            if first is not None:
                return first
    elif any(leaf.type in types for types in STATEMENT_LEAVES.values()):
        raise ValueError(f"a leaf of the type {leaf.type} needs its statement")
    if record.check is not None:
        record.check()
    salts = os.urandom(32)
    detail = detail_of(leaf, salts[:16])
    head = None if statement is None else plan.places.place(statement)
    if statement is None or head is None:
        index = _leaf(plan, leaf, leaf.object, detail, salts[16:])
        receipt = Receipt(index, plan.at)
    else:
        index = _leaf(plan, leaf, b64(statement.id), detail, salts[16:])
        receipt = Receipt(index, plan.at, statement.id, head.seq, head.chain)
        plan.heads[head.stream] = head
        plan.statements.append(PlannedStatement(statement, receipt))
        if statement.client_id is not None:
            repeat = Receipt(index, plan.at, statement.id, head.seq, head.chain, repeated=True)
            plan.places.know_receipt(statement.stream, statement.client_id, repeat)
    for epoch in record.epochs:
        plan.heads[epoch.channel] = plan.places.begin(epoch)
    plan.committed.append(Committed(record, receipt))
    return receipt


def offer(plan: Plan, devices_online: DevicesOnline) -> None:
    """One leaf for each channel of the plan, naming the devices that are offered its new envelopes."""
    spans: dict[bytes, tuple[PlannedStatement, PlannedStatement, bytes | None]] = {}
    for committed, statement in zip(_with_statement(plan), plan.statements, strict=True):
        if statement.draft.kind == "channel":
            first = spans[statement.draft.stream][0] if statement.draft.stream in spans else statement
            spans[statement.draft.stream] = first, statement, committed.record.leaf.operation
    for stream, (first, last, operation) in spans.items():
        devices = devices_online(stream)
        if devices:
            draft = LeafDraft(
                "offer",
                operation=operation,
                object=b64(last.draft.id),
                detail={"devices": devices, "first": first.receipt.seq, "last": last.receipt.seq},
            )
            salts = os.urandom(32)
            _leaf(plan, draft, draft.object, detail_of(draft, salts[:16]), salts[16:])


def _with_statement(plan: Plan) -> list[Committed]:
    return [committed for committed in plan.committed if committed.record.statement is not None]


def _leaf(plan: Plan, draft: LeafDraft, subject: str | None, detail: bytes, salt: bytes) -> int:
    """Appends the leaf. Its salt isn't the detail's: who is shown a leaf mustn't be able to guess its detail."""
    index = plan.places.tree.size
    body = body_of(draft, plan.at, subject, detail_hash(detail), salt)
    digest = leaf_hash(body)
    plan.tiles += plan.places.tree.append(digest)
    plan.places.at = plan.at
    plan.leaves.append(PlannedLeaf(index, body, digest, detail, draft))
    return index
