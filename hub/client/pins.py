"""
What a member has already verified, so that no hub can show less or something else later (docs/spec/16-client.md).

Written form, private records named "pins", "pins-2", … (at the hub) and the same, each sealed, one a line (on the
device): ``{v, directory: [size, head], operations: [[operation, size, head]…],
channels: [[operation, channel, seq, chain]…], devices: [[channel, device, seq, id]…], checkpoint: note | null}``

A sealed record holds 60,000 bytes, about 400 channels. Each part is whole in itself: parts are merged like what two
devices saw, so that one that is missing or older takes nothing away from the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from crypto.chain import Pin
from crypto.encoding import Json, b64, fields, id16, id32, integer, items
from crypto.errors import Forked

RECORD: Final = "pins"
NAME: Final = re.compile(r"pins(-[1-9][0-9]*)?")
MOST_ROWS: Final = 350  # of at most 140 bytes each, in the 60,000 that a record holds


def record_name(part: int) -> str:
    """The name of the record that holds part `part`, counted from 0."""
    return RECORD if part == 0 else f"{RECORD}-{part + 1}"


@dataclass(frozen=True, slots=True)
class ChannelPin:
    """The first `seq` envelopes of a channel were verified; the rolling chain there."""

    seq: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Spoken:
    """The last envelope of one device in one channel: its number and its statement id."""

    seq: int
    id: bytes


@dataclass(slots=True)
class Pins:
    """Only ever grows."""

    directory: Pin = field(default_factory=lambda: Pin(0, b""))
    operations: dict[bytes, Pin] = field(default_factory=dict)
    channels: dict[tuple[bytes, bytes], ChannelPin] = field(default_factory=dict)
    spoken: dict[tuple[bytes, bytes], Spoken] = field(default_factory=dict)
    checkpoint: str | None = None

    def parts(self) -> list[Pins]:
        """Everything, in as many parts as sealed records need; the heads stand in the first."""
        parts = [Pins(self.directory, checkpoint=self.checkpoint)]
        for rows, of in ((self.operations, "operations"), (self.channels, "channels"), (self.spoken, "spoken")):
            for place in sorted(rows):
                if parts[-1].rows == MOST_ROWS:
                    parts.append(Pins())
                getattr(parts[-1], of)[place] = rows[place]  # type: ignore[index]
        return parts

    @property
    def rows(self) -> int:
        """How many lines the written form has."""
        return len(self.operations) + len(self.channels) + len(self.spoken)

    def form(self) -> dict[str, Json]:
        """The written form, lists sorted."""
        operations: Json = [[b64(o), pin.size, b64(pin.head)] for o, pin in sorted(self.operations.items())]
        channels: Json = [[b64(o), b64(c), pin.seq, b64(pin.chain)] for (o, c), pin in sorted(self.channels.items())]
        devices: Json = [[b64(c), b64(d), last.seq, b64(last.id)] for (c, d), last in sorted(self.spoken.items())]
        return {
            "v": 1,
            "directory": [self.directory.size, b64(self.directory.head)],
            "operations": operations,
            "channels": channels,
            "devices": devices,
            "checkpoint": self.checkpoint,
        }

    def merge(self, other: Pins) -> None:
        """
        Takes what `other` (the same person on another device) has seen further. Raises Forked where both have seen the
        same place with another content: then the hub has shown two histories.
        """
        self.directory = _further(self.directory, other.directory)
        for operation, pin in other.operations.items():
            self.operations[operation] = _further(self.operations.get(operation, Pin(0, b"")), pin)
        for place, seen in other.channels.items():
            mine = self.channels.get(place)
            if mine is not None and mine.seq == seen.seq and mine.chain != seen.chain:
                raise Forked("this channel looks different on another device")
            if mine is None or mine.seq < seen.seq:
                self.channels[place] = seen
        for who, last in other.spoken.items():
            if who not in self.spoken or self.spoken[who].seq < last.seq:
                self.spoken[who] = last
        self.checkpoint = self.checkpoint or other.checkpoint


def read_pins(value: Any) -> Pins:
    """Raises Malformed."""
    fields(value, ["v", "directory", "operations", "channels", "devices", "checkpoint"])
    size, head = items(value["directory"], 2, 2)
    pins = Pins(Pin(integer(size), id32(head) if size else b""), checkpoint=value["checkpoint"])
    for operation, length, last in (items(row, 3, 3) for row in items(value["operations"], 10_000)):
        pins.operations[id32(operation)] = Pin(integer(length), id32(last))
    for operation, channel, seq, chain in (items(row, 4, 4) for row in items(value["channels"], 100_000)):
        pins.channels[id32(operation), id16(channel)] = ChannelPin(integer(seq), id32(chain))
    for channel, device, seq, id_ in (items(row, 4, 4) for row in items(value["devices"], 100_000)):
        pins.spoken[id16(channel), id16(device)] = Spoken(integer(seq, 1), id32(id_))
    return pins


def _further(mine: Pin, other: Pin) -> Pin:
    if mine.size == other.size and mine.head != other.head:
        raise Forked("this chain looks different on another device")
    return other if other.size > mine.size else mine
