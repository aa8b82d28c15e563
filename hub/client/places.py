"""Where the hub says that a statement stands: claims, until they are checked (docs/spec/15-packet.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crypto.encoding import canon, integer, parse
from crypto.errors import ProtocolError
from crypto.packet import Packet
from hub.client.errors import Fault


@dataclass(frozen=True, slots=True)
class Place:
    """`seq` in its stream, `leaf` in the log, `at` ms UTC by the hub's clock."""

    stream: str
    kind: str
    seq: int
    leaf: int
    at: int


def place_of(packet: Packet) -> Place:
    """Raises Fault malformed where the hub didn't say it properly."""
    try:
        value = parse(packet.place)
        return Place(
            str(value["stream"]),
            str(value["kind"]),
            integer(value["seq"]),
            integer(value["leaf"]),
            integer(value["at"]),
        )
    except (ProtocolError, KeyError, TypeError) as error:
        raise Fault("malformed", "place") from error


def as_received(
    receipt: Mapping[str, Any], stream: str, kind: str, body: bytes, signature: bytes, beside: bytes = b""
) -> Packet:
    """Our own statement at the place that its receipt gives; judged by the same rules as anybody's."""
    place = {"stream": stream, "kind": kind, "seq": receipt["seq"], "leaf": receipt["leaf"], "at": receipt["at"]}
    return Packet(canon(place), body, b"", (signature,), beside)
