"""The end of an operation as a member carries it out: closing, receipts (docs/spec/25-destruction.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.certificate import (
    Certificate,
    Receipt,
    certificate_hash,
    check_certificate_leaf,
    check_receipt,
    read_certificate,
    receipt_body,
)
from crypto.changes import Author, Entry, OperationDestroy, entry_body, read_entry
from crypto.encoding import Json, OperationId, b64, octets, unb64
from crypto.errors import ProtocolError, WrongPlace
from crypto.membership import Operation, apply
from crypto.membership_changes import NOTICE_OF_DESTRUCTION
from crypto.packet import pack
from crypto.readers import coordinators
from hub.client.errors import Fault
from hub.client.governance import commit
from hub.client.state import State, now
from hub.client.sync import open_log, sync_directory, sync_operation


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of two authors: what it does, who signed first, whether this device may sign beside."""

    entry: Entry
    body: bytes
    signature: bytes
    by: bytes
    mine: bool


@dataclass(frozen=True, slots=True)
class Destruction:
    """A certificate that holds, and the receipts that hold."""

    certificate: Certificate
    hash: bytes
    receipts: tuple[Receipt, ...]


async def close(state: State, operation: OperationId) -> None:
    """Read-only from now on, for everybody."""
    await commit(state, operation, [{"change": "operation.close"}])


async def set_retention(state: State, operation: OperationId, until: int) -> None:
    """The day (ms UTC) on which somebody has to decide what becomes of it."""
    await commit(state, operation, [{"change": "retention.set", "until": until}])


async def hold(state: State, operation: OperationId, reason: str) -> None:
    """Nothing is destroyed while a hold is on; it cancels a notice that runs."""
    await commit(state, operation, [{"change": "hold.set", "on": True, "reason": reason}])


async def cancel(state: State, operation: OperationId) -> None:
    """One coordinator alone takes the notice of destruction back."""
    await commit(state, operation, [{"change": "destroy.cancel"}])


async def propose_destruction(state: State, operation: OperationId, at: int | None = None) -> int:
    """The first of two signatures; at least seven days ahead. Returns how many devices of others may sign beside."""
    due = at if at is not None else now() + NOTICE_OF_DESTRUCTION + 60_000
    return await _propose(state, operation, {"change": "operation.destroy", "at": due})


async def propose_release(state: State, operation: OperationId, reason: str) -> int:
    """The first of two signatures that lift a hold."""
    return await _propose(state, operation, {"change": "hold.set", "on": False, "reason": reason})


async def _propose(state: State, operation: OperationId, change: Json) -> int:
    """The same entry once for each device of the other coordinators: whichever signs beside, it is the next entry."""
    await sync_directory(state)
    view = await sync_operation(state, operation)
    before, directory = view.latest, state.directory.latest
    others = [one for one in coordinators(before, directory) if one != state.account]
    devices = [
        Author(device.account, device.id)
        for device in directory.devices.values()
        if device.account in others and device.revoked_seq is None
    ]
    if not devices:
        raise Fault("not-allowed", b64(operation))
    me = Author(state.account, state.keys.device_id)
    packets = b""
    for other in devices:
        body = entry_body(
            hub=state.keys.hub,
            operation=before.id,
            seq=before.seq + 1,
            prev=before.head,
            directory_size=directory.size,
            directory_head=directory.head,
            by=[me, other],
            at=max(now(), before.at),
            changes=[change],
        )
        packets += pack(b"", body, b"", [state.keys.device.sign("entry", body)], b"")
    await state.hub.propose_entry(b64(operation), packets)
    return len(devices)


async def waiting(state: State, operation: OperationId) -> list[Waiting]:
    """What waits for a second signature, as far as it holds."""
    found = []
    for row in await state.hub.countersigning(b64(operation)):
        try:
            body, signature = octets(row["body"], 1, 60_000), unb64(row["signature"], 64)
            entry = read_entry(body)
        except ProtocolError as error:
            raise Fault.of(error, b64(operation)) from error
        mine = any((one.account, one.device) == (state.account, state.keys.device_id) for one in entry.by)
        by = unb64(row["account"], 16)
        found.append(Waiting(entry, body, signature, by, mine and by != state.account))
    return found


