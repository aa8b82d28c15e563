"""One thing that somebody says in an exercise, and the order in which all of them are said."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from hub.client.domain.bodies import alert_body
from hub.client.domain.headers import HeaderValue, header_parts
from hub.client.domain.published import Domain
from hub.client.domain.templates import Value
from hub.exercise.people import Person

# Stands in a body where the id of an earlier statement comes in: that is known when it was sent.
UNSENT: Final = "A" * 43
STILL_OPEN: Final = timedelta(hours=1)  # a date must still lie ahead when its turn comes


@dataclass(frozen=True, slots=True)
class Item:
    """
    One thing to say, in the order of time: `number` counts from 0 in each exercise.

    `kind` is alert, post, notice or acknowledgement; `parts` are the header's clear fields but its reference, which is
    the item `reply_to`, and but a date that has passed when all this is told, which no hub takes; `refers` names the
    fields of `body` that hold the ids of other items.
    """

    number: int
    author: str
    channel: str
    kind: str
    body: Mapping[str, Any] | None
    parts: Mapping[str, HeaderValue]
    at: datetime
    reply_to: int | None
    refers: Mapping[str, int]

    def sealed(self, ids: Mapping[int, str]) -> Mapping[str, Any] | None:
        """What its envelope seals: `body` with the statement ids (base64url) of the items it refers to."""
        if self.body is None or not self.refers:
            return self.body
        if self.kind == "notice":
            return {**self.body, **{key: ids[number] for key, number in self.refers.items()}}
        fields = [[key, ids[self.refers[key]] if key in self.refers else value] for key, value in self.body["fields"]]
        return {**self.body, "fields": fields}


@dataclass(slots=True, eq=False)
class Draft:
    """An item before its number is known."""

    author: Person
    channel: str
    kind: str
    body: dict[str, Any] | None
    at: datetime
    parts: dict[str, HeaderValue] = field(default_factory=dict)
    reply_to: "Draft | None" = None
    refers: "dict[str, Draft]" = field(default_factory=dict)
    lot: str = ""


def alert(
    domain: Domain, record: str, form: str, author: Person, channel: str, values: Mapping[str, Value], at: datetime
) -> Draft:
    """An alert as its author's client would send it."""
    template = domain.template(record, form)
    body = alert_body(template, values, author.language)
    parts = {part: value for part, value in header_parts(template, values).items() if part != "ref"}
    return Draft(author, channel, "alert", body, at, parts, lot=str(values.get("batch", "")))


def numbered(drafts: Iterable[Draft], now: datetime) -> Iterator[Item]:
    """The drafts as items, oldest first; what refers to another one comes after it."""
    soonest = int((now + STILL_OPEN).timestamp()) * 1000
    ordered = sorted(drafts, key=lambda draft: draft.at)
    numbers = {id(draft): number for number, draft in enumerate(ordered)}
    for number, draft in enumerate(ordered):
        yield Item(
            number,
            draft.author.code,
            draft.channel,
            draft.kind,
            draft.body,
            {part: value for part, value in draft.parts.items() if part != "due" or int(str(value)) >= soonest},
            draft.at,
            numbers[id(draft.reply_to)] if draft.reply_to else None,
            {key: numbers[id(other)] for key, other in draft.refers.items()},
        )
