"""
Changing an operation: one signed entry with its changes, and the epochs and grants that follow
(docs/spec/09-membership.md).

Nobody has to think of keys: whatever a change makes stale or leaves waiting is made good in the same commit, as far
as this member may read it; the rest waits for another reader.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from crypto.changes import Author, audience_form
from crypto.encoding import AccountId, ChannelId, Json, OperationId, b64, canon, hash_of, ids
from crypto.epochs import EpochRecord, Reader, wraps_root
from crypto.errors import ProtocolError
from crypto.membership import (
    CLOSED,
    Operation,
    apply,
    entry_body,
    entry_id,
    pending,
    readers,
    served_again,
    stale,
)
from crypto.packet import join_parts, pack
from crypto.readers import EPOCH_AGE, Channel
from crypto.sealing import make_epoch, make_wraps
from hub.client import epochs
from hub.client.errors import N_, Fault, Refused
from hub.client.places import as_received
from hub.client.reading import update
from hub.client.standing import OperationView
from hub.client.state import State, now
from hub.client.sync import sync_directory, sync_operation

NOT_SENT = N_("Nothing was sent.")
CONFLICTS = 8  # entries of others that may come first before we give up
CHANGES_AT_ONCE = 100  # of 300 people to admit the others follow in the next entry
EVERY = None  # tend to every channel that this member reads

# What one entry may carry (60,000 bytes signed, 4 MiB beside), with some room; the rest follows in the next one.
SIGNED_ROOM = 50_000
BESIDE_ROOM = 3_500_000
OTHERS_FIRST = 60_000  # ms
EPOCH_SIGNED = 1_200
ROW_CARRIED = 1_620


@dataclass(slots=True)
class Beside:
    """What travels with an entry and is signed by hash inside it."""

    wraps: list[Json] = field(default_factory=list)
    documents: list[Json] = field(default_factory=list)
    is_full: bool = False  # more has to be said in the next entry

    def pack(self) -> bytes:
        """Canonical JSON each behind its length: wraps of grants, wraps of epochs, documents."""
        return join_parts([canon(part) for part in [*self.wraps, *self.documents]])


async def open_operation(
    state: State, code: str, name: str, compartments: Sequence[str], own: Sequence[str]
) -> OperationId:
    """The first entry; its id is the operation's. The author becomes its first coordinator."""
    directory = state.directory.latest
    change: Json = {
        "change": "operation.open",
        "code": code,
        "name": name,
        "roles": b64(directory.matrix.hash),
        "compartments": sorted(compartments),
        "own": sorted(own),
    }
    body = entry_body(
        hub=state.keys.hub,
        operation=None,
        seq=0,
        prev=None,
        directory_size=directory.size,
        directory_head=directory.head,
        by=[_me(state)],
        at=now(),
        changes=[change],
    )
    signature = state.keys.device.sign("entry", body)
    operation = OperationId(entry_id(body))
    receipt = await state.hub.open_operation(pack(b"", body, b"", [signature], b""))
    view = state.operations.setdefault(operation, OperationView(operation))
    view.take(as_received(receipt, b64(operation), "operation", body, signature), state.directory)
    return operation


async def commit(
    state: State,
    operation: OperationId,
    changes: Sequence[Json],
    *,
    labels: Mapping[ChannelId, str] | None = None,
    documents: Sequence[Json] = (),
    only: Collection[ChannelId] | None = EVERY,
    still_meant: Callable[[Operation], None] | None = None,
) -> Operation:
    """
    One entry with `changes` and what follows from them, judged here before the hub sees it; what follows takes more
    entries where one can't carry it, and until then nobody seals under what became stale. More than 100 changes take
    several entries too.

    Where another entry came first, everything is judged anew on top of it; `still_meant` then raises where that entry
    touched what the person meant. Raises Fault with the rule's own code where the change isn't allowed; then nothing
    was sent.
    """
    conflicts, later = 0, list(changes[CHANGES_AT_ONCE:])
    changes = changes[:CHANGES_AT_ONCE]
    while conflicts < CONFLICTS:
        if still_meant is not None and changes:
            still_meant(state.operation(operation))
        body, beside, made = await _compose(state, operation, changes, labels or {}, _named(documents, changes), only)
        if body is None:
            return state.operation(operation)
        signature = state.keys.device.sign("entry", body)
        try:
            receipt = await state.hub.submit_entry(b64(operation), pack(b"", body, b"", [signature], beside.pack()))
        except Refused as refusal:
            if refusal.code not in {"conflict", "not-next", "stale-epoch", "wrong-readers"}:
                raise
            await sync_directory(state)
            await sync_operation(state, operation)
            conflicts += 1
            continue
        state.operations[operation].take(
            as_received(receipt, b64(operation), "operation", body, signature), state.directory
        )
        state.secrets.update(made)
        if not beside.is_full and not later:
            return state.operation(operation)
        changes, later = later[:CHANGES_AT_ONCE], later[CHANGES_AT_ONCE:]
    raise Fault("not-next", b64(operation))


