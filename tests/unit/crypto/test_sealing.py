"""Epochs and messages from end to end, with real keys: who opens what, and who doesn't any more."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from crypto import membership, sealing
from crypto.chain import chain_start
from crypto.encoding import AccountId, Json, b64
from crypto.epochs import EpochRecord, Reader, check_wraps, wrap_path, wraps_root
from crypto.errors import (
    BadCommitment,
    BadProof,
    CannotOpen,
    MalformedKey,
    NotAReader,
    NotCertified,
    UnknownContext,
    WrongWraps,
)
from crypto.readers import readers
from crypto.wrapping import wrap
from tests.vectors.world import Meeting, Person, SignedEntry, World, admit, open_channel, people, seed

LABEL = "Atlantic ports"


@dataclass
class Room:
    """One channel with real epochs: each person opens with their own keys only."""

    history: str = "all"
    world: World = field(default_factory=World)
    who: dict[str, Person] = field(default_factory=people)
    secrets: dict[int, bytes] = field(default_factory=dict)
    wraps: dict[int, list[bytes]] = field(default_factory=dict)
    records: dict[int, EpochRecord] = field(default_factory=dict)
    opened: dict[int, tuple[Reader, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.enrol(*self.who.values())
        self.meeting = Meeting(self.world, self.who["claire"])
        self.channel = self.meeting.channel("general")
        self.meeting.do(
            self.who["claire"],
            admit(self.who["kamau"], "coordinator", ["general", "precursor"]),
            admit(self.who["ama"]),
            admit(self.who["pedro"]),
            open_channel(self.channel, history=self.history),
        )

    @property
    def place(self) -> dict[str, Json]:
        return self.meeting.place("general")

    def readers(self) -> tuple[Reader, ...]:
        return readers(self.meeting.now, self.channel, self.world.directory)

    def with_keys(self, listed: tuple[Reader, ...]) -> list[tuple[Reader, bytes]]:
        return [(reader, self.world.directory.accounts[reader.account].aek) for reader in listed]

    def renew(self, by: Person, *made: Json, without: Person | None = None) -> SignedEntry:
        """A new epoch, in the same entry as what makes it needed; the wraps are checked as the hub checks them."""
        listed = tuple(reader for reader in self.readers() if without is None or reader.account != without.account)
        number = max(self.records, default=0) + 1
        former = (number - 1, self.secrets[number - 1]) if self.history == "all" and number > 1 else None
        start = chain_start(self.world.hub, self.meeting.now.id, self.channel)
        record, wraps, secret = sealing.make_epoch(
            self.place, number, self.with_keys(listed), LABEL, (0, start), former
        )
        entry = self.meeting.entry([by], made, [record])
        membership.check_entry_wraps(self.meeting.apply(entry), entry.body, [wraps])
        self.meeting.add(entry)
        self.records[number], self.wraps[number], self.secrets[number] = record, wraps, secret
        self.opened[number] = listed
        return entry

    def open(self, person: Person, number: int) -> bytes:
        """The secret of an epoch, by a person's own wrap and key."""
        listed = self.opened[number]
        index = [reader.account for reader in listed].index(person.account)
        path = wrap_path(listed, self.wraps[number], index)
        return sealing.open_epoch(
            person.aek,
            person.account,
            person.generation,
            self.records[number],
            self.wraps[number][index],
            (index, len(listed), path),
            self.place,
        )


def header(room: Room, person: Person, epoch: int) -> dict[str, Any]:
    state = room.meeting.now
    return {
        **room.place,
        "kind": "alert",
        "epoch": epoch,
        "id": b64(seed("id", 16)),
        "account": b64(person.account),
        "device": b64(person.device),
        "device_seq": 1,
        "device_prev": None,
        "head": {"seq": state.seq, "id": b64(state.head)},
        "directory": {"size": room.world.directory.size},
        "seen": {"seq": 0, "chain": b64(chain_start(room.world.hub, state.id, room.channel))},
        "at": room.meeting.at,
    }


def test_every_reader_opens_the_same_secret_and_the_label() -> None:
    room = Room()
    ama, pedro = room.who["ama"], room.who["pedro"]

    room.renew(ama)

    assert room.open(ama, 1) == room.open(pedro, 1) == room.secrets[1]
    label = sealing.open_label(room.secrets[1], {**room.place, "epoch": 1}, b64(room.records[1].label))
    assert label == LABEL


def test_a_message_is_opened_by_readers_and_says_what_was_said() -> None:
    room = Room()
    ama, pedro = room.who["ama"], room.who["pedro"]
    room.renew(ama)
    words = {"title": "Syringes, 40 cartons"}

    body, ciphertext = sealing.seal_message(room.open(ama, 1), header(room, ama, 1), words, seed("s"), seed("n", 12))

    opened = sealing.open_message(room.open(pedro, 1), body, ciphertext)
    assert opened.body == words
    assert sealing.content_hash(opened.salt, opened.body) == sealing.content_hash(seed("s"), words)


def test_a_removed_member_cannot_open_what_is_sent_after() -> None:
    room = Room()
    claire, ama, pedro = room.who["claire"], room.who["ama"], room.who["pedro"]
    room.renew(ama)
    remove: Json = {"change": "member.remove", "account": b64(pedro.account)}

    room.renew(claire, remove, without=pedro)

    body, ciphertext = sealing.seal_message(room.secrets[2], header(room, ama, 2), {"a": 1}, seed("s"), seed("n", 12))
    assert sealing.open_message(room.open(ama, 2), body, ciphertext).body == {"a": 1}
    with pytest.raises(CannotOpen):
        sealing.open_message(room.open(pedro, 1), body, ciphertext)
    for wrapped in room.wraps[2]:  # no wrap of the new epoch opens with the removed member's key
        with pytest.raises((CannotOpen, BadProof)):
            sealing.open_epoch(pedro.aek, pedro.account, 1, room.records[2], wrapped, (0, 3, []), room.place)


