"""A new generation of an account's key, safe in the vault before anybody hears of it (docs/spec/11-vault.md)."""

from __future__ import annotations

import secrets
from dataclasses import replace

from crypto.encoding import ids
from crypto.errors import CannotOpen
from crypto.keys import EncryptionKey
from crypto.vault import open_vault, seal_vault
from hub.client.errors import N_, Damaged
from hub.client.keystore import vault_of, write_profile
from hub.client.state import State

OLD_VAULT = N_("Another device has changed the vault. Sign in anew on this one, then try again.")


async def keep_new_key(state: State, generation: int) -> None:
    """
    Makes the key of `generation` and seals it into the vault at the hub and in the profile.

    One that is in the vault already, from an attempt that was cut off, is taken again.
    """
    keys, told = state.keys.vault, await state.hub.vault()
    version = int(told["version"])
    try:
        latest = open_vault(keys.key, ids(hub=state.keys.hub, account=state.account, version=version), told["sealed"])
    except CannotOpen as error:
        raise Damaged(OLD_VAULT) from error
    for number, seed in latest.aeks:
        keys.encryption.setdefault(number, EncryptionKey.from_seed(seed))
    if generation not in keys.encryption:
        keys.encryption[generation] = EncryptionKey.new()
        version += 1
        place = ids(hub=state.keys.hub, account=state.account, version=version)
        sealed = seal_vault(keys.key, place, vault_of(keys), secrets.token_bytes(12))
        await state.hub.put_vault(version, sealed)
    else:
        sealed = str(told["sealed"])
    state.profile = replace(state.profile, vault_version=version, vault=sealed)
    write_profile(state.folder, state.profile)
