"""Who is who in a hub, as signed by administrators and owners: the directory chain (docs/spec/08-directory.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from crypto.acts import (
    AccountCertify,
    AccountRekey,
    AccountRestore,
    AccountSuspend,
    Act,
    Administrator,
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
    act_body,
    genesis_body,
    read_act,
    read_genesis,
)
from crypto.chain import Link, check_next
from crypto.directory_rules import check_act
from crypto.encoding import (
    HubId,
    b64,
    canon,
    fields,
    id32,
    integer,
    known,
    parse,
    statement_id,
)
from crypto.enrolment import Enrolment, check_enrolment_public, enrolment_body
from crypto.errors import BadSignature, WrongHub, WrongPlace
from crypto.keys import aek_hash
from crypto.people import Account, Appointment, Device, Directory, Organisation, Store, signer_group
from crypto.signing import check_strong, verify

__all__ = [  # a directory's users find its state and its written forms here too
    "Account",
    "Appointment",
    "Device",
    "Directory",
    "DirectoryHistory",
    "Enrolment",
    "Organisation",
    "Signed",
    "act_body",
    "apply",
    "check_act",
    "check_enrolment_public",
    "enrolment_body",
    "entry_body",
    "entry_id",
    "genesis_body",
    "replay",
]


@dataclass(frozen=True, slots=True)
class Signed:
    """One entry as it travels: the entry, the act it orders, the act's signatures in the order of `by`."""

    entry: bytes
    act: bytes
    signatures: tuple[bytes, ...]


class DirectoryHistory:
    """Every state of one directory, from the genesis to the last entry verified here."""

    __slots__ = ("_states",)

    def __init__(self) -> None:
        self._states: list[Directory] = []

    @staticmethod
    def replay(entries: Iterable[Signed]) -> "DirectoryHistory":
        """Verifies everything. Raises what `apply` raises, at the first entry that may not stand."""
        history = DirectoryHistory()
        for entry in entries:
            history.append(entry.entry, entry.act, entry.signatures)
        return history

    def append(self, entry_body: bytes, act_body: bytes, signatures: Sequence[bytes]) -> Directory:
        """The new latest state; nothing changes if `apply` raises."""
        state = apply(self._states[-1] if self._states else None, entry_body, act_body, signatures)
        self._states.append(state)
        return state

    @property
    def size(self) -> int:
        return len(self._states)

    @property
    def latest(self) -> Directory:
        """Raises WrongPlace while there is no genesis."""
        return self._states[-1] if self._states else self.at(0)

    def at(self, size: int) -> Directory:
        """The directory after `size` entries. Raises WrongPlace if that isn't known here."""
        if not 1 <= size <= self.size:
            raise WrongPlace(f"a directory of {size} entries isn't known here, only {self.size}")
        return self._states[size - 1]

    def id_at(self, seq: int) -> bytes:
        """The id of entry `seq`, for `check_not_rolled_back`."""
        return self.at(seq + 1).head


def replay(entries: Iterable[Signed]) -> DirectoryHistory:
    """The verified history of `entries`."""
    return DirectoryHistory.replay(entries)


def entry_body(hub: HubId, seq: int, prev: bytes | None, act: bytes) -> bytes:
    """The hub's ordering of one act (`act` is the act's statement id; the hub id for the genesis)."""
    return canon({"v": 1, "hub": b64(hub), "seq": seq, "prev": None if prev is None else b64(prev), "act": b64(act)})


def entry_id(body: bytes) -> bytes:
    """The statement id of a directory entry."""
    return statement_id("directory-entry", body)


def apply(state: Directory | None, entry_body: bytes, act_body: bytes, signatures: Sequence[bytes]) -> Directory:
    """
    The directory after one more entry.

    Raises the ProtocolError that names what doesn't fit: form, place (NotNext, WrongHub, WrongPlace), order of acts
    (Repeated, Gap), signatures (BadSignature) or rule (NotAllowed, NotCertified, Revoked, Repeated, WeakKey,
    MalformedKey). `expires` is not judged: a client has no trusted time; the hub judges it when it accepts the act.
    """
    value = fields(parse(entry_body), {"v", "hub", "seq", "prev", "act"})
    known(value["v"])
    seq, prev = integer(value["seq"]), None if value["prev"] is None else id32(value["prev"])
    hub, act_id = HubId(id32(value["hub"])), id32(value["act"])
    head = entry_id(entry_body)
    if state is None:
        check_next(None, seq, prev)
        if act_id != hub:
            raise WrongPlace("the first entry orders something else than the genesis")
        return _found(hub, head, act_body, signatures)
    if hub != state.hub:
        raise WrongHub("a directory entry of another hub")
    check_next(Link(state.size - 1, None, state.head), seq, prev)
    if statement_id("act", act_body) != act_id:
        raise WrongPlace("the entry orders another act")
    act = read_act(act_body)
    check_act(state, act, act_body, signatures)
    return _change(state, head, act)


def _found(hub: HubId, head: bytes, body: bytes, signatures: Sequence[bytes]) -> Directory:
    genesis = read_genesis(body)
    if statement_id("genesis", body) != hub:
        raise WrongHub("the genesis of another hub")
    if len(signatures) != len(genesis.administrators):
        raise BadSignature("the genesis needs every administrator's signature")
    for administrator, signature in zip(genesis.administrators, signatures, strict=True):
        check_strong(administrator.key)
        verify("administrator", administrator.key, "genesis", body, signature)
    check_strong(genesis.log_key)
    store = Store(1)
    _take_administrators(store, genesis.administrators)
    return Directory(
        hub=hub,
        genesis=genesis,
        size=1,
        head=head,
        administrators=genesis.administrators,
        threshold=genesis.threshold,
        edition=1,
        version=1,
        suite=1,
        matrix=genesis.matrix,
        matrices={genesis.matrix.hash: genesis.matrix},
        store=store,
    )


