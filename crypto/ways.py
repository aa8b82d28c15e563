"""
Two further ways into the vault: a passkey's secret, and the approval by a device that is open (docs/spec/27-ways.md).

Only clients import this module. Random bytes come in as arguments.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final

from crypto.acts import CODE
from crypto.encoding import (
    AccountId,
    DeviceId,
    HubId,
    Json,
    b64,
    canon,
    commit_to,
    fields,
    hash_of,
    id16,
    id32,
    ids,
    integer,
    known,
    matching,
    parse,
    statement_id,
    text,
    unb64,
)
from crypto.errors import CannotOpen, Malformed, WrongHub, WrongPlace
from crypto.signing import check_strong, verify
from crypto.vault import Door, derive, door_behind, enrolment_mac, open_sealed, seal_under, spell, unspell

CODE_SIZE: Final = 13  # 104 bits


def passkey_input(hub: bytes) -> bytes:
    """What every passkey of this hub is asked to turn into its secret (WebAuthn `prf.eval.first`), 32 bytes."""
    return hash_of("vault-wrap", ids(hub=hub, kind="passkey"))


def passkey_wrap(hub: bytes, credential: bytes) -> bytes:
    """The id of a passkey's wrap: whoever holds the passkey knows it before the hub has said a word."""
    return hash_of("vault-wrap", ids(hub=hub, credential=credential))[:16]


def passkey_door(secret: bytes, hub: bytes, code: str, wrap: bytes) -> Door:
    """The door of what a passkey gave for `passkey_input` (32 bytes)."""
    if len(secret) != 32:
        raise Malformed("a passkey's secret has 32 bytes")
    return door_behind(secret, b"", {**ids(hub=hub, code=code, wrap=wrap), "kind": "passkey"})


def format_approval_code(secret: bytes) -> str:
    """A one-time code to show: 13 bytes as 21 characters and 3 check characters, in 6 groups of 4."""
    if len(secret) != CODE_SIZE:
        raise Malformed("a one-time code has 13 bytes")
    return spell(secret, checks=3, group=4)


def read_approval_code(typed: str) -> bytes:
    """The 13 bytes. Raises Malformed."""
    return unspell(typed, CODE_SIZE, checks=3)


@dataclass(frozen=True, slots=True)
class Approval:
    """What both devices derive from a one-time code, and the hub from nothing."""

    id: bytes  # 16, the relay's name
    sealing_key: bytes = field(repr=False)
    sign_in_secret: bytes = field(repr=False)
    secret: bytes = field(repr=False)


def approval_of(secret: bytes, hub: bytes) -> Approval:
    """The approval that a one-time code (13 bytes) names at this hub."""
    if len(secret) != CODE_SIZE:
        raise Malformed("a one-time code has 13 bytes")
    name = derive(secret, b"", commit_to("enrol", ids(hub=hub)))[:16]
    place = ids(hub=hub, approval=name)
    return Approval(
        id=name,
        sealing_key=derive(secret, b"", commit_to("vault", place)),
        sign_in_secret=derive(secret, b"", commit_to("sign-in-secret", place)),
        secret=secret,
    )


@dataclass(frozen=True, slots=True)
class NewDevice:
    """The device that asks to become one of the account's."""

    hub: HubId
    approval: bytes
    code: str
    device: DeviceId
    key: bytes
    label: str
    at: int


def new_device_body(asking: NewDevice) -> bytes:
    """What the new device signs (context "enrol") and the one-time code authenticates."""
    parts: dict[str, Json] = ids(hub=asking.hub, approval=asking.approval, code=asking.code, at=asking.at)
    device = ids(id=asking.device, key=asking.key, label=asking.label)
    return canon({"v": 1, **parts, "device": device})


def new_device_mac(approval: Approval, hub: bytes, body: bytes) -> bytes:
    """As in an enrolment, with the one-time code as the secret: the hub can't make it."""
    return enrolment_mac(approval.secret, hub, approval.id, body)


def check_new_device(body: bytes, signature: bytes, mac: bytes, approval: Approval, hub: bytes, code: str) -> NewDevice:
    """
    The asking device, if it knew the code, holds the key that it names, and asks for this account.

    Raises CannotOpen (another code), BadSignature, WeakKey, WrongHub, WrongPlace or Malformed.
    """
    if not hmac.compare_digest(new_device_mac(approval, hub, body), mac):
        raise CannotOpen("not made with this one-time code")
    value = fields(parse(body), "v hub approval code at device")
    known(value["v"])
    device = fields(value["device"], {"id", "key", "label"})
    asking = NewDevice(
        hub=HubId(id32(value["hub"])),
        approval=id16(value["approval"]),
        code=matching(value["code"], CODE),
        device=DeviceId(id16(device["id"])),
        key=id32(device["key"]),
        label=text(device["label"], 80),
        at=integer(value["at"]),
    )
    if asking.hub != hub:
        raise WrongHub("a device that asks at another hub")
    if (asking.approval, asking.code) != (approval.id, code):
        raise WrongPlace("a device that asks for another approval or account")
    check_strong(asking.key)
    verify("device", asking.key, "enrol", body, signature)
    return asking


@dataclass(frozen=True, slots=True)
class Handed:
    """What the open device gives to the new one."""

    account: AccountId
    vault_key: bytes = field(repr=False)
    second: bytes = field(repr=False)


def seal_approval(approval: Approval, hub: bytes, body: bytes, handed: Handed, nonce: bytes) -> str:
    """Sealed for the device that sent exactly `body`; base64url of ``nonce ‖ ciphertext``."""
    value = canon(ids(account=handed.account, vault_key=handed.vault_key, second=handed.second))
    return b64(seal_under(approval.sealing_key, nonce, value, _aad(approval, hub, body)))


def open_approval(approval: Approval, hub: bytes, body: bytes, sealed: str) -> Handed:
    """Raises CannotOpen or Malformed."""
    value = fields(
        parse(open_sealed(approval.sealing_key, unb64(sealed), _aad(approval, hub, body))),
        "account vault_key second",
    )
    return Handed(AccountId(id16(value["account"])), id32(value["vault_key"]), id16(value["second"]))


def _aad(approval: Approval, hub: bytes, body: bytes) -> bytes:
    return commit_to("vault", ids(hub=hub, approval=approval.id, request=statement_id("enrol", body)))
