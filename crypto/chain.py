"""What every chain shares: the next link, the pinned head, the rolling chain of a channel (docs/spec/07-chain.md)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crypto.encoding import b64, hash_of
from crypto.errors import Forked, NotNext, RolledBack

PROTOCOL: Final = 1  # the newest version of the chains that this client knows
SUITE: Final = 1


@dataclass(frozen=True, slots=True)
class Link:
    """One entry's place: `seq` counts from 0, `prev` is the id of the entry before (None at 0)."""

    seq: int
    prev: bytes | None
    id: bytes


@dataclass(frozen=True, slots=True)
class Pin:
    """What was already verified: the first `size` entries, the last of them with the id `head`."""

    size: int
    head: bytes


def check_next(head: Link | None, seq: int, prev: bytes | None) -> None:
    """Raises NotNext unless (seq, prev) follow `head` (None: nothing yet)."""
    expected = (0, None) if head is None else (head.seq + 1, head.id)
    if (seq, prev) != expected:
        raise NotNext(f"seq {seq} doesn't follow the head; {expected[0]} is next")


def check_not_rolled_back(pin: Pin, size: int, id_at: Callable[[int], bytes]) -> None:
    """
    Raises RolledBack if a chain of `size` entries is shorter than what was pinned, Forked if its entry at the pinned
    place is another. `id_at(seq)` gives the id of an entry of the chain now offered.
    """
    if size < pin.size:
        raise RolledBack(f"{size} entries, {pin.size} were seen before")
    if pin.size and id_at(pin.size - 1) != pin.head:
        raise Forked(f"entry {pin.size - 1} isn't the one seen before")


def chain_start(hub: bytes, operation: bytes, channel: bytes) -> bytes:
    """chain_0 of a channel."""
    return hash_of("channel", {"hub": b64(hub), "operation": b64(operation), "channel": b64(channel)})


def channel_chain(previous: bytes, envelope: bytes) -> bytes:
    """chain_n = SHA-256(chain_{n−1} ‖ id of envelope n)."""
    return hashlib.sha256(previous + envelope).digest()
