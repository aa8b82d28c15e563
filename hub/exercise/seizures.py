"""
Seizures of the exercises, in the shape of published figures.

Cases per country fall like 1/rank, a case holds 1 + Poisson(0.455) seizures, quantities are log-normal by kind of
goods, one case in ten is told more than two weeks late. Health: vaccines appear in very few cases. Precursors: most
seizures are something else, few carry tonnes, together 113.8 kg of chemicals per seizure.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.client.domain.identifiers import show_container
from hub.client.domain.published import Domain
from hub.client.domain.templates import Value
from hub.exercise.chance import Chance, minute
from hub.exercise.chemicals import CHEMICALS, COMPONENTS, OTHERS
from hub.exercise.goods import FINDINGS, Finding
from hub.exercise.items import Draft, alert
from hub.exercise.operations import CLEAR_FIELD, HEALTH_SHIELD, PRECURSOR, TWIN_GATE, Exercise
from hub.exercise.people import Person
from hub.exercise.routes import SPOTS, Spot
from hub.exercise.sentences import Pair, said
from hub.exercise.words import CLOSINGS, CLOSINGS_OF_PRECURSORS, OPENINGS, OPENINGS_OF_PRECURSORS

CASES: Final = {HEALTH_SHIELD: 41, CLEAR_FIELD: 36, TWIN_GATE: 5}
MORE_SEIZURES: Final = 0.455
CHEMICALS_PER_SEIZURE: Final = 54_050 / 475  # kilograms
SHARE_OF_CHEMICALS: Final = 0.3
SHARE_OF_COMPONENTS: Final = 0.3
WEIGHTS: Final = {
    "MED_OTHER": 30, "MED_COVID": 18, "MASK": 15, "TEST_KIT": 9, "GLOVE": 8, "SANITISER": 6, "DEVICE_OTHER": 6,
    "THERMOMETER": 3, "GOWN": 3, "OXYGEN": 2, "BONUS": 2,
}  # fmt: skip
# Vaccines come in two cases only: country and which of its cases, and how many days before now.
VACCINE_CASES: Final = {("GH", 2): 7.3, ("NG", 0): 7.4}
LOADS: Final = frozenset({"SEA_CONTAINER", "ROAD_TRUCK", "AIR_CARGO"})
SMALL: Final = {"AIR_PASSENGER": 0.05, "AIR_EXPRESS": 0.06, "POST_PARCEL": 0.05, "ROAD_BUS": 0.1, "ROAD_CAR": 0.12}
HIDING: Final = {
    "LUGGAGE": {"AIR_PASSENGER", "ROAD_BUS"},
    "SMALL_PARCELS": {"POST_PARCEL", "AIR_EXPRESS"},
    "VEHICLE_CAVITY": {"ROAD_CAR", "ROAD_TRUCK"},
    "RIP_ON": {"SEA_CONTAINER"},
    "FALSE_WALL": {"ROAD_TRUCK", "SEA_CONTAINER"},
    "COVER_LOAD": {"SEA_CONTAINER", "ROAD_TRUCK", "AIR_CARGO"},
    "FALSE_DESCRIPTION": {"SEA_CONTAINER", "ROAD_TRUCK", "AIR_CARGO", "AIR_EXPRESS", "POST_PARCEL"},
}
DETECTIONS: Final = {
    "SEA_CONTAINER": ("RISK_PROFILE", "WARNING", "SCANNER", "DOCUMENTS", "PHYSICAL_SEARCH", "RANDOM", "JOINT_CONTROL"),
    "ROAD_TRUCK": ("RISK_PROFILE", "SCANNER", "PHYSICAL_SEARCH", "JOINT_CONTROL", "ROUTINE", "TIP"),
    "AIR_CARGO": ("RISK_PROFILE", "DOCUMENTS", "SCANNER", "PRIOR_INFORMATION", "FIELD_TEST"),
    "AIR_PASSENGER": ("BEHAVIOUR", "PRIOR_INFORMATION", "ROUTINE"),
    "AIR_EXPRESS": ("DOCUMENTS", "ROUTINE", "TIP", "FIELD_TEST"),
    "POST_PARCEL": ("ROUTINE", "TIP", "SCANNER", "FIELD_TEST"),
    "ROAD_BUS": ("BEHAVIOUR", "ROUTINE", "JOINT_CONTROL"),
    "ROAD_CAR": ("TIP", "ROUTINE", "JOINT_CONTROL"),
}
_OF_A_LOAD: Final = re.compile(r"container|[Pp]allet|transhipment|load|Emptied|weight")
_OF_PARCELS: Final = re.compile(r"parcels")
_OF_LUGGAGE: Final = re.compile(r"suitcases|passenger|traveller")
_KINDS: Final = {
    "OXY": "CY", "ANP": "BG", "URE": "BG", "NAN": "BG", "HPO": "JC", "NIA": "JC", "ACE": "DR", "KCL": "DR", "ALF": "DR",
}  # fmt: skip
_PACKAGES: Final = {"POST_PARCEL": "PC", "AIR_EXPRESS": "PC", "AIR_PASSENGER": "SU"}


@dataclass(frozen=True, slots=True)
class _Case:
    """What the seizures of one case have in common."""

    number: str
    spot: Spot
    conveyance: str
    posted: datetime
    found: datetime
    openings: Mapping[str, tuple[Pair, ...]]
    closings: Mapping[str, tuple[Pair, ...]]


@dataclass(frozen=True, slots=True)
class _Find:
    person: Person
    case: _Case
    place: int  # in its case
    finding: Finding


def seizures(chance: Chance, exercise: Exercise, now: datetime, domain: Domain) -> list[Draft]:
    """Every seizure that the contact points of `exercise` have reported until `now`."""
    finds = list(_finds(chance, exercise, now))
    weights = _weights(chance, [one.finding for one in finds])
    return [_draft(chance, exercise, now, domain, one, weight) for one, weight in zip(finds, weights, strict=True)]


def _finds(chance: Chance, exercise: Exercise, now: datetime) -> Iterator[_Find]:
    people = exercise.contact_points()
    total = sum(1 / rank for rank in range(1, len(people) + 1))
    # Of forty administrations little more than a half report anything.
    least = 0 if exercise.code == CLEAR_FIELD else 1
    for rank, person in enumerate(people, 1):
        for number in range(max(least, round(CASES[exercise.code] / rank / total))):
            yield from _case(chance, exercise, now, person, number)


def _case(chance: Chance, exercise: Exercise, now: datetime, person: Person, number: int) -> Iterator[_Find]:
    days = VACCINE_CASES.get((person.country, number)) if exercise.code == HEALTH_SHIELD else None
    first = _finding(chance, exercise, person, number, 0)
    spots = [spot for spot in SPOTS[person.country] if not days or spot.kind == "LAND_BORDER"]
    if first.unit == "KGM":
        spots = [spot for spot in spots if LOADS & set(spot.conveyances)] or spots
    spot = chance.fresh(spots)
    conveyances = [one for one in spot.conveyances if first.unit != "KGM" or one in LOADS] or list(spot.conveyances)
    conveyance = "ROAD_CAR" if days else chance.random.choice(conveyances)
    posted = chance.working_hour(now, days or chance.random.uniform(0.3, 34))
    late = timedelta(days=chance.random.uniform(15, 22)) if not days and chance.chance(0.1) else timedelta()
    of_precursors = exercise.code == CLEAR_FIELD or first in CHEMICALS or first in COMPONENTS
    case = _Case(
        f"{person.country}-{exercise.code}-{now.year}-{chance.random.randrange(100, 900) + number}",
        spot,
        conveyance,
        posted,
        posted - late - timedelta(minutes=chance.random.randrange(50, 2400)),
        OPENINGS | OPENINGS_OF_PRECURSORS if of_precursors else OPENINGS,
        CLOSINGS | CLOSINGS_OF_PRECURSORS if of_precursors else CLOSINGS,
    )
    for place in range(1 + chance.poisson(MORE_SEIZURES)):
        for _ in range(50):
            finding = first if place == 0 else _finding(chance, exercise, person, number, place)
            if _fitting(finding.seen, conveyance):
                yield _Find(person, case, place, finding)
                break
            first = _finding(chance, exercise, person, number, place)


def _finding(chance: Chance, exercise: Exercise, person: Person, number: int, place: int) -> Finding:
    """What is found: by the operation's subject, and by what its author is cleared for."""
    cleared = next(one.compartments for one in exercise.members if one.person == person)
    if PRECURSOR not in exercise.compartments or PRECURSOR not in cleared:
        only = "VACCINE" if exercise.code == HEALTH_SHIELD and (person.country, number) in VACCINE_CASES else ""
        category = only if only and place == 0 else chance.weighted(WEIGHTS)
        return chance.fresh(
            OTHERS if exercise.code == CLEAR_FIELD else [one for one in FINDINGS if one.category == category]
        )
    if exercise.code == CLEAR_FIELD and (person.country, number, place) == ("GH", 1, 0):
        return next(one for one in CHEMICALS if one.category == "ALUMINIUM")
    kind = chance.random.random()
    if kind < SHARE_OF_CHEMICALS:
        return chance.fresh(CHEMICALS)
    return chance.fresh(COMPONENTS if kind < SHARE_OF_CHEMICALS + SHARE_OF_COMPONENTS else OTHERS)


