"""WebSocket frames from the hub, whole and unmasked, so that one buffer serves every socket (RFC 6455, 5.2)."""

import json
import struct
from collections.abc import Mapping
from typing import Any, Final

_TEXT: Final = 0x81
_BINARY: Final = 0x82
_SHORT: Final = 126
_MEDIUM: Final = 1 << 16


def binary(payload: bytes) -> bytes:
    """One final binary frame."""
    return _header(_BINARY, len(payload)) + payload


def text(words: Mapping[str, Any]) -> bytes:
    """One final text frame with a JSON object."""
    payload = json.dumps(words, separators=(",", ":")).encode()
    return _header(_TEXT, len(payload)) + payload


def _header(first: int, size: int) -> bytes:
    if size < _SHORT:
        return bytes((first, size))
    if size < _MEDIUM:
        return struct.pack(">BBH", first, 126, size)
    return struct.pack(">BBQ", first, 127, size)
