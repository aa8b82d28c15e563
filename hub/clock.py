"""The one place that asks what time it is; everything else is given a clock or a time."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What knows the time; tests give one that stands still until they move it."""

    def now(self) -> datetime:
        """The time, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def to_milliseconds(moment: datetime) -> int:
    """`at` of every statement: whole milliseconds since 1970 in UTC (docs/spec/01-encoding.md)."""
    return (moment - EPOCH) // MILLISECOND


def from_milliseconds(at: int) -> datetime:
    """The moment in UTC; raises OverflowError for one outside the calendar (years 1 to 9999)."""
    return EPOCH + at * MILLISECOND


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = datetime.resolution * 1000
