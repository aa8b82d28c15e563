"""What everyone can check of an epoch without opening it: readers, wraps, record (docs/spec/10-epochs.md)."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from crypto.encoding import AccountId, ChannelId, Json, b64, commit_to, fields, hash_of, id16, id32, integer, octets
from crypto.errors import BadPrevious, NotNext, WrongReaders, WrongWraps
from crypto.merkle import hashes_of, inclusion_path, leaf_hash, root, verify_inclusion

WRAP_SIZE: Final = 1168  # KEM ciphertext (1,120) ‖ sealed secret (32) ‖ tag (16)
PREVIOUS_SIZE: Final = 12 + 32 + 16
MAX_LABEL_SIZE: Final = 12 + 480 + 16


@dataclass(frozen=True, slots=True)
class Reader:
    """One who may read a channel: the account with the keys it had then."""

    account: AccountId
    aik: bytes
    generation: int
    aek_hash: bytes


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """An epoch as its author's signed entry holds it."""

    channel: ChannelId
    epoch: int
    readers_hash: bytes
    wraps_hash: bytes
    commitment: bytes
    label: bytes  # the channel's free name, sealed
    seen_seq: int  # how far the author had verified the channel's envelopes
    seen_chain: bytes
    previous: bytes | None  # the former epoch's secret, sealed under this one


def read_record(value: Any) -> EpochRecord:
    """Raises Malformed."""
    fields(value, "channel epoch readers_hash wraps_hash commitment label seen previous")
    seen = fields(value["seen"], {"seq", "chain"})
    return EpochRecord(
        channel=ChannelId(id16(value["channel"])),
        epoch=integer(value["epoch"], 1),
        readers_hash=id32(value["readers_hash"]),
        wraps_hash=id32(value["wraps_hash"]),
        commitment=id32(value["commitment"]),
        label=octets(value["label"], 12 + 16, MAX_LABEL_SIZE),
        seen_seq=integer(seen["seq"]),
        seen_chain=id32(seen["chain"]),
        previous=None if value["previous"] is None else octets(value["previous"], PREVIOUS_SIZE, PREVIOUS_SIZE),
    )


def record_form(record: EpochRecord) -> dict[str, Json]:
    """The written form of a record, for an entry's `epochs`."""
    return {
        "channel": b64(record.channel),
        "epoch": record.epoch,
        "readers_hash": b64(record.readers_hash),
        "wraps_hash": b64(record.wraps_hash),
        "commitment": b64(record.commitment),
        "label": b64(record.label),
        "seen": {"seq": record.seen_seq, "chain": b64(record.seen_chain)},
        "previous": None if record.previous is None else b64(record.previous),
    }


def readers_hash(readers: Sequence[Reader]) -> bytes:
    """SHA-256(PAE("readers", [[account, AIK, generation, AEK hash], …])), sorted by the account's raw bytes."""
    ranked = sorted(readers, key=lambda r: r.account)
    return hash_of("readers", [[b64(r.account), b64(r.aik), r.generation, b64(r.aek_hash)] for r in ranked])


def wrap_leaf(account: AccountId, generation: int, wrap: bytes) -> bytes:
    """The tree's leaf for one reader's wrap: PAE("wrap-leaf", {account, generation, wrap})."""
    return commit_to("wrap-leaf", {"account": b64(account), "generation": generation, "wrap": b64(wrap)})


def wraps_root(readers: Sequence[Reader], wraps: Sequence[bytes]) -> bytes:
    """`wraps_hash`: RFC 6962 root over the leaves in the readers' order. Raises WrongWraps unless one for each."""
    return root(_leaves(readers, wraps))


def wrap_path(readers: Sequence[Reader], wraps: Sequence[bytes], index: int) -> list[bytes]:
    """The path by which reader `index` checks that its wrap stands under the signed `wraps_hash`."""
    return inclusion_path(index, len(wraps), hashes_of(_leaves(readers, wraps)))


def verify_wrap(
    account: AccountId, generation: int, wrap: bytes, index: int, size: int, path: Sequence[bytes], wraps_hash: bytes
) -> None:
    """Raises BadProof unless this wrap stands at `index` of `size` under `wraps_hash`, WrongWraps for its length."""
    if len(wrap) != WRAP_SIZE:
        raise WrongWraps(f"a wrap of {len(wrap)} bytes, not {WRAP_SIZE}")
    verify_inclusion(index, size, leaf_hash(wrap_leaf(account, generation, wrap)), path, wraps_hash)


def check_epoch_record(record: EpochRecord, readers: Sequence[Reader], former: int, keeps_history: bool) -> None:
    """
    Raises NotNext unless the record follows the epoch `former` (0: none), WrongReaders unless it is for exactly
    `readers` (no ghost, none left out), BadPrevious unless `previous` is there exactly when history is kept.
    """
    if record.epoch != former + 1:
        raise NotNext(f"epoch {record.epoch} after {former}")
    if not readers or record.readers_hash != readers_hash(readers):
        raise WrongReaders("the epoch isn't for the computed readers")
    if (record.previous is not None) != (keeps_history and former > 0):
        raise BadPrevious("the former secret is missing, or given where history isn't")


def check_wraps(wraps_hash: bytes, wraps: Sequence[bytes], readers: Sequence[Reader]) -> None:
    """Raises WrongWraps unless there is one wrap for each reader, in order, of the right length, under the hash."""
    if wraps_root(readers, wraps) != wraps_hash:
        raise WrongWraps("the wraps aren't those that were signed")


def _leaves(readers: Sequence[Reader], wraps: Sequence[bytes]) -> list[bytes]:
    if len(wraps) != len(readers) or any(len(wrap) != WRAP_SIZE for wrap in wraps):
        raise WrongWraps(f"{len(wraps)} wraps for {len(readers)} readers, or one of the wrong length")
    if any(a.account >= b.account for a, b in itertools.pairwise(readers)):
        raise WrongWraps("readers out of order")
    return [leaf_hash(wrap_leaf(r.account, r.generation, wrap)) for r, wrap in zip(readers, wraps, strict=True)]