def _weights(chance: Chance, findings: Sequence[Finding]) -> list[int | None]:
    """
    Kilograms of each chemical, None for everything else: together what one seizure holds on the average.

    Drawn with a heavy tail, so that few carry nearly all of it.
    """
    drawn = [
        one.median * math.exp(chance.random.gauss(0, one.spread)) if one in CHEMICALS else None for one in findings
    ]
    total = sum(one for one in drawn if one is not None)
    scale = CHEMICALS_PER_SEIZURE * len(findings) / total if total else 0
    return [None if one is None else max(1, round(one * scale)) for one in drawn]


def _draft(chance: Chance, exercise: Exercise, now: datetime, domain: Domain, find: _Find, weight: int | None) -> Draft:
    person, case, finding = find.person, find.case, find.finding
    channel = _channel(exercise, person, finding)
    long = channel == "case" or finding.category == "VACCINE" or chance.chance(0.62)
    values = _seizure(chance, person, case, finding, weight)
    values["own_reference"] = case.number
    if channel == "case":
        values["tlp"] = "TLP:RED"
    if not long:
        _shorten(chance, values)
    at = min(case.posted + timedelta(minutes=17 * find.place), now - timedelta(minutes=4))
    return alert(domain, "seizure", "long" if long else "short", person, channel, values, at)


