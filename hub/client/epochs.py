"""Epoch secrets: opened when first needed, from one's own wrap or back through the history (docs/spec/10-epochs.md)."""

from __future__ import annotations

from http import HTTPStatus

from crypto.encoding import ChannelId, Json, OperationId, b64, id32, ids, integer, items, octets
from crypto.epochs import WRAP_SIZE, EpochRecord
from crypto.errors import CannotOpen, NotAReader, ProtocolError, WrongPlace, WrongWraps
from crypto.sealing import check_commitment, open_epoch, open_label, open_previous
from hub.client.errors import Refused
from hub.client.standing import Made
from hub.client.state import State

NO_LABEL = ""


async def epoch_secret(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> bytes:
    """
    The secret of one epoch, always checked against its maker's commitment.

    Own wrap where this account was among its readers or was granted it; otherwise, where the channel keeps its history,
    through the next epoch's `previous`. Raises NotAReader where neither leads there, CannotOpen, BadCommitment,
    BadProof or WrongWraps where what the hub gave doesn't hold.
    """
    known = state.secrets.get((channel, epoch))
    if known is not None:
        return known
    made = _made(state, operation, channel, epoch)
    if _mine(state, made) or _granted(state, operation, channel, epoch):
        secret = await _own(state, operation, channel, made.record)
    else:
        secret = await _through_history(state, operation, channel, made.record)
    state.secrets[channel, epoch] = secret
    return secret


async def label(state: State, operation: OperationId, channel: ChannelId) -> str:
    """The channel's name as its readers see it; empty for who can't read it, and where its secret doesn't hold."""
    epoch = state.operation(operation).channel(channel).epoch
    if epoch is None:
        return NO_LABEL
    try:
        secret = await epoch_secret(state, operation, channel, epoch.number)
        place = {**place_of(state, operation, channel), "epoch": epoch.number}
        return open_label(secret, place, b64(epoch.record.label))
    except ProtocolError:
        return NO_LABEL  # what is wrong is told with the channel's items; one bad channel hides no other


def place_of(state: State, operation: OperationId, channel: ChannelId) -> dict[str, Json]:
    """What a key of this channel is bound to."""
    return ids(hub=state.keys.hub, operation=operation, channel=channel)


def _made(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> Made:
    made = state.operations[operation].epochs.get((channel, epoch))
    if made is None:
        raise WrongPlace("an epoch that the operation's chain doesn't hold")
    return made


def _mine(state: State, made: Made) -> bool:
    return any(
        reader.account == state.account and reader.generation in state.keys.vault.encryption for reader in made.readers
    )


def _granted(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> bool:
    """Whether this epoch was granted to this account after it was made."""
    readers = state.operations[operation].granted.get((channel, epoch), ())
    return any(reader.account == state.account for reader in readers)


async def _own(state: State, operation: OperationId, channel: ChannelId, record: EpochRecord) -> bytes:
    """Steps: 1. a wrap that somebody signed for this account, 2. it opens, 3. it is the secret that everyone got."""
    try:
        told = await state.hub.wrap(b64(operation), b64(channel), record.epoch)
    except Refused as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        raise CannotOpen("no copy of this secret for this account") from refusal
    generation = integer(told["generation"], 1)
    signed = id32(told["grant"]) if told.get("grant") else None
    if signed is not None and (channel, record.epoch, signed) not in state.operations[operation].grant_hashes:
        raise WrongWraps("a grant that the operation's chain doesn't hold")
    key = state.keys.vault.encryption.get(generation)
    if key is None:
        raise CannotOpen("the vault has no key of this generation")
    path = (integer(told["index"]), integer(told["size"], 1), [id32(part) for part in items(told["path"], 32)])
    wrap = octets(told["wrap"], WRAP_SIZE, WRAP_SIZE)
    place = place_of(state, operation, channel)
    return open_epoch(key, state.account, generation, record, wrap, path, place, signed)


async def _through_history(state: State, operation: OperationId, channel: ChannelId, record: EpochRecord) -> bytes:
    following = state.operations[operation].epochs.get((channel, record.epoch + 1))
    if following is None or following.record.previous is None:
        raise NotAReader("not among the readers, and no history leads here")
    later = await epoch_secret(state, operation, channel, record.epoch + 1)
    place = place_of(state, operation, channel)
    bound = {**place, "epoch": record.epoch + 1, "former": record.epoch}
    former = open_previous(later, bound, b64(following.record.previous))
    check_commitment(former, place, record.commitment)
    return former
