"""A real hub on a real port and a real database, and people with real keys who speak to it: for integration tests."""

import json
import secrets
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from aiohttp import web
from pydantic import SecretStr

from crypto.acts import Administrator, act_body, genesis_body, matrix_form
from crypto.chain import chain_start
from crypto.changes import Author, audience_form, entry_body
from crypto.encoding import (
    AccountId,
    AdministratorId,
    ChannelId,
    DeviceId,
    HubId,
    Json,
    OrganisationId,
    b64,
    canon,
    ids,
    unb64,
)
from crypto.envelope import header_body
from crypto.epochs import EpochRecord
from crypto.keys import EncryptionKey
from crypto.packet import join_parts, pack
from crypto.readers import Operation, readers
from crypto.sealing import make_epoch, seal_message
from crypto.signing import SigningKey, new_signing_key
from crypto.vault import verifier
from hub.app import make_app, make_runner
from hub.audit.checkpoints import make_log_key
from hub.clock import to_milliseconds
from hub.db.pool import open_pool
from hub.directory import founding
from hub.directory.state import DIRECTORY
from hub.http.wire import PACKETS
from hub.journal.service import Journal
from hub.operations.state import OPERATIONS
from hub.paths import config
from hub.settings import Limits, Settings
from tests.clock import FakeClock

HOUR = 3_600_000


