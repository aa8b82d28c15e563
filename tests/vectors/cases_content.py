"""Cases of what is sealed: wraps, epochs, messages, headers, the vault."""

import hashlib
import json
import struct
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto import epochs as records
from crypto import sealing as seals
from crypto import vault as vaults
from crypto import wrapping as wraps
from crypto.chain import chain_start
from crypto.encoding import AccountId, Json, b64, canon, commit_to, parse, unb64
from crypto.envelope import header_body
from crypto.epochs import Reader, record_form
from crypto.keys import EncryptionKey, aek_hash
from tests.vectors.cases_statements import weak_keys
from tests.vectors.run import HERE, reader_form
from tests.vectors.world import key, seed

Case = tuple[str, str, dict[str, Any]]
Cases = tuple[dict[str, Any], list[Case]]

HUB, OPERATION, CHANNEL = seed("hub"), seed("operation"), seed("channel", 16)
PLACE: dict[str, Json] = {"hub": b64(HUB), "operation": b64(OPERATION), "channel": b64(CHANNEL)}
SECRET, FORMER = seed("epoch secret"), seed("former epoch secret")
ONCE = HERE / "wraps_once.json"


def once(name: str, make: Callable[[], bytes]) -> bytes:
    """Random bytes that were made once and are kept: HPKE gives others each time."""
    kept = json.loads(ONCE.read_text()) if ONCE.exists() else {}
    if name not in kept:
        kept[name] = b64(make())
        ONCE.write_text(json.dumps(kept, indent=1) + "\n")
    return unb64(kept[name])


def _people() -> list[tuple[Reader, EncryptionKey]]:
    listed = []
    for name in ("Ama", "Claire", "Pedro"):
        one = EncryptionKey.from_seed(seed(f"aek {name}"))
        listed.append(
            (Reader(AccountId(seed(f"account {name}", 16)), key("account", name).public, 1, aek_hash(one.public)), one)
        )
    return sorted(listed, key=lambda pair: pair[0].account)


def _wraps() -> tuple[list[Reader], list[bytes]]:
    promise = seals.commitment(SECRET, PLACE)
    made = []
    for reader, one in _people():
        made.append(
            once(
                f"wrap {b64(reader.account)}",
                lambda reader=reader, one=one: wraps.wrap(one.public, SECRET, _info(reader, promise)),  # type: ignore[misc]
            )
        )
    return [reader for reader, _ in _people()], made


def _info(reader: Reader, promise: bytes) -> dict[str, Json]:
    parts: dict[str, Json] = {"account": b64(reader.account), "generation": reader.generation}
    return {**PLACE, **parts, "commitment": b64(promise)}


def _record(**other: Any) -> dict[str, Json]:
    readers, made = _wraps()
    at: dict[str, Json] = {**PLACE, "epoch": 2}
    record = records.EpochRecord(
        channel=CHANNEL,  # type: ignore[arg-type]  # bytes of a channel
        epoch=2,
        readers_hash=records.readers_hash(readers),
        wraps_hash=records.wraps_root(readers, made),
        commitment=seals.commitment(SECRET, PLACE),
        label=unb64(seals.seal_label(SECRET, at, "Atlantic ports", seed("nonce label", 12))),
        seen_seq=0,
        seen_chain=chain_start(HUB, OPERATION, CHANNEL),
        previous=unb64(seals.seal_previous(SECRET, {**at, "former": 1}, FORMER, seed("nonce previous", 12))),
    )
    return {**record_form(record), **other}


