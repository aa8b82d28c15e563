"""
Notices of one channel as this member verified them: who is asked, who has acknowledged (docs/spec/18-notices.md).

    for notice in notices(state, operation, channel):
        print(notice.number, notice.tally.acknowledged, notice.tally.asked)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crypto.encoding import ChannelId, Json, OperationId, b64
from crypto.membership import readers
from hub.client import sending
from hub.client.channel import Item, Times
from hub.client.domain.acknowledgements import STATES, Answer, Asking, Row, Tally, tally
from hub.client.domain.bodies import NoticeBody, read_notice_body
from hub.client.domain.errors import MalformedBody
from hub.client.errors import Fault
from hub.client.sending import Receipt
from hub.client.state import State

ANSWERS = ("acknowledgement", "seen")
ASKED = frozenset({"contact", "deputy"})
"""Who speaks for a country: coordinators ask, analysts and observers read along."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. `words` is None where its opened body is no notice."""

    item: Item
    words: NoticeBody | None
    tally: Tally

    @property
    def number(self) -> int:
        return self.tally.number

    @property
    def due(self) -> int | None:
        return None if self.item.header is None else self.item.header.due

    def row(self, country: str) -> Row | None:
        """Where one country stands; None where it was neither asked nor has answered."""
        return next((row for row in self.tally.rows if row.country == country), None)


def notices(state: State, operation: OperationId, channel: ChannelId) -> list[Notice]:
    """The channel's notices that hold, in their order, counted from what was fetched last."""
    items = [item for item in state.channel_view(operation, channel).items if item.fault is None]
    said = [item for item in items if item.header is not None and item.header.kind == "notice"]
    asking = [_asking(state, item) for item in said]
    answers = [answer for item in items if (answer := _answer(state, item)) is not None]
    return [
        Notice(item, _words(item.body), counted) for item, counted in zip(said, tally(asking, answers), strict=True)
    ]


async def ask(
    state: State,
    operation: OperationId,
    channel: ChannelId,
    body: Mapping[str, Any],
    *,
    to: Sequence[str] = (),
    due: int | None = None,
    urgent: bool = False,
) -> Receipt:
    """Sends a notice; `to` empty asks every country that reads the channel."""
    parts: dict[str, Json] = {}
    if to:
        parts["to"] = sorted(set(to))
    if due is not None:
        parts["due"] = due
    if urgent:
        parts["urgency"] = "immediate"
    return await sending.post(state, operation, channel, "notice", body, parts)


async def acknowledge(state: State, notice: Notice, answer: str = "acknowledged") -> Receipt:
    """Says for this member's country what became of a notice; a later answer takes the place of an earlier one."""
    if answer not in STATES:
        raise Fault("malformed", answer)
    parts: dict[str, Json] = {"ref": b64(notice.item.id), "state": answer}
    return await sending.post(state, notice.item.operation, notice.item.channel, "acknowledgement", None, parts)


def asked_countries(times: Times, channel: ChannelId, to: Sequence[str]) -> tuple[str, ...]:
    """Whom a notice asks: those it names, else every country of a contact point who reads the channel."""
    if to:
        return tuple(to)
    members, accounts = times.operation.members, times.directory.accounts
    found = readers(times.operation, channel, times.directory)
    return tuple(sorted({accounts[one.account].country for one in found if members[one.account].role in ASKED}))


def _asking(state: State, item: Item) -> Asking:
    assert item.header is not None
    asked = asked_countries(state.as_of(item.operation, item.leaf), item.channel, item.header.to)
    return Asking(b64(item.id), item.header.due, asked, not item.header.to)


def _answer(state: State, item: Item) -> Answer | None:
    header = item.header
    if header is None or header.kind not in ANSWERS or header.ref is None or header.content is not None:
        return None
    if header.kind == "seen":
        answer = None
    elif header.state in STATES:
        answer = header.state
    else:
        return None
    country = state.as_of(item.operation, item.leaf).directory.accounts[header.account].country
    ref, account = b64(header.ref), b64(header.account)
    return Answer(b64(item.id), ref, country, account, answer, item.received_at, header.at)


def _words(body: Mapping[str, Any] | None) -> NoticeBody | None:
    try:
        return read_notice_body(body)
    except MalformedBody:
        return None
