"""
New ways into one's vault: made, stored, proven to open what was stored, and only then put in the place of the old ones
(docs/spec/27-ways.md).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from crypto.encoding import AccountId, HubId, b64, ids
from crypto.errors import CannotOpen
from crypto.vault import MOST_FORMER, Door, VaultWrap, read_vault_wrap, seal_vault
from hub.client.api import Hub
from hub.client.enrolment import Sheet
from hub.client.errors import N_, Damaged
from hub.client.keystore import VaultKeys, open_keys, recovery_way, vault_of
from hub.client.ways import Ways, make_ways

NOT_KEPT = N_("The hub did not store the new ways as they were made. The old ones stay; nothing was changed.")

Confirm = Callable[[Sheet], None]
"""Shows the sheet, and raises unless the person has it on paper."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose vault it is, opened."""

    hub: HubId
    url: str
    code: str
    account: AccountId
    keys: VaultKeys
    version: int  # of the vault that stands
    sealed: str


@dataclass(frozen=True, slots=True)
class Renewed:
    """What opens from now on."""

    sheet: Sheet
    ways: Ways
    keys: VaultKeys
    version: int
    sealed: str

    @property
    def wraps(self) -> tuple[VaultWrap, ...]:
        return self.ways.wraps

    @property
    def door(self) -> Door:
        return self.ways.doors[0]


async def renew_ways(
    hub: Hub, owner: Owner, passphrase: str, *, fresh_key: bool = False, confirm: Confirm | None = None
) -> Renewed:
    """
    A new passphrase with a new second secret and a new recovery code. The session must speak for a device.

    `fresh_key` changes the vault's key too: who holds the sealed vault of before and guesses its passphrase opens
    nothing of later. Passkeys then have to be added anew. Raises Damaged where the hub kept something else.
    """
    keys, version, sealed = owner.keys, owner.version, owner.sealed
    if fresh_key:
        keys = replace(keys, key=secrets.token_bytes(32), former=(*keys.former, keys.key)[-MOST_FORMER:])
        version += 1
        place = ids(hub=owner.hub, account=owner.account, version=version)
        sealed = seal_vault(keys.key, place, vault_of(keys), secrets.token_bytes(12))
    ways = await make_ways(keys.key, owner.hub, owner.code, passphrase)
    told = dict(await hub.json("PUT", "/api/ways", body={"wraps": ways.request()}))
    _prove(ways, told["wraps"], owner, keys.key, version, sealed)
    number = int(told["number"])
    sheet = Sheet(b64(owner.hub), owner.url, owner.code, ways.printed_second, ways.printed_recovery, number)
    if confirm is not None:
        confirm(sheet)

    gone = [one["wrap"] for one in await ways_of(hub) if fresh_key or one["kind"] != "passkey"]
    proofs = [
        {"wrap": b64(wrap.wrap), "secret": b64(door.sign_in_secret)}
        for wrap, door in zip(ways.wraps, ways.doors, strict=True)
    ]
    change: dict[str, Any] = {"proofs": proofs, "drop": gone}
    if fresh_key:
        change["vault"] = {"version": version, "sealed": sealed}
    await hub.json("POST", "/api/ways/proof", body=change)
    return Renewed(sheet, ways, keys, version, sealed)


async def ways_of(hub: Hub) -> list[dict[str, Any]]:
    """The account's ways: kind, number, when made and last used."""
    return list(await hub.json("GET", "/api/ways"))


def _prove(ways: Ways, stored: Any, owner: Owner, key: bytes, version: int, sealed: str) -> None:
    """What the hub stored opens with the secrets as printed, and opens the very vault that counts afterwards."""
    kept = {one.wrap: one for one in map(read_vault_wrap, stored)}
    doors = (ways.doors[0], recovery_way(ways.wraps[1], owner.hub, owner.code, ways.printed_recovery))
    try:
        for wrap, door in zip(ways.wraps, doors, strict=True):
            opened = open_keys(kept[wrap.wrap], door, owner.hub, owner.code, owner.account, version, sealed)
            if opened.key != key:
                raise Damaged(NOT_KEPT)
    except (KeyError, CannotOpen) as error:
        raise Damaged(NOT_KEPT) from error
