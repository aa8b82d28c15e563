"""Time on the wire: whole milliseconds, exact both ways."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub.clock import SystemClock, from_milliseconds, to_milliseconds


@given(some.integers(min_value=0, max_value=253_402_300_799_999))
def test_milliseconds_come_back_exactly(at: int) -> None:
    assert to_milliseconds(from_milliseconds(at)) == at


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    moment = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)

    assert to_milliseconds(moment.astimezone(timezone(timedelta(hours=5)))) == to_milliseconds(moment)


def test_a_time_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(OverflowError):
        from_milliseconds(10**17)


def test_the_system_clock_speaks_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