def _change(state: Directory, head: bytes, act: Act) -> Directory:
    """`state` with an act that was judged. Nothing raises from here on."""
    seq, size = state.size, state.size + 1
    # Another directory may have grown the shared store further: then this one goes on in its own copy.
    store = state.store if state.store.size == state.size else state.store.upto(state.size)
    store.size = size
    store.counters.put(size, signer_group(act.by), act.n)
    after = replace(state, size=size, head=head, store=store)
    deed = act.deed
    match deed:
        case RolesAdopt():
            matrices = {**state.matrices, deed.matrix.hash: deed.matrix}
            return replace(after, matrix=deed.matrix, matrices=matrices)
        case OrganisationAdd():
            made = Organisation(deed.organisation, deed.name, deed.country, deed.short)
            store.organisations.put(size, made.id, made)
        case OrganisationChange():
            changed = replace(state.organisations[deed.organisation], name=deed.name, short=deed.short)
            store.organisations.put(size, changed.id, changed)
        case AccountCertify():
            _put_account(state, store, deed, seq)
        case AccountSuspend() | AccountRestore():
            suspended = isinstance(deed, AccountSuspend)
            store.accounts.put(size, deed.account, replace(state.accounts[deed.account], suspended=suspended))
        case DeviceAdd():
            store.devices.put(size, deed.device, Device(deed.device, deed.account, deed.key, deed.label, seq))
            store.taken.put(size, ("key", deed.key), deed.device)
        case DeviceRevoke():
            store.devices.put(size, deed.device, replace(state.devices[deed.device], revoked_seq=seq))
            store.accounts.put(size, deed.account, replace(state.accounts[deed.account], awaiting_rotation=True))
        case KeyRotate():
            rotated = replace(
                state.accounts[deed.account], aek=deed.aek, generation=deed.generation, awaiting_rotation=False
            )
            store.accounts.put(size, deed.account, rotated)
            store.taken.put(size, ("aek", aek_hash(deed.aek)), deed.account)
        case AccountRekey():
            _rekey(state, store, deed, seq)
        case AdministratorsSet():
            _take_administrators(store, deed.administrators)
            return replace(after, administrators=deed.administrators, threshold=deed.threshold, edition=deed.edition)
        case OperationAppoint():
            aik = state.accounts[deed.account].aik
            store.appointments.put(size, deed.operation, Appointment(seq, deed.operation, deed.account, aik))
        case VersionRaise():
            return replace(after, version=deed.version)
        case SuiteRaise():
            return replace(after, suite=deed.suite)
        case _:
            assert_never(deed)
    return after


def _put_account(state: Directory, store: Store, deed: AccountCertify, seq: int) -> None:
    certified = state.accounts.get(deed.account)
    account = Account(
        id=deed.account,
        organisation=deed.organisation,
        country=state.organisations[deed.organisation].country,
        name=deed.name,
        code=deed.code,
        aik=deed.aik,
        aek=deed.aek,
        generation=deed.generation,
        level=deed.level,
        may=deed.may,
        invitation=deed.invitation,
        certified_seq=seq,
        suspended=certified is not None and certified.suspended,
        awaiting_rotation=certified is not None and certified.awaiting_rotation,
    )
    store.accounts.put(seq + 1, deed.account, account)
    if certified is None:
        store.taken.put(seq + 1, ("code", deed.code), deed.account)
        _take_keys(store, deed, seq + 1)


def _rekey(state: Directory, store: Store, deed: AccountRekey, seq: int) -> None:
    """
    The account under its new keys, at the lowest level and with no device left. The owner, who may know nothing of what
    was, counts their acts from 1 again: none under the older key fits any more.
    """
    known = state.accounts[deed.account]
    anew = replace(
        known,
        aik=deed.aik,
        aek=deed.aek,
        generation=known.generation + 1,
        level="A1",
        may=(),
        invitation=deed.invitation,
        certified_seq=seq,
        suspended=False,
        awaiting_rotation=False,
    )
    store.accounts.put(seq + 1, deed.account, anew)
    store.counters.put(seq + 1, signer_group([deed.account]), 0)
    _take_keys(store, deed, seq + 1)
    for device in [one for one in state.devices.values() if one.account == deed.account]:
        if device.revoked_seq is None:
            store.devices.put(seq + 1, device.id, replace(device, revoked_seq=seq))


def _take_keys(store: Store, deed: AccountCertify | AccountRekey, size: int) -> None:
    """Nobody uses these ever again."""
    store.taken.put(size, ("aik", deed.aik), deed.account)
    store.taken.put(size, ("aek", aek_hash(deed.aek)), deed.account)
    store.taken.put(size, ("invitation", deed.invitation), deed.account)


def _take_administrators(store: Store, administrators: Iterable[Administrator]) -> None:
    for one in administrators:
        store.taken.put(store.size, ("administrator", bytes(one.id)), one.id)
        store.taken.put(store.size, ("administrator-key", one.key), one.id)
