"""Who takes part in the exercise HEALTH SHIELD, and what the operation looks like."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Part(StrEnum):
    """What a person does in the exercise."""

    CONTACT_POINT = "contact point"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Person:
    """
    One account of the exercise.

    `host` is the first label of its browser's host name (``ghana.localhost``), a storage for each person.
    """

    code: str
    name: str
    organisation: str
    country: str
    host: str
    language: str
    part: Part


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of the operation: every member reads it when `readers` is empty, else only these accounts."""

    key: str
    label: str
    type: str
    compartment: str
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phase:
    key: str
    label: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Operation:
    code: str
    name: str
    phase: str
    phases: tuple[Phase, ...]
    compartments: tuple[str, ...]
    channels: tuple[Channel, ...]
    templates: tuple[str, ...]


CODE: Final = "HSH"
# In the order in which they report: the first ones much, the last ones hardly anything.
_CONTACT_POINTS: Final = (
    ("gh", "Ghana", "Customs Division", "ghana", "en"),
    ("fr", "France", "Customs", "france", "fr"),
    ("in", "India", "Customs", "india", "en"),
    ("pe", "Peru", "Customs", "peru", "en"),
    ("ma", "Morocco", "Customs", "morocco", "fr"),
    ("ng", "Nigeria", "Customs Service", "nigeria", "en"),
    ("nl", "Netherlands", "Customs", "netherlands", "en"),
    ("ke", "Kenya", "Customs", "kenya", "en"),
    ("br", "Brazil", "Customs", "brazil", "en"),
    ("zm", "Zambia", "Customs", "zambia", "en"),
    ("vn", "Viet Nam", "Customs", "vietnam", "en"),
    ("tr", "Türkiye", "Customs", "turkiye", "en"),
)
COORDINATOR: Final = Person(
    "HQ-COORDINATION-1",
    "Coordination unit · HEALTH SHIELD",
    "Coordination unit",
    "BE",
    "coordinator",
    "en",
    Part.COORDINATOR,
)
# No operation becomes active with a single coordinator: one person's key must not be able to stop it.
DEPUTY: Final = Person(
    "HQ-COORDINATION-2",
    "Deputy coordination · HEALTH SHIELD",
    "Coordination unit",
    "BE",
    "coordinator-2",
    "en",
    Part.COORDINATOR,
)
AUDITOR: Final = Person("HQ-AUDIT-1", "Auditor · HEALTH SHIELD", "Audit office", "BE", "auditor", "en", Part.AUDITOR)
ADMINISTRATORS: Final = ("Administrator 1", "Administrator 2")


def people() -> tuple[Person, ...]:
    """The contact points, busiest first, then the coordinators and the auditor; administrators have keys only."""
    contact_points = tuple(
        Person(
            f"{code.upper()}-CUSTOMS-1",
            f"NCP {country} · {service}",
            f"{country} · {service}",
            code.upper(),
            host,
            language,
            Part.CONTACT_POINT,
        )
        for code, country, service, host, language in _CONTACT_POINTS
    )
    return (*contact_points, COORDINATOR, DEPUTY, AUDITOR)


def operation(now: datetime) -> Operation:
    """The operation as it stands at `now`: prepared, five weeks into its active phase, reporting still to come."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts, ends = day - timedelta(days=36), day + timedelta(days=54)
    return Operation(
        code=CODE,
        name="HEALTH SHIELD",
        phase="active",
        phases=(
            Phase("preparation", "Preparation", starts - timedelta(days=42), starts),
            Phase("active", "Active phase", starts, ends),
            Phase("reporting", "Reporting", ends, ends + timedelta(days=30)),
        ),
        compartments=("general",),
        channels=(
            Channel("all", "All members", "all", "general", ()),
            Channel(
                "case",
                "Case room: vials without a cold chain",
                "case",
                "general",
                ("GH-CUSTOMS-1", "NG-CUSTOMS-1", COORDINATOR.code),
            ),
        ),
        templates=("seizure",),
    )
