"""The clear, signed header of every envelope (docs/spec/06-envelope.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crypto.acts import COUNTRY
from crypto.encoding import (
    AccountId,
    ChannelId,
    DeviceId,
    HubId,
    Json,
    OperationId,
    ascending,
    canon,
    choice,
    fields,
    id16,
    id32,
    integer,
    items,
    known,
    matching,
    octets,
    parse,
    statement_id,
)
from crypto.errors import Malformed, WrongHub
from crypto.signing import verify

# fmt: off
KINDS: Final = frozenset({
    "post", "alert", "notice", "request", "answer", "correction", "withdrawal", "sighting", "status",
    "acknowledgement", "seen", "recall", "receipt", "card", "document", "situation", "export",
})
# fmt: on
URGENCIES: Final = frozenset({"immediate", "normal"})
WITHOUT_CONTENT: Final = frozenset({"acknowledgement", "seen"})  # may be sent without ciphertext
WITH_REFERENCE: Final = frozenset({"acknowledgement", "answer", "correction", "withdrawal"})
MAX_CIPHERTEXT: Final = 65_536 + 16

STATE = re.compile(r"[a-z][a-z0-9-]{0,31}")

_REQUIRED = "v suite hub kind operation channel epoch id account device device_seq device_prev head directory seen at"
_OPTIONAL = "urgency ref to due state blobs content nonce ciphertext_hash size"
_SEALED = {"content", "nonce", "ciphertext_hash", "size"}


@dataclass(frozen=True, slots=True)
class Head:
    """The last operation entry that the author had verified."""

    seq: int
    id: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the author had verified the channel: `seq` envelopes (0: none), and the rolling chain there."""

    seq: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Blob:
    """An attachment's ciphertext: its SHA-256 and its size in bytes."""

    hash: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Header:
    """One envelope as everyone may read it. `body` is the exact signed bytes."""

    body: bytes
    hub: HubId
    kind: str
    operation: OperationId
    channel: ChannelId
    epoch: int
    id: bytes  # 16 bytes, made by the sender: a repeat is the same envelope
    account: AccountId
    device: DeviceId
    device_seq: int  # 1, 2, … for each device in each channel
    device_prev: bytes | None  # statement id of this device's envelope before
    head: Head
    directory_size: int
    seen: Seen
    at: int
    urgency: str
    ref: bytes | None  # statement id of what this answers
    to: tuple[str, ...]  # countries asked
    due: int | None
    state: str | None
    blobs: tuple[Blob, ...]
    content: bytes | None  # hash of salt and words; None: nothing is sealed
    nonce: bytes | None
    ciphertext_hash: bytes | None
    size: int | None  # of the ciphertext, tag included


def header_body(parts: Mapping[str, Json]) -> bytes:
    """The canonical bytes of a header; `v` and `suite` are added. Raises what `read_header` raises."""
    body = canon({"v": 1, "suite": 1, **parts})
    read_header(body)
    return body


def read_header(body: bytes) -> Header:
    """Raises NotCanonical, Malformed, or UnknownVersion."""
    value = parse(body)
    if not isinstance(value, dict) or not {"v", "suite"} <= value.keys():
        raise Malformed("not a header")
    known(value["v"])
    known(value["suite"])
    fields(value, _REQUIRED, _OPTIONAL)
    kind = choice(value["kind"], KINDS)
    _check_parts(kind, value)
    head = fields(value["head"], {"seq", "id"})
    seen = fields(value["seen"], {"seq", "chain"})
    device_seq = integer(value["device_seq"], 1)
    return Header(
        body=body,
        hub=HubId(id32(value["hub"])),
        kind=kind,
        operation=OperationId(id32(value["operation"])),
        channel=ChannelId(id16(value["channel"])),
        epoch=integer(value["epoch"], 1),
        id=id16(value["id"]),
        account=AccountId(id16(value["account"])),
        device=DeviceId(id16(value["device"])),
        device_seq=device_seq,
        device_prev=_device_prev(device_seq, value["device_prev"]),
        head=Head(integer(head["seq"]), id32(head["id"])),
        directory_size=integer(fields(value["directory"], {"size"})["size"], 1),
        seen=Seen(integer(seen["seq"]), id32(seen["chain"])),
        at=integer(value["at"]),
        urgency=choice(value.get("urgency", "normal"), URGENCIES),
        ref=id32(value["ref"]) if "ref" in value else None,
        to=_countries(value["to"]) if "to" in value else (),
        due=integer(value["due"]) if "due" in value else None,
        state=matching(value["state"], STATE) if "state" in value else None,
        blobs=tuple(_blob(b) for b in items(value["blobs"], 32, 1)) if "blobs" in value else (),
        content=id32(value["content"]) if "content" in value else None,
        nonce=octets(value["nonce"], 12, 12) if "nonce" in value else None,
        ciphertext_hash=id32(value["ciphertext_hash"]) if "ciphertext_hash" in value else None,
        size=integer(value["size"], 256 + 16, MAX_CIPHERTEXT) if "size" in value else None,
    )


def check_envelope(header: Header, signature: bytes, device_public: bytes, hub: HubId) -> None:
    """Raises WrongHub or BadSignature. Whether the device and the author may is `membership`'s and the log's to say."""
    if header.hub != hub:
        raise WrongHub("an envelope of another hub")
    verify("device", device_public, "envelope", header.body, signature)


def envelope_id(body: bytes) -> bytes:
    """The statement id, which replies and chains refer to."""
    return statement_id("envelope", body)


def _check_parts(kind: str, value: Mapping[str, Any]) -> None:
    sealed = _SEALED & value.keys()
    if sealed and sealed != _SEALED:
        raise Malformed("content, nonce, ciphertext_hash and size stand together")
    if not sealed and kind not in WITHOUT_CONTENT:
        raise Malformed(f"{kind} without content")
    if kind in WITH_REFERENCE and "ref" not in value:
        raise Malformed(f"{kind} without what it refers to")


def _device_prev(device_seq: int, value: Any) -> bytes | None:
    if (value is None) != (device_seq == 1):
        raise Malformed("device_prev is null exactly for a device's first envelope")
    return None if value is None else id32(value)


def _countries(value: Any) -> tuple[str, ...]:
    return ascending([matching(code, COUNTRY) for code in items(value, 250, 1)])


def _blob(value: Any) -> Blob:
    fields(value, {"hash", "size"})
    return Blob(id32(value["hash"]), integer(value["size"], 1))
