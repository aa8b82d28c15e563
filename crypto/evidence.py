"""
One statement as one file that anybody can verify who knows the hub's id: no network, no key (docs/spec/17-evidence.md).

File: ``title line ‖ packets``: the statement, the directory's entries, the operation's entries, in their order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from crypto import membership
from crypto.acts import read_act
from crypto.changes import read_entry
from crypto.directory import DirectoryHistory, Signed
from crypto.encoding import (
    HubId,
    Json,
    b64,
    canon,
    fields,
    id32,
    integer,
    items,
    known,
    matching,
    octets,
    parse,
)
from crypto.envelope import Header, check_envelope, envelope_id, read_header
from crypto.errors import (
    BadCheckpoint,
    BadProof,
    Forked,
    Gap,
    Malformed,
    NotCertified,
    NotNext,
    Revoked,
    StaleEpoch,
    TooLarge,
    UnknownVersion,
    WrongHub,
    WrongPlace,
)
from crypto.merkle import leaf_hash, verify_inclusion
from crypto.packet import pack, unpack_all
from crypto.people import Account, Device, Directory
from crypto.readers import Operation
from crypto.sealing import content_hash
from crypto.tlog import MAX_ENTRY, read_checkpoint

MEDIA_TYPE: Final = "application/vnd.ncphub.evidence"
SUFFIX: Final = ".ncphub"
MAX_FILE: Final = 64 * 1024 * 1024

_TITLE: Final = b"NCP Hub evidence 1\n"
_TITLE_OF_EXERCISE: Final = b"NCP Hub evidence 1 EXERCISE\n"
_OTHER_TITLE = re.compile(rb"NCP Hub evidence [1-9][0-9]{0,3}( EXERCISE)?\n")
_NOTE = re.compile(r"[\s\S]{1,10000}")
_NOTE_LINES: Final = 5  # origin, size, root, an empty line, the log's own signature
_LONGEST_PATH: Final = 53


@dataclass(frozen=True, slots=True)
class Proof:
    """That the log holds `leaf` at `index`."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LogProofs:
    """A signed checkpoint and what stands under it: both chains' last entries of the file, and the statement."""

    checkpoint: str
    directory: Proof
    operation: Proof
    statement: Proof


@dataclass(frozen=True, slots=True)
class SignedEntry:
    """One entry of an operation as it travels, without what stands beside it."""

    body: bytes
    signatures: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a file holds, in its form; nothing of it is verified. `content`: canonical {salt, body}, empty for none."""

    exercise: bool
    statement: bytes
    signature: bytes
    content: bytes
    directory: tuple[Signed, ...]
    operation: tuple[SignedEntry, ...]
    log: LogProofs


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verified file proves: who said what, as of which directory and operation, at which place of the log."""

    directory: Directory
    operation: Operation
    header: Header
    author: Account
    device: Device
    certified_by: tuple[str, ...]  # administrators who signed the author's last certification
    id: bytes
    body: dict[str, Any] | None  # None: a statement without words, such as an acknowledgement
    leaf: int
    logged_at: int  # ms UTC, the hub's clock
    log_size: int

    @property
    def exercise(self) -> bool:
        return self.directory.genesis.exercise


def pack_evidence(bundle: Bundle) -> bytes:
    """The file's bytes."""
    log: Json = {
        "checkpoint": bundle.log.checkpoint,
        "directory": _proof_form(bundle.log.directory),
        "operation": _proof_form(bundle.log.operation),
        "statement": _proof_form(bundle.log.statement),
    }
    head = canon({"v": 1, "directory": len(bundle.directory), "operation": len(bundle.operation), "log": log})
    return b"".join(
        (
            _TITLE_OF_EXERCISE if bundle.exercise else _TITLE,
            pack(head, bundle.statement, b"", [bundle.signature], bundle.content),
            *(pack(b"", signed.entry, signed.act, signed.signatures, b"") for signed in bundle.directory),
            *(pack(b"", entry.body, b"", entry.signatures, b"") for entry in bundle.operation),
        )
    )


