"""What holds for envelopes whatever their content: pure decisions over headers (docs/spec/06-envelope.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from crypto.encoding import AccountId, HubId
from crypto.envelope import Header
from crypto.people import Directory
from crypto.readers import Operation, readers
from hub.clock import to_milliseconds
from hub.http.errors import Malformed, NotAllowed, NotFound, OutOfTime, RuleBroken, WrongPlace

OLDEST: Final = timedelta(days=7)

BY_AUTHOR: Final = frozenset({"correction", "withdrawal"})
"""Kinds that change what was said: only for its author's account or organisation."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The envelope that another refers to."""

    channel: bytes
    kind: str
    account: bytes
    to: tuple[str, ...] = ()  # the countries that a notice asks


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an envelope arrives: the operation and the directory as they are now."""

    operation: Operation
    directory: Directory


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an envelope meets: the states, what it refers to, the hub's clock in ms."""

    standing: Standing
    reference: Reference | None
    now: int


KindRule = Callable[[Header], None]
"""What a room demands of its own kind; raises RuleBroken."""

ArrivalRule = Callable[[Header, Arrival], None]
"""What a room demands of its own kind at this place and moment; raises RuleBroken or NotAllowed."""


def check_place(
    header: Header, hub: HubId, operation: bytes, channel: bytes, account: bytes, device: bytes | None
) -> None:
    """Raises WrongPlace unless the header names the hub, channel and sender with which it came."""
    named = (header.hub, header.operation, header.channel, header.account, header.device)
    if named != (hub, operation, channel, account, device):
        raise WrongPlace


def check_ciphertext(header: Header, ciphertext: bytes) -> None:
    """Raises WrongPlace unless these are the sealed bytes that the header signs."""
    if header.ciphertext_hash is None:
        if ciphertext:
            raise Malformed
        return
    if len(ciphertext) != header.size or sha256(ciphertext).digest() != header.ciphertext_hash:
        raise WrongPlace


def check_time(header: Header, now: datetime) -> None:
    """Raises OutOfTime beyond a week: both times are shown where they differ, a week is a mistake or a replay."""
    if abs(to_milliseconds(now) - header.at) > OLDEST / timedelta(milliseconds=1):
        raise OutOfTime


def check_reference(header: Header, found: Reference | None, standing: Standing) -> None:
    """
    Raises NotFound unless what the envelope refers to stands in the same channel, NotAllowed if a correction or a
    withdrawal is another organisation's; a coordinator may withdraw anything, and is shown as who did.
    """
    if header.ref is None:
        return
    if found is None or found.channel != header.channel:
        raise NotFound
    if header.kind not in BY_AUTHOR or found.account == header.account:
        return
    accounts = standing.directory.accounts
    theirs, ours = (accounts.get(account) for account in (AccountId(found.account), header.account))
    if theirs is not None and ours is not None and theirs.organisation == ours.organisation:
        return
    member = standing.operation.members.get(header.account)
    if header.kind != "withdrawal" or member is None or member.role != "coordinator":
        raise NotAllowed


def check_kind(header: Header, rules: Mapping[str, KindRule]) -> None:
    """Raises RuleBroken where the room of the envelope's kind does; a kind without a room has no rule of its own."""
    rule = rules.get(header.kind)
    if rule is not None:
        rule(header)


def check_arrival(header: Header, arrival: Arrival, rules: Mapping[str, ArrivalRule]) -> None:
    """Raises RuleBroken or NotAllowed where the room of the envelope's kind does."""
    rule = rules.get(header.kind)
    if rule is not None:
        rule(header, arrival)


def check_asking(header: Header, arrival: Arrival) -> None:
    """
    What asks countries is due after it was taken, and asks only countries that read the channel.

    Raises RuleBroken.
    """
    if header.due is not None and header.due <= arrival.now:
        raise RuleBroken
    if not header.to:
        return
    directory = arrival.standing.directory
    found = readers(arrival.standing.operation, header.channel, directory)
    if not set(header.to) <= {directory.accounts[AccountId(reader.account)].country for reader in found}:
        raise RuleBroken


def check_reply(header: Header) -> None:
    """A plain post asks nobody for anything: it has no date, no state and no addressees."""
    if header.due is not None or header.state is not None or header.to:
        raise RuleBroken
