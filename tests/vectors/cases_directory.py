"""Cases of the directory: who is who."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crypto import directory as directories
from crypto.directory import Enrolment, Signed, enrolment_body
from crypto.encoding import HubId, Json, b64, canon, parse, statement_id
from tests.vectors.cases_acts import LATER, as_given, later_acts
from tests.vectors.cases_statements import weak_keys
from tests.vectors.world import NOW, Person, World, matrix, people, seed

Case = tuple[str, str, dict[str, Any]]
Cases = tuple[dict[str, Any], list[Case]]

# Ids whose order as text isn't that of their raw bytes, which decides: "-" (62) stands before "A" (0).
TEXT_ORDER = (bytes([0xF8]) + seed("x", 15), bytes([0x04]) + seed("y", 15))
assert TEXT_ORDER[0] > TEXT_ORDER[1]
assert b64(TEXT_ORDER[0]) < b64(TEXT_ORDER[1])


def _resealed(world: World, entry: Signed, **other: Json) -> Signed:
    """The entry with parts of the hub's ordering replaced."""
    return replace(entry, entry=canon({**parse(entry.entry), **other}))


def directory() -> Cases:
    world, who = World(), people()
    ama, claire, kamau = who["ama"], who["claire"], who["kamau"]
    cases: list[Case] = []

    def case(name: str, entry: Signed, after: int | None = None) -> None:
        cases.append(
            (name, "directory.apply", {"after": world.directory.size if after is None else after, **as_given(entry)})
        )

    def stands(name: str, entry: Signed) -> Signed:
        case(name, entry)
        return world.add(entry)

    genesis = world.signed[0]
    case("the genesis", genesis, 0)
    case("a genesis that one administrator didn't sign", replace(genesis, signatures=genesis.signatures[:2]), 0)
    case("a genesis signed in another order", replace(genesis, signatures=genesis.signatures[::-1]), 0)
    case("a genesis with another name", replace(genesis, act=genesis.act.replace(b"Exercise", b"Exorcise")), 0)
    case("a genesis ordered as the second entry", _resealed(world, genesis, seq=1), 0)
    case("a first entry that orders something else", _resealed(world, genesis, act=b64(seed("act"))), 0)
    form = parse(genesis.act)
    for name, other in {
        "a threshold that one lost key would block": {"threshold": 3},
        "no threshold": {"threshold": 0},
        "one administrator": {"administrators": form["administrators"][:1], "threshold": 1},
        "administrators out of order": {"administrators": form["administrators"][::-1]},
        "version true": {"v": True},
        "version 2": {"v": 2},
        "suite 2": {"suite": 2},
        "a quorum of witnesses": {"quorum": 1},
        "a quorum that is false": {"quorum": False},
        "a witness": {"witnesses": [{"name": "w", "key": b64(seed("w"))}]},
        "one key for two administrators": {
            "administrators": [
                form["administrators"][0],
                {**form["administrators"][1], "key": form["administrators"][0]["key"]},
            ],
            "threshold": 1,
        },
        "a matrix of a newer version": {"roles": {**form["roles"], "v": 2}},
        "a matrix of version true": {"roles": {**form["roles"], "v": True}},
        "a log's weak key": {"log": {**form["log"], "key": b64(weak_keys()["order 8"])}},
        "a log that is a list": {"log": []},
        "an unknown field": {"more": 1},
        "a role nobody knows": {"roles": {**form["roles"], "grants": [["alert.send", "boss", ["*"]]]}},
        "a matrix out of order": {"roles": {**form["roles"], "grants": form["roles"]["grants"][::-1]}},
        "a log's name with a space": {"log": {**form["log"], "origin": "a b"}},
        "exercise as a number": {"exercise": 1},
        "an administrator's weak key": {
            "administrators": [
                {**form["administrators"][0], "key": b64(weak_keys()["the identity"])},
                *form["administrators"][1:],
            ]
        },
    }.items():
        body = canon({**form, **other})
        hub = HubId(statement_id("genesis", body))
        signatures = tuple(one[2].sign("genesis", body) for one in world.administrators)
        entry = Signed(
            directories.entry_body(hub, 0, None, hub), body, signatures[: len(parse(body)["administrators"])]
        )
        case(f"a genesis with {name}", entry, 0)

    stands("an organisation", world.organisation("GH"))
    case("the same organisation again", world.organisation("GH"))
    unsigned = world.organisation("TG")
    forged_by = world.administrators[1][2].sign("act", unsigned.act)
    case("an organisation that another administrator signed", replace(unsigned, signatures=(forged_by,)))
    joined = canon({**parse(unsigned.act), "by": [b64(world.administrators[0][0]), b64(b"\xff" * 16)]})
    both = [one[2].sign("act", joined) for one in world.administrators[:2]]
    case("an organisation signed by an administrator and a stranger", world.order(joined, both))
    stands("another organisation", world.organisation("FR"))
    nobody = Person("Nobody", "XX")
    case("an account of an unknown organisation", world.certify(nobody))
    stands("an account", world.certify(ama))
    case("a coordinator with one administrator's signature", world.certify(claire, 1))
    case("a coordinator at A1", world.certify(claire, level="A1"))
    stands("a coordinator", world.certify(claire))
    twin = Person("Twin", "GH")
    for name, other in {
        "an AIK that another has": {"aik": b64(ama.aik.public)},
        "a code that another has": {"code": "GH-AMA"},
        "an invitation that another used": {"invitation": b64(seed("invitation Ama", 16))},
        "an administrator's id": {"account": b64(world.administrators[0][0])},
        "generation 2": {"generation": 2},
        "a weak identity key": {"aik": b64(weak_keys()["order 4"])},
        "an encryption key out of range": {"aek": b64(b"\xff" * 1216)},
        "an encryption key too short": {"aek": b64(twin.aek.public[:-1])},
    }.items():
        case(f"an account with {name}", _forced(world, twin, other))
    case("an account anew with another key", world.certify(ama, aik=b64(twin.aik.public)))
    case("an account anew with another invitation", world.certify(ama, invitation=b64(seed("other", 16))))
    stands("an account raised to A2", world.certify(ama, level="A2", name="Ama Mensah"))
    own = world.by_owner(
        ama, "organisation.add", organisation=b64(seed("own", 16)), name="Mine", country="GH", short="Mine"
    )
    case("an organisation that an owner adds", own)
    case("a coordinator lowered by one administrator", world.certify(claire, 1, may=[], level="A2"))

    stands("a device", world.add_device(ama))
    case("the same device again", world.add_device(ama))
    ama.device_label = "second"
    stands("a second device", world.add_device(ama))
    other_key = world.by_owner(
        ama,
        "device.add",
        account=b64(ama.account),
        device=b64(seed("third", 16)),
        key=b64(ama.device_key.public),
        label="x",
    )
    case("a device with a key that another has", other_key)
    weak = world.by_owner(
        ama,
        "device.add",
        account=b64(ama.account),
        device=b64(seed("third", 16)),
        key=b64(weak_keys()["order 8"]),
        label="x",
    )
    case("a device with a weak key", weak)
    stands("the coordinator's device", world.add_device(claire))
    foreign = world.by_owner(
        claire,
        "device.add",
        account=b64(ama.account),
        device=b64(seed("d", 16)),
        key=b64(kamau.device_key.public),
        label="x",
    )
    case("a device for someone else's account", foreign)
    imposed = world.by_administrators(
        "device.add",
        2,
        account=b64(ama.account),
        device=b64(seed("d", 16)),
        key=b64(kamau.device_key.public),
        label="x",
    )
    case("a device that administrators add", imposed)
    forged = world.revoke(ama)
    case(
        "an owner's act signed by a device", replace(forged, signatures=(ama.device_key.sign("envelope", forged.act),))
    )

    case(
        "an act number repeated",
        world.by_administrators("account.suspend", 1, n=1, account=b64(ama.account), reason="x"),
    )
    case(
        "an act number skipped",
        world.by_administrators("account.suspend", 1, n=99, account=b64(ama.account), reason="x"),
    )
    good = world.rotate(ama)
    case("the hub puts an act at another place", _resealed(world, good, seq=world.directory.size + 1))
    case("the hub puts an act after another head", _resealed(world, good, prev=b64(seed("head"))))
    case("the hub orders another act", _resealed(world, good, act=b64(seed("act"))))
    case("an entry of another hub", _resealed(world, good, hub=b64(seed("hub"))))
    case("an entry of a newer version", _resealed(world, good, v=2))
    case("an entry with an unknown field", _resealed(world, good, at=NOW))
    case("an act without signature", replace(good, signatures=()))
    case("an act with a signature too many", replace(good, signatures=good.signatures * 2))
    case("an act with another's signature", replace(good, signatures=(claire.aik.sign("act", good.act),)))
    for name, other in {
        "of another hub": {"hub": b64(seed("hub"))},
        "of an unknown type": {"type": "account.bless"},
        "of a type that is a list": {"type": []},
        "of a newer version": {"v": 2},
        "of version true": {"v": True},
        "with an unknown field": {"more": 1},
        "by nobody": {"by": []},
        "with signers in text order": {"by": [b64(one) for one in TEXT_ORDER]},
        "by nobody known": {"by": [b64(seed("nobody", 16))]},
        "with number 0": {"n": 0},
        "with an id in padded base64": {"account": b64(ama.account) + "=="},
    }.items():
        act = canon({**parse(good.act), **other})
        signer = ama.aik
        case(f"an act {name}", world.order(act, [signer.sign("act", act)] * len(parse(act)["by"])))
    act = canon({**parse(good.act), "by": sorted_ids([ama.account, claire.account])})
    pair = sorted((ama, claire), key=lambda person: person.account)
    case("an act of two owners", world.order(act, [person.aik.sign("act", act) for person in pair]))
    case("an act that is a list", world.order(b"[]", [ama.aik.sign("act", b"[]")]))
    ama.generation = 1
    taken = world.by_owner(
        claire, "device.revoke", account=b64(claire.account), device=b64(ama.device), reason="Mine now"
    )
    case("someone else's device revoked as one's own", taken)
    foreign_revoke = world.by_owner(
        claire, "device.revoke", account=b64(ama.account), device=b64(ama.device), reason="Not mine"
    )
    case("someone else's device revoked by another owner", foreign_revoke)
    case("someone else's key rotated", world.by_owner(claire, "key.rotate", **rotation(ama, 2)))
    case("a key rotated by administrators", world.by_administrators("key.rotate", 2, **rotation(ama, 2)))
    broken = rotation(ama, 2) | {"aek": b64(b"\xff" * 1216)}
    case("a malformed key as a new generation", world.by_owner(ama, "key.rotate", **broken))
    skipped = world.by_owner(
        ama, "key.rotate", account=b64(ama.account), aek=b64(Person("Ama", "GH", generation=3).aek.public), generation=3
    )
    case("a key generation skipped", skipped)
    same = world.by_owner(ama, "key.rotate", account=b64(ama.account), aek=b64(ama.aek.public), generation=2)
    case("the same key as a new generation", same)
    stands("a new key", world.rotate(ama))
    stands("a device revoked by an administrator", world.revoke(ama, by_owner=False))
    case("the same device revoked again", world.revoke(ama))
    stands("reading again after a new key", world.rotate(ama))
    ama.device_label = "first"
    stands("a device revoked by its owner", world.revoke(ama))
    stands("an account suspended", world.suspend(ama))
    case("an account suspended twice", world.suspend(ama))
    ama.device_label = "third"
    case("a suspended account's device", world.add_device(ama))
    stands("an account restored", world.restore(ama))
    case("an account restored twice", world.restore(ama))
    case("a coordinator suspended by one administrator", world.suspend(claire))
    stands("a coordinator suspended by two", world.suspend(claire, 2))
    stands("new roles", world.by_administrators("roles.adopt", 2, roles=matrix(2)))
    case("new roles by one administrator", world.by_administrators("roles.adopt", 1, roles=matrix(3)))
    case("roles of the same edition", world.by_administrators("roles.adopt", 2, roles=matrix(2)))
    case("roles by an owner", world.by_owner(ama, "roles.adopt", roles=matrix(3)))

    devices = {"first": 10, "second": 12}
    for label in devices:
        ama.device_label = label
        for size in (1, 7, 8, 9, 10, 13, world.directory.size):
            parts = {
                "after": world.directory.size,
                "device": b64(ama.device),
                "account": b64(ama.account),
                "at_size": size,
            }
            cases.append((f"the {label} device after {size}", "device_valid", parts))
    parts = {"after": world.directory.size, "device": b64(ama.device), "account": b64(claire.account), "at_size": 12}
    cases.append(("someone else's device", "device_valid", parts))
    cases += _enrolments(world)
    cases.append(("a matrix", "roles_hash", {"matrix": matrix(2)}))
    later, more = later_acts()
    return {"entries": [as_given(entry) for entry in world.signed], LATER: {"entries": later}}, cases + more


