"""Who comes next where: heads of streams and devices, and the tree, in memory, so that a commit asks nothing first."""

from collections import OrderedDict
from typing import Final

from crypto.chain import channel_chain
from crypto.encoding import b64
from hub.http.errors import Conflict, NotNext, Repeated, StaleEpoch
from hub.journal.records import FIRST_SEQ, Head, NewEpoch, Receipt, StatementDraft
from hub.journal.tree import Tree

REMEMBERED: Final = 8192
"""Receipts kept for repeats; older ones are found in the database."""

DeviceHead = tuple[int, bytes | None]
"""device_seq and id of a device's last statement in a stream; (0, None) where it has none."""


class Places:
    """
    What the journal's tables say as of one size of the log.

    A fork sees its parent's places under its own; merge() gives them to the parent once they are committed. Nothing
    here is true any longer when another process has committed: the writer notices by the size and loads anew.
    """

    __slots__ = ("at", "devices", "heads", "parent", "receipts", "tree")

    def __init__(self, tree: Tree, at: int, parent: "Places | None" = None) -> None:
        self.tree = tree
        self.at = at
        self.parent = parent
        self.heads: dict[bytes, Head] = {}
        self.devices: dict[tuple[bytes, bytes], DeviceHead] = {}
        self.receipts: OrderedDict[tuple[bytes, bytes], Receipt] = OrderedDict()

    def fork(self) -> "Places":
        return Places(self.tree.fork(), self.at, self)

    def merge(self) -> None:
        """Gives everything to the parent, which then stands where this one stood."""
        parent = self.parent
        assert parent is not None
        parent.tree, parent.at = self.tree, self.at
        parent.heads.update(self.heads)
        parent.devices.update(self.devices)
        parent.receipts.update(self.receipts)
        while parent.parent is None and len(parent.receipts) > REMEMBERED:
            parent.receipts.popitem(last=False)

    def head(self, stream: bytes) -> Head | None:
        """None where nobody has looked yet."""
        found = self.heads.get(stream)
        return found if found is not None or self.parent is None else self.parent.head(stream)

    def device(self, stream: bytes, device: bytes) -> DeviceHead | None:
        """None where nobody has looked yet."""
        found = self.devices.get((stream, device))
        return found if found is not None or self.parent is None else self.parent.device(stream, device)

    def receipt(self, stream: bytes, client_id: bytes) -> Receipt | None:
        """The first receipt of a statement that was sent before, as far as it is remembered."""
        found = self.receipts.get((stream, client_id))
        return found if found is not None or self.parent is None else self.parent.receipt(stream, client_id)

    def know_head(self, head: Head) -> None:
        self.heads[head.stream] = head

    def know_device(self, stream: bytes, device: bytes, head: DeviceHead) -> None:
        self.devices[stream, device] = head

    def know_receipt(self, stream: bytes, client_id: bytes, receipt: Receipt) -> None:
        self.receipts[stream, client_id] = receipt

    def place(self, draft: StatementDraft) -> Head:
        """
        Gives a statement its place and returns the stream's head with it.

        Raises Conflict, StaleEpoch, Repeated or NotNext, and then nothing has moved.
        """
        head = self.head(draft.stream)
        if head is None or head.seq < FIRST_SEQ[draft.kind]:
            start = draft.chain_start if head is None or head.chain is None else head.chain
            epoch = None if head is None else head.epoch
            head = Head(draft.stream, draft.kind, FIRST_SEQ[draft.kind] - 1, None, start, epoch)
        seq = head.seq + 1
        if draft.seq is not None and draft.seq != seq:
            raise Conflict(head=_named(head.seq, head.id))
        if draft.epoch is not None and draft.epoch != head.epoch:
            raise StaleEpoch()
        if draft.device_seq is not None:
            self._check_device(draft, draft.device_seq)
        chain = None if head.chain is None else channel_chain(head.chain, draft.id)
        moved = Head(head.stream, head.kind, seq, draft.id, chain, head.epoch)
        self.heads[draft.stream] = moved
        if draft.device is not None and draft.device_seq is not None:
            self.devices[draft.stream, draft.device] = draft.device_seq, draft.id
        return moved

    def begin(self, new: NewEpoch) -> Head:
        """Makes an epoch the current one of its channel, which it may thereby open."""
        head = self.head(new.channel) or Head(new.channel, "channel", 0, None, None, None)
        moved = Head(head.stream, head.kind, head.seq, head.id, head.chain or new.chain_start, new.epoch)
        self.heads[new.channel] = moved
        return moved

    def _check_device(self, draft: StatementDraft, device_seq: int) -> None:
        assert draft.device is not None
        last, last_id = self.device(draft.stream, draft.device) or (0, None)
        if device_seq <= last:
            raise Repeated()
        if device_seq != last + 1 or draft.device_prev != last_id:
            raise NotNext(device_head=_named(last, last_id))


def _named(seq: int, id: bytes | None) -> dict[str, int | str | None]:
    return {"seq": seq, "id": None if id is None else b64(id)}
