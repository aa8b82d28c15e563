"""
Canonical JSON, base64url and the one framing of everything signed, derived or committed to (docs/spec/01-encoding.md).
"""

import binascii
import hashlib
import itertools
import json
import re
import struct
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NewType, TypeVar

from crypto.errors import Malformed, NotCanonical, TooLarge, UnknownContext, UnknownVersion
from crypto.normal import is_normal

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

HubId = NewType("HubId", bytes)  # 32 bytes: statement id of the genesis
OperationId = NewType("OperationId", bytes)  # 32 bytes: statement id of its first entry
AccountId = NewType("AccountId", bytes)  # 16 random bytes, as all below
DeviceId = NewType("DeviceId", bytes)
ChannelId = NewType("ChannelId", bytes)
OrganisationId = NewType("OrganisationId", bytes)
AdministratorId = NewType("AdministratorId", bytes)

MAX_STATEMENT: Final = 60_000  # bytes; log bundles carry 16-bit lengths
MAX_DEPTH: Final = 16
MAX_INTEGER: Final = 2**53 - 1

# fmt: off
CONTEXTS: Final = frozenset({
    "genesis", "act", "directory-entry", "entry", "envelope", "enrol", "sign-in", "export", "release", "roles",
    "template", "content", "header", "message", "label", "previous", "commitment", "wrap", "wrap-leaf", "readers",
    "vault", "vault-wrap", "sign-in-secret", "private", "private-key", "pins", "channel", "leaf-detail",
    "safety-number", "origin", "nomination", "card", "receipt", "rules",
})
# fmt: on

_Ordered = TypeVar("_Ordered", str, bytes)

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_PREFIX = b"ncphub/v1\0"
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")
_KEYS_REMEMBERED: Final = 1024
_KEY_REMEMBERED: Final = 40  # characters of the longest that is worth it

_keys: set[str] = set()  # keys of the right form that were met before
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")).encode


def canon(value: Json) -> bytes:
    """
    The one canonical encoding of `value`.

    Raises NotCanonical for what has none (a float, a key outside `[a-z][a-z0-9_]*`, text that isn't NFC, a lone
    surrogate, an integer beyond ±(2^53−1)) and TooLarge below depth 16.
    """
    _check(value, MAX_DEPTH)
    return _encode(value).encode()


def parse(raw: bytes, limit: int = MAX_STATEMENT) -> Any:
    """
    The value of canonical bytes. Raises NotCanonical unless `canon` of the result gives `raw` back, which also
    refuses duplicate keys, `1.0`, `-0`, spaces and escapes another parser might read differently.
    """
    if len(raw) > limit:
        raise TooLarge(f"{len(raw)} bytes, at most {limit} are allowed")
    try:
        value = _decode(raw.decode())
    except RecursionError:
        raise TooLarge("nested too deeply") from None
    except ValueError:  # also UnicodeDecodeError and json.JSONDecodeError
        raise NotCanonical("not UTF-8 JSON") from None
    if canon(value) != raw:
        raise NotCanonical("not in canonical form")
    return value


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return binascii.b2a_base64(raw, newline=False).rstrip(b"=").translate(_TO_URL).decode()


def unb64(text: str, size: int | None = None) -> bytes:
    """Raises Malformed unless `text` is exactly what `b64` gives for some bytes (of `size`, if given)."""
    try:
        written = text.encode("ascii")
        raw = binascii.a2b_base64(written.translate(_FROM_URL) + b"==")
    except ValueError:  # also UnicodeEncodeError and binascii.Error
        raise Malformed("not base64url") from None
    # The decoder passes over what it doesn't know, padding and loose bits; the other way back tells.
    if binascii.b2a_base64(raw, newline=False).rstrip(b"=").translate(_TO_URL) != written:
        raise Malformed("not base64url without padding")
    if size is not None and len(raw) != size:
        raise Malformed(f"{len(raw)} bytes, not {size}")
    return raw


def pae(context: str, body: bytes) -> bytes:
    """``"ncphub/v1\\0" ‖ context_size (4, big-endian) ‖ context ‖ body_size (8, big-endian) ‖ body``"""
    if context not in CONTEXTS:
        raise UnknownContext(f"no context {context!r}")
    name = context.encode()
    return _PREFIX + struct.pack(">I", len(name)) + name + struct.pack(">Q", len(body)) + body


def statement_id(context: str, body: bytes) -> bytes:
    """SHA-256 of the framed body, 32 bytes; signatures are no part of it."""
    return hashlib.sha256(pae(context, body)).digest()


def commit_to(context: str, value: Json) -> bytes:
    """The framed canonical form of `value`: input of every derivation, MAC, commitment and AAD."""
    return pae(context, canon(value))


def hash_of(context: str, value: Json) -> bytes:
    """SHA-256(commit_to(context, value))."""
    return hashlib.sha256(commit_to(context, value)).digest()


def ids(**parts: bytes | int | str | None) -> dict[str, Json]:
    """A JSON-ready dict: `ids(hub=b"…", epoch=3)` gives `{"hub": "…", "epoch": 3}`."""
    return {name: b64(part) if isinstance(part, bytes) else part for name, part in parts.items()}


