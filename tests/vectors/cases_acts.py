"""Cases of the directory's later acts: counters of exact signers, new keys, new administrators, appointments."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crypto import acts
from crypto.directory import Signed
from crypto.encoding import AdministratorId, Json, b64, canon, parse
from crypto.signing import SigningKey
from tests.vectors.cases_statements import weak_keys
from tests.vectors.world import DAY, NOW, Person, World, key, people, seed

Case = tuple[str, str, dict[str, Any]]
Administering = tuple[AdministratorId, str, SigningKey]

LATER = "later"  # the name of these chains in the file


def administrator(name: str) -> Administering:
    return AdministratorId(seed(f"administrator {name}", 16)), name, key("administrator", name)


def signed_by(world: World, signers: Sequence[Administering], type: str, n: int | None = None, **parts: Json) -> Signed:
    """An act of exactly these administrators, not yet added."""
    ranked = sorted(signers, key=lambda one: one[0])
    by = [who for who, _, _ in ranked]
    number = world.directory.next_n(by) if n is None else n
    body = acts.act_body(hub=world.hub, type=type, by=by, n=number, expires=NOW + DAY, **parts)
    return world.order(body, [one.sign("act", body) for _, _, one in ranked])


def set_of(world: World, members: Sequence[Administering], threshold: int, **other: Json) -> dict[str, Any]:
    """What an administrators.set says."""
    ranked = sorted(members, key=lambda one: one[0])
    listed: list[Json] = [{"id": b64(i), "key": b64(one.public), "name": name} for i, name, one in ranked]
    return {"edition": world.directory.edition + 1, "administrators": listed, "threshold": threshold, **other}


def later_acts() -> tuple[list[dict[str, Any]], list[Case]]:
    """The chain that these cases stand on, and the cases."""
    world, who = World(), people()
    ama, claire, pedro = who["ama"], who["claire"], who["pedro"]
    world.enrol(claire, ama, pedro)
    ada, ben, cleo = world.administrators
    dora, emil = administrator("Dora"), administrator("Emil")
    cases: list[Case] = []

    def case(name: str, entry: Signed) -> None:
        given = {"within": LATER, "after": world.directory.size, **as_given(entry)}
        cases.append((name, "directory.apply", given))

    def stands(name: str, entry: Signed) -> Signed:
        case(name, entry)
        return world.add(entry)

    def forced(type: str, signers: Sequence[Administering], good: dict[str, Any], **other: Json) -> Signed:
        """An act whose form no writer lets pass, signed all the same."""
        made = signed_by(world, signers, type, **good)
        act = canon({**parse(made.act), **other})
        ranked = sorted(signers, key=lambda one: one[0])
        return world.order(act, [one.sign("act", act) for _, _, one in ranked])

    # Who signs, counts
    named: dict[str, Any] = {"organisation": b64(ama.organisation), "name": "Ghana Revenue", "short": "GRA"}
    stands("an organisation renamed by the second administrator, whose first act it is",
           signed_by(world, [ben], "organisation.change", **named))  # fmt: skip
    case("the same name again", signed_by(world, [ben], "organisation.change", **named))
    other: dict[str, Any] = {**named, "name": "Ghana Customs"}
    case("renamed with the first administrator's number", signed_by(world, [ben], "organisation.change", 9, **other))
    case("renamed with a number that was used", signed_by(world, [ben], "organisation.change", 1, **other))
    case("renamed into another country", forced("organisation.change", [ben], other, country="FR"))
    case("renamed by an owner", world.by_owner(ama, "organisation.change", **other))
    strange: dict[str, Any] = {**other, "organisation": b64(seed("nowhere", 16))}
    case("an unknown organisation renamed", signed_by(world, [ben], "organisation.change", **strange))
    leave = signed_by(world, [ada, ben], "account.suspend", account=b64(claire.account), reason="On leave")
    early = world.rotate(pedro)
    stands("an act of two, signed before another's act", leave)
    stands("the other's act, ordered later all the same", world.order(early.act, early.signatures))
    case("the act of two once more", world.order(leave.act, leave.signatures))
    back = signed_by(world, [ada, ben], "account.restore", account=b64(claire.account))
    case("an act of two with one signature", world.order(back.act, back.signatures[:1]))
    case("an act of two with the signatures exchanged", world.order(back.act, back.signatures[::-1]))
    for name, by in {"another pair": [ada, cleo], "three": [ada, ben, cleo], "one": [ada]}.items():
        moved = canon({**parse(back.act), "by": [b64(one[0]) for one in by]})
        case(f"an act of two under the names of {name}",
             world.order(moved, (*back.signatures, back.signatures[0])[: len(by)]))  # fmt: skip
    stands("an act of two", back)

    # New keys
    anew = replace(ama, life=2, generation=2, device_label="anew")
    keys = rekeyed(anew)
    case("new keys by one administrator", signed_by(world, [ada], "account.rekey", **keys))
    case("new keys by the owner", world.by_owner(ama, "account.rekey", **keys))
    for name, wrong in {
        "the same identity key": {"aik": b64(ama.aik.public)},
        "another's identity key": {"aik": b64(claire.aik.public)},
        "a weak identity key": {"aik": b64(weak_keys()["order 4"])},
        "the same encryption key": {"aek": b64(ama.aek.public)},
        "an encryption key that another had": {"aek": b64(replace(pedro, generation=1).aek.public)},
        "an encryption key out of range": {"aek": b64(b"\xff" * 1216)},
        "the invitation that was used": {"invitation": b64(seed("invitation Ama", 16))},
        "an account nobody certified": {"account": b64(seed("ghost", 16))},
    }.items():
        case(f"new keys with {name}", signed_by(world, [ada, ben], "account.rekey", **{**keys, **wrong}))
    case("new keys with a level", forced("account.rekey", [ada, ben], keys, level="A2"))
    stands("an account suspended before", signed_by(world, [ada], "account.suspend",
           account=b64(ama.account), reason="Stolen"))  # fmt: skip
    old = world.by_owner(ama, "key.rotate", **rotated(ama, 2))
    stands("new keys for an account", signed_by(world, [ada, ben], "account.rekey", **keys))
    case("an act under the older identity key", world.order(old.act, old.signatures))
    case("the older identity key adds a device", world.add_device(replace(ama, device_label="more")))
    size = world.directory.size
    for at_size, name in ((size, "is revoked by the new keys"), (size - 1, "stood until the new keys")):
        parts = {"after": size, "device": b64(ama.device), "account": b64(ama.account), "at_size": at_size}
        cases.append((f"a device {name}", "device_valid", {"within": LATER, **parts}))
    case("the older device once more", world.add_device(replace(anew, device_label="first")))
    stands("the first device under the new keys, counted from 1", world.add_device(anew))
    case("certified again with the older keys", signed_by(world, [ada], "account.certify", **certified(ama)))
    raised = {**certified(anew), "level": "A2", "may": ["coordinate"]}
    case("a coordinator after new keys by one administrator", signed_by(world, [ada], "account.certify", **raised))
    stands("certified again with the new keys", signed_by(world, [ada, ben], "account.certify", **raised))
    case("back to the first keys", signed_by(world, [ada, ben], "account.rekey", **rekeyed(ama, 3)))
    case("a key generation again", world.by_owner(anew, "key.rotate", **rotated(anew, 2)))
    case(
        "the first encryption key again", world.by_owner(anew, "key.rotate", **rotated(replace(anew, generation=1), 3))
    )
    rotating = world.by_owner(anew, "key.rotate", **rotated(replace(anew, generation=3), 3))
    stands("the next generation under the new keys", rotating)

    # Administrators
    def change(signers: Sequence[Administering], members: Sequence[Administering], k: int, **more: Json) -> Signed:
        return signed_by(world, signers, "administrators.set", **set_of(world, members, k, **more))

    case("a new administrator by one", change([ada, dora], [ada, ben, cleo, dora], 2))
    case("a new administrator who didn't sign", change([ada, ben], [ada, ben, cleo, dora], 2))
    case("a new administrator by nobody present", change([dora, emil], [dora, emil], 1))
    case("a new administrator and a stranger's signature", change([ada, ben, dora, emil], [ada, ben, cleo, dora], 2))
    forged = change([ada, ben, dora], [ada, ben, cleo, dora], 2)
    broken = tuple(bytes(64) if who == dora[0] else signature for who, signature in zip(
        sorted((ada[0], ben[0], dora[0])), forged.signatures, strict=True))  # fmt: skip
    case("a new administrator whose signature is none", replace(forged, signatures=broken))
    case("administrators by an owner", world.by_owner(
        claire, "administrators.set", **set_of(world, [ada, ben, cleo, dora], 2)))  # fmt: skip
    case("the administrators of an edition skipped", change([ada, ben, dora], [ada, ben, cleo, dora], 2, edition=3))
    case("the same administrators again", change([ada, ben], [ada, ben, cleo], 2))
    swapped = (ben[0], "Ben", dora[2])
    case("an administrator's id with another key", change([ada, cleo], [ada, swapped, cleo], 2))
    taken = (AdministratorId(bytes(pedro.account)), "Pedro", dora[2])
    case("an account as an administrator", change([ada, ben, taken], [ada, ben, cleo, taken], 2))
    good = set_of(world, [ada, ben, cleo, dora], 2)
    for name, wrong in {
        "one administrator": {"administrators": list(good["administrators"])[:1], "threshold": 1},  # type: ignore[arg-type]
        "as many needed as there are": {"threshold": 4},
        "none needed": {"threshold": 0},
        "one key for two": {"administrators": [{**one, "key": b64(ada[2].public)} for one in good["administrators"]]},  # type: ignore[dict-item, union-attr]
        "no edition": {"edition": 1},
    }.items():
        case(f"administrators with {name}", forced("administrators.set", [ada, ben, dora], good, **wrong))
    weak = (dora[0], "Dora", replace(dora[2], public=weak_keys()["the identity"]))
    poor = change([ada, ben, weak], [ada, ben, cleo, weak], 2)
    fits_all = bytes.fromhex("58" + "66" * 31) + (1).to_bytes(32, "little")  # under the identity, for every message
    case("a new administrator with a weak key", replace(poor, signatures=tuple(
        fits_all if who == dora[0] else one for who, one in zip(
            sorted((ada[0], ben[0], dora[0])), poor.signatures, strict=True))))  # fmt: skip
    abandoned = change([ada, ben, emil], [ada, ben, cleo, emil], 2)
    stands("a new administrator", change([ada, ben, dora], [ada, ben, cleo, dora], 2))
    case("an earlier set that was abandoned", world.order(abandoned.act, abandoned.signatures))
    case("more needed than have signed", change([ada, ben], [ada, ben, cleo, dora], 3))
    stands("three needed from here on", change([ada, ben, dora], [ada, ben, cleo, dora], 3))
    adopting = {"operation": b64(seed("operation")), "account": b64(claire.account)}
    case("two are too few now", signed_by(world, [ada, ben], "operation.appoint", **adopting))
    stands("one leaves", change([ada, ben, dora], [ada, ben, dora], 2))
    case("an act of who left", signed_by(world, [cleo], "organisation.change", **other))
    case("who left comes back under the same id", change([ada, ben, cleo], [ada, ben, cleo, dora], 2))
    returning = (AdministratorId(seed("administrator Cleo again", 16)), "Cleo", cleo[2])
    case("who left comes back with the same key", change([ada, ben, returning], [ada, ben, dora, returning], 2))
    successor = Person("Successor", "GH")
    posing = {**certified(successor), "account": b64(cleo[0])}
    case("an account with the id of who left", signed_by(world, [ada], "account.certify", **posing))
    stands("two leave, one comes", change([ada, ben, emil], [dora, emil], 1))
    stands("and acts alone", signed_by(world, [emil], "organisation.change", **other))

    # Appointments and versions
    stands("one who may take over", signed_by(world, [dora], "operation.appoint", **adopting))
    unknown = {**adopting, "account": b64(seed("ghost", 16))}
    case("an unknown account appointed", signed_by(world, [dora], "operation.appoint", **unknown))
    case("appointed by an owner", world.by_owner(claire, "operation.appoint", **adopting))
    stands("another after the first", signed_by(world, [dora], "operation.appoint",
           operation=b64(seed("operation")), account=b64(pedro.account)))  # fmt: skip
    stands(
        "an appointed account suspended",
        signed_by(world, [dora], "account.suspend", account=b64(pedro.account), reason="x"),
    )
    case("a suspended account appointed", signed_by(world, [dora], "operation.appoint",
         operation=b64(seed("operation")), account=b64(pedro.account)))  # fmt: skip
    for name, parts in {"version": {"version": 2}, "suite": {"suite": 2}}.items():
        raising: dict[str, Any] = {**parts}
        case(f"a {name} that isn't known yet", signed_by(world, [dora], f"{name}.raise", **raising))
        case(f"a {name} raised by an owner", world.by_owner(claire, f"{name}.raise", **raising))
        case(f"a {name} raised to the first", forced(f"{name}.raise", [dora], raising, **{name: 1}))
    return [as_given(entry) for entry in world.signed], cases


def as_given(entry: Signed) -> dict[str, Any]:
    return {"entry": b64(entry.entry), "act": b64(entry.act), "signatures": [b64(one) for one in entry.signatures]}


def rekeyed(person: Person, generation: int | None = None) -> dict[str, Any]:
    """What an account.rekey says."""
    return {
        "account": b64(person.account),
        "aik": b64(person.aik.public),
        "aek": b64(replace(person, generation=generation or person.generation).aek.public),
        "invitation": b64(seed(f"invitation {person.name} {person.life}", 16)),
    }


def rotated(person: Person, generation: int) -> dict[str, Any]:
    """What a key.rotate says."""
    return {"account": b64(person.account), "aek": b64(person.aek.public), "generation": generation}


def certified(person: Person) -> dict[str, Any]:
    """What an account.certify says; the invitation is that of the person's present keys."""
    return {
        "account": b64(person.account),
        "organisation": b64(person.organisation),
        "name": person.name,
        "code": f"{person.country}-{person.name.upper()}",
        "aik": b64(person.aik.public),
        "aek": b64(person.aek.public),
        "generation": person.generation,
        "level": "A1",
        "may": [],
        "invitation": b64(seed(f"invitation {person.name}" + ("" if person.life == 1 else f" {person.life}"), 16)),
    }
