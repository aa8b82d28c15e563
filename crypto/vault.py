"""
The vault: an account's secrets under a key that passphrase, recovery code or passkey unwrap (docs/spec/11-vault.md).

Only clients import this module. Random bytes come in as arguments.
"""

import hashlib
import hmac
import itertools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.encoding import (
    Json,
    b64,
    canon,
    choice,
    commit_to,
    fields,
    id16,
    id32,
    ids,
    integer,
    items,
    octets,
    pae,
    parse,
    unb64,
)
from crypto.errors import BelowFloor, CannotOpen, Malformed

MEMORY_KIB: Final = 65_536  # floors and defaults at once: a hub that offers less is refused
PASSES: Final = 3
LANES: Final = 1
MOST_MEMORY_KIB: Final = 1_048_576  # a hub can't exhaust the client either
MOST_PASSES: Final = 16
MOST_FORMER: Final = 100
MAX_RECORD: Final = 1_000_000  # bytes of a private record

KINDS: Final = frozenset({"passphrase", "recovery", "passkey"})

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class Door:
    """What one way into the vault gives: the key of its wrap, and what signs in with it."""

    wrapping_key: bytes
    sign_in_secret: bytes


@dataclass(frozen=True, slots=True)
class VaultWrap:
    """The vault key behind one door. Everything beside `sealed` is bound to it as AAD."""

    wrap: bytes
    kind: str
    salt: bytes | None  # of the key stretching; None for a recovery code and a passkey
    memory: int
    passes: int
    lanes: int
    sealed: bytes  # nonce (12) ‖ ciphertext (32) ‖ tag (16)


@dataclass(frozen=True, slots=True)
class Vault:
    """
    The account's secrets: identity key, the seed of each generation of the encryption key, and the vault keys of
    before, under which private records of other devices may still be sealed.
    """

    aik: bytes
    aeks: tuple[tuple[int, bytes], ...]
    former: tuple[bytes, ...] = ()

    def seed(self, generation: int) -> bytes:
        """Raises CannotOpen if the vault doesn't have that generation."""
        for known, seed in self.aeks:
            if known == generation:
                return seed
        raise CannotOpen(f"the vault has no key of generation {generation}")


def stretch(passphrase: str, salt: bytes, memory: int = MEMORY_KIB, passes: int = PASSES, lanes: int = LANES) -> bytes:
    """Argon2id of the passphrase (NFKC, UTF-8), 32 bytes. Raises BelowFloor for weaker parameters than compiled in."""
    check_floors(memory, passes, lanes)
    if len(salt) != 16:
        raise Malformed("the salt has 16 bytes")
    words = unicodedata.normalize("NFKC", passphrase).encode()
    return Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(words)


def check_floors(memory: int, passes: int, lanes: int) -> None:
    """Raises BelowFloor below what is compiled in, Malformed above what a client is ready to spend."""
    if memory < MEMORY_KIB or passes < PASSES or lanes < LANES:
        raise BelowFloor("weaker key stretching than this client accepts")
    if memory > MOST_MEMORY_KIB or passes > MOST_PASSES or lanes > 4:
        raise Malformed("more key stretching than this client can do")


def passphrase_door(stretched: bytes, second_secret: bytes, hub: bytes, code: str, wrap: bytes) -> Door:
    """The door of a passphrase *and* the second secret (16 bytes): `stretched` is what `stretch` gave."""
    if len(second_secret) != 16:
        raise Malformed("the second secret has 16 bytes")
    return door_behind(stretched, second_secret, {**ids(hub=hub, code=code, wrap=wrap), "kind": "passphrase"})


def recovery_door(recovery: bytes, hub: bytes, code: str, wrap: bytes) -> Door:
    """The door of a recovery code (its 32 bytes)."""
    if len(recovery) != 32:
        raise Malformed("a recovery code has 32 bytes")
    return door_behind(recovery, b"", {**ids(hub=hub, code=code, wrap=wrap), "kind": "recovery"})


def verifier(sign_in_secret: bytes) -> bytes:
    """What the hub keeps of a sign-in secret: SHA-256(PAE("sign-in-secret", secret))."""
    return hashlib.sha256(pae("sign-in-secret", sign_in_secret)).digest()


def wrap_vault_key(
    vault_key: bytes,
    door: Door,
    hub: bytes,
    code: str,
    wrap: bytes,
    kind: str,
    nonce: bytes,
    salt: bytes | None = None,
    memory: int = MEMORY_KIB,
    passes: int = PASSES,
    lanes: int = LANES,
) -> VaultWrap:
    """The vault key (32 bytes) behind `door`. Only a passphrase is stretched: other wraps have no salt, and zeros."""
    if kind != "passphrase":
        memory = passes = lanes = 0
    blank = VaultWrap(wrap, kind, salt, memory, passes, lanes, b"")
    _check_parameters(blank)
    return replace(blank, sealed=seal_under(door.wrapping_key, nonce, vault_key, _wrap_aad(blank, hub, code)))


