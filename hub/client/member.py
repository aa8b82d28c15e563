"""
One member at one hub: all that command line, demonstration and tests do as a person (docs/spec/16-client.md).

    async with await Member.open(folder, passphrase) as ghana:
        await ghana.sign_in()
        operation = ghana.operation("HSH")
        channel = await ghana.channel(operation, "Medicines")
        await ghana.post(operation, channel, "post", {"text": "…"})
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from crypto.acts import act_body
from crypto.encoding import AccountId, ChannelId, Json, OperationId, canon, ids
from crypto.errors import ProtocolError
from crypto.membership import Operation, readers
from crypto.packet import pack
from crypto.people import Account
from hub.client import (
    closing,
    epochs,
    following,
    governance,
    heads,
    keystore,
    reading,
    rotation,
    sending,
    serving,
    sync,
)
from hub.client.api import Hub
from hub.client.channel import Item
from hub.client.enrolment import Sheet
from hub.client.errors import Fault, Frozen
from hub.client.following import Event
from hub.client.keystore import Profile, Unlocked
from hub.client.renewal import Confirm
from hub.client.sending import Receipt
from hub.client.state import State, now

YEAR = 365 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Room:
    """A channel as a person sees it. `label` is empty for who can't read it."""

    operation: OperationId
    channel: ChannelId
    label: str
    type: str
    compartment: str
    readable: bool


