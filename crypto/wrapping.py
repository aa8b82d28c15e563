"""Epoch secrets wrapped for one reader's encryption key: HPKE with X-Wing (docs/spec/04-wrapping.md, RFC 9180)."""

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from crypto.encoding import Json, commit_to, fields
from crypto.epochs import WRAP_SIZE
from crypto.errors import CannotOpen, MalformedKey
from crypto.keys import MLKEM_SIZE, check_encryption_key, expand_seed

# Suite 1. The library binds only `info`, no AAD: everything that a wrap belongs to stands in `info` (RFC 9180 8.1).
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO: Final = frozenset({"hub", "operation", "channel", "account", "generation", "commitment"})


def wrap(aek_public: bytes, secret: bytes, info: Mapping[str, Json]) -> bytes:
    """
    1,168 bytes: ``ML-KEM ciphertext (1,088) ‖ X25519 share (32) ‖ sealed secret (32) ‖ tag (16)``.

    `info` is {hub, operation, channel, account, generation, commitment}. Raises MalformedKey.
    """
    if len(secret) != 32:
        raise ValueError("an epoch secret has 32 bytes")
    check_encryption_key(aek_public)
    try:
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(aek_public[:MLKEM_SIZE]),
            X25519PublicKey.from_public_bytes(aek_public[MLKEM_SIZE:]),
        )
        return _SUITE.encrypt(secret, key, info=wrap_info(info))
    except ValueError:
        raise MalformedKey("the library refused this encryption key") from None


def unwrap(seed: bytes, blob: bytes, info: Mapping[str, Json]) -> bytes:
    """
    The 32 bytes. Raises CannotOpen for another key, another `info` or altered bytes.

    That it opens says nothing of who wrapped it: only the commitment in the signed record does.
    """
    if len(blob) != WRAP_SIZE:
        raise CannotOpen(f"a wrap of {len(blob)} bytes, not {WRAP_SIZE}")
    try:
        return _SUITE.decrypt(blob, MLKEM768X25519PrivateKey(*expand_seed(seed)), info=wrap_info(info))
    except (InvalidTag, ValueError):
        raise CannotOpen("the wrap doesn't open") from None


def wrap_info(info: Mapping[str, Json]) -> bytes:
    """PAE("wrap", info). Raises Malformed unless it has exactly its six fields."""
    return commit_to("wrap", fields(dict(info), _INFO))