@dataclass
class Answer:
    """What the hub said."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.json["code"])


@dataclass
class Person:
    """Somebody with all their secrets, as their own client would hold them."""

    name: str
    country: str
    may: tuple[str, ...] = ()
    account: AccountId = field(default_factory=lambda: AccountId(secrets.token_bytes(16)))
    invitation: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    aik: SigningKey = field(default_factory=lambda: new_signing_key("account"))
    aek: EncryptionKey = field(default_factory=lambda: EncryptionKey.from_seed(secrets.token_bytes(32)))
    device: DeviceId = field(default_factory=lambda: DeviceId(secrets.token_bytes(16)))
    device_key: SigningKey = field(default_factory=lambda: new_signing_key("device"))
    wrap: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    recovery: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    sign_in_secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    token: str | None = None
    jti: str = ""
    sent: dict[bytes, list[bytes]] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return f"{self.country}-{self.name.upper()}"

    @property
    def author(self) -> Author:
        return Author(self.account, self.device)


class Hub:
    """The hub under test, with its administrators' keys at hand."""

    def __init__(
        self, url: str, app: web.Application, clock: FakeClock, administrators: list["Admin"], settings: Settings
    ) -> None:
        self.settings = settings
        self.dsn = "" if settings.dsn is None else settings.dsn.get_secret_value()
        self.url = url
        self.app = app
        self.clock = clock
        self.administrators = administrators
        self.web = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self.organisations: dict[str, OrganisationId] = {}

    @property
    def id(self) -> HubId:
        return self.app[DIRECTORY].hub

    @property
    def now(self) -> int:
        return to_milliseconds(self.clock.now())

    # -- asking ------------------------------------------------------------------------------------------------------

    async def ask(
        self,
        method: str,
        path: str,
        *,
        who: Person | None = None,
        body: Any = None,
        packets: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
    ) -> Answer:
        """One request, as `who` where that is given."""
        sent = dict(headers or {})
        if who is not None and who.token is not None and "Cookie" not in sent:
            sent["Authorization"] = f"Bearer {who.token}"
        if packets is not None:
            sent.setdefault("Content-Type", PACKETS)
            data = packets
        async with self.web.request(
            method, self.url + path, json=body, data=data, headers=sent, allow_redirects=False
        ) as response:
            return Answer(response.status, dict(response.headers), await response.read())

    async def must(self, method: str, path: str, **how: Any) -> Answer:
        """A request that has to succeed."""
        answer = await self.ask(method, path, **how)
        assert answer.status < 400, (method, path, answer.status, answer.raw)
        return answer

    async def leaves(self, type: str | None = None) -> list[dict[str, Any]]:
        """The log's lines of a type, oldest first, each with its erasable detail."""
        db = await asyncpg.connect(self.dsn)
        try:
            rows = await db.fetch(
                "SELECT l.body, d.detail FROM leaf l LEFT JOIN leaf_detail d ON d.leaf = l.index"
                " WHERE $1::text IS NULL OR l.type = $1 ORDER BY l.index",
                type,
            )
        finally:
            await db.close()
        return [{**json.loads(row["body"]), "detail": json.loads(row["detail"] or "{}")} for row in rows]

    async def count(self, table: str) -> int:
        """Rows of a table: what was stored, however it was answered."""
        db = await asyncpg.connect(self.dsn)
        try:
            counted: int = await db.fetchval(f"SELECT count(*) FROM {table}")
            return counted
        finally:
            await db.close()

    # -- the directory -----------------------------------------------------------------------------------------------

    def act(self, kind: str, count: int = 1, n: int | None = None, expires: int | None = None, **parts: Json) -> bytes:
        """An act of the first `count` administrators, ready to be handed in."""
        signers = self.administrators[:count]
        number = self.app[DIRECTORY].latest.next_n([a.id for a in signers]) if n is None else n
        body = act_body(
            hub=self.id, type=kind, by=[a.id for a in signers], n=number, expires=expires or self.now + HOUR, **parts
        )
        return pack(b"", b"", body, [a.key.sign("act", body) for a in signers], b"")

    def own_act(self, person: Person, kind: str, **parts: Json) -> bytes:
        """An act that a person's identity key signs."""
        number = self.app[DIRECTORY].latest.next_n([person.account])
        body = act_body(hub=self.id, type=kind, by=[person.account], n=number, expires=self.now + HOUR, **parts)
        return pack(b"", b"", body, [person.aik.sign("act", body)], b"")

    def request(self, kind: str, at: int | None = None, signer: SigningKey | None = None, **parts: Json) -> bytes:
        """A request of the first administrator that doesn't enter the chain."""
        admin = self.administrators[0]
        moment = self.now if at is None else at
        body = canon({"v": 1, "hub": b64(self.id), "type": kind, "by": [b64(admin.id)], "at": moment, **parts})
        return pack(b"", body, b"", [(signer or admin.key).sign("act", body)], b"")

    async def submit(self, packet: bytes) -> Answer:
        return await self.must("POST", "/api/directory", packets=packet)

    async def organisation(self, country: str) -> OrganisationId:
        if country not in self.organisations:
            made = self.organisations[country] = OrganisationId(secrets.token_bytes(16))
            await self.submit(
                self.act(
                    "organisation.add",
                    organisation=b64(made),
                    name=f"{country} Customs",
                    country=country,
                    short=country,
                )
            )
        return self.organisations[country]

    async def invite(self, person: Person) -> Answer:
        return await self.must(
            "POST",
            "/api/invitations",
            packets=self.request(
                "invitation.open",
                invitation=b64(person.invitation),
                account=b64(person.account),
                code=person.code,
                expires=self.now + 24 * HOUR,
            ),
        )

    def enrolment(self, person: Person) -> dict[str, Any]:
        """What the person's client hands in."""
        body = canon(
            {
                "v": 1,
                "hub": b64(self.id),
                "invitation": b64(person.invitation),
                "account": b64(person.account),
                "code": person.code,
                "aik": b64(person.aik.public),
                "aek": b64(person.aek.public),
                "device": {"id": b64(person.device), "key": b64(person.device_key.public), "label": "first"},
                "at": self.now,
            }
        )
        device_act = self.device_act(person)
        return {
            "body": b64(body),
            "signatures": [b64(person.aik.sign("enrol", body)), b64(person.device_key.sign("enrol", body))],
            "mac": b64(secrets.token_bytes(32)),
            "device_act": {"body": b64(device_act), "signature": b64(person.aik.sign("act", device_act))},
            "vault": {"sealed": b64(secrets.token_bytes(300)), "version": 1},
            "wraps": [
                {
                    "wrap": b64(person.wrap),
                    "kind": "passphrase",
                    "salt": b64(secrets.token_bytes(16)),
                    "memory": 65536,
                    "passes": 3,
                    "lanes": 1,
                    "sealed": b64(secrets.token_bytes(60)),
                    "verifier": b64(verifier(person.sign_in_secret)),
                },
                {
                    "wrap": b64(person.recovery),
                    "kind": "recovery",
                    "salt": None,
                    "memory": 0,
                    "passes": 0,
                    "lanes": 0,
                    "sealed": b64(secrets.token_bytes(60)),
                    "verifier": b64(secrets.token_bytes(32)),
                },
            ],
        }

    def device_act(self, person: Person) -> bytes:
        return act_body(
            hub=self.id,
            type="device.add",
            by=[person.account],
            n=1,
            expires=self.now + 24 * HOUR,
            account=b64(person.account),
            device=b64(person.device),
            key=b64(person.device_key.public),
            label="first",
        )

    async def certification(self, person: Person, **other: Json) -> bytes:
        """The act by which the administrators certify a person."""
        parts: dict[str, Json] = {
            "account": b64(person.account),
            "organisation": b64(await self.organisation(person.country)),
            "name": person.name.title(),
            "code": person.code,
            "aik": b64(person.aik.public),
            "aek": b64(person.aek.public),
            "generation": 1,
            "level": "A2" if person.may else "A1",
            "may": list(person.may),
            "invitation": b64(person.invitation),
        }
        return self.act("account.certify", 2 if person.may else 1, **{**parts, **other})

    async def enrol(self, name: str, country: str, *may: str) -> Person:
        """Invited, enrolled, certified, with a device."""
        person = Person(name, country, tuple(sorted(may)))
        await self.invite(person)
        enrolment = self.enrolment(person)
        await self.must("POST", "/api/enrolments", body=enrolment)
        await self.submit(await self.certification(person))
        act = unb64(enrolment["device_act"]["body"])
        signature = unb64(enrolment["device_act"]["signature"])
        await self.submit(pack(b"", b"", act, [signature], b""))
        return person

    # -- sessions ----------------------------------------------------------------------------------------------------

    async def sign_in(self, person: Person, *, device: bool = True) -> Person:
        answer = await self.must("POST", "/api/sign-in", body=self.sign_in_body(person))
        person.token, person.jti = answer.json["token"], answer.json["session"]["jti"]
        if device:
            await self.must("POST", "/api/session/device", who=person, body=self.binding(person))
        return person

    def sign_in_body(self, person: Person) -> dict[str, Any]:
        return {
            "code": person.code,
            "wrap": b64(person.wrap),
            "secret": b64(person.sign_in_secret),
            "client": "client",
        }

    def binding(self, person: Person, jti: str | None = None) -> dict[str, Any]:
        signed: dict[str, Json] = {
            "hub": b64(self.id),
            "session": jti or person.jti,
            "device": b64(person.device),
            "at": self.now,
        }
        return {
            "device": b64(person.device),
            "at": self.now,
            "signature": b64(person.device_key.sign("sign-in", canon(signed))),
        }

    async def member(self, name: str, country: str, *may: str) -> Person:
        """Enrolled and signed in."""
        return await self.sign_in(await self.enrol(name, country, *may))

    # -- operations --------------------------------------------------------------------------------------------------

    def operation(self, operation: bytes) -> Operation:
        found = self.app[OPERATIONS].operation(operation)
        assert found is not None
        return found

    def entry(
        self,
        by: Person,
        operation: bytes | None,
        changes: Sequence[Json] = (),
        epochs: Sequence[EpochRecord] = (),
        beside: Sequence[Json] = (),
        *,
        signer: SigningKey | None = None,
        **other: Any,
    ) -> bytes:
        """The next entry of an operation as a packet; `other` replaces what it says of its place."""
        state = None if operation is None else self.operation(operation)
        directory = self.app[DIRECTORY].latest
        place: dict[str, Any] = {
            "hub": self.id,
            "operation": operation,
            "seq": 0 if state is None else state.seq + 1,
            "prev": None if state is None else state.head,
            "directory_size": directory.size,
            "directory_head": directory.head,
            "at": self.now,
        } | other
        body = entry_body(by=[by.author], changes=changes, epochs=epochs, **place)
        signature = (signer or by.device_key).sign("entry", body)
        return pack(b"", body, b"", [signature], join_parts([canon(part) for part in beside]))

    async def submit_entry(self, by: Person, operation: bytes, *args: Any, **how: Any) -> Answer:
        return await self.must(
            "POST",
            f"/api/operations/{b64(operation)}/entries",
            who=by,
            packets=self.entry(by, operation, *args, **how),
        )

    async def open_operation(self, by: Person, code: str = "HSH") -> bytes:
        packet = self.entry(by, None, [self.opening(code)])
        answer = await self.must("POST", "/api/operations", who=by, packets=packet)
        return unb64(answer.json["operation"], 32)

    def opening(self, code: str = "HSH") -> Json:
        return {
            "change": "operation.open",
            "code": code,
            "name": "Health Shield",
            "roles": b64(self.app[DIRECTORY].latest.matrix.hash),
            "compartments": ["general", "precursor"],
            "own": ["general", "precursor"],
        }

    @staticmethod
    def admitting(person: Person, role: str = "contact", compartments: Sequence[str] = ("general",)) -> Json:
        return {
            "change": "member.admit",
            "account": b64(person.account),
            "aik": b64(person.aik.public),
            "role": role,
            "compartments": list(compartments),
        }

    @staticmethod
    def opening_channel(channel: bytes, compartment: str = "general", history: str = "all") -> Json:
        return {
            "change": "channel.open",
            "channel": b64(channel),
            "type": "all",
            "compartment": compartment,
            "audience": audience_form("all"),
            "history": history,
        }

    async def open_channel(self, by: Person, operation: bytes, people: Sequence[Person], **how: str) -> "Room":
        """A channel with its first epoch, for those of `people` who read it."""
        channel = ChannelId(secrets.token_bytes(16))
        await self.submit_entry(by, operation, [self.opening_channel(channel, **how)])
        room = Room(self, operation, channel, {person.account: person for person in people})
        await room.new_epoch(by)
        return room


