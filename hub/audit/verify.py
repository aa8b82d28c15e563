"""
The whole log counted again from the bodies of its leaves, and everything beside it held against them (`ncphub audit
verify`; docs/operating/README.md).

Only two things are believed: the hub id that the operator knows, and SHA-256. From the genesis with that id follow the
log's key, the administrators, every certificate and membership, and with these every signature in the journal.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crypto import membership
from crypto.certificate import Certificate, check_certificate_leaf, read_certificate
from crypto.chain import chain_start, channel_chain
from crypto.changes import read_entry
from crypto.directory import DirectoryHistory
from crypto.encoding import AccountId, DeviceId, OperationId, b64, hash_of, parse, statement_id, unb64
from crypto.envelope import Header, check_envelope, read_header
from crypto.errors import BadSignature, ProtocolError, WrongPlace
from crypto.merkle import Frontier, leaf_hash
from crypto.readers import Operation
from crypto.tlog import read_checkpoint
from hub.audit import queries
from hub.clock import to_milliseconds
from hub.db.pool import Connection, Pool
from hub.journal.records import FIRST_SEQ, STATEMENT_LEAVES, Kind

PORTION: Final = 2048
"""Leaves that are read at once: a multiple of a tile's width."""

WIDTH: Final = 256
MOST_FINDINGS: Final = 1000
SIGNATURE: Final = 64

CONTEXTS: Final[dict[Kind, str]] = {"directory": "directory-entry", "operation": "entry", "channel": "envelope"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that isn't what it was: its table, the leaf (or the row's own number) it belongs to, what doesn't fit."""

    table: str
    number: int | None
    fault: str


@dataclass(slots=True)
class Report:
    """What was counted and what was found; `erased` details are no finding, they may be erased."""

    size: int = 0
    root: bytes = b""
    statements: int = 0
    checkpoints: int = 0
    erased: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.findings


Progress = Callable[[int, int], Awaitable[None]]


async def verify(pool: Pool, hub: bytes | None = None, progress: Progress | None = None) -> Report:
    """
    Recounts the log as it stands at this moment, in one snapshot, a portion of leaves at a time.

    `hub` is the hub id that the operator knows; without it the genesis in the database is believed. `progress` is told
    how many leaves of how many are done.
    """
    async with pool.acquire() as db, db.transaction(isolation="repeatable_read", readonly=True):
        recount = _Recount(db, hub)
        head = await queries.tree_head(db)
        await recount.take_checkpoints()
        await recount.take_certificates()
        for start in range(0, head.size, PORTION):
            rows = {row["index"]: row for row in await queries.leaves(db, start, PORTION)}
            for index in range(start, min(start + PORTION, head.size)):
                recount.leaf(index, rows.get(index))
            await recount.compare_tiles(start, min(start + PORTION, head.size))
            if progress is not None:
                await progress(min(start + PORTION, head.size), head.size)
        await recount.finish(head)
        return recount.report