def test_a_newcomer_is_granted_the_epoch_and_with_it_the_archive() -> None:
    room = Room()
    claire, ama, yuki = room.who["claire"], room.who["ama"], room.who["yuki"]
    room.renew(ama)
    room.renew(room.who["kamau"])
    room.meeting.do(claire, admit(yuki))
    [waiting] = membership.pending(room.meeting.now, room.channel, room.world.directory)

    wraps = sealing.make_wraps(room.place, room.records[2].commitment, room.with_keys((waiting,)), room.open(ama, 2))
    grant: Json = {
        "change": "grants",
        "channel": b64(room.channel),
        "epoch": 2,
        "wraps_hash": b64(wraps_root([waiting], wraps)),
        "to": [b64(yuki.account)],
    }
    entry = room.meeting.do(ama, grant)
    membership.check_entry_wraps(room.meeting.now, entry.body, [wraps])

    secret = sealing.open_epoch(
        yuki.aek, yuki.account, 1, room.records[2], wraps[0], (0, 1, []), room.place, wraps_root([waiting], wraps)
    )
    previous = room.records[2].previous
    assert previous is not None
    former = sealing.open_previous(secret, {**room.place, "epoch": 2, "former": 1}, b64(previous))
    sealing.check_commitment(former, room.place, room.records[1].commitment)
    assert (secret, former) == (room.secrets[2], room.secrets[1])


def test_where_history_is_from_joining_nobody_grants_and_nothing_leads_back() -> None:
    room = Room(history="from-join")
    claire, ama, yuki = room.who["claire"], room.who["ama"], room.who["yuki"]
    room.renew(ama)
    room.meeting.do(claire, admit(yuki))

    room.renew(ama)

    assert room.records[2].previous is None
    assert room.open(yuki, 2) == room.secrets[2]
    assert yuki.account not in [reader.account for reader in room.opened[1]]


def test_the_hub_cannot_put_its_own_secret_into_a_wrap() -> None:
    room = Room()
    ama = room.who["ama"]
    room.renew(ama)
    [reader] = [one for one in room.opened[1] if one.account == ama.account]
    info: dict[str, Json] = {
        **room.place,
        "account": b64(ama.account),
        "generation": 1,
        "commitment": b64(room.records[1].commitment),
    }

    injected = wrap(ama.aek.public, seed("the hub's own"), info)

    opens = (ama.aek, ama.account, 1)
    with pytest.raises(BadProof):
        sealing.open_epoch(*opens, room.records[1], injected, (0, 1, []), room.place)
    forged = replace(room.records[1], wraps_hash=wraps_root([reader], [injected]))
    with pytest.raises(BadCommitment):  # not even an author may give one reader another secret
        sealing.open_epoch(*opens, forged, injected, (0, 1, []), room.place)


def test_the_hub_refuses_a_wrap_too_few_or_too_many() -> None:
    room = Room()
    room.renew(room.who["ama"])
    wraps, listed = room.wraps[1], room.opened[1]

    check_wraps(room.records[1].wraps_hash, wraps, listed)

    for given in (wraps[:-1], [*wraps, wraps[0]], wraps[::-1]):
        with pytest.raises(WrongWraps):
            check_wraps(room.records[1].wraps_hash, given, listed)


def test_nobody_wraps_for_a_key_that_was_not_certified() -> None:
    room = Room()
    [first, *_] = room.readers()

    with pytest.raises(MalformedKey):
        sealing.make_wraps(room.place, bytes(32), [(first, room.who["yuki"].aek.public)], seed("secret"))


def test_a_newcomer_who_waits_cannot_make_the_next_epoch() -> None:
    room = Room()
    claire, ama, yuki = room.who["claire"], room.who["ama"], room.who["yuki"]
    room.renew(ama)
    room.meeting.do(claire, admit(yuki))

    with pytest.raises(NotAReader):
        room.renew(yuki)


def test_secrets_are_not_shown() -> None:
    key = people()["ama"].aek

    assert str(key.seed) not in repr(key)
    assert str(people()["ama"].aik.secret) not in repr(people()["ama"].aik)
    assert AccountId(b"x") == b"x"


def test_a_membership_ends_with_its_identity_key() -> None:
    room = Room()
    ama = room.who["ama"]
    state = room.meeting.now
    member = replace(state.members[ama.account], aik=bytes(32))
    rekeyed = replace(state, members={**state.members, ama.account: member})
    leave: Json = {"change": "member.remove", "account": b64(ama.account)}
    entry = room.meeting.entry([ama], [leave])

    assert ama.account not in [reader.account for reader in readers(rekeyed, room.channel, room.world.directory)]
    with pytest.raises(NotCertified):
        membership.apply(rekeyed, room.world.directory, entry.body, entry.signatures)


def test_only_the_log_signs_notes() -> None:
    with pytest.raises(UnknownContext):
        people()["ama"].device_key.sign_note(b"note")


@pytest.mark.parametrize(("salt", "nonce"), [(b"", bytes(12)), (bytes(32), bytes(11))])
def test_salt_and_nonce_have_their_sizes(salt: bytes, nonce: bytes) -> None:
    room = Room()

    with pytest.raises(ValueError, match="bytes"):
        sealing.seal_message(bytes(32), header(room, room.who["ama"], 1), {}, salt, nonce)
