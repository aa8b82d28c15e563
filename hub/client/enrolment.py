"""
Becoming a member: one's own keys, made here, under an invitation that came outside the hub (docs/spec/12-vault.md).

Two ways into the vault are made, passphrase with second secret and recovery code, and the recovery code is proven to
open the vault before anything leaves this machine.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from crypto.acts import act_body
from crypto.directory import Enrolment, enrolment_body
from crypto.encoding import AccountId, DeviceId, HubId, Json, b64, canon, id16, id32, ids
from crypto.errors import ProtocolError
from crypto.keys import EncryptionKey
from crypto.signing import new_signing_key
from crypto.vault import (
    Vault,
    VaultWrap,
    enrolment_mac,
    format_secret,
    passphrase_door,
    recovery_code,
    recovery_door,
    seal_vault,
    stretch,
    vault_wrap_form,
    verifier,
    wrap_vault_key,
)
from hub.client import files
from hub.client.errors import N_, Damaged
from hub.client.keystore import LocalDevice, Profile, open_keys, recovery_way, seal_device

YEAR = 365 * 24 * 3_600_000
SHORTEST_PASSPHRASE = 12  # characters; the second secret carries the strength, this keeps a finder of the sheet out


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an administrator gives to a person, not through the hub. Its secret proves who answers."""

    hub: HubId
    url: str
    code: str
    account: AccountId
    invitation: bytes
    secret: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a person prints and keeps: never on an invitation, never at the hub."""

    hub: str
    url: str
    code: str
    second: str
    recovery: str


@dataclass(frozen=True, slots=True)
class NewMember:
    """Everything made for one person: what stays here, what is printed, what is sent."""

    profile: Profile
    sheet: Sheet
    request: dict[str, Json]
    identity: bytes  # public, for the safety number


def invite(hub: HubId, url: str, code: str) -> Invitation:
    """A fresh invitation for an account that doesn't exist yet."""
    account = AccountId(secrets.token_bytes(16))
    return Invitation(hub, url, code.upper(), account, secrets.token_bytes(16), secrets.token_bytes(16))


def write_invitation(path: Path, invitation: Invitation) -> None:
    """As a small file to hand over."""
    place = ids(
        hub=invitation.hub,
        url=invitation.url,
        code=invitation.code,
        account=invitation.account,
        invitation=invitation.invitation,
        secret=invitation.secret,
    )
    files.write(path, canon({"v": 1, **place}))


def read_invitation(path: Path) -> Invitation:
    """Raises Damaged where the file isn't an invitation."""
    try:
        value = json.loads(files.read(path))
        return Invitation(
            HubId(id32(value["hub"])),
            str(value["url"]),
            str(value["code"]),
            AccountId(id16(value["account"])),
            id16(value["invitation"]),
            id16(value["secret"]),
        )
    except (ProtocolError, KeyError, TypeError, ValueError) as error:
        raise Damaged(N_("{path} isn't an invitation. Ask for a new one.").format(path=path)) from error


def check_passphrase(passphrase: str) -> None:
    """Raises Damaged with the rule in a sentence."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Damaged(N_("Choose a passphrase of at least twelve characters: four words are easy to remember."))


async def make_member(invitation: Invitation, passphrase: str, device_label: str, at: int) -> NewMember:
    """All keys of one person, the vault behind two ways, and the signed request to be certified."""
    check_passphrase(passphrase)
    identity, device, encryption = new_signing_key("account"), new_signing_key("device"), EncryptionKey.new()
    device_id, vault_key = DeviceId(secrets.token_bytes(16)), secrets.token_bytes(32)
    second, recovery, salt = secrets.token_bytes(16), secrets.token_bytes(32), secrets.token_bytes(16)
    hub, code = invitation.hub, invitation.code

    stretched = await asyncio.to_thread(stretch, passphrase, salt)
    first, other = secrets.token_bytes(16), secrets.token_bytes(16)
    by_passphrase = passphrase_door(stretched, second, hub, code, first)
    by_recovery = recovery_door(recovery, hub, code, other)
    wraps = (
        wrap_vault_key(vault_key, by_passphrase, hub, code, first, "passphrase", secrets.token_bytes(12), salt),
        wrap_vault_key(vault_key, by_recovery, hub, code, other, "recovery", secrets.token_bytes(12)),
    )
    sealed = seal_vault(
        vault_key,
        ids(hub=hub, account=invitation.account, version=1),
        Vault(identity.secret, ((1, encryption.seed),)),
        secrets.token_bytes(12),
    )
    printed = Sheet(b64(hub), invitation.url, code, format_secret(second), recovery_code(recovery))
    _prove(wraps[1], printed.recovery, invitation, sealed)

    body = enrolment_body(
        Enrolment(
            hub,
            invitation.invitation,
            invitation.account,
            code,
            identity.public,
            encryption.public,
            device_id,
            device.public,
            device_label,
            at,
        )
    )
    added = act_body(
        hub=hub,
        type="device.add",
        by=[invitation.account],
        n=1,
        expires=at + YEAR,
        **ids(account=invitation.account, device=device_id, key=device.public, label=device_label),
    )
    doors = (by_passphrase, by_recovery)
    request: dict[str, Json] = {
        "body": b64(body),
        "signatures": [b64(identity.sign("enrol", body)), b64(device.sign("enrol", body))],
        "mac": b64(enrolment_mac(invitation.secret, hub, invitation.invitation, body)),
        "device_act": {"body": b64(added), "signature": b64(identity.sign("act", added))},
        "vault": {"version": 1, "sealed": sealed},
        "wraps": [
            {**vault_wrap_form(wrap), "verifier": b64(verifier(door.sign_in_secret))}
            for wrap, door in zip(wraps, doors, strict=True)
        ],
    }
    kept = LocalDevice(device_id, device_label, seal_device(vault_key, hub, invitation.account, device))
    profile = Profile(hub, invitation.url, code, invitation.account, second, kept, 1, sealed, wraps)
    return NewMember(profile, printed, request, identity.public)


def _prove(wrap: VaultWrap, printed: str, invitation: Invitation, vault: str) -> None:
    """The recovery code as printed opens the very vault that will be sent. Raises Locked otherwise."""
    door = recovery_way(wrap, invitation.hub, invitation.code, printed)
    open_keys(wrap, door, invitation.hub, invitation.code, invitation.account, 1, vault)
