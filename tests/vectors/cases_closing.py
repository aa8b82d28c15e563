"""Cases of an operation's later life: announcements, rules, new keys, take-over, closing and destruction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crypto.changes import audience_form
from crypto.encoding import Json, b64
from crypto.epochs import EpochRecord
from crypto.membership import readers
from tests.vectors.cases_acts import LATER, as_given, certified, rekeyed
from tests.vectors.world import (
    DAY,
    EVERY,
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

COORDINATOR: dict[str, Sequence[str]] = {"coordinator": EVERY}
MEMBERS: dict[str, Sequence[str]] = dict.fromkeys(("contact", "deputy", "coordinator", "observer"), EVERY)


class Story:
    """An operation that grows, and the cases along its way."""

    def __init__(self) -> None:
        ruled = matrix(
            rules__set=COORDINATOR,
            rules__accept=MEMBERS,
            retention__set=COORDINATOR,
            hold__set=COORDINATOR,
            operation__close=COORDINATOR,
            operation__destroy=COORDINATOR | {"contact": EVERY},
            destroy__cancel=COORDINATOR,
            version__raise=COORDINATOR,
            notice__send=COORDINATOR,
        )
        self.world, self.who = World(matrix=ruled), people() | {"zoe": Person("Zoe", "FR", ("coordinate",))}
        self.world.enrol(*self.who.values())
        self.meeting = Meeting(self.world, self.who["claire"])
        self.cases: list[Case] = []

    def _case(self, name: str, entry: SignedEntry) -> None:
        given = {
            "within": LATER,
            "after": len(self.meeting.signed),
            "directory": entry.directory,
            "entry": b64(entry.body),
            "signatures": [b64(one) for one in entry.signatures],
        }
        self.cases.append((name, "membership.apply", given))

    def refused(self, name: str, by: str, *made: Json, **other: Any) -> None:
        people_by = [self.who[one] for one in by.split()]
        self._case(name, self.meeting.entry(people_by, made, **other))

    def stands(self, name: str, by: str, *made: Json, **other: Any) -> None:
        entry = self.meeting.entry([self.who[one] for one in by.split()], made, **other)
        self._case(name, entry)
        self.meeting.add(entry)

    def asked(self, name: str, do: str, **more: Any) -> None:
        given = {"within": LATER, "after": len(self.meeting.signed), "directory": self.world.directory.size}
        self.cases.append((name, do, {**given, **more}))

    def placed(self, name: str, entry: SignedEntry, size: int) -> None:
        """An entry that was put in order when the directory had `size` entries."""
        given = {"within": LATER, "after": len(self.meeting.signed), "directory": size, "entry": b64(entry.body)}
        self.cases.append((name, "check_at_its_place", given))

    def sends(self, name: str, channel: str, person: str, kind: str) -> None:
        parts = {"channel": b64(self.meeting.channel(channel)), "account": b64(self.who[person].account), "kind": kind}
        self.asked(name, "may_send", **parts)

    def record(self, channel: str, number: int = 1, without: str | None = None, **other: Any) -> EpochRecord:
        """The next epoch of a channel, for those who read it now (but one who leaves in the same entry)."""
        now = readers(self.meeting.now, self.meeting.channel(channel), self.world.directory)
        gone = None if without is None else self.who[without].account
        return self.meeting.record(channel, [one for one in now if one.account != gone], number, **other)

    def grant(self, channel: str, epoch: int, *people_to: str) -> Json:
        to: list[Json] = [b64(one) for one in sorted(self.who[name].account for name in people_to)]
        of = b64(self.meeting.channel(channel))
        return {"change": "grants", "channel": of, "epoch": epoch, "wraps_hash": b64(seed("wraps")), "to": to}

    def rekey(self, name: str) -> None:
        """The person starts again: new keys, a new device."""
        known = self.who[name]
        anew = replace(
            known, life=known.life + 1, generation=known.generation + 1, may=(), device_label=f"anew {known.life}"
        )
        self.world.add(self.world.by_administrators("account.rekey", 2, **rekeyed(anew)))
        self.world.add(self.world.add_device(anew))
        self.who[name] = anew

    def restore(self, name: str, role: str = "contact", compartments: Sequence[str] = ("general",)) -> Json:
        written = admit(self.who[name], role, compartments)
        assert isinstance(written, dict)
        return {**written, "change": "member.restore"}


def later_changes() -> tuple[dict[str, Any], list[Case]]:
    """The chains that these cases stand on, and the cases."""
    story = Story()
    _speaking(story)
    _rules(story)
    _new_keys(story)
    _taking_over(story)
    _closing(story)
    _destroying(story)
    shared = {
        "directory": [as_given(entry) for entry in story.world.signed],
        "operation": [
            {"entry": b64(e.body), "signatures": [b64(s) for s in e.signatures], "directory": e.directory}
            for e in story.meeting.signed
        ],
    }
    return shared, story.cases


def _speaking(s: Story) -> None:
    channel, everything = s.meeting.channel, ["general", "precursor", "vaccine"]
    s.meeting.do(s.who["claire"], admit(s.who["kamau"], "coordinator", everything), admit(s.who["ama"]))
    s.meeting.do(s.who["claire"], admit(s.who["pedro"]), admit(s.who["yuki"], "observer"))
    s.meeting.do(
        s.who["claire"],
        open_channel(channel("general")),
        open_channel(channel("room"), "general", audience_form("all"), "from-join", "case"),
        open_channel(channel("side"), "precursor", audience_form("all"), "from-join", "case"),
        open_channel(channel("board"), type="announcement"),
    )
    s.meeting.do(s.who["claire"], epochs=[s.record(one) for one in ("general", "room", "side", "board")])
    s.sends("a coordinator announces", "board", "claire", "notice")
    s.sends("a coordinator posts among announcements", "board", "claire", "post")
    s.sends("a contact posts no word among announcements", "board", "ama", "post")
    s.sends("a contact alerts not among announcements", "board", "ama", "alert")
    s.sends("a contact acknowledges an announcement", "board", "ama", "acknowledgement")
    s.sends("a contact posts where all speak", "general", "ama", "post")
    ghana = b64(channel("ghana"))
    s.meeting.do(s.who["claire"], open_channel(channel("ghana"), audience=audience_form("countries", ["GH"])))
    moved = certified(s.who["pedro"]) | {"organisation": b64(s.who["ama"].organisation)}
    s.world.add(s.world.by_administrators("account.certify", 1, **moved))
    s.asked("certified into another country, a member reads no channel of it", "readers", channel=ghana)
    narrowed = _role(s, "pedro", "contact", ["general"])
    s.stands("a member says the same of themselves", "pedro", narrowed)
    s.asked("and reads no more by that", "readers", channel=ghana)
    s.stands("a coordinator says it", "claire", narrowed)
    s.asked("and by that it is the member's country", "readers", channel=ghana)
    s.world.add(s.world.by_administrators("account.certify", 1, **certified(s.who["pedro"])))
    s.asked("certified out of it, they read it no more", "readers", channel=ghana)
    s.meeting.do(s.who["claire"], narrowed)


def _rules(s: Story) -> None:
    rules: dict[str, Json] = {"change": "rules.set", "version": 2, "hash": b64(seed("rules"))}
    accept: dict[str, Json] = {"change": "rules.accept", "version": 2}
    s.refused("rules accepted before there are any", "ama", accept)
    s.refused("rules by a contact", "ama", rules)
    s.stands("rules", "claire", rules)
    s.refused("older rules", "claire", {**rules, "version": 1})
    s.refused("the same rules", "claire", rules)
    s.refused("other rules accepted", "ama", {**accept, "version": 1})
    s.stands("rules accepted by an observer", "yuki", accept)
    s.stands("rules accepted by two at once", "ama pedro", accept)
    s.refused("rules accepted twice", "ama", accept)
    s.refused("rules accepted on the way out", "pedro", _remove(s, "pedro"), accept)
    s.refused("rules accepted by a stranger", "zoe", accept)
    s.stands("newer rules, which nobody has accepted", "claire", {**rules, "version": 5})
    s.refused("the former rules accepted", "kamau", accept)
    keep: dict[str, Json] = {"change": "retention.set", "until": s.meeting.at + 400 * DAY}
    s.refused("kept by a contact's word", "ama", keep)
    s.refused("kept until a time that is over", "claire", {**keep, "until": s.meeting.at})
    s.stands("kept for more than a year", "claire", keep)
    s.refused("kept until the same time", "claire", keep)
    raise_it: dict[str, Json] = {"change": "version.raise", "version": 2}
    s.refused("a version that isn't known yet", "claire", raise_it)
    s.refused("a version raised by a contact", "ama", raise_it)


def _new_keys(s: Story) -> None:
    older = admit(s.who["ama"])
    s.refused("restored though nothing was lost", "claire", s.restore("ama"))
    late = s.meeting.entry([s.who["ama"]], [{"change": "rules.accept", "version": 5}])
    in_time = s.world.directory.size
    s.rekey("ama")
    s.placed("an entry in its time", late, in_time)
    s.placed("the same entry, put in order after new keys", late, s.world.directory.size)
    s.placed("put in order where its account isn't known yet", late, 3)
    s.asked("a member's new keys make the epoch stale", "stale", channel=b64(s.meeting.channel("general")))
    s.asked("and take reading away", "readers", channel=b64(s.meeting.channel("room")))
    s.sends("who has new keys sends nothing yet", "general", "ama", "acknowledgement")
    s.refused("an entry under new keys before the restoration", "ama", {"change": "rules.accept", "version": 5})
    s.refused("restored by a contact", "pedro", s.restore("ama"))
    s.refused("restored by oneself", "ama", s.restore("ama"))
    s.refused("restored under the older key", "claire", {**older, "change": "member.restore"})  # type: ignore[dict-item]
    s.refused("a stranger restored", "claire", s.restore("zoe"))
    s.refused("restored for what isn't there", "claire", s.restore("ama", "contact", ["secret"]))
    s.refused("restored in general, given what they never had", "claire",
              s.restore("ama", "contact", ["general", "precursor"]), s.grant("side", 1, "ama"))  # fmt: skip
    s.refused("admitted anew, given what they had", "claire", admit(s.who["ama"]), s.grant("room", 1, "ama"))
    s.refused("restored, given together with a newcomer", "claire", s.restore("ama"), admit(s.who["zoe"]),
              s.grant("room", 1, "ama", "zoe"))  # fmt: skip
    s.refused("restored, given what isn't the current epoch", "claire", s.restore("ama"), s.grant("room", 2, "ama"))
    s.stands("restored, and given again what they had", "claire", s.restore("ama"), s.grant("room", 1, "ama"))
    s.refused("given twice", "claire", s.grant("room", 1, "ama"))
    s.asked("nobody waits in the room", "pending", channel=b64(s.meeting.channel("room")))
    s.asked("what was given again stays stale", "stale", channel=b64(s.meeting.channel("room")))
    s.sends("nobody sends under it", "room", "pedro", "post")
    s.refused("restored twice", "claire", s.restore("ama"))
    kept = {"previous": seed("previous", 60)}
    s.stands("the next epochs, by whom was restored", "ama",
             epochs=[s.record("room", 2, previous=None)])  # fmt: skip
    s.refused("the archive opened by whom it wasn't given to", "ama", epochs=[s.record("general", 2, **kept)])
    s.stands("the archive's next epoch", "claire", epochs=[s.record("general", 2), s.record("board", 2)])
    s.sends("who was restored sends again", "general", "ama", "post")
    s.rekey("pedro")
    s.stands("a member leaves after new keys", "claire", _remove(s, "pedro"))
    s.refused("who was removed isn't restored", "claire", s.restore("pedro"))
    s.stands("who was removed is admitted anew", "claire", admit(s.who["pedro"]))
    s.refused("and given nothing of before", "claire", s.grant("room", 2, "pedro"))
    s.stands("everything anew for all", "claire", epochs=[
        s.record("general", 3), s.record("room", 3, previous=None), s.record("board", 3)])  # fmt: skip


def _taking_over(s: Story) -> None:
    appoint: dict[str, Json] = {"operation": b64(s.meeting.now.id), "account": b64(s.who["zoe"].account)}
    s.world.add(s.world.suspend(s.who["kamau"], 2))
    s.world.add(s.world.by_administrators("operation.appoint", 2, **appoint))
    first = s.world.directory.size - 1
    take: dict[str, Json] = {"change": "coordinator.take", "act_seq": first}
    s.asked("one valid coordinator is left", "coordinators")
    s.refused("the last valid coordinator leaves", "claire", _remove(s, "claire"))
    s.refused("the last valid coordinator makes oneself less", "claire", _role(s, "claire", "observer"))
    s.refused("taken over while there is a coordinator", "zoe", take)
    s.asked("nobody may take over yet", "appointed", account=b64(s.who["zoe"].account))
    s.rekey("claire")
    s.asked("no valid coordinator is left", "coordinators")
    s.asked("who was appointed may take over", "appointed", account=b64(s.who["zoe"].account))
    s.asked("nobody else may", "appointed", account=b64(s.who["ama"].account))
    s.stands("a member leaves all the same", "yuki", _remove(s, "yuki"))
    s.refused("the lost coordinator goes on", "claire", admit(s.who["yuki"]))
    s.refused("taken over by another", "ama", take)
    s.refused("taken over by an act that appointed nobody", "zoe", {**take, "act_seq": first - 1})
    s.refused("taken over and something more", "zoe", take, admit(s.who["yuki"]))
    s.refused("taken over together with another", "zoe ama", take)
    s.world.add(s.world.by_administrators("operation.appoint", 2, **appoint))
    s.refused("taken over by an appointment that isn't the newest", "zoe", take)
    take["act_seq"] = first = s.world.directory.size - 1
    take_then, when = s.meeting.entry([s.who["zoe"]], [take]), s.world.directory.size
    lowered = {**certified(s.who["zoe"]), "level": "A2"}
    s.world.add(s.world.by_administrators("account.certify", 2, **lowered))
    s.refused("taken over by one who may not coordinate", "zoe", take)
    s.world.add(s.world.certify(s.who["zoe"]))
    s.placed("a take-over in its time", take_then, when)
    s.world.add(s.world.by_administrators("operation.appoint", 2, **appoint))
    s.placed("a take-over put in order after another appointment", take_then, s.world.directory.size)
    take["act_seq"] = s.world.directory.size - 1
    s.stands("taken over", "zoe", take)
    s.refused("taken over twice", "zoe", take)
    s.asked("who took over reads nothing", "readers", channel=b64(s.meeting.channel("general")))
    s.refused("who took over clears oneself", "zoe", _role(s, "zoe", "coordinator", ["general"]))
    s.refused("who took over gives oneself the archive", "zoe", s.grant("general", 3, "zoe"))
    s.stands("the lost coordinator is restored", "zoe", s.restore("claire", "coordinator", ["general", "precursor"]))
    s.world.add(s.world.restore(s.who["kamau"], 2))
    s.asked("three coordinators are valid", "coordinators")
    s.refused("the used appointment once more", "zoe", take)


def _closing(s: Story) -> None:
    close: dict[str, Json] = {"change": "operation.close"}
    hold: dict[str, Json] = {"change": "hold.set", "on": True, "reason": "Court order"}
    doom: dict[str, Json] = {"change": "operation.destroy", "at": s.meeting.at + 9 * DAY}
    s.refused("destroyed while it runs", "zoe kamau", doom)
    s.refused("cancelled though nothing is destroyed", "zoe", {"change": "destroy.cancel"})
    s.refused("a hold by a contact", "ama", hold)
    s.refused("no hold lifted", "zoe kamau", {**hold, "on": False})
    s.stands("a hold", "kamau", hold)
    s.refused("held twice", "kamau", hold)
    s.refused("a hold lifted by one", "kamau", {**hold, "on": False})
    s.refused("a hold lifted by a coordinator and a contact", "kamau ama", {**hold, "on": False})
    s.refused("closed by a contact", "ama", close)
    s.refused("closed with a new epoch", "kamau", close, epochs=[s.record("general", 4)])
    s.refused("closed, and a member more", "kamau", close, admit(s.who["yuki"]))
    s.refused("closed, and a phase behind it", "kamau", close, {"change": "phase.set", "phase": "reporting"})
    s.stands("closed", "kamau", close)
    s.sends("nothing is sent any more", "general", "ama", "post")
    s.sends("not even an acknowledgement", "general", "ama", "acknowledgement")
    s.refused("closed twice", "kamau", close)
    s.refused("a phase after closing", "kamau", {"change": "phase.set", "phase": "active"})
    s.refused("a member after closing", "kamau", admit(s.who["yuki"]))
    s.refused("a clearance after closing", "kamau", _role(s, "ama", "contact"))
    s.refused("a channel after closing", "kamau", open_channel(seed("late", 16)))
    s.refused("an epoch after closing", "kamau", epochs=[s.record("general", 4)])
    s.refused("rules after closing", "kamau", {"change": "rules.set", "version": 9, "hash": b64(seed("late"))})
    s.refused("a template after closing", "kamau",
              {"change": "template.adopt", "template": "late", "version": 1, "hash": b64(seed("late"))})  # fmt: skip
    s.refused("a channel closed after closing", "kamau",
              {"change": "channel.close", "channel": b64(s.meeting.channel("side"))})  # fmt: skip
    s.stands("rules accepted after closing", "ama", {"change": "rules.accept", "version": 5})
    s.stands("kept longer after closing", "zoe", {"change": "retention.set", "until": s.meeting.at + 900 * DAY})
    s.rekey("pedro")
    s.refused("the stale archive given to whom it never was", "ama", s.grant("general", 3, "zoe"))
    s.stands("given again to the coordinator who lost it", "ama", s.grant("general", 3, "claire"))
    s.stands("restored after closing", "kamau", s.restore("pedro"))
    s.stands("and given again what they had", "ama", s.grant("general", 3, "pedro"), s.grant("room", 3, "pedro"))


def _destroying(s: Story) -> None:
    lift: dict[str, Json] = {"change": "hold.set", "on": False, "reason": "Case ended"}
    cancel: dict[str, Json] = {"change": "destroy.cancel"}

    def doom(days: float) -> Json:
        return {"change": "operation.destroy", "at": s.meeting.at + 1000 + int(days * DAY)}

    s.refused("destroyed while held", "zoe kamau", doom(8))
    s.stands("a hold lifted by two", "zoe kamau", lift)
    s.refused("destroyed by one", "zoe", doom(8))
    s.refused("destroyed by a coordinator and a contact", "zoe ama", doom(8))
    s.refused("destroyed too soon", "zoe kamau", doom(6.9))
    s.refused("destroyed with one signature", "zoe kamau", doom(8), signers=[s.who["kamau"], s.who["kamau"]])
    s.stands("to be destroyed in seven days", "zoe kamau", doom(7))
    s.refused("to be destroyed twice", "zoe kamau", doom(9))
    s.refused("kept by a contact's word after all", "ama", cancel)
    s.stands("kept after all", "claire", cancel)
    s.stands("to be destroyed once more", "claire kamau", doom(8))
    s.stands("a hold keeps it", "zoe", {**lift, "on": True})
    s.refused("nothing left to cancel", "zoe", cancel)
    s.stands("the hold lifted, to be destroyed at once", "zoe kamau", lift, doom(7))
    at = s.meeting.now.destroy_at
    assert at is not None
    s.refused("kept when it is too late", "claire", cancel, at=at)
    s.refused("anything when it is too late", "ama", _remove(s, "ama"), at=at + DAY)
    s.stands("who leaves in time", "ama", _remove(s, "ama"), at=at - 1)


def _remove(s: Story, name: str) -> Json:
    return {"change": "member.remove", "account": b64(s.who[name].account)}


def _role(s: Story, name: str, role: str, compartments: Sequence[str] = ()) -> Json:
    account = b64(s.who[name].account)
    return {"change": "member.change", "account": account, "role": role, "compartments": list(compartments)}
