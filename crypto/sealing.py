"""
Everything that opens content: message keys, sealed messages and labels, epochs made and opened
(docs/spec/05-sealing.md).

The hub never imports this module.
"""

import hashlib
import hmac
import secrets
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.encoding import (
    MAX_STATEMENT,
    AccountId,
    ChannelId,
    Json,
    b64,
    canon,
    commit_to,
    fields,
    hash_of,
    ids,
    octets,
    parse,
    unb64,
)
from crypto.envelope import header_body, read_header
from crypto.epochs import EpochRecord, Reader, readers_hash, verify_wrap, wraps_root
from crypto.errors import BadCommitment, BadPrevious, CannotOpen, Malformed, MalformedKey, WrongPlace
from crypto.keys import EncryptionKey, aek_hash
from crypto.wrapping import unwrap, wrap

SECRET_SIZE: Final = 32
NONCE_SIZE: Final = 12

_PLACE: Final = frozenset({"hub", "operation", "channel"})
_MESSAGE: Final = _PLACE | {"epoch", "device"}
_LABEL: Final = _PLACE | {"epoch"}
_PREVIOUS: Final = _LABEL | {"former"}

Ids = Mapping[str, Json]
"""The place that a key is for, JSON-ready: {hub, operation, channel, …} as each function says."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a message says, with the salt that an export needs to show the content's hash."""

    salt: bytes
    body: dict[str, Any]


def message_key(epoch_secret: bytes, ids: Ids) -> bytes:
    """A device's key of one epoch: HKDF(es, PAE("message", {hub, operation, channel, epoch, device}))."""
    return _derive(epoch_secret, "message", ids, _MESSAGE)


def content_hash(salt: bytes, body: Mapping[str, Json]) -> bytes:
    """SHA-256(PAE("content", {salt, body})): what the one signature covers of the words."""
    return hash_of("content", {"salt": b64(salt), "body": body})


def seal_message(
    epoch_secret: bytes, header: Mapping[str, Json], body: Mapping[str, Json], salt: bytes, nonce: bytes
) -> tuple[bytes, bytes]:
    """
    The header ready for signing, and the ciphertext.

    `header` is JSON-ready without v, suite, content, nonce, ciphertext_hash and size; `salt` (32) and `nonce` (12) are
    random bytes. Plaintext: ``size (4, big-endian) ‖ canonical {salt, body} ‖ zeros`` up to the next 256·2^n.
    """
    if len(salt) != 32 or len(nonce) != NONCE_SIZE:
        raise ValueError("the salt has 32 bytes and the nonce 12")
    plaintext = _pad(canon({"salt": b64(salt), "body": body}))
    clear: dict[str, Json] = {
        "v": 1,
        "suite": 1,
        **header,
        "content": b64(content_hash(salt, body)),
        "nonce": b64(nonce),
        "size": len(plaintext) + 16,
    }
    key = message_key(epoch_secret, {name: clear[name] for name in _MESSAGE})
    ciphertext = AESGCM(key).encrypt(nonce, plaintext, commit_to("header", clear))
    return header_body({**clear, "ciphertext_hash": b64(hashlib.sha256(ciphertext).digest())}), ciphertext


def open_message(epoch_secret: bytes, header: bytes, ciphertext: bytes) -> Opened:
    """
    The words under a header (its exact bytes, whose signature the caller has checked).

    Raises WrongPlace if ciphertext or words aren't those the header names, CannotOpen if key or header don't fit,
    Malformed if the plaintext isn't in its one form.
    """
    read = read_header(header)
    if read.nonce is None:
        raise WrongPlace("nothing is sealed under this header")
    if len(ciphertext) != read.size or hashlib.sha256(ciphertext).digest() != read.ciphertext_hash:
        raise WrongPlace("the ciphertext of another header")
    clear = {name: part for name, part in parse(header).items() if name != "ciphertext_hash"}
    key = message_key(epoch_secret, {name: clear[name] for name in _MESSAGE})
    plaintext = _open(key, read.nonce, ciphertext, commit_to("header", clear))
    value = fields(parse(_unpad(plaintext)), {"salt", "body"})
    salt, body = octets(value["salt"], 32, 32), value["body"]
    if not isinstance(body, dict):
        raise Malformed("the words aren't an object")
    if content_hash(salt, body) != read.content:
        raise WrongPlace("other words than the header names")
    return Opened(salt, body)


