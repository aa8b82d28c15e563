"""Does what a vector says about the further ways into the vault."""

from collections.abc import Callable
from typing import Any

from crypto import ways
from crypto.encoding import AccountId, DeviceId, HubId, b64, unb64


def _approval(v: dict[str, Any]) -> ways.Approval:
    return ways.approval_of(unb64(v["secret"]), unb64(v["hub"]))


def _approval_of(v: dict[str, Any], _: dict[str, Any]) -> Any:
    made = _approval(v)
    return {"id": b64(made.id), "sealing_key": b64(made.sealing_key), "sign_in_secret": b64(made.sign_in_secret)}


def _passkey_door(v: dict[str, Any], _: dict[str, Any]) -> Any:
    door = ways.passkey_door(unb64(v["passkey_secret"]), unb64(v["hub"]), v["code"], unb64(v["wrap"]))
    return {"wrapping_key": b64(door.wrapping_key), "sign_in_secret": b64(door.sign_in_secret)}


def _new_device_body(v: dict[str, Any], _: dict[str, Any]) -> Any:
    device = DeviceId(unb64(v["device"]))
    asking = ways.NewDevice(
        HubId(unb64(v["hub"])), unb64(v["approval"]), v["code"], device, unb64(v["key"]), v["label"], v["at"]
    )
    return b64(ways.new_device_body(asking))


def _check_new_device(v: dict[str, Any], _: dict[str, Any]) -> Any:
    asking = ways.check_new_device(
        unb64(v["body"]), unb64(v["signature"]), unb64(v["mac"]), _approval(v), unb64(v["hub"]), v["code"]
    )
    return {"device": b64(asking.device), "key": b64(asking.key), "label": asking.label}


def _seal_approval(v: dict[str, Any], _: dict[str, Any]) -> Any:
    handed = ways.Handed(AccountId(unb64(v["account"])), unb64(v["vault_key"]), unb64(v["second"]))
    return ways.seal_approval(_approval(v), unb64(v["hub"]), unb64(v["body"]), handed, unb64(v["nonce"]))


def _open_approval(v: dict[str, Any], _: dict[str, Any]) -> Any:
    handed = ways.open_approval(_approval(v), unb64(v["hub"]), unb64(v["body"]), v["sealed"])
    return {"account": b64(handed.account), "vault_key": b64(handed.vault_key), "second": b64(handed.second)}


WAYS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Any]] = {
    "passkey_input": lambda v, _: b64(ways.passkey_input(unb64(v["hub"]))),
    "passkey_wrap": lambda v, _: b64(ways.passkey_wrap(unb64(v["hub"]), unb64(v["credential"]))),
    "passkey_door": _passkey_door,
    "format_approval_code": lambda v, _: ways.format_approval_code(unb64(v["secret"])),
    "read_approval_code": lambda v, _: b64(ways.read_approval_code(v["typed"])),
    "approval_of": _approval_of,
    "new_device_body": _new_device_body,
    "new_device_mac": lambda v, _: b64(ways.new_device_mac(_approval(v), unb64(v["hub"]), unb64(v["body"]))),
    "check_new_device": _check_new_device,
    "seal_approval": _seal_approval,
    "open_approval": _open_approval,
}
