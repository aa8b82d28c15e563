"""Cases of the chains: who is who, who takes part, who reads."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crypto import changes
from crypto import directory as directories
from crypto.directory import Enrolment, Signed, enrolment_body
from crypto.encoding import ChannelId, HubId, Json, b64, canon, parse, statement_id
from crypto.epochs import Reader, record_form, wraps_root
from crypto.keys import aek_hash
from crypto.membership import readers
from tests.vectors.cases_acts import LATER, later_acts
from tests.vectors.cases_closing import later_changes
from tests.vectors.cases_statements import weak_keys
from tests.vectors.world import (
    DAY,
    NOW,
    Meeting,
    Person,
    SignedEntry,
    World,
    admit,
    matrix,
    open_channel,
    people,
    seed,
)

Case = tuple[str, str, dict[str, Any]]
Cases = tuple[dict[str, Any], list[Case]]

# Ids whose order as text isn't that of their raw bytes, which decides: "-" (62) stands before "A" (0).
TEXT_ORDER = (bytes([0xF8]) + seed("x", 15), bytes([0x04]) + seed("y", 15))
assert TEXT_ORDER[0] > TEXT_ORDER[1]
assert b64(TEXT_ORDER[0]) < b64(TEXT_ORDER[1])


def chain() -> Cases:
    first, second, other = b64(seed("first")), b64(seed("second")), b64(seed("other"))
    place = {"hub": b64(seed("hub")), "operation": b64(seed("operation")), "channel": b64(seed("channel", 16))}
    return {}, [
        ("the first entry", "check_next", {"head": None, "seq": 0, "prev": None}),
        ("the next entry", "check_next", {"head": {"seq": 4, "id": first}, "seq": 5, "prev": first}),
        ("a first entry that isn't 0", "check_next", {"head": None, "seq": 1, "prev": first}),
        ("a first entry with one before", "check_next", {"head": None, "seq": 0, "prev": first}),
        ("an entry skipped", "check_next", {"head": {"seq": 4, "id": first}, "seq": 6, "prev": first}),
        ("an entry repeated", "check_next", {"head": {"seq": 4, "id": first}, "seq": 4, "prev": first}),
        ("after another head", "check_next", {"head": {"seq": 4, "id": first}, "seq": 5, "prev": other}),
        ("after nothing", "check_next", {"head": {"seq": 4, "id": first}, "seq": 5, "prev": None}),
        (
            "as long as pinned",
            "check_not_rolled_back",
            {"pin": {"size": 2, "head": second}, "ids": [first, second]},
        ),
        (
            "longer than pinned",
            "check_not_rolled_back",
            {"pin": {"size": 1, "head": first}, "ids": [first, second]},
        ),
        ("nothing was pinned", "check_not_rolled_back", {"pin": {"size": 0, "head": first}, "ids": []}),
        ("shorter than pinned", "check_not_rolled_back", {"pin": {"size": 2, "head": second}, "ids": [first]}),
        (
            "another history than pinned",
            "check_not_rolled_back",
            {"pin": {"size": 2, "head": second}, "ids": [first, other, second]},
        ),
        ("a channel's beginning", "chain_start", place),
        ("another channel's beginning", "chain_start", {**place, "channel": b64(seed("other channel", 16))}),
        ("one envelope on", "channel_chain", {"previous": first, "envelope": second}),
        ("in the other order", "channel_chain", {"previous": second, "envelope": first}),
    ]


def _signed(entry: Signed) -> dict[str, Any]:
    return {"entry": b64(entry.entry), "act": b64(entry.act), "signatures": [b64(one) for one in entry.signatures]}


def _resealed(world: World, entry: Signed, **other: Json) -> Signed:
    """The entry with parts of the hub's ordering replaced."""
    return replace(entry, entry=canon({**parse(entry.entry), **other}))