def seal_label(epoch_secret: bytes, ids: Ids, label: str, nonce: bytes) -> str:
    """A channel's free name under {hub, operation, channel, epoch}; base64url of ``nonce ‖ ciphertext``."""
    key = _derive(epoch_secret, "label", ids, _LABEL)
    return _seal(key, nonce, label.encode(), commit_to("label", ids))


def open_label(epoch_secret: bytes, ids: Ids, sealed: str) -> str:
    """Raises CannotOpen or Malformed."""
    key = _derive(epoch_secret, "label", ids, _LABEL)
    try:
        return _unseal(key, sealed, commit_to("label", ids)).decode()
    except UnicodeDecodeError:
        raise Malformed("a label that isn't UTF-8") from None


def seal_previous(epoch_secret: bytes, ids: Ids, former_secret: bytes, nonce: bytes) -> str:
    """The former epoch's secret under {hub, operation, channel, epoch, former}; base64url of ``nonce ‖ ciphertext``."""
    key = _derive(epoch_secret, "previous", ids, _PREVIOUS)
    return _seal(key, nonce, former_secret, commit_to("previous", ids))


def open_previous(epoch_secret: bytes, ids: Ids, sealed: str) -> bytes:
    """The former secret; check it against the former record's commitment. Raises CannotOpen or BadPrevious."""
    key = _derive(epoch_secret, "previous", ids, _PREVIOUS)
    former = _unseal(key, sealed, commit_to("previous", ids))
    if len(former) != SECRET_SIZE:
        raise BadPrevious("the former secret hasn't 32 bytes")
    return former


def commitment(epoch_secret: bytes, ids: Ids) -> bytes:
    """HMAC-SHA256(es, PAE("commitment", {hub, operation, channel})): the same secret for all, and none injected."""
    return hmac.digest(epoch_secret, commit_to("commitment", fields(dict(ids), _PLACE)), "sha256")


def check_commitment(epoch_secret: bytes, ids: Ids, expected: bytes) -> None:
    """Raises BadCommitment; compares in constant time."""
    if not hmac.compare_digest(commitment(epoch_secret, ids), expected):
        raise BadCommitment("not the secret that the epoch's author committed to")


def make_epoch(
    place: Ids,
    epoch: int,
    readers: Sequence[tuple[Reader, bytes]],
    label: str,
    seen: tuple[int, bytes],
    former: tuple[int, bytes] | None,
    epoch_secret: bytes | None = None,
) -> tuple[EpochRecord, list[bytes], bytes]:
    """
    A new epoch's record, the wraps in the readers' order, and its secret (random unless given).

    `place` is {hub, operation, channel}; `readers` pairs each computed reader, sorted by account, with its 1,216-byte
    key; `seen` is (seq, chain) of the channel as verified; `former` is (number, secret) exactly if the channel keeps
    its history and this isn't the first epoch. Raises MalformedKey if a key isn't the reader's.
    """
    secret = secrets.token_bytes(SECRET_SIZE) if epoch_secret is None else epoch_secret
    promise = commitment(secret, place)
    wraps = make_wraps(place, promise, readers, secret)
    at_epoch: dict[str, Json] = {**place, "epoch": epoch}
    previous = None
    if former is not None:
        number, former_secret = former
        sealed = seal_previous(secret, {**at_epoch, "former": number}, former_secret, secrets.token_bytes(NONCE_SIZE))
        previous = unb64(sealed)
    listed = [reader for reader, _ in readers]
    record = EpochRecord(
        channel=ChannelId(unb64(str(place["channel"]), 16)),
        epoch=epoch,
        readers_hash=readers_hash(listed),
        wraps_hash=wraps_root(listed, wraps),
        commitment=promise,
        label=unb64(seal_label(secret, at_epoch, label, secrets.token_bytes(NONCE_SIZE))),
        seen_seq=seen[0],
        seen_chain=seen[1],
        previous=previous,
    )
    return record, wraps, secret


