"""Trends and ways of doing it that members of the exercises tell the others."""

# ruff: noqa: E501 - a sentence stands whole

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.client.domain.published import Domain
from hub.client.domain.templates import Value
from hub.exercise.chance import Chance, minute
from hub.exercise.items import Draft, alert
from hub.exercise.operations import CLEAR_FIELD, HEALTH_SHIELD, TWIN_GATE, Exercise
from hub.exercise.sentences import spaced


@dataclass(frozen=True, slots=True)
class Trend:
    channel: str
    author: str
    days: float
    title: str
    categories: str
    method: str
    concealments: str
    indicators: str
    to_do: str
    dangers: str
    weight: str  # urgency severity certainty
    seen: tuple[str, str, str, int]  # place, conveyance, countries of departure, sightings


TRENDS: Final[dict[str, tuple[Trend, ...]]] = {
    HEALTH_SHIELD: (
        Trend("all", "NL", 22.4, "Expiry dates renewed at the last transhipment", "MED_OTHER TEST_KIT", "Stock close to its end is bought cheaply and relabelled in a free zone between two sea legs. The new labels are laser-printed and slightly shorter; under ultraviolet light the old print shows through.",
            "RELABELLED FREE_ZONE", "OVERSTICKER FREE_ZONE ROUTE", "Lift one label of each pallet. Compare batch and date with the maker’s list. Keep one carton closed for the laboratory.", "NONE", "EXPECTED MODERATE OBSERVED", ("NLRTM", "SEA_CONTAINER", "AE MY", 9)),
        Trend("all", "MA", 15.1, "Colis de moins de deux kilos, envoyés en série le vendredi", "MED_OTHER MASK", "Le même expéditeur poste vingt à quarante colis le vendredi soir, chacun sous le seuil de valeur, vers des noms différents à trois ou quatre adresses.",
            "SMALL_PARCELS FALSE_DESCRIPTION", "SMALL_LOTS SAME_DETAILS VALUE", "Rapprocher les téléphones, pas les noms. Retenir toute la série, pas un seul colis.", "NONE", "EXPECTED MINOR OBSERVED", ("~Casablanca, centre de tri", "POST_PARCEL", "HK SG IN", 27)),
        Trend("arrivals", "GH", 5.2, "Cool boxes for drinks used for vials", "VACCINE", "Vials travel in cool boxes with a red lid, under cans, in private cars. A courier is paid in cash on each leg and knows only the next one. Loggers are missing; the gel packs are warm.",
            "VEHICLE_CAVITY OTHER_GOODS", "NO_COLD_CHAIN NO_LOT_RELEASE CASH", "Open the box, measure at once, photograph stoppers and caps. Take the telephone of the driver. Do not put the vials back into trade.", "BIOLOGICAL", "IMMEDIATE SEVERE LIKELY", ("~Aflao border post", "ROAD_CAR", "TG BJ", 2)),
        Trend("all", "BR", 2.3, "Washed gloves in new boxes", "GLOVE", "Used gloves are washed, dried and packed into new boxes near the port of loading. Flat boxes travel in the same container.",
            "RELABELLED FALSE_DESCRIPTION", "WEIGHT VALUE NO_BUSINESS", "Look for stains and mixed sizes in the innermost bags, and for flat boxes behind the doors.", "BIOLOGICAL", "EXPECTED MODERATE OBSERVED", ("BRSSZ", "SEA_CONTAINER", "MY TH", 6)),
    ),
    CLEAR_FIELD: (
        Trend("alerts", "CL", 26.0, "White crystals declared as tile adhesive", "CHEMICAL", "A nitrate is declared as tile adhesive. The sacks are real, the seam is new. The first container of a series is genuine and may be opened without a find.",
            "FALSE_DESCRIPTION", "VAGUE WEIGHT NO_SAFETY_SHEET FIRST_IMPORT", "Test the third row, not the first. A spoon in a glass of water tells enough: adhesive does not dissolve.", "OXIDISING", "EXPECTED SEVERE OBSERVED", ("CLARI", "SEA_CONTAINER", "CN", 4)),
        Trend("alerts", "TR", 18.7, "Peroxide in canisters without vented caps", "CHEMICAL", "Canisters made for water are filled with strong peroxide. They swell in the sun. Papers name cosmetics and a strength of nine per cent.",
            "RELABELLED FALSE_DESCRIPTION", "CONCENTRATION NO_MARKS NO_BUSINESS", "Do not move swollen canisters. Shade, distance, specialists. Never near fuel or sawdust.", "OXIDISING CORROSIVE PRESSURE", "IMMEDIATE EXTREME OBSERVED", ("TRMER", "SEA_CONTAINER", "DE CN", 5)),
        Trend("alerts", "AE", 9.9, "Arms for heavy unmanned aircraft declared as toys", "UAV COMPONENT", "Motors, arms and flight controllers arrive in separate parcels to shops with one director. Release hooks come by another carrier a week later.",
            "FALSE_DESCRIPTION SMALL_PARCELS", "COMPONENTS SAME_DETAILS VALUE", "Match telephone and payer over two weeks. One parcel alone says nothing.", "NONE", "EXPECTED MODERATE LIKELY", ("AEDXB", "AIR_EXPRESS", "CN", 7)),
        Trend("all", "ZA", 4.0, "Fertiliser on the paper, cigarettes in the truck", "BONUS", "Since farms order for the season, smugglers of cigarettes use papers for fertiliser. The sacks in the first row are real.",
            "COVER_LOAD", "WEIGHT VAGUE", "Weigh. A truck of fertiliser is eleven tonnes heavier.", "NONE", "EXPECTED MINOR OBSERVED", ("~Beitbridge", "ROAD_TRUCK", "ZW", 8)),
    ),
    TWIN_GATE: (
        Trend("all", "NL", 11.6, "One forwarder for both: the same mailbox for medicines and chemicals", "MED_OTHER CHEMICAL", "A forwarder with a mailbox at a business centre books medicines and chemicals by turns, each time for a new consignee with the same payer.",
            "FALSE_DESCRIPTION FORGED_PAPERS", "NO_ADDRESS CASH NEW_COMPANY", "Search by payer. Tell the other desk of your administration as well.", "TOXIC", "EXPECTED MODERATE LIKELY", ("NLRTM", "SEA_CONTAINER", "CN IN", 3)),
    ),
}  # fmt: skip


def trends(chance: Chance, exercise: Exercise, now: datetime, domain: Domain) -> Iterator[Draft]:
    """Each is valid for two months from when it was told."""
    people = {person.country: person for person in exercise.contact_points()}
    for one in TRENDS[exercise.code]:
        author = people[one.author]
        at = chance.working_hour(now, one.days)
        urgency, severity, certainty = one.weight.split()
        place, conveyance, departures, sightings = one.seen
        values: dict[str, Value] = {
            "country": one.author,
            "title": spaced(one.title, author.language),
            "categories": one.categories,
            "method": spaced(one.method, author.language),
            "concealments": one.concealments,
            "indicators": one.indicators,
            "to_do": spaced(one.to_do, author.language),
            "dangers": one.dangers,
            "urgency": urgency,
            "severity": severity,
            "certainty": certainty,
            "valid_until": minute(at + timedelta(days=60)),
            "first_at": minute(at - timedelta(days=chance.random.randrange(3, 20))),
            "first_place": place,
            "conveyance": conveyance,
            "departure": departures,
            "sightings": sightings,
            "source_grade": "A",
            "information_grade": chance.random.choice(["1", "2", "3"]),
            "tlp": "TLP:GREEN",
        }
        yield alert(domain, "trend", "long", author, one.channel, values, at)
