"""The state that a directory chain leads to: organisations, accounts, devices (docs/spec/08-directory.md)."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Generic, TypeVar

from crypto.acts import Administrator, Genesis, Matrix
from crypto.encoding import AccountId, DeviceId, HubId, OperationId, OrganisationId
from crypto.errors import NotCertified

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Organisation:
    id: OrganisationId
    name: str
    country: str
    short: str


@dataclass(frozen=True, slots=True)
class Account:
    """A certified person. The name here is the only one ever shown."""

    id: AccountId
    organisation: OrganisationId
    country: str
    name: str
    code: str
    aik: bytes
    aek: bytes
    generation: int
    level: str
    may: tuple[str, ...]
    invitation: bytes
    certified_seq: int
    suspended: bool = False
    awaiting_rotation: bool = False  # a device was revoked: reads nothing new until the next key.rotate

    @property
    def reads(self) -> bool:
        """Whether new epochs may be wrapped for this account at all."""
        return not self.suspended and not self.awaiting_rotation


@dataclass(frozen=True, slots=True)
class Device:
    id: DeviceId
    account: AccountId
    key: bytes
    label: str
    added_seq: int
    revoked_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """By entry `seq` administrators let an account, under this identity key, take over an operation."""

    seq: int
    operation: OperationId
    account: AccountId
    aik: bytes


class Versions(Generic[Key, Value]):
    """Each key's values with the directory size from which they hold: a replay of n entries stays linear."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: dict[Key, list[tuple[int, Value]]] = {}

    def put(self, size: int, key: Key, value: Value) -> None:
        self.rows.setdefault(key, []).append((size, value))

    def upto(self, size: int) -> "Versions[Key, Value]":
        copy = Versions[Key, Value]()
        copy.rows = {k: kept for k, row in self.rows.items() if (kept := [v for v in row if v[0] <= size])}
        return copy


class View(Mapping[Key, Value]):
    """The values as of one size."""

    __slots__ = ("_size", "_versions")

    def __init__(self, versions: Versions[Key, Value], size: int) -> None:
        self._versions = versions
        self._size = size

    def __getitem__(self, key: Key) -> Value:
        row = self._versions.rows[key]
        if row[-1][0] <= self._size:  # nearly everything is asked of the latest
            return row[-1][1]
        place = bisect_right(row, self._size, key=itemgetter(0))
        if place == 0:
            raise KeyError(key)
        return row[place - 1][1]

    def __iter__(self) -> Iterator[Key]:
        return (key for key, row in self._versions.rows.items() if row[0][0] <= self._size)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(slots=True)
class Store:
    """What the directories of one history share; it only grows at its end."""

    size: int = 0
    organisations: Versions[OrganisationId, Organisation] = field(default_factory=Versions)
    accounts: Versions[AccountId, Account] = field(default_factory=Versions)
    devices: Versions[DeviceId, Device] = field(default_factory=Versions)
    counters: Versions[bytes, int] = field(default_factory=Versions)
    taken: Versions[tuple[str, bytes | str], bytes] = field(default_factory=Versions)
    appointments: Versions[OperationId, Appointment] = field(default_factory=Versions)

    def upto(self, size: int) -> "Store":
        return Store(
            size,
            self.organisations.upto(size),
            self.accounts.upto(size),
            self.devices.upto(size),
            self.counters.upto(size),
            self.taken.upto(size),
            self.appointments.upto(size),
        )


def signer_group(by: Sequence[bytes]) -> bytes:
    """The name under which the acts of exactly these signers are counted: their ids, sorted, in one string."""
    return b"".join(sorted(by))


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """The directory after `size` entries. Never changes; `apply` gives the next one."""

    hub: HubId
    genesis: Genesis
    size: int
    head: bytes
    administrators: tuple[Administrator, ...]
    threshold: int
    edition: int  # of the administrators: how often they were set
    version: int
    suite: int
    matrix: Matrix
    matrices: Mapping[bytes, Matrix]
    store: Store = field(repr=False)

    @property
    def organisations(self) -> Mapping[OrganisationId, Organisation]:
        return View(self.store.organisations, self.size)

    @property
    def accounts(self) -> Mapping[AccountId, Account]:
        return View(self.store.accounts, self.size)

    @property
    def devices(self) -> Mapping[DeviceId, Device]:
        return View(self.store.devices, self.size)

    @property
    def counters(self) -> Mapping[bytes, int]:
        """The last act number of each `signer_group`."""
        return View(self.store.counters, self.size)

    @property
    def taken(self) -> Mapping[tuple[str, bytes | str], bytes]:
        """Who has a key, code, invitation or administrator's id, for ever."""
        return View(self.store.taken, self.size)

    @property
    def appointments(self) -> Mapping[OperationId, Appointment]:
        """The newest appointment for each operation: the one that stands."""
        return View(self.store.appointments, self.size)

    def account(self, account: AccountId) -> Account:
        """Raises NotCertified."""
        if account not in self.accounts:
            raise NotCertified("the directory doesn't know this account")
        return self.accounts[account]

    def device_valid(self, device: DeviceId, account: AccountId, at_size: int | None = None) -> bool:
        """Whether `device` was `account`'s and not revoked after `at_size` entries (None: all of this directory's)."""
        size = self.size if at_size is None else at_size
        known = self.devices.get(device)
        return (
            known is not None
            and known.account == account
            and known.added_seq < size
            and (known.revoked_seq is None or known.revoked_seq >= size)
        )

    def next_n(self, by: Sequence[bytes]) -> int:
        """The number of the next act that exactly these sign."""
        return self.counters.get(signer_group(by), 0) + 1
