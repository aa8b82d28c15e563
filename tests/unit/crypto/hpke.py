"""The key schedule of HPKE's base mode by hand (RFC 9180, 5.1): a second opinion on what the libraries do."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(frozen=True, slots=True)
class Suite:
    """`id` is ``KEM ‖ KDF ‖ AEAD``, two bytes each."""

    id: bytes
    key_size: int


OURS = Suite(bytes.fromhex("647a00010002"), 32)  # X-Wing, HKDF-SHA256, AES-256-GCM
RFC_A1 = Suite(bytes.fromhex("002000010001"), 16)  # X25519, HKDF-SHA256, AES-128-GCM


@dataclass(frozen=True, slots=True)
class Schedule:
    """What both sides hold once the KEM gave them its shared secret."""

    key: bytes
    base_nonce: bytes
    exporter_secret: bytes

    def seal(self, sequence: int, plaintext: bytes, aad: bytes) -> bytes:
        """The ciphertext and tag of the message with this number."""
        return AESGCM(self.key).encrypt(self._nonce(sequence), plaintext, aad)

    def open(self, sequence: int, ciphertext: bytes, aad: bytes) -> bytes:
        """Raises InvalidTag."""
        return AESGCM(self.key).decrypt(self._nonce(sequence), ciphertext, aad)

    def _nonce(self, sequence: int) -> bytes:
        return (int.from_bytes(self.base_nonce, "big") ^ sequence).to_bytes(12, "big")


def schedule(suite: Suite, shared_secret: bytes, info: bytes) -> Schedule:
    """KeySchedule of mode 0, so without a pre-shared key."""
    whole = b"HPKE" + suite.id
    context = b"\0" + _extract(whole, b"", b"psk_id_hash", b"") + _extract(whole, b"", b"info_hash", info)
    secret = _extract(whole, shared_secret, b"secret", b"")
    return Schedule(
        _expand(whole, secret, b"key", context, suite.key_size),
        _expand(whole, secret, b"base_nonce", context, 12),
        _expand(whole, secret, b"exp", context, 32),
    )


def x25519_shared_secret(private: bytes, enc: bytes) -> bytes:
    """Decap of DHKEM(X25519, HKDF-SHA256) (RFC 9180, 4.1)."""
    kem = b"KEM" + RFC_A1.id[:2]
    key = X25519PrivateKey.from_private_bytes(private)
    agreed = key.exchange(X25519PublicKey.from_public_bytes(enc))
    context = enc + key.public_key().public_bytes_raw()
    return _expand(kem, _extract(kem, b"", b"eae_prk", agreed), b"shared_secret", context, 32)


def open_all(private: bytes, enc: bytes, info: bytes, messages: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    """The plaintexts of (AAD, ciphertext) in their order, in the suite of RFC 9180, A.1. Raises InvalidTag."""
    opened = schedule(RFC_A1, x25519_shared_secret(private, enc), info)
    return [opened.open(sequence, ciphertext, aad) for sequence, (aad, ciphertext) in enumerate(messages)]


def _extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def _expand(suite: bytes, secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
    return hmac.digest(secret, labelled + b"\x01", "sha256")[:length]
