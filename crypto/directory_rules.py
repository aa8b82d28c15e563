"""
Which act may stand: its number, its signers, and what its deed needs (docs/spec/08-directory.md).

Judged by the directory before it; nothing is changed here.
"""

from collections.abc import Mapping, Sequence
from typing import assert_never

from crypto.acts import (
    AccountCertify,
    AccountRekey,
    AccountRestore,
    AccountSuspend,
    Act,
    AdministratorsSet,
    DeviceAdd,
    DeviceRevoke,
    KeyRotate,
    OperationAppoint,
    OrganisationAdd,
    OrganisationChange,
    RolesAdopt,
    SuiteRaise,
    VersionRaise,
)
from crypto.chain import PROTOCOL, SUITE
from crypto.encoding import AccountId
from crypto.errors import (
    BadSignature,
    Gap,
    NotAllowed,
    NotCertified,
    Repeated,
    Revoked,
    UnknownVersion,
    WrongHub,
)
from crypto.keys import aek_hash, check_encryption_key
from crypto.people import Account, Directory, signer_group
from crypto.signing import check_strong, verify


def check_act(state: Directory, act: Act, body: bytes, signatures: Sequence[bytes]) -> None:
    """Raises unless `act` may be the next entry's: hub, signers, number, signatures, rule (see `directory.apply`)."""
    if act.hub != state.hub:
        raise WrongHub("an act of another hub")
    by_owner = _check_signers(state, act, body, signatures)
    last = state.counters.get(signer_group(act.by), 0)
    if act.n <= last:
        raise Repeated(f"act number {act.n} was used")
    if act.n > last + 1:
        raise Gap(f"act number {act.n}, but {last + 1} is next")
    _check_rule(state, act, by_owner=by_owner)


def _check_signers(state: Directory, act: Act, body: bytes, signatures: Sequence[bytes]) -> bool:
    """Whether an owner signed, not administrators; raises unless all signatures stand."""
    if len(signatures) != len(act.by):
        raise BadSignature("not one signature for each signer")
    administrators = _keys(state, act)
    if act.by[0] in administrators:
        for signer, signature in zip(act.by, signatures, strict=True):
            if signer not in administrators:
                raise NotCertified("a signer who is no administrator")
            verify("administrator", administrators[signer], "act", body, signature)
        return False
    if len(act.by) != 1:
        raise NotAllowed("an owner signs alone")
    verify("account", state.account(AccountId(act.by[0])).aik, "act", body, signatures[0])
    return True


def _keys(state: Directory, act: Act) -> Mapping[bytes, bytes]:
    """The administrators who may sign `act`: the present ones, and whom it makes one."""
    keys: dict[bytes, bytes] = {one.id: one.key for one in state.administrators}
    if isinstance(act.deed, AdministratorsSet):
        return {one.id: one.key for one in act.deed.administrators} | keys
    return keys


def _check_rule(state: Directory, act: Act, *, by_owner: bool) -> None:
    deed = act.deed
    match deed:
        case RolesAdopt():
            _check_administrators(state, act, by_owner, state.threshold)
            if deed.matrix.edition <= state.matrix.edition:
                raise Repeated("an edition of the roles that is not newer")
        case OrganisationAdd():
            _check_administrators(state, act, by_owner, 1)
            if deed.organisation in state.organisations:
                raise Repeated("an organisation with this id exists")
        case OrganisationChange():
            _check_administrators(state, act, by_owner, 1)
            known = state.organisations.get(deed.organisation)
            if known is None:
                raise NotCertified("the directory doesn't know this organisation")
            if (known.name, known.short) == (deed.name, deed.short):
                raise Repeated("the organisation is called so")
        case AccountCertify():
            certified = state.accounts.get(deed.account)
            privileged = deed.may or (certified is not None and certified.may)
            _check_administrators(state, act, by_owner, state.threshold if privileged else 1)
            _check_certify(state, deed, certified)
        case AccountSuspend() | AccountRestore():
            account = state.account(deed.account)
            _check_administrators(state, act, by_owner, state.threshold if account.may else 1)
            if account.suspended is isinstance(deed, AccountSuspend):
                raise Repeated("the account already is so")
        case AccountRekey():
            _check_administrators(state, act, by_owner, state.threshold)
            state.account(deed.account)
            _check_new_keys(state, deed)
        case DeviceAdd():
            _check_owner(state, act, by_owner, deed.account)
            if state.account(deed.account).suspended:
                raise Revoked("a suspended account adds no device")
            check_strong(deed.key)
            if deed.device in state.devices or ("key", deed.key) in state.taken:
                raise Repeated("a device id or key that was used before")
        case DeviceRevoke():
            if by_owner:
                _check_owner(state, act, by_owner, deed.account)
            device = state.devices.get(deed.device)
            if device is None or device.account != deed.account:
                raise NotCertified("the account has no such device")
            if device.revoked_seq is not None:
                raise Repeated("the device is revoked already")
        case KeyRotate():
            _check_owner(state, act, by_owner, deed.account)
            account = state.account(deed.account)
            if deed.generation != account.generation + 1:
                raise Gap(f"generation {account.generation + 1} is next")
            check_encryption_key(deed.aek)
            if ("aek", aek_hash(deed.aek)) in state.taken:
                raise Repeated("an encryption key that was used before")
        case AdministratorsSet():
            _check_administrators_set(state, act, deed)
        case OperationAppoint():
            _check_administrators(state, act, by_owner, state.threshold)
            if state.account(deed.account).suspended:
                raise Revoked("a suspended account is appointed nowhere")
        case VersionRaise():
            _check_administrators(state, act, by_owner, state.threshold)
            check_raise(deed.version, state.version, PROTOCOL)
        case SuiteRaise():
            _check_administrators(state, act, by_owner, state.threshold)
            check_raise(deed.suite, state.suite, SUITE)
        case _:
            assert_never(deed)


