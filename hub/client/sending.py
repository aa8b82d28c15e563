"""
Saying something once and in order: outbox first, then one envelope at a time under a lock (docs/spec/16-client.md).

1. What is said rests in the outbox, sealed, before anything else happens.
2. Where the channel's epoch is stale or missing, a new one is made first, without asking anyone.
3. The envelope is made and rests beside the words, with its device number, before it goes out.
4. After an unknown outcome the hub is asked by the envelope's id, and then exactly the same bytes go out again.
5. A definite refusal frees the device number: the same words may be sealed anew under the same id.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from crypto.encoding import ChannelId, Json, OperationId, b64, ids, unb64
from crypto.envelope import WITHOUT_CONTENT, envelope_id, header_body
from crypto.errors import ProtocolError, StaleEpoch
from crypto.membership import may_send, pending
from crypto.packet import pack, unpack
from crypto.sealing import seal_message
from hub.client import files
from hub.client.channel import ChannelView
from hub.client.epochs import epoch_secret
from hub.client.errors import Fault, Refused, Unreachable
from hub.client.governance import tend
from hub.client.heads import check_channel, require_news
from hub.client.outbox import Attempt, Waiting, sending
from hub.client.places import as_received
from hub.client.reading import take_all, update
from hub.client.state import State, now
from hub.client.sync import save_pins, sync_directory, sync_operation

TRIES = 6
# Refusals after which the same words are sealed anew: the world moved on while they were on their way.
MOVED_ON = frozenset({"stale-epoch", "not-next", "repeated", "conflict", "wrong-place", "gap", "rolled-back"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """The hub has it, durable and logged."""

    id: bytes  # statement id
    seq: int
    leaf: int
    at: int


async def post(
    state: State,
    operation: OperationId,
    channel: ChannelId,
    kind: str,
    body: Mapping[str, Any] | None,
    parts: Mapping[str, Json] | None = None,
) -> Receipt:
    """
    Says one thing in a channel. `parts` are the header's clear optional fields: urgency, ref, to, due, state.

    Raises Unreachable (it waits in the outbox), Refused or Fault (it waits there too, until sent again or dropped).
    """
    order = now()
    waiting = Waiting(
        secrets.token_bytes(16),
        order,
        operation,
        channel,
        kind,
        order,
        None if body is None else dict(body),
        dict(parts or {}),
    )
    state.outbox.put(waiting)
    return await send(state, waiting)


async def flush(state: State) -> list[tuple[Waiting, Receipt]]:
    """Sends all that waits, in the order it was said. Stops at the first that can't be sent now."""
    return [(waiting, await send(state, waiting)) for waiting in state.outbox.waiting()]


async def send(state: State, waiting: Waiting) -> Receipt:
    """Brings one waiting thing to the hub, exactly once."""
    async with state.sending, files.locked(state.folder / "lock"):
        waits = state.outbox.waiting()
        for earlier in waits:
            if earlier.attempt is not None and earlier.channel == waiting.channel and earlier.id != waiting.id:
                await _send(state, earlier)  # its outcome is unknown: it may have the number that comes next
        current = next((one for one in waits if one.id == waiting.id), None)
        if current is None:  # another process of this profile was faster
            receipt = await _asked(state, waiting)
            if receipt is None:
                raise Fault("not-next", b64(waiting.channel))
            return receipt
        return await _send(state, current)


async def _send(state: State, waiting: Waiting) -> Receipt:
    operation, channel = OperationId(waiting.operation), ChannelId(waiting.channel)
    unknown = waiting.attempt is not None  # it may have been sent before this program began
    for _ in range(TRIES):
        if waiting.attempt is not None and unknown:
            receipt = await _asked(state, waiting)
            if receipt is not None:
                await update(state, operation, channel)
                return _done(state, waiting, receipt)
        attempt = waiting.attempt or await _seal(state, waiting)
        if waiting.attempt is None:
            waiting = sending(waiting, attempt)
            state.outbox.put(waiting)
        try:
            told = await state.hub.post(b64(operation), b64(channel), attempt.packet)
        except Refused as refusal:
            if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise Unreachable(str(refusal)) from refusal
            waiting = sending(waiting, None)
            state.outbox.put(waiting)
            if refusal.code not in MOVED_ON:
                raise
            unknown = False
            await sync_directory(state)
            await sync_operation(state, operation)
            await update(state, operation, channel)
            continue
        receipt = _receipt(told)
        if receipt.id != attempt.id:
            # The hub holds this id already, sealed by an attempt that we had taken for refused.
            await update(state, operation, channel)
            return _done(state, waiting, receipt)
        await _take_own(state, operation, channel, attempt, told)
        return _done(state, waiting, receipt)
    raise Fault("not-next", b64(channel))


