"""
What a change does to an operation, and whether it fits what is there (docs/spec/09-membership.md).

Who may make it was judged before, by `membership_rules`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, assert_never

from crypto.chain import PROTOCOL
from crypto.changes import (
    Change,
    ChannelClose,
    ChannelOpen,
    CoordinatorTake,
    DestroyCancel,
    Entry,
    Grants,
    HoldSet,
    MatrixTake,
    MemberAdmit,
    MemberChange,
    MemberRemove,
    MemberRestore,
    OperationClose,
    OperationDestroy,
    OperationOpen,
    PhaseSet,
    RetentionSet,
    RulesAccept,
    RulesSet,
    TemplateAdopt,
    VersionRaise,
    WrapBad,
)
from crypto.directory_rules import check_raise
from crypto.encoding import AccountId
from crypto.epochs import Reader
from crypto.errors import (
    NotAllowed,
    NotAReader,
    NotCertified,
    Repeated,
    Revoked,
    StaleEpoch,
    WrongPlace,
)
from crypto.people import Directory
from crypto.readers import (
    CLOSED,
    Channel,
    Member,
    Operation,
    Rules,
    Template,
    coordinators,
    pending,
    reported,
    served_again,
    stale,
)

NOTICE_OF_DESTRUCTION: Final = 7 * 24 * 60 * 60 * 1000  # ms
AFTER_CLOSING: Final = (
    Grants,
    MemberRemove,
    MemberRestore,
    WrapBad,
    RetentionSet,
    HoldSet,
    OperationDestroy,
    DestroyCancel,
    MatrixTake,
    RulesAccept,
    CoordinatorTake,
)


def changed(after: Operation, directory: Directory, entry: Entry, change: Change) -> Operation:
    """`after` with one change. Raises where the change doesn't fit what is there."""
    if after.phase == CLOSED and not isinstance(change, AFTER_CLOSING):
        raise NotAllowed("the operation is closed")
    match change:
        case PhaseSet():
            if change.phase == "active" and len(coordinators(after, directory)) < 2:
                raise NotAllowed("an operation needs two coordinators before it is active")
            return replace(after, phase=change.phase)
        case MemberAdmit() | MemberRestore():
            former = _check_admitted(after, directory, change)
            organisation = directory.account(change.account).organisation
            member = Member(change.aik, organisation, change.role, change.compartments, restored_from=former)
            return replace(after, members={**after.members, change.account: member})
        case MemberChange():
            old = after.member(change.account)
            _check_clearance(after, change.compartments)
            organisation = old.organisation
            if change.account not in _authors(entry):
                organisation = directory.account(change.account).organisation
            member = replace(old, organisation=organisation, role=change.role, compartments=change.compartments)
            return _still_coordinated(
                after, replace(after, members={**after.members, change.account: member}), directory
            )
        case MemberRemove():
            after.member(change.account)
            rest = {account: member for account, member in after.members.items() if account != change.account}
            return _still_coordinated(after, replace(after, members=rest), directory)
        case ChannelOpen():
            if change.channel in after.channels:
                raise Repeated("a channel with this id exists")
            _check_clearance(after, (change.compartment,))
            channel = Channel(change.type, change.compartment, change.audience, change.history, entry.seq)
            return replace(after, channels={**after.channels, change.channel: channel})
        case ChannelClose():
            channel = after.channel(change.channel)
            if not channel.open:
                raise Repeated("the channel is closed")
            return replace(after, channels={**after.channels, change.channel: replace(channel, open=False)})
        case TemplateAdopt():
            known = after.templates.get(change.template)
            if known is not None and known.version >= change.version:
                raise Repeated("a version of the template that is not newer")
            template = Template(change.version, change.hash)
            return replace(after, templates={**after.templates, change.template: template})
        case MatrixTake():
            if change.hash != directory.matrix.hash:
                raise NotAllowed("not the hub's current matrix of roles")
            if change.hash == after.matrix.hash:
                raise Repeated("the operation has this matrix")
            return replace(after, matrix=directory.matrix)
        case Grants():
            return _grant(after, directory, change)
        case WrapBad():
            channel = reported(after.channel(change.channel), _authors(entry), entry.at)
            return replace(after, channels={**after.channels, change.channel: channel})
        case RulesSet():
            if after.rules is not None and after.rules.version >= change.version:
                raise Repeated("a version of the rules that is not newer")
            return replace(after, rules=Rules(change.version, change.hash))
        case RulesAccept():
            return _accept_rules(after, entry, change)
        case RetentionSet():
            if change.until <= entry.at:
                raise NotAllowed("kept until a time that is over")
            if change.until == after.retention_until:
                raise Repeated("kept until then already")
            return replace(after, retention_until=change.until)
        case HoldSet():
            return _hold(after, entry, change)
        case OperationClose():
            return replace(after, phase=CLOSED)
        case OperationDestroy():
            return _destroy(after, entry, change)
        case DestroyCancel():
            if after.destroy_at is None:
                raise NotAllowed("nothing is to be destroyed")
            return replace(after, destroy_at=None)
        case VersionRaise():
            check_raise(change.version, after.version, PROTOCOL)
            return replace(after, version=change.version)
        case OperationOpen() | CoordinatorTake():
            raise NotAllowed("this stands alone in its entry")
        case _:
            assert_never(change)


