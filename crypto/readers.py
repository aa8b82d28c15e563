"""
An operation's state, and what follows from it and the directory: who reads a channel, whether its epoch is stale, who
may send (docs/spec/09-membership.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from crypto.acts import Matrix
from crypto.changes import Audience
from crypto.encoding import AccountId, ChannelId, HubId, OperationId, OrganisationId
from crypto.epochs import EpochRecord, Reader
from crypto.errors import NotAllowed, NotAReader, Repeated, StaleEpoch
from crypto.keys import aek_hash
from crypto.people import Account, Directory

EPOCH_AGE: Final = 30 * 24 * 60 * 60 * 1000  # ms; a soft limit: sending goes on if the renewal fails
REPORTS: Final = 3  # by one account in one channel within a day: who reports without end stops nobody
REPORTS_WITHIN: Final = 24 * 60 * 60 * 1000  # ms
CLOSED: Final = "closed"  # the phase in which an operation is only read
ON_STALE_EPOCH: Final = frozenset({"acknowledgement", "seen"})  # need no ciphertext


@dataclass(frozen=True, slots=True)
class Member:
    """
    A membership is bound to the identity key it was given for, and speaks for the organisation of that moment: another
    certificate of one administrator opens no country's or organisation's channel.
    """

    aik: bytes
    organisation: OrganisationId
    role: str
    compartments: tuple[str, ...]
    restored_from: bytes | None = None  # the identity key before this one, where a coordinator restored the member
    rules_accepted: int = 0


@dataclass(frozen=True, slots=True)
class Epoch:
    number: int
    author: AccountId
    made_seq: int
    made_at: int
    readers: tuple[Reader, ...]
    granted: tuple[Reader, ...]  # readers served later, in the order of their grants
    record: EpochRecord
    bad: bool = False  # a reader reported that it doesn't open

    @property
    def holders(self) -> tuple[Reader, ...]:
        """All who can open it."""
        return self.readers + self.granted


@dataclass(frozen=True, slots=True)
class Channel:
    type: str
    compartment: str
    audience: Audience
    history: str
    opened_seq: int
    open: bool = True
    epoch: Epoch | None = None
    reports: tuple[tuple[AccountId, int], ...] = ()  # who reported an epoch bad within the last day, and when


@dataclass(frozen=True, slots=True)
class Template:
    version: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Rules:
    """The handling rules that stand."""

    version: int
    hash: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """The operation after `seq` + 1 entries. Never changes; `membership.apply` gives the next one."""

    hub: HubId
    id: OperationId
    code: str
    name: str
    phase: str
    compartments: tuple[str, ...]
    seq: int
    head: bytes
    at: int
    directory_size: int
    matrix: Matrix
    members: Mapping[AccountId, Member]
    channels: Mapping[ChannelId, Channel]
    templates: Mapping[str, Template]
    rules: Rules | None = None
    retention_until: int | None = None
    hold: str | None = None  # why nothing may be destroyed
    destroy_at: int | None = None
    version: int = 1
    taken_seq: int = 0  # the last appointment that was used

    def channel(self, channel: ChannelId) -> Channel:
        """Raises NotAllowed."""
        if channel not in self.channels:
            raise NotAllowed("the operation has no such channel")
        return self.channels[channel]

    def member(self, account: AccountId) -> Member:
        """Raises NotAllowed."""
        if account not in self.members:
            raise NotAllowed("not a member of the operation")
        return self.members[account]


def readers(state: Operation, channel: ChannelId, directory: Directory) -> tuple[Reader, ...]:
    """
    Who reads `channel`, sorted by account: members whose role and clearance the matrix lets read its compartment, in
    its audience, with the identity key they were admitted with, neither suspended nor awaiting a new key.
    """
    return _readers(state, channel, directory)


def pending(state: Operation, channel: ChannelId, directory: Directory) -> tuple[Reader, ...]:
    """Readers who have no wrap of the current epoch yet: all of them while there is no epoch."""
    epoch = state.channel(channel).epoch
    held = frozenset() if epoch is None else frozenset(_keys(epoch.holders))
    return tuple(r for r in _readers(state, channel, directory) if (r.account, r.aik, r.generation) not in held)


def served_again(state: Operation, channel: ChannelId, directory: Directory) -> tuple[Reader, ...]:
    """
    Restored members who wait for the current epoch and had it under their key before: it may be granted to them again
    whatever the channel's history, though their own loss made it stale.
    """
    epoch = state.channel(channel).epoch
    had = frozenset() if epoch is None else frozenset((reader.account, reader.aik) for reader in epoch.holders)
    members = state.members
    return tuple(
        reader
        for reader in pending(state, channel, directory)
        if (reader.account, members[reader.account].restored_from) in had
    )


def stale(state: Operation, channel: ChannelId, directory: Directory) -> bool:
    """
    Whether someone who can open the current epoch no longer reads the channel with the same identity key and key
    generation, or it was reported bad. Nobody seals under a stale epoch. False while there is none.
    """
    return _stale(state, channel, directory)


def epoch_needed(state: Operation, channel: ChannelId, directory: Directory, at: int) -> bool:
    """
    Whether any reader may make an epoch at `at` unasked: it is missing, stale, 30 days old, or a reader waits. Never
    in a closed operation, where nothing is sealed any more.
    """
    epoch = state.channel(channel).epoch
    return state.phase != CLOSED and (
        epoch is None
        or stale(state, channel, directory)
        or at - epoch.made_at >= EPOCH_AGE
        or bool(pending(state, channel, directory))
    )


def may_send(state: Operation, channel: ChannelId, account: AccountId, kind: str, directory: Directory) -> None:
    """
    Returns only if `account` may send a `kind` into `channel` now.

    Raises NotAllowed (no member, operation or channel closed, role or clearance), NotAReader, or StaleEpoch (also while
    there is no epoch); an acknowledgement is accepted on a stale epoch.
    """
    place, member = state.channel(channel), state.member(account)
    if state.phase == CLOSED:
        raise NotAllowed("the operation is closed")
    if not place.open:
        raise NotAllowed("the channel is closed")
    if not state.matrix.allows(f"{kind}.send", member.role, place.compartment):
        raise NotAllowed(f"the role {member.role} sends no {kind} here")
    announces = state.matrix.allows("notice.send", member.role, place.compartment)
    if place.type == "announcement" and kind not in ON_STALE_EPOCH and not announces:
        raise NotAllowed("only who announces speaks in a channel of announcements")
    if not reads_channel(state, channel, account, directory):
        raise NotAReader("who doesn't read a channel sends nothing into it")
    if place.epoch is None:
        raise StaleEpoch("the channel has no epoch yet")
    if kind not in ON_STALE_EPOCH and stale(state, channel, directory):
        raise StaleEpoch("someone who can open this epoch lost reading: a new one comes first")


def reads_channel(state: Operation, channel: ChannelId, account: AccountId, directory: Directory) -> bool:
    """Whether the account is among the channel's readers."""
    return account in _reading(state, channel, directory)


