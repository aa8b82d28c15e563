"""A new generation of an account's key, safe in the vault before anybody hears of it (docs/spec/11-vault.md)."""

from __future__ import annotations

import secrets
from dataclasses import replace

from crypto.encoding import ids
from crypto.errors import CannotOpen
from crypto.keys import EncryptionKey
from crypto.vault import open_vault, seal_vault
from hub.client.enrolment import Sheet
from hub.client.errors import N_, Damaged
from hub.client.keystore import VaultKeys, seal_device, vault_of, write_profile
from hub.client.renewal import Confirm, Owner, renew_ways
from hub.client.state import State

OLD_VAULT = N_("Another device has changed the vault. Sign in anew on this one, then try again.")


async def keep_new_key(state: State, generation: int) -> None:
    """
    Makes the key of `generation` and seals it into the vault at the hub and in the profile.

    One that is in the vault already, from an attempt that was cut off, is taken again.
    """
    keys = state.keys.vault
    version, standing = await _take_latest(state)
    if generation not in keys.encryption:
        keys.encryption[generation] = EncryptionKey.new()
        version += 1
        place = ids(hub=state.keys.hub, account=state.account, version=version)
        sealed = seal_vault(keys.key, place, vault_of(keys), secrets.token_bytes(12))
        await state.hub.put_vault(version, sealed)
    else:
        sealed = standing
    state.profile = replace(state.profile, vault_version=version, vault=sealed)
    write_profile(state.folder, state.profile)


async def take_generation(state: State) -> None:
    """
    Takes over the key of a generation that another device has made, or, after account.rekey, calls the only key by the
    generation that the directory gives it.
    """
    own = state.directory.latest.accounts.get(state.account)
    keys = state.keys.vault.encryption
    if own is None or own.aik != state.keys.vault.identity.public or own.generation in keys:
        return
    if len(keys) == 1 and next(iter(keys.values())).public == own.aek:
        keys[own.generation] = keys.pop(next(iter(keys)))
        return
    version, sealed = await _take_latest(state)
    state.profile = replace(state.profile, vault_version=version, vault=sealed)
    write_profile(state.folder, state.profile)


async def renew(state: State, passphrase: str, *, fresh_key: bool, confirm: Confirm | None) -> Sheet:
    """New ways into the vault, and this profile opened by them from now on."""
    keys, profile = state.keys, state.profile
    version, sealed = await _take_latest(state)
    owner = Owner(keys.hub, profile.url, keys.code, keys.account, keys.vault, version, sealed)
    renewed = await renew_ways(state.hub, owner, passphrase, fresh_key=fresh_key, confirm=confirm)
    device = replace(profile.device, sealed=seal_device(renewed.keys.key, keys.hub, keys.account, keys.device))
    state.profile = replace(
        profile,
        second=renewed.ways.second,
        device=device,
        vault_version=renewed.version,
        vault=renewed.sealed,
        wraps=renewed.wraps,
    )
    write_profile(state.folder, state.profile)
    state.keys = replace(keys, vault=renewed.keys, wrap=renewed.wraps[0].wrap, door=renewed.door)
    return renewed.sheet


async def _take_latest(state: State) -> tuple[int, str]:
    """Version and seal of the vault at the hub, its keys added to the ones that are open. Raises Damaged."""
    keys: VaultKeys = state.keys.vault
    told = await state.hub.vault()
    version, sealed = int(told["version"]), str(told["sealed"])
    try:
        latest = open_vault(keys.key, ids(hub=state.keys.hub, account=state.account, version=version), sealed)
    except CannotOpen as error:
        raise Damaged(OLD_VAULT) from error
    for number, seed in latest.aeks:
        keys.encryption.setdefault(number, EncryptionKey.from_seed(seed))
    return version, sealed
