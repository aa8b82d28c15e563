"""A new machine of somebody who has an account: what is on their sheet opens the vault (docs/spec/11-vault.md)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto.acts import act_body
from crypto.directory import DirectoryHistory
from crypto.encoding import AccountId, DeviceId, HubId, canon, id16, id32, ids
from crypto.errors import ProtocolError
from crypto.packet import pack
from crypto.signing import SigningKey, new_signing_key
from crypto.vault import Door, VaultWrap, read_vault_wrap
from hub.client.api import Hub
from hub.client.enrolment import Sheet
from hub.client.errors import N_, Fault, Locked
from hub.client.keystore import (
    FILE,
    LocalDevice,
    Profile,
    VaultKeys,
    open_device,
    open_keys,
    passphrase_way,
    read_profile,
    read_second,
    recovery_way,
    seal_device,
    write_profile,
)
from hub.client.renewal import Confirm, Owner, renew_ways
from hub.client.standing import DirectoryView
from hub.client.state import now

YEAR = 365 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Secrets:
    """The passphrase with the second secret, or, after a loss, the recovery code with the new passphrase."""

    passphrase: str
    second: str | None = None
    recovery: str | None = None


async def arrive(
    folder: Path, url: str, code: str, given: Secrets, label: str, *, confirm: Confirm | None = None
) -> Sheet | None:
    """
    Makes this machine a device of the account and writes its profile. After a recovery, returns the new sheet: the
    passphrase, second secret and recovery code of before open nothing any more.

    A profile of the same account that is there already keeps its device, and what waits in its outbox.

    The hub's id isn't taken on trust: the vault opens only under the id that it was sealed for, and the directory must
    begin with the genesis of that id and certify the very identity key that the vault holds.
    """
    code = code.strip().upper()
    async with Hub(url) as hub:
        id_ = await hub_id(hub)
        wrap, door = await _door(hub, id_, code, given)
        answer = await hub.sign_in(code, wrap.wrap, door.sign_in_secret)
        wraps = tuple(read_vault_wrap(one) for one in answer["wraps"] if one["kind"] != "passkey")
        account, version = AccountId(id16(answer["account"])), int(answer["vault"]["version"])
        sealed = str(answer["vault"]["sealed"])
        opened = next(one for one in wraps if one.wrap == wrap.wrap)
        keys = open_keys(opened, door, id_, code, account, version, sealed)

        directory = await own_directory(hub, id_, account, keys.identity.public)
        device_id, device, kept_label = kept_device(folder, id_, account, keys) or await _add_device(
            hub, directory, keys, account, label
        )
        await speak_as(hub, id_, device_id, device)
        if given.second is not None:
            second, sheet = read_second(given.second), None
        else:
            owner = Owner(id_, url, code, account, keys, version, sealed)
            renewed = await renew_ways(hub, owner, given.passphrase, confirm=confirm)
            wraps, second, sheet = renewed.wraps, renewed.ways.second, renewed.sheet
        kept = LocalDevice(device_id, kept_label, seal_device(keys.key, id_, account, device))
        write_profile(folder, Profile(id_, url, code, account, second, kept, version, sealed, wraps))
        await hub.sign_out()
        return sheet


async def hub_id(hub: Hub) -> HubId:
    """What the hub calls itself: believed when the vault opens under it."""
    return HubId(id32((await hub.about())["hub"]))


async def own_directory(hub: Hub, id_: HubId, account: AccountId, identity: bytes) -> DirectoryView:
    """The verified directory, which certifies this identity key. Raises Fault."""
    directory = DirectoryView(id_)
    async for packet in hub.directory(-1):
        directory.take(packet)
    _check_own(directory.history, account, identity)
    return directory


async def speak_as(hub: Hub, id_: HubId, device_id: DeviceId, device: SigningKey) -> None:
    """Says which device speaks in this session."""
    session, at = str((await hub.who())["jti"]), now()
    statement = canon(ids(hub=id_, session=session, device=device_id, at=at))
    await hub.bind_device(device_id, at, device.sign("sign-in", statement))


def kept_device(
    folder: Path, hub: HubId, account: AccountId, keys: VaultKeys
) -> tuple[DeviceId, SigningKey, str] | None:
    """The device of the profile in `folder`, if there is one of this account."""
    if not (folder / FILE).exists():
        return None
    profile = read_profile(folder)
    if (profile.hub, profile.account) != (hub, account):
        return None
    return profile.device.id, open_device(keys, profile), profile.device.label


async def _add_device(
    hub: Hub, directory: DirectoryView, keys: VaultKeys, account: AccountId, label: str
) -> tuple[DeviceId, SigningKey, str]:
    device, device_id = new_signing_key("device"), DeviceId(secrets.token_bytes(16))
    act = act_body(
        hub=directory.latest.hub,
        type="device.add",
        by=[account],
        n=directory.latest.next_n([account]),
        expires=now() + YEAR,
        **ids(account=account, device=device_id, key=device.public, label=label[:80]),
    )
    await hub.submit_act(pack(b"", b"", act, [keys.identity.sign("act", act)], b""))
    return device_id, device, label[:80]


async def _door(hub: Hub, id_: HubId, code: str, given: Secrets) -> tuple[VaultWrap, Door]:
    kind = "passphrase" if given.recovery is None else "recovery"
    way = next((one for one in await hub.ways(code) if one["kind"] == kind), None)
    if way is None:
        raise Locked(N_("This account has no such way in. Use another one from your sheet."))
    wrap = _parameters(way)
    if given.recovery is not None:
        try:
            return wrap, recovery_way(wrap, id_, code, given.recovery)
        except ProtocolError as error:
            raise Locked(N_("The recovery code was mistyped: its last three characters are a check.")) from error
    return wrap, await passphrase_way(wrap, id_, code, given.passphrase, read_second(given.second or ""))


def _parameters(way: dict[str, Any]) -> VaultWrap:
    return VaultWrap(
        id16(way["wrap"]),
        str(way["kind"]),
        None if way["salt"] is None else id16(way["salt"]),
        int(way["memory"]),
        int(way["passes"]),
        int(way["lanes"]),
        b"",
    )


def _check_own(history: DirectoryHistory, account: AccountId, identity: bytes) -> None:
    certified = history.latest.accounts.get(account)
    if certified is None or certified.aik != identity:
        raise Fault("not-certified", "own account")