async def tend(state: State, operation: OperationId, channel: ChannelId) -> None:
    """Makes the epoch or the grants that a channel needs, without asking anyone; nothing where it needs none."""
    await commit(state, operation, [], only={channel})


def _named(documents: Sequence[Json], changes: Sequence[Json]) -> list[Json]:
    """Those that one of the changes names by hash."""
    hashes = {change.get("hash") for change in changes if isinstance(change, dict)}
    return [one for one in documents if isinstance(one, dict) and {one.get("hash"), one.get("rules")} & hashes]


# -- composing ---------------------------------------------------------------------------------------------------------


async def _compose(
    state: State,
    operation: OperationId,
    changes: Sequence[Json],
    labels: Mapping[ChannelId, str],
    documents: Sequence[Json],
    only: Collection[ChannelId] | None,
) -> tuple[bytes | None, Beside, dict[tuple[ChannelId, int], bytes]]:
    """The entry's body (None where nothing has to be said), what stands beside it, and the new secrets."""
    before = state.operation(operation)
    after = _tried(state, before, changes) if changes else before
    beside, made = Beside(documents=list(documents)), dict[tuple[ChannelId, int], bytes]()
    granted: list[Json] = []
    records: list[EpochRecord] = []
    late: list[Json] = []
    signed = carried = 0
    for channel in sorted(after.channels):
        if only is not EVERY and channel not in only and channel not in labels:
            continue
        to, again = _served(state, before, after, channel)
        needed = _needs_epoch(state, before, after, channel)
        new = needed and not again
        if not new and not to:
            continue
        served = len(readers(after, channel, state.directory.latest) if new else to)
        signed += EPOCH_SIGNED if new else 200 + 25 * served
        carried += ROW_CARRIED * served
        if (records or granted) and (signed > SIGNED_ROOM or carried > BESIDE_ROOM):
            beside.is_full = True
            break
        try:
            if new:
                record, wraps, secret = await _epoch(state, before, after, channel, labels)
                records.append(record)
                late.append(wraps)
                made[channel, record.epoch] = secret
            else:
                change, wraps = await _grants(state, after, channel, to)
                granted.append(change)
                beside.wraps.append(wraps)
                beside.is_full |= needed  # the next secret can't stand in the entry that hands on this one
        except (ProtocolError, Fault):
            continue  # what doesn't hold in one channel keeps nobody from the change: another reader tends to it
    beside.wraps += late  # the wraps of grants stand first, as the hub reads them
    if not changes and not granted and not records:
        return None, beside, made
    return _body(state, before, [*changes, *granted], records), beside, made


def _tried(state: State, before: Operation, changes: Sequence[Json]) -> Operation:
    """The operation as it would be; what the rules refuse is told before anything is sent."""
    body = _body(state, before, changes, [])
    try:
        return apply(before, state.directory.latest, body, [state.keys.device.sign("entry", body)])
    except ProtocolError as error:
        raise Fault(error.code, b64(before.id), text=error.text, action=NOT_SENT) from error


def _body(state: State, before: Operation, changes: Sequence[Json], records: Sequence[EpochRecord]) -> bytes:
    directory = state.directory.latest
    return entry_body(
        hub=state.keys.hub,
        operation=before.id,
        seq=before.seq + 1,
        prev=before.head,
        directory_size=directory.size,
        directory_head=directory.head,
        by=[_me(state)],
        at=max(now(), before.at),
        changes=changes,
        epochs=records,
    )


def _needs_epoch(state: State, before: Operation, after: Operation, channel: ChannelId) -> bool:
    """Missing, stale, or somebody waits who may not be given the old one; and this member may make it."""
    place = after.channel(channel)
    if not place.open or after.phase == CLOSED or not _reads(state, after, channel):
        return False
    if place.epoch is None:
        return True
    waiting = place.history == "from-join" and pending(after, channel, state.directory.latest)
    is_old = now() - place.epoch.made_at >= EPOCH_AGE
    if not waiting and not is_old and not stale(after, channel, state.directory.latest):
        return False
    return _reads(state, before, channel) and _holds(state, place.epoch.holders) and not _others_first(state, place)


def _others_first(state: State, place: Channel) -> bool:
    """Whoever reported an epoch, or made the reported one, leaves the next to another reader for a minute."""
    epoch = place.epoch
    if epoch is None or not epoch.bad or not place.reports:
        return False
    reporter, at = place.reports[-1]
    concerned = {reporter, epoch.author}
    has_others = any(reader.account not in concerned for reader in epoch.holders)
    return state.account in concerned and has_others and now() - at < OTHERS_FIRST


def _served(state: State, before: Operation, after: Operation, channel: ChannelId) -> tuple[Sequence[Reader], bool]:
    """
    Whom this member may give the current epoch, and whether they are restored members who get it again before there is
    another: nothing else ever opens to them what was said under it.
    """
    place, directory = after.channel(channel), state.directory.latest
    if not place.open or place.epoch is None or not _reads(state, before, channel):
        return (), False
    if not _holds(state, place.epoch.holders):
        return (), False
    again = served_again(after, channel, directory)
    if again and (place.history != "all" or after.phase == CLOSED):
        return again, True
    if place.history != "all" or stale(after, channel, directory):
        return (), False
    return pending(after, channel, directory), False


