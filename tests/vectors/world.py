"""A small hub with keys from fixed seeds: what vectors and unit tests of the protocol are made of."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crypto import acts, changes, directory, membership
from crypto.acts import Administrator
from crypto.chain import chain_start
from crypto.changes import Author
from crypto.directory import DirectoryHistory, Signed
from crypto.encoding import (
    AccountId,
    AdministratorId,
    ChannelId,
    DeviceId,
    HubId,
    Json,
    OperationId,
    OrganisationId,
    b64,
    statement_id,
)
from crypto.epochs import EpochRecord, Reader, readers_hash
from crypto.keys import EncryptionKey
from crypto.membership import Operation
from crypto.people import Directory
from crypto.signing import Role, SigningKey, from_secret

NOW = 1_800_000_000_000  # 15 January 2027
DAY = 24 * 60 * 60 * 1000
EVERY = ["*"]


def seed(label: str, size: int = 32) -> bytes:
    """Fixed bytes for a label: the same in every run."""
    return hashlib.shake_256(b"ncphub vector " + label.encode()).digest(size)


def key(role: Role, label: str) -> SigningKey:
    return from_secret(role, seed(f"{role} {label}"))


def matrix(edition: int = 1, **more: Mapping[str, Sequence[str]]) -> Json:
    """A plausible matrix; `more` replaces an action's row (dots as two underscores)."""
    rows: dict[str, Mapping[str, Sequence[str]]] = {
        "alert.send": {"coordinator": EVERY, "contact": EVERY, "deputy": EVERY},
        "acknowledgement.send": {"coordinator": EVERY, "contact": EVERY, "deputy": EVERY, "observer": EVERY},
        "post.send": {"coordinator": EVERY, "contact": EVERY, "deputy": EVERY, "analyst": ["general", "precursor"]},
        "channel.read": {
            "coordinator": EVERY,
            "contact": EVERY,
            "deputy": EVERY,
            "analyst": ["general", "precursor"],
            "observer": ["general"],
        },
        "channel.open": {"coordinator": EVERY, "contact": ["general"]},
        "channel.close": {"coordinator": EVERY},
        "epoch.make": {"coordinator": EVERY},
        "matrix.take": {"coordinator": EVERY},
        "member.admit": {"coordinator": EVERY, "deputy": ["general"]},
        "member.change": {"coordinator": EVERY},
        "member.remove": {"coordinator": EVERY},
        "operation.phase": {"coordinator": EVERY},
        "template.adopt": {"coordinator": EVERY},
        "operation.open": {"coordinator_hub": EVERY},
    }
    rows |= {action.replace("__", "."): row for action, row in more.items()}
    return acts.matrix_form(edition, {(a, role): granted for a, row in rows.items() for role, granted in row.items()})


@dataclass
class Person:
    """One account with all its secrets."""

    name: str
    country: str
    may: tuple[str, ...] = ()
    generation: int = 1
    device_label: str = "first"
    life: int = 1  # how often the account got wholly new keys

    @property
    def account(self) -> AccountId:
        return AccountId(seed(f"account {self.name}", 16))

    @property
    def organisation(self) -> OrganisationId:
        return OrganisationId(seed(f"organisation {self.country}", 16))

    @property
    def device(self) -> DeviceId:
        return DeviceId(seed(f"device {self.name} {self.device_label}", 16))

    @property
    def aik(self) -> SigningKey:
        return key("account", self.name if self.life == 1 else f"{self.name} {self.life}")

    @property
    def device_key(self) -> SigningKey:
        return key("device", f"{self.name} {self.device_label}")

    @property
    def aek(self) -> EncryptionKey:
        return EncryptionKey.from_seed(seed(f"aek {self.name} {self.generation}"))

    @property
    def author(self) -> Author:
        return Author(self.account, self.device)


