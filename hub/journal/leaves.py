"""The bytes of a leaf and of the detail that it commits to (docs/spec, audit log)."""

import hashlib
import json
import unicodedata
from typing import Final

from crypto.encoding import Json, b64, canon, pae
from crypto.normal import is_normal
from hub.journal.records import LeafDraft

AGENT_LENGTH: Final = 200
"""Characters of a browser's description of itself that are worth keeping."""

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def detail_of(draft: LeafDraft, salt: bytes) -> bytes:
    """
    Canonical JSON {address?, agent?, …detail, salt}: the erasable part of a leaf.

    Address and agent are what a stranger sent, so they are brought into a form that has a canonical encoding; the rest
    is the hub's own and is checked. Raises NotCanonical for a detail without one.
    """
    detail: dict[str, Json] = {"salt": b64(salt)}
    if draft.place is not None:
        detail["address"] = _harmless(draft.place.address)
        detail["agent"] = _harmless(draft.place.agent)
    if not draft.detail:
        return _encode(detail).encode()
    return canon({**detail, **draft.detail})


def detail_hash(detail: bytes) -> bytes:
    """What the leaf holds of its detail: SHA-256(PAE("leaf-detail", detail))."""
    return hashlib.sha256(pae("leaf-detail", detail)).digest()


def body_of(draft: LeafDraft, at: int, subject: str | None, commitment: bytes, salt: bytes) -> bytes:
    """
    Canonical JSON {v, type, at, actor, device?, operation?, object, hash, salt}.

    Written without a second look at the parts, all of which are the hub's own numbers and base64url: tests hold it
    against `canon`. Only a `subject` that isn't plain ASCII goes the checked way.
    """
    leaf: dict[str, Json] = {
        "v": 1,
        "type": draft.type,
        "at": at,
        "actor": None if draft.actor is None else b64(draft.actor),
        "object": subject,
        "hash": b64(commitment),
        "salt": b64(salt),
    }
    if draft.device is not None:
        leaf["device"] = b64(draft.device)
    if draft.operation is not None:
        leaf["operation"] = b64(draft.operation)
    if subject is not None and not subject.isascii():
        return canon(leaf)
    return _encode(leaf).encode()


def _harmless(words: str) -> str:
    """What a header held, as canonical text: no surrogates, no NUL (which jsonb refuses), NFC, not endless."""
    whole = words[:AGENT_LENGTH].encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    normal = unicodedata.normalize("NFC", whole)
    return normal if is_normal(normal) else normal.encode("ascii", "replace").decode()