def coordinators(state: Operation, directory: Directory) -> tuple[AccountId, ...]:
    """The valid ones: with the identity key they were admitted with, not suspended."""
    accounts = directory.accounts
    return tuple(
        who
        for who, member in state.members.items()
        if member.role == "coordinator"
        and who in accounts
        and accounts[who].aik == member.aik
        and not accounts[who].suspended
    )


def is_coordinated(state: Operation, directory: Directory) -> bool:
    """Whether enough valid coordinators are left to go on: one; two in a closed operation, who may destroy it."""
    return len(coordinators(state, directory)) >= (2 if state.phase == CLOSED else 1)


def appointed(state: Operation, directory: Directory, account: AccountId) -> int | None:
    """
    The `act_seq` by which `account` may take over the operation now; None if nobody appointed it, the appointment is
    used or not the newest, or the operation has its coordinators.
    """
    appointment, person = directory.appointments.get(state.id), directory.accounts.get(account)
    if appointment is None or person is None or person.suspended or "coordinate" not in person.may:
        return None
    if (appointment.account, appointment.aik) != (account, person.aik) or appointment.seq <= state.taken_seq:
        return None
    coordinates = account in coordinators(state, directory)
    return None if coordinates or is_coordinated(state, directory) else appointment.seq


def reported(channel: Channel, by: Sequence[AccountId], at: int) -> Channel:
    """
    `channel` with its epoch reported bad by `by` at `at`.

    Raises Repeated for an epoch that was reported before, NotAllowed for an account's fourth report within a day.
    """
    if channel.epoch is None or channel.epoch.bad:
        raise Repeated("this epoch was reported before")
    recent = tuple((account, when) for account, when in channel.reports if at - when < REPORTS_WITHIN)
    if any(sum(account == author for account, _ in recent) >= REPORTS for author in by):
        raise NotAllowed(f"reported {REPORTS} times within a day")
    told = recent + tuple((author, at) for author in by)
    return replace(channel, epoch=replace(channel.epoch, bad=True), reports=told)


def in_audience(audience: Audience, account: Account, member: Member) -> bool:
    """Whether the audience includes this member."""
    match audience.scope:
        case "countries":
            return account.organisation == member.organisation and account.country in audience.of
        case "organisations":
            return account.organisation == member.organisation and account.organisation in audience.of
        case "accounts":
            return account.id in audience.of
        case "roles":
            return member.role in audience.of
        case _:
            return True


@lru_cache(maxsize=512)
def _readers(state: Operation, channel: ChannelId, directory: Directory) -> tuple[Reader, ...]:
    place = state.channel(channel)
    accounts = directory.accounts
    found = []
    for member_id, member in state.members.items():
        account = accounts.get(member_id)
        if (
            account is not None
            and account.reads
            and account.aik == member.aik
            and place.compartment in member.compartments
            and state.matrix.allows("channel.read", member.role, place.compartment)
            and in_audience(place.audience, account, member)
        ):
            found.append(Reader(member_id, account.aik, account.generation, aek_hash(account.aek)))
    return tuple(sorted(found, key=lambda reader: reader.account))


@lru_cache(maxsize=512)
def _reading(state: Operation, channel: ChannelId, directory: Directory) -> frozenset[AccountId]:
    return frozenset(reader.account for reader in _readers(state, channel, directory))


@lru_cache(maxsize=512)
def _stale(state: Operation, channel: ChannelId, directory: Directory) -> bool:
    epoch = state.channel(channel).epoch
    if epoch is None:
        return False
    return epoch.bad or not set(_keys(epoch.holders)) <= set(_keys(_readers(state, channel, directory)))


def _keys(readers: tuple[Reader, ...]) -> list[tuple[AccountId, bytes, int]]:
    return [(r.account, r.aik, r.generation) for r in readers]
