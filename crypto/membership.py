"""Who takes part in an operation, and who may change it: the operation's chain (docs/spec/09-membership.md)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from crypto.chain import Link, check_next
from crypto.changes import (
    Audience,
    Author,
    Change,
    ChannelClose,
    ChannelOpen,
    Entry,
    Grants,
    MatrixTake,
    MemberAdmit,
    MemberChange,
    MemberRemove,
    OperationOpen,
    PhaseSet,
    TemplateAdopt,
    WrapBad,
    audience_form,
    entry_body,
    read_entry,
)
from crypto.encoding import AccountId, ChannelId, HubId, OperationId, statement_id
from crypto.epochs import EpochRecord, Reader, check_epoch_record, check_wraps
from crypto.errors import (
    BadSignature,
    Forked,
    NotAllowed,
    NotAReader,
    NotCertified,
    Repeated,
    Revoked,
    RolledBack,
    StaleEpoch,
    WrongHub,
    WrongPlace,
    WrongWraps,
)
from crypto.people import Account, Directory
from crypto.readers import (
    Channel,
    Epoch,
    Member,
    Operation,
    Template,
    epoch_needed,
    may_send,
    pending,
    readers,
    reported,
    stale,
)
from crypto.signing import verify

__all__ = [  # an operation's users find its state and its written forms here too
    "Audience",
    "Author",
    "Channel",
    "Entry",
    "Epoch",
    "Member",
    "Operation",
    "apply",
    "audience_form",
    "check_entry_wraps",
    "entry_body",
    "entry_id",
    "epoch_needed",
    "may_send",
    "pending",
    "read_entry",
    "readers",
    "stale",
]


def entry_id(body: bytes) -> bytes:
    """The statement id of an operation's entry; the first one's is the operation's id."""
    return statement_id("entry", body)


def apply(state: Operation | None, directory: Directory, body: bytes, signatures: Sequence[bytes]) -> Operation:
    """
    The operation after one more entry; `directory` is the directory at exactly the size the entry names.

    Raises the ProtocolError that names what doesn't fit. The steps:
    1. form, hub, operation, order in the chain, and a directory that is the named one and no older than before;
    2. each author's standing and signature;
    3. each change, judged by the state and the matrix before this entry;
    4. each epoch, judged by the state after the changes.
    """
    entry = read_entry(body)
    head = entry_id(body)
    _check_place(state, directory, entry)
    accounts = _check_authors(directory, entry, body, signatures)
    if state is None:
        return _open(directory, entry, head, accounts)
    for author in entry.by:
        if state.member(author.account).aik != directory.account(author.account).aik:
            raise NotCertified("a membership under another identity key")
    after = replace(state, seq=entry.seq, head=head, at=entry.at, directory_size=directory.size)
    for change in entry.changes:
        for author in entry.by:
            _check_author_may(state, directory, author.account, change)
        after = _change(after, directory, entry, change)
    for record in entry.epochs:
        for author in entry.by:
            _check_epoch(state, after, directory, entry, author.account, record)
        after = _put_epoch(after, directory, entry, record)
    return after


def check_entry_wraps(after: Operation, body: bytes, wraps: Sequence[Sequence[bytes]]) -> None:
    """
    Returns only if `wraps` are all that entry `body` needs beside it: first one list for each of its `grants` in
    order, then one for each of its `epochs` in order. `after` is the operation that this entry led to.

    Raises WrongWraps.
    """
    entry = read_entry(body)
    grants = [change for change in entry.changes if isinstance(change, Grants)]
    if len(wraps) != len(grants) + len(entry.epochs):
        raise WrongWraps(f"{len(wraps)} lists of wraps, not {len(grants) + len(entry.epochs)}")
    for grant, given in zip(grants, wraps, strict=False):
        check_wraps(grant.wraps_hash, given, granted_readers(after, grant))
    for record, given in zip(entry.epochs, wraps[len(grants) :], strict=True):
        epoch = after.channel(record.channel).epoch
        if epoch is None or epoch.number != record.epoch:
            raise WrongPlace("not the state that this entry led to")
        check_wraps(record.wraps_hash, given, epoch.readers)


def granted_readers(after: Operation, grant: Grants) -> tuple[Reader, ...]:
    """The readers that `grant` served, as of the operation it led to, in the order of its wraps."""
    epoch = after.channel(grant.channel).epoch
    if epoch is None or epoch.number != grant.epoch:
        raise WrongPlace("not the epoch that was granted")
    return tuple(reader for reader in epoch.granted if reader.account in grant.to)


