"""
The one form in which statements travel, alone or many in a row (docs/spec/15-packet.md).

A packet is five parts in order, each ``u32be length ‖ bytes``:
place ‖ body ‖ act ‖ signatures (64 bytes for each signer) ‖ beside
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.errors import Malformed, TooLarge

SIGNATURE_SIZE: Final = 64
MAX_PART: Final = 4 * 1024 * 1024  # the wraps beside an operation's entry

_SIZE: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Packet:
    """
    `place`: where the hub put it, canonical JSON {stream, kind, seq, leaf, at, chain?}; empty when a client submits.
    `body`: the signed bytes. `act`: of a directory entry, what it orders. `beside`: ciphertext, or wraps and templates.
    """

    place: bytes
    body: bytes
    act: bytes
    signatures: tuple[bytes, ...]
    beside: bytes


def pack(place: bytes, body: bytes, act: bytes, signatures: Sequence[bytes], beside: bytes) -> bytes:
    """The packet's bytes."""
    return join_parts((place, body, act, b"".join(signatures), beside))


def unpack(raw: bytes) -> Packet:
    """The only packet in `raw`. Raises Malformed for none, several or a rest, TooLarge for a part over 4 MiB."""
    packets = list(unpack_all(raw))
    if len(packets) != 1:
        raise Malformed(f"{len(packets)} packets, not one")
    return packets[0]


def unpack_all(raw: bytes) -> Iterator[Packet]:
    """Packets in a row. Raises Malformed where the bytes end inside one, TooLarge for a part over 4 MiB."""
    parts = list(split_parts(raw))
    if len(parts) % 5 != 0:
        raise Malformed("the bytes end inside a packet")
    for at in range(0, len(parts), 5):
        place, body, act, signatures, beside = parts[at : at + 5]
        yield Packet(place, body, act, _split_signatures(signatures), beside)


def join_parts(parts: Sequence[bytes]) -> bytes:
    """Each part behind its length: also how wraps and templates stand in `beside`."""
    return b"".join([piece for part in parts for piece in (_SIZE.pack(len(part)), part)])


def split_parts(raw: bytes) -> Iterator[bytes]:
    """The reverse of `join_parts`. Raises Malformed where the bytes end inside a part, TooLarge."""
    at = 0
    while at < len(raw):
        if at + 4 > len(raw):
            raise Malformed("the bytes end inside a length")
        (size,) = _SIZE.unpack_from(raw, at)
        if size > MAX_PART:
            raise TooLarge(f"a part of {size} bytes, at most {MAX_PART}")
        if at + 4 + size > len(raw):
            raise Malformed("the bytes end inside a part")
        yield raw[at + 4 : at + 4 + size]
        at += 4 + size


def _split_signatures(joined: bytes) -> tuple[bytes, ...]:
    if len(joined) % SIGNATURE_SIZE != 0:
        raise Malformed("a signature has 64 bytes")
    return tuple(joined[at : at + SIGNATURE_SIZE] for at in range(0, len(joined), SIGNATURE_SIZE))
