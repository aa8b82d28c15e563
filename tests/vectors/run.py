"""Does what a vector says with this house's functions (docs/spec/14-vectors.md)."""

import hmac
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from crypto import (
    acts,
    chain,
    directory,
    encoding,
    envelope,
    epochs,
    evidence,
    heads,
    keys,
    membership,
    merkle,
    packet,
    sealing,
    signing,
    tlog,
    vault,
    wrapping,
)
from crypto.encoding import AccountId, ChannelId, DeviceId, HubId, b64, unb64
from crypto.epochs import Reader
from crypto.errors import CannotOpen, ProtocolError
from crypto.people import Directory
from crypto.readers import Member, Operation
from tests.unit.crypto.hpke import open_all
from tests.vectors.run_card import CARDS
from tests.vectors.run_certificate import CERTIFICATES
from tests.vectors.run_nomination import NOMINATIONS
from tests.vectors.run_ways import WAYS

HERE = Path(__file__).parent


def run(do: str, given: dict[str, Any], shared: dict[str, Any]) -> Any:
    """The JSON-ready result of a case. Raises ProtocolError where the case is refused."""
    return _DO[do](given, shared)


def outcome(do: str, given: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """`{"out": …}` or `{"refused": code}`; `within` names the chains that a case stands on where a file has several."""
    try:
        return {"out": run(do, given, shared[given["within"]] if "within" in given else shared)}
    except ProtocolError as refusal:
        return {"refused": refusal.code}


def files() -> list[Path]:
    """Every vector file, the published ones included."""
    named = [*HERE.glob("*.json"), *(HERE / "outside").glob("*.json")]
    return sorted(path for path in named if path.name != "wraps_once.json")


def _reader(form: Sequence[Any]) -> Reader:
    return Reader(AccountId(unb64(form[0], 16)), unb64(form[1], 32), form[2], unb64(form[3], 32))


def reader_form(reader: Reader) -> list[Any]:
    return [b64(reader.account), b64(reader.aik), reader.generation, b64(reader.aek_hash)]


def _all(texts: Sequence[str]) -> list[bytes]:
    return [unb64(text) for text in texts]


def _nothing(result: None) -> None:
    return result


# Shared chains are replayed once for each number of entries.
@lru_cache(maxsize=256)
def _directory(entries: str, after: int) -> Directory | None:
    if after == 0:
        return None
    entry = json.loads(entries)[after - 1]
    before = _directory(entries, after - 1)
    return directory.apply(before, unb64(entry["entry"]), unb64(entry["act"]), _all(entry["signatures"]))


@lru_cache(maxsize=256)
def _operation(directories: str, entries: str, after: int) -> Operation | None:
    if after == 0:
        return None
    entry = json.loads(entries)[after - 1]
    before, standing = _operation(directories, entries, after - 1), _directory(directories, entry["directory"])
    assert standing is not None
    return membership.apply(before, standing, unb64(entry["entry"]), _all(entry["signatures"]))


def _operation_standing(given: dict[str, Any], shared: dict[str, Any]) -> tuple[Operation, Directory]:
    listed = json.dumps(shared["directory"])
    state = _operation(listed, json.dumps(shared["operation"]), given["after"])
    standing = _directory(listed, given["directory"])
    assert state is not None
    assert standing is not None
    return state, standing


def _standing(given: dict[str, Any], shared: dict[str, Any]) -> tuple[Operation, ChannelId, Directory]:
    state, standing = _operation_standing(given, shared)
    return state, ChannelId(unb64(given["channel"])), standing


def directory_summary(state: Directory) -> dict[str, Any]:
    return {
        "hub": b64(state.hub),
        "size": state.size,
        "head": b64(state.head),
        "matrix": b64(state.matrix.hash),
        "threshold": state.threshold,
        "administrators": [state.edition, [[b64(one.id), one.name] for one in state.administrators]],
        "versions": [state.version, state.suite],
        "appointments": [
            [b64(one), made.seq, b64(made.account), b64(made.aik)]
            for one, made in sorted(state.appointments.items(), key=lambda pair: pair[0])
        ],
        "counters": sorted([b64(one), n] for one, n in state.counters.items()),
        "organisations": [
            [b64(one), state.organisations[one].country, state.organisations[one].name]
            for one in sorted(state.organisations)
        ],
        "accounts": [
            [b64(one_id), b64(one.aik), one.generation, one.level, list(one.may), one.suspended, one.awaiting_rotation]
            for one_id, one in sorted(state.accounts.items(), key=lambda pair: pair[0])
        ],
        "devices": [
            [b64(one_id), b64(one.account), one.added_seq, one.revoked_seq]
            for one_id, one in sorted(state.devices.items(), key=lambda pair: pair[0])
        ],
    }


def operation_summary(state: Operation) -> dict[str, Any]:
    return {
        "id": b64(state.id),
        "seq": state.seq,
        "head": b64(state.head),
        "phase": state.phase,
        "matrix": b64(state.matrix.hash),
        "members": [
            [b64(who), b64(one.aik), b64(one.organisation), one.role, list(one.compartments), *_anew(one)]
            for who, one in sorted(state.members.items(), key=lambda pair: pair[0])
        ],
        "channels": [
            [
                b64(one_id),
                one.type,
                one.compartment,
                one.open,
                0 if one.epoch is None else one.epoch.number,
                [] if one.epoch is None else [b64(reader.account) for reader in one.epoch.holders],
            ]
            for one_id, one in sorted(state.channels.items(), key=lambda pair: pair[0])
        ],
        "templates": [[name, state.templates[name].version] for name in sorted(state.templates)],
        "rules": None if state.rules is None else [state.rules.version, b64(state.rules.hash)],
        "closing": [state.retention_until, state.hold, state.destroy_at],
        "versions": [state.version, state.taken_seq],
    }


def _anew(member: Member) -> list[Any]:
    return [None if member.restored_from is None else b64(member.restored_from), member.rules_accepted]


def _check_at_its_place(v: dict[str, Any], shared: dict[str, Any]) -> None:
    state, then = _operation_standing(v, shared)
    membership.check_at_its_place(state, membership.read_entry(unb64(v["entry"])), then)


def _coordinators(v: dict[str, Any], shared: dict[str, Any]) -> Any:
    state, standing = _operation_standing(v, shared)
    return sorted(b64(one) for one in membership.coordinators(state, standing))


def _appointed(v: dict[str, Any], shared: dict[str, Any]) -> Any:
    return membership.appointed(*_operation_standing(v, shared), AccountId(unb64(v["account"])))


def _directory_apply(v: dict[str, Any], shared: dict[str, Any]) -> Any:
    state = _directory(json.dumps(shared["entries"]), v["after"])
    return directory_summary(directory.apply(state, unb64(v["entry"]), unb64(v["act"]), _all(v["signatures"])))


def _device_valid(v: dict[str, Any], shared: dict[str, Any]) -> Any:
    state = _directory(json.dumps(shared["entries"]), v["after"])
    assert state is not None
    return state.device_valid(DeviceId(unb64(v["device"])), AccountId(unb64(v["account"])), v["at_size"])


def _enrolment(v: dict[str, Any], _: dict[str, Any]) -> Any:
    read = directory.check_enrolment_public(unb64(v["body"]), _all(v["signatures"]), HubId(unb64(v["hub"])))
    return encoding.ids(account=read.account, code=read.code, invitation=read.invitation, device=read.device)


def _membership_apply(v: dict[str, Any], shared: dict[str, Any]) -> Any:
    listed = json.dumps(shared["directory"])
    state = _operation(listed, json.dumps(shared["operation"]), v["after"])
    standing = _directory(listed, v["directory"])
    assert standing is not None
    return operation_summary(membership.apply(state, standing, unb64(v["entry"]), _all(v["signatures"])))


def _entry_wraps(v: dict[str, Any], shared: dict[str, Any]) -> None:
    state = _operation(json.dumps(shared["directory"]), json.dumps(shared["operation"]), v["after"])
    assert state is not None
    membership.check_entry_wraps(state, unb64(v["body"]), [_all(wraps) for wraps in v["wraps"]])


def _may_send(v: dict[str, Any], shared: dict[str, Any]) -> None:
    state, channel, standing = _standing(v, shared)
    membership.may_send(state, channel, AccountId(unb64(v["account"])), v["kind"], standing)


def _seal_message(v: dict[str, Any], _: dict[str, Any]) -> Any:
    header, ciphertext = sealing.seal_message(
        unb64(v["epoch_secret"]), v["header"], v["body"], unb64(v["salt"]), unb64(v["nonce"])
    )
    return {"header": b64(header), "ciphertext": b64(ciphertext)}


def _open_message(v: dict[str, Any], _: dict[str, Any]) -> Any:
    opened = sealing.open_message(unb64(v["epoch_secret"]), unb64(v["header"]), unb64(v["ciphertext"]))
    return {"salt": b64(opened.salt), "body": opened.body}


def _open_epoch(v: dict[str, Any], _: dict[str, Any]) -> Any:
    return b64(
        sealing.open_epoch(
            unb64(v["seed"]),
            AccountId(unb64(v["account"])),
            v["generation"],
            epochs.read_record(v["record"]),
            unb64(v["wrap"]),
            (v["index"], v["size"], _all(v["path"])),
            v["place"],
            unb64(v["wraps_hash"]) if "wraps_hash" in v else None,
        )
    )


def _read_header(v: dict[str, Any], _: dict[str, Any]) -> Any:
    read = envelope.read_header(unb64(v["body"]))
    return {
        "kind": read.kind,
        "urgency": read.urgency,
        "epoch": read.epoch,
        "device_seq": read.device_seq,
        "to": list(read.to),
        "sealed": read.content is not None,
    }


def _check_envelope(v: dict[str, Any], _: dict[str, Any]) -> None:
    header = envelope.read_header(unb64(v["body"]))
    envelope.check_envelope(header, unb64(v["signature"]), unb64(v["device_public"]), HubId(unb64(v["hub"])))


def _check_next(v: dict[str, Any], _: dict[str, Any]) -> None:
    head = None if v["head"] is None else chain.Link(v["head"]["seq"], None, unb64(v["head"]["id"]))
    chain.check_next(head, v["seq"], None if v["prev"] is None else unb64(v["prev"]))


def _check_not_rolled_back(v: dict[str, Any], _: dict[str, Any]) -> None:
    offered = _all(v["ids"])
    pin = chain.Pin(v["pin"]["size"], unb64(v["pin"]["head"]))
    chain.check_not_rolled_back(pin, len(offered), offered.__getitem__)


def _check_record(v: dict[str, Any], _: dict[str, Any]) -> None:
    record = epochs.read_record(v["record"])
    epochs.check_epoch_record(record, [_reader(r) for r in v["readers"]], v["former"], v["keeps_history"])


def _verify_wrap(v: dict[str, Any], _: dict[str, Any]) -> None:
    epochs.verify_wrap(
        AccountId(unb64(v["account"])),
        v["generation"],
        unb64(v["wrap"]),
        v["index"],
        v["size"],
        _all(v["path"]),
        unb64(v["wraps_hash"]),
    )


def _door(v: dict[str, Any]) -> vault.Door:
    return vault.Door(unb64(v["wrapping_key"]), b"")


def _door_form(door: vault.Door) -> Any:
    return {"wrapping_key": b64(door.wrapping_key), "sign_in_secret": b64(door.sign_in_secret)}


def _wrap_vault_key(v: dict[str, Any], _: dict[str, Any]) -> Any:
    made = vault.wrap_vault_key(
        unb64(v["vault_key"]),
        _door(v),
        unb64(v["hub"]),
        v["code"],
        unb64(v["wrap"]),
        v["kind"],
        unb64(v["nonce"]),
        None if v["salt"] is None else unb64(v["salt"]),
        v["memory"],
        v["passes"],
        v["lanes"],
    )
    return vault.vault_wrap_form(made)


def _vault(v: dict[str, Any]) -> vault.Vault:
    aeks = tuple((generation, unb64(seed)) for generation, seed in v["aeks"])
    return vault.Vault(unb64(v["aik"]), aeks, tuple(map(unb64, v.get("former", ()))))


def _open_vault(v: dict[str, Any], _: dict[str, Any]) -> Any:
    opened = vault.open_vault(unb64(v["vault_key"]), v["ids"], v["sealed"])
    parts = {"aik": b64(opened.aik), "aeks": [[generation, b64(seed)] for generation, seed in opened.aeks]}
    return parts | ({"former": [b64(key) for key in opened.former]} if opened.former else {})


def _frontier(v: dict[str, Any], _: dict[str, Any]) -> Any:
    grown = merkle.Frontier()
    for leaf in _all(v["leaves"]):
        grown.append(merkle.leaf_hash(leaf))
    return {"size": grown.size, "hashes": [b64(one) for one in grown.hashes], "root": b64(grown.root())}


def _read_checkpoint(v: dict[str, Any], _: dict[str, Any]) -> Any:
    size, root = tlog.read_checkpoint(v["note"], v["origin"], unb64(v["log_public"]))
    return {"size": size, "root": b64(root)}


def _pack(v: dict[str, Any], _: dict[str, Any]) -> Any:
    return b64(
        packet.pack(unb64(v["place"]), unb64(v["body"]), unb64(v["act"]), _all(v["signatures"]), unb64(v["beside"]))
    )


def _unpack_all(v: dict[str, Any], _: dict[str, Any]) -> Any:
    return [
        encoding.ids(place=one.place, body=one.body, act=one.act, beside=one.beside)
        | {"signatures": [b64(signature) for signature in one.signatures]}
        for one in packet.unpack_all(unb64(v["raw"]))
    ]


def _leaf_body(v: dict[str, Any], _: dict[str, Any]) -> Any:
    raw = {name: unb64(v[name]) if v.get(name) is not None else None for name in ("actor", "device", "operation")}
    return b64(
        tlog.leaf_body(
            type=v["type"], at=v["at"], object=v["object"], hash=unb64(v["hash"]), salt=unb64(v["salt"]), **raw
        )
    )


def _head(value: Any) -> heads.Head:
    return heads.Head(unb64(value["stream"]), value["seq"], unb64(value["id"]))


def _read_heads_leaf(v: Any, _: Any) -> Any:
    root, at = heads.read_heads_leaf(unb64(v["body"]))
    return {"root": b64(root), "at": at}


def _verify_evidence(v: dict[str, Any], shared: dict[str, Any]) -> Any:
    base, at = unb64(shared["files"][v["file"]]), v["at"]
    raw = base[:at] + unb64(v["put"]) + base[at + v["drop"] :]
    proven = evidence.verify_evidence(raw, HubId(unb64(v["hub"], 32)))
    assert evidence.pack_evidence(evidence.read_evidence(raw)) == raw, "the file has a second form"
    return {
        "hub": b64(proven.directory.hub),
        "exercise": proven.exercise,
        "directory": proven.directory.size,
        "operation": [proven.operation.code, proven.operation.seq],
        "channel": b64(proven.header.channel),
        "kind": proven.header.kind,
        "author": [proven.author.name, proven.author.country, proven.author.level],
        "device": proven.device.label,
        "certified_by": list(proven.certified_by),
        "id": b64(proven.id),
        "body": proven.body,
        "at": [proven.header.at, proven.logged_at],
        "log": [proven.leaf, proven.log_size],
    }


def _x25519(v: dict[str, Any], _: dict[str, Any]) -> Any:
    key = X25519PrivateKey.from_private_bytes(unb64(v["private"]))
    return b64(key.exchange(X25519PublicKey.from_public_bytes(unb64(v["public"]))))


def _mlkem_public(v: dict[str, Any], _: dict[str, Any]) -> Any:
    return b64(MLKEM768PrivateKey.from_seed_bytes(unb64(v["seed"], 64)).public_key().public_bytes_raw())


def _hpke_open(v: dict[str, Any], _: dict[str, Any]) -> Any:
    messages = [(unb64(aad), unb64(ciphertext)) for aad, ciphertext in v["messages"]]
    try:
        return [b64(one) for one in open_all(unb64(v["private"]), unb64(v["enc"]), unb64(v["info"]), messages)]
    except InvalidTag:
        raise CannotOpen("the message doesn't open") from None


Case = Callable[[dict[str, Any], dict[str, Any]], Any]

_DO: dict[str, Case] = {
    **CARDS,
    **NOMINATIONS,
    **WAYS,
    # encoding
    "canon": lambda v, _: b64(encoding.canon(v["value"])),
    "parse": lambda v, _: encoding.parse(unb64(v["raw"])),
    "b64": lambda v, _: b64(bytes.fromhex(v["hex"])),
    "unb64": lambda v, _: unb64(v["text"], v.get("size")).hex(),
    "pae": lambda v, _: b64(encoding.pae(v["context"], unb64(v["body"]))),
    "statement_id": lambda v, _: b64(encoding.statement_id(v["context"], unb64(v["body"]))),
    "commit_to": lambda v, _: b64(encoding.commit_to(v["context"], v["value"])),
    # signing
    "public_of": lambda v, _: b64(signing.from_secret(v["role"], unb64(v["secret"])).public),
    "sign": lambda v, _: b64(signing.from_secret(v["role"], unb64(v["secret"])).sign(v["context"], unb64(v["body"]))),
    "verify": lambda v, _: _nothing(
        signing.verify(v["role"], unb64(v["public"]), v["context"], unb64(v["body"]), unb64(v["signature"]))
    ),
    "verify_note": lambda v, _: _nothing(
        signing.verify_note(unb64(v["public"]), unb64(v["note"]), unb64(v["signature"]))
    ),
    "check_strong": lambda v, _: _nothing(signing.check_strong(unb64(v["public"]))),
    # keys
    "encryption_public": lambda v, _: b64(keys.EncryptionKey.from_seed(unb64(v["seed"])).public),
    "check_encryption_key": lambda v, _: _nothing(keys.check_encryption_key(unb64(v["public"]))),
    "aek_hash": lambda v, _: b64(keys.aek_hash(unb64(v["public"]))),
    "safety_number": lambda v, _: keys.safety_number(unb64(v["hub"]), unb64(v["account"]), unb64(v["aik"])),
    # wrapping
    "wrap": lambda v, _: b64(wrapping.wrap(unb64(v["aek_public"]), unb64(v["secret"]), v["info"])),
    "unwrap": lambda v, _: b64(wrapping.unwrap(unb64(v["seed"]), unb64(v["blob"]), v["info"])),
    "wrap_info": lambda v, _: b64(wrapping.wrap_info(v["info"])),
    # sealing
    "message_key": lambda v, _: b64(sealing.message_key(unb64(v["epoch_secret"]), v["ids"])),
    "content_hash": lambda v, _: b64(sealing.content_hash(unb64(v["salt"]), v["body"])),
    "seal_message": _seal_message,
    "open_message": _open_message,
    "seal_label": lambda v, _: sealing.seal_label(unb64(v["epoch_secret"]), v["ids"], v["label"], unb64(v["nonce"])),
    "open_label": lambda v, _: sealing.open_label(unb64(v["epoch_secret"]), v["ids"], v["sealed"]),
    "seal_previous": lambda v, _: sealing.seal_previous(
        unb64(v["epoch_secret"]), v["ids"], unb64(v["former_secret"]), unb64(v["nonce"])
    ),
    "open_previous": lambda v, _: b64(sealing.open_previous(unb64(v["epoch_secret"]), v["ids"], v["sealed"])),
    "commitment": lambda v, _: b64(sealing.commitment(unb64(v["epoch_secret"]), v["ids"])),
    "check_commitment": lambda v, _: _nothing(
        sealing.check_commitment(unb64(v["epoch_secret"]), v["ids"], unb64(v["expected"]))
    ),
    "open_epoch": _open_epoch,
    # envelope
    "read_header": _read_header,
    "check_envelope": _check_envelope,
    "envelope_id": lambda v, _: b64(envelope.envelope_id(unb64(v["body"]))),
    # chain
    "check_next": _check_next,
    "check_not_rolled_back": _check_not_rolled_back,
    "chain_start": lambda v, _: b64(chain.chain_start(unb64(v["hub"]), unb64(v["operation"]), unb64(v["channel"]))),
    "channel_chain": lambda v, _: b64(chain.channel_chain(unb64(v["previous"]), unb64(v["envelope"]))),
    # directory
    "roles_hash": lambda v, _: b64(acts.roles_hash(v["matrix"])),
    "directory.apply": _directory_apply,
    "device_valid": _device_valid,
    "check_enrolment_public": _enrolment,
    # membership
    "membership.apply": _membership_apply,
    "readers": lambda v, shared: [reader_form(r) for r in membership.readers(*_standing(v, shared))],
    "pending": lambda v, shared: [reader_form(r) for r in membership.pending(*_standing(v, shared))],
    "stale": lambda v, shared: membership.stale(*_standing(v, shared)),
    "may_send": _may_send,
    "check_at_its_place": _check_at_its_place,
    "coordinators": _coordinators,
    "appointed": _appointed,
    "check_entry_wraps": _entry_wraps,
    # epochs
    "readers_hash": lambda v, _: b64(epochs.readers_hash([_reader(r) for r in v["readers"]])),
    "wrap_leaf": lambda v, _: b64(epochs.wrap_leaf(AccountId(unb64(v["account"])), v["generation"], unb64(v["wrap"]))),
    "wraps_root": lambda v, _: b64(epochs.wraps_root([_reader(r) for r in v["readers"]], _all(v["wraps"]))),
    "wrap_path": lambda v, _: [
        b64(one) for one in epochs.wrap_path([_reader(r) for r in v["readers"]], _all(v["wraps"]), v["index"])
    ],
    "check_wraps": lambda v, _: _nothing(
        epochs.check_wraps(unb64(v["wraps_hash"]), _all(v["wraps"]), [_reader(r) for r in v["readers"]])
    ),
    "check_epoch_record": _check_record,
    "verify_wrap": _verify_wrap,
    # vault
    "stretch": lambda v, _: b64(vault.stretch(v["passphrase"], unb64(v["salt"]), v["memory"], v["passes"], v["lanes"])),
    "passphrase_door": lambda v, _: _door_form(
        vault.passphrase_door(
            unb64(v["stretched"]), unb64(v["second_secret"]), unb64(v["hub"]), v["code"], unb64(v["wrap"])
        )
    ),
    "recovery_door": lambda v, _: _door_form(
        vault.recovery_door(unb64(v["recovery"]), unb64(v["hub"]), v["code"], unb64(v["wrap"]))
    ),
    "verifier": lambda v, _: b64(vault.verifier(unb64(v["sign_in_secret"]))),
    "wrap_vault_key": _wrap_vault_key,
    "unwrap_vault_key": lambda v, _: b64(
        vault.unwrap_vault_key(vault.read_vault_wrap(v["vault_wrap"]), _door(v), unb64(v["hub"]), v["code"])
    ),
    "seal_vault": lambda v, _: vault.seal_vault(unb64(v["vault_key"]), v["ids"], _vault(v["vault"]), unb64(v["nonce"])),
    "open_vault": _open_vault,
    "seal_private": lambda v, _: vault.seal_private(unb64(v["vault_key"]), v["ids"], v["value"], unb64(v["nonce"])),
    "open_private": lambda v, _: vault.open_private(unb64(v["vault_key"]), v["ids"], v["sealed"]),
    "recovery_code": lambda v, _: vault.recovery_code(unb64(v["secret"])),
    "read_recovery_code": lambda v, _: b64(vault.read_recovery_code(v["typed"])),
    "format_secret": lambda v, _: vault.format_secret(unb64(v["secret"])),
    "read_secret": lambda v, _: b64(vault.read_secret(v["typed"])),
    "enrolment_mac": lambda v, _: b64(
        vault.enrolment_mac(unb64(v["invitation_secret"]), unb64(v["hub"]), unb64(v["invitation"]), unb64(v["body"]))
    ),
    "check_enrolment_mac": lambda v, _: _nothing(
        vault.check_enrolment_mac(
            unb64(v["invitation_secret"]),
            unb64(v["hub"]),
            unb64(v["invitation"]),
            unb64(v["body"]),
            unb64(v["mac"]),
        )
    ),
    # merkle
    "leaf_hash": lambda v, _: b64(merkle.leaf_hash(unb64(v["body"]))),
    "node_hash": lambda v, _: b64(merkle.node_hash(unb64(v["left"]), unb64(v["right"]))),
    "root": lambda v, _: b64(merkle.root(_all(v["leaf_hashes"]))),
    "frontier": _frontier,
    "inclusion_path": lambda v, _: [
        b64(one) for one in merkle.inclusion_path(v["index"], v["size"], merkle.hashes_of(_all(v["leaf_hashes"])))
    ],
    "verify_inclusion": lambda v, _: _nothing(
        merkle.verify_inclusion(v["index"], v["size"], unb64(v["leaf"]), _all(v["path"]), unb64(v["root"]))
    ),
    "consistency_path": lambda v, _: [
        b64(one)
        for one in merkle.consistency_path(v["old_size"], v["new_size"], merkle.hashes_of(_all(v["leaf_hashes"])))
    ],
    "verify_consistency": lambda v, _: _nothing(
        merkle.verify_consistency(
            v["old_size"], v["new_size"], unb64(v["old_root"]), unb64(v["new_root"]), _all(v["path"])
        )
    ),
    # tlog
    "key_id": lambda v, _: b64(tlog.key_id(v["name"], unb64(v["public"]))),
    "verifier_key": lambda v, _: tlog.verifier_key(v["name"], unb64(v["public"])),
    "checkpoint_text": lambda v, _: tlog.checkpoint_text(v["origin"], v["size"], unb64(v["root"])),
    "sign_checkpoint": lambda v, _: tlog.sign_checkpoint(
        signing.from_secret("log", unb64(v["secret"])), v["origin"], v["size"], unb64(v["root"])
    ),
    "read_checkpoint": _read_checkpoint,
    "tile_path": lambda v, _: tlog.tile_path(v["level"], v["index"], v["width"]),
    "parse_tile_path": lambda v, _: list(tlog.parse_tile_path(v["path"])),
    "encode_bundle": lambda v, _: b64(tlog.encode_bundle(_all(v["entries"]))),
    "decode_bundle": lambda v, _: [b64(one) for one in tlog.decode_bundle(unb64(v["bundle"]))],
    "leaf_body": _leaf_body,
    "pack": _pack,
    "unpack_all": _unpack_all,
    "leaf_detail_hash": lambda v, _: b64(tlog.leaf_detail_hash(v["detail"])),
    # heads
    "first_row": lambda v, _: b64(heads.first_row(v["size"])),
    "head_row": lambda v, _: b64(heads.head_row(_head(v["head"]))),
    "heads_rows": lambda v, _: [b64(row) for row in heads.heads_rows(v["size"], map(_head, v["heads"]))],
    "heads_root": lambda v, _: b64(heads.heads_root(v["size"], map(_head, v["heads"]))),
    "read_heads_leaf": _read_heads_leaf,
    "verify_size": lambda v, _: _nothing(heads.verify_size(v["size"], v["count"], _all(v["path"]), unb64(v["root"]))),
    "verify_head": lambda v, _: _nothing(
        heads.verify_head(_head(v["head"]), v["index"], v["count"], _all(v["path"]), unb64(v["root"]))
    ),
    "age": lambda v, _: heads.age(v["at"], v["now"]),
    # the end of operations
    **CERTIFICATES,
    # evidence
    "verify_evidence": _verify_evidence,
    # outside: what lies below the protocol
    "hkdf": lambda v, _: b64(vault.derive(unb64(v["ikm"]), unb64(v["salt"]), unb64(v["info"]))),
    "hmac": lambda v, _: b64(hmac.digest(unb64(v["secret"]), unb64(v["message"]), "sha256")),
    "seal_bytes": lambda v, _: b64(
        vault.seal_under(unb64(v["key"]), unb64(v["nonce"]), unb64(v["plain"]), unb64(v["aad"]))
    ),
    "open_bytes": lambda v, _: b64(vault.open_sealed(unb64(v["key"]), unb64(v["sealed"]), unb64(v["aad"]))),
    "x25519": _x25519,
    "mlkem_public": _mlkem_public,
    "hpke_open_rfc9180": _hpke_open,
}
