"""Encryption keys (X-Wing, kept as their seed) and the safety number of an account (docs/spec/03-keys.md)."""

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from crypto.encoding import AccountId, HubId, hash_of, ids
from crypto.errors import MalformedKey

SEED_SIZE: Final = 32
PUBLIC_SIZE: Final = 1216  # ML-KEM-768 key (1,184) ‖ X25519 key (32)
MLKEM_SIZE: Final = 1184  # 768 coefficients of 12 bits ‖ rho (32)

_Q = 3329
_P = 2**255 - 19
_X25519_SMALL_ORDER: Final = frozenset(
    {
        0,
        1,
        _P - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    }
)


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """One generation of an account's encryption key. The seed (32 random bytes) is the only secret kept."""

    public: bytes
    seed: bytes = field(repr=False)

    @staticmethod
    def from_seed(seed: bytes) -> "EncryptionKey":
        """The key of a seed: SHAKE256(seed, 96) is the ML-KEM seed (64) ‖ the X25519 scalar (32)."""
        mlkem, x25519 = expand_seed(seed)
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return EncryptionKey(public, seed)

    @staticmethod
    def new() -> "EncryptionKey":
        """A fresh random key."""
        return EncryptionKey.from_seed(secrets.token_bytes(SEED_SIZE))


def expand_seed(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """The two private keys that X-Wing combines."""
    if len(seed) != SEED_SIZE:
        raise MalformedKey(f"{len(seed)} bytes, not {SEED_SIZE}")
    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])


def check_encryption_key(public: bytes) -> None:
    """
    Raises MalformedKey unless these are 1,216 bytes whose ML-KEM coefficients are all below 3,329 (FIPS 203, 7.2) and
    whose X25519 half isn't of small order: a wrap for such a key would be open to anyone, or to no one.
    """
    if len(public) != PUBLIC_SIZE:
        raise MalformedKey(f"{len(public)} bytes, not {PUBLIC_SIZE}")
    coefficients = public[: MLKEM_SIZE - 32]
    for i in range(0, len(coefficients), 3):
        pair = int.from_bytes(coefficients[i : i + 3], "little")
        if pair & 0xFFF >= _Q or pair >> 12 >= _Q:
            raise MalformedKey("an ML-KEM coefficient out of range")
    u = int.from_bytes(public[MLKEM_SIZE:], "little") & (1 << 255) - 1
    if u % _P in _X25519_SMALL_ORDER:
        raise MalformedKey("an X25519 key of small order")


@lru_cache(maxsize=8192)  # each member's is asked for by every channel and entry
def aek_hash(public: bytes) -> bytes:
    """SHA-256 of the 1,216 bytes."""
    return hashlib.sha256(public).digest()


def safety_number(hub: HubId, account: AccountId, aik: bytes) -> str:
    """
    Sixty digits in twelve groups that the account's owner and an administrator compare by voice:
    SHA-256(PAE("safety-number", {hub, account, aik})) modulo 10^60.
    """
    digest = hash_of("safety-number", ids(hub=hub, account=account, aik=aik))
    digits = f"{int.from_bytes(digest, 'big') % 10**60:060d}"
    return " ".join(digits[i : i + 5] for i in range(0, 60, 5))
