"""
Everything that is said in one exercise, from a seed: alerts of every record, talk, notices and their acknowledgements.

The same seed and moment give the same items; each exercise has a source of chance of its own.
"""

from collections.abc import Iterator
from datetime import datetime

from hub.client.domain.published import Domain
from hub.exercise.chance import Chance
from hub.exercise.items import Item, numbered
from hub.exercise.notices import notices
from hub.exercise.operations import Exercise
from hub.exercise.seizures import seizures
from hub.exercise.shipments import arrivals, licit_shipments
from hub.exercise.talk import posts, replies
from hub.exercise.trends import trends
from hub.exercise.warnings import warnings


def items(exercise: Exercise, now: datetime, seed: int, domain: Domain) -> Iterator[Item]:
    """Everything said in `exercise` until `now`, oldest first."""
    chance = Chance(f"{exercise.code} {seed}")
    found = seizures(chance, exercise, now, domain)
    return numbered(
        [
            *found,
            *warnings(chance, exercise, now, domain),
            *licit_shipments(chance, exercise, now, domain),
            *arrivals(chance, exercise, now, domain),
            *trends(chance, exercise, now, domain),
            *posts(chance, exercise, now),
            *replies(chance, exercise, now, found),
            *notices(chance, exercise, now),
        ],
        now,
    )
