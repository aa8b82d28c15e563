"""A clock for tests: it stands still until it is moved."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


class FakeClock:
    """Satisfies hub.clock.Clock."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, **by: float) -> None:
        """`clock.advance(minutes=5)`; the words are those of timedelta."""
        self._now += timedelta(**by)
