"""
One person's profile on one machine: what is kept, and what opens it (docs/spec/11-vault.md).

    profile/           0700
    ├── profile.json   hub id, address, account, second secret; device key, vault and its wraps, all sealed
    ├── pins.sealed    what this device has already verified
    ├── outbox/        what is written and not yet received by the hub, sealed
    ├── evidence/      statements that were refused, as they came
    └── lock           one process sends at a time

The second secret stays on each device by design; without the passphrase it opens nothing. Everything else that
is secret is sealed under the vault's key.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto.encoding import AccountId, DeviceId, HubId, Json, b64, canon, id16, id32, ids, unb64
from crypto.errors import CannotOpen, ProtocolError
from crypto.keys import EncryptionKey
from crypto.signing import SigningKey, from_secret
from crypto.vault import (
    Door,
    Vault,
    VaultWrap,
    open_private,
    open_vault,
    passphrase_door,
    read_recovery_code,
    read_secret,
    read_vault_wrap,
    recovery_door,
    seal_private,
    stretch,
    unwrap_vault_key,
    vault_wrap_form,
)
from hub.client import files
from hub.client.errors import N_, Damaged, Locked

WRONG_PASSPHRASE = N_("The passphrase and the second secret don't open this account's vault. Nothing was changed.")
WRONG_RECOVERY = N_("This recovery code doesn't open this account's vault. Nothing was changed.")
NO_PROFILE = N_("There is no profile in {path}. Sign in first: ncphub sign-in.")
NOT_A_PROFILE = N_("{path} isn't a profile, or it was altered. Nothing was changed.")
FILE = "profile.json"
DEVICE_RECORD = "local-device"


@dataclass(frozen=True, slots=True)
class LocalDevice:
    """This profile's device: its key is sealed under the vault's."""

    id: DeviceId
    label: str
    sealed: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What profile.json says."""

    hub: HubId
    url: str
    code: str
    account: AccountId
    second: bytes
    device: LocalDevice
    vault_version: int
    vault: str
    wraps: tuple[VaultWrap, ...]

    def wrap(self, kind: str) -> VaultWrap:
        """The way of this kind. Raises Locked where the account has none."""
        for one in self.wraps:
            if one.kind == kind:
                return one
        raise Locked(N_("This account has no such way in. Use another one from your sheet."))


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """An opened vault."""

    key: bytes
    identity: SigningKey
    encryption: dict[int, EncryptionKey]
    former: tuple[bytes, ...] = ()  # vault keys of before, under which older records may still be sealed


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The vault's contents and the device's key, in memory only."""

    hub: HubId
    account: AccountId
    code: str
    vault: VaultKeys
    device_id: DeviceId
    device: SigningKey
    wrap: bytes
    door: Door

    def seal(self, record: str, version: int, value: dict[str, Json]) -> str:
        """A private record, for the hub or for this disk."""
        return seal_record(self.vault.key, self.hub, self.account, record, version, value)

    def open(self, record: str, version: int, sealed: str) -> dict[str, Any]:
        """Raises CannotOpen unless this very record and version was sealed with this vault's key, or a former one."""
        return open_record(self.vault, _place(self.hub, self.account, record, version), sealed)


def seal_record(
    vault_key: bytes, hub: HubId, account: AccountId, record: str, version: int, value: dict[str, Json]
) -> str:
    """A private record under the vault's key."""
    return seal_private(vault_key, _place(hub, account, record, version), value, secrets.token_bytes(12))


def open_record(vault: VaultKeys, place: dict[str, Json], sealed: str) -> dict[str, Any]:
    """With the vault's key, or with one of before. Raises CannotOpen."""
    try:
        return open_private(vault.key, place, sealed)
    except CannotOpen:
        for former in reversed(vault.former):
            with suppress(CannotOpen):
                return open_private(former, place, sealed)
        raise


def _place(hub: HubId, account: AccountId, record: str, version: int) -> dict[str, Json]:
    return ids(hub=hub, account=account, record=record, version=version)


# -- the file ----------------------------------------------------------------------------------------------------------


def write_profile(folder: Path, profile: Profile) -> None:
    """Replaces profile.json at once or not at all."""
    files.private_folder(folder)
    parts: dict[str, Json] = {
        "v": 1,
        **ids(hub=profile.hub, url=profile.url, code=profile.code, account=profile.account, second=profile.second),
        "device": ids(id=profile.device.id, label=profile.device.label, sealed=profile.device.sealed),
        "vault": {"version": profile.vault_version, "sealed": profile.vault},
        "wraps": [vault_wrap_form(one) for one in profile.wraps],
    }
    files.write(folder / FILE, canon(parts))


