"""The one form in which statements travel: in requests, lists, live frames and files (docs/spec/14-packet.md)."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crypto.encoding import Json, canon, parse
from crypto.errors import Malformed

PARTS: Final = 5
SIGNATURE_SIZE: Final = 64


@dataclass(frozen=True, slots=True)
class Packet:
    """A statement with what stands beside it. `place` is the hub's word, signed by nobody; None on the way in."""

    place: dict[str, Any] | None
    body: bytes
    act: bytes
    signatures: tuple[bytes, ...]
    beside: bytes


def pack(
    place: Mapping[str, Json] | None, body: bytes, act: bytes, signatures: Sequence[bytes], beside: bytes
) -> bytes:
    """Five parts, each ``size (4, big-endian) ‖ bytes``: place, body, act, signatures, beside."""
    if any(len(signature) != SIGNATURE_SIZE for signature in signatures):
        raise Malformed("a signature has 64 bytes")
    parts = (b"" if place is None else canon(place), body, act, b"".join(signatures), beside)
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def unpack_all(raw: bytes) -> list[Packet]:
    """Every packet in `raw`. Raises Malformed unless they fill it exactly, NotCanonical for a place that isn't."""
    parts = list(_split(raw))
    if len(parts) % PARTS:
        raise Malformed("ends inside a packet")
    return [_packet(*parts[i : i + PARTS]) for i in range(0, len(parts), PARTS)]


def _packet(place: bytes, body: bytes, act: bytes, signatures: bytes, beside: bytes) -> Packet:
    if len(signatures) % SIGNATURE_SIZE:
        raise Malformed("signatures of another size")
    told = parse(place) if place else None
    if told is not None and not isinstance(told, dict):
        raise Malformed("a place that is no object")
    each = tuple(signatures[i : i + SIGNATURE_SIZE] for i in range(0, len(signatures), SIGNATURE_SIZE))
    return Packet(told, body, act, each, beside)


def _split(raw: bytes) -> Iterable[bytes]:
    at = 0
    while at < len(raw):
        if at + 4 > len(raw):
            raise Malformed("ends inside a size")
        (size,) = struct.unpack_from(">I", raw, at)
        at += 4
        if at + size > len(raw):
            raise Malformed("ends inside a part")
        yield raw[at : at + size]
        at += size