def check_raise(to: int, present: int, newest: int) -> None:
    """Raises Repeated unless `to` is above `present`, UnknownVersion if this client knows only `newest`."""
    if to <= present:
        raise Repeated("not above the present one")
    if to > newest:
        raise UnknownVersion("from here on a newer version is needed: an update is needed")


def _check_administrators(state: Directory, act: Act, by_owner: bool, needed: int) -> None:
    if by_owner or len(act.by) < needed:
        raise NotAllowed(f"{act.type} needs {needed} administrators here")


def _check_owner(state: Directory, act: Act, by_owner: bool, account: AccountId) -> None:
    if not by_owner or act.by != (account,):
        raise NotAllowed(f"{act.type} is for the account's owner")


def _check_administrators_set(state: Directory, act: Act, deed: AdministratorsSet) -> None:
    """
    Nobody becomes an administrator without having signed, and the new ones have shown that enough of them can sign:
    a set that nobody could act under would be the hub's last.
    """
    if deed.edition != state.edition + 1:
        if deed.edition <= state.edition:
            raise Repeated("the administrators have been set since")
        raise Gap(f"set {state.edition + 1} of the administrators is next")
    present = {one.id: one for one in state.administrators}
    if sum(signer in present for signer in act.by) < state.threshold:
        raise NotAllowed(f"{act.type} needs {state.threshold} of the present administrators")
    for one in deed.administrators:
        if one.id in present:
            if one.key != present[one.id].key:
                raise Repeated("an administrator's id with another key")
            continue
        check_strong(one.key)
        if bytes(one.id) not in act.by:
            raise NotAllowed("a new administrator hasn't signed")
        used = ("administrator", bytes(one.id)) in state.taken or ("administrator-key", one.key) in state.taken
        if used or AccountId(one.id) in state.accounts:
            raise Repeated("a new administrator's id or key was used before")
    if sum(bytes(one.id) in act.by for one in deed.administrators) < deed.threshold:
        raise NotAllowed(f"fewer than {deed.threshold} of the new administrators have signed")
    if (deed.administrators, deed.threshold) == (state.administrators, state.threshold):
        raise Repeated("the administrators are these")


def _check_certify(state: Directory, deed: AccountCertify, certified: Account | None) -> None:
    if deed.organisation not in state.organisations:
        raise NotCertified("the directory doesn't know this organisation")
    if deed.may and deed.level != "A2":
        raise NotAllowed("who may coordinate, administer or audit must be certified at A2")
    check_strong(deed.aik)
    check_encryption_key(deed.aek)
    if certified is not None:  # certified again: other standing, same keys
        if (deed.aik, deed.aek, deed.generation) != (certified.aik, certified.aek, certified.generation):
            raise Repeated("the account exists with other keys")
        if (deed.code, deed.invitation) != (certified.code, certified.invitation):
            raise Repeated("the account exists with another code or invitation")
        return
    if deed.generation != 1:
        raise Gap("a new account begins with generation 1")
    if ("administrator", bytes(deed.account)) in state.taken:
        raise Repeated("an administrator has or had this id")
    if ("code", deed.code) in state.taken:
        raise Repeated("this code was used before")
    _check_new_keys(state, deed)


def _check_new_keys(state: Directory, deed: AccountCertify | AccountRekey) -> None:
    """Keys and an invitation that are sound and were never used, whoever had them."""
    check_strong(deed.aik)
    check_encryption_key(deed.aek)
    for use in (("aik", deed.aik), ("aek", aek_hash(deed.aek)), ("invitation", deed.invitation)):
        if use in state.taken:
            raise Repeated(f"this {use[0]} was used before")