def read_evidence(raw: bytes) -> Bundle:
    """
    The parts of a file. Raises TooLarge, UnknownVersion, NotCanonical, Gap where entries are missing that the file
    says it has, Malformed for what isn't of the form, also for bytes where none belong.
    """
    if len(raw) > MAX_FILE:
        raise TooLarge(f"{len(raw)} bytes, at most {MAX_FILE} are allowed")
    title = _title(raw)
    packets = list(unpack_all(raw[len(title) :]))
    if not packets:
        raise Malformed("a file without a statement")
    said, chains = packets[0], packets[1:]
    head = fields(parse(said.place), "v directory operation log")
    known(head["v"])
    entries, commits = integer(head["directory"], 1), integer(head["operation"], 1)
    if len(chains) < entries + commits:
        raise Gap("entries are missing that the file says it has")
    if len(chains) > entries + commits or said.act or len(said.signatures) != 1:
        raise Malformed("more than belongs into the file, or not one signature")
    if any(packet.place or packet.beside for packet in chains) or any(packet.act for packet in chains[entries:]):
        raise Malformed("bytes beside an entry that nothing vouches for")
    return Bundle(
        exercise=title == _TITLE_OF_EXERCISE,
        statement=said.body,
        signature=said.signatures[0],
        content=said.beside,
        directory=tuple(Signed(packet.body, packet.act, packet.signatures) for packet in chains[:entries]),
        operation=tuple(SignedEntry(packet.body, packet.signatures) for packet in chains[entries:]),
        log=_read_log(head["log"]),
    )


def verify_evidence(raw: bytes, hub: HubId) -> Evidence:
    """
    What the file proves to somebody who trusts only that `hub` is the hub's id.

    Raises the ProtocolError that names what doesn't fit. The steps:
    1. the form of the file;
    2. the directory from its genesis, which is `hub`, and the mark of an exercise;
    3. the operation from its opening;
    4. the statement: its place, its author's device and signature, what the author had seen of both chains;
    5. that it was allowed there;
    6. its words;
    7. the log: statement and last entries stand under a checkpoint signed by the hub's log, in this order.
    """
    bundle = read_evidence(raw)
    directory, history = _replay_directory(bundle, hub)
    operation, heads = _replay_operation(bundle, history)
    header = read_header(bundle.statement)
    author, device = _check_author(header, bundle.signature, directory, operation)
    _check_seen(header, directory, heads)
    _check_allowed(header, directory, operation)
    body = _check_words(header, bundle.content)
    statement = envelope_id(bundle.statement)
    logged_at, log_size = _check_log(bundle.log, directory, operation, header, statement)
    certify = read_act(bundle.directory[author.certified_seq].act)
    administrators = history.at(author.certified_seq).administrators  # others may have followed them
    return Evidence(
        directory=directory,
        operation=operation,
        header=header,
        author=author,
        device=device,
        certified_by=tuple(one.name for one in administrators if one.id in certify.by),
        id=statement,
        body=body,
        leaf=bundle.log.statement.index,
        logged_at=logged_at,
        log_size=log_size,
    )


def _title(raw: bytes) -> bytes:
    for title in (_TITLE, _TITLE_OF_EXERCISE):
        if raw.startswith(title):
            return title
    if _OTHER_TITLE.match(raw):
        raise UnknownVersion("a file of a newer version: an update is needed")
    raise Malformed("not a file of evidence")


def _replay_directory(bundle: Bundle, hub: HubId) -> tuple[Directory, DirectoryHistory]:
    history = DirectoryHistory()
    for signed in bundle.directory:
        state = history.append(signed.entry, signed.act, signed.signatures)
        if state.hub != hub:
            raise WrongHub("evidence from another hub than the one that was named")
    if bundle.exercise != history.latest.genesis.exercise:
        raise Malformed("the title doesn't say rightly whether this is an exercise")
    return history.latest, history


def _replay_operation(bundle: Bundle, history: DirectoryHistory) -> tuple[Operation, list[bytes]]:
    """The operation after its last entry, and the id of each."""
    state: Operation | None = None
    heads = []
    for signed in bundle.operation:
        size = read_entry(signed.body).directory_size
        if size > history.size:
            raise Gap("an author had seen an entry of the directory that is missing here")
        state = membership.apply(state, history.at(size), signed.body, signed.signatures)
        heads.append(state.head)
    if state is None:
        raise Gap("an operation without its opening")
    return state, heads