async def _epoch(
    state: State, before: Operation, after: Operation, channel: ChannelId, labels: Mapping[ChannelId, str]
) -> tuple[EpochRecord, Json, bytes]:
    former = after.channel(channel).epoch
    place = epochs.place_of(state, after.id, channel)
    number, previous = 1, None
    words = labels.get(channel, epochs.NO_LABEL)
    if former is not None:
        number = former.number + 1
        await update(state, before.id, channel)
        words = words or await epochs.label_to_keep(state, before.id, channel, former.number)
        if after.channel(channel).history == "all":
            previous = await epochs.to_hand_on(state, before.id, channel, former.number)
    view = state.channel_view(after.id, channel)
    to = readers(after, channel, state.directory.latest)
    record, wraps, secret = make_epoch(place, number, _with_keys(state, to), words, (view.seq, view.chain), previous)
    return record, _wraps_form(channel, number, to, wraps), secret


async def _grants(state: State, after: Operation, channel: ChannelId, to: Sequence[Reader]) -> tuple[Json, Json]:
    epoch = after.channel(channel).epoch
    assert epoch is not None
    secret = await epochs.epoch_secret(state, after.id, channel, epoch.number)
    place = epochs.place_of(state, after.id, channel)
    wraps = make_wraps(place, epoch.record.commitment, _with_keys(state, to), secret)
    change: Json = {
        "change": "grants",
        "channel": b64(channel),
        "epoch": epoch.number,
        "wraps_hash": b64(wraps_root(to, wraps)),
        "to": [b64(reader.account) for reader in to],
    }
    return change, _wraps_form(channel, epoch.number, to, wraps)


def _wraps_form(channel: ChannelId, epoch: int, to: Sequence[Reader], wraps: Sequence[bytes]) -> Json:
    rows: Json = [[b64(reader.account), reader.generation, b64(wrap)] for reader, wrap in zip(to, wraps, strict=True)]
    return {"channel": b64(channel), "epoch": epoch, "wraps": rows}


def _with_keys(state: State, to: Sequence[Reader]) -> list[tuple[Reader, bytes]]:
    accounts = state.directory.latest.accounts
    return [(reader, accounts[reader.account].aek) for reader in to]


def _reads(state: State, operation: Operation, channel: ChannelId) -> bool:
    if channel not in operation.channels:
        return False
    return any(reader.account == state.account for reader in readers(operation, channel, state.directory.latest))


def _holds(state: State, holders: Sequence[Reader]) -> bool:
    aik = state.directory.latest.account(state.account).aik
    return any((reader.account, reader.aik) == (state.account, aik) for reader in holders)


def _me(state: State) -> Author:
    return Author(state.account, state.keys.device_id)


# -- the changes in words ----------------------------------------------------------------------------------------------


def admit(state: State, account: AccountId, role: str, compartments: Sequence[str]) -> Json:
    """A member under the identity key that the directory certifies."""
    aik = state.directory.latest.account(account).aik
    return {"change": "member.admit", **ids(account=account, aik=aik, role=role), "compartments": sorted(compartments)}


def change_member(account: AccountId, role: str, compartments: Sequence[str]) -> Json:
    """Another role or clearance."""
    return {"change": "member.change", **ids(account=account, role=role), "compartments": sorted(compartments)}


def remove(account: AccountId) -> Json:
    """Out of the operation; every channel that the account read gets a new secret."""
    return {"change": "member.remove", **ids(account=account)}


def new_channel() -> ChannelId:
    """A fresh channel's id."""
    return ChannelId(secrets.token_bytes(16))


def open_channel(
    channel: ChannelId,
    kind: str,
    compartment: str,
    scope: str = "all",
    of: Sequence[str | bytes] = (),
    history: str = "all",
) -> Json:
    """A channel; its label travels in the epoch that the same commit makes."""
    audience = audience_form(scope, of)
    return {
        "change": "channel.open",
        **ids(channel=channel, type=kind, compartment=compartment, history=history),
        "audience": audience,
    }


def close_channel(channel: ChannelId) -> Json:
    """No more envelopes; what was said stays readable."""
    return {"change": "channel.close", **ids(channel=channel)}


def set_phase(phase: str) -> Json:
    """planned, preparation, active, reporting."""
    return {"change": "phase.set", "phase": phase}


def report_bad(channel: ChannelId, epoch: int) -> Json:
    """This epoch doesn't open, or not back to the one before: another reader makes the next."""
    return {"change": "wrap.bad", **ids(channel=channel), "epoch": epoch}


def adopt_template(template: str, version: int, document: Json) -> tuple[Json, Json]:
    """The change, and the document that stands beside the entry under its hash."""
    digest = b64(hash_of("template", document))
    change: Json = {"change": "template.adopt", "template": template, "version": version, "hash": digest}
    return change, {"template": template, "hash": digest, "document": document}