def sorted_ids(accounts: Sequence[bytes]) -> list[Json]:
    return [b64(account) for account in sorted(accounts)]


def rotation(person: Person, generation: int) -> dict[str, Json]:
    """What a key.rotate says, whoever signs it."""
    later = replace(person, generation=generation)
    return {"account": b64(person.account), "aek": b64(later.aek.public), "generation": generation}


def _forced(world: World, person: Person, other: dict[str, Any]) -> Signed:
    """A certification whose form no writer lets pass, signed all the same."""
    good = world.certify(person)
    act = canon({**parse(good.act), **other})
    return world.order(act, [world.administrators[0][2].sign("act", act)])


def _enrolments(world: World) -> list[Case]:
    yuki = people()["yuki"]
    good = Enrolment(
        world.hub,
        seed("invitation Yuki", 16),
        yuki.account,
        "JP-YUKI",
        yuki.aik.public,
        yuki.aek.public,
        yuki.device,
        yuki.device_key.public,
        "Tokyo office",
        NOW,
    )

    def case(name: str, body: bytes, hub: bytes = world.hub, signers: Sequence[Any] | None = None) -> Case:
        signed = [one.sign("enrol", body) for one in ((yuki.aik, yuki.device_key) if signers is None else signers)]
        given = {"body": b64(body), "signatures": [b64(one) for one in signed], "hub": b64(hub)}
        return name, "check_enrolment_public", given

    def other(**parts: Any) -> bytes:
        return enrolment_body(replace(good, **parts))

    stranger = people()["ama"]

    body = enrolment_body(good)
    return [
        case("an enrolment", body),
        case("an enrolment at another hub", body, seed("hub")),
        case("an enrolment without the device's signature", body, signers=[yuki.aik]),
        case("an enrolment signed in another order", body, signers=[yuki.device_key, yuki.aik]),
        case("an enrolment signed by another identity key", body, signers=[stranger.aik, yuki.device_key]),
        case("an enrolment signed by another device", body, signers=[yuki.aik, stranger.device_key]),
        case("an enrolment whose device is a list", canon({**parse(body), "device": []})),
        case("an enrolment with a weak identity key", other(aik=weak_keys()["the identity"])),
        case("an enrolment with a weak device key", other(device_key=weak_keys()["order 2"])),
        case("an enrolment with a malformed encryption key", other(aek=b"\xff" * 1216)),
        case("an enrolment with one key for both", other(device_key=yuki.aik.public)),
        case("an enrolment in a newer version", canon({**parse(body), "v": 2})),
        case("an enrolment with a control character in the label", other(device_label="a\x7fb")),
        case("an enrolment with an empty label", other(device_label="")),
        case("an enrolment with a label of 80 characters beyond the BMP", other(device_label="😀" * 80)),
        case("an enrolment with a label of 81 characters", other(device_label="x" * 81)),
        case("an enrolment with a lower-case code", other(code="jp-yuki")),
    ]
