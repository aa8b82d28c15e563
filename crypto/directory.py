"""Who is who in a hub, as signed by administrators and owners: the directory chain (docs/spec/08-directory.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from crypto.acts import (
    CODE,
    AccountCertify,
    AccountRestore,
    AccountSuspend,
    Act,
    DeviceAdd,
    DeviceRevoke,
    KeyRotate,
    OrganisationAdd,
    RolesAdopt,
    act_body,
    genesis_body,
    read_act,
    read_genesis,
)
from crypto.chain import Link, check_next
from crypto.encoding import (
    AccountId,
    AdministratorId,
    DeviceId,
    HubId,
    Json,
    b64,
    canon,
    fields,
    id16,
    id32,
    ids,
    integer,
    known,
    matching,
    octets,
    parse,
    statement_id,
    text,
)
from crypto.errors import (
    BadSignature,
    Gap,
    Malformed,
    NotAllowed,
    NotCertified,
    Repeated,
    Revoked,
    WrongHub,
    WrongPlace,
)
from crypto.keys import PUBLIC_SIZE, check_encryption_key
from crypto.people import ADMINISTRATORS, Account, Device, Directory, Organisation, Store
from crypto.signing import check_strong, verify

__all__ = [  # a directory's users find its state and its written forms here too
    "ADMINISTRATORS",
    "Account",
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


def check_act(state: Directory, act: Act, body: bytes, signatures: Sequence[bytes]) -> None:
    """Raises unless `act` may be the next entry's: hub, number, signers, signatures, rule (see `apply`)."""
    if act.hub != state.hub:
        raise WrongHub("an act of another hub")
    group = _check_signers(state, act, body, signatures)
    last = state.counters.get(group, 0)
    if act.n <= last:
        raise Repeated(f"act number {act.n} was used")
    if act.n > last + 1:
        raise Gap(f"act number {act.n}, but {last + 1} is next")
    _check_rule(state, act, by_owner=group != ADMINISTRATORS)


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
    return Directory(hub, genesis, 1, head, genesis.matrix, {genesis.matrix.hash: genesis.matrix}, Store(1))


def _check_signers(state: Directory, act: Act, body: bytes, signatures: Sequence[bytes]) -> bytes:
    """The counter group of an act whose signatures all stand."""
    if len(signatures) != len(act.by):
        raise BadSignature("not one signature for each signer")
    administrators = {a.id: a.key for a in state.administrators}
    if AdministratorId(act.by[0]) in administrators:
        for signer, signature in zip(act.by, signatures, strict=True):
            if AdministratorId(signer) not in administrators:
                raise NotCertified("a signer who is no administrator")
            verify("administrator", administrators[AdministratorId(signer)], "act", body, signature)
        return ADMINISTRATORS
    if len(act.by) != 1:
        raise NotAllowed("an owner signs alone")
    verify("account", state.account(AccountId(act.by[0])).aik, "act", body, signatures[0])
    return act.by[0]


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
            if deed.aek == account.aek:
                raise Repeated("the same encryption key again")
        case _:
            assert_never(deed)


def _check_administrators(state: Directory, act: Act, by_owner: bool, needed: int) -> None:
    if by_owner or len(act.by) < needed:
        raise NotAllowed(f"{act.type} needs {needed} administrators here")


def _check_owner(state: Directory, act: Act, by_owner: bool, account: AccountId) -> None:
    if not by_owner or act.by != (account,):
        raise NotAllowed(f"{act.type} is for the account's owner")


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
    if bytes(deed.account) in {bytes(a.id) for a in state.administrators}:
        raise Repeated("an administrator has this id")
    for use in (("aik", deed.aik), ("code", deed.code), ("invitation", deed.invitation)):
        if use in state.taken:
            raise Repeated(f"this {use[0]} was used before")


def _change(state: Directory, head: bytes, act: Act) -> Directory:
    """`state` with an act that was judged. Nothing raises from here on."""
    seq, size = state.size, state.size + 1
    # Another directory may have grown the shared store further: then this one goes on in its own copy.
    store = state.store if state.store.size == state.size else state.store.upto(state.size)
    store.size = size
    group = ADMINISTRATORS if any(a.id == act.by[0] for a in state.administrators) else act.by[0]
    store.counters.put(size, group, act.n)
    matrix, matrices = state.matrix, state.matrices
    deed = act.deed
    match deed:
        case RolesAdopt():
            matrix, matrices = deed.matrix, {**matrices, deed.matrix.hash: deed.matrix}
        case OrganisationAdd():
            made = Organisation(deed.organisation, deed.name, deed.country, deed.short)
            store.organisations.put(size, made.id, made)
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
        case _:
            assert_never(deed)
    return Directory(state.hub, state.genesis, size, head, matrix, matrices, store)


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
        store.taken.put(seq + 1, ("aik", deed.aik), deed.account)
        store.taken.put(seq + 1, ("code", deed.code), deed.account)
        store.taken.put(seq + 1, ("invitation", deed.invitation), deed.account)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A request to be certified: the public keys that a new person's browser (or a new device's) made."""

    hub: HubId
    invitation: bytes
    account: AccountId
    code: str
    aik: bytes
    aek: bytes
    device: DeviceId
    device_key: bytes
    device_label: str
    at: int


def enrolment_body(enrolment: Enrolment) -> bytes:
    """The body that AIK and device key both sign, and the invitation's secret authenticates."""
    device: dict[str, Json] = ids(id=enrolment.device, key=enrolment.device_key, label=enrolment.device_label)
    return canon(
        {
            "v": 1,
            **ids(
                hub=enrolment.hub,
                invitation=enrolment.invitation,
                account=enrolment.account,
                code=enrolment.code,
                aik=enrolment.aik,
                aek=enrolment.aek,
                at=enrolment.at,
            ),
            "device": device,
        }
    )


def check_enrolment_public(body: bytes, signatures: Sequence[bytes], hub: HubId) -> Enrolment:
    """
    The enrolment, if AIK and device key (in this order) both signed it and all keys are sound.

    The MAC with the invitation's secret is the administrator's to check: the hub doesn't know that secret.
    """
    value = fields(parse(body), "v hub invitation account code aik aek device at")
    known(value["v"])
    device = fields(value["device"], {"id", "key", "label"})
    enrolment = Enrolment(
        hub=HubId(id32(value["hub"])),
        invitation=id16(value["invitation"]),
        account=AccountId(id16(value["account"])),
        code=matching(value["code"], CODE),
        aik=id32(value["aik"]),
        aek=octets(value["aek"], PUBLIC_SIZE, PUBLIC_SIZE),
        device=DeviceId(id16(device["id"])),
        device_key=id32(device["key"]),
        device_label=text(device["label"], 80),
        at=integer(value["at"]),
    )
    if enrolment.hub != hub:
        raise WrongHub("an enrolment at another hub")
    check_strong(enrolment.aik)
    check_strong(enrolment.device_key)
    check_encryption_key(enrolment.aek)
    if enrolment.aik == enrolment.device_key:
        raise Malformed("one key for the account and the device")
    if len(signatures) != 2:
        raise BadSignature("needs the signatures of the account's and the device's keys")
    verify("account", enrolment.aik, "enrol", body, signatures[0])
    verify("device", enrolment.device_key, "enrol", body, signatures[1])
    return enrolment