@dataclass
class World:
    """A hub whose directory grows by what its methods sign; each returns the new entry as it travels."""

    threshold: int = 2
    matrix: Json = field(default_factory=matrix)
    signed: list[Signed] = field(default_factory=list)
    history: DirectoryHistory = field(default_factory=DirectoryHistory)

    administrators = tuple(
        sorted(
            (
                (AdministratorId(seed(f"administrator {name}", 16)), name, key("administrator", name))
                for name in ("Ada", "Ben", "Cleo")
            ),
            key=lambda one: one[0],
        )
    )
    log = key("log", "log")

    def __post_init__(self) -> None:
        body = self.genesis_body()
        entry = directory.entry_body(HubId(statement_id("genesis", body)), 0, None, statement_id("genesis", body))
        signatures = tuple(one[2].sign("genesis", body) for one in self.administrators)
        self.add(Signed(entry, body, signatures))

    def genesis_body(self) -> bytes:
        return acts.genesis_body(
            name="Exercise hub",
            origin="https://hub.example.org",
            at=NOW,
            administrators=[Administrator(who, one.public, name) for who, name, one in self.administrators],
            threshold=self.threshold,
            log_origin="hub.example.org/log",
            log_key=self.log.public,
            matrix=self.matrix,
            exercise=True,
            salt=seed("salt", 16),
        )

    @property
    def directory(self) -> Directory:
        return self.history.latest

    @property
    def hub(self) -> HubId:
        return self.directory.hub

    def add(self, signed: Signed) -> Signed:
        self.history.append(signed.entry, signed.act, signed.signatures)
        self.signed.append(signed)
        return signed

    def order(self, act: bytes, signatures: Sequence[bytes]) -> Signed:
        """The hub's next entry for an act, not yet added."""
        state = self.directory
        entry = directory.entry_body(state.hub, state.size, state.head, statement_id("act", act))
        return Signed(entry, act, tuple(signatures))

    def by_administrators(self, type: str, count: int = 2, n: int | None = None, **parts: Json) -> Signed:
        """An act of the first `count` administrators, not yet added."""
        signers = self.administrators[:count]
        by = [who for who, _, _ in signers]
        number = self.directory.next_n(by) if n is None else n
        body = acts.act_body(hub=self.hub, type=type, by=by, n=number, expires=NOW + DAY, **parts)
        return self.order(body, [one.sign("act", body) for _, _, one in signers])

    def by_owner(self, person: Person, type: str, n: int | None = None, **parts: Json) -> Signed:
        """An act that a person's identity key signs, not yet added."""
        number = self.directory.next_n([person.account]) if n is None else n
        body = acts.act_body(hub=self.hub, type=type, by=[person.account], n=number, expires=NOW + DAY, **parts)
        return self.order(body, [person.aik.sign("act", body)])

    def organisation(self, country: str) -> Signed:
        return self.by_administrators(
            "organisation.add",
            1,
            organisation=b64(seed(f"organisation {country}", 16)),
            name=f"Customs of {country}",
            country=country,
            short=f"{country} Customs",
        )

    def certify(self, person: Person, count: int | None = None, **other: Json) -> Signed:
        parts: dict[str, Json] = {
            "account": b64(person.account),
            "organisation": b64(person.organisation),
            "name": person.name,
            "code": f"{person.country}-{person.name.upper()}",
            "aik": b64(person.aik.public),
            "aek": b64(person.aek.public),
            "generation": person.generation,
            "level": "A2" if person.may else "A1",
            "may": list(person.may),
            "invitation": b64(seed(f"invitation {person.name}", 16)),
        }
        return self.by_administrators("account.certify", count or (2 if person.may else 1), **{**parts, **other})

    def add_device(self, person: Person) -> Signed:
        return self.by_owner(
            person,
            "device.add",
            account=b64(person.account),
            device=b64(person.device),
            key=b64(person.device_key.public),
            label=f"{person.device_label} device",
        )

    def rotate(self, person: Person) -> Signed:
        """The next generation of a person's encryption key."""
        person.generation += 1
        return self.by_owner(
            person,
            "key.rotate",
            account=b64(person.account),
            aek=b64(person.aek.public),
            generation=person.generation,
        )

    def revoke(self, person: Person, *, by_owner: bool = True) -> Signed:
        parts: dict[str, Json] = {"account": b64(person.account), "device": b64(person.device), "reason": "Lost"}
        if by_owner:
            return self.by_owner(person, "device.revoke", **parts)
        return self.by_administrators("device.revoke", 1, **parts)

    def suspend(self, person: Person, count: int = 1) -> Signed:
        return self.by_administrators("account.suspend", count, account=b64(person.account), reason="On leave")

    def restore(self, person: Person, count: int = 1) -> Signed:
        return self.by_administrators("account.restore", count, account=b64(person.account))

    def enrol(self, *people: Person) -> None:
        """Certifies people and their first devices, with their organisations where new."""
        for person in people:
            if person.organisation not in self.directory.organisations:
                self.add(self.organisation(person.country))
            self.add(self.certify(person))
            self.add(self.add_device(person))


@dataclass(frozen=True)
class SignedEntry:
    """One operation entry as it travels, with the directory's size that it names."""

    body: bytes
    signatures: tuple[bytes, ...]
    directory: int


