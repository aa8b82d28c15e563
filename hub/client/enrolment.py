"""
Becoming a member: one's own keys, made here, under an invitation that came outside the hub (docs/spec/11-vault.md).

Two ways into the vault are made, passphrase with second secret and recovery code, and the recovery code is proven to
open the vault before anything leaves this machine.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from crypto.acts import act_body
from crypto.directory import Enrolment, enrolment_body
from crypto.encoding import AccountId, DeviceId, HubId, Json, b64, canon, id16, id32, ids
from crypto.errors import ProtocolError
from crypto.invitation import Invited, invitation_fragment, invitation_id
from crypto.keys import EncryptionKey
from crypto.signing import new_signing_key
from crypto.vault import Vault, enrolment_mac, format_secret, seal_vault
from hub.client import files
from hub.client.errors import N_, Damaged
from hub.client.keystore import LocalDevice, Profile, Unlocked, VaultKeys, open_keys, recovery_way, seal_device
from hub.client.ways import Ways, make_ways

YEAR = 365 * 24 * 3_600_000


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
    number: int = 1  # of the recovery code: the highest is the one that opens


@dataclass(frozen=True, slots=True)
class NewMember:
    """Everything made for one person: what stays here, what is printed, what is sent."""

    profile: Profile
    sheet: Sheet
    request: dict[str, Json]
    keys: Unlocked  # as `unlock` would give them, without stretching the passphrase once more


def invite(hub: HubId, url: str, code: str, account: AccountId | None = None) -> Invitation:
    """A fresh invitation: for a new account, or for new keys of one that exists. Its id follows from its secret."""
    secret = secrets.token_bytes(16)
    account = account or AccountId(secrets.token_bytes(16))
    return Invitation(hub, url, code.upper(), account, invitation_id(secret, hub), secret)


def invitation_link(invitation: Invitation) -> str:
    """What opens the page that sets up; a browser never sends what stands behind the #."""
    said = Invited(invitation.hub, invitation.account, invitation.code, invitation.secret)
    return f"{invitation.url.rstrip('/')}/setup#invitation={invitation_fragment(said)}"


def typed_invitation(invitation: Invitation) -> str:
    """The secret as it stands on a printed sheet, for whoever has no link."""
    return format_secret(invitation.secret)


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
        raise Damaged(N_("{path} isn't an invitation. Ask for a new one."), path=path) from error


async def make_member(invitation: Invitation, passphrase: str, device_label: str, at: int) -> NewMember:
    """All keys of one person, the vault behind two ways, and the signed request to be certified."""
    identity, device, encryption = new_signing_key("account"), new_signing_key("device"), EncryptionKey.new()
    device_id, vault_key = DeviceId(secrets.token_bytes(16)), secrets.token_bytes(32)
    hub, code, account = invitation.hub, invitation.code, invitation.account
    ways = await make_ways(vault_key, hub, code, passphrase)
    vault = Vault(identity.secret, ((1, encryption.seed),))
    sealed = seal_vault(vault_key, ids(hub=hub, account=account, version=1), vault, secrets.token_bytes(12))
    prove_recovery(ways, hub, code, account, 1, sealed)

    body = enrolment_body(
        Enrolment(
            hub=hub,
            invitation=invitation.invitation,
            account=account,
            code=code,
            aik=identity.public,
            aek=encryption.public,
            device=device_id,
            device_key=device.public,
            device_label=device_label,
            at=at,
        )
    )
    about_device = ids(account=account, device=device_id, key=device.public, label=device_label)
    added = act_body(hub=hub, type="device.add", by=[account], n=1, expires=at + YEAR, **about_device)
    request: dict[str, Json] = {
        "body": b64(body),
        "signatures": [b64(identity.sign("enrol", body)), b64(device.sign("enrol", body))],
        "mac": b64(enrolment_mac(invitation.secret, hub, invitation.invitation, body)),
        "device_act": {"body": b64(added), "signature": b64(identity.sign("act", added))},
        "vault": {"version": 1, "sealed": sealed},
        "wraps": ways.request(),
    }
    kept = LocalDevice(device_id, device_label, seal_device(vault_key, hub, account, device))
    profile = Profile(hub, invitation.url, code, account, ways.second, kept, 1, sealed, ways.wraps)
    sheet = Sheet(b64(hub), invitation.url, code, ways.printed_second, ways.printed_recovery)
    opened = VaultKeys(vault_key, identity, {1: encryption})
    keys = Unlocked(hub, account, code, opened, device_id, device, ways.wraps[0].wrap, ways.doors[0])
    return NewMember(profile, sheet, request, keys)


def prove_recovery(ways: Ways, hub: HubId, code: str, account: AccountId, version: int, vault: str) -> None:
    """The recovery code as printed opens the very vault that will be sent. Raises Locked otherwise."""
    door = recovery_way(ways.wraps[1], hub, code, ways.printed_recovery)
    open_keys(ways.wraps[1], door, hub, code, account, version, vault)
