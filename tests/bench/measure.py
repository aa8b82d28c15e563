"""Ratios to a limit of this machine, measured in turn in one run: only these mean anything (docs/operating)."""

import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Measure = Callable[[], Awaitable[float]]


@dataclass
class Result:
    """One line of the report: a rate and its limit in each round, and the ratio that is promised."""

    name: str
    what: str
    target: float
    at_least: bool = True
    rates: list[float] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [rate / limit for rate, limit in zip(self.rates, self.limits, strict=True)]

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def passes(self) -> bool:
        """The gate stands a fifth below the target: a shared machine is never quiet."""
        return self.median >= 0.8 * self.target if self.at_least else self.median <= 1.2 * self.target

    def line(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return (
            f"| {self.name} | {self.what} "
            f"| {statistics.median(self.rates):,.2f} | {statistics.median(self.limits):,.2f} "
            f"| {self.median:.2f} ({min(self.ratios):.2f}–{max(self.ratios):.2f}) | {sign} {self.target} "
            f"| {'yes' if self.passes else 'NO'} |"
        )


@dataclass(frozen=True)
class Fact:
    """One line of the report that is no ratio: a figure, and the most that it may be, if anything is promised."""

    name: str
    what: str
    value: float
    unit: str
    most: float | None = None

    @property
    def passes(self) -> bool:
        return self.most is None or self.value <= 1.2 * self.most

    def line(self) -> str:
        promised = "" if self.most is None else f"≤ {self.most:g} {self.unit}"
        judged = "" if self.most is None else "yes" if self.passes else "NO"
        return f"| {self.name} | {self.what} | {self.value:,.1f} {self.unit} | | | {promised} | {judged} |"


HEAD = "| # | what | measured | limit | ratio, median (spread) | target | within 20 % |\n|--|--|--|--|--|--|--|"


async def in_turn(result: Result, rate: Measure, limit: Measure, rounds: int) -> Result:
    """Measures both `rounds` times, changing which comes first."""
    for number in range(rounds):
        for measure, into in [(rate, result.rates), (limit, result.limits)][:: 1 if number % 2 else -1]:
            into.append(await measure())
    return result