def read_profile(folder: Path) -> Profile:
    """Raises Damaged with what to do."""
    path = folder / FILE
    if not path.exists():
        raise Damaged(NO_PROFILE, path=folder)
    try:
        value = json.loads(files.read(path))
        device = value["device"]
        return Profile(
            hub=HubId(id32(value["hub"])),
            url=str(value["url"]),
            code=str(value["code"]),
            account=AccountId(id16(value["account"])),
            second=id16(value["second"]),
            device=LocalDevice(DeviceId(id16(device["id"])), str(device["label"]), str(device["sealed"])),
            vault_version=int(value["vault"]["version"]),
            vault=str(value["vault"]["sealed"]),
            wraps=tuple(read_vault_wrap(one) for one in value["wraps"]),
        )
    except (ProtocolError, KeyError, TypeError, ValueError) as error:
        raise Damaged(NOT_A_PROFILE, path=path) from error


# -- opening -----------------------------------------------------------------------------------------------------------


async def passphrase_way(wrap: VaultWrap, hub: HubId, code: str, passphrase: str, second: bytes) -> Door:
    """
    The door of passphrase and second secret. Takes a fifth of a second and 64 MiB, off the event loop.

    Raises BelowFloor where the hub asks for less.
    """
    stretched = await asyncio.to_thread(stretch, passphrase, wrap.salt or b"", wrap.memory, wrap.passes, wrap.lanes)
    return passphrase_door(stretched, second, hub, code, wrap.wrap)


def recovery_way(wrap: VaultWrap, hub: HubId, code: str, typed: str) -> Door:
    """The door of a recovery code. Raises Malformed where it was mistyped."""
    return recovery_door(read_recovery_code(typed), hub, code, wrap.wrap)


def read_second(typed: str) -> bytes:
    """The second secret as printed. Raises Locked where it was mistyped."""
    try:
        return read_secret(typed)
    except ProtocolError as error:
        raise Locked(N_("The second secret was mistyped: its last two characters are a check.")) from error


def open_keys(
    wrap: VaultWrap, door: Door, hub: HubId, code: str, account: AccountId, version: int, vault: str
) -> VaultKeys:
    """The vault behind a door. Raises Locked where the secrets are wrong."""
    try:
        key = unwrap_vault_key(wrap, door, hub, code)
    except CannotOpen as error:
        raise Locked(WRONG_RECOVERY if wrap.kind == "recovery" else WRONG_PASSPHRASE) from error
    return open_with(key, hub, account, version, vault)


def open_with(key: bytes, hub: HubId, account: AccountId, version: int, vault: str) -> VaultKeys:
    """The vault under its own key. Raises CannotOpen."""
    opened = open_vault(key, ids(hub=hub, account=account, version=version), vault)
    encryption = {generation: EncryptionKey.from_seed(seed) for generation, seed in opened.aeks}
    return VaultKeys(key, from_secret("account", opened.aik), encryption, opened.former)


def vault_of(keys: VaultKeys) -> Vault:
    """The opened vault as it is sealed again."""
    aeks = tuple((number, key.seed) for number, key in sorted(keys.encryption.items()))
    return Vault(keys.identity.secret, aeks, keys.former)


async def unlock(profile: Profile, passphrase: str) -> Unlocked:
    """Opens a profile on this machine, without asking the hub anything. Raises Locked."""
    wrap = profile.wrap("passphrase")
    door = await passphrase_way(wrap, profile.hub, profile.code, passphrase, profile.second)
    vault = open_keys(wrap, door, profile.hub, profile.code, profile.account, profile.vault_version, profile.vault)
    device = open_device(vault, profile)
    return Unlocked(profile.hub, profile.account, profile.code, vault, profile.device.id, device, wrap.wrap, door)


def open_device(vault: VaultKeys, profile: Profile) -> SigningKey:
    """The profile's device key. Raises Damaged."""
    try:
        place = _place(profile.hub, profile.account, DEVICE_RECORD, 1)
        opened = open_record(vault, place, profile.device.sealed)
        return from_secret("device", unb64(opened["secret"], 32))
    except (ProtocolError, KeyError) as error:
        raise Damaged(N_("This profile's device key can't be opened. Sign in anew as another device.")) from error


def seal_device(vault_key: bytes, hub: HubId, account: AccountId, key: SigningKey) -> str:
    """The device's key as it rests in the profile."""
    return seal_record(vault_key, hub, account, DEVICE_RECORD, 1, {"secret": b64(key.secret)})
