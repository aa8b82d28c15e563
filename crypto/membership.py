"""Who takes part in an operation, and who may change it: the operation's chain (docs/spec/09-membership.md)."""

from collections.abc import Sequence
from dataclasses import replace

from crypto.chain import Link, check_next
from crypto.changes import (
    Audience,
    Author,
    CoordinatorTake,
    Entry,
    Grants,
    OperationOpen,
    audience_form,
    entry_body,
    read_entry,
)
from crypto.encoding import AccountId, HubId, OperationId, statement_id
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
    WrongHub,
    WrongPlace,
    WrongWraps,
)
from crypto.membership_changes import changed
from crypto.membership_rules import check_author_may, check_matrix, holds
from crypto.people import Account, Directory
from crypto.readers import (
    CLOSED,
    Channel,
    Epoch,
    Member,
    Operation,
    appointed,
    coordinators,
    epoch_needed,
    is_coordinated,
    may_send,
    pending,
    readers,
    reads_channel,
    served_again,
    stale,
)
from crypto.signing import verify

__all__ = [  # an operation's users find its state and its written forms here too
    "CLOSED",
    "Audience",
    "Author",
    "Channel",
    "Entry",
    "Epoch",
    "Member",
    "Operation",
    "apply",
    "appointed",
    "audience_form",
    "check_at_its_place",
    "check_entry_wraps",
    "coordinators",
    "entry_body",
    "entry_id",
    "epoch_needed",
    "may_send",
    "pending",
    "read_entry",
    "readers",
    "served_again",
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
    3. each change, judged by the state and the matrix before this entry, and whether it fits what those before it left;
    4. each epoch, judged by the state after the changes.
    """
    entry = read_entry(body)
    head = entry_id(body)
    _check_place(state, directory, entry)
    accounts = _check_authors(directory, entry, body, signatures)
    if state is None:
        return _open(directory, entry, head, accounts)
    after = replace(state, seq=entry.seq, head=head, at=entry.at, directory_size=directory.size)
    if any(isinstance(change, CoordinatorTake) for change in entry.changes):
        return _take_over(state, after, directory, entry, accounts[0])
    for author in entry.by:
        if state.member(author.account).aik != directory.account(author.account).aik:
            raise NotCertified("a membership under another identity key")
    for change in entry.changes:
        for author in entry.by:
            check_author_may(state, directory, author.account, change)
        after = changed(after, directory, entry, change)
    if after.phase == CLOSED and entry.epochs:
        raise NotAllowed("a closed operation needs no new secret")
    for record in entry.epochs:
        for author in entry.by:
            _check_epoch(state, after, directory, entry, author.account, record)
        after = _put_epoch(after, directory, entry, record)
    return after


def check_at_its_place(before: Operation | None, entry: Entry, then: Directory) -> None:
    """
    Returns only if what an entry was judged by still held when it was put in order: `then` is the directory as it stood
    at the entry's place in the log, which may have grown since the one that the entry names.

    Raises Revoked for an author whose device or account had ended by then, NotCertified for an appointment that no
    longer let its account take over. Otherwise an old key and a hub that lies could go on from before its end.
    """
    for author in entry.by:
        account = then.account(author.account)
        if account.suspended or not then.device_valid(author.device, author.account):
            raise Revoked("the author's account or device had ended when this was put in order")
        for change in entry.changes:
            if not isinstance(change, CoordinatorTake) or before is None:
                continue
            if appointed(before, then, author.account) != change.act_seq:
                raise NotCertified("the author could no longer take over when this was put in order")


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
    if state is not None and state.destroy_at is not None and entry.at >= state.destroy_at:
        raise NotAllowed("the operation is destroyed")


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
        members={
            account.id: Member(account.aik, account.organisation, "coordinator", opening.own) for account in accounts
        },
        channels={},
        templates={},
    )


def _take_over(state: Operation, after: Operation, directory: Directory, entry: Entry, account: Account) -> Operation:
    """
    The appointed account becomes a coordinator who reads nothing: another coordinator clears them.
    """
    take = entry.changes[0]
    if not isinstance(take, CoordinatorTake) or len(entry.changes) > 1 or len(entry.by) > 1 or entry.epochs:
        raise NotAllowed("an operation is taken over by an entry that does nothing else")
    if take.act_seq <= state.taken_seq:
        raise Repeated("this appointment was used")
    if is_coordinated(state, directory):
        raise NotAllowed("the operation has its coordinators")
    if appointed(state, directory, account.id) != take.act_seq:
        raise NotCertified("no appointment of the author, as they are certified now, or not the newest")
    members = {**state.members, account.id: Member(account.aik, account.organisation, "coordinator", ())}
    return replace(after, members=members, taken_seq=take.act_seq)


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
    if not reads_channel(after, record.channel, author, directory):
        raise NotAReader("only a reader makes an epoch")
    former = channel.epoch
    if former is not None:
        if not reads_channel(before, record.channel, author, directory) or not holds(former, directory.account(author)):
            raise NotAReader("only who has the former epoch makes the next")
        if record.seen_seq < former.record.seen_seq:
            raise RolledBack("the author saw less of the channel than the former epoch's author")
    if not epoch_needed(after, record.channel, directory, entry.at):
        check_matrix(before, "epoch.make", before.member(author).role, channel.compartment)
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
