"""
Which countries have somebody who can be reached, and why the others have not (docs/spec/19-cards.md, coverage).

Twin of web/src/domain/coverage.ts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DAY: Final = 24 * 3_600_000
YEAR: Final = 365 * DAY


@dataclass(frozen=True, slots=True)
class Days:
    """The hub's spans: live, reminded of and blocked after so many days without a sign-in."""

    live: int
    reminded: int
    blocked: int


@dataclass(frozen=True, slots=True)
class Watch:
    """
    One person of a country. `day` is the midnight of the last day on which the hub saw them (ms UTC), `card` none,
    faulty or held (verified), `confirmed_at` when they last said that it holds.
    """

    country: str
    account: str
    suspended: bool
    day: int | None
    card: str
    confirmed_at: int | None
    deputy: bool


@dataclass(frozen=True, slots=True)
class Covered:
    """One country: live where somebody has no reason against it, and whether another could stand in."""

    country: str
    live: bool
    deputy: bool
    people: tuple[tuple[str, tuple[str, ...]], ...]


def coverage(people: Sequence[Watch], now: int, days: Days) -> list[Covered]:
    """By country; in each, people by account with the reasons why they don't count as live (none: they do)."""
    found = []
    for country in sorted({one.country for one in people}):
        own = sorted((one for one in people if one.country == country), key=lambda one: one.account)
        judged = tuple((one.account, reasons(one, now, days)) for one in own)
        live = [one for one, (_, why) in zip(own, judged, strict=True) if not why]
        deputy = len(live) > 1 or any(one.deputy for one in live)
        found.append(Covered(country, bool(live), deputy, judged))
    return found


def reasons(one: Watch, now: int, days: Days) -> tuple[str, ...]:
    """Why a person doesn't count as live: suspended or their absence first, then their card."""
    why = []
    if one.suspended:
        why.append("suspended")
    elif one.day is not None and absent(one.day, now, days.blocked):
        why.append("blocked")
    elif absent(one.day, now, days.live):
        why.append("not-seen")
    if one.card != "held":
        why.append("no-card" if one.card == "none" else "faulty-card")
    elif not is_confirmed(one.confirmed_at, now):
        why.append("unconfirmed-card")
    return tuple(why)


def absent(day: int | None, now: int, days: int) -> bool:
    """Whether so many days have certainly passed since somebody was seen on `day`, at whatever hour of it."""
    return day is None or now - day >= (days + 1) * DAY


def is_confirmed(confirmed_at: int | None, now: int) -> bool:
    """Whether a card was confirmed within the last 365 days."""
    return confirmed_at is not None and now - confirmed_at < YEAR