def _channel(exercise: Exercise, person: Person, finding: Finding) -> str:
    """Where a find belongs: vaccines and precursors into their compartments, some to few, everything else to all."""
    if finding.category == "VACCINE":
        return "case" if person.country == "GH" else "arrivals"
    if finding in CHEMICALS or finding in COMPONENTS:
        return (
            "case"
            if person.country == "GH" and finding.category == "ALUMINIUM" and exercise.code == CLEAR_FIELD
            else "alerts"
        )
    return "all"


def _seizure(chance: Chance, person: Person, case: "_Case", finding: Finding, weight: int | None) -> dict[str, Value]:
    spot, conveyance, found = case.spot, case.conveyance, case.found
    french = person.language == "fr"
    lot = chance.lot(finding.lot)
    departure, destination, direction = _route(chance, person, spot)
    hiding = [one for one in finding.concealments if conveyance in HIDING.get(one, {conveyance})]
    carried = "VEHICLE_CAVITY" if conveyance == "ROAD_CAR" else "LUGGAGE"
    concealment = chance.random.choice(hiding or ["FALSE_DESCRIPTION" if conveyance in LOADS else carried])
    detection = chance.fresh(DETECTIONS[conveyance])
    action = chance.weighted({"SEIZED": 62, "DETAINED": 28, "RETURNED": 5, "DESTROYED": 5})
    quantity, packages = (
        _quantity(chance, finding, conveyance) if weight is None else (str(weight), max(1, weight // 25))
    )
    plain = ("Found in an ordinary control.", "Découvert lors d’un contrôle ordinaire.")
    sentences = [
        chance.fresh(_fitting(case.openings[detection], conveyance) or [plain]),
        chance.fresh(_fitting(finding.seen, conveyance)),
        chance.fresh(case.closings[action]),
    ]
    values: dict[str, Value] = {
        "country": person.country,
        "place": spot.place,
        "place_type": spot.kind,
        "event_at": minute(found),
        "direction": direction,
        "goods": finding.goods[french],
        "category": finding.category,
        "hs": finding.hs,
        "hs_edition": "HS2022",
        "quantity": quantity,
        "unit": finding.unit,
        "infringement": chance.random.choice(finding.infringements),
        "conveyance": conveyance,
        "departure": departure,
        "destination": destination,
        "detection": detection,
        "concealment": concealment,
        "action": action,
        "declared_goods": finding.declared[french],
        "narrative": " ".join(said(one, person.language, lot=lot) for one in sentences),
        "tlp": chance.weighted({"TLP:AMBER": 55, "TLP:GREEN": 30, "TLP:AMBER+STRICT": 12, "TLP:CLEAR": 3}),
    }
    values |= _details(chance, person, finding, conveyance, values)
    if any("{lot}" in one[0] for one in sentences) or chance.chance(0.5):
        values["batch"] = lot
    if chance.chance(0.7):
        values |= {
            "packages": packages,
            "package_kind": _PACKAGES.get(conveyance, _KINDS.get(finding.lot, "CT")),
        }
    return values


def _fitting(sentences: Sequence[Pair], conveyance: str) -> list[Pair]:
    """Those that can be said of goods on this conveyance."""
    wrong = [] if conveyance in LOADS else [_OF_A_LOAD]
    wrong += [] if conveyance in HIDING["SMALL_PARCELS"] else [_OF_PARCELS]
    wrong += [] if conveyance in HIDING["LUGGAGE"] else [_OF_LUGGAGE]
    return [one for one in sentences if not any(words.search(one[0]) for words in wrong)]


def _details(
    chance: Chance, person: Person, finding: Finding, conveyance: str, values: Mapping[str, Value]
) -> dict[str, Value]:
    more: dict[str, Value] = {"physical_state": finding.state}
    if finding.cas:
        more["cas"] = finding.cas
    if values["detection"] in {"SCANNER", "FIELD_TEST"}:
        scanner = "CARGO_XRAY" if conveyance in LOADS else "BAGGAGE_XRAY"
        more["equipment"] = scanner if values["detection"] == "SCANNER" else "RAMAN"
    if values["concealment"] == "COVER_LOAD":
        row = str(chance.random.randrange(2, 6))
        cover = (
            "Behind the declared goods, from row {row} on",
            "Derrière les marchandises déclarées, dès la rangée {row}",
        )
        more["concealment_note"] = said(cover, person.language, row=row)
    if conveyance in {"AIR_PASSENGER", "ROAD_BUS", "ROAD_CAR"}:
        more |= {"persons": chance.random.randrange(1, 4), "arrested": int(chance.chance(0.3))}
    if conveyance == "SEA_CONTAINER" and chance.chance(0.25):
        more["container"] = show_container(chance.container())
    if chance.chance(0.2):
        more["documents_forged"] = (
            "yes" if values["concealment"] == "FORGED_PAPERS" else chance.random.choice(["yes", "no"])
        )
    if chance.chance(0.6):
        more |= {"use": chance.weighted({"H0": 30, "H1": 60, "H2": 10}), "source_grade": "A", "information_grade": "1"}
    if finding.category == "BONUS":
        more["bonus"] = "yes"
    return more


def _shorten(chance: Chance, values: dict[str, Value]) -> None:
    values["cases"] = 1
    for key, kept in (("goods", 0.6), ("narrative", 0.4), ("place", 0.75), ("hs", 0.7), ("departure", 0.8)):
        if not chance.chance(kept):
            del values[key]
    if chance.chance(0.12):  # a weekly total
        del values["own_reference"]
        values.pop("narrative", None)
        values["cases"] = chance.random.randrange(2, 7)


def _route(chance: Chance, person: Person, spot: Spot) -> tuple[str, str, str]:
    departure = chance.random.choice(spot.departures)
    if person.country == "IN" and spot.kind in {"SEAPORT", "AIRPORT"} and chance.chance(0.3):
        return "IN", chance.random.choice(["GH", "NG", "KE", "BR", "NL"]), "EXPORT"
    if spot.onward and chance.chance(0.3):
        destination = chance.random.choice(spot.onward)
        return departure, destination, "TRANSHIPMENT" if spot.kind == "AIRPORT" and chance.chance(0.4) else "TRANSIT"
    return departure, person.country, "IMPORT"


def _quantity(chance: Chance, finding: Finding, conveyance: str) -> tuple[str, int]:
    """A quantity as officers count it, whole packages where there are any, and the number of packages."""
    amount = finding.median * math.exp(chance.random.gauss(0, finding.spread)) * SMALL.get(conveyance, 1)
    amount = min(max(amount, 8), 6_000_000)
    if amount < finding.pack:
        counted = round(amount) if amount < 100 else round(amount / 10) * 10
        return str(max(1, counted)), chance.random.randrange(1, 5)
    packages = round(amount / finding.pack)
    return str(packages * finding.pack), packages
