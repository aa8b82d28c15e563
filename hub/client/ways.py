"""The two ways into a vault: passphrase with second secret, and recovery code (docs/spec/11-vault.md)."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from crypto.encoding import HubId, Json, b64
from crypto.vault import (
    Door,
    VaultWrap,
    format_secret,
    passphrase_door,
    recovery_code,
    recovery_door,
    stretch,
    vault_wrap_form,
    verifier,
    wrap_vault_key,
)
from hub.client.errors import N_, Damaged

SHORTEST_PASSPHRASE = 12  # characters; the second secret carries the strength, this keeps a finder of the sheet out


@dataclass(frozen=True, slots=True)
class Ways:
    """Fresh ways into one vault: what the hub keeps, what stays with the person."""

    wraps: tuple[VaultWrap, VaultWrap]
    doors: tuple[Door, Door]
    second: bytes
    printed_second: str
    printed_recovery: str

    def request(self) -> Json:
        """What the hub is given of them."""
        return [
            {**vault_wrap_form(wrap), "verifier": b64(verifier(door.sign_in_secret))}
            for wrap, door in zip(self.wraps, self.doors, strict=True)
        ]


def check_passphrase(passphrase: str) -> None:
    """Raises Damaged with the rule in a sentence."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Damaged(N_("Choose a passphrase of at least twelve characters: four words are easy to remember."))


async def make_ways(vault_key: bytes, hub: HubId, code: str, passphrase: str) -> Ways:
    """New second secret, new recovery code, both wraps. Takes a fifth of a second, off the event loop."""
    check_passphrase(passphrase)
    second, recovery, salt = secrets.token_bytes(16), secrets.token_bytes(32), secrets.token_bytes(16)
    first, other = secrets.token_bytes(16), secrets.token_bytes(16)
    stretched = await asyncio.to_thread(stretch, passphrase, salt)
    by_passphrase = passphrase_door(stretched, second, hub, code, first)
    by_recovery = recovery_door(recovery, hub, code, other)
    wraps = (
        wrap_vault_key(vault_key, by_passphrase, hub, code, first, "passphrase", secrets.token_bytes(12), salt),
        wrap_vault_key(vault_key, by_recovery, hub, code, other, "recovery", secrets.token_bytes(12)),
    )
    return Ways(wraps, (by_passphrase, by_recovery), second, format_secret(second), recovery_code(recovery))
