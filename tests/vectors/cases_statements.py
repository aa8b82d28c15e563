"""Cases of bytes, signatures, keys and trees."""

import base64
import hashlib
from typing import Any

from crypto import merkle as trees
from crypto import packet as packets
from crypto import tlog as log
from crypto.encoding import b64, statement_id
from crypto.keys import EncryptionKey
from tests.vectors.world import key, seed

Cases = tuple[dict[str, Any], list[tuple[str, str, dict[str, Any]]]]

P = 2**255 - 19


def encoding() -> Cases:
    def canon(name: str, value: Any) -> tuple[str, str, dict[str, Any]]:
        return name, "canon", {"value": value}

    def parse(name: str, raw: str | bytes) -> tuple[str, str, dict[str, Any]]:
        return name, "parse", {"raw": b64(raw.encode() if isinstance(raw, str) else raw)}

    def unb64(name: str, text: str, size: int | None = None) -> tuple[str, str, dict[str, Any]]:
        return name, "unb64", {"text": text} if size is None else {"text": text, "size": size}

    deep = "[" * 16 + "]" * 16
    return {}, [
        canon("keys are sorted, nothing between", {"b": [1, True, None], "a": {"d": "x", "c": -7}}),
        canon("a list keeps its order", [3, 1, 2]),
        canon("control characters are escaped as short as possible", '\x00\b\t\n\x0b\f\r\x1f"\\/\x7f'),
        canon("other letters stand as they are", "Zürich — Ζυρίχη 東京 😀 \u2028\u2029"),
        canon("underscores and digits sort by code point", {"a_1": 1, "a1": 2, "aa": 3, "a": 4}),
        canon("the largest integer", 9007199254740991),
        canon("an integer too large", 9007199254740992),
        canon("the smallest integer", -9007199254740991),
        canon("a decimal", 1.5),
        canon("an upper-case key", {"A": 1}),
        canon("a key with a hyphen", {"a-b": 1}),
        canon("an empty key", {"": 1}),
        canon("a key that begins with a digit", {"1a": 1}),
        canon("a key that begins with an underscore", {"_a": 1}),
        canon("a key that ends in a line feed", {"a\n": 1}),
        canon("text that isn't NFC", "e\u0301"),
        canon("text that NFC leaves alone", "\u00e9"),
        canon("text that a later Unicode would order otherwise", "a\u0897\u0334"),
        canon("the same in the other order", "a\u0334\u0897"),
        canon("text that a later Unicode would compose", "\U00011382\U000113c9"),
        canon("text that isn't NFC behind a later character", "x\u0897e\u0301"),
        canon("marks out of order", "x\u0301\u0327"),
        canon("a lone high surrogate", "\ud83d"),
        canon("a lone low surrogate", "x\ude00"),
        canon("sixteen levels", json_depth(16)),
        canon("seventeen levels", json_depth(17)),
        canon("seventeen levels of objects", json_objects(17)),
        canon("sixteen levels of objects", json_objects(16)),
        parse("an object", '{"a":1,"b":[true,null,"x"]}'),
        parse("zero", "0"),
        parse("minus zero", "-0"),
        parse("one as a decimal", "1.0"),
        parse("an exponent", "1e2"),
        parse("a leading zero", "01"),
        parse("a plus sign", "+1"),
        parse("seventeen digits", "90071992547409910"),
        parse("just beyond the largest integer", "9007199254740992"),
        parse("a thousand digits", "9" * 1000),
        parse("not a number", "NaN"),
        parse("infinity", "Infinity"),
        parse("a duplicate key", '{"a":1,"a":2}'),
        parse("a duplicate key with equal values", '{"a":1,"a":1}'),
        parse("keys out of order", '{"b":1,"a":2}'),
        parse("a space", '{"a": 1}'),
        parse("a line feed at the end", '{"a":1}\n'),
        parse("a byte order mark", b'\xef\xbb\xbf{"a":1}'),
        parse("bytes that aren't UTF-8", b'"\xff"'),
        parse("overlong UTF-8", b'"\xc0\xaf"'),
        parse("a surrogate in UTF-8", b'"\xed\xa0\xbd"'),
        parse("an escape that isn't needed", '"\\u0041"'),
        parse("an escaped slash", '"\\/"'),
        parse("upper-case hexadecimal in an escape", '"\\u001F"'),
        parse("lower-case hexadecimal in an escape", '"\\u001f"'),
        parse("a long escape where a short one exists", '"\\u000a"'),
        parse("an escaped surrogate pair", '"\\ud83d\\ude00"'),
        parse("an escaped lone surrogate", '"\\ud83d"'),
        parse("line separators stand as they are", '"\u2028\u2029"'),
        parse("text that isn't NFC", '"e\u0301"'),
        parse("a prototype's name as a key", '{"__proto__":1}'),
        parse("constructor is a key as any other", '{"constructor":1}'),
        parse("nothing", ""),
        parse("two values", "1 2"),
        parse("an unfinished object", '{"a":1'),
        parse("a comma too many", "[1,]"),
        parse("a comment", "[1/**/]"),
        parse("single quotes", "'a'"),
        parse("sixteen levels", deep),
        parse("seventeen levels", f"[{deep}]"),
        parse("60,000 bytes", '"' + "x" * 59_998 + '"'),
        parse("60,001 bytes", '"' + "x" * 59_999 + '"'),
        ("bytes that need - and _", "b64", {"hex": "fbeffffbff"}),
        ("no bytes", "b64", {"hex": ""}),
        unb64("as b64 gives it", "--___w"),
        unb64("no text", ""),
        unb64("sixteen bytes", b64(seed("id", 16)), 16),
        unb64("padding", "_w=="),
        unb64("the other alphabet", "+/8"),
        unb64("a loose tail", "_x"),
        unb64("a loose tail of three", "AAB"),
        unb64("one letter alone", "A"),
        unb64("a space", "_ w"),
        unb64("a line feed at the end", "_w\n"),
        unb64("a letter from elsewhere", "_ẃ"),
        unb64("too few bytes", b64(seed("id", 15)), 16),
        ("the frame of a body", "pae", {"context": "entry", "body": b64(b'{"v":1}')}),
        ("the frame of nothing", "pae", {"context": "act", "body": ""}),
        ("a context outside the list", "pae", {"context": "entries", "body": ""}),
        ("an empty context", "pae", {"context": "", "body": ""}),
        ("a statement's id", "statement_id", {"context": "envelope", "body": b64(b'{"v":1}')}),
        ("the same body in another context", "statement_id", {"context": "entry", "body": b64(b'{"v":1}')}),
        ("a commitment", "commit_to", {"context": "content", "value": {"salt": "AA", "body": {"words": "é"}}}),
        ("a commitment to what has no canonical form", "commit_to", {"context": "content", "value": {"N": 1}}),
    ]


