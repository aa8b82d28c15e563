"""
The audit log's bytes: checkpoints, tile addresses, entry bundles, leaves (docs/spec/13-tlog.md; C2SP tlog-tiles,
tlog-checkpoint and signed-note).
"""

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Sequence
from typing import Final

from crypto.encoding import MAX_INTEGER, Json, canon, hash_of, ids
from crypto.errors import BadCheckpoint, BadProof, BadSignature, TooLarge
from crypto.signing import SigningKey, verify_note

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
MAX_ENTRY: Final = 65_535  # bundles give each entry's size in 16 bits
MAX_NOTE: Final = 10_000

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_TILE = re.compile(r"tile/(entries|[0-5])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_ED25519: Final = b"\x01"


def key_id(name: str, public: bytes) -> bytes:
    """SHA-256(name ‖ "\\n" ‖ 0x01 ‖ key), its first 4 bytes (signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """The log's key as other C2SP tools take it: ``name+key id (hex)+base64(0x01 ‖ key)``."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Three lines, each ended: origin, size, root as padded standard base64."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def sign_checkpoint(key: SigningKey, origin: str, size: int, root: bytes) -> str:
    """The signed note of a tree's size and root; the signer's name is the origin."""
    body = checkpoint_text(origin, size, root)
    blob = key_id(origin, key.public) + key.sign_note(body.encode())
    return f"{body}\n— {origin} {base64.b64encode(blob).decode()}\n"


def read_checkpoint(note: str, origin: str, log_public: bytes) -> tuple[int, bytes]:
    """
    (size, root) of a note that the log signed.

    Raises BadCheckpoint for another origin, extension lines, a size or root not in canonical form, and unless exactly
    one signature line bears the log's name and key id and its signature stands. Lines of other keys are ignored.
    """
    if len(note.encode()) > MAX_NOTE:
        raise BadCheckpoint("too long")
    body, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise BadCheckpoint("no signatures")
    body += "\n"
    parts = body.split("\n")
    if len(parts) != 4 or parts[0] != origin or not _SIZE.fullmatch(parts[1]):
        raise BadCheckpoint("not a checkpoint of this log")
    if int(parts[1]) > MAX_INTEGER:
        raise BadCheckpoint("a size that not every client can count to")
    root = _standard_b64(parts[2])
    if len(root) != 32:
        raise BadCheckpoint("a root of the wrong length")
    own = [
        blob[4:]
        for name, blob in (_signature_line(line) for line in lines[:-1].split("\n"))
        if name == origin and blob[:4] == key_id(origin, log_public)
    ]
    if len(own) != 1:
        raise BadCheckpoint("not signed once by the log's key")
    try:
        verify_note(log_public, body.encode(), own[0])
    except BadSignature:
        raise BadCheckpoint("the log's signature doesn't fit") from None
    return int(parts[1]), root


def tile_path(level: int | None, index: int, width: int = TILE_WIDTH) -> str:
    """The address of a tile (`level` None: of an entry bundle), such as ``tile/0/x001/x234/067.p/12``."""
    if not 0 <= index < 10**12 or not 1 <= width <= TILE_WIDTH or (level is not None and not 0 <= level <= 5):
        raise BadProof("no such tile")
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    partial = f".p/{width}" if width < TILE_WIDTH else ""
    return f"tile/{'entries' if level is None else level}/{'/'.join(groups)}{partial}"


def parse_tile_path(path: str) -> tuple[int | None, int, int]:
    """(level, index, width) of an address. Raises BadProof unless `tile_path` gives exactly `path` back."""
    match = _TILE.fullmatch(path)
    if match is None or len(path) > 40:
        raise BadProof("not the address of a tile")
    level = None if match[1] == "entries" else int(match[1])
    index = int("".join(match[2].replace("x", "").split("/")))
    width = TILE_WIDTH if match[3] is None else int(match[3])
    if width > TILE_WIDTH or tile_path(level, index, width) != path:
        raise BadProof("not the one address of a tile")
    return level, index, width


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """``size (2, big-endian) ‖ entry`` for each. Raises TooLarge."""
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise TooLarge(f"an entry of more than {MAX_ENTRY} bytes")
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def decode_bundle(bundle: bytes) -> list[bytes]:
    """The entries. Raises BadProof if the bundle ends inside one."""
    entries, place = [], 0
    while place < len(bundle):
        if place + 2 > len(bundle):
            raise BadProof("the bundle ends inside a size")
        (size,) = struct.unpack_from(">H", bundle, place)
        entry = bundle[place + 2 : place + 2 + size]
        if len(entry) != size:
            raise BadProof("the bundle ends inside an entry")
        entries.append(entry)
        place += 2 + size
    return entries


def leaf_body(
    *,
    type: str,
    at: int,
    actor: bytes | None,
    object: str | None,
    hash: bytes,
    salt: bytes,
    device: bytes | None = None,
    operation: bytes | None = None,
) -> bytes:
    """One act as the log keeps it: canonical {v, type, at, actor, device?, operation?, object, hash, salt}."""
    optional = {name: part for name, part in ids(device=device, operation=operation).items() if part is not None}
    return canon({"v": 1, "type": type, **ids(at=at, actor=actor, object=object, hash=hash, salt=salt), **optional})


def leaf_detail_hash(detail: Json) -> bytes:
    """SHA-256(PAE("leaf-detail", detail)): the erasable part (address, agent, salt, …) stays outside the log."""
    return hash_of("leaf-detail", detail)


def _signature_line(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not parts[1] or "+" in parts[1]:
        raise BadCheckpoint("a signature line not of its form")
    blob = _standard_b64(parts[2])
    if len(blob) < 5:
        raise BadCheckpoint("a signature line too short")
    return parts[1], blob


def _standard_b64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadCheckpoint("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise BadCheckpoint("base64 not in canonical form")
    return raw
