"""Vectors of certificate.json: how a destruction is shown, and what is refused (docs/spec/25-destruction.md)."""

from typing import Any

from crypto import certificate as end
from crypto import tlog
from crypto.encoding import AccountId, DeviceId, HubId, OperationId, b64, canon
from tests.vectors.cases_statements import Cases
from tests.vectors.world import NOW, key, seed

DAY = 86_400_000
NUMBERS = {"due": NOW, "at": NOW + 1000, "channels": 3, "envelopes": 41, "octets": 99_328, "wraps": 120, "documents": 7}


def written(**other: Any) -> dict[str, Any]:
    """A certificate's parts as JSON has them; `other` replaces some."""
    by = sorted([seed("one coordinator", 16), seed("another", 16)])
    return {
        "v": 1,
        "hub": b64(seed("hub")),
        "operation": b64(seed("operation")),
        "code": "HSH",
        "entry": b64(seed("entry")),
        "by": [b64(one) for one in by],
        **NUMBERS,
        "backups_until": NOW + 35 * DAY,
        **other,
    }


def certificate() -> Cases:
    body = canon(written())
    leaf: dict[str, Any] = {"at": NOW, "actor": None, "hash": seed("hash"), "salt": seed("salt", 16)}

    def named(type: str, object: str) -> str:
        return b64(tlog.leaf_body(type=type, object=object, **leaf))

    device = key("device", "confirming")
    receipt = end.Receipt(
        hub=HubId(seed("hub")),
        operation=OperationId(seed("operation")),
        account=AccountId(seed("one", 16)),
        device=DeviceId(seed("device", 16)),
        certificate=end.certificate_hash(body),
        at=NOW + 2000,
    )
    said = end.receipt_body(receipt)
    parts = {"hub": receipt.hub, "operation": receipt.operation, "account": receipt.account, "device": receipt.device}
    confirmed = {
        "body": b64(said),
        "signature": b64(device.sign("receipt", said)),
        "hub": b64(receipt.hub),
        "operation": b64(receipt.operation),
        "device_public": b64(device.public),
    }
    read = "read_certificate"
    hash_ = b64(end.certificate_hash(body))
    reversed_by = list(reversed(written()["by"]))
    return {}, [
        ("a certificate", read, {"body": b64(body)}),
        ("written as it was read", "certificate_body", {"body": b64(body)}),
        ("its hash", "certificate_hash", {"body": b64(body)}),
        ("one author", read, {"body": b64(canon(written(by=written()["by"][:1])))}),
        ("authors out of order", read, {"body": b64(canon(written(by=reversed_by)))}),
        ("one author twice", read, {"body": b64(canon(written(by=[written()["by"][0]] * 2)))}),
        ("destroyed before it was due", read, {"body": b64(canon(written(at=NOW - 1)))}),
        ("destroyed in the moment it was due", read, {"body": b64(canon(written(at=NOW)))}),
        ("backups that lapsed before", read, {"body": b64(canon(written(backups_until=NOW)))}),
        ("a count below nothing", read, {"body": b64(canon(written(wraps=-1)))}),
        ("a part too many", read, {"body": b64(canon(written(files=0)))}),
        ("a newer version", read, {"body": b64(canon(written(v=2)))}),
        ("spaces", read, {"body": b64(body.replace(b":", b": ", 1))}),
        ("the leaf that names it", "check_certificate_leaf", {"leaf": named("destroyed", hash_), "body": b64(body)}),
        ("a leaf of another kind", "check_certificate_leaf", {"leaf": named("read", hash_), "body": b64(body)}),
        (
            "a leaf that names another",
            "check_certificate_leaf",
            {"leaf": named("destroyed", hash_), "body": b64(canon(written(wraps=1)))},
        ),
        (
            "a receipt's bytes",
            "receipt_body",
            {**{name: b64(part) for name, part in parts.items()}, "certificate": hash_, "at": receipt.at},
        ),
        ("a receipt", "check_receipt", confirmed),
        ("for another hub", "check_receipt", {**confirmed, "hub": b64(seed("elsewhere"))}),
        ("for another operation", "check_receipt", {**confirmed, "operation": b64(seed("elsewhere"))}),
        (
            "by another device",
            "check_receipt",
            {**confirmed, "device_public": b64(key("device", "another").public)},
        ),
        (
            "signed as an entry",
            "check_receipt",
            {**confirmed, "signature": b64(device.sign("entry", said))},
        ),
    ]