def _check_author(
    header: Header, signature: bytes, directory: Directory, operation: Operation
) -> tuple[Account, Device]:
    author, device = directory.account(header.account), directory.devices.get(header.device)
    if device is None or device.account != header.account:
        raise NotCertified("the author has no such device")
    check_envelope(header, signature, device.key, directory.hub)
    if header.operation != operation.id:
        raise WrongPlace("said in another operation")
    return author, device


def _check_seen(header: Header, directory: Directory, heads: Sequence[bytes]) -> None:
    if header.directory_size > directory.size or header.head.seq >= len(heads):
        raise Gap("the author had seen an entry that is missing here")
    if header.head.id != heads[header.head.seq]:
        raise Forked("the author had seen another past of the operation")


def _check_allowed(header: Header, directory: Directory, operation: Operation) -> None:
    if not directory.device_valid(header.device, header.account):
        raise Revoked("the author's device was revoked")
    membership.may_send(operation, header.channel, header.account, header.kind, directory)
    epoch = operation.channel(header.channel).epoch
    current = 0 if epoch is None else epoch.number
    if header.epoch > current or (header.content is not None and header.epoch != current):
        raise StaleEpoch("another epoch was current")


def _check_words(header: Header, content: bytes) -> dict[str, Any] | None:
    if header.content is None:
        if content:
            raise Malformed("words beside a statement that has none")
        return None
    value = fields(parse(content), {"salt", "body"})
    salt, body = octets(value["salt"], 32, 32), value["body"]
    if not isinstance(body, dict):
        raise Malformed("the words aren't an object")
    if content_hash(salt, body) != header.content:
        raise WrongPlace("other words than the author signed")
    return body


def _check_log(
    log: LogProofs, directory: Directory, operation: Operation, header: Header, statement: bytes
) -> tuple[int, int]:
    """When the hub logged the statement, and the size of the log that was signed."""
    genesis = directory.genesis
    if log.checkpoint.count("\n") != _NOTE_LINES:
        raise BadCheckpoint("not one note with the log's signature alone")
    size, root = read_checkpoint(log.checkpoint, genesis.log_origin, genesis.log_key)
    last_act = "genesis" if directory.size == 1 else "act"
    stands = (
        (log.directory, last_act, directory.head),
        (log.operation, "entry", operation.head),
        (log.statement, "envelope", statement),
    )
    leaf: dict[str, Any] = {}
    for proof, kind, named in stands:
        leaf = _read_leaf(proof.leaf)
        if leaf["type"] != kind or leaf["object"] != b64(named):
            raise BadProof("the log holds something else there")
        verify_inclusion(proof.index, size, leaf_hash(proof.leaf), proof.path, root)
    if (leaf["actor"], leaf.get("operation")) != (b64(header.account), b64(header.operation)):
        raise BadProof("the log names another author or operation")
    if max(log.directory.index, log.operation.index) >= log.statement.index:
        raise NotNext("an entry that the log holds behind the statement")
    return integer(leaf["at"]), size


def _read_leaf(body: bytes) -> dict[str, Any]:
    leaf = fields(parse(body), "v type at actor object hash salt", "device operation")
    known(leaf["v"])
    return leaf


def _proof_form(proof: Proof) -> Json:
    return {"index": proof.index, "leaf": b64(proof.leaf), "path": [b64(one) for one in proof.path]}


def _read_proof(value: Any) -> Proof:
    fields(value, {"index", "leaf", "path"})
    path = tuple(id32(one) for one in items(value["path"], _LONGEST_PATH))
    return Proof(integer(value["index"]), octets(value["leaf"], 1, MAX_ENTRY), path)


def _read_log(value: Any) -> LogProofs:
    fields(value, {"checkpoint", "directory", "operation", "statement"})
    return LogProofs(
        matching(value["checkpoint"], _NOTE),
        _read_proof(value["directory"]),
        _read_proof(value["operation"]),
        _read_proof(value["statement"]),
    )