def wrapping() -> Cases:
    (reader, one), (other_reader, other) = _people()[:2]
    promise = seals.commitment(SECRET, PLACE)
    info = _info(reader, promise)
    blob = _wraps()[1][0]

    def unwrap(name: str, **parts: Any) -> Case:
        return name, "unwrap", {"seed": b64(one.seed), "blob": b64(blob), "info": info, **parts}

    flipped = {i: bytes([*blob[:i], blob[i] ^ 1, *blob[i + 1 :]]) for i in (0, 1087, 1088, 1119, 1120, 1167)}
    cases = [
        ("what a wrap is bound to", "wrap_info", {"info": info}),
        ("a wrap bound to too little", "wrap_info", {"info": PLACE}),
        ("a wrap bound to too much", "wrap_info", {"info": {**info, "more": 1}}),
        unwrap("the reader opens it"),
        unwrap("another reader doesn't", seed=b64(other.seed)),
        unwrap("it isn't another's", info=_info(other_reader, promise)),
        unwrap("nor for another channel", info={**info, "channel": b64(seed("other", 16))}),
        unwrap("nor for another operation", info={**info, "operation": b64(seed("other"))}),
        unwrap("nor for another hub", info={**info, "hub": b64(seed("other"))}),
        unwrap("nor for another generation", info={**info, "generation": 2}),
        unwrap("nor under another commitment", info={**info, "commitment": b64(seed("other"))}),
        unwrap("cut short", blob=b64(blob[:-1])),
        unwrap("a byte too many", blob=b64(blob + b"\0")),
        unwrap("nothing", blob=""),
        *[unwrap(f"changed at place {i}", blob=b64(b)) for i, b in flipped.items()],
        unwrap("an X25519 share of zeros", blob=b64(blob[:1088] + bytes(32) + blob[1120:])),
        (
            "no wrap for a malformed key",
            "wrap",
            {"aek_public": b64(b"\xff" * 1216), "secret": b64(SECRET), "info": info},
        ),
        (
            "no wrap for a key of small order",
            "wrap",
            {"aek_public": b64(one.public[:1184] + bytes(32)), "secret": b64(SECRET), "info": info},
        ),
        (
            "no wrap for half a key",
            "wrap",
            {"aek_public": b64(one.public[:1184]), "secret": b64(SECRET), "info": info},
        ),
    ]
    return {}, cases


def epochs() -> Cases:
    readers, made = _wraps()
    listed, given = [reader_form(reader) for reader in readers], [b64(one) for one in made]
    root = records.wraps_root(readers, made)
    record = _record()
    first = {**record, "epoch": 1, "previous": None}
    proof = {
        "account": listed[1][0],
        "generation": 1,
        "wrap": given[1],
        "index": 1,
        "size": 3,
        "path": [b64(h) for h in records.wrap_path(readers, made, 1)],
        "wraps_hash": b64(root),
    }

    def check(name: str, wraps_given: list[str], readers_given: list[Any] | None = None) -> Case:
        parts = {"wraps_hash": b64(root), "wraps": wraps_given, "readers": readers_given or listed}
        return name, "check_wraps", parts

    def judge(
        name: str, form: Any, former: int = 1, keeps_history: bool = True, among: list[Any] | None = None
    ) -> Case:
        parts = {"record": form, "readers": listed if among is None else among, "former": former}
        return name, "check_epoch_record", {**parts, "keeps_history": keeps_history}

    cases: list[Case] = [
        ("who reads", "readers_hash", {"readers": listed}),
        ("who reads, listed otherwise", "readers_hash", {"readers": listed[::-1]}),
        ("nobody", "readers_hash", {"readers": []}),
        ("one wrap's leaf", "wrap_leaf", {"account": listed[0][0], "generation": 1, "wrap": given[0]}),
        ("the root of all wraps", "wraps_root", {"readers": listed, "wraps": given}),
        ("the root of wraps out of order", "wraps_root", {"readers": listed[::-1], "wraps": given[::-1]}),
        ("one wrap's path", "wrap_path", {"readers": listed, "wraps": given, "index": 1}),
        check("all wraps", given),
        check("a wrap missing", given[:2]),
        check("a wrap for one more", [*given, given[0]]),
        check("two wraps exchanged", [given[1], given[0], given[2]]),
        check("another wrap", [given[0], b64(seed("wrap", 1168)), given[2]]),
        check("a wrap cut short", [given[0], b64(made[1][:-1]), given[2]]),
        check("readers out of order", given, listed[::-1]),
        check("another generation", given, [[*listed[0][:2], 2, listed[0][3]], *listed[1:]]),
        ("a wrap that was signed", "verify_wrap", proof),
        ("a wrap at another place", "verify_wrap", {**proof, "index": 0}),
        ("a wrap of another generation", "verify_wrap", {**proof, "generation": 2}),
        ("another's wrap", "verify_wrap", {**proof, "account": listed[0][0]}),
        ("a wrap that wasn't signed", "verify_wrap", {**proof, "wrap": b64(seed("wrap", 1168))}),
        ("a wrap too short", "verify_wrap", {**proof, "wrap": b64(made[1][:-1])}),
        judge("the second epoch", record),
        judge("the first epoch", first, 0),
        judge("the second epoch where history is from joining", {**record, "previous": None}, 1, False),
        judge("without the former secret", {**record, "previous": None}),
        judge("with a former secret it may not give", record, 1, False),
        judge("a first epoch with a former secret", {**record, "epoch": 1}, 0),
        judge("an epoch skipped", record, 0),
        judge("an epoch repeated", record, 2),
        judge("a ghost", record, among=[*listed, [b64(b"\xff" * 16), *listed[0][1:]]]),
        judge("a reader left out", record, among=listed[:2]),
        judge("nobody", record, among=[]),
        judge("another key than the reader's", record, among=[[*listed[0][:3], b64(seed("k"))], *listed[1:]]),
        judge(
            "another identity than the reader's",
            record,
            among=[[listed[0][0], b64(seed("a")), *listed[0][2:]], *listed[1:]],
        ),
        judge("an unknown field", {**record, "more": 1}),
        judge("epoch 0", {**record, "epoch": 0}),
        judge("a former secret of the wrong length", {**record, "previous": b64(bytes(59))}),
    ]
    return {}, cases