def _check_place(state: Operation | None, directory: Directory, entry: Entry) -> None:
    if entry.hub != directory.hub:
        raise WrongHub("an entry of another hub")
    if state is not None and entry.operation != state.id:
        raise WrongPlace("an entry of another operation")
    check_next(None if state is None else Link(state.seq, None, state.head), entry.seq, entry.prev)
    if entry.directory_size != directory.size:
        raise WrongPlace(f"judged by a directory of {directory.size} entries, not {entry.directory_size}")
    if entry.directory_head != directory.head:
        raise Forked("the author saw another directory")
    if state is not None and entry.directory_size < state.directory_size:
        raise RolledBack("an older directory than the entry before")
    if state is not None and entry.at < state.at:
        raise RolledBack("an earlier time than the entry before")


def _check_authors(directory: Directory, entry: Entry, body: bytes, signatures: Sequence[bytes]) -> list[Account]:
    if len(signatures) != len(entry.by):
        raise BadSignature("not one signature for each author")
    accounts = []
    for author, signature in zip(entry.by, signatures, strict=True):
        account, device = directory.account(author.account), directory.devices.get(author.device)
        if device is None or device.account != author.account:
            raise NotCertified("the author has no such device")
        if account.suspended or not directory.device_valid(author.device, author.account):
            raise Revoked("the author's account is suspended or the device revoked")
        verify("device", device.key, "entry", body, signature)
        accounts.append(account)
    return accounts


def _open(directory: Directory, entry: Entry, head: bytes, accounts: Sequence[Account]) -> Operation:
    if len(entry.changes) != 1 or not isinstance(entry.changes[0], OperationOpen) or entry.epochs:
        raise NotAllowed("an operation begins with operation.open and nothing else")
    opening = entry.changes[0]
    if any("coordinate" not in account.may for account in accounts):
        raise NotAllowed("who opens an operation must be certified to coordinate")
    if opening.roles != directory.matrix.hash:
        raise NotAllowed("an operation begins with the hub's current matrix of roles")
    return Operation(
        hub=HubId(entry.hub),
        id=OperationId(head),
        code=opening.code,
        name=opening.name,
        phase="planned",
        compartments=opening.compartments,
        seq=0,
        head=head,
        at=entry.at,
        directory_size=directory.size,
        matrix=directory.matrix,
        members={account.id: Member(account.aik, "coordinator", opening.own) for account in accounts},
        channels={},
        templates={},
    )


def _check_author_may(state: Operation, directory: Directory, author: AccountId, change: Change) -> None:
    """Raises unless `author`, as of `state`, may make `change`."""
    role = state.member(author).role
    match change:
        case OperationOpen():
            raise Repeated("the operation is open")
        case PhaseSet():
            _check_matrix(state, "operation.phase", role)
        case MemberAdmit() | MemberChange():
            action = "member.admit" if isinstance(change, MemberAdmit) else "member.change"
            if change.account == author:
                _check_not_widened(state.member(author), change)
                return
            _check_matrix(state, action, role)
            for compartment in change.compartments:
                _check_matrix(state, action, role, compartment)
        case MemberRemove():
            if change.account != author:  # everyone may leave
                _check_matrix(state, "member.remove", role)
        case ChannelOpen():
            _check_matrix(state, "channel.open", role, change.compartment)
        case ChannelClose():
            _check_matrix(state, "channel.close", role, state.channel(change.channel).compartment)
        case TemplateAdopt():
            _check_matrix(state, "template.adopt", role)
        case MatrixTake():
            _check_matrix(state, "matrix.take", role)
        case Grants() | WrapBad():
            _check_holder(state, directory, author, change)
        case _:
            assert_never(change)


def _check_matrix(state: Operation, action: str, role: str, compartment: str | None = None) -> None:
    if not state.matrix.allows(action, role, compartment):
        raise NotAllowed(f"{action} isn't for the role {role}" + (f" in {compartment}" if compartment else ""))


def _check_not_widened(own: Member, change: MemberAdmit | MemberChange) -> None:
    """An author who leaves and is admitted anew in the same entry would widen their own standing too."""
    if isinstance(change, MemberAdmit):
        raise NotAllowed("nobody admits themselves")
    if change.role != own.role or not set(change.compartments) <= set(own.compartments):
        raise NotAllowed("nobody changes their own role or widens their own clearance")


def _check_holder(state: Operation, directory: Directory, author: AccountId, change: Grants | WrapBad) -> None:
    """Raises unless `author` reads the channel and has the named epoch, which is the current one."""
    epoch = state.channel(change.channel).epoch
    if epoch is None or epoch.number != change.epoch:
        raise WrongPlace("not the channel's current epoch")
    if not _reads(state, directory, author, change.channel) or not _holds(epoch, directory.account(author)):
        raise NotAReader("only who has the epoch grants it or reports it")


