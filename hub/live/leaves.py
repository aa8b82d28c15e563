"""What the log says of statements that were sent in arrears; what is sent at once has its offer in the commit."""

from collections.abc import Sequence

from crypto.encoding import b64
from hub.access.actor import Actor
from hub.journal.records import LeafDraft, Record, Stored


def listed(actor: Actor, operation: bytes | None, found: Sequence[Stored]) -> Record:
    """One leaf for one portion of one stream, durable before its first byte leaves."""
    first, last = found[0], found[-1]
    return Record(
        LeafDraft(
            "list",
            actor.account,
            actor.device,
            operation=first.stream if first.kind == "operation" else operation,
            object=b64(first.stream),
            place=actor.place,
            detail={"kind": first.kind, "first": first.seq, "last": last.seq, "way": "live"},
        )
    )