@dataclass
class Room:
    """A channel, with the secrets of its epochs."""

    hub: Hub
    operation: bytes
    channel: ChannelId
    people: dict[AccountId, Person]
    secrets: dict[int, bytes] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/api/operations/{b64(self.operation)}/channels/{b64(self.channel)}"

    def epoch_parts(self) -> tuple[EpochRecord, Json, bytes]:
        """The next epoch for those who read now: its record, what travels beside, its secret."""
        state = self.hub.operation(self.operation)
        channel = state.channels[self.channel]
        number = 1 if channel.epoch is None else channel.epoch.number + 1
        found = readers(state, self.channel, self.hub.app[DIRECTORY].latest)
        former = (number - 1, self.secrets[number - 1]) if number > 1 and channel.history == "all" else None
        place = ids(hub=self.hub.id, operation=self.operation, channel=self.channel)
        start = chain_start(self.hub.id, self.operation, self.channel)
        record, wraps, secret = make_epoch(
            place, number, [(r, self.people[r.account].aek.public) for r in found], "General", (0, start), former
        )
        rows = [[b64(r.account), r.generation, b64(wrap)] for r, wrap in zip(found, wraps, strict=True)]
        beside: Json = {"channel": b64(self.channel), "epoch": number, "wraps": rows}
        return record, beside, secret

    async def new_epoch(self, by: Person, changes: Sequence[Json] = ()) -> None:
        record, beside, secret = self.epoch_parts()
        await self.hub.submit_entry(by, self.operation, changes, [record], [beside])
        self.secrets[record.epoch] = secret

    def envelope(
        self,
        by: Person,
        kind: str = "post",
        *,
        signer: SigningKey | None = None,
        ciphertext: bytes | None = None,
        words: str = "Forty cartons of syringes",
        **other: Any,
    ) -> bytes:
        """A sealed and signed envelope as a packet; `other` replaces or adds parts of its header."""
        state = self.hub.operation(self.operation)
        epoch = state.channels[self.channel].epoch
        number = 1 if epoch is None else epoch.number
        before = by.sent.setdefault(self.channel, [])
        parts: dict[str, Any] = {
            "hub": b64(self.hub.id),
            "kind": kind,
            "operation": b64(self.operation),
            "channel": b64(self.channel),
            "epoch": number,
            "id": b64(secrets.token_bytes(16)),
            "account": b64(by.account),
            "device": b64(by.device),
            "device_seq": len(before) + 1,
            "device_prev": b64(before[-1]) if before else None,
            "head": {"seq": state.seq, "id": b64(state.head)},
            "directory": {"size": self.hub.app[DIRECTORY].latest.size},
            "seen": {"seq": 0, "chain": b64(chain_start(self.hub.id, self.operation, self.channel))},
            "at": self.hub.now,
        } | other
        sealed = b""
        if kind in ("acknowledgement", "seen"):
            body = header_body(parts)
        else:
            secret = self.secrets.get(parts["epoch"], bytes(32))
            body, sealed = seal_message(
                secret, parts, {"text": words}, secrets.token_bytes(32), secrets.token_bytes(12)
            )
        signature = (signer or by.device_key).sign("envelope", body)
        return pack(b"", body, b"", [signature], sealed if ciphertext is None else ciphertext)

    async def send(self, by: Person, packet: bytes) -> Answer:
        return await self.hub.ask("POST", f"{self.path}/envelopes", who=by, packets=packet)

    async def post(self, by: Person, kind: str = "post", **how: Any) -> Answer:
        """An envelope that has to be taken."""
        packet = self.envelope(by, kind, **how)
        answer = await self.send(by, packet)
        assert answer.status == 201, answer.raw
        by.sent[self.channel].append(unb64(answer.json["id"], 32))
        return answer