class Member:
    """A profile that was unlocked, and its connection."""

    def __init__(self, folder: Path, profile: Profile, keys: Unlocked, hub: Hub | None = None) -> None:
        self.state = State(hub or Hub(profile.url), folder, profile, keys)
        self.state.hub.reopen = self._open_session
        sync.load_pins(self.state)

    @classmethod
    async def open(cls, folder: Path, passphrase: str, *, url: str | None = None, hub: Hub | None = None) -> Member:
        """Unlocks a profile on this machine. Raises Damaged where there is none, Locked for a wrong passphrase."""
        profile = keystore.read_profile(folder)
        keys = await keystore.unlock(profile, passphrase)
        return cls(folder, profile, keys, hub or (Hub(url) if url else None))

    async def __aenter__(self) -> Member:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Gives the connection back; the session ends by itself."""
        await self.state.hub.close()

    # -- who ----------------------------------------------------------------------------------------------------------

    @property
    def hub(self) -> Hub:
        return self.state.hub

    @property
    def account(self) -> AccountId:
        return self.state.account

    @property
    def code(self) -> str:
        return self.state.keys.code

    @property
    def person(self) -> Account:
        """This member as certified."""
        return self.state.directory.latest.accounts[self.account]

    def account_of(self, code: str) -> AccountId:
        """The account with this code. Raises Fault not-certified."""
        for account in self.state.directory.latest.accounts.values():
            if account.code == code.upper():
                return account.id
        raise Fault("not-certified", code)

    # -- the session --------------------------------------------------------------------------------------------------

    async def sign_in(self) -> list[Frozen]:
        """Opens a session, names the device, takes over the pins of other devices, and brings everything up to date."""
        await self._open_session()
        await sync.fetch_pins(self.state)
        return await self.sync()

    async def _open_session(self) -> None:
        """Needs no passphrase again: what signs in is held while the vault is open."""
        state = self.state
        await state.hub.sign_in(state.keys.code, state.keys.wrap, state.keys.door.sign_in_secret)
        session = str((await state.hub.who())["jti"])
        at = now()
        statement = canon(ids(hub=state.keys.hub, session=session, device=state.keys.device_id, at=at))
        await state.hub.bind_device(state.keys.device_id, at, state.keys.device.sign("sign-in", statement))

    async def sync(self) -> list[Frozen]:
        """Directory, operations and the log. Returns the operations that stand still."""
        frozen = await sync.sync(self.state)
        await rotation.take_generation(self.state)
        for operation, latest in self.operations().items():
            if closing.due_to_destroy(latest) and operation not in self.state.destroyed:
                await closing.settle(self.state, operation)
        if heads.is_due(self.state):
            await heads.check_news(self.state)
        return frozen

    def reader_count(self, operation: OperationId, channel: ChannelId) -> int:
        """How many people the rules name as the channel's readers."""
        return len(readers(self.state.operation(operation), channel, self.state.directory.latest))

    async def keep_pins(self) -> None:
        """Leaves what was verified for the person's other devices."""
        await sync.store_pins(self.state)

    async def sign_out(self) -> None:
        """Leaves the pins for the person's other devices, ends the session, closes."""
        await sync.store_pins(self.state)
        await self.state.hub.sign_out()
        await self.close()

    # -- reading ------------------------------------------------------------------------------------------------------

    def operations(self) -> dict[OperationId, Operation]:
        """All verified operations that this account is a member of."""
        return {id_: view.latest for id_, view in self.state.operations.items() if view.states}

    def operation(self, code: str) -> OperationId:
        """The operation with this code. Raises Fault not-allowed where there is none."""
        for id_, operation in self.operations().items():
            if operation.code == code.upper():
                return id_
        raise Fault("not-allowed", code)

    async def rooms(self, operation: OperationId) -> list[Room]:
        """The operation's open channels, those that this member reads first, by label."""
        latest = self.state.operation(operation)
        found = []
        for channel, place in latest.channels.items():
            if place.open:
                readable = self.reads(operation, channel)
                label = await epochs.label(self.state, operation, channel) if readable else epochs.NO_LABEL
                found.append(Room(operation, channel, label, place.type, place.compartment, readable))
        return sorted(found, key=lambda room: (not room.readable, room.label, room.channel))

    def reads(self, operation: OperationId, channel: ChannelId) -> bool:
        """Whether the rules name this member among the channel's readers, and it is still there."""
        if operation in self.state.destroyed:
            return False
        latest = self.state.operation(operation)
        return any(reader.account == self.account for reader in readers(latest, channel, self.state.directory.latest))

    async def channel(self, operation: OperationId, label: str) -> ChannelId:
        """The channel with this label among those that this member reads. Raises Fault not-a-reader."""
        for room in await self.rooms(operation):
            if room.readable and room.label.casefold() == label.casefold():
                return room.channel
        raise Fault("not-a-reader", label)

    async def read(self, operation: OperationId, channel: ChannelId) -> list[Item]:
        """The whole channel, in the hub's order, each item verified and opened or marked."""
        await reading.update(self.state, operation, channel)
        heads.check_channel(self.state, channel)
        return list(self.state.channels[channel].items)

    async def catch_up(self) -> None:
        """Verifies what the readable channels hold already, so that `follow` tells only what is new."""
        for operation, view in self.state.operations.items():
            if view.states and view.frozen is None:
                for channel, place in view.latest.channels.items():
                    if place.open and self.reads(operation, channel):
                        await reading.update(self.state, operation, channel)

    def follow(self) -> AsyncIterator[Event]:
        """Everything that happens from now on in the channels that this member reads."""
        return following.follow(self.state)

    # -- saying -------------------------------------------------------------------------------------------------------

    async def post(
        self, operation: OperationId, channel: ChannelId, kind: str, body: Mapping[str, Any] | None, **parts: Json
    ) -> Receipt:
        """Says one thing; `parts`: urgency, ref, to, due, state."""
        return await sending.post(self.state, operation, channel, kind, body, parts)

    async def flush(self) -> list[Receipt]:
        """Sends what waits in the outbox."""
        return [receipt for _, receipt in await sending.flush(self.state)]

    # -- governing ----------------------------------------------------------------------------------------------------

    async def open_operation(
        self, code: str, name: str, compartments: Sequence[str], own: Sequence[str] | None = None
    ) -> OperationId:
        """A new operation with this member as its first coordinator."""
        return await governance.open_operation(
            self.state, code, name, compartments, compartments if own is None else own
        )

    async def commit(
        self,
        operation: OperationId,
        *changes: Json,
        labels: Mapping[ChannelId, str] | None = None,
        documents: Sequence[Json] = (),
    ) -> Operation:
        """One entry with `changes`, and the epochs and grants that follow."""
        return await governance.commit(self.state, operation, changes, labels=labels, documents=documents)

    async def admit(
        self,
        operation: OperationId,
        account: AccountId,
        role: str = "contact",
        compartments: Sequence[str] = ("general",),
    ) -> None:
        """Admits one member."""
        await self.commit(operation, governance.admit(self.state, account, role, compartments))

    async def remove(self, operation: OperationId, account: AccountId) -> None:
        """Removes one member; what they read gets a new secret."""
        await self.commit(operation, governance.remove(account))

    async def open_channel(
        self,
        operation: OperationId,
        label: str,
        *,
        type: str = "all",
        compartment: str = "general",
        scope: str = "all",
        of: Sequence[str | bytes] = (),
        history: str = "all",
    ) -> ChannelId:
        """Opens a channel and makes its first epoch, in one commit."""
        channel = governance.new_channel()
        change = governance.open_channel(channel, type, compartment, scope, of, history)
        await self.commit(operation, change, labels={channel: label})
        return channel

    async def serve(self) -> int:
        """Does for the others what any reader may: epochs, grants, reports. The number of channels that needed it."""
        return await serving.serve(self.state)

    async def tend(self, operation: OperationId) -> None:
        """Makes every epoch and grant that waits for a reader like this one."""
        await self.commit(operation)

    # -- one's own keys -----------------------------------------------------------------------------------------------

    async def revoke_device(self, device: bytes, reason: str) -> None:
        """Takes one of one's own devices out, and gives the account a new key: the old device may have had the old."""
        await self._own_act("device.revoke", **ids(device=device, reason=reason))
        await self.rotate_key()

    async def add_device(self, device: bytes, key: bytes, label: str) -> None:
        """Takes in another device of one's own."""
        await self._own_act("device.add", **ids(device=device, key=key, label=label))

    async def renew_ways(self, passphrase: str, *, fresh_key: bool = False, confirm: Confirm | None = None) -> Sheet:
        """New passphrase, second secret and recovery code: the sheet of before opens nothing any more."""
        return await rotation.renew(self.state, passphrase, fresh_key=fresh_key, confirm=confirm)

    async def rotate_key(self) -> None:
        """
        A new encryption key: every channel's secret is renewed by the next reader who sends.

        The vault with the new key is at the hub before the directory names it: nothing is ever wrapped for a key
        that could get lost.
        """
        state = self.state
        await sync.sync_directory(state)
        generation = self.person.generation + 1
        await rotation.keep_new_key(state, generation)
        public = state.keys.vault.encryption[generation].public
        await self._own_act("key.rotate", **ids(aek=public, generation=generation))

    async def _own_act(self, kind: str, **parts: Json) -> None:
        state = self.state
        await sync.sync_directory(state)
        n = state.directory.latest.next_n([self.account])
        try:
            body = act_body(
                hub=state.keys.hub,
                type=kind,
                by=[self.account],
                n=n,
                expires=now() + YEAR,
                **ids(account=self.account),
                **parts,
            )
        except ProtocolError as error:
            raise Fault.of(error, kind) from error
        await state.hub.submit_act(pack(b"", b"", body, [state.keys.vault.identity.sign("act", body)], b""))
        await sync.sync_directory(state)
