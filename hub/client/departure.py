"""
Leaving everything in one act: the card, the operations, the devices (docs/spec/19-cards.md, departure).

Each step is read off what the chains say: whoever was interrupted goes on where they stood by doing it once more. The
device that signs goes last; whoever reads on makes the new secrets, because the one who leaves may not know them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crypto.acts import act_body
from crypto.encoding import DeviceId, OperationId, b64, ids
from crypto.membership import Operation
from crypto.packet import pack
from hub.client import cards, governance
from hub.client.errors import N_, Damaged, Refused
from hub.client.state import State, now
from hub.client.sync import sync, sync_directory

ACT_LIFE = 24 * 3_600_000
REASON = "Departure"
TRIES = 5

Tell = Callable[[str, str], None]
"""What was just done: card, operation (its code) or device (its label)."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a departure still has to do."""

    card: bool
    operations: tuple[Operation, ...]
    devices: tuple[DeviceId, ...]  # this one last


async def leaving(state: State) -> Leaving:
    """
    What is left to do. Raises Damaged where an operation would be without a coordinator: another has to be there first.
    """
    await sync(state)
    operations = [view.latest for view in state.operations.values() if view.states and view.frozen is None]
    mine = tuple(one for one in operations if state.account in one.members)
    for one in mine:
        if is_last_coordinator(state, one):
            raise Damaged(LAST, code=one.code)
    shown = (await cards.cards(state)).get(state.account)
    directory = state.directory.latest
    valid = [id_ for id_, device in directory.devices.items() if device.account == state.account]
    devices = sorted(
        (id_ for id_ in valid if directory.device_valid(id_, state.account)),
        key=lambda id_: (id_ == state.keys.device_id, id_),
    )
    return Leaving(shown is not None and shown.contact is not None, mine, tuple(devices))


LAST = N_("You are the only coordinator of {code}: appoint another first. Nothing was changed.")


async def depart(state: State, tell: Tell) -> None:
    """
    Takes the card back, leaves every operation, revokes every device: this session ends with the last one.

    Whatever stops it, doing it once more goes on from there.
    """
    left = await leaving(state)
    if left.card:
        await cards.put_card(state, None)
        tell("card", "")
    for one in left.operations:
        await governance.commit(state, OperationId(one.id), [governance.remove(state.account)])
        tell("operation", one.code)
    labels = {id_: device.label for id_, device in state.directory.latest.devices.items()}
    for device in left.devices:
        await _revoke(state, device)
        tell("device", labels[device])


def is_last_coordinator(state: State, operation: Operation) -> bool:
    """Whether others would stay behind without anybody who coordinates."""
    accounts = state.directory.latest.accounts
    coordinating = [
        account
        for account, member in operation.members.items()
        if member.role == "coordinator" and not accounts[account].suspended
    ]
    return coordinating == [state.account] and len(operation.members) > 1


async def _revoke(state: State, device: DeviceId) -> None:
    for _ in range(TRIES):
        directory = state.directory.latest
        body = act_body(
            hub=state.keys.hub,
            type="device.revoke",
            by=[state.account],
            n=directory.next_n([state.account]),
            expires=now() + ACT_LIFE,
            **ids(account=state.account, device=device, reason=REASON),
        )
        packet = pack(b"", b"", body, [state.keys.vault.identity.sign("act", body)], b"")
        try:
            await state.hub.submit_act(packet)
        except Refused as refusal:
            if refusal.code not in {"gap", "repeated"}:
                raise
            await sync_directory(state)  # another device of this person was faster
            if not state.directory.latest.device_valid(device, state.account):
                return
        else:
            if device != state.keys.device_id:
                await sync_directory(state)
            return
    raise Refused(409, "gap", b64(device))


def labels_of(state: State, devices: Sequence[DeviceId]) -> list[str]:
    """The devices in their owner's words."""
    return [state.directory.latest.devices[one].label for one in devices]
