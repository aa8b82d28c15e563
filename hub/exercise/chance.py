"""The one source of chance of an exercise, and the numbers it invents: ships, containers, lots."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final, TypeVar

from hub.client.domain.identifiers import is_container, is_imo

T = TypeVar("T")

DEMONSTRATION_LOTS: Final = "EX"  # every lot of the exercises begins so, as no real one should


class Chance:
    """Chooses with one random source, and the least used thing first, so that texts rarely repeat."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)
        self._used: Counter[object] = Counter()

    def fresh(self, among: Sequence[T]) -> T:
        least = min(self._used[one] for one in among)
        chosen = self.random.choice([one for one in among if self._used[one] == least])
        self._used[chosen] += 1
        return chosen

    def weighted(self, weights: Mapping[str, int]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def poisson(self, mean: float) -> int:
        count, product = 0, self.random.random()
        while product > math.exp(-mean):
            count, product = count + 1, product * self.random.random()
        return count

    def working_hour(self, now: datetime, days: float) -> datetime:
        """A minute of the working day that lies `days` before `now`."""
        day = (now - timedelta(days=days)).replace(second=0, microsecond=0)
        moment = day.replace(hour=self.random.randrange(6, 18), minute=self.random.randrange(60))
        return moment if moment < now - timedelta(minutes=30) else moment - timedelta(days=1)

    def lot(self, kind: str) -> str:
        return f"{DEMONSTRATION_LOTS}-{kind}-{self.random.randrange(2401, 2405)}"

    def container(self) -> str:
        """A container number whose check digit holds, of an owner that there is not."""
        number = f"EXCU{self.random.randrange(100_000, 1_000_000)}"
        return next(number + digit for digit in "0123456789" if is_container(number + digit))

    def ship(self) -> str:
        """An IMO number whose check digit holds, from a range that is not given to ships."""
        number = f"2{self.random.randrange(10_000, 100_000)}"
        return next(number + digit for digit in "0123456789" if is_imo(number + digit))


def minute(moment: datetime) -> str:
    """A time as forms spell it."""
    return moment.strftime("%Y-%m-%dT%H:%MZ")
