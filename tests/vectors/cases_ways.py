"""Cases of the two further ways into the vault: a passkey's secret, and the approval by a device that is open."""

from typing import Any

from crypto import ways
from crypto.encoding import AccountId, DeviceId, HubId, b64
from crypto.signing import from_secret
from tests.vectors.cases_content import HUB, Case, Cases
from tests.vectors.world import seed

CODE = "GH-AMA"


def ways_json() -> Cases:
    hub, other = b64(HUB), b64(seed("other"))
    credential, secret = seed("credential", 48), seed("passkey secret")
    one_time = seed("one-time code", 13)
    approval = ways.approval_of(one_time, HUB)
    key = from_secret("device", seed("new device"))
    asking = ways.NewDevice(
        HubId(HUB),
        approval.id,
        CODE,
        DeviceId(seed("device id", 16)),
        key.public,
        "Chrome on Linux, Accra",
        1_800_000_000_000,
    )
    body = ways.new_device_body(asking)
    mac = ways.new_device_mac(approval, HUB, body)
    handed = {"account": b64(seed("account", 16)), "vault_key": b64(seed("vault key")), "second": b64(seed("s", 16))}
    sealed = ways.seal_approval(
        approval,
        HUB,
        body,
        ways.Handed(AccountId(seed("account", 16)), seed("vault key"), seed("s", 16)),
        seed("nonce", 12),
    )
    printed = ways.format_approval_code(one_time)
    mistyped = printed[:6] + ("0" if printed[6] != "0" else "1") + printed[7:]
    given = {"secret": b64(one_time), "hub": hub}
    asked = {**given, "code": CODE, "body": b64(body), "signature": b64(key.sign("enrol", body)), "mac": b64(mac)}
    elsewhere = ways.new_device_body(
        ways.NewDevice(HubId(HUB), approval.id, "GH-KOFI", asking.device, asking.key, asking.label, asking.at)
    )
    opening = {**given, "body": b64(body), "sealed": sealed}
    door = {"passkey_secret": b64(secret), "hub": hub, "code": CODE, "wrap": b64(seed("wrap", 16))}

    def request(name: str, **parts: Any) -> Case:
        return name, "check_new_device", {**asked, **parts}

    return {}, [
        ("what a passkey is asked", "passkey_input", {"hub": hub}),
        ("another hub asks something else", "passkey_input", {"hub": other}),
        ("a passkey's wrap", "passkey_wrap", {"hub": hub, "credential": b64(credential)}),
        ("a passkey's door", "passkey_door", door),
        ("a passkey's secret too short", "passkey_door", {**door, "passkey_secret": b64(secret[:31])}),
        ("a one-time code in print", "format_approval_code", {"secret": b64(one_time)}),
        ("a one-time code of the wrong length", "format_approval_code", {"secret": b64(one_time[:12])}),
        ("the one-time code typed", "read_approval_code", {"typed": printed.lower().replace("-", " ")}),
        ("a letter mistyped", "read_approval_code", {"typed": mistyped}),
        ("a letter missing", "read_approval_code", {"typed": printed[:-1]}),
        ("what both devices derive", "approval_of", given),
        (
            "the new device's request",
            "new_device_body",
            {
                "hub": hub,
                "approval": b64(approval.id),
                "code": CODE,
                "device": b64(asking.device),
                "key": b64(asking.key),
                "label": asking.label,
                "at": asking.at,
            },
        ),
        ("its code", "new_device_mac", {**given, "body": b64(body)}),
        request("the request stands"),
        request("not with another one-time code", secret=b64(seed("another code", 13))),
        request("not at another hub", hub=other),
        request("not for another account", code="GH-KOFI"),
        request(
            "not for an account that the code isn't for",
            body=b64(elsewhere),
            signature=b64(key.sign("enrol", elsewhere)),
            mac=b64(ways.new_device_mac(approval, HUB, elsewhere)),
        ),
        request("not without the device's own signature", signature=b64(bytes(64))),
        request("not altered", body=b64(body.replace(b"Accra", b"Kumas"))),
        request("not cut short", mac=b64(mac[:31])),
        (
            "what the open device hands over",
            "seal_approval",
            {**given, "body": b64(body), "nonce": b64(seed("nonce", 12)), **handed},
        ),
        ("the new device opens it", "open_approval", opening),
        ("not with another code", "open_approval", {**opening, "secret": b64(seed("another code", 13))}),
        ("not a device that asked otherwise", "open_approval", {**opening, "body": b64(elsewhere)}),
        ("not at another hub", "open_approval", {**opening, "hub": other}),
    ]