def _header(**other: Any) -> dict[str, Json]:
    parts: dict[str, Json] = {
        **PLACE,
        "kind": "alert",
        "epoch": 2,
        "id": b64(seed("envelope", 16)),
        "account": b64(seed("account Ama", 16)),
        "device": b64(seed("device Ama first", 16)),
        "device_seq": 2,
        "device_prev": b64(seed("device prev")),
        "head": {"seq": 7, "id": b64(seed("head"))},
        "directory": {"size": 16},
        "seen": {"seq": 3, "chain": b64(seed("chain"))},
        "at": 1_800_000_000_000,
        "urgency": "immediate",
        "to": ["FR", "PE"],
    }
    return {**parts, **other}


BODY: dict[str, Json] = {"title": "Syringes, 40 cartons", "value": [1, None, "é"], "more": {"deep": True}}


def sealing() -> Cases:
    secret, salt, nonce = b64(SECRET), seed("content salt"), seed("nonce", 12)
    sealed_header, ciphertext = seals.seal_message(SECRET, _header(), BODY, salt, nonce)
    opened = {"epoch_secret": secret, "header": b64(sealed_header), "ciphertext": b64(ciphertext)}
    device: dict[str, Json] = {**PLACE, "epoch": 2, "device": b64(seed("device Ama first", 16))}
    at: dict[str, Json] = {**PLACE, "epoch": 2}
    past: dict[str, Json] = {**at, "former": 1}
    label = seals.seal_label(SECRET, at, "Ports de l’Atlantique", seed("nonce label", 12))
    previous = seals.seal_previous(SECRET, past, FORMER, seed("nonce previous", 12))
    short = seals.seal_previous(SECRET, past, FORMER[:31], seed("nonce previous", 12))
    promise = seals.commitment(SECRET, PLACE)
    label_key = HKDF(SHA256(), 32, salt=None, info=commit_to("label", at)).derive(SECRET)
    unreadable = b64(bytes(12) + AESGCM(label_key).encrypt(bytes(12), b"\xff\xfe", commit_to("label", at)))

    def sized(name: str, length: int) -> Case:
        words: dict[str, Json] = {"words": "x" * length}
        given = {"epoch_secret": secret, "header": _header(), "body": words, "salt": b64(salt), "nonce": b64(nonce)}
        return name, "seal_message", given

    def reheaded(name: str, **other: Json) -> Case:
        return name, "open_message", {**opened, "header": b64(canon({**parse(sealed_header), **other}))}

    def forged(name: str, plaintext: bytes, content: bytes | None = None) -> Case:
        """A message of someone who has the key and keeps to the header, but not to the form inside."""
        clear: dict[str, Json] = {
            "v": 1,
            "suite": 1,
            **_header(),
            "content": b64(seals.content_hash(salt, BODY) if content is None else content),
            "nonce": b64(nonce),
            "size": len(plaintext) + 16,
        }
        bad = AESGCM(seals.message_key(SECRET, device)).encrypt(nonce, plaintext, commit_to("header", clear))
        body = header_body({**clear, "ciphertext_hash": b64(hashlib.sha256(bad).digest())})
        return name, "open_message", {**opened, "header": b64(body), "ciphertext": b64(bad)}

    words = canon({"salt": b64(salt), "body": BODY})
    framed = struct.pack(">I", len(words)) + words
    readers, made = _wraps()
    wrap = {
        "seed": b64(_people()[1][1].seed),
        "account": b64(readers[1].account),
        "generation": 1,
        "record": _record(),
        "wrap": b64(made[1]),
        "index": 1,
        "size": 3,
        "path": [b64(h) for h in records.wrap_path(readers, made, 1)],
        "place": PLACE,
    }
    injected = once(
        "injected", lambda: wraps.wrap(_people()[1][1].public, seed("the hub's secret"), _info(readers[1], promise))
    )
    lone = [readers[1]]
    injected_root = b64(records.wraps_root(lone, [injected]))
    granted = b64(records.wraps_root(lone, [made[1]]))
    cases: list[Case] = [
        ("a device's message key", "message_key", {"epoch_secret": secret, "ids": device}),
        ("another device's", "message_key", {"epoch_secret": secret, "ids": {**device, "device": b64(seed("d", 16))}}),
        ("a key for no device", "message_key", {"epoch_secret": secret, "ids": at}),
        ("the hash of words", "content_hash", {"salt": b64(salt), "body": BODY}),
        (
            "a message",
            "seal_message",
            {"epoch_secret": secret, "header": _header(), "body": BODY, "salt": b64(salt), "nonce": b64(nonce)},
        ),
        sized("a message that just fits 256 bytes", 178),
        sized("a message one byte longer", 179),
        sized("a message of 60,000 bytes of words", 59_926),
        sized("a message too long", 59_927),
        ("the message opens", "open_message", opened),
        ("not with another secret", "open_message", {**opened, "epoch_secret": b64(FORMER)}),
        ("not another ciphertext", "open_message", {**opened, "ciphertext": b64(ciphertext[:-1] + b"\0")}),
        ("not cut short", "open_message", {**opened, "ciphertext": b64(ciphertext[:-1])}),
        reheaded("not moved to another channel", channel=b64(seed("other", 16))),
        reheaded("not moved to another operation", operation=b64(seed("other"))),
        reheaded("not moved to another epoch", epoch=3),
        reheaded("not under another device", device=b64(seed("other", 16))),
        reheaded("not under another account", account=b64(seed("other", 16))),
        reheaded("not under another time", at=1_800_000_000_001),
        reheaded("not with another urgency", urgency="normal"),
        reheaded("not as another kind", kind="notice"),
        reheaded("not under another content hash", content=b64(seed("other"))),
        forged("other words than the hash says", framed.ljust(256, b"\0"), seed("other")),
        forged("padding that isn't zero", framed.ljust(255, b"\0") + b"\1"),
        forged("padded too far", framed.ljust(512, b"\0")),
        forged("a size beyond the plaintext", (struct.pack(">I", 60_000) + words).ljust(256, b"\0")),
        forged("words not in canonical form", (struct.pack(">I", len(words) + 1) + words + b" ").ljust(256, b"\0")),
        forged("words with a field too many", _framed(canon({"salt": b64(salt), "body": BODY, "more": 1}))),
        forged("words that are a list", _framed(canon({"salt": b64(salt), "body": [1]}))),
        forged("a salt too short", _framed(canon({"salt": b64(salt[:31]), "body": BODY}))),
        (
            "nothing is sealed under an acknowledgement",
            "open_message",
            {**opened, "header": b64(header_body(_header(kind="acknowledgement", ref=b64(seed("ref")))))},
        ),
        (
            "a label",
            "seal_label",
            {
                "epoch_secret": secret,
                "ids": at,
                "label": "Ports de l’Atlantique",
                "nonce": b64(seed("nonce label", 12)),
            },
        ),
        ("the label opens", "open_label", {"epoch_secret": secret, "ids": at, "sealed": label}),
        ("not in another epoch", "open_label", {"epoch_secret": secret, "ids": {**at, "epoch": 3}, "sealed": label}),
        ("not as a former secret", "open_previous", {"epoch_secret": secret, "ids": past, "sealed": label}),
        ("a label that isn't UTF-8", "open_label", {"epoch_secret": secret, "ids": at, "sealed": unreadable}),
        ("a label cut short", "open_label", {"epoch_secret": secret, "ids": at, "sealed": label[:-4]}),
        ("no label", "open_label", {"epoch_secret": secret, "ids": at, "sealed": ""}),
        (
            "a former secret",
            "seal_previous",
            {
                "epoch_secret": secret,
                "ids": past,
                "former_secret": b64(FORMER),
                "nonce": b64(seed("nonce previous", 12)),
            },
        ),
        ("the former secret opens", "open_previous", {"epoch_secret": secret, "ids": past, "sealed": previous}),
        (
            "not of another epoch",
            "open_previous",
            {"epoch_secret": secret, "ids": {**past, "former": 2}, "sealed": previous},
        ),
        ("a former secret of 31 bytes", "open_previous", {"epoch_secret": secret, "ids": past, "sealed": short}),
        ("a commitment", "commitment", {"epoch_secret": secret, "ids": PLACE}),
        ("the commitment stands", "check_commitment", {"epoch_secret": secret, "ids": PLACE, "expected": b64(promise)}),
        (
            "another secret's doesn't",
            "check_commitment",
            {"epoch_secret": b64(FORMER), "ids": PLACE, "expected": b64(promise)},
        ),
        (
            "nor for another channel",
            "check_commitment",
            {"epoch_secret": secret, "ids": {**PLACE, "channel": b64(seed("other", 16))}, "expected": b64(promise)},
        ),
        ("a reader opens the epoch", "open_epoch", wrap),
        ("with another's seed, not", "open_epoch", {**wrap, "seed": b64(_people()[0][1].seed)}),
        ("as another generation, not", "open_epoch", {**wrap, "generation": 2}),
        ("elsewhere, not", "open_epoch", {**wrap, "place": {**PLACE, "channel": b64(seed("other", 16))}}),
        ("at another place in the list, not", "open_epoch", {**wrap, "index": 2}),
        ("a wrap that wasn't signed, not", "open_epoch", {**wrap, "wrap": b64(injected)}),
        (
            "a secret that someone injected under a signed hash, not",
            "open_epoch",
            {
                **wrap,
                "wrap": b64(injected),
                "index": 0,
                "size": 1,
                "path": [],
                "record": _record(wraps_hash=injected_root),
            },
        ),
        (
            "a reader served later opens it under the grant's hash",
            "open_epoch",
            {**wrap, "index": 0, "size": 1, "path": [], "wraps_hash": granted},
        ),
        (
            "a grant can't inject a secret either",
            "open_epoch",
            {**wrap, "wrap": b64(injected), "index": 0, "size": 1, "path": [], "wraps_hash": injected_root},
        ),
    ]
    return {}, cases


