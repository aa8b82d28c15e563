"""Cases of operations: who takes part, who reads."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crypto import changes
from crypto.encoding import ChannelId, Json, b64, canon, parse
from crypto.epochs import Reader, record_form, wraps_root
from crypto.keys import aek_hash
from crypto.membership import readers
from tests.vectors.cases_acts import LATER, as_given
from tests.vectors.cases_closing import later_changes
from tests.vectors.cases_directory import TEXT_ORDER
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
        "directory": [as_given(entry) for entry in world.signed],
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