def _change(after: Operation, directory: Directory, entry: Entry, change: Change) -> Operation:
    """`after` with one change. Raises where the change doesn't fit what is there."""
    match change:
        case PhaseSet():
            coordinators = sum(member.role == "coordinator" for member in after.members.values())
            if change.phase == "active" and coordinators < 2:
                raise NotAllowed("an operation needs two coordinators before it is active")
            return replace(after, phase=change.phase)
        case MemberAdmit():
            _check_admitted(after, directory, change)
            member = Member(change.aik, change.role, change.compartments)
            return replace(after, members={**after.members, change.account: member})
        case MemberChange():
            old = after.member(change.account)
            _check_clearance(after, change.compartments)
            member = Member(old.aik, change.role, change.compartments)
            return _with_coordinator(replace(after, members={**after.members, change.account: member}))
        case MemberRemove():
            after.member(change.account)
            rest = {account: member for account, member in after.members.items() if account != change.account}
            return _with_coordinator(replace(after, members=rest))
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
            channel = reported(after.channel(change.channel), [author.account for author in entry.by], entry.at)
            return replace(after, channels={**after.channels, change.channel: channel})
        case OperationOpen():
            raise Repeated("the operation is open")
        case _:
            assert_never(change)


def _check_admitted(after: Operation, directory: Directory, change: MemberAdmit) -> None:
    account = directory.account(change.account)
    if account.aik != change.aik:
        raise NotCertified("admitted under another identity key than the certified one")
    if account.suspended:
        raise Revoked("a suspended account can't be admitted")
    known = after.members.get(change.account)
    if known is not None and known.aik == change.aik:
        raise Repeated("a member already")
    _check_clearance(after, change.compartments)


def _check_clearance(after: Operation, compartments: Sequence[str]) -> None:
    if not set(compartments) <= set(after.compartments):
        raise NotAllowed("the operation has no such compartment")


def _with_coordinator(after: Operation) -> Operation:
    if all(member.role != "coordinator" for member in after.members.values()):
        raise NotAllowed("an operation keeps at least one coordinator")
    return after


def _grant(after: Operation, directory: Directory, change: Grants) -> Operation:
    channel = after.channel(change.channel)
    if not channel.open:
        raise NotAllowed("the channel is closed")
    if channel.history != "all":
        raise NotAllowed("history is from joining: a newcomer needs a new epoch")
    if channel.epoch is None or channel.epoch.number != change.epoch:
        raise WrongPlace("not the channel's current epoch")
    if stale(after, change.channel, directory):
        raise StaleEpoch("a stale epoch isn't granted to anyone")
    waiting = {reader.account: reader for reader in pending(after, change.channel, directory)}
    if any(account not in waiting for account in change.to):
        raise NotAReader("granted to someone who isn't waiting for it")
    served = tuple(waiting[account] for account in change.to)
    epoch = replace(channel.epoch, granted=channel.epoch.granted + served)
    return replace(after, channels={**after.channels, change.channel: replace(channel, epoch=epoch)})


def _check_epoch(
    before: Operation,
    after: Operation,
    directory: Directory,
    entry: Entry,
    author: AccountId,
    record: EpochRecord,
) -> None:
    """
    Raises unless `author` may make this epoch: a reader after the entry who, if there was an epoch, read the channel
    before it and has the former secret; and the epoch is needed, or the role may renew it at will.
    """
    channel = after.channel(record.channel)
    if not channel.open:
        raise NotAllowed("the channel is closed")
    if not _reads(after, directory, author, record.channel):
        raise NotAReader("only a reader makes an epoch")
    former = channel.epoch
    if former is not None:
        if not _reads(before, directory, author, record.channel) or not _holds(former, directory.account(author)):
            raise NotAReader("only who has the former epoch makes the next")
        if record.seen_seq < former.record.seen_seq:
            raise RolledBack("the author saw less of the channel than the former epoch's author")
    if not epoch_needed(after, record.channel, directory, entry.at):
        _check_matrix(before, "epoch.make", before.member(author).role, channel.compartment)
    number = 0 if former is None else former.number
    check_epoch_record(record, readers(after, record.channel, directory), number, channel.history == "all")


def _put_epoch(after: Operation, directory: Directory, entry: Entry, record: EpochRecord) -> Operation:
    epoch = Epoch(
        number=record.epoch,
        author=entry.by[0].account,
        made_seq=entry.seq,
        made_at=entry.at,
        readers=readers(after, record.channel, directory),
        granted=(),
        record=record,
    )
    channel = replace(after.channel(record.channel), epoch=epoch)
    return replace(after, channels={**after.channels, record.channel: channel})


def _reads(state: Operation, directory: Directory, account: AccountId, channel: ChannelId) -> bool:
    return any(reader.account == account for reader in readers(state, channel, directory))


def _holds(epoch: Epoch, account: Account) -> bool:
    return any((reader.account, reader.aik) == (account.id, account.aik) for reader in epoch.holders)
