"""
Who may make a change or an epoch: judged by the operation before the entry (docs/spec/09-membership.md).

Nothing is changed here; `membership_changes` judges whether a change fits.
"""

from typing import assert_never

from crypto.changes import (
    Change,
    ChannelClose,
    ChannelOpen,
    CoordinatorTake,
    DestroyCancel,
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
from crypto.encoding import AccountId
from crypto.errors import NotAllowed, NotAReader, Repeated, WrongPlace
from crypto.people import Account, Directory
from crypto.readers import Epoch, Member, Operation, reads_channel


def check_author_may(state: Operation, directory: Directory, author: AccountId, change: Change) -> None:
    """Raises unless `author`, as of `state`, may make `change`."""
    role = state.member(author).role
    match change:
        case OperationOpen():
            raise Repeated("the operation is open")
        case PhaseSet():
            check_matrix(state, "operation.phase", role)
        case MemberAdmit() | MemberRestore() | MemberChange():
            action = "member.change" if isinstance(change, MemberChange) else "member.admit"
            if change.account == author:
                _check_not_widened(state.member(author), change)
                return
            check_matrix(state, action, role)
            for compartment in change.compartments:
                check_matrix(state, action, role, compartment)
        case MemberRemove():
            if change.account != author:  # everyone may leave
                check_matrix(state, "member.remove", role)
        case ChannelOpen():
            check_matrix(state, "channel.open", role, change.compartment)
        case ChannelClose():
            check_matrix(state, "channel.close", role, state.channel(change.channel).compartment)
        case TemplateAdopt():
            check_matrix(state, "template.adopt", role)
        case MatrixTake():
            check_matrix(state, "matrix.take", role)
        case Grants() | WrapBad():
            _check_holder(state, directory, author, change)
        case CoordinatorTake():
            raise NotAllowed("coordinator.take stands alone in its entry")
        case RulesSet():
            check_matrix(state, "rules.set", role)
        case RulesAccept():
            check_matrix(state, "rules.accept", role)
        case RetentionSet():
            check_matrix(state, "retention.set", role)
        case HoldSet():
            check_matrix(state, "hold.set", role)
        case OperationClose():
            check_matrix(state, "operation.close", role)
        case OperationDestroy():
            check_matrix(state, "operation.destroy", role)
            if role != "coordinator":
                raise NotAllowed("only coordinators destroy an operation")
        case DestroyCancel():
            check_matrix(state, "destroy.cancel", role)
        case VersionRaise():
            check_matrix(state, "version.raise", role)
        case _:
            assert_never(change)


def check_matrix(state: Operation, action: str, role: str, compartment: str | None = None) -> None:
    """Raises NotAllowed unless the operation's matrix lets `role` do `action` (in `compartment`)."""
    if not state.matrix.allows(action, role, compartment):
        raise NotAllowed(f"{action} isn't for the role {role}" + (f" in {compartment}" if compartment else ""))


def holds(epoch: Epoch, account: Account) -> bool:
    """Whether the account, under its present identity key, was given the epoch."""
    return any((reader.account, reader.aik) == (account.id, account.aik) for reader in epoch.holders)


def _check_not_widened(own: Member, change: MemberAdmit | MemberRestore | MemberChange) -> None:
    """An author who leaves and is admitted anew in the same entry would widen their own standing too."""
    if not isinstance(change, MemberChange):
        raise NotAllowed("nobody admits themselves")
    if change.role != own.role or not set(change.compartments) <= set(own.compartments):
        raise NotAllowed("nobody changes their own role or widens their own clearance")


def _check_holder(state: Operation, directory: Directory, author: AccountId, change: Grants | WrapBad) -> None:
    """Raises unless `author` reads the channel and has the named epoch, which is the current one."""
    epoch = state.channel(change.channel).epoch
    if epoch is None or epoch.number != change.epoch:
        raise WrongPlace("not the channel's current epoch")
    if not reads_channel(state, change.channel, author, directory) or not holds(epoch, directory.account(author)):
        raise NotAReader("only who has the epoch grants it or reports it")