@dataclass(frozen=True)
class Admin:
    id: AdministratorId
    name: str
    key: SigningKey


def shipped_matrix() -> Json:
    """config/roles.toml as the genesis writes it."""
    written = tomllib.loads((config() / "roles.toml").read_text("utf-8"))
    grants = {(action, role): places for action, roles in written["grants"].items() for role, places in roles.items()}
    return matrix_form(written["edition"], grants)


@asynccontextmanager
async def running_hub(
    dsn: str,
    state_dir: Path,
    clock: FakeClock | None = None,
    limits: Limits | None = None,
    origins: Sequence[str] = (),
    proxies: Sequence[IPv4Network] = (),
) -> AsyncIterator[Hub]:
    """Founds a hub in an empty database and serves it on a free port of loopback."""
    clock = clock or FakeClock(datetime.now(UTC))
    settings = Settings(
        host="127.0.0.1",
        port=0,
        origins=tuple(origins) or ("http://localhost:8440",),
        local_names=True,
        state_dir=state_dir,
        dsn=SecretStr(dsn),
        pool_size=4,
        proxies=tuple(proxies),
        limits=limits or Limits(requests_per_minute=100_000, open_requests_per_minute=100_000),
    )
    administrators = sorted(
        (
            Admin(AdministratorId(secrets.token_bytes(16)), name, new_signing_key("administrator"))
            for name in ("Ada", "Ben", "Cleo")
        ),
        key=lambda one: one.id,
    )
    await found(settings, administrators, clock)
    app = await make_app(settings, clock=clock)
    runner = make_runner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        hub = Hub(f"http://127.0.0.1:{runner.addresses[0][1]}", app, clock, administrators, settings)
        try:
            yield hub
        finally:
            await hub.web.close()
    finally:
        await runner.cleanup()


async def found(settings: Settings, administrators: Sequence[Admin], clock: FakeClock) -> HubId:
    key = make_log_key(settings.state_dir)
    body = genesis_body(
        name="Exercise hub",
        origin="http://localhost:8440",
        at=to_milliseconds(clock.now()),
        administrators=[Administrator(a.id, a.key.public, a.name) for a in administrators],
        threshold=2,
        log_origin="localhost/log",
        log_key=key.public,
        matrix=shipped_matrix(),
        exercise=True,
        salt=secrets.token_bytes(16),
    )
    packet = pack(b"", b"", body, [a.key.sign("genesis", body) for a in administrators], b"")
    assert settings.dsn is not None
    async with open_pool(settings.dsn.get_secret_value(), size=2) as pool:
        journal = Journal(pool, clock)
        async with journal.running():
            return await founding.found(journal, packet, key.public)
