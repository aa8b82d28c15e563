"""
Who has acknowledged a notice, country by country (docs/spec/18-notices.md).

Twin of web/src/domain/acknowledgements.ts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STATES: Final = ("acknowledged", "action-taken", "not-applicable")
OPENED: Final = "opened"
SILENT: Final = "silent"
APART: Final = 10 * 60 * 1000  # ms: from here on the author's time and the hub's are both shown


@dataclass(frozen=True, slots=True)
class Asking:
    """A notice as everybody may see it: the countries asked at its place, sorted, and whether it asks all."""

    id: str
    due: int | None
    asked: tuple[str, ...]
    to_all: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgement, or (`state` None) word that somebody opened the notice; `at` is the hub's time."""

    id: str
    ref: str
    country: str
    account: str
    state: str | None
    at: int
    said: int


@dataclass(frozen=True, slots=True)
class Row:
    """One country. `said` is the author's own time where it differs by more than ten minutes from the hub's."""

    country: str
    asked: bool
    state: str
    answer: str | None = None
    account: str | None = None
    at: int | None = None
    said: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """A notice's number in its channel, and where each country stands, sorted by country."""

    id: str
    number: int
    rows: tuple[Row, ...]

    @property
    def asked(self) -> int:
        return sum(row.asked for row in self.rows)

    @property
    def acknowledged(self) -> int:
        return sum(row.asked and row.state in STATES for row in self.rows)


def tally(notices: Sequence[Asking], answers: Sequence[Answer]) -> list[Tally]:
    """
    Counts; both are in the order of their places in the channel.

    The later acknowledgement of a country counts; `opened` is the first time, and only until one has acknowledged. Who
    wasn't asked isn't counted; where all were asked, a country that came later is shown beside them.
    """
    best: dict[str, dict[str, Answer]] = {}
    for answer in answers:
        countries = best.setdefault(answer.ref, {})
        if answer.state is not None or answer.country not in countries:
            countries[answer.country] = answer
    return [
        Tally(notice.id, number, tuple(_rows(notice, best.get(notice.id, {}))))
        for number, notice in enumerate(notices, start=1)
    ]


def _rows(notice: Asking, answers: dict[str, Answer]) -> list[Row]:
    countries = set(notice.asked) | (set(answers) if notice.to_all else set())
    return [_row(notice, country, answers.get(country)) for country in sorted(countries)]


def _row(notice: Asking, country: str, answer: Answer | None) -> Row:
    asked = country in notice.asked
    if answer is None:
        return Row(country, asked, SILENT)
    late = answer.state is not None and notice.due is not None and answer.at > notice.due
    said = answer.said if abs(answer.said - answer.at) > APART else None
    state = answer.state or OPENED
    return Row(country, asked, state, answer.id, answer.account, answer.at, said, late)
