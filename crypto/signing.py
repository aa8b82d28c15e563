"""Ed25519 signatures, each bound to one context and one role of key (docs/spec/02-signing.md)."""

import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.encoding import pae
from crypto.errors import BadSignature, MalformedKey, UnknownContext, WeakKey

Role = Literal["administrator", "account", "device", "log"]

MAY_SIGN: Final[dict[Role, frozenset[str]]] = {
    "administrator": frozenset({"genesis", "act", "release"}),
    "account": frozenset({"act", "enrol"}),
    "device": frozenset({"entry", "envelope", "enrol", "sign-in", "export", "nomination", "card", "receipt"}),
    "log": frozenset(),  # signs only checkpoint notes, whose bytes C2SP defines
}

_P = 2**255 - 19
_SMALL_ORDER: Final = frozenset(
    {0, 1, _P - 1}
    | {
        int.from_bytes(bytes.fromhex(y), "little")
        for y in (
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        )
    }
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key that signs only what its role may."""

    role: Role
    public: bytes
    secret: bytes = field(repr=False)

    def sign(self, context: str, body: bytes) -> bytes:
        """64 bytes over PAE(context, body). Raises UnknownContext if this role doesn't sign that."""
        check_role(self.role, context)
        return self._key().sign(pae(context, body))

    def sign_note(self, note: bytes) -> bytes:
        """64 bytes over the note's own text; for the log's key only."""
        if self.role != "log":
            raise UnknownContext(f"a key of the role {self.role} signs no notes")
        return self._key().sign(note)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


def new_signing_key(role: Role) -> SigningKey:
    """A fresh random key."""
    return from_secret(role, secrets.token_bytes(32))


def from_secret(role: Role, secret: bytes) -> SigningKey:
    """The key of an RFC 8032 secret (32 bytes)."""
    if len(secret) != 32:
        raise MalformedKey(f"{len(secret)} bytes, not 32")
    return SigningKey(role, Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw(), secret)


def verify(role: Role, public: bytes, context: str, body: bytes, signature: bytes) -> None:
    """
    Returns only if `public`, a key of `role`, signed exactly `body` in `context`.

    Cofactorless, with canonical S and R (RFC 8032 5.1.7, not ZIP-215). Raises BadSignature otherwise, UnknownContext
    where the role may not sign: there is no boolean to forget.
    """
    check_role(role, context)
    _verify(public, pae(context, body), signature)


def verify_note(public: bytes, note: bytes, signature: bytes) -> None:
    """Returns only if the log's key `public` signed the text `note`. Raises BadSignature otherwise."""
    _verify(public, note, signature)


def check_role(role: Role, context: str) -> None:
    """Raises UnknownContext unless keys of `role` may sign in `context`."""
    if context not in MAY_SIGN[role]:
        raise UnknownContext(f"a key of the role {role} may not sign {context!r}")


def check_strong(public: bytes) -> None:
    """
    Raises WeakKey for keys of small order, under which one signature fits many messages, and for y ≥ p: OpenSSL and
    browsers accept both. MalformedKey unless 32 bytes.
    """
    if len(public) != 32:
        raise MalformedKey(f"{len(public)} bytes, not 32")
    y = int.from_bytes(public, "little") & (1 << 255) - 1
    if y >= _P or y in _SMALL_ORDER:
        raise WeakKey("an Ed25519 key of small order or not in canonical form")


def _verify(public: bytes, message: bytes, signature: bytes) -> None:
    if len(public) != 32 or len(signature) != 64:
        raise BadSignature("not 32 and 64 bytes")
    try:
        _public_key(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadSignature("the signature doesn't fit") from None


_public_key = lru_cache(maxsize=4096)(Ed25519PublicKey.from_public_bytes)
"""A device signs many statements: its point is decoded once."""
