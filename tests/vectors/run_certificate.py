"""Does what a vector says about the end of an operation (docs/spec/25-destruction.md)."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from crypto import certificate as end
from crypto.encoding import AccountId, DeviceId, HubId, OperationId, b64, unb64


def _spelled(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64(value)
    return [b64(one) for one in value] if isinstance(value, tuple) else value


def _read(v: dict[str, Any], _: dict[str, Any]) -> Any:
    return {name: _spelled(part) for name, part in asdict(end.read_certificate(unb64(v["body"]))).items()}


def _check_leaf(v: dict[str, Any], _: dict[str, Any]) -> None:
    end.check_certificate_leaf(unb64(v["leaf"]), unb64(v["body"]))


def _receipt_body(v: dict[str, Any], _: dict[str, Any]) -> Any:
    receipt = end.Receipt(
        HubId(unb64(v["hub"])),
        OperationId(unb64(v["operation"])),
        AccountId(unb64(v["account"])),
        DeviceId(unb64(v["device"])),
        unb64(v["certificate"]),
        v["at"],
    )
    return b64(end.receipt_body(receipt))


def _check_receipt(v: dict[str, Any], _: dict[str, Any]) -> Any:
    receipt = end.check_receipt(
        unb64(v["body"]),
        unb64(v["signature"]),
        HubId(unb64(v["hub"])),
        OperationId(unb64(v["operation"])),
        unb64(v["device_public"]),
    )
    return {name: _spelled(part) for name, part in asdict(receipt).items()}


CERTIFICATES: dict[str, Callable[[dict[str, Any], dict[str, Any]], Any]] = {
    "read_certificate": _read,
    "certificate_body": lambda v, _: b64(end.certificate_body(end.read_certificate(unb64(v["body"])))),
    "certificate_hash": lambda v, _: b64(end.certificate_hash(unb64(v["body"]))),
    "check_certificate_leaf": _check_leaf,
    "receipt_body": _receipt_body,
    "check_receipt": _check_receipt,
}
