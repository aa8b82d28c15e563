"""Epoch secrets: opened when first needed, from one's own wrap or back through the history (docs/spec/10-epochs.md)."""

from __future__ import annotations

from http import HTTPStatus

from crypto.encoding import ChannelId, Json, OperationId, b64, id32, ids, integer, items, octets
from crypto.epochs import WRAP_SIZE, EpochRecord
from crypto.errors import BadCommitment, BadPrevious, CannotOpen, NotAReader, ProtocolError, WrongPlace, WrongWraps
from crypto.sealing import check_commitment, open_epoch, open_label, open_previous
from hub.client.errors import Refused
from hub.client.standing import Made
from hub.client.state import State

NO_LABEL = ""
NOTHING = bytes(32)  # stands for the secret before the first epoch, where that one was no good


async def epoch_secret(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> bytes:
    """
    The secret of one epoch, always checked against its maker's commitment.

    Own wrap where this account was among its readers or was granted it; otherwise, or where that wrap doesn't open,
    and the channel keeps its history, through a later epoch's `previous`. Raises NotAReader where neither leads there,
    CannotOpen, BadCommitment, BadPrevious, BadProof or WrongWraps where what was given doesn't hold.
    """
    known = state.secrets.get((channel, epoch))
    if known is not None:
        return known
    made = _made(state, operation, channel, epoch)
    if _mine(state, made) or _granted(state, operation, channel, epoch):
        try:
            secret = await _own(state, operation, channel, made.record)
        except ProtocolError as error:
            try:
                secret = await _through_history(state, operation, channel, epoch)
            except ProtocolError:
                raise error from None  # what is wrong with one's own copy says more
    else:
        secret = await _through_history(state, operation, channel, epoch)
    state.secrets[channel, epoch] = secret
    return secret


async def check_sound(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> None:
    """
    Returns only if the epoch opens and, where the channel keeps its history, leads on to the one before.

    Raises ProtocolError; where it is the maker's fault, `state.unopened` holds the epoch from then on.
    """
    if (channel, epoch) in state.sound:
        return
    await epoch_secret(state, operation, channel, epoch)
    if _made(state, operation, channel, epoch).record.previous is not None:
        await _former(state, operation, channel, epoch)
    state.sound.add((channel, epoch))


async def to_hand_on(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> tuple[int, bytes]:
    """
    What the next epoch's `previous` is to hold: number and secret of the current one.

    Where that was reported and doesn't hold here either, of the latest before it that nobody reported; number 0 and
    32 zeros where there is none. Raises ProtocolError where this member has no such secret.
    """
    bad = state.operations[operation].bad
    try:
        if (channel, epoch) in bad:
            await check_sound(state, operation, channel, epoch)
        return epoch, await epoch_secret(state, operation, channel, epoch)
    except ProtocolError:
        if (channel, epoch) not in bad:
            raise
    earlier = next(number for number in range(epoch - 1, -1, -1) if (channel, number) not in bad)
    return earlier, await epoch_secret(state, operation, channel, earlier) if earlier else NOTHING


async def label_to_keep(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> str:
    """Past a bad epoch the channel keeps the name that it had before: nobody takes it away by sealing nonsense."""
    found = await _label(state, operation, channel, epoch)
    is_bad = (channel, epoch) in state.unopened or (channel, epoch) in state.operations[operation].bad
    if found or not is_bad or epoch == 1:
        return found
    return await label_to_keep(state, operation, channel, epoch - 1)


async def label(state: State, operation: OperationId, channel: ChannelId) -> str:
    """The channel's name as its readers see it; empty for who can't read it, and where its secret doesn't hold."""
    epoch = state.operation(operation).channel(channel).epoch
    return NO_LABEL if epoch is None else await label_to_keep(state, operation, channel, epoch.number)


async def _label(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> str:
    try:
        secret = await epoch_secret(state, operation, channel, epoch)
        place = {**place_of(state, operation, channel), "epoch": epoch}
        return open_label(secret, place, b64(_made(state, operation, channel, epoch).record.label))
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
    try:
        return open_epoch(key, state.account, generation, record, wrap, path, place, signed)
    except (CannotOpen, BadCommitment):
        state.unopened.add((channel, record.epoch))  # the maker signed this very wrap: it isn't the hub's doing
        raise


async def _through_history(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> bytes:
    """From the next epoch back; where that was reported and leads nowhere, from the one after it."""
    view = state.operations[operation]
    later = epoch + 1
    while (channel, later) in view.epochs:
        try:
            number, secret = await _former(state, operation, channel, later)
        except ProtocolError:
            if (channel, later) not in view.bad:
                raise
        else:
            if number == epoch:
                return secret
            if (channel, later) not in view.bad:
                break
        later += 1
    raise NotAReader("not among the readers, and no history leads here")


async def _former(state: State, operation: OperationId, channel: ChannelId, epoch: int) -> tuple[int, bytes]:
    """
    Number and secret of the epoch that `previous` leads to: the one before, or, past those that were reported, the
    latest that wasn't.
    """
    record = _made(state, operation, channel, epoch).record
    if record.previous is None:
        raise NotAReader("no history leads back from here")
    secret = await epoch_secret(state, operation, channel, epoch)
    place = place_of(state, operation, channel)
    bad = state.operations[operation].bad
    number = epoch
    while number == epoch or (channel, number) in bad:
        number -= 1
        bound: dict[str, Json] = {**place, "epoch": epoch, "former": number}
        try:
            former = open_previous(secret, bound, b64(record.previous))
            if number:
                check_commitment(former, place, _made(state, operation, channel, number).record.commitment)
        except (CannotOpen, BadCommitment):
            continue
        return number, former
    state.unopened.add((channel, epoch))
    raise BadPrevious("the secret before this one doesn't open")