def _check_admitted(after: Operation, directory: Directory, change: MemberAdmit | MemberRestore) -> bytes | None:
    """The identity key under which a restored member belonged here before; None for one who is admitted."""
    account = directory.account(change.account)
    if account.aik != change.aik:
        raise NotCertified("admitted under another identity key than the certified one")
    if account.suspended:
        raise Revoked("a suspended account can't be admitted")
    known = after.members.get(change.account)
    if known is not None and known.aik == change.aik:
        raise Repeated("a member already")
    _check_clearance(after, change.compartments)
    if not isinstance(change, MemberRestore):
        return None
    if known is None:
        raise NotAllowed("only a member under an older identity key is restored")
    return known.aik


def _check_clearance(after: Operation, compartments: Sequence[str]) -> None:
    if not set(compartments) <= set(after.compartments):
        raise NotAllowed("the operation has no such compartment")


def _still_coordinated(before: Operation, after: Operation, directory: Directory) -> Operation:
    """Who isn't valid any more, suspended or under an older key, coordinates nothing."""
    if coordinators(before, directory) and not coordinators(after, directory):
        raise NotAllowed("an operation keeps at least one coordinator")
    return after


def _grant(after: Operation, directory: Directory, change: Grants) -> Operation:
    """
    Readers who wait are given the current epoch where the history is kept and it isn't stale. Who was restored is given
    again what was theirs under the older key, whatever the history, though their own loss made it stale.
    """
    channel = after.channel(change.channel)
    if not channel.open:
        raise NotAllowed("the channel is closed")
    epoch = channel.epoch
    if epoch is None or epoch.number != change.epoch:
        raise WrongPlace("not the channel's current epoch")
    again = {reader.account for reader in served_again(after, change.channel, directory)}
    if not again.issuperset(change.to):
        if channel.history != "all":
            raise NotAllowed("history is from joining: a newcomer needs a new epoch")
        if stale(after, change.channel, directory):
            raise StaleEpoch("a stale epoch isn't granted to anyone")
    waiting = {reader.account: reader for reader in pending(after, change.channel, directory)}
    if any(account not in waiting for account in change.to):
        raise NotAReader("granted to someone who isn't waiting for it")
    served: tuple[Reader, ...] = tuple(waiting[account] for account in change.to)
    given = replace(epoch, granted=epoch.granted + served)
    return replace(after, channels={**after.channels, change.channel: replace(channel, epoch=given)})


def _accept_rules(after: Operation, entry: Entry, change: RulesAccept) -> Operation:
    if after.rules is None or after.rules.version != change.version:
        raise WrongPlace("not the version of the rules that stands")
    members = dict(after.members)
    for account in _authors(entry):
        if account not in members:
            raise NotAllowed("who leaves accepts no rules")
        if members[account].rules_accepted == change.version:
            raise Repeated("these rules were accepted before")
        members[account] = replace(members[account], rules_accepted=change.version)
    return replace(after, members=members)


def _hold(after: Operation, entry: Entry, change: HoldSet) -> Operation:
    if change.on is (after.hold is not None):
        raise Repeated("the hold is so already")
    if change.on:
        return replace(after, hold=change.reason, destroy_at=None)
    if len(entry.by) != 2:
        raise NotAllowed("two lift a hold")
    return replace(after, hold=None)


def _destroy(after: Operation, entry: Entry, change: OperationDestroy) -> Operation:
    if len(entry.by) != 2:
        raise NotAllowed("two destroy an operation")
    if after.phase != CLOSED:
        raise NotAllowed("only a closed operation is destroyed")
    if after.hold is not None:
        raise NotAllowed("the operation is on hold")
    if after.destroy_at is not None:
        raise Repeated("the operation is to be destroyed already")
    if change.at < entry.at + NOTICE_OF_DESTRUCTION:
        raise NotAllowed("whoever disagrees has seven days")
    return replace(after, destroy_at=change.at)


def _authors(entry: Entry) -> Sequence[AccountId]:
    return [author.account for author in entry.by]