class _Recount:
    """The count so far: the tree, every chain, every state that signatures are judged by."""

    def __init__(self, db: Connection, hub: bytes | None) -> None:
        self.report = Report()
        self._db = db
        self._hub = hub
        self._tree = Frontier()
        self._hashes: list[list[bytes]] = [[]]
        self._notes: dict[int, str] = {}
        self._roots: dict[int, bytes] = {}
        self._streams: dict[bytes, tuple[int, bytes | None, bytes | None]] = {}
        self._history = DirectoryHistory()
        self._operations: dict[OperationId, Operation] = {}
        self._certificates: dict[bytes, Certificate] = {}

    async def take_certificates(self) -> None:
        """Whose words may be missing: only a certificate that the log names excuses it."""
        for row in await queries.certificates(self._db):
            try:
                check_certificate_leaf(row["body"] or b"", row["certificate"])
                self._certificates[row["operation"]] = read_certificate(row["certificate"])
            except ProtocolError as error:
                self._find("destruction", row["leaf"], f"its certificate doesn't hold: {error}")

    def leaf(self, index: int, row: Mapping[str, Any] | None) -> None:
        """One leaf with all that belongs to it, in the order of the log."""
        if row is None:
            self._find("leaf", index, "missing")
            self._grow(leaf_hash(b""))
            return
        body: bytes = row["body"]
        if leaf_hash(body) != row["hash"]:
            self._find("leaf", index, "the body doesn't have the hash beside it")
        self._grow(leaf_hash(body))
        try:
            leaf = parse(body)
            self._columns(index, leaf, row)
            self._detail(index, leaf, row["detail"])
        except (ProtocolError, KeyError, TypeError, AttributeError):
            self._find("leaf", index, "the body isn't a leaf")
            return
        if row["id"] is not None:
            self.report.statements += 1
            self._statement(index, leaf, row)
        elif any(leaf["type"] in types for types in STATEMENT_LEAVES.values()):
            self._find("statement", index, "missing")

    async def take_checkpoints(self) -> None:
        for size, note in await queries.checkpoints(self._db):
            self._notes[size] = note

    async def compare_tiles(self, start: int, end: int) -> None:
        """The full tiles that ended between two sizes, of every level, against the hashes counted here."""
        for level, counted in enumerate(self._hashes):
            scale = WIDTH ** (level + 1)
            first, last = start // scale, end // scale
            if first == last:
                continue
            rows = {row["index"]: row for row in await queries.tiles(self._db, level, first, last)}
            for index in range(first, last):
                own = counted[:WIDTH]
                del counted[:WIDTH]
                self._tile(level, index, own, rows.get(index))

    async def finish(self, head: queries.TreeHead) -> None:
        """What can only be compared at the end: tree head, checkpoints, ends of streams, rows that belong nowhere."""
        self.report.size, self.report.root = self._tree.size, self._tree.root()
        if head.root != self._tree.root() or head.frontier != self._tree.hashes:
            self._find("tree_head", None, "the root isn't the one of the leaves")
        self._check_notes()
        self._check_certificates()
        ends = {
            row["stream"]: (row["last_seq"], row["last_id"], row["chain"]) for row in await queries.streams(self._db)
        }
        for stream, last in self._streams.items():
            if ends.get(stream) != last:
                self._find("stream", None, f"the end of {b64(stream)} isn't its last statement")
        for table, number in await queries.strays(self._db, head.size):
            self._find(table, number, "belongs to no leaf")

    def _find(self, table: str, number: int | None, fault: str) -> None:
        if len(self.report.findings) < MOST_FINDINGS:
            self.report.findings.append(Finding(table, number, fault))

    def _grow(self, digest: bytes) -> None:
        for level, _, value in self._tree.append(digest):
            storey, within = divmod(level, 8)
            if within == 0:
                if storey == len(self._hashes):
                    self._hashes.append([])
                self._hashes[storey].append(value)
        if self._tree.size in self._notes:
            self._roots[self._tree.size] = self._tree.root()

    def _columns(self, index: int, leaf: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        said = (leaf["type"], leaf["actor"], leaf.get("operation"), leaf["at"])
        if said != (row["type"], _named(row["actor"]), _named(row["operation"]), to_milliseconds(row["at"])):
            self._find("leaf", index, "a column doesn't say what the body says")

    def _detail(self, index: int, leaf: Mapping[str, Any], detail: Mapping[str, Any] | None) -> None:
        if detail is None:
            self.report.erased += 1
            return
        try:
            fits = b64(hash_of("leaf-detail", detail)) == leaf["hash"]
        except ProtocolError:
            fits = False
        if not fits:
            self._find("leaf_detail", index, "isn't what the leaf committed to")

    def _tile(self, level: int, index: int, own: list[bytes], row: Mapping[str, Any] | None) -> None:
        if row is None:
            self._find("tile", index, f"missing at level {level}")
            return
        kept: bytes = row["hashes"]
        for place, value in enumerate(own):
            if kept[32 * place : 32 * place + 32] != value:
                number = (index * WIDTH + place) * WIDTH**level
                self._find("tile", number, f"holds another hash than the leaves give, at level {level}")

    def _check_notes(self) -> None:
        if not self._notes or self._history.size == 0:
            return
        genesis = self._history.at(1).genesis
        for size, note in self._notes.items():
            self.report.checkpoints += 1
            try:
                signed = read_checkpoint(note, genesis.log_origin, genesis.log_key)
            except ProtocolError:
                self._find("checkpoint", size, "isn't signed by the log's key")
                continue
            if signed != (size, self._roots.get(size)):
                self._find("checkpoint", size, "was signed under another tree")

    def _statement(self, index: int, leaf: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        kind: Kind = row["kind"]
        if leaf["type"] not in STATEMENT_LEAVES.get(kind, ()):
            self._find("statement", index, "isn't of the kind that the leaf records")
            return
        named = statement_id(CONTEXTS[kind], row["statement"])
        if named != row["id"] or leaf["object"] != b64(named):
            self._find("statement", index, "isn't the statement that the leaf names")
            return
        if row["stated_at"] != row["at"]:
            self._find("statement", index, "has another time than its leaf")
        try:
            self._verify(kind, row)
        except BadSignature:
            self._find("statement", index, "its signature doesn't fit")
        except ProtocolError as error:
            self._find("statement", index, f"may not stand there: {error}")
        self._order(index, kind, named, row)

    def _verify(self, kind: Kind, row: Mapping[str, Any]) -> None:
        """The signatures and rules of a statement, by everything that stands before it in the log."""
        signatures = _split(row["signatures"])
        if kind == "directory":
            is_genesis = self._history.size == 0
            self._history.append(row["statement"], row["act"] or b"", signatures)
            if is_genesis:  # told once: what follows is judged by the genesis that is there
                self._check_hub(row["act"] or b"")
        elif kind == "operation":
            entry = read_entry(row["statement"])
            before = None if entry.operation is None else self._operations.get(entry.operation)
            if entry.operation is not None and before is None:
                raise WrongPlace("an entry of an unknown operation")
            directory = self._history.at(entry.directory_size)
            after = membership.apply(before, directory, row["statement"], signatures)
            membership.check_at_its_place(before, entry, self._history.latest)
            if row["stream"] != after.id:
                raise WrongPlace("in the stream of another operation")
            self._operations[after.id] = after
        else:
            header = read_header(row["statement"])
            self._check_place(header, row)
            key = self._history.latest.devices.get(DeviceId(header.device))
            if key is None or key.account != AccountId(header.account):
                raise WrongPlace("by an unknown device")
            if len(signatures) != 1:
                raise BadSignature("not one signature")
            check_envelope(header, signatures[0], key.key, self._history.latest.hub)

    def _check_hub(self, genesis: bytes) -> None:
        hub = statement_id("genesis", genesis)
        if self._hub is not None and hub != self._hub:
            raise WrongPlace(f"the genesis is that of {b64(hub)}")

    def _check_place(self, header: Header, row: Mapping[str, Any]) -> None:
        columns = (row["stream"], row["client_id"], row["account"], row["device"], row["device_seq"])
        if columns != (header.channel, header.id, header.account, header.device, header.device_seq):
            raise WrongPlace("a column doesn't say what the header says")
        beside: bytes = row["beside"]
        if header.ciphertext_hash is None or header.operation in self._certificates:
            fits = not beside
        else:
            fits = hashlib.sha256(beside).digest() == header.ciphertext_hash
        if not fits:
            raise WrongPlace("the ciphertext isn't the one that was signed")

    def _check_certificates(self) -> None:
        """Nothing was destroyed that two hadn't given notice of, or before the notice was over."""
        for operation, certificate in self._certificates.items():
            state = self._operations.get(OperationId(operation))
            if state is None or state.destroy_at is None or state.destroy_at > certificate.at:
                self._find("destruction", None, f"{b64(operation)} was not to be destroyed then")

    def _order(self, index: int, kind: Kind, named: bytes, row: Mapping[str, Any]) -> None:
        """Sequence and rolling chain of the statement's stream."""
        stream: bytes = row["stream"]
        seq, _, chain = self._streams.get(stream, (FIRST_SEQ[kind] - 1, None, None))
        if row["seq"] != seq + 1:
            self._find("statement", index, f"stands at place {row['seq']}, not {seq + 1}, of its stream")
        if kind == "channel":
            chain = channel_chain(chain or self._start(row), named)
            if row["chain"] != chain:
                self._find("statement", index, "doesn't continue the rolling chain of its channel")
        self._streams[stream] = row["seq"], named, chain

    def _start(self, row: Mapping[str, Any]) -> bytes:
        said = json.loads(row["statement"])
        try:
            return chain_start(unb64(said["hub"]), unb64(said["operation"]), row["stream"])
        except (KeyError, TypeError, ProtocolError):
            return bytes(32)


def _named(id: bytes | None) -> str | None:
    return None if id is None else b64(id)


def _split(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[at : at + SIGNATURE] for at in range(0, len(joined), SIGNATURE))
