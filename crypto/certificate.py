"""What shows that an operation was destroyed: certificate of the hub, receipts (docs/spec/25-destruction.md)."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from crypto.change_forms import OPERATION_CODE
from crypto.encoding import (
    AccountId,
    DeviceId,
    HubId,
    OperationId,
    ascending,
    b64,
    canon,
    fields,
    id16,
    id32,
    integer,
    items,
    known,
    matching,
    parse,
)
from crypto.errors import BadProof, Expired, WrongHub, WrongPlace
from crypto.signing import verify

LEAF: Final = "destroyed"
"""The type of the log's leaf that names a certificate's hash."""

_PARTS: Final = ("hub", "operation", "code", "entry", "by", "due", "at", "backups_until")
_COUNTS: Final = ("channels", "envelopes", "octets", "wraps", "documents")


@dataclass(frozen=True, slots=True)
class Certificate:
    """
    What the hub destroyed: of which operation, by whose entry, when (ms UTC), and how much.

    `envelopes` lost their `octets` bytes of ciphertext, `wraps` their secrets, `documents` are forms and rules. The
    last backup that holds a copy lapses at `backups_until`.
    """

    hub: HubId
    operation: OperationId
    code: str
    entry: bytes
    by: tuple[AccountId, ...]
    due: int
    at: int
    channels: int
    envelopes: int
    octets: int
    wraps: int
    documents: int
    backups_until: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A device says that it has deleted what it held of an operation."""

    hub: HubId
    operation: OperationId
    account: AccountId
    device: DeviceId
    certificate: bytes
    at: int


def certificate_body(certificate: Certificate) -> bytes:
    """The written form; its SHA-256 is the `object` of the leaf."""
    one = certificate
    counts: dict[str, Any] = {name: getattr(one, name) for name in _COUNTS}
    body = canon(
        {
            "v": 1,
            "hub": b64(one.hub),
            "operation": b64(one.operation),
            "code": one.code,
            "entry": b64(one.entry),
            "by": [b64(account) for account in sorted(one.by)],
            "due": one.due,
            "at": one.at,
            **counts,
            "backups_until": one.backups_until,
        }
    )
    read_certificate(body)
    return body


def certificate_hash(body: bytes) -> bytes:
    """What the log names."""
    return hashlib.sha256(body).digest()


def read_certificate(body: bytes) -> Certificate:
    """Raises NotCanonical, Malformed, UnknownVersion, or Expired for one that says it came too early."""
    value = fields(parse(body), ["v", *_PARTS, *_COUNTS])
    known(value["v"])
    channels, envelopes, octets, wraps, documents = (integer(value[name]) for name in _COUNTS)
    certificate = Certificate(
        hub=HubId(id32(value["hub"])),
        operation=OperationId(id32(value["operation"])),
        code=matching(value["code"], OPERATION_CODE),
        entry=id32(value["entry"]),
        by=tuple(AccountId(one) for one in ascending([id16(one) for one in items(value["by"], 2, 2)])),
        due=integer(value["due"]),
        at=integer(value["at"]),
        channels=channels,
        envelopes=envelopes,
        octets=octets,
        wraps=wraps,
        documents=documents,
        backups_until=integer(value["backups_until"]),
    )
    if not certificate.due <= certificate.at <= certificate.backups_until:
        raise Expired("destroyed before it was due, or backups that lapse before")
    return certificate


def check_certificate_leaf(leaf: bytes, body: bytes) -> None:
    """Returns only if the log's `leaf` names this certificate. Raises BadProof."""
    value: Any = parse(leaf)
    if not isinstance(value, dict) or value.get("type") != LEAF or value.get("object") != b64(certificate_hash(body)):
        raise BadProof("the log holds something else there")


def receipt_body(receipt: Receipt) -> bytes:
    """What the device signs in the context `receipt`."""
    one = receipt
    parts: dict[str, Any] = {"hub": one.hub, "operation": one.operation, "account": one.account, "device": one.device}
    written = {name: b64(part) for name, part in parts.items()}
    return canon({"v": 1, **written, "certificate": b64(one.certificate), "at": one.at})


def check_receipt(body: bytes, signature: bytes, hub: HubId, operation: OperationId, device_public: bytes) -> Receipt:
    """The receipt, signed by this device for this operation. Raises what doesn't fit."""
    value = fields(parse(body), ["v", "hub", "operation", "account", "device", "certificate", "at"])
    known(value["v"])
    receipt = Receipt(
        hub=HubId(id32(value["hub"])),
        operation=OperationId(id32(value["operation"])),
        account=AccountId(id16(value["account"])),
        device=DeviceId(id16(value["device"])),
        certificate=id32(value["certificate"]),
        at=integer(value["at"]),
    )
    if receipt.hub != hub:
        raise WrongHub("a receipt for another hub")
    if receipt.operation != operation:
        raise WrongPlace("a receipt for another operation")
    verify("device", device_public, "receipt", body, signature)
    return receipt