def json_depth(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def json_objects(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


def signing() -> Cases:
    body = b64(b'{"v":1}')
    cases: list[tuple[str, str, dict[str, Any]]] = []
    for role, context in (
        ("administrator", "genesis"),
        ("administrator", "act"),
        ("account", "act"),
        ("account", "enrol"),
        ("device", "envelope"),
        ("device", "sign-in"),
        ("device", "nomination"),
    ):
        one = key(role, "signer")  # type: ignore[arg-type]  # each is a role
        signature = one.sign(context, b'{"v":1}')
        base = {"role": role, "context": context, "body": body}
        cases += [
            (f"the {role} signs {context}", "sign", {**base, "secret": b64(one.secret)}),
            (
                f"the {role}'s {context} stands",
                "verify",
                {**base, "public": b64(one.public), "signature": b64(signature)},
            ),
        ]
    device = key("device", "signer")
    good = device.sign("envelope", b'{"v":1}')
    base = {"role": "device", "public": b64(device.public), "context": "envelope", "body": body}
    order = 2**252 + 27742317777372353535851937790883648493
    larger = good[:32] + (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")
    note = b"text\n"
    log_key = key("log", "signer")
    return {}, [
        *cases,
        ("a device's public key", "public_of", {"role": "device", "secret": b64(device.secret)}),
        ("a secret of 31 bytes", "public_of", {"role": "device", "secret": b64(device.secret[:31])}),
        ("a device signs no act", "sign", {**base, "context": "act", "secret": b64(device.secret)}),
        ("the log signs no statement", "sign", {**base, "role": "log", "secret": b64(log_key.secret)}),
        ("an account signs no envelope", "sign", {**base, "role": "account", "secret": b64(device.secret)}),
        ("nobody signs in an unknown context", "sign", {**base, "context": "login", "secret": b64(device.secret)}),
        ("the same signature in another context", "verify", {**base, "context": "entry", "signature": b64(good)}),
        ("the same signature in another role", "verify", {**base, "role": "account", "signature": b64(good)}),
        ("another body", "verify", {**base, "body": b64(b'{"v":2}'), "signature": b64(good)}),
        ("another key", "verify", {**base, "public": b64(log_key.public), "signature": b64(good)}),
        ("a flipped bit", "verify", {**base, "signature": b64(bytes([good[0] ^ 1]) + good[1:])}),
        ("S beyond the group's order", "verify", {**base, "signature": b64(larger)}),
        ("a signature cut short", "verify", {**base, "signature": b64(good[:63])}),
        ("no signature", "verify", {**base, "signature": ""}),
        ("a key cut short", "verify", {**base, "public": b64(device.public[:31]), "signature": b64(good)}),
        (
            "the log's note",
            "verify_note",
            {"public": b64(log_key.public), "note": b64(note), "signature": b64(log_key.sign_note(note))},
        ),
        (
            "another note",
            "verify_note",
            {"public": b64(log_key.public), "note": b64(b"Text\n"), "signature": b64(log_key.sign_note(note))},
        ),
        ("a sound key", "check_strong", {"public": b64(device.public)}),
        *[(f"weak: {name}", "check_strong", {"public": b64(raw)}) for name, raw in weak_keys().items()],
        ("31 bytes are no key", "check_strong", {"public": b64(device.public[:31])}),
    ]


def weak_keys() -> dict[str, bytes]:
    def raw(y: int, sign: int = 0) -> bytes:
        return (y | sign << 255).to_bytes(32, "little")

    eight = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
    return {
        "the identity": raw(1),
        "the identity with the sign bit": raw(1, 1),
        "order 2": raw(P - 1),
        "order 4": raw(0),
        "order 4 with the sign bit": raw(0, 1),
        "order 8": raw(eight),
        "order 8 with the sign bit": raw(eight, 1),
        "the other of order 8": raw(P - eight),
        "zero written as p": raw(P),
        "the identity written as p + 1": raw(P + 1),
        "all bits set": b"\xff" * 32,
    }


def keys() -> Cases:
    one = EncryptionKey.from_seed(seed("aek vector"))
    public = one.public

    def changed(place: int, part: bytes) -> str:
        return b64(public[:place] + part + public[place + len(part) :])

    account, aik = b64(seed("account", 16)), b64(seed("aik a"))
    hub = b64(seed("hub"))
    x = {
        "zero": 0,
        "one": 1,
        "p - 1": P - 1,
        "p": P,
        "p + 1": P + 1,
        "order 8": 325606250916557431795983626356110631294008115727848805560023387167927233504,
        "the other order 8": 39382357235489614581723060781553021112529911719440698176882885853963445705823,
        "one with the high bit": 1 | 1 << 255,
    }
    return {}, [
        ("the key of a seed", "encryption_public", {"seed": b64(one.seed)}),
        ("the key of zeros", "encryption_public", {"seed": b64(bytes(32))}),
        ("a seed of 31 bytes", "encryption_public", {"seed": b64(bytes(31))}),
        ("a sound key", "check_encryption_key", {"public": b64(public)}),
        ("a key cut short", "check_encryption_key", {"public": b64(public[:-1])}),
        ("a byte too many", "check_encryption_key", {"public": b64(public + b"\0")}),
        ("the first coefficient is 3329", "check_encryption_key", {"public": changed(0, b"\x01\x0d\x00")}),
        ("the first coefficients are 3328", "check_encryption_key", {"public": changed(0, b"\x00\x0d\xd0")}),
        ("the last coefficient is 4095", "check_encryption_key", {"public": changed(1149, b"\x00\xf0\xff")}),
        ("all ML-KEM bits set", "check_encryption_key", {"public": changed(0, b"\xff" * 1184)}),
        *[
            (f"X25519 {name}", "check_encryption_key", {"public": changed(1184, u.to_bytes(32, "little"))})
            for name, u in x.items()
        ],
        ("a key's hash", "aek_hash", {"public": b64(public)}),
        ("a safety number", "safety_number", {"hub": hub, "account": account, "aik": aik}),
        ("of another account", "safety_number", {"hub": hub, "account": b64(seed("a", 16)), "aik": aik}),
        ("of another key", "safety_number", {"hub": hub, "account": account, "aik": b64(seed("aik b"))}),
        ("at another hub", "safety_number", {"hub": b64(seed("h")), "account": account, "aik": aik}),
    ]


def leaves(count: int) -> list[bytes]:
    return [trees.leaf_hash(seed(f"leaf {i}", i % 40)) for i in range(count)]


def merkle() -> Cases:
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("a leaf", "leaf_hash", {"body": b64(b"abc")}),
        ("an empty leaf", "leaf_hash", {"body": ""}),
        ("a node", "node_hash", {"left": b64(seed("l")), "right": b64(seed("r"))}),
    ]
    for size in (0, 1, 2, 3, 7, 8, 20):
        listed = [b64(leaf) for leaf in leaves(size)]
        cases.append((f"the root of {size}", "root", {"leaf_hashes": listed}))
        bodies = [b64(seed(f"leaf {i}", i % 40)) for i in range(size)]
        cases.append((f"the frontier of {size}", "frontier", {"leaves": bodies}))
    all_leaves = leaves(20)
    listed = [b64(leaf) for leaf in all_leaves]
    get = trees.hashes_of(all_leaves)
    for index, size in ((0, 1), (0, 2), (1, 3), (2, 3), (3, 7), (6, 7), (7, 8), (8, 9), (10, 20), (19, 20)):
        path = trees.inclusion_path(index, size, get)
        proof = {
            "index": index,
            "size": size,
            "leaf": listed[index],
            "path": [b64(h) for h in path],
            "root": b64(trees.root(all_leaves[:size])),
        }
        cases += [
            (
                f"the path of {index} in {size}",
                "inclusion_path",
                {"index": index, "size": size, "leaf_hashes": listed[:size]},
            ),
            (f"{index} is in {size}", "verify_inclusion", proof),
            (f"{index} isn't in {size}: another leaf", "verify_inclusion", {**proof, "leaf": b64(seed("x"))}),
            (
                f"{index} isn't in {size}: a path too long",
                "verify_inclusion",
                {**proof, "path": [*proof["path"], b64(seed("x"))]},  # type: ignore[misc]  # a list of text
            ),
        ]
        if path:
            cases += [
                (
                    f"{index} isn't in {size}: a path too short",
                    "verify_inclusion",
                    {**proof, "path": proof["path"][:-1]},  # type: ignore[index]  # a list
                ),
                (f"{index} isn't in {size}: another place", "verify_inclusion", {**proof, "index": index ^ 1}),
            ]
    for old, new in ((0, 5), (1, 2), (1, 20), (2, 3), (3, 7), (4, 8), (6, 8), (7, 20), (8, 20), (16, 20), (20, 20)):
        path = trees.consistency_path(old, new, get)
        growth = {
            "old_size": old,
            "new_size": new,
            "old_root": b64(trees.root(all_leaves[:old])),
            "new_root": b64(trees.root(all_leaves[:new])),
            "path": [b64(h) for h in path],
        }
        cases += [
            (
                f"the path from {old} to {new}",
                "consistency_path",
                {"old_size": old, "new_size": new, "leaf_hashes": listed[:new]},
            ),
            (f"{new} continues {old}", "verify_consistency", growth),
            (
                f"{new} doesn't continue another {old}",
                "verify_consistency",
                {**growth, "old_root": b64(seed("other root"))},
            ),
            (
                f"{old} isn't continued by another {new}, or nothing says so",
                "verify_consistency",
                {**growth, "new_root": b64(seed("other root")), "path": [*growth["path"], b64(seed("x"))]},  # type: ignore[misc]
            ),
        ]
    shrunk = {"old_size": 8, "new_size": 7, "old_root": b64(seed("a")), "new_root": b64(seed("b")), "path": []}
    return {}, [
        *cases,
        ("a tree doesn't shrink", "verify_consistency", shrunk),
        (
            "a tree doesn't shrink, though its root stays",
            "verify_consistency",
            {**shrunk, "old_size": 2, "new_size": 1, "old_root": b64(seed("a")), "new_root": b64(seed("a"))},
        ),
        (
            "nothing shows that a tree grew",
            "verify_consistency",
            {**shrunk, "old_size": 3, "new_size": 5},
        ),
        (
            "the root itself is no second leaf",
            "verify_inclusion",
            {"index": 1, "size": 1, "leaf": b64(seed("a")), "path": [], "root": b64(seed("a"))},
        ),
        (
            "a tree of one has no path, though it leads to the root",
            "verify_inclusion",
            {
                "index": 0,
                "size": 1,
                "leaf": listed[0],
                "path": [b64(seed("x"))],
                "root": b64(trees.node_hash(seed("x"), all_leaves[0])),
            },
        ),
        ("no path from 8 to 7", "consistency_path", {"old_size": 8, "new_size": 7, "leaf_hashes": listed[:8]}),
        ("no leaf beyond the size", "inclusion_path", {"index": 7, "size": 7, "leaf_hashes": listed[:7]}),
        (
            "no leaf beyond the size is proven",
            "verify_inclusion",
            {"index": 7, "size": 7, "leaf": listed[7], "path": [], "root": b64(seed("r"))},
        ),
    ]


def tlog() -> Cases:
    origin = "hub.example.org/log"
    log_key, other = key("log", "log"), key("log", "other")
    root = hashlib.sha256(b"root").digest()
    note = log.sign_checkpoint(log_key, origin, 1234, root)
    foreign = log.sign_checkpoint(other, "witness.example.org", 1234, root).split("\n\n")[1]
    impostor = log.sign_checkpoint(other, origin, 1234, root).split("\n\n")[1]
    body, _, line = note.partition("\n\n")

    def resigned(text: str) -> str:
        """A note whose text another program signed properly."""
        blob = log.key_id(origin, log_key.public) + log_key.sign_note(text.encode())
        return text + f"\n— {origin} " + base64.b64encode(blob).decode() + "\n"

    def read(name: str, text: str, **other_parts: str) -> tuple[str, str, dict[str, Any]]:
        given = {"note": text, "origin": origin, "log_public": b64(log_key.public)}
        return name, "read_checkpoint", {**given, **other_parts}

    root64 = body.split("\n")[2]
    tiles = [(0, 0, 256), (0, 0, 1), (1, 255, 12), (None, 1234067, 256), (5, 999, 255), (0, 1000, 256)]
    leaf: dict[str, Any] = {
        "type": "envelope",
        "at": 1_800_000_000_000,
        "actor": b64(seed("actor", 16)),
        "object": b64(statement_id("envelope", b"{}")),
        "hash": b64(seed("hash")),
        "salt": b64(seed("salt", 16)),
    }
    place = {"device": b64(seed("device", 16)), "operation": b64(seed("operation"))}
    return {}, [
        ("a key's id", "key_id", {"name": origin, "public": b64(log_key.public)}),
        ("a key for other tools", "verifier_key", {"name": origin, "public": b64(log_key.public)}),
        ("a checkpoint's text", "checkpoint_text", {"origin": origin, "size": 1234, "root": b64(root)}),
        (
            "a signed checkpoint",
            "sign_checkpoint",
            {"secret": b64(log_key.secret), "origin": origin, "size": 1234, "root": b64(root)},
        ),
        read("the log's checkpoint", note),
        read("of an empty tree", log.sign_checkpoint(log_key, origin, 0, trees.EMPTY_ROOT)),
        read("a witness signed too", note + foreign),
        read("a witness signed first", body + "\n\n" + foreign + line),
        read("someone else under the log's name is ignored", note + impostor),
        read("only someone else under the log's name", body + "\n\n" + impostor),
        read("only a witness", body + "\n\n" + foreign),
        read("signed twice by the log", note + line),
        read("another origin is expected", note, origin="other.example.org/log"),
        read("another key is expected", note, log_public=b64(other.public)),
        read("another size than signed", note.replace("1234", "1235")),
        read("an extension line", resigned(f"{origin}\n1234\n{root64}\nmore\n")),
        read("a size with a leading zero", resigned(f"{origin}\n01234\n{root64}\n")),
        read("the largest size", resigned(f"{origin}\n9007199254740991\n{root64}\n")),
        read("a size too large to count", resigned(f"{origin}\n9007199254740992\n{root64}\n")),
        read("a size with a sign", resigned(f"{origin}\n+1234\n{root64}\n")),
        read("a size in other digits", resigned(f"{origin}\n١٢\n{root64}\n")),
        read("a root of 31 bytes", resigned(f"{origin}\n1234\n{'A' * 41}A==\n")),
        read("a root with a loose tail", resigned(f"{origin}\n1234\n{root64[:-2] + chr(ord(root64[-2]) + 1) + '='}\n")),
        read("no signature", body + "\n\n"),
        read("no end of line", note[:-1]),
        read("no blank line", body + "\n" + line),
        read("a hyphen for the dash", note.replace("—", "-")),
        read("a signature line with a word too many", note[:-1] + " x\n"),
        read("a signature that isn't base64", body + f"\n\n— {origin} ***\n"),
        read("nothing", ""),
        read("a note that is too long", note + foreign * 100),
        read("a signature line too short", note + "— witness.example.org AAAA\n"),
        read("a text without blank line and signatures", f"{origin}\n1234\n{root64}\n"),
        *[
            (
                f"the address of {'entries' if level is None else level}/{index} of {width}",
                "tile_path",
                {"level": level, "index": index, "width": width},
            )
            for level, index, width in tiles
        ],
        ("no tile of 257", "tile_path", {"level": 0, "index": 0, "width": 257}),
        ("no tile of nothing", "tile_path", {"level": 0, "index": 0, "width": 0}),
        ("no level 6", "tile_path", {"level": 6, "index": 0, "width": 256}),
        *[
            (
                f"read {log.tile_path(level, index, width)}",
                "parse_tile_path",
                {"path": log.tile_path(level, index, width)},
            )
            for level, index, width in tiles
        ],
        *[
            (f"no tile at {path}", "parse_tile_path", {"path": path})
            for path in (
                "tile/0/x001",
                "tile/0/x000/001",
                "tile/0/1",
                "tile/0/0001",
                "tile/00/001",
                "tile/6/001",
                "tile/data/001",
                "tile/0/001.p/256",
                "tile/0/001.p/0",
                "tile/0/001.p/01",
                "tile/0/001.p/999",
                "tile/0/001/",
                "/tile/0/001",
                "tile/0/../0/001",
                "tile/0/001\n",
                "tile/0/٠٠١",
                "tile/0/x001x002/003",
                "",
            )
        ],
        ("a bundle", "encode_bundle", {"entries": [b64(b"one"), "", b64(b"three")]}),
        ("an entry too long", "encode_bundle", {"entries": [b64(bytes(65_536))]}),
        ("a bundle read", "decode_bundle", {"bundle": b64(log.encode_bundle([b"one", b"", b"three"]))}),
        ("an empty bundle", "decode_bundle", {"bundle": ""}),
        ("a bundle cut in an entry", "decode_bundle", {"bundle": b64(log.encode_bundle([b"one"])[:-1])}),
        ("a bundle cut in a size", "decode_bundle", {"bundle": b64(log.encode_bundle([b"one"]) + b"\0")}),
        ("a leaf", "leaf_body", leaf),
        ("a leaf of a device in an operation", "leaf_body", {**leaf, **place}),
        ("a leaf of nobody", "leaf_body", {**leaf, "actor": None, "object": None}),
        (
            "an erasable detail",
            "leaf_detail_hash",
            {"detail": {"address": "192.0.2.1", "agent": "Firefox", "salt": b64(seed("s", 16))}},
        ),
    ]


def packet() -> Cases:
    signature = key("device", "signer").sign("envelope", b"{}")
    parts = {"place": "", "body": b64(b'{"v":1}'), "act": "", "signatures": [b64(signature)], "beside": b64(b"sealed")}
    raw = packets.pack(b"", b'{"v":1}', b"", [signature], b"sealed")
    placed = packets.pack(b'{"seq":4}', b"{}", b"act", [signature, signature], b"")

    def unpack(name: str, given: bytes) -> tuple[str, str, dict[str, Any]]:
        return name, "unpack_all", {"raw": b64(given)}

    return {}, [
        ("a packet", "pack", parts),
        ("an empty packet", "pack", {**parts, "body": "", "signatures": [], "beside": ""}),
        unpack("one packet", raw),
        unpack("two packets in a row", raw + placed),
        unpack("no packet", b""),
        unpack("cut in a length", raw + b"\0\0\0"),
        unpack("cut in a part", raw[:-1]),
        unpack("cut between parts", raw[: 4 + 4 + 7]),
        unpack("a signature of 63 bytes", raw.replace(b"\0\0\0\x40" + signature, b"\0\0\0\x3f" + signature[:63])),
        unpack("a part larger than 4 MiB", b"\x00\x40\x00\x01" + raw),
        unpack("a part with a length beyond all", b"\xff\xff\xff\xff" + raw),
    ]
