"""Who takes part in the exercises: contact points of 43 countries, and the few who serve them all."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Part(StrEnum):
    """What a person does in the exercises."""

    CONTACT_POINT = "contact point"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    OBSERVER = "observer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """
    One account of the exercises.

    `host` is the first label of its browser's host name (``ghana.localhost``), a storage for each person.
    """

    code: str
    name: str
    organisation: str
    country: str
    host: str
    language: str
    part: Part


_CONTACT_POINTS: Final = (
    ("gh", "Ghana", "Customs Division", "ghana", "en"),
    ("pe", "Peru", "Customs", "peru", "en"),
    ("fr", "France", "Customs", "france", "fr"),
    ("in", "India", "Customs", "india", "en"),
    ("ma", "Morocco", "Customs", "morocco", "fr"),
    ("ng", "Nigeria", "Customs Service", "nigeria", "en"),
    ("nl", "Netherlands", "Customs", "netherlands", "en"),
    ("ke", "Kenya", "Customs", "kenya", "en"),
    ("br", "Brazil", "Customs", "brazil", "en"),
    ("sn", "Senegal", "Customs", "senegal", "fr"),
    ("ci", "Côte d’Ivoire", "Customs", "ivory-coast", "fr"),
    ("zm", "Zambia", "Customs", "zambia", "en"),
    ("cm", "Cameroon", "Customs", "cameroon", "fr"),
    ("vn", "Viet Nam", "Customs", "vietnam", "en"),
    ("tr", "Türkiye", "Customs", "turkiye", "en"),
    ("de", "Germany", "Customs", "germany", "en"),
    ("it", "Italy", "Customs", "italy", "en"),
    ("es", "Spain", "Customs", "spain", "en"),
    ("pt", "Portugal", "Customs", "portugal", "en"),
    ("pl", "Poland", "Customs", "poland", "en"),
    ("ro", "Romania", "Customs", "romania", "en"),
    ("gr", "Greece", "Customs", "greece", "en"),
    ("se", "Sweden", "Customs", "sweden", "en"),
    ("cl", "Chile", "Customs", "chile", "en"),
    ("ar", "Argentina", "Customs", "argentina", "en"),
    ("co", "Colombia", "Customs", "colombia", "en"),
    ("ec", "Ecuador", "Customs", "ecuador", "en"),
    ("uy", "Uruguay", "Customs", "uruguay", "en"),
    ("mx", "Mexico", "Customs", "mexico", "en"),
    ("pa", "Panama", "Customs", "panama", "en"),
    ("za", "South Africa", "Customs", "south-africa", "en"),
    ("tz", "Tanzania", "Customs", "tanzania", "en"),
    ("ug", "Uganda", "Customs", "uganda", "en"),
    ("eg", "Egypt", "Customs", "egypt", "en"),
    ("jo", "Jordan", "Customs", "jordan", "en"),
    ("sa", "Saudi Arabia", "Customs", "saudi-arabia", "en"),
    ("ae", "United Arab Emirates", "Customs", "emirates", "en"),
    ("th", "Thailand", "Customs", "thailand", "en"),
    ("my", "Malaysia", "Customs", "malaysia", "en"),
    ("id", "Indonesia", "Customs", "indonesia", "en"),
    ("ph", "Philippines", "Customs", "philippines", "en"),
    ("kr", "Korea", "Customs Service", "korea", "en"),
    ("jp", "Japan", "Customs", "japan", "en"),
)
# Nobody else of the exercises is in Belgium: regional channels name it so that the coordinators read along.
HEADQUARTERS: Final = "BE"
COORDINATOR: Final = Person(
    "HQ-COORDINATION-1",
    "Coordination unit",
    "Coordination unit",
    HEADQUARTERS,
    "coordinator",
    "en",
    Part.COORDINATOR,
)
# No operation becomes active with a single coordinator: one person's key must not be able to stop it.
DEPUTY: Final = Person(
    "HQ-COORDINATION-2",
    "Deputy coordination",
    "Coordination unit",
    HEADQUARTERS,
    "coordinator-2",
    "fr",
    Part.COORDINATOR,
)
ANALYST: Final = Person(
    "HQ-ANALYSIS-1", "Analyst", "RILO · intelligence office", HEADQUARTERS, "analyst", "en", Part.ANALYST
)
OBSERVER: Final = Person(
    "HQ-PARTNER-1",
    "Observer · partner organisation",
    "UNODC · liaison of the exercise",
    "CH",
    "observer",
    "en",
    Part.OBSERVER,
)
AUDITOR: Final = Person("HQ-AUDIT-1", "Auditor", "Audit office", HEADQUARTERS, "auditor", "en", Part.AUDITOR)
ADMINISTRATORS: Final = (
    Person("HQ-ADMIN-1", "Administrator 1", "Secretariat", HEADQUARTERS, "administrator", "en", Part.ADMINISTRATOR),
    Person("HQ-ADMIN-2", "Administrator 2", "Secretariat", HEADQUARTERS, "administrator-2", "fr", Part.ADMINISTRATOR),
)
"""People like any other, in no operation; each also holds one of the keys that founded the hub."""


def people() -> tuple[Person, ...]:
    """The contact points, those who serve all exercises, and the administrators, who are in none."""
    contact_points = tuple(
        Person(
            code_of(code),
            f"NCP {country} · {service}",
            f"{country} · {service}",
            code.upper(),
            host,
            language,
            Part.CONTACT_POINT,
        )
        for code, country, service, host, language in _CONTACT_POINTS
    )
    return (*contact_points, COORDINATOR, DEPUTY, ANALYST, OBSERVER, AUDITOR, *ADMINISTRATORS)


def code_of(country: str) -> str:
    """The code of a country's contact point."""
    return f"{country.upper()}-CUSTOMS-1"
