"""
The exercise's contact cards: languages, working hours and time zones of each country, telephones that ring nowhere.

Numbers: ranges that regulators keep for films and examples where there is one (ARCEP: 01 99 00, Bundesnetzagentur:
030 23125, PTS: 08-465 004), else country code 999, which ITU-T E.164 assigns to nobody.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crypto.card import Away, Contact, Hours
from crypto.encoding import AccountId
from hub.client.cards import put_card
from hub.client.member import Member
from hub.exercise.people import COORDINATOR, DEPUTY, HEADQUARTERS, Part, Person, code_of, people

DAY: Final = 24 * 3_600_000
WEEKDAYS: Final = (1, 2, 3, 4, 5)
SUNDAY_TO_THURSDAY: Final = (1, 2, 3, 4, 7)
EASTERN_WEEK: Final = frozenset({"EG", "JO", "SA"})
AROUND_THE_CLOCK: Final = frozenset({"NL", "JP", "KR", "BR", "ZA"})
WITHOUT_CARD: Final = frozenset({code_of("ph"), code_of("ug")})
LONG_AGO: Final = frozenset({code_of("uy")})
RANGES: Final[Mapping[str, str]] = {"FR": "+33 1 99 00 12 34", "DE": "+49 30 23125 012", "SE": "+46 8 465 004 12"}

_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "GH": ("Africa/Accra", "en fr"),
    "PE": ("America/Lima", "es en"),
    "FR": ("Europe/Paris", "fr en"),
    "IN": ("Asia/Kolkata", "en hi"),
    "MA": ("Africa/Casablanca", "fr ar en"),
    "NG": ("Africa/Lagos", "en ha"),
    "NL": ("Europe/Amsterdam", "nl en fr"),
    "KE": ("Africa/Nairobi", "en sw"),
    "BR": ("America/Sao_Paulo", "pt en es"),
    "SN": ("Africa/Dakar", "fr en"),
    "CI": ("Africa/Abidjan", "fr en"),
    "ZM": ("Africa/Lusaka", "en"),
    "CM": ("Africa/Douala", "fr en"),
    "VN": ("Asia/Ho_Chi_Minh", "vi en"),
    "TR": ("Europe/Istanbul", "tr en"),
    "DE": ("Europe/Berlin", "de en"),
    "IT": ("Europe/Rome", "it en fr"),
    "ES": ("Europe/Madrid", "es en fr"),
    "PT": ("Europe/Lisbon", "pt en"),
    "PL": ("Europe/Warsaw", "pl en"),
    "RO": ("Europe/Bucharest", "ro fr en"),
    "GR": ("Europe/Athens", "el en"),
    "SE": ("Europe/Stockholm", "sv en"),
    "CL": ("America/Santiago", "es en"),
    "AR": ("America/Argentina/Buenos_Aires", "es en"),
    "CO": ("America/Bogota", "es en"),
    "EC": ("America/Guayaquil", "es"),
    "UY": ("America/Montevideo", "es pt"),
    "MX": ("America/Mexico_City", "es en"),
    "PA": ("America/Panama", "es en"),
    "ZA": ("Africa/Johannesburg", "en"),
    "TZ": ("Africa/Dar_es_Salaam", "sw en"),
    "UG": ("Africa/Kampala", "en sw"),
    "EG": ("Africa/Cairo", "ar en"),
    "JO": ("Asia/Amman", "ar en"),
    "SA": ("Asia/Riyadh", "ar en"),
    "AE": ("Asia/Dubai", "ar en"),
    "TH": ("Asia/Bangkok", "th en"),
    "MY": ("Asia/Kuala_Lumpur", "ms en"),
    "ID": ("Asia/Jakarta", "id en"),
    "PH": ("Asia/Manila", "en"),
    "KR": ("Asia/Seoul", "ko en"),
    "JP": ("Asia/Tokyo", "ja en"),
    HEADQUARTERS: ("Europe/Brussels", "en fr"),
    "CH": ("Europe/Zurich", "en fr"),
}


@dataclass(frozen=True, slots=True)
class Absence:
    """Who is away from so many days ago for so many days to come, and who stands in."""

    code: str
    since: int
    left: int
    deputy: str


DEPUTIES: Final[Mapping[str, str]] = {
    COORDINATOR.code: DEPUTY.code,
    DEPUTY.code: COORDINATOR.code,
    code_of("sn"): code_of("ci"),
    code_of("ci"): code_of("sn"),
    code_of("gh"): code_of("ng"),
    code_of("ke"): code_of("za"),
}
ABSENCES: Final = (Absence(code_of("sn"), 3, 11, code_of("ci")), Absence(code_of("ke"), 1, 6, code_of("za")))


def card_of(person: Person, number: int, accounts: Mapping[str, AccountId], now: int) -> Contact | None:
    """
    What the card of a person says at `now` (ms UTC); None for the few who have written none. `accounts` are those who
    may stand in, by their codes; `number` sets telephones apart.
    """
    if person.code in WITHOUT_CARD:
        return None
    zone, languages = _PLACES[person.country]
    day = now - now % DAY
    absence = next((one for one in ABSENCES if one.code == person.code and one.deputy in accounts), None)
    away = None
    if absence is not None:
        away = Away(day - absence.since * DAY, day + absence.left * DAY, accounts[absence.deputy])
    days = SUNDAY_TO_THURSDAY if person.country in EASTERN_WEEK else WEEKDAYS
    spoken = tuple(languages.split())
    first = (
        (person.language, *(tag for tag in spoken if tag != person.language)) if person.language in spoken else spoken
    )
    telephone = RANGES.get(person.country, f"+999 20 00 0{number:03}") if person.part is Part.CONTACT_POINT else ""
    return Contact(
        languages=first,
        phone=telephone or f"+999 20 01 0{number:03}",
        hours=None if person.country in AROUND_THE_CLOCK else Hours(days, "08:00", "16:30"),
        time_zone=zone,
        email=f"{person.host}@ncp.example",
        deputy=accounts.get(DEPUTIES.get(person.code, "")),
        confirmed_at=now - 400 * DAY if person.code in LONG_AGO else now,
        away=away,
    )


async def sign_cards(clients: Mapping[str, Member], now: int) -> None:
    """Everybody's card, signed by their own client; `clients` by account code."""
    accounts = {code: client.account for code, client in clients.items()}
    async with asyncio.TaskGroup() as desks:
        for number, person in enumerate(people(), 1):
            contact = card_of(person, number, accounts, now)
            if contact is not None and person.code in clients:
                desks.create_task(put_card(clients[person.code].state, contact))