def directory() -> Cases:
    world, who = World(), people()
    ama, claire, kamau = who["ama"], who["claire"], who["kamau"]
    cases: list[Case] = []

    def case(name: str, entry: Signed, after: int | None = None) -> None:
        cases.append(
            (name, "directory.apply", {"after": world.directory.size if after is None else after, **_signed(entry)})
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
    return {"entries": [_signed(entry) for entry in world.signed], LATER: {"entries": later}}, cases + more


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


def _reader(person: Person) -> Reader:
    return Reader(person.account, person.aik.public, person.generation, aek_hash(person.aek.public))


def membership() -> Cases:
    world, who = World(), people()
    claire, kamau, ama, pedro, yuki = (who[name] for name in ("claire", "kamau", "ama", "pedro", "yuki"))
    world.enrol(claire, kamau, ama, pedro, yuki)
    lone = Person("Lone", "GH")
    world.add(world.certify(lone))
    meeting = Meeting(world, claire)
    cases: list[Case] = []

    def case(name: str, entry: SignedEntry, after: int | None = None) -> None:
        given = {
            "after": len(meeting.signed) if after is None else after,
            "directory": entry.directory,
            "entry": b64(entry.body),
            "signatures": [b64(one) for one in entry.signatures],
        }
        cases.append((name, "membership.apply", given))

    def refused(name: str, by: Person, *made: Json, **other: Any) -> None:
        case(name, meeting.entry([by], made, **other))

    def stands(name: str, by: Person, *made: Json, **other: Any) -> None:
        entry = meeting.entry([by], made, **other)
        case(name, entry)
        meeting.add(entry)

    def asked(name: str, do: str, channel: str, size: int | None = None, **more: Any) -> None:
        given = {
            "after": len(meeting.signed),
            "directory": world.directory.size if size is None else size,
            "channel": b64(meeting.channel(channel)),
        }
        cases.append((name, do, {**given, **more}))

    def altered(name: str, **other: Any) -> None:
        """An entry whose form no writer lets pass, signed all the same."""
        good = meeting.entry([claire], [admit(pedro)])
        body = canon({**parse(good.body), **other})
        count = len(parse(body)["by"])
        case(name, SignedEntry(body, (claire.device_key.sign("entry", body),) * count, good.directory))

    # Opening
    first = meeting.signed[0]
    case("an operation opens", first, 0)
    before = Meeting.__new__(Meeting)
    before.world, before.opener, before.state, before.signed, before.at = world, claire, None, [], NOW + DAY
    case("opened by a contact", before.entry([ama], [before.opening()]), 0)
    case("opened with another matrix", before.entry([claire], [before.opening(roles=b64(seed("roles")))]), 0)
    case("opened together with a channel", before.entry([claire], [before.opening(), open_channel(seed("c", 16))]), 0)
    case("begun without opening", before.entry([claire], [admit(ama)]), 0)
    case("opened by two coordinators", before.entry([claire, kamau], [before.opening()]), 0)
    form = parse(first.body)
    for name, other in {
        "cleared for more than there is": {"own": ["secret"]},
        "compartments out of order": {"compartments": ["vaccine", "general"], "own": []},
        "no compartments": {"compartments": [], "own": []},
    }.items():
        body = canon({**form, "changes": [{**form["changes"][0], **other}]})
        case(f"opened with {name}", SignedEntry(body, (claire.device_key.sign("entry", body),), first.directory), 0)
    refused("opened twice", claire, meeting.opening())

    # Members
    refused("active with one coordinator", claire, {"change": "phase.set", "phase": "active"})
    stands("a second coordinator", claire, admit(kamau, "coordinator", ["general", "precursor", "vaccine"]))
    stands("members", claire, admit(ama), admit(pedro, "deputy", ["general", "precursor"]))
    refused("a member again", claire, admit(ama))
    refused("a member by a contact", ama, admit(yuki))
    refused("a member without clearance by a contact", ama, admit(yuki, compartments=[]))
    refused("a member by a deputy beyond the deputy's part", pedro, admit(yuki, compartments=["general", "precursor"]))
    case("a member by a deputy", meeting.entry([pedro], [admit(yuki)]))
    refused("a member changed by a deputy", pedro, change(ama, "contact", []))
    refused("a clearance that isn't there", claire, change(ama, "contact", ["secret"]))
    refused("a member by someone outside", yuki, admit(yuki))
    refused("a member under another identity key", claire, admit(yuki, aik=b64(seed("aik"))))
    refused("a member nobody certified", claire, admit(Person("Ghost", "GH")))
    refused("a member cleared for what isn't there", claire, admit(yuki, compartments=["secret"]))
    refused(
        "a coordinator widens the own clearance",
        claire,
        change(claire, "coordinator", ["general", "precursor", "vaccine"]),
    )
    refused("a coordinator takes another role", claire, change(claire, "auditor", ["general"]))
    refused(
        "a coordinator leaves and comes back wider", claire, remove(claire), admit(claire, "coordinator", ["vaccine"])
    )
    own = admit(claire, "coordinator", ["general", "precursor"])
    refused("a coordinator leaves and comes back the same", claire, remove(claire), own)
    stands("a coordinator gives up a compartment", claire, change(claire, "coordinator", ["general"]))
    stands("the other coordinator gives it back", kamau, change(claire, "coordinator", ["general", "precursor"]))
    refused("a contact widens the own clearance", ama, change(ama, "contact", ["general", "precursor"]))
    refused("a stranger is removed", claire, remove(yuki))
    refused("a contact removes another", ama, remove(pedro))
    refused("all coordinators leave", claire, remove(kamau), remove(claire))
    refused("a phase by a contact", ama, {"change": "phase.set", "phase": "active"})
    stands("the operation is active", claire, {"change": "phase.set", "phase": "active"})
    template = {"change": "template.adopt", "template": "seizure", "version": 2, "hash": b64(seed("template"))}
    refused("a template by a contact", ama, template)
    stands("a template", claire, template)
    refused("an older template", claire, {**template, "version": 1})
    refused("the same matrix taken again", claire, {"change": "matrix.take", "hash": b64(world.directory.matrix.hash)})
    refused("a matrix that was never adopted", claire, {"change": "matrix.take", "hash": b64(seed("matrix"))})

    # Form and place
    altered("version 2", v=2)
    altered("version true", v=True)
    altered("an unknown field", more=1)
    altered("an unknown change", changes=[{"change": "member.promote", "account": b64(ama.account)}])
    altered("a change that is a number", changes=[{"change": 1}])
    altered("a role nobody knows", changes=[admit(pedro, "boss")])
    altered("a phase nobody knows", changes=[{"change": "phase.set", "phase": "party"}])
    altered("an unknown field in a change", changes=[{**admit(pedro), "more": 1}])  # type: ignore[dict-item]
    altered("a change that is text", changes=["member.remove"])
    altered("a change without a name", changes=[{"account": b64(ama.account)}])
    altered("nothing to do", changes=[])
    altered("no author", by=[])
    altered("an author twice", by=[form["by"][0], form["by"][0]])
    altered("no operation", operation=None)
    altered("another operation", operation=b64(seed("operation")))
    altered("another hub", hub=b64(seed("hub")))
    altered("a place skipped", seq=99)
    altered("after another entry", prev=b64(seed("prev")))
    altered("another directory of the same size", directory={"size": world.directory.size, "head": b64(seed("head"))})
    altered("another directory's size", directory={"size": world.directory.size - 1, "head": b64(seed("head"))})
    older = world.history.at(world.directory.size - 1)
    refused("an older directory", claire, admit(yuki), directory_size=older.size, directory_head=older.head)
    refused("an earlier time", claire, admit(yuki), at=NOW)
    refused("an entry that another signed", claire, admit(yuki), signers=[kamau])
    good = meeting.entry([claire], [admit(yuki)])
    case("an entry without signature", replace(good, signatures=()))
    case("an entry signed by the identity key", replace(good, signatures=(_as_entry(claire, good.body),)))
    elsewhere = Person("Claire", "FR", device_label="unknown")
    refused("an entry from an unknown device", elsewhere, admit(yuki))
    two = meeting.entry([claire, ama], [admit(yuki)])
    case("an entry whose second author may not", two)

    listed = SignedEntry(b"[]", (claire.device_key.sign("entry", b"[]"),), world.directory.size)
    case("an entry that is a list", listed)

    # Channels
    general, secret = meeting.channel("general"), meeting.channel("precursor")
    stands("a channel for all", claire, open_channel(general))
    refused("the same channel again", claire, open_channel(general))
    refused("a channel of no compartment", claire, open_channel(seed("c", 16), "secret"))
    refused("a precursor channel by a contact", ama, open_channel(seed("c", 16), "precursor"))
    by_land = changes.audience_form("countries", ["PE", "FR", "KE"])
    stands(
        "a channel for three countries, history from joining",
        claire,
        open_channel(secret, "precursor", by_land, "from-join", "regional"),
    )
    altered(
        "an audience out of order",
        changes=[open_channel(seed("c", 16), audience={"scope": "countries", "of": ["PE", "FR"]})],
    )
    altered("an audience of nobody", changes=[open_channel(seed("c", 16), audience={"scope": "accounts", "of": []})])
    altered(
        "an audience of all and some", changes=[open_channel(seed("c", 16), audience={"scope": "all", "of": ["PE"]})]
    )
    altered(
        "an audience in text order",
        changes=[open_channel(seed("c", 16), audience={"scope": "accounts", "of": [b64(one) for one in TEXT_ORDER]})],
    )
    asked("who reads the general channel", "readers", "general")
    asked("who reads the precursor channel", "readers", "precursor")
    asked("all wait for the first epoch", "pending", "general")
    asked("no epoch isn't stale", "stale", "general")
    asked("nothing is sent before the first epoch", "may_send", "general", account=b64(ama.account), kind="alert")
    asked("no such channel", "readers", "nowhere")

    # Epochs
    def now(channel: str = "general") -> tuple[Reader, ...]:
        return readers(meeting.now, meeting.channel(channel), world.directory)

    def record(number: int = 1, channel: str = "general", **other: Any) -> list[Any]:
        known = 5 if number > 1 and channel == "general" else 0
        return [meeting.record(channel, now(channel), number, **{"seen_seq": known, **other})]

    refused("an epoch with a ghost", ama, epochs=[meeting.record("general", [*now(), _reader(yuki)])])
    refused("an epoch without a reader", ama, epochs=[meeting.record("general", now()[:-1])])
    refused("an epoch by one who doesn't read", ama, epochs=[meeting.record("precursor", now("precursor"))])
    refused("an epoch that begins at 2", ama, epochs=record(2))
    refused("a first epoch with a former secret", ama, epochs=record(previous=seed("previous", 60)))
    refused(
        "an epoch in a channel that isn't there", ama, epochs=[replace(record()[0], channel=ChannelId(seed("n", 16)))]
    )
    altered("two epochs for one channel", changes=[], epochs=[record_form(record()[0])] * 2)
    altered(
        "an epoch with a label too short", changes=[], epochs=[{**record_form(record()[0]), "label": b64(bytes(27))}]
    )
    stands("the first epoch, by a contact", ama, epochs=record())
    stands("the precursor channel's first epoch", kamau, epochs=record(channel="precursor"))
    refused("a channel closed by a contact", ama, {"change": "channel.close", "channel": b64(general)})
    asked("nobody waits", "pending", "general")
    asked("a contact sends an alert", "may_send", "general", account=b64(ama.account), kind="alert")
    asked("a contact sends no status", "may_send", "general", account=b64(ama.account), kind="status")
    asked("a stranger sends nothing", "may_send", "general", account=b64(yuki.account), kind="alert")
    asked("who doesn't read sends nothing", "may_send", "precursor", account=b64(ama.account), kind="alert")
    refused("a contact renews at will", ama, epochs=record(2))
    first_wraps = [seed(f"first wrap {reader.account!r}", 1168) for reader in now()]
    hashed = record(2, wraps_hash=wraps_root(now(), first_wraps), seen_seq=5)
    stands("a coordinator renews at will", kamau, epochs=hashed)
    for name, given in {
        "its wraps": [first_wraps],
        "a wrap missing": [first_wraps[:-1]],
        "wraps exchanged": [first_wraps[::-1]],
        "no list of wraps": [],
        "a list too many": [first_wraps, first_wraps],
    }.items():
        parts = {"body": b64(meeting.signed[-1].body), "wraps": [[b64(w) for w in row] for row in given]}
        cases.append((f"beside the epoch: {name}", "check_entry_wraps", {"after": len(meeting.signed), **parts}))
    early = {"after": len(meeting.signed) - 1, "body": b64(meeting.signed[-1].body), "wraps": [[]]}
    cases.append(("beside the epoch: judged by another state", "check_entry_wraps", early))
    refused("an epoch whose author saw less of the channel", kamau, epochs=record(3, seen_seq=4))
    case("a contact renews after thirty days", meeting.entry([ama], epochs=record(3), at=meeting.at + 30 * DAY))
    refused("an epoch without the former secret", kamau, epochs=record(3, previous=None, seen_seq=5))
    refused("a former secret where history is from joining", kamau, epochs=record(2, "precursor"))
    stands("the next epoch where history is from joining", kamau, epochs=record(2, "precursor", previous=None))
    refused("an epoch skipped", kamau, epochs=record(4))

    # Joining and serving
    stands("a late member", claire, admit(yuki, "observer"))
    asked("the late member waits", "pending", "general")
    asked("an epoch isn't stale because someone waits", "stale", "general")
    late = {"change": "grants", "channel": b64(secret), "epoch": 2, "wraps_hash": b64(seed("w"))}
    newcomer = admit(lone, "coordinator", ["general", "precursor"])
    refused("granted where history is from joining", kamau, newcomer, {**late, "to": [b64(lone.account)]})
    wraps = [seed("wrap yuki", 1168)]
    served = [_reader(yuki)]
    grant: dict[str, Json] = {
        "change": "grants",
        "channel": b64(general),
        "epoch": 2,
        "wraps_hash": b64(wraps_root(served, wraps)),
        "to": [b64(yuki.account)],
    }
    refused("granted by the one who waits", yuki, grant)
    refused("granted for another epoch", ama, {**grant, "epoch": 1})
    refused("granted to one who has it", ama, {**grant, "to": [b64(pedro.account)]})
    refused("granted to a stranger", ama, {**grant, "to": [b64(lone.account)]})
    altered("granted out of order", changes=[{**grant, "to": [b64(one) for one in TEXT_ORDER]}])
    refused("the epoch's heir who never had it", yuki, epochs=record(3))
    stands("granted by a contact", ama, grant)
    body = meeting.signed[-1].body
    for name, given in {
        "the grant's wraps": [wraps],
        "no wraps": [],
        "a wrap too many": [wraps * 2],
        "another wrap": [[seed("other", 1168)]],
        "a wrap too short": [[seed("wrap yuki", 1167)]],
    }.items():
        parts = {"after": len(meeting.signed), "body": b64(body), "wraps": [[b64(w) for w in row] for row in given]}
        cases.append((f"beside the grant: {name}", "check_entry_wraps", parts))
    refused("granted twice", ama, grant)
    not_there = {"after": len(meeting.signed) - 2, "body": b64(body), "wraps": [[b64(w) for w in wraps]]}
    cases.append(("beside the grant: judged by another state", "check_entry_wraps", not_there))
    asked("an observer sends no alert", "may_send", "general", account=b64(yuki.account), kind="alert")
    asked("an observer acknowledges", "may_send", "general", account=b64(yuki.account), kind="acknowledgement")
    stands("a member cleared for precursors joins", claire, change(ama, "contact", ["general", "precursor"]))
    asked("who isn't in the audience doesn't wait", "pending", "precursor")

    # Losing reading
    world.add(world.rotate(pedro))
    asked("a new key makes the epoch stale", "stale", "general")
    asked("but not for who still sees the old directory", "stale", "general", world.directory.size - 1)
    asked("nobody sends an alert on a stale epoch", "may_send", "general", account=b64(ama.account), kind="alert")
    asked("an acknowledgement is taken", "may_send", "general", account=b64(ama.account), kind="acknowledgement")
    refused("nothing is granted on a stale epoch", ama, {**grant, "to": [b64(pedro.account)]})
    stands("a contact renews the stale epoch", ama, epochs=record(3))
    stands(
        "a member and a new epoch at once",
        claire,
        remove(pedro),
        epochs=[meeting.record("general", _without(now(), pedro), 4, seen_seq=5)],
    )
    refused("the removed member makes an epoch", pedro, epochs=record(5))
    asked("the precursor epoch is stale", "stale", "precursor")
    world.add(world.revoke(yuki))
    asked("a revoked device takes reading away", "readers", "general")
    refused("an entry from a revoked device", yuki, remove(yuki))
    yuki.device_label = "second"
    world.add(world.add_device(yuki))
    refused("an epoch by one who awaits a new key", yuki, epochs=record(5))
    stands("an observer leaves", yuki, remove(yuki))
    world.add(world.suspend(ama))
    asked("a suspended account doesn't read", "readers", "general")
    refused("an entry of a suspended account", ama, remove(ama))
    world.add(world.suspend(lone))
    refused("a suspended account becomes a member", claire, admit(lone))
    world.add(world.restore(ama))
    asked("restored, it has what it had", "pending", "general")
    bad: dict[str, Json] = {"change": "wrap.bad", "channel": b64(general), "epoch": 4}
    refused("a report about another epoch", ama, {**bad, "epoch": 3})
    refused("a report about a channel one doesn't read", ama, {**bad, "channel": b64(secret), "epoch": 2})
    stands("a reader reports an epoch that doesn't open", ama, bad)
    asked("a reported epoch is stale", "stale", "general")
    refused("a second report of the same epoch", kamau, bad)
    stands("the next epoch", kamau, epochs=record(5))
    stands("its second report", ama, {**bad, "epoch": 5})
    stands("and the next", kamau, epochs=record(6))
    stands("its third report within a day", ama, {**bad, "epoch": 6})
    stands("and the next once more", kamau, epochs=record(7))
    refused("a fourth report within a day", ama, {**bad, "epoch": 7})
    meeting.at += DAY
    stands("a report a day later", ama, {**bad, "epoch": 7})
    stands("an epoch after that", kamau, epochs=record(8))

    # A new matrix
    world.add(world.by_administrators("roles.adopt", 2, roles=matrix(2, channel__read={"coordinator": ["*"]})))
    asked("a new matrix changes nothing by itself", "readers", "general")
    take: dict[str, Json] = {"change": "matrix.take", "hash": b64(world.directory.matrix.hash)}
    refused("a matrix taken by a contact", ama, take)
    stands("a coordinator takes the new matrix", claire, take)
    asked("from here on it decides who reads", "readers", "general")
    stands("a channel closes", claire, {"change": "channel.close", "channel": b64(general)})
    refused("granted in a closed channel", kamau, {**grant, "epoch": 8, "to": [b64(yuki.account)]})
    refused("a channel closes twice", claire, {"change": "channel.close", "channel": b64(general)})
    refused("an epoch in a closed channel", claire, epochs=record(9))
    asked("nothing is sent into a closed channel", "may_send", "general", account=b64(claire.account), kind="alert")

    shared = {
        "directory": [_signed(entry) for entry in world.signed],
        "operation": [
            {"entry": b64(e.body), "signatures": [b64(s) for s in e.signatures], "directory": e.directory}
            for e in meeting.signed
        ],
    }
    later, more = later_changes()
    return {**shared, LATER: later}, cases + more


def change(person: Person, role: str, compartments: Sequence[str]) -> Json:
    parts: dict[str, Json] = {"change": "member.change", "account": b64(person.account)}
    return {**parts, "role": role, "compartments": list(compartments)}


def remove(person: Person) -> Json:
    return {"change": "member.remove", "account": b64(person.account)}


def _without(listed: Sequence[Reader], person: Person) -> list[Reader]:
    return [reader for reader in listed if reader.account != person.account]


def _as_entry(person: Person, body: bytes) -> bytes:
    """A signature over an entry by a key that may sign none."""
    return replace(person.aik, role="device").sign("entry", body)