def _framed(words: bytes) -> bytes:
    framed = struct.pack(">I", len(words)) + words
    return framed.ljust(max(256, 1 << (len(framed) - 1).bit_length()), b"\0")


def envelope() -> Cases:
    device = key("device", "Ama first")
    body, _ = seals.seal_message(SECRET, _header(), BODY, seed("content salt"), seed("nonce", 12))
    form = parse(body)
    ack = parse(header_body(_header(kind="acknowledgement", ref=b64(seed("ref")), urgency="normal")))

    def read(name: str, **other: Any) -> Case:
        value = {part: one for part, one in {**form, **other}.items() if one is not ...}
        return name, "read_header", {"body": b64(canon(value))}

    signed = {
        "body": b64(body),
        "signature": b64(device.sign("envelope", body)),
        "device_public": b64(device.public),
        "hub": b64(HUB),
    }
    first = {"device_seq": 1, "device_prev": None}
    blobs = [{"hash": b64(seed("blob")), "size": 70_000}]
    return {}, [
        read("an alert"),
        ("its id", "envelope_id", {"body": b64(body)}),
        ("an acknowledgement without ciphertext", "read_header", {"body": b64(canon(ack))}),
        (
            "an acknowledgement of nothing",
            "read_header",
            {"body": b64(canon({part: one for part, one in ack.items() if part != "ref"}))},
        ),
        read("a device's first", **first),
        read("without urgency", urgency=...),
        read("asking nobody in particular", to=...),
        read("with everything", ref=b64(seed("ref")), due=1_800_000_100_000, state="in-transit", blobs=blobs),
        read("of version 2", v=2),
        read("of version true", v=True),
        read("of suite 2", suite=2),
        read("without version", v=...),
        read("of an unknown kind", kind="gossip"),
        read("with an unknown field", subject="x"),
        read("without a time", at=...),
        read("at a negative time", at=-1),
        read("at a time in text", at="now"),
        read("at a time that is true", at=True),
        read("in epoch 0", epoch=0),
        read("with an id in padded base64", id=b64(seed("envelope", 16)) + "=="),
        read("with an id of 15 bytes", id=b64(seed("envelope", 15))),
        read("with an id that is null", id=None),
        read("a first with one before it", device_seq=1),
        read("a second without one before it", device_prev=None),
        read("number 0 of a device", device_seq=0, device_prev=None),
        read("an alert without content", content=..., nonce=..., ciphertext_hash=..., size=...),
        read("an alert with half its content", nonce=...),
        read("with a nonce too short", nonce=b64(bytes(11))),
        read("with a ciphertext too small", size=271),
        read("with a ciphertext too large", size=65_553),
        read("a correction of nothing", kind="correction"),
        read("a correction", kind="correction", ref=b64(seed("ref"))),
        read("asking countries out of order", to=["PE", "FR"]),
        read("asking a country twice", to=["FR", "FR"]),
        read("asking no country", to=[]),
        read("asking a country in small letters", to=["fr"]),
        read("with a state in capitals", state="Open"),
        read("with no attachment at all", blobs=[]),
        read("with an attachment of nothing", blobs=[{"hash": b64(seed("blob")), "size": 0}]),
        read("with an urgency nobody knows", urgency="asap"),
        read("with a head that is a list", head=[7, "x"]),
        read("with a head that is null", head=None),
        read("with an unknown field in its place", head={**form["head"], "more": 1}),
        read("that saw a negative number", seen={**form["seen"], "seq": -1}),
        read("by a directory of nothing", directory={"size": 0}),
        ("a list", "read_header", {"body": b64(b"[]")}),
        ("not canonical", "read_header", {"body": b64(body + b" ")}),
        ("the device signed it", "check_envelope", signed),
        ("at another hub", "check_envelope", {**signed, "hub": b64(seed("other"))}),
        ("another device signed it", "check_envelope", {**signed, "device_public": b64(key("device", "x").public)}),
        (
            "signed as another statement",
            "check_envelope",
            {**signed, "signature": b64(device.sign("entry", body))},
        ),
        (
            "a weak key never stands for a device: it isn't certified",
            "check_strong",
            {"public": b64(weak_keys()["the identity"])},
        ),
    ]


