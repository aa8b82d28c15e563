"""What one member holds while a program runs: keys, connection, what was verified (docs/spec/16-client.md)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from crypto.encoding import AccountId, ChannelId, OperationId, b64
from crypto.heads import Head
from crypto.membership import Operation
from crypto.packet import Packet, pack
from crypto.people import Directory
from hub.client import files
from hub.client.api import Hub
from hub.client.channel import ChannelView, Times
from hub.client.errors import Fault
from hub.client.keystore import Profile, Unlocked
from hub.client.log import LogView
from hub.client.outbox import Outbox
from hub.client.pins import Pins
from hub.client.standing import DirectoryView, OperationView


@dataclass(frozen=True, slots=True)
class News:
    """Where this member's chains ended, as the hub said at `at` (ms UTC) of its log's first `size` leaves; proven."""

    at: int
    size: int
    ends: dict[bytes, Head]


class State:
    """What the rooms of this side share. Nothing in here was taken from the hub unverified."""

    def __init__(self, hub: Hub, folder: Path, profile: Profile, keys: Unlocked) -> None:
        self.hub = hub
        self.folder = folder
        self.profile = profile
        self.keys = keys
        self.directory = DirectoryView(keys.hub)
        self.operations: dict[OperationId, OperationView] = {}
        self.channels: dict[ChannelId, ChannelView] = {}
        self.secrets: dict[tuple[ChannelId, int], bytes] = {}
        self.unopened: set[tuple[ChannelId, int]] = set()  # epochs whose maker signed what doesn't open
        self.sound: set[tuple[ChannelId, int]] = set()  # epochs that open, and the one before them through them
        self.pins = Pins()
        self.pins_versions: dict[str, int] = {}  # of each record that holds a part of them
        self.log: LogView | None = None
        self.news: News | None = None
        self.destroyed: set[OperationId] = set()  # with a certificate that holds
        self.sending = asyncio.Lock()  # one envelope at a time in this process; the file lock keeps other processes out
        self.outbox = Outbox(folder / "outbox", keys)

    @property
    def account(self) -> AccountId:
        return self.keys.account

    def operation(self, operation: OperationId) -> Operation:
        """The latest verified state. Raises Frozen where it stands still, Fault not-allowed where it isn't known."""
        view = self.operations.get(operation)
        if view is None or not view.states:
            raise Fault("not-allowed", b64(operation))
        if view.frozen is not None:
            raise view.frozen
        return view.latest

    def channel_view(self, operation: OperationId, channel: ChannelId) -> ChannelView:
        """The view of a channel, empty at first."""
        if channel not in self.channels:
            self.channels[channel] = ChannelView(self.keys.hub, operation, channel)
        return self.channels[channel]

    def as_of(self, operation: OperationId, leaf: int) -> Times:
        """Both chains as they stood when `leaf` was written."""
        view = self.operations[operation]
        return Times(self.directory.as_of(leaf), view.as_of(leaf), view.head_at)

    def now_directory(self) -> Directory:
        """The latest verified directory."""
        return self.directory.latest

    def keep_evidence(self, fault: Fault, packet: Packet) -> Path:
        """Writes the refused bytes as they came, for the coordinator and the auditor; the same ones once."""
        kept = pack(packet.place, packet.body, packet.act, packet.signatures, packet.beside)
        name = f"{fault.code}-{fault.place.replace(' ', '-')}-{sha256(kept).hexdigest()[:8]}.packet"
        path = self.folder / "evidence" / name
        if not path.exists():
            files.write(path, kept)
        return path


def now() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