def unwrap_vault_key(vault_wrap: VaultWrap, door: Door, hub: bytes, code: str) -> bytes:
    """The vault key. Raises CannotOpen (wrong passphrase, secret or code, or altered), BelowFloor or Malformed."""
    _check_parameters(vault_wrap)
    vault_key = open_sealed(door.wrapping_key, vault_wrap.sealed, _wrap_aad(vault_wrap, hub, code))
    if len(vault_key) != 32:
        raise Malformed("a vault key has 32 bytes")
    return vault_key


def vault_wrap_form(vault_wrap: VaultWrap) -> dict[str, Json]:
    """A wrap as the hub keeps it, JSON-ready."""
    return {**_parameters(vault_wrap), "sealed": b64(vault_wrap.sealed)}


def read_vault_wrap(value: Any) -> VaultWrap:
    """Raises Malformed or BelowFloor."""
    fields(value, "wrap kind salt memory passes lanes sealed")
    read = VaultWrap(
        wrap=id16(value["wrap"]),
        kind=choice(value["kind"], KINDS),
        salt=None if value["salt"] is None else id16(value["salt"]),
        memory=integer(value["memory"]),
        passes=integer(value["passes"]),
        lanes=integer(value["lanes"]),
        sealed=octets(value["sealed"], 60, 60),
    )
    _check_parameters(read)
    return read


def seal_vault(vault_key: bytes, ids: Mapping[str, Json], vault: Vault, nonce: bytes) -> str:
    """The one sealed record under {hub, account, version}; base64url of ``nonce ‖ ciphertext``."""
    value: dict[str, Json] = {"aik": b64(vault.aik), "aeks": [[number, b64(seed)] for number, seed in vault.aeks]}
    if vault.former:
        value["former"] = [b64(key) for key in vault.former]
    return b64(seal_under(vault_key, nonce, canon(value), _vault_aad(ids)))


def open_vault(vault_key: bytes, ids: Mapping[str, Json], sealed: str) -> Vault:
    """Raises CannotOpen (also for another account's or version's record) or Malformed."""
    value = fields(parse(open_sealed(vault_key, unb64(sealed), _vault_aad(ids))), {"aik", "aeks"}, {"former"})
    aeks = []
    for pair in items(value["aeks"], 1000, 1):
        generation, seed = items(pair, 2, 2)
        aeks.append((integer(generation, 1), id32(seed)))
    if any(b[0] != a[0] + 1 for a, b in itertools.pairwise(aeks)):
        raise Malformed("generations out of order")
    former = tuple(id32(key) for key in items(value["former"], MOST_FORMER, 1)) if "former" in value else ()
    return Vault(id32(value["aik"]), tuple(aeks), former)


def seal_private(vault_key: bytes, ids: Mapping[str, Json], value: Mapping[str, Json], nonce: bytes) -> str:
    """A private record (draft, pins, …) under {hub, account, record, version}; base64url of ``nonce ‖ ciphertext``."""
    return b64(seal_under(_private_key(vault_key, ids), nonce, canon(value), _private_aad(ids)))


def open_private(vault_key: bytes, ids: Mapping[str, Json], sealed: str) -> dict[str, Any]:
    """Raises CannotOpen or Malformed."""
    value = parse(open_sealed(_private_key(vault_key, ids), unb64(sealed), _private_aad(ids)), MAX_RECORD)
    if not isinstance(value, dict):
        raise Malformed("a private record is an object")
    return value


def recovery_code(secret: bytes) -> str:
    """A recovery code to print: 32 bytes as 52 characters and 3 check characters, in 11 groups of 5."""
    if len(secret) != 32:
        raise Malformed("a recovery code has 32 bytes")
    return spell(secret, checks=3, group=5)


def read_recovery_code(typed: str) -> bytes:
    """The 32 bytes; case, spaces and hyphens don't matter, O is 0, I and L are 1. Raises Malformed."""
    return unspell(typed, 32, checks=3)


def format_secret(secret: bytes) -> str:
    """A second secret to print: 16 bytes as 26 characters and 2 check characters, in 7 groups of 4."""
    if len(secret) != 16:
        raise Malformed("a second secret has 16 bytes")
    return spell(secret, checks=2, group=4)


def read_secret(typed: str) -> bytes:
    """The 16 bytes. Raises Malformed."""
    return unspell(typed, 16, checks=2)


