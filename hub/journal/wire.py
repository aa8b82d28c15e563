"""A statement of the journal in its one transport form (docs/spec/15-packet.md)."""

from typing import Final

from crypto.encoding import b64
from crypto.packet import join_parts
from hub.journal.records import Committed, Kind, Stored

MEDIA_TYPE: Final = "application/vnd.ncphub.packets"


def packet(statement: Stored) -> bytes:
    """A statement as lists and sockets carry it, with the place that the hub gave it."""
    s = statement
    return _packet(s.stream, s.kind, s.seq, s.leaf, s.at, s.chain, s.body, s.act, s.signatures, s.beside)


def packet_of(committed: Committed) -> bytes:
    """The same bytes, straight from the commit."""
    draft, receipt = committed.record.statement, committed.receipt
    assert draft is not None
    assert receipt.seq is not None
    return _packet(
        draft.stream, draft.kind, receipt.seq, receipt.leaf, receipt.at, receipt.chain,
        draft.body, draft.act, draft.signatures, draft.beside,
    )  # fmt: skip


def _packet(
    stream: bytes,
    kind: Kind,
    seq: int,
    leaf: int,
    at: int,
    chain: bytes | None,
    body: bytes,
    act: bytes | None,
    signatures: bytes,
    beside: bytes,
) -> bytes:
    # Canonical, with names in their order: every part is the hub's own number, word or base64url.
    link = "" if chain is None else f'"chain":"{b64(chain)}",'
    place = f'{{"at":{at},{link}"kind":"{kind}","leaf":{leaf},"seq":{seq},"stream":"{b64(stream)}"}}'
    return join_parts((place.encode(), body, act or b"", signatures, beside))
