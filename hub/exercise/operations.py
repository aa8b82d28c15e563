"""The three operations of the exercises: who is in, what each may read, which channels there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.exercise.people import (
    ANALYST,
    AUDITOR,
    COORDINATOR,
    DEPUTY,
    HEADQUARTERS,
    OBSERVER,
    Part,
    Person,
    code_of,
    people,
)

GENERAL: Final = "general"
PRECURSOR: Final = "precursor"
VACCINE: Final = "vaccine"

HEALTH_SHIELD: Final = "HSH"
CLEAR_FIELD: Final = "CLF"
TWIN_GATE: Final = "TWG"

# In the order in which they report: the first ones much, the last ones hardly anything.
HEALTH_COUNTRIES: Final = ("GH", "IN", "PE", "MA", "NG", "SN", "NL", "KE", "BR", "CI", "ZM", "CM", "VN", "TR")
PRECURSOR_COUNTRIES: Final = (
    "GH", "FR", "NL", "IN", "MA", "BR", "DE", "TR", "NG", "CL", "KE", "ES", "AE", "ZA", "CO", "TH", "CI", "PL", "EG",
    "MX", "IT", "MY", "JO", "RO", "AR", "ID", "TZ", "PT", "SA", "CM", "EC", "PH", "UG", "GR", "ZM", "PA", "KR", "UY",
    "SE", "JP",
)  # fmt: skip
BOTH_COUNTRIES: Final = ("GH", "NL", "FR", "PE", "NG", "SN")


@dataclass(frozen=True, slots=True)
class Channel:
    """
    A channel of an operation: for everybody cleared for its compartment, unless `readers` names accounts, `countries`
    countries or `roles` roles.
    """

    key: str
    label: str
    type: str
    compartment: str
    readers: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    key: str
    label: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """One person in one operation, with the compartments that person is cleared for."""

    person: Person
    compartments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exercise:
    """
    One operation; `members` begin with its contact points, busiest first, then the first coordinator.

    `blueprint` names what it begins with (config/blueprints): rules, retention, and the channels that have its labels.
    """

    blueprint: str
    code: str
    name: str
    phase: str
    phases: tuple[Phase, ...]
    compartments: tuple[str, ...]
    members: tuple[Membership, ...]
    channels: tuple[Channel, ...]
    templates: tuple[str, ...]

    def contact_points(self) -> tuple[Person, ...]:
        return tuple(one.person for one in self.members if one.person.part is Part.CONTACT_POINT)

    def channel(self, key: str) -> Channel:
        return next(one for one in self.channels if one.key == key)

    def readers(self, key: str) -> tuple[Person, ...]:
        """Who reads a channel; an auditor reads none."""
        channel = self.channel(key)
        return tuple(
            one.person
            for one in self.members
            if one.person.part is not Part.AUDITOR
            and channel.compartment in one.compartments
            and (not channel.readers or one.person.code in channel.readers)
            and (not channel.countries or one.person.country in channel.countries)
            and (not channel.roles or one.person.part.value in channel.roles)
        )


def exercises(now: datetime) -> tuple[Exercise, ...]:
    """The operations as they stand at `now`: prepared, five weeks into their active phase, reporting still to come."""
    return (_health_shield(now), _clear_field(now), _twin_gate(now))


def _health_shield(now: datetime) -> Exercise:
    # Two administrations have not been cleared for vaccines yet, a partner never will be.
    cleared = dict.fromkeys(HEALTH_COUNTRIES, (GENERAL, VACCINE)) | {"VN": (GENERAL,), "TR": (GENERAL,)}
    every = (GENERAL, VACCINE)
    return Exercise(
        blueprint="health",
        code=HEALTH_SHIELD,
        name="HEALTH SHIELD",
        phase="active",
        phases=_phases(now, 90),
        compartments=every,
        members=_members(HEALTH_COUNTRIES, cleared, every, observed=True),
        channels=(
            *_common(),
            Channel(
                "regional",
                "West and Central Africa",
                "regional",
                GENERAL,
                countries=_with_headquarters("CI CM GH NG SN"),
            ),
            Channel("bilateral", "India and Kenya", "bilateral", GENERAL, readers=_accounts("IN KE")),
            Channel("case", "Case room: vials without a cold chain", "case", VACCINE, readers=_accounts("GH NG")),
            Channel("arrivals", "Vaccine arrivals", "all", VACCINE),
        ),
        templates=("seizure", "warning", "feedback", "arrival", "trend"),
    )


def _clear_field(now: datetime) -> Exercise:
    cleared = dict.fromkeys(PRECURSOR_COUNTRIES, (GENERAL, PRECURSOR)) | {"PA": (GENERAL,), "UY": (GENERAL,)}
    every = (GENERAL, PRECURSOR)
    return Exercise(
        blueprint="precursor",
        code=CLEAR_FIELD,
        name="CLEAR FIELD",
        phase="active",
        phases=_phases(now, 60),
        compartments=every,
        members=_members(PRECURSOR_COUNTRIES, cleared, every, observed=False),
        channels=(
            *_common(),
            Channel(
                "regional",
                "South and Central America",
                "regional",
                GENERAL,
                countries=_with_headquarters("AR BR CL CO EC MX PA UY"),
            ),
            Channel("bilateral", "France and Morocco", "bilateral", PRECURSOR, readers=_accounts("FR MA")),
            Channel("case", "Case room: flakes declared as pigment", "case", PRECURSOR, readers=_accounts("GH FR NL")),
            Channel("alerts", "Precursor alerts", "all", PRECURSOR),
            Channel("licit", "Licit shipments", "all", PRECURSOR),
        ),
        templates=("seizure", "warning", "feedback", "licit", "trend"),
    )


def _twin_gate(now: datetime) -> Exercise:
    every = (GENERAL, PRECURSOR, VACCINE)
    cleared = {
        "GH": every, "NL": every, "NG": every,
        "FR": (GENERAL, PRECURSOR), "PE": (GENERAL, VACCINE), "SN": (GENERAL, VACCINE),
    }  # fmt: skip
    return Exercise(
        blueprint="empty",
        code=TWIN_GATE,
        name="TWIN GATE",
        phase="active",
        phases=_phases(now, 45),
        compartments=every,
        members=_members(BOTH_COUNTRIES, cleared, every, observed=True),
        channels=(
            *_common(),
            Channel("arrivals", "Vaccine arrivals", "all", VACCINE),
            Channel("alerts", "Precursor alerts", "all", PRECURSOR),
            Channel("licit", "Licit shipments", "all", PRECURSOR),
        ),
        templates=("seizure", "warning", "feedback", "licit", "arrival", "trend"),
    )


def _common() -> tuple[Channel, ...]:
    return (
        Channel("all", "All members", "all", GENERAL),
        Channel("announcements", "Announcements", "announcement", GENERAL),
        Channel("coordination", "Coordination", "coordination", GENERAL, roles=("analyst", "coordinator")),
    )


def _members(
    countries: tuple[str, ...], cleared: Mapping[str, tuple[str, ...]], every: tuple[str, ...], *, observed: bool
) -> tuple[Membership, ...]:
    by_country = {person.country: person for person in people() if person.part is Part.CONTACT_POINT}
    return (
        *(Membership(by_country[country], cleared[country]) for country in countries),
        Membership(COORDINATOR, every),
        Membership(DEPUTY, every),
        Membership(ANALYST, every),
        *((Membership(OBSERVER, (GENERAL,)),) if observed else ()),
        Membership(AUDITOR, ()),
    )


def _phases(now: datetime, active_days: int) -> tuple[Phase, ...]:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = day - timedelta(days=36)
    ends = starts + timedelta(days=active_days)
    return (
        Phase("preparation", "Preparation", starts - timedelta(days=42), starts),
        Phase("active", "Active phase", starts, ends),
        Phase("reporting", "Reporting", ends, ends + timedelta(days=30)),
    )


def _accounts(countries: str) -> tuple[str, ...]:
    return (*(code_of(country) for country in countries.split()), COORDINATOR.code)


def _with_headquarters(countries: str) -> tuple[str, ...]:
    return tuple(sorted([*countries.split(), HEADQUARTERS]))
