"""The directory as a state: immutable, forkable, quick to replay."""

import time
from dataclasses import FrozenInstanceError

import pytest

from crypto.acts import read_act
from crypto.chain import Pin, check_not_rolled_back
from crypto.directory import DirectoryHistory, apply, replay
from crypto.errors import Forked, Gap, NotCertified, RolledBack, WrongPlace
from tests.vectors.world import Person, World, people


@pytest.fixture
def world() -> World:
    made = World()
    made.enrol(*people().values())
    return made


def test_a_replay_leads_to_the_same_state(world: World) -> None:
    history = replay(world.signed)

    assert history.latest.head == world.directory.head
    assert dict(history.latest.accounts) == dict(world.directory.accounts)
    assert dict(history.latest.devices) == dict(world.directory.devices)


def test_an_earlier_state_stays_what_it_was(world: World) -> None:
    ama = people()["ama"]
    before = world.directory

    world.add(world.rotate(ama))
    world.add(world.revoke(ama))

    assert before.account(ama.account).generation == 1
    assert before.device_valid(ama.device, ama.account)
    assert world.directory.account(ama.account).awaiting_rotation
    assert not world.directory.device_valid(ama.device, ama.account)
    assert world.directory.device_valid(ama.device, ama.account, before.size)
    with pytest.raises(FrozenInstanceError):
        before.size = 3  # type: ignore[misc]  # on purpose


def test_two_continuations_of_one_state_do_not_meet(world: World) -> None:
    ama, pedro = people()["ama"], people()["pedro"]
    before, one, other = world.directory, world.suspend(ama), world.suspend(pedro)

    first = apply(before, one.entry, one.act, one.signatures)
    second = apply(before, other.entry, other.act, other.signatures)

    assert first.account(ama.account).suspended
    assert not first.account(pedro.account).suspended
    assert second.account(pedro.account).suspended
    assert not second.account(ama.account).suspended


def test_what_is_refused_changes_nothing(world: World) -> None:
    before = world.directory
    skipped = world.by_administrators("account.suspend", 1, n=99, account="A" * 22, reason="x")

    with pytest.raises(Gap):
        world.history.append(skipped.entry, skipped.act, skipped.signatures)

    assert world.directory is before
    world.add(world.suspend(people()["ama"]))


def test_the_history_answers_for_each_size(world: World) -> None:
    assert [world.history.at(size).size for size in (1, 5, world.history.size)] == [1, 5, world.history.size]
    assert len(world.history.at(1).accounts) == 0

    for size in (0, world.history.size + 1):
        with pytest.raises(WrongPlace):
            world.history.at(size)
    with pytest.raises(WrongPlace):
        DirectoryHistory().latest  # noqa: B018  # the look itself is refused


def test_a_pinned_directory_neither_shrinks_nor_changes(world: World) -> None:
    pin = Pin(world.directory.size, world.directory.head)
    world.add(world.suspend(people()["ama"]))

    check_not_rolled_back(pin, world.history.size, world.history.id_at)
    with pytest.raises(RolledBack):
        check_not_rolled_back(pin, pin.size - 1, world.history.id_at)
    with pytest.raises(Forked):
        check_not_rolled_back(Pin(pin.size, bytes(32)), world.history.size, world.history.id_at)


def test_signer_groups_count_for_themselves(world: World) -> None:
    ama = people()["ama"]

    ada, ben, _ = [who for who, _, _ in world.administrators]

    world.add(world.suspend(people()["claire"], 2))

    assert world.directory.next_n([ama.account]) == 2
    assert world.directory.next_n([ada, ben]) == world.directory.next_n([ben, ada]) == 4  # two coordinators, one loss
    assert world.directory.next_n([ben]) == 1
    assert world.directory.next_n([b"x" * 16]) == 1


def test_an_unknown_account_has_a_name_for_its_refusal(world: World) -> None:
    with pytest.raises(NotCertified):
        world.directory.account(Person("Nobody", "XX").account)


def test_an_act_tells_who_did_what(world: World) -> None:
    act = read_act(world.signed[1].act)

    assert (act.type, act.n, len(act.by)) == ("organisation.add", 1, 1)


def test_two_thousand_entries_replay_in_seconds() -> None:
    world = World()
    for number in range(660):
        world.enrol(Person(f"P{number}", "GH"))

    started = time.perf_counter()
    history = replay(world.signed)

    assert history.size > 1300
    assert time.perf_counter() - started < 10  # about 0.4 s on one slow core; quadratic growth would take minutes