def make_wraps(place: Ids, promise: bytes, readers: Sequence[tuple[Reader, bytes]], epoch_secret: bytes) -> list[bytes]:
    """One wrap for each reader in order: for a new epoch, or for grants of the current one (`promise`: commitment)."""
    wraps = []
    for reader, public in readers:
        if aek_hash(public) != reader.aek_hash:
            raise MalformedKey("another encryption key than the certified one")
        wraps.append(wrap(public, epoch_secret, _wrap_ids(place, reader.account, reader.generation, promise)))
    return wraps


def open_epoch(
    key: EncryptionKey | bytes,
    account: AccountId,
    generation: int,
    record: EpochRecord,
    wrapped: bytes,
    path: tuple[int, int, Sequence[bytes]],
    place: Ids,
    wraps_hash: bytes | None = None,
) -> bytes:
    """
    The epoch's secret, from `account`'s own wrap and the key (or its seed) of `generation`.

    `path` is (index, size, hashes) under the record's `wraps_hash`, or under `wraps_hash` of the signed grants that
    served this reader later. Steps: 1. the wrap is one that the author signed (BadProof), 2. it opens (CannotOpen),
    3. it is the secret that everyone got (BadCommitment).
    """
    index, size, hashes = path
    verify_wrap(account, generation, wrapped, index, size, hashes, wraps_hash or record.wraps_hash)
    seed = key.seed if isinstance(key, EncryptionKey) else key
    secret = unwrap(seed, wrapped, _wrap_ids(place, account, generation, record.commitment))
    check_commitment(secret, place, record.commitment)
    return secret


def _wrap_ids(place: Ids, account: AccountId, generation: int, promise: bytes) -> dict[str, Json]:
    return {**place, **ids(account=account, generation=generation, commitment=promise)}


def _derive(epoch_secret: bytes, context: str, ids: Ids, names: frozenset[str]) -> bytes:
    info = commit_to(context, fields(dict(ids), names))
    return HKDF(SHA256(), 32, salt=None, info=info).derive(epoch_secret)


def _seal(key: bytes, nonce: bytes, plaintext: bytes, aad: bytes) -> str:
    if len(nonce) != NONCE_SIZE:
        raise ValueError("the nonce has 12 bytes")
    return b64(nonce + AESGCM(key).encrypt(nonce, plaintext, aad))


def _unseal(key: bytes, sealed: str, aad: bytes) -> bytes:
    raw = unb64(sealed)
    return _open(key, raw[:NONCE_SIZE], raw[NONCE_SIZE:], aad)


def _open(key: bytes, nonce: bytes, ciphertext: bytes, aad: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, aad)
    except (InvalidTag, ValueError):
        raise CannotOpen("wrong key, wrong place or altered bytes") from None


def _pad(words: bytes) -> bytes:
    if len(words) > MAX_STATEMENT:
        raise Malformed(f"{len(words)} bytes of words, at most {MAX_STATEMENT}")
    framed = struct.pack(">I", len(words)) + words
    return framed.ljust(_padded_size(len(framed)), b"\0")


def _unpad(plaintext: bytes) -> bytes:
    (size,) = struct.unpack(">I", plaintext[:4])
    words, zeros = plaintext[4 : 4 + size], plaintext[4 + size :]
    if len(words) != size or any(zeros) or len(plaintext) != _padded_size(4 + size):
        raise Malformed("not padded in the one allowed way")
    return words


def _padded_size(size: int) -> int:
    """The smallest 256·2^n that holds `size` bytes."""
    return max(256, 1 << (size - 1).bit_length())