async def _seal(state: State, waiting: Waiting) -> Attempt:
    """The envelope as of now: heads, epoch, device number, what was seen."""
    operation, channel = OperationId(waiting.operation), ChannelId(waiting.channel)
    if operation not in state.operations:  # begun without a line, or let in since
        await sync_directory(state)
        await sync_operation(state, operation)
    await require_news(state)
    view = state.channel_view(operation, channel)
    pin = state.pins.channels.get((operation, channel))
    if view.seq == 0 or (pin is not None and view.seq < pin.seq):
        # Nothing is built on a past that was taken back: raises Fault where it stays behind what was seen.
        await update(state, operation, channel)
        check_channel(state, channel)
    await _make_ready(state, waiting, operation, channel)
    latest = state.operation(operation)
    epoch = latest.channel(channel).epoch
    assert epoch is not None  # may_send has seen one
    seq, previous = _own_last(state, view)
    header: dict[str, Json] = {
        **ids(
            hub=state.keys.hub,
            kind=waiting.kind,
            operation=operation,
            channel=channel,
            epoch=epoch.number,
            id=waiting.id,
            account=state.account,
            device=state.keys.device_id,
            device_seq=seq + 1,
            device_prev=previous,
            at=waiting.at,
        ),
        "head": ids(seq=latest.seq, id=latest.head),
        "directory": {"size": state.directory.size},
        "seen": ids(seq=view.seq, chain=view.chain),
        **waiting.parts,
    }
    if waiting.body is None and waiting.kind in WITHOUT_CONTENT:
        body, ciphertext = header_body(header), b""
    else:
        try:
            secret = await epoch_secret(state, operation, channel, epoch.number)
        except ProtocolError as error:
            raise Fault.of(error, b64(channel)) from error
        body, ciphertext = seal_message(
            secret, header, waiting.body or {}, secrets.token_bytes(32), secrets.token_bytes(12)
        )
    signature = state.keys.device.sign("envelope", body)
    return Attempt(seq + 1, envelope_id(body), pack(b"", body, b"", [signature], ciphertext))


async def _make_ready(state: State, waiting: Waiting, operation: OperationId, channel: ChannelId) -> None:
    """Raises Fault with the rule's code unless this may be sent; makes a new epoch where the old one is stale."""
    try:
        try:
            may_send(state.operation(operation), channel, state.account, waiting.kind, state.directory.latest)
        except StaleEpoch:
            await sync_directory(state)  # another reader may have made the next one
            await sync_operation(state, operation)
            await tend(state, operation, channel)
            may_send(state.operation(operation), channel, state.account, waiting.kind, state.directory.latest)
    except ProtocolError as error:
        raise Fault(error.code, b64(channel)) from error
    if waiting.body is not None and pending(state.operation(operation), channel, state.directory.latest):
        try:
            await tend(state, operation, channel)  # who waits for the secret gets it first
        except (Fault, Refused):
            return  # another reader serves them later: nobody's words wait for that


def _own_last(state: State, view: ChannelView) -> tuple[int, bytes | None]:
    """This device's last number in the channel, as verified or as pinned, whichever is further."""
    known = [
        last
        for last in (view.spoken.get(state.keys.device_id), state.pins.spoken.get((view.channel, state.keys.device_id)))
        if last is not None
    ]
    last = max(known, key=lambda one: one.seq, default=None)
    return (0, None) if last is None else (last.seq, last.id)


async def _asked(state: State, waiting: Waiting) -> Receipt | None:
    told = await state.hub.receipt(b64(waiting.operation), b64(waiting.channel), b64(waiting.id))
    return None if told is None else _receipt(told)


async def _take_own(
    state: State, operation: OperationId, channel: ChannelId, attempt: Attempt, told: Mapping[str, Any]
) -> None:
    """What we said is judged by the same rules as anybody's; where others came between, the list call fetches them."""
    view = state.channel_view(operation, channel)
    if told["seq"] != view.seq + 1:
        await update(state, operation, channel)
        return
    sent = unpack(attempt.packet)
    packet = as_received(told, b64(channel), "channel", sent.body, sent.signatures[0], sent.beside)
    await take_all(state, view, [packet])


def _done(state: State, waiting: Waiting, receipt: Receipt) -> Receipt:
    save_pins(state)
    state.outbox.drop(waiting)
    return receipt


def _receipt(told: Mapping[str, Any]) -> Receipt:
    return Receipt(unb64(str(told["id"]), 32), int(told["seq"]), int(told["leaf"]), int(told["at"]))
