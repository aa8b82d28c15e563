"""The key schedule of HPKE's base mode by hand (RFC 9180, 5.1): a second opinion on what the library does."""

import hmac

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SUITE_ID = b"HPKE" + bytes.fromhex("647a00010002")  # X-Wing, HKDF-SHA256, AES-256-GCM


def seal_from(shared_secret: bytes, info: bytes, plaintext: bytes) -> bytes:
    """What follows the KEM's ciphertext in a wrap, for the KEM's shared secret."""
    context = b"\0" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    secret = _extract(shared_secret, b"secret", b"")
    key, nonce = _expand(secret, b"key", context, 32), _expand(secret, b"base_nonce", context, 12)
    return AESGCM(key).encrypt(nonce, plaintext, b"")


def _extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE_ID + label + ikm, "sha256")


def _expand(secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + SUITE_ID + label + context
    return hmac.digest(secret, labelled + b"\x01", "sha256")[:length]
