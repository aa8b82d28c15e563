"""
A hub, its people and everything they said: what the state machine does to them, and what it remembers of it.

The people are the members' own clients at a real hub with a real database. What is remembered here is only what was
said and acknowledged, who is away, and which secrets somebody spoilt on purpose; all the rest is read off the chains.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from crypto.encoding import AccountId, ChannelId, OperationId, b64
from crypto.epochs import WRAP_SIZE, wraps_root
from crypto.readers import Operation, pending, readers
from crypto.sealing import make_epoch
from hub.client import governance, sending
from hub.client.arrival import Secrets, arrive
from hub.client.errors import ClientError, Fault, Refused, Unreachable
from hub.client.keystore import read_profile
from hub.client.member import Member
from hub.client.outbox import Waiting
from tests.people import PASSPHRASE, Channel, Village
from tests.settled import Settlement
from tests.stories.hub_process import HubProcess, Serving

COMPARTMENTS = ("general", "precursor")
PEOPLE = ("coordinator", "second", "ghana", "peru", "kenya", "india")
NEWCOMER = "india"  # enrols within a sequence, the others before
WATCHER = "france"  # an observer who is always there: their verified chain is what the invariants are read off
COME = ("coordinator", "second", "ghana", "peru", "kenya", WATCHER)  # before a sequence begins
CANARY = "CANARY-5f1d"
NOWHERE = "http://127.0.0.1:9"

# What the rules of the protocol, or a hub that keeps to them, may answer to what somebody tries.
RULED_OUT = frozenset(
    {
        "bad-credentials",
        "bad-previous",
        "cannot-open",
        "conflict",
        "frozen",
        "not-a-reader",
        "not-allowed",
        "not-certified",
        "not-found",
        "not-next",
        "repeated",
        "revoked",
        "stale-epoch",
        "unauthenticated",
        "wrong-place",
        "wrong-readers",
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """Acknowledged by the hub."""

    channel: ChannelId
    seq: int
    text: str
    author: str


@dataclass(slots=True)
class Life:
    """One sequence. Every deed returns a word for what came of it."""

    village: Village
    operation: OperationId
    folder: Path
    db: asyncpg.Connection
    hub: HubProcess | None = None  # where it runs in a process of its own
    channels: list[ChannelId] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    unsaid: dict[str, tuple[str, ChannelId]] = field(default_factory=dict)  # text → author, channel: not acknowledged
    away: set[str] = field(default_factory=set)
    suspended: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)  # times that they tried while suspended
    spoilt: set[tuple[ChannelId, int]] = field(default_factory=set)
    counted: dict[ChannelId, int] = field(default_factory=dict)
    log_size: int = 0
    machines: int = 0
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    # -- who is there --------------------------------------------------------------------------------------------------

    @property
    def watcher(self) -> Member:
        return self.village.people[WATCHER].member

    @property
    def state(self) -> Operation:
        """The operation as the watcher verified it."""
        return self.watcher.state.operation(self.operation)

    def member(self, name: str) -> Member:
        return self.village.people[name].member

    def present(self, name: str) -> bool:
        """At the keyboard, with a line to the hub and an account that it takes."""
        return name in self.village.people and name not in self.away and name not in self.suspended

    def takes_part(self, name: str) -> bool:
        return name in self.village.people and AccountId(self.village.people[name].account) in self.state.members

    def reads(self, name: str, channel: ChannelId) -> bool:
        """By the rules, as of now."""
        directory = self.watcher.state.directory.latest
        account = self.village.people[name].account
        return any(one.account == account for one in readers(self.state, channel, directory))

    def waits(self, name: str, channel: ChannelId) -> bool:
        directory = self.watcher.state.directory.latest
        account = self.village.people[name].account
        return any(one.account == account for one in pending(self.state, channel, directory))

    def place(self, number: int) -> ChannelId:
        return self.channels[number % len(self.channels)]

    async def look(self) -> None:
        """The watcher catches up."""
        frozen = await self.watcher.sync()
        assert not frozen, f"I12: what the hub shows doesn't hold: {frozen}"

    async def tried(self, deed: Callable[[], Awaitable[object]], also: Collection[str] = ()) -> str:
        """Does it. A refusal by the rules is an outcome, anything else a fault of ours."""
        try:
            await deed()
        except Unreachable:
            return "unreachable"
        except (Fault, Refused) as refused:
            if refused.code in RULED_OUT or refused.code in also:
                return refused.code
            raise
        return "done"

    # -- coming and going ----------------------------------------------------------------------------------------------

    async def invite(self, name: str) -> str:
        """Enrols, is certified and signs in; a member of nothing."""
        if name in self.village.people:
            return "here already"
        await self.village.person(name)
        return "done"

    async def admit(self, by: str, name: str, compartments: Collection[str]) -> str:
        """By whoever tries: only coordinators may."""
        if not self.present(by) or name not in self.village.people:
            return "nobody there"
        doer, account = self.member(by), self.member(name).account
        await self.tried(doer.sync)
        return await self.tried(lambda: doer.admit(self.operation, account, "contact", sorted(compartments)))

    async def remove(self, by: str, name: str) -> str:
        if not self.present(by) or name not in self.village.people or name == WATCHER:
            return "nobody there"
        return await self.tried(lambda: self.member(by).remove(self.operation, self.member(name).account))

    async def change(self, by: str, name: str, role: str, compartments: Collection[str]) -> str:
        """Another role or clearance."""
        if not self.present(by) or not self.takes_part(name):
            return "nobody there"
        account = self.member(name).account
        change = governance.change_member(account, role, sorted(compartments))
        return await self.tried(lambda: self.member(by).commit(self.operation, change))

    async def two_at_once(self, one: str, other: str, name: str, compartments: Collection[str]) -> str:
        """Two coordinators in the same moment: one takes somebody out, the other changes their clearance."""
        outcomes = await asyncio.gather(self.remove(one, name), self.change(other, name, "contact", compartments))
        return ", ".join(outcomes)

    async def open_channel(self, by: str, compartment: str, history: str) -> str:
        if not self.present(by) or len(self.channels) >= 4:
            return "nobody there"
        member = self.member(by)

        async def deed() -> None:
            label = f"Channel {len(self.channels)}"
            self.channels.append(
                await member.open_channel(self.operation, label, compartment=compartment, history=history)
            )

        return await self.tried(deed)

    # -- keys and devices ----------------------------------------------------------------------------------------------

    async def rotate_key(self, name: str) -> str:
        if not self.present(name):
            return "nobody there"
        return await self.tried(self.member(name).rotate_key)

    async def suspend(self, name: str) -> str:
        if name not in self.village.people or name in self.suspended or name == "coordinator":
            return "nobody there"
        await self.village.registrar.suspend(self.member(name).account, "on leave", powerful=name == "second")
        self.suspended.add(name)
        return "done"

    async def restore(self, name: str) -> str:
        if name not in self.suspended:
            return "nobody there"
        await self.village.registrar.restore(self.member(name).account, powerful=name == "second")
        self.suspended.discard(name)
        self.refused.pop(name, None)
        return await self.tried(self.member(name).sign_in) if self.present(name) else "done"

    async def lose_device(self, name: str) -> str:
        """Signs in on a new machine with what is on the sheet, and revokes the old one."""
        if not self.present(name):
            return "nobody there"
        person = self.village.people[name]
        old = person.member.state.keys.device_id
        self.machines += 1
        folder = self.folder / f"machine-{self.machines}"
        given = Secrets(PASSPHRASE, second=person.sheet.second)
        await arrive(folder, self.village.url, person.member.code, given, f"Machine {self.machines}")
        left = person.member.state.outbox.waiting()
        await person.member.close()
        member = await Member.open(folder, PASSPHRASE)
        self.village.people[name] = replace(person, member=member, folder=folder)
        self._gave_up(left)
        await member.sign_in()
        await member.revoke_device(old, "lost")
        return "done"

    async def revoke_by_administrator(self, name: str) -> str:
        """The owner's other device, of which they know nothing: their reading waits for a new key."""
        if not self.present(name):
            return "nobody there"
        person = self.village.people[name]
        self.machines += 1
        folder = self.folder / f"machine-{self.machines}"
        given = Secrets(PASSPHRASE, second=person.sheet.second)
        await arrive(folder, self.village.url, person.member.code, given, f"Machine {self.machines}")
        device = read_profile(folder).device.id
        await self.village.registrar.revoke_device(person.member.account, device, "stolen")
        return "done"

    # -- words ---------------------------------------------------------------------------------------------------------

    async def say(self, name: str, channel: ChannelId) -> str:
        """Into a channel; what isn't acknowledged rests in the outbox."""
        if name not in self.village.people or self.refused.get(name, 0) >= 2:
            return "nobody there"  # who is suspended gives up soon: the hub takes only so many failed sign-ins
        if name in self.suspended:
            self.refused[name] = self.refused.get(name, 0) + 1
        text = f"{CANARY} {secrets.token_hex(6)}"
        self.unsaid[text] = (name, channel)
        person = self.village.people[name]

        async def deed() -> None:
            receipt = await person.say(Channel(self.operation, channel), text)
            self.acknowledged(channel, receipt.seq, text)

        return await self.tried(deed)

    async def all_at_once(self, names: Collection[str], channel: ChannelId) -> str:
        return ", ".join(await asyncio.gather(*(self.say(name, channel) for name in names)))

    async def lose_answer(self, name: str, channel: ChannelId) -> str:
        """The hub takes it, and the answer is lost on the way."""
        if not self.present(name):
            return "nobody there"
        hub = self.member(name).hub
        post = hub.post

        async def lost(*given: Any) -> Any:
            await post(*given)
            raise Unreachable("the answer was lost")

        hub.post = lost  # type: ignore[method-assign]
        try:
            return await self.say(name, channel)
        finally:
            del hub.post  # type: ignore[method-assign]

    async def flush(self, name: str) -> str:
        """What waits goes out, each by itself: one that may not be sent any more keeps back no other."""
        if not self.present(name):
            return "nobody there"
        outcomes = [await self._sent(name, waiting) for waiting in self.member(name).state.outbox.waiting()]
        return ", ".join(outcomes)

    async def _sent(self, name: str, waiting: Waiting) -> str:
        async def deed() -> None:
            receipt = await sending.send(self.member(name).state, waiting)
            assert waiting.body is not None
            self.acknowledged(ChannelId(waiting.channel), receipt.seq, str(waiting.body["text"]))

        return await self.tried(deed)

    def acknowledged(self, channel: ChannelId, seq: int, text: str) -> None:
        """The hub has it, as its author knows."""
        author, _ = self.unsaid.pop(text)
        self.said.append(Said(channel, seq, text, author))

    def _gave_up(self, left: Collection[Waiting]) -> None:
        """What waited on a machine that is gone is gone with it; the hub may still have taken it."""
        for waiting in left:
            assert waiting.body is not None
            self.unsaid.pop(str(waiting.body["text"]), None)

    async def kill(self, names: Collection[str], channel: ChannelId, after: float) -> str:
        """The hub is killed while people post, and started again: who got no answer asks what became of it."""
        assert self.hub is not None
        posting = asyncio.gather(*(self.say(name, channel) for name in names))
        await asyncio.sleep(after)
        await self.hub.kill()
        await posting
        await self.hub.start()
        return ", ".join([await self.flush(name) for name in names])

    # -- the line, the machine, the hub --------------------------------------------------------------------------------

    async def leave(self, name: str) -> str:
        """The line is cut: whatever is said waits."""
        if name not in self.village.people or name in self.away or name == "coordinator":
            return "nobody there"
        self.away.add(name)
        hub = self.member(name).hub
        await hub.close()
        hub.url = NOWHERE
        return "done"

    async def come_back(self, name: str) -> str:
        if name not in self.away:
            return "nobody there"
        self.away.discard(name)
        self.member(name).hub.url = self.village.url
        if name in self.suspended:
            return "suspended"
        outcome = await self.tried(self.member(name).sign_in)
        return outcome if outcome != "done" else await self.flush(name)

    async def crash(self, name: str) -> str:
        """The program ends between two steps and starts anew from what rests on its disk."""
        if not self.present(name):
            return "nobody there"
        person = self.village.people[name]
        keys = person.member.state.keys
        await person.member.close()
        vault = replace(keys.vault, encryption=dict(keys.vault.encryption))
        member = Member(person.folder, read_profile(person.folder), replace(keys, vault=vault))
        self.village.people[name] = replace(person, member=member)
        outcome = await self.tried(member.sign_in)
        return outcome if outcome != "done" else await self.flush(name)

    async def serve(self, name: str) -> str:
        if not self.present(name):
            return "nobody there"

        async def deed() -> None:
            await self.member(name).sync()
            await self.member(name).serve()

        return await self.tried(deed)

    async def spoil(self, name: str, channel: ChannelId) -> str:
        """A reader makes an epoch that opens for nobody else, as often as the rules let them."""
        if not self.present(name):
            return "nobody there"
        member = self.member(name)
        made: list[int] = []

        def making(place: Any, number: int, to: Any, *rest: Any) -> Any:
            record, wraps, secret = make_epoch(place, number, to, *rest)
            wraps = [
                wrap if reader.account == member.account else secrets.token_bytes(WRAP_SIZE)
                for (reader, _), wrap in zip(to, wraps, strict=True)
            ]
            made.append(number)
            return replace(record, wraps_hash=wraps_root([reader for reader, _ in to], wraps)), wraps, secret

        async def deed() -> None:
            await member.rotate_key()
            await governance.commit(member.state, self.operation, [], only={channel})

        honest, governance.make_epoch = governance.make_epoch, making
        try:
            outcome = await self.tried(deed)
        finally:
            governance.make_epoch = honest
        self.spoilt.update((channel, number) for number in made)
        return outcome

    async def trespass(self, name: str, channel: ChannelId) -> str:
        """Asks the hub itself for what the rules don't give: words and every secret of a channel."""
        if not self.present(name) or (self.takes_part(name) and self.reads(name, channel)):
            return "nobody there"
        hub, account = self.member(name).hub, self.member(name).account
        view = self.watcher.state.operations[self.operation]
        others = [
            number
            for (one, number), made in view.epochs.items()
            if one == channel
            and all(reader.account != account for reader in (*made.readers, *view.granted.get((one, number), ())))
        ]
        op, place = b64(self.operation), b64(channel)
        deeds: list[Callable[[], Awaitable[object]]] = [lambda: hub.envelopes(op, place, after=0)]
        deeds += [partial(hub.wrap, op, place, number) for number in others]
        for deed in deeds:
            try:
                await deed()
            except ClientError:
                continue
            await self.look()
            is_theirs = self.takes_part(name) and self.reads(name, channel)
            assert is_theirs, "I9: given to one whom the rules don't name"
        return "refused"


async def begin(settlement: Settlement, folder: Path, *, to_be_killed: bool = False) -> Life:
    """A copy of the hub where an operation has begun, with its people signed in and two channels of either history."""
    stack = AsyncExitStack()
    serving = Serving(folder / "hub.log") if to_be_killed else None
    village = await stack.enter_async_context(settlement.copy(folder, serving))
    people = await village.members(*COME)
    assert village.operation is not None
    db = await asyncpg.connect(village.dsn)
    stack.push_async_callback(db.close)
    life = Life(village, village.operation, folder, db, None if serving is None else serving.hub, stack=stack)
    await asyncio.gather(*(person.member.sync() for person in people))
    life.channels += sorted(life.state.channels)
    return life


async def they_begin(village: Village) -> None:
    """What every sequence begins with; made once."""
    coordinator, second, ghana, peru, _, watcher = await village.members(*COME)
    operation = await village.open(ghana, peru)
    await coordinator.member.admit(operation, watcher.member.account, "observer", ())
    await coordinator.member.admit(operation, second.member.account, "coordinator", COMPARTMENTS)
    for label, history in (("Everybody", "all"), ("From now on", "from-join")):
        await coordinator.member.open_channel(operation, label, history=history)
