"""A new machine of somebody who has an account: what is on their sheet opens the vault (docs/spec/11-vault.md)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto.acts import act_body
from crypto.directory import DirectoryHistory
from crypto.encoding import AccountId, DeviceId, HubId, b64, id16, id32, ids
from crypto.errors import ProtocolError
from crypto.packet import pack
from crypto.signing import new_signing_key
from crypto.vault import Door, VaultWrap, read_vault_wrap, seal_vault
from hub.client.api import Hub
from hub.client.enrolment import Sheet, prove_recovery
from hub.client.errors import N_, Fault, Locked
from hub.client.keystore import (
    LocalDevice,
    Profile,
    open_keys,
    passphrase_way,
    read_second,
    recovery_way,
    seal_device,
    vault_of,
    write_profile,
)
from hub.client.standing import DirectoryView
from hub.client.state import now
from hub.client.ways import make_ways

YEAR = 365 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Secrets:
    """The passphrase with the second secret, or, after a loss, the recovery code with the new passphrase."""

    passphrase: str
    second: str | None = None
    recovery: str | None = None


async def arrive(folder: Path, url: str, code: str, given: Secrets, label: str) -> Sheet | None:
    """
    Makes this machine a device of the account and writes its profile. After a recovery, returns the new sheet: the
    passphrase, second secret and recovery code of before open nothing any more.

    The hub's id isn't taken on trust: the vault opens only under the id that it was sealed for, and the directory must
    begin with the genesis of that id and certify the very identity key that the vault holds.
    """
    code = code.strip().upper()
    async with Hub(url) as hub:
        told = await hub.about()
        id_ = HubId(id32(told["hub"]))
        wrap, door = await _door(hub, id_, code, given)
        answer = await hub.sign_in(code, wrap.wrap, door.sign_in_secret)
        wraps = tuple(read_vault_wrap(one) for one in answer["wraps"])
        account, version = AccountId(id16(answer["account"])), int(answer["vault"]["version"])
        opened = next(one for one in wraps if one.wrap == wrap.wrap)
        keys = open_keys(opened, door, id_, code, account, version, str(answer["vault"]["sealed"]))

        directory = DirectoryView(id_)
        async for packet in hub.directory(-1):
            directory.take(packet)
        _check_own(directory.history, account, keys.identity.public)

        device, device_id = new_signing_key("device"), DeviceId(secrets.token_bytes(16))
        act = act_body(
            hub=id_,
            type="device.add",
            by=[account],
            n=directory.latest.next_n([account]),
            expires=now() + YEAR,
            **ids(account=account, device=device_id, key=device.public, label=label[:80]),
        )
        await hub.submit_act(pack(b"", b"", act, [keys.identity.sign("act", act)], b""))
        kept = LocalDevice(device_id, label[:80], seal_device(keys.key, id_, account, device))
        if given.second is not None:
            sealed, second, sheet = str(answer["vault"]["sealed"]), read_second(given.second), None
        else:
            version += 1
            ways = await make_ways(keys.key, id_, code, given.passphrase)
            sealed = seal_vault(
                keys.key, ids(hub=id_, account=account, version=version), vault_of(keys), secrets.token_bytes(12)
            )
            prove_recovery(ways, id_, code, account, version, sealed)
            wraps, second = ways.wraps, ways.second
            sheet = Sheet(b64(id_), url, code, ways.printed_second, ways.printed_recovery)
            await hub.put_vault(version, sealed, ways.request())
        write_profile(folder, Profile(id_, url, code, account, second, kept, version, sealed, wraps))
        await hub.sign_out()
        return sheet


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