def enrolment_mac(invitation_secret: bytes, hub: bytes, invitation: bytes, body: bytes) -> bytes:
    """HMAC(HKDF(invitation secret, PAE("enrol", {hub, invitation})), PAE("enrol", body)): the hub can't make it."""
    key = derive(invitation_secret, b"", commit_to("enrol", ids(hub=hub, invitation=invitation)))
    return hmac.digest(key, pae("enrol", body), "sha256")


def check_enrolment_mac(invitation_secret: bytes, hub: bytes, invitation: bytes, body: bytes, mac: bytes) -> None:
    """Raises CannotOpen unless whoever made `body` had the invitation's secret; compares in constant time."""
    if not hmac.compare_digest(enrolment_mac(invitation_secret, hub, invitation, body), mac):
        raise CannotOpen("not made with this invitation's secret")


def door_behind(ikm: bytes, salt: bytes, place: Mapping[str, Json]) -> Door:
    """The two secrets that a way gives, bound to its place {hub, code, wrap, kind}."""
    return Door(
        wrapping_key=derive(ikm, salt, commit_to("vault-wrap", place)),
        sign_in_secret=derive(ikm, salt, commit_to("sign-in-secret", place)),
    )


def _check_parameters(vault_wrap: VaultWrap) -> None:
    if vault_wrap.kind != "passphrase":
        if vault_wrap.salt is not None or (vault_wrap.memory, vault_wrap.passes, vault_wrap.lanes) != (0, 0, 0):
            raise Malformed("only a passphrase is stretched")
        return
    if vault_wrap.salt is None:
        raise Malformed("a passphrase wrap has a salt")
    check_floors(vault_wrap.memory, vault_wrap.passes, vault_wrap.lanes)


def _parameters(vault_wrap: VaultWrap) -> dict[str, Json]:
    return {
        **ids(wrap=vault_wrap.wrap, kind=vault_wrap.kind, salt=vault_wrap.salt),
        **ids(memory=vault_wrap.memory, passes=vault_wrap.passes, lanes=vault_wrap.lanes),
    }


def _wrap_aad(vault_wrap: VaultWrap, hub: bytes, code: str) -> bytes:
    return commit_to("vault-wrap", {**_parameters(vault_wrap), **ids(hub=hub, code=code)})


def _vault_aad(ids: Mapping[str, Json]) -> bytes:
    return commit_to("vault", fields(dict(ids), {"hub", "account", "version"}))


def _private_aad(ids: Mapping[str, Json]) -> bytes:
    return commit_to("private", fields(dict(ids), {"hub", "account", "record", "version"}))


def _private_key(vault_key: bytes, ids: Mapping[str, Json]) -> bytes:
    return derive(vault_key, b"", commit_to("private-key", {"hub": ids.get("hub"), "account": ids.get("account")}))


def derive(ikm: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA256, 32 bytes."""
    return HKDF(SHA256(), 32, salt=salt or None, info=info).derive(ikm)


def seal_under(key: bytes, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """``nonce ‖ AES-256-GCM``."""
    if len(nonce) != 12:
        raise ValueError("the nonce has 12 bytes")
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def open_sealed(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Raises CannotOpen."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], aad)
    except (InvalidTag, ValueError):
        raise CannotOpen("wrong key, wrong place or altered bytes") from None


def spell(secret: bytes, checks: int, group: int) -> str:
    """Bytes as letters that survive being copied from paper, check characters behind them."""
    length = -(-len(secret) * 8 // 5)
    bits = int.from_bytes(secret, "big") << (length * 5 - len(secret) * 8)
    letters = [_ALPHABET[bits >> 5 * i & 31] for i in reversed(range(length))]
    letters += _check_letters(secret, checks)
    return "-".join("".join(letters[i : i + group]) for i in range(0, len(letters), group))


def unspell(typed: str, size: int, checks: int) -> bytes:
    """The bytes behind `typed`. Raises Malformed."""
    letters = typed.upper().translate(_LOOKALIKES)
    length = -(-size * 8 // 5)
    if len(letters) != length + checks or any(letter not in _ALPHABET for letter in letters):
        raise Malformed("not all characters of the code, or one that no code has")
    bits = 0
    for letter in letters[:length]:
        bits = bits << 5 | _ALPHABET.index(letter)
    spare = length * 5 - size * 8
    secret = (bits >> spare).to_bytes(size, "big")
    if bits & (1 << spare) - 1 or list(letters[length:]) != _check_letters(secret, checks):
        raise Malformed("the code was mistyped: its check characters don't fit")
    return secret


def _check_letters(secret: bytes, count: int) -> list[str]:
    bits = int.from_bytes(hashlib.sha256(pae("vault-wrap", secret)).digest()[:4], "big")
    return [_ALPHABET[bits >> 27 - 5 * i & 31] for i in range(count)]
