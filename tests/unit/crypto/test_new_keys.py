"""What a person's new keys end never comes alive again, whoever tries."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from crypto.directory import DirectoryHistory, Signed
from crypto.encoding import Json, b64
from crypto.epochs import Reader
from crypto.errors import NotCertified, ProtocolError, Repeated, Revoked
from crypto.membership import check_at_its_place, may_send, read_entry, readers, stale
from tests.vectors.cases_acts import certified, rekeyed
from tests.vectors.world import Meeting, Person, World, admit, open_channel, people


class Scene:
    """An operation that Ama reads, and Ama before and after her new keys."""

    def __init__(self) -> None:
        self.world, who = World(), people()
        self.claire, self.ama, self.pedro = who["claire"], who["ama"], who["pedro"]
        self.world.enrol(self.claire, self.ama, self.pedro)
        self.meeting = Meeting(self.world, self.claire)
        self.channel = self.meeting.channel("general")
        self.meeting.do(self.claire, admit(self.ama), admit(self.pedro), open_channel(self.channel))
        self.meeting.do(self.ama, epochs=[self.meeting.record("general", self.reading())])
        self.anew = replace(self.ama, life=2, generation=2, device_label="anew")

    def reading(self) -> tuple[Reader, ...]:
        return readers(self.meeting.now, self.channel, self.world.directory)

    def reads(self, person: Person) -> bool:
        return any((one.account, one.aik) == (person.account, person.aik.public) for one in self.reading())

    def rekey(self) -> None:
        self.world.add(self.world.by_administrators("account.rekey", 2, **rekeyed(self.anew)))
        self.world.add(self.world.add_device(self.anew))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_the_older_key_reads_nothing_from_the_act_on(scene: Scene) -> None:
    assert scene.reads(scene.ama)

    scene.rekey()

    assert not scene.reads(scene.ama)
    assert not scene.reads(scene.anew)
    assert stale(scene.meeting.now, scene.channel, scene.world.directory)
    with pytest.raises(ProtocolError):
        may_send(scene.meeting.now, scene.channel, scene.ama.account, "acknowledgement", scene.world.directory)


def test_the_older_device_signs_nothing_though_the_hub_lets_it_name_the_day_before(scene: Scene) -> None:
    before, late = scene.meeting.now, scene.meeting.entry([scene.ama], [remove(scene.ama)])
    scene.rekey()

    after = scene.meeting.apply(late)  # by the directory that it names it holds

    assert after.seq == before.seq + 1
    with pytest.raises(Revoked):
        check_at_its_place(before, read_entry(late.body), scene.world.directory)


def test_admitted_by_a_directory_of_the_day_before_the_older_key_reads_nothing(scene: Scene) -> None:
    scene.meeting.do(scene.claire, remove(scene.ama))
    late = scene.meeting.entry([scene.claire], [admit(scene.ama)])
    scene.rekey()

    scene.meeting.add(late)

    assert scene.meeting.now.members[scene.ama.account].aik == scene.ama.aik.public
    assert not scene.reads(scene.ama)
    with pytest.raises(NotCertified):
        scene.meeting.do(scene.claire, remove(scene.ama), admit(scene.ama))


def test_no_act_of_all_administrators_brings_the_older_key_back(scene: Scene) -> None:
    scene.rekey()
    other = replace(scene.ama, name="Other")
    posing: dict[str, Any] = {**certified(other), "aik": b64(scene.ama.aik.public)}
    attempts = {
        "the same keys": scene.world.by_administrators("account.certify", 3, **certified(scene.ama)),
        "new keys that are the older": scene.world.by_administrators("account.rekey", 3, **rekeyed(scene.ama)),
        "another account": scene.world.by_administrators("account.certify", 3, **posing),
    }

    for attempt in attempts.values():
        with pytest.raises(Repeated):
            scene.world.history.append(attempt.entry, attempt.act, attempt.signatures)


def test_who_is_restored_reads_by_the_new_key_alone(scene: Scene) -> None:
    scene.rekey()
    written = admit(scene.anew)
    assert isinstance(written, dict)

    scene.meeting.do(scene.claire, {**written, "change": "member.restore"})

    assert scene.reads(scene.anew)
    assert not scene.reads(scene.ama)
    assert scene.meeting.now.members[scene.ama.account].restored_from == scene.ama.aik.public


def test_acts_of_different_signers_commute(scene: Scene) -> None:
    """Signed at one time, ordered in any way: the directory that they lead to is the same."""
    world, (ada, ben, cleo) = scene.world, scene.world.administrators
    made = [
        act
        for signer, country in ((ada, "TG"), (ben, "BJ"), (cleo, "NE"))
        for act in [signed_alone(world, signer, country)]
    ]
    found = set()
    for order in permutations([*made, world.rotate(scene.pedro)]):
        history = DirectoryHistory.replay(world.signed)
        for act in order:
            ordered = at_the_end(world, history, act)
            history.append(ordered.entry, ordered.act, ordered.signatures)
        latest = history.latest
        found.add((tuple(sorted(latest.organisations)), latest.account(scene.pedro.account).generation))

    assert len(found) == 1


def signed_alone(world: World, signer: object, country: str) -> Signed:
    kept = world.administrators
    world.administrators = (signer,)  # type: ignore[assignment]  # one of them
    try:
        return world.organisation(country)
    finally:
        world.administrators = kept


def at_the_end(world: World, history: DirectoryHistory, act: Signed) -> Signed:
    """The hub's ordering of an act behind another head."""
    kept, world.history = world.history, history
    try:
        return world.order(act.act, act.signatures)
    finally:
        world.history = kept


def remove(person: Person) -> Json:
    return {"change": "member.remove", "account": b64(person.account)}