# Reading statements: each reader returns the typed value or raises Malformed.


def fields(value: Any, required: str | Collection[str], optional: str | Collection[str] = ()) -> dict[str, Any]:
    """`value` as an object with every `required` field and none outside both lists (names, or words in one string)."""
    if not isinstance(value, dict):
        raise Malformed("not an object")
    needed, possible = _names(required), _names(optional)
    if missing := needed - value.keys():
        raise Malformed(f"missing: {', '.join(sorted(missing))}")
    if unknown := value.keys() - needed - possible:
        raise Malformed(f"unknown: {', '.join(sorted(unknown))}")
    return value


def id16(value: Any) -> bytes:
    """16 bytes from base64url."""
    return _id(_string(value), 16)


def id32(value: Any) -> bytes:
    """32 bytes from base64url: a hash or an Ed25519 key."""
    return _id(_string(value), 32)


def octets(value: Any, low: int, high: int) -> bytes:
    """Between `low` and `high` bytes from base64url."""
    raw = unb64(_string(value))
    if not low <= len(raw) <= high:
        raise Malformed(f"{len(raw)} bytes, not {low} to {high}")
    return raw


def integer(value: Any, low: int = 0, high: int = MAX_INTEGER) -> int:
    """A whole number from `low` to `high`; a boolean is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Malformed(f"not a whole number from {low} to {high}")
    return value


def text(value: Any, high: int, low: int = 1) -> str:
    """Text of `low` to `high` code points without control characters."""
    words = _string(value)
    if not low <= len(words) <= high or any(unicodedata.category(c) == "Cc" for c in words):
        raise Malformed(f"not text of {low} to {high} characters")
    return words


def matching(value: Any, pattern: re.Pattern[str]) -> str:
    """Text that `pattern` matches whole."""
    words = _string(value)
    if not pattern.fullmatch(words):
        raise Malformed(f"{words[:40]!r} isn't of the form {pattern.pattern}")
    return words


def choice(value: Any, allowed: Collection[str]) -> str:
    """One of `allowed`."""
    words = _string(value)
    if words not in allowed:
        raise Malformed(f"{words[:40]!r} isn't one of {', '.join(sorted(allowed))}")
    return words


def known(value: Any, number: int = 1) -> None:
    """Raises UnknownVersion unless `value` is the version (or suite) `number`; true isn't 1."""
    if isinstance(value, bool) or value != number:
        raise UnknownVersion("made by a newer version: an update is needed")


def flag(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Malformed("neither true nor false")
    return value


def items(value: Any, high: int, low: int = 0) -> list[Any]:
    """A list of `low` to `high` items."""
    if not isinstance(value, list) or not low <= len(value) <= high:
        raise Malformed(f"not a list of {low} to {high} items")
    return value


def ascending(values: Sequence[_Ordered]) -> tuple[_Ordered, ...]:
    """`values` if each is greater than the one before (so none is there twice)."""
    if any(a >= b for a, b in itertools.pairwise(values)):
        raise Malformed("not sorted, or something twice")
    return tuple(values)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Malformed("not text")
    return value


@lru_cache(maxsize=512)
def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _names(words: str | Collection[str]) -> frozenset[str]:
    return _listed(words) if isinstance(words, str) else frozenset(words)


def _check(value: Json, depth: int) -> None:
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value)
    elif value is None or isinstance(value, bool):
        return
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonical("an integer beyond 2^53 − 1")
    elif isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101 — the abstract question is ten times dearer
        if depth == 0:
            raise TooLarge("nested too deeply")
        if not value.keys() <= _keys:
            for key in value:
                _check_key(key)
        for part in value.values():
            _check(part, depth - 1)
    elif isinstance(value, (list, tuple)):
        if depth == 0:
            raise TooLarge("nested too deeply")
        for part in value:
            _check(part, depth - 1)
    else:
        raise NotCanonical(f"{type(value).__name__} has no canonical form")


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise NotCanonical(f"key {key!r}")
    if len(_keys) < _KEYS_REMEMBERED and len(key) <= _KEY_REMEMBERED:
        _keys.add(key)


def _check_text(words: str) -> None:
    if not is_normal(words):
        raise NotCanonical("text that isn't NFC")
    if any("\ud800" <= c <= "\udfff" for c in words):
        raise NotCanonical("a lone surrogate")


def _integer(digits: str) -> int:
    if len(digits) > 17:  # before int(): CPython refuses or takes long over thousands of digits
        raise NotCanonical("an integer beyond 2^53 − 1")
    return int(digits)


def _refuse_number(digits: str) -> None:
    raise NotCanonical(f"number {digits[:20]}")


_id = lru_cache(maxsize=4096)(unb64)
"""The same few ids stand in every statement; what is refused isn't remembered."""

_decode = json.JSONDecoder(parse_float=_refuse_number, parse_constant=_refuse_number, parse_int=_integer).decode