async def countersign(state: State, operation: OperationId, one: Waiting) -> Operation:
    """The second signature: judged by the rules first, then handed in as the operation's next entry."""
    await sync_directory(state)
    view = await sync_operation(state, operation)
    mine = state.keys.device.sign("entry", one.body)
    signatures = [mine if author.account == state.account else one.signature for author in one.entry.by]
    try:
        if one.entry.operation != operation:
            raise WrongPlace("an entry of another operation")
        apply(view.latest, state.directory.history.at(one.entry.directory_size), one.body, signatures)
    except ProtocolError as error:
        raise Fault(error.code, b64(operation), text=error.text) from error
    await state.hub.submit_entry(b64(operation), pack(b"", one.body, b"", signatures, b""))
    return (await sync_operation(state, operation)).latest


async def destruction(state: State, operation: OperationId) -> Destruction | None:
    """
    The certificate, proven in the log and held against the operation's own chain; None while there is none.

    Raises Fault: bad-proof, or wrong-place for one that the chain gave no reason for.
    """
    told = await state.hub.destruction(b64(operation))
    if told is None:
        return None
    view = state.operations[operation]
    try:
        body = octets(told["certificate"], 1, 60_000)
        check_certificate_leaf(await open_log(state).body(int(told["leaf"])), body)
        certificate = read_certificate(body)
        latest = view.latest
        if (certificate.hub, certificate.operation) != (state.keys.hub, operation):
            raise WrongPlace("another operation's certificate")
        if latest.destroy_at is None or certificate.due != latest.destroy_at:
            raise WrongPlace("no notice of destruction stands")
        if certificate.entry not in {one.head for one in view.states}:
            raise WrongPlace("by an entry that isn't in the chain")
        receipts = tuple(_receipts(state, operation, certificate_hash(body), told["receipts"]))
    except ProtocolError as error:
        raise Fault.of(error, b64(operation)) from error
    return Destruction(certificate, certificate_hash(body), receipts)


def _receipts(
    state: State, operation: OperationId, certificate: bytes, told: Sequence[dict[str, str]]
) -> list[Receipt]:
    """Those that a device of the directory signed for this certificate; others are as if they weren't there."""
    found = []
    for one in told:
        body, signature = octets(one["body"], 1, 60_000), unb64(one["signature"], 64)
        for device in state.directory.latest.devices.values():
            if b64(device.id).encode() not in body:
                continue
            receipt = check_receipt(body, signature, state.keys.hub, operation, device.key)
            if (receipt.account, receipt.device) == (device.account, device.id) and receipt.certificate == certificate:
                found.append(receipt)
    return found


async def settle(state: State, operation: OperationId) -> Destruction | None:
    """
    After the destruction: forgets the operation's secrets and words, drops what waited for it, and says so by receipt.

    None while the hub has no certificate.
    """
    found = await destruction(state, operation)
    if found is None:
        return None
    forget(state, operation)
    state.destroyed.add(operation)
    if all(receipt.device != state.keys.device_id for receipt in found.receipts):
        mine = Receipt(state.keys.hub, operation, state.account, state.keys.device_id, found.hash, now())
        body = receipt_body(mine)
        signature = state.keys.device.sign("receipt", body)
        await state.hub.confirm_destruction(b64(operation), pack(b"", body, b"", [signature], b""))
    return found


def forget(state: State, operation: OperationId) -> None:
    """Nothing of the operation's content stays in memory or waits to be sent; the chain stays."""
    channels = set(state.operations[operation].latest.channels)
    for channel, epoch in [one for one in state.secrets if one[0] in channels]:
        del state.secrets[channel, epoch]
    for channel in channels:
        state.channels.pop(channel, None)
    for one in state.outbox.waiting():
        if one.operation == operation:
            state.outbox.drop(one)


def due_to_destroy(operation: Operation) -> bool:
    """Whether the notice is over, by this machine's clock."""
    return operation.destroy_at is not None and operation.destroy_at <= now()


def entry_destroys(entry: Entry) -> int | None:
    """When (ms UTC) an entry destroys the operation; None for another."""
    return next((change.at for change in entry.changes if isinstance(change, OperationDestroy)), None)