def vault() -> Cases:
    hub, code, wrap = b64(HUB), "GH-AMA", b64(seed("wrap", 16))
    salt, second, recovery = seed("salt", 16), seed("second secret", 16), seed("recovery code")
    vault_key, nonce = seed("vault key"), seed("nonce vault", 12)
    stretched = vaults.stretch("correct horse", salt)
    door = vaults.passphrase_door(stretched, second, HUB, code, seed("wrap", 16))
    spare = vaults.recovery_door(recovery, HUB, code, seed("wrap", 16))
    made = vaults.wrap_vault_key(vault_key, door, HUB, code, seed("wrap", 16), "passphrase", nonce, salt)
    saved = vaults.wrap_vault_key(vault_key, spare, HUB, code, seed("wrap", 16), "recovery", nonce)
    form, spare_form = vaults.vault_wrap_form(made), vaults.vault_wrap_form(saved)
    ids: dict[str, Json] = {"hub": hub, "account": b64(seed("account Ama", 16)), "version": 3}
    held = vaults.Vault(seed("account Ama"), ((1, seed("aek 1")), (2, seed("aek 2"))))
    written = {"aik": b64(held.aik), "aeks": [[generation, b64(one)] for generation, one in held.aeks]}
    sealed = vaults.seal_vault(vault_key, ids, held, nonce)
    after = vaults.Vault(held.aik, held.aeks, (seed("former"),))
    private: dict[str, Json] = {**ids, "record": "pins"}
    value: dict[str, Json] = {"directory": {"size": 16, "head": b64(seed("head"))}}
    sealed_private = vaults.seal_private(vault_key, private, value, nonce)
    body = b'{"v":1}'
    mac = vaults.enrolment_mac(seed("invitation secret", 16), HUB, seed("invitation", 16), body)
    enrol = {
        "invitation_secret": b64(seed("invitation secret", 16)),
        "hub": hub,
        "invitation": b64(seed("invitation", 16)),
        "body": b64(body),
    }
    printed, sheet = vaults.recovery_code(recovery), vaults.format_secret(second)

    def stretch(name: str, words: str = "correct horse", **other: Any) -> Case:
        given = {"passphrase": words, "salt": b64(salt), "memory": 65_536, "passes": 3, "lanes": 1}
        return name, "stretch", {**given, **other}

    def opening(name: str, wrap_form: Any = form, **other: Any) -> Case:
        given = {"vault_wrap": wrap_form, "wrapping_key": b64(door.wrapping_key), "hub": hub, "code": code}
        return name, "unwrap_vault_key", {**given, **other}

    def wrapped(name: str, **other: Any) -> Case:
        given = {
            "vault_key": b64(vault_key),
            "wrapping_key": b64(door.wrapping_key),
            "hub": hub,
            "code": code,
            "wrap": wrap,
            "kind": "passphrase",
            "nonce": b64(nonce),
            "salt": b64(salt),
            "memory": 65_536,
            "passes": 3,
            "lanes": 1,
        }
        return name, "wrap_vault_key", {**given, **other}

    def record(name: str, do: str, **other: Any) -> Case:
        return name, do, {"vault_key": b64(vault_key), "ids": ids, "sealed": sealed, **other}

    def noted(name: str, **other: Any) -> Case:
        given = {"vault_key": b64(vault_key), "ids": private, "sealed": sealed_private}
        return name, "open_private", {**given, **other}

    def plain(text: str) -> str:
        """A vault record with other words inside."""
        return b64(nonce + AESGCM(vault_key).encrypt(nonce, text.encode(), commit_to("vault", ids)))

    nothing = {"kind": "recovery", "salt": None, "memory": 0, "passes": 0, "lanes": 0}
    mistyped = printed[:7] + ("0" if printed[7] != "0" else "1") + printed[8:]
    loose = _respelled(second)
    return (
        {},
        [
            stretch("a passphrase"),
            stretch("a passphrase typed otherwise is the same", "ﬁve Ångström"),
            stretch("as it is after NFKC", "five Ångström"),
            stretch("less memory than compiled in", memory=65_535),
            stretch("fewer passes than compiled in", passes=2),
            stretch("no lanes", lanes=0),
            stretch("more memory than a client can have", memory=2_000_000),
            stretch("a salt too short", salt=b64(salt[:15])),
            (
                "the passphrase's door",
                "passphrase_door",
                {"stretched": b64(stretched), "second_secret": b64(second), "hub": hub, "code": code, "wrap": wrap},
            ),
            (
                "another second secret's door",
                "passphrase_door",
                {
                    "stretched": b64(stretched),
                    "second_secret": b64(seed("x", 16)),
                    "hub": hub,
                    "code": code,
                    "wrap": wrap,
                },
            ),
            (
                "a second secret too short",
                "passphrase_door",
                {
                    "stretched": b64(stretched),
                    "second_secret": b64(seed("x", 15)),
                    "hub": hub,
                    "code": code,
                    "wrap": wrap,
                },
            ),
            (
                "the recovery code's door",
                "recovery_door",
                {"recovery": b64(recovery), "hub": hub, "code": code, "wrap": wrap},
            ),
            (
                "a recovery code too short",
                "recovery_door",
                {"recovery": b64(recovery[:31]), "hub": hub, "code": code, "wrap": wrap},
            ),
            ("what the hub keeps", "verifier", {"sign_in_secret": b64(door.sign_in_secret)}),
            wrapped("the vault key behind the passphrase"),
            wrapped("the vault key behind the recovery code", **nothing, wrapping_key=b64(spare.wrapping_key)),
            wrapped("a passphrase without salt", salt=None),
            wrapped("a passphrase stretched too little", memory=1024),
            opening("the passphrase opens it"),
            opening("the recovery code opens its own", spare_form, wrapping_key=b64(spare.wrapping_key)),
            opening("not with the other door", wrapping_key=b64(spare.wrapping_key)),
            opening("not at another hub", hub=b64(seed("other"))),
            opening("not under another code", code="GH-KOFI"),
            opening("not with other parameters", {**form, "passes": 4}),
            opening("not under another wrap's id", {**form, "wrap": b64(seed("other", 16))}),
            opening("not with another salt", {**form, "salt": b64(seed("other", 16))}),
            opening("not below the floor", {**form, "memory": 1024}),
            opening("not as another kind", {**form, **nothing}),
            opening("not a recovery wrap with a salt", {**spare_form, "salt": b64(salt)}),
            opening("not as a passkey's", {**form, "kind": "passkey"}),
            opening("not of an unknown kind", {**form, "kind": "voice"}),
            wrapped("the vault key behind a passkey", **{**nothing, "kind": "passkey"}),
            opening("not cut short", {**form, "sealed": b64(made.sealed[:-1])}),
            opening("not with a field too many", {**form, "more": 1}),
            (
                "the vault",
                "seal_vault",
                {"vault_key": b64(vault_key), "ids": ids, "vault": written, "nonce": b64(nonce)},
            ),
            (
                "the vault after its key was changed",
                "seal_vault",
                {
                    "vault_key": b64(vault_key),
                    "ids": ids,
                    "vault": {**written, "former": [b64(seed("former"))]},
                    "nonce": b64(nonce),
                },
            ),
            record("the vault opens", "open_vault"),
            record(
                "a vault with its former keys", "open_vault", sealed=vaults.seal_vault(vault_key, ids, after, nonce)
            ),
            record(
                "a former key too short",
                "open_vault",
                sealed=plain(canon({**written, "former": [b64(seed("former", 31))]}).decode()),
            ),
            record(
                "no former keys aren't written", "open_vault", sealed=plain(canon({**written, "former": []}).decode())
            ),
            record("not as another version", "open_vault", ids={**ids, "version": 2}),
            record("not as another account's", "open_vault", ids={**ids, "account": b64(seed("other", 16))}),
            record("not with another key", "open_vault", vault_key=b64(seed("other"))),
            record("not bound to more", "open_vault", ids=private),
            record("a vault without keys", "open_vault", sealed=plain('{"aeks":[],"aik":"' + b64(held.aik) + '"}')),
            record(
                "a vault with generations out of order",
                "open_vault",
                sealed=plain(canon({**written, "aeks": written["aeks"][::-1]}).decode()),  # type: ignore[index]
            ),
            (
                "a private record",
                "seal_private",
                {"vault_key": b64(vault_key), "ids": private, "value": value, "nonce": b64(nonce)},
            ),
            noted("the private record opens"),
            noted("not as another record", ids={**private, "record": "drafts"}),
            noted("not as an older version", ids={**private, "version": 2}),
            noted("not as the vault", sealed=sealed),
            ("a recovery code in print", "recovery_code", {"secret": b64(recovery)}),
            ("a recovery code of zeros", "recovery_code", {"secret": b64(bytes(32))}),
            ("a recovery code of the wrong length", "recovery_code", {"secret": b64(second)}),
            ("the recovery code typed", "read_recovery_code", {"typed": printed}),
            (
                "typed in small letters with spaces",
                "read_recovery_code",
                {"typed": " " + printed.lower().replace("-", " ")},
            ),
            (
                "typed with look-alikes",
                "read_recovery_code",
                {"typed": printed.replace("0", "o").replace("1", "l", 1).replace("1", "I")},
            ),
            ("a letter mistyped", "read_recovery_code", {"typed": mistyped}),
            ("two letters exchanged", "read_recovery_code", {"typed": printed[1] + printed[0] + printed[2:]}),
            ("a letter missing", "read_recovery_code", {"typed": printed[:-1]}),
            ("a letter that no code has", "read_recovery_code", {"typed": "U" + printed[1:]}),
            ("a letter from elsewhere", "read_recovery_code", {"typed": "ß" + printed[1:]}),
            ("a second secret typed as a recovery code", "read_recovery_code", {"typed": sheet}),
            ("a second secret in print", "format_secret", {"secret": b64(second)}),
            ("the second secret typed", "read_secret", {"typed": sheet}),
            ("spare bits that aren't zero", "read_secret", {"typed": loose}),
            ("a recovery code typed as a second secret", "read_secret", {"typed": printed}),
            ("an enrolment's code", "enrolment_mac", enrol),
            ("it stands", "check_enrolment_mac", {**enrol, "mac": b64(mac)}),
            ("not for another body", "check_enrolment_mac", {**enrol, "mac": b64(mac), "body": b64(body + b" ")}),
            ("not at another hub", "check_enrolment_mac", {**enrol, "mac": b64(mac), "hub": b64(seed("other"))}),
            (
                "not with another secret",
                "check_enrolment_mac",
                {**enrol, "mac": b64(mac), "invitation_secret": b64(second)},
            ),
            ("not cut short", "check_enrolment_mac", {**enrol, "mac": b64(mac[:31])}),
        ],
    )


def _respelled(secret: bytes) -> str:
    """A second secret in print whose last letter has a spare bit set."""
    letters = vaults.format_secret(secret).replace("-", "")
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return letters[:25] + alphabet[alphabet.index(letters[25]) | 1] + letters[26:]