@dataclass
class Meeting:
    """An operation of a `World` that grows by what its methods sign."""

    world: World
    opener: Person
    state: Operation | None = None
    signed: list[SignedEntry] = field(default_factory=list)
    at: int = NOW + DAY

    def __post_init__(self) -> None:
        self.add(self.entry([self.opener], [self.opening()]))

    def opening(self, **other: Json) -> Json:
        parts: dict[str, Json] = {
            "change": "operation.open",
            "code": "HSH",
            "name": "Health Shield",
            "roles": b64(self.world.directory.matrix.hash),
            "compartments": ["general", "precursor", "vaccine"],
            "own": ["general", "precursor"],
        }
        return {**parts, **other}

    @property
    def now(self) -> Operation:
        assert self.state is not None
        return self.state

    def entry(
        self,
        by: Sequence[Person],
        changes_made: Sequence[Json] = (),
        epochs: Sequence[EpochRecord] = (),
        *,
        at: int | None = None,
        signers: Sequence[Person] | None = None,
        **other: int | bytes | None,
    ) -> SignedEntry:
        """The next entry, not yet added; `other` replaces what it says of its place."""
        state, standing = self.state, self.world.directory
        self.at += 1000
        place: dict[str, int | bytes | None] = {
            "hub": standing.hub,
            "operation": None if state is None else state.id,
            "seq": 0 if state is None else state.seq + 1,
            "prev": None if state is None else state.head,
            "directory_size": standing.size,
            "directory_head": standing.head,
            "at": self.at if at is None else at,
        } | other
        body = changes.entry_body(
            by=[person.author for person in by],
            changes=changes_made,
            epochs=epochs,
            **place,  # type: ignore[arg-type]  # each part by its own name, some wrong on purpose
        )
        ranked = sorted(signers or by, key=lambda person: person.account)
        size = place["directory_size"]
        assert isinstance(size, int)
        return SignedEntry(body, tuple(p.device_key.sign("entry", body) for p in ranked), size)

    def apply(self, entry: SignedEntry) -> Operation:
        """The state that an entry leads to, without adding it."""
        standing = self.world.history.at(min(entry.directory, self.world.history.size))
        return membership.apply(self.state, standing, entry.body, entry.signatures)

    def add(self, entry: SignedEntry) -> SignedEntry:
        self.state = self.apply(entry)
        self.signed.append(entry)
        return entry

    def do(self, by: Person, *changes_made: Json, epochs: Sequence[EpochRecord] = ()) -> SignedEntry:
        """Makes and adds an entry."""
        return self.add(self.entry([by], changes_made, epochs))

    def channel(self, name: str) -> ChannelId:
        return ChannelId(seed(f"channel {name}", 16))

    def place(self, name: str) -> dict[str, Json]:
        return {"hub": b64(self.world.hub), "operation": b64(self.now.id), "channel": b64(self.channel(name))}

    def record(self, name: str, readers: Sequence[Reader], number: int = 1, **other: object) -> EpochRecord:
        """A well-formed epoch record for `readers`; its secrets are made up, since nobody opens it."""
        channel = self.channel(name)
        parts: dict[str, object] = {
            "channel": channel,
            "epoch": number,
            "readers_hash": readers_hash(readers),
            "wraps_hash": seed(f"wraps {name} {number}"),
            "commitment": seed(f"commitment {name} {number}"),
            "label": seed(f"label {name} {number}", 40),
            "seen_seq": 0,
            "seen_chain": chain_start(self.world.hub, OperationId(self.now.id), channel),
            "previous": None if number == 1 else seed(f"previous {name} {number}", 60),
        } | other
        return EpochRecord(**parts)  # type: ignore[arg-type]  # each part by its own name


def admit(person: Person, role: str = "contact", compartments: Sequence[str] = ("general",), **other: Json) -> Json:
    parts: dict[str, Json] = {
        "change": "member.admit",
        "account": b64(person.account),
        "aik": b64(person.aik.public),
        "role": role,
        "compartments": list(compartments),
    }
    return {**parts, **other}


def open_channel(
    channel: bytes,
    compartment: str = "general",
    audience: Json | None = None,
    history: str = "all",
    type: str = "all",
) -> Json:
    return {
        "change": "channel.open",
        "channel": b64(channel),
        "type": type,
        "compartment": compartment,
        "audience": changes.audience_form("all") if audience is None else audience,
        "history": history,
    }


def people() -> dict[str, Person]:
    """Coordinators in France and Kenya, contacts in Ghana, Peru and Japan."""
    return {
        "claire": Person("Claire", "FR", ("coordinate",)),
        "kamau": Person("Kamau", "KE", ("coordinate",)),
        "ama": Person("Ama", "GH"),
        "pedro": Person("Pedro", "PE"),
        "yuki": Person("Yuki", "JP"),
    }
