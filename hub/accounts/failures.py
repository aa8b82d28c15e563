"""Wrong sign-ins, counted for each account code and each address, with waits that grow (docs/threat-model.md)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.http.errors import RateLimited

FORGOTTEN_AFTER: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = 300
MANY_SUBJECTS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Count:
    failures: int
    last_at: datetime


def subject(kind: str, name: str) -> bytes:
    """What is counted, hashed: the table names neither codes nor addresses."""
    return hashlib.sha256(f"{kind}\0{name}".encode()).digest()


class Failures:
    """
    `free` wrong sign-ins cost nothing; each further one doubles the wait, up to five minutes.

    A sign-in counts as wrong until it has proven right, so that guesses made at the same time don't slip by.
    """

    def __init__(self, free: int, known: Iterable[tuple[bytes, int, datetime]] = ()) -> None:
        self._free = free
        self._counts = {subject: Count(failures, last_at) for subject, failures, last_at in known}

    def check(self, subjects: Iterable[bytes], now: datetime) -> None:
        """Raises RateLimited while one of `subjects` has to wait."""
        waits = [self._wait(subject, now) for subject in subjects]
        if max(waits) > 0:
            raise RateLimited(retry_after=max(waits))

    def count(self, subjects: Iterable[bytes], now: datetime) -> list[tuple[bytes, int, datetime]]:
        """One more for each; returns the rows to be stored."""
        if len(self._counts) > MANY_SUBJECTS:
            self._counts = {s: c for s, c in self._counts.items() if now - c.last_at < FORGOTTEN_AFTER}
        rows = []
        for one in subjects:
            known = self._counts.get(one)
            fresh = known is None or now - known.last_at >= FORGOTTEN_AFTER
            count = Count(1 if known is None or fresh else known.failures + 1, now)
            self._counts[one] = count
            rows.append((one, count.failures, now))
        return rows

    def forgive(self, subject: bytes) -> None:
        """All of them: the person was right in the end."""
        self._counts.pop(subject, None)

    def take_back(self, subject: bytes) -> None:
        """The last one only: being right about one account says nothing about guesses at others."""
        known = self._counts.get(subject)
        if known is not None:
            self._counts[subject] = Count(max(0, known.failures - 1), known.last_at)

    def _wait(self, subject: bytes, now: datetime) -> int:
        known = self._counts.get(subject)
        if known is None or known.failures < self._free or now - known.last_at >= FORGOTTEN_AFTER:
            return 0
        seconds = min(LONGEST_WAIT, 2 ** min(16, 1 + known.failures - self._free))
        left = known.last_at + timedelta(seconds=seconds) - now
        return max(0, int(left.total_seconds() + 0.999))
