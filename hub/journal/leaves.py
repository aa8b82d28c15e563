"""The bytes of a leaf and of the detail that it commits to (docs/spec, audit log)."""

import hashlib
import json
import re
import unicodedata
from functools import lru_cache
from typing import Final

from crypto.encoding import MAX_INTEGER, Json, b64, canon, pae
from crypto.normal import is_normal
from hub.journal.records import LeafDraft

AGENT_LENGTH: Final = 200
"""Characters of a browser's description of itself that are worth keeping."""

_NAME = re.compile(r"[A-Za-z0-9_-]*")
_KEY = re.compile(r"[a-z][a-z0-9_]*")

_name = lru_cache(maxsize=4096)(b64)
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
    for name, value in draft.detail.items():
        if not _is_plain(name, value):
            return canon({**detail, **draft.detail})
        detail[name] = value
    return _encode(detail).encode()


def detail_hash(detail: bytes) -> bytes:
    """What the leaf holds of its detail: SHA-256(PAE("leaf-detail", detail))."""
    return hashlib.sha256(pae("leaf-detail", detail)).digest()


def body_of(draft: LeafDraft, at: int, subject: str | None, commitment: bytes, salt: bytes) -> bytes:
    """
    Canonical JSON {v, type, at, actor, device?, operation?, object, hash, salt}.

    Written by hand, a tenth of the cost of the checked way: every part is the hub's own number or base64url. Tests hold
    it against crypto.tlog.leaf_body. Only a `subject` of other letters is encoded as any text.
    """
    actor = "null" if draft.actor is None else f'"{_name(draft.actor)}"'
    device = "" if draft.device is None else f'"device":"{_name(draft.device)}",'
    operation = "" if draft.operation is None else f'"operation":"{_name(draft.operation)}",'
    if subject is None:
        written = "null"
    else:
        written = f'"{subject}"' if _NAME.fullmatch(subject) else canon(subject).decode()
    return (
        f'{{"actor":{actor},"at":{at},{device}"hash":"{b64(commitment)}","object":{written},{operation}'
        f'"salt":"{b64(salt)}","type":"{draft.type}","v":1}}'
    ).encode()


def _is_plain(name: str, value: Json) -> bool:
    """True for what needs no closer look to be canonical: a number of the hub's, a word in ASCII."""
    if type(value) is str:
        return bool(_KEY.fullmatch(name)) and value.isascii()
    return type(value) is int and bool(_KEY.fullmatch(name)) and abs(value) <= MAX_INTEGER


@lru_cache(maxsize=4096)
def _harmless(words: str) -> str:
    """What a header held, as canonical text: no surrogates, no NUL (which jsonb refuses), NFC, not endless."""
    whole = words[:AGENT_LENGTH].encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    normal = unicodedata.normalize("NFC", whole)
    return normal if is_normal(normal) else normal.encode("ascii", "replace").decode()
