"""
One channel as this member verifies it, envelope by envelope (docs/spec/06-envelope.md, 16-client.md).

A bad envelope is marked with its cause and an action, and the next one is looked at: it never stops the channel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from crypto.chain import chain_start, channel_chain
from crypto.encoding import ChannelId, HubId, OperationId, b64
from crypto.envelope import Header, check_envelope, envelope_id, read_header
from crypto.errors import Forked, Gap, Malformed, NotCertified, ProtocolError, Repeated, Revoked, StaleEpoch, WrongPlace
from crypto.membership import Operation, may_send
from crypto.packet import Packet
from crypto.people import Account, Directory
from hub.client.errors import Fault
from hub.client.pins import ChannelPin, Spoken
from hub.client.places import place_of


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a channel: an envelope that holds, or what is wrong with it. With a fault, `body` is None."""

    operation: OperationId
    channel: ChannelId
    seq: int
    leaf: int
    received_at: int  # ms UTC, the hub's clock
    id: bytes  # statement id: what replies refer to
    header: Header | None = None
    author: Account | None = None
    body: dict[str, Any] | None = None
    fault: Fault | None = None
    packet: Packet | None = field(default=None, repr=False)

    def marked(self, code: str) -> Item:
        """The same place, shown as a fault."""
        return replace(self, body=None, fault=Fault(code, f"{b64(self.channel)} {self.seq}"))


@dataclass(frozen=True, slots=True)
class Times:
    """The states as of one leaf; `head_at` is the id of an entry of the operation as verified, None where unknown."""

    directory: Directory
    operation: Operation
    head_at: Callable[[int], bytes | None] = lambda _: None


class ChannelView:
    """The rolling chain, the devices' numbers and the items of one channel."""

    def __init__(self, hub: HubId, operation: OperationId, channel: ChannelId) -> None:
        self.hub = hub
        self.operation = operation
        self.channel = channel
        self.items: list[Item] = []
        self.chains = [chain_start(hub, operation, channel)]  # chains[n] = chain after n envelopes
        self.spoken: dict[bytes, Spoken] = {}
        self.leaf = -1
        self.closed: dict[int, Item] = {}  # what holds and waits for its secret, by seq
        self.unfinished: list[Item] = []  # judged, and neither proven nor opened when the hub went away
        self.tried_at = -1  # entries of the operation when it was last tried

    @property
    def seq(self) -> int:
        return len(self.chains) - 1

    @property
    def chain(self) -> bytes:
        return self.chains[-1]

    @property
    def pin(self) -> ChannelPin:
        return ChannelPin(self.seq, self.chain)

    def check_pin(self, pin: ChannelPin) -> None:
        """Raises Fault rolled-back or forked where the hub shows less or something else than before."""
        if self.seq < pin.seq:
            raise Fault("rolled-back", b64(self.channel))
        if self.chains[pin.seq] != pin.chain:
            raise Fault("forked", b64(self.channel))

    def take(self, packet: Packet, as_of: Callable[[int], Times]) -> Item | None:
        """
        Judges the next packet by the states as of its leaf; None for one that is held already.

        Raises Fault gap where one before it is missing: then the list call fetches what lies between.
        """
        place = place_of(packet)
        seq, leaf, at = place.seq, place.leaf, place.at
        if seq <= self.seq:
            if self.items[seq - 1].id != envelope_id(packet.body):
                raise Fault("forked", f"{b64(self.channel)} {seq}")
            return None
        if seq != self.seq + 1:
            raise Fault("gap", f"{b64(self.channel)} {seq}")
        id_ = envelope_id(packet.body)
        item = Item(self.operation, self.channel, seq, leaf, at, id_, packet=packet)
        try:
            item = self._judged(item, packet, as_of)
        except ProtocolError as error:
            item = replace(item, fault=Fault.of(error, f"{b64(self.channel)} {seq}"))
        except Fault as fault:
            item = replace(item, fault=fault)
        # Whatever the verdict, it has this place: later authors' chains run over it.
        self.chains.append(channel_chain(self.chain, id_))
        self.leaf = max(self.leaf, leaf)
        self.items.append(item)
        return item

    def _judged(self, item: Item, packet: Packet, as_of: Callable[[int], Times]) -> Item:
        if item.leaf <= self.leaf:
            raise Fault("not-next", f"{b64(self.channel)} {item.seq}")
        # 1. Its form, and the place it was signed for.
        header = read_header(packet.body)
        if (header.operation, header.channel) != (self.operation, self.channel):
            raise WrongPlace("signed for another channel")
        item = replace(item, header=header)
        # 2. The author's device as of this leaf, and the signature.
        times = as_of(item.leaf)
        device = times.directory.devices.get(header.device)
        if device is None or device.account != header.account:
            raise NotCertified("not this account's device")
        if len(packet.signatures) != 1:
            raise Malformed("an envelope has one signature")
        check_envelope(header, packet.signatures[0], device.key, self.hub)
        # 3. Its number among this device's envelopes. From here on it is authentic and counts.
        last = self.spoken.get(header.device)
        if last is None or header.device_seq > last.seq:
            self.spoken[header.device] = Spoken(header.device_seq, item.id)
        check_number(header, last)
        item = replace(item, author=times.directory.accounts[header.account])
        # 4. What its author had seen is what this hub shows here: the operation's chain and the channel's.
        head = times.head_at(header.head.seq)
        if head is None:
            raise Gap("the author saw an entry that is missing here")
        if head != header.head.id:
            raise Forked("the author saw another past of the operation")
        if header.seen.seq >= item.seq or self.chains[header.seen.seq] != header.seen.chain:
            raise Forked("the author saw another history")
        # 5. Allowed at this place.
        check_allowed(header, times)
        return item


def check_number(header: Header, last: Spoken | None) -> None:
    """Raises Repeated, Gap or Forked unless this follows the device's envelope before."""
    before = 0 if last is None else last.seq
    if header.device_seq <= before:
        raise Repeated("a number that this device has used")
    if header.device_seq > before + 1:
        raise Gap("an envelope of this device is missing")
    if header.device_prev != (last.id if last else None):
        raise Forked("this device's envelope before was another")


def check_allowed(header: Header, times: Times) -> None:
    """Raises unless author, device and epoch could send this under these states."""
    if not times.directory.device_valid(header.device, header.account):
        raise Revoked("the device isn't valid")
    may_send(times.operation, header.channel, header.account, header.kind, times.directory)
    epoch = times.operation.channels[header.channel].epoch
    current = 0 if epoch is None else epoch.number
    # Where nothing is sealed, it doesn't matter for whom the secret was.
    if header.epoch > current or (header.content is not None and header.epoch != current):
        raise StaleEpoch("another epoch was current")
