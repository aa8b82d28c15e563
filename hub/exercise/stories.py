"""
Makes the exercise's alerts and talk from a seed, in the shape of published figures of a health operation.

Cases per country fall like 1/rank, a case holds 1 + Poisson(0.455) seizures, quantities are log-normal by kind of
goods, vaccines appear in very few cases, one case in ten is told more than two weeks late.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, TypeVar

from hub.client.domain.bodies import alert_body, post_body
from hub.client.domain.published import Domain
from hub.client.domain.templates import Value
from hub.exercise.goods import FINDINGS, Finding
from hub.exercise.people import COORDINATOR, Part, Person, people
from hub.exercise.routes import DEMONSTRATION_LOTS, SPOTS, Spot
from hub.exercise.words import CASE_POSTS, CLOSINGS, OPENINGS, POSTS, REPLIES, Pair

T = TypeVar("T")

CASES: Final = 41
MORE_SEIZURES: Final = 0.455
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
_PACKAGES: Final = {"POST_PARCEL": "PC", "AIR_EXPRESS": "PC", "AIR_PASSENGER": "SU"}


@dataclass(frozen=True, slots=True)
class Item:
    """
    One thing to post, in the order of time: `number` counts from 0, `reply_to` is the number of an earlier item;
    `kind` is alert or post, `body` what its envelope seals.
    """

    number: int
    author: str
    channel: str
    kind: str
    body: Mapping[str, Any]
    at: datetime
    reply_to: int | None


@dataclass(slots=True)
class _Draft:
    author: Person
    channel: str
    kind: str
    body: dict[str, Any]
    at: datetime
    lot: str = ""
    reply_to: "_Draft | None" = None


class _Author:
    """Chooses with one random source, and the least used thing first, so that texts rarely repeat."""

    def __init__(self, seed: int) -> None:
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


def items(now: datetime, seed: int, domain: Domain) -> Iterator[Item]:
    """Everything posted in the exercise until `now`, oldest first; the same `seed` and `now` give the same items."""
    author = _Author(seed)
    alerts = list(_alerts(author, now, domain))
    drafts = [*alerts, *_posts(author, now), *_replies(author, now, alerts)]
    drafts.sort(key=lambda draft: draft.at)
    numbers = {id(draft): number for number, draft in enumerate(drafts)}
    for number, draft in enumerate(drafts):
        reply_to = numbers[id(draft.reply_to)] if draft.reply_to else None
        yield Item(number, draft.author.code, draft.channel, draft.kind, draft.body, draft.at, reply_to)


def _alerts(author: _Author, now: datetime, domain: Domain) -> Iterator[_Draft]:
    contact_points = [person for person in people() if person.part is Part.CONTACT_POINT]
    total = sum(1 / rank for rank in range(1, len(contact_points) + 1))
    for rank, person in enumerate(contact_points, 1):
        for case in range(max(1, round(CASES / rank / total))):
            yield from _case(author, now, domain, person, case)


def _case(author: _Author, now: datetime, domain: Domain, person: Person, case: int) -> Iterator[_Draft]:
    vaccine = VACCINE_CASES.get((person.country, case))
    spots = [spot for spot in SPOTS[person.country] if not vaccine or spot.kind == "LAND_BORDER"]
    spot = author.fresh(spots)
    conveyance = "ROAD_CAR" if vaccine else author.random.choice(spot.conveyances)
    number = f"{person.country}-HSH-{now.year}-{author.random.randrange(100, 900) + case}"
    posted = _working_hour(author, now, vaccine or author.random.uniform(0.3, 34))
    late = timedelta(days=author.random.uniform(15, 22)) if not vaccine and author.chance(0.1) else timedelta()
    found = posted - late - timedelta(minutes=author.random.randrange(50, 2400))
    for seizure in range(1 + author.poisson(MORE_SEIZURES)):
        only = "VACCINE" if vaccine and seizure == 0 else author.weighted(WEIGHTS)
        finding = author.fresh([one for one in FINDINGS if one.category == only and _fitting(one.seen, conveyance)])
        long = only == "VACCINE" or author.chance(0.62)
        secret = only == "VACCINE" and person.country == "GH"
        values = _seizure(author, person, spot, conveyance, finding, found)
        values["own_reference"] = number
        if secret:
            values["tlp"] = "TLP:RED"
        if not long:
            _shorten(author, values)
        body = alert_body(domain.template("seizure", "long" if long else "short"), values, person.language)
        at = min(posted + timedelta(minutes=17 * seizure), now - timedelta(minutes=4))
        yield _Draft(person, "case" if secret else "all", "alert", body, at, str(values.get("batch", "")))


def _seizure(
    author: _Author, person: Person, spot: Spot, conveyance: str, finding: Finding, found: datetime
) -> dict[str, Value]:
    french = person.language == "fr"
    lot = f"{DEMONSTRATION_LOTS}-{finding.lot}-{author.random.randrange(2401, 2405)}"
    departure, destination, direction = _route(author, person, spot)
    hiding = [one for one in finding.concealments if conveyance in HIDING.get(one, {conveyance})]
    carried = "VEHICLE_CAVITY" if conveyance == "ROAD_CAR" else "LUGGAGE"
    concealment = author.random.choice(hiding or ["FALSE_DESCRIPTION" if conveyance in LOADS else carried])
    detection = author.fresh(DETECTIONS[conveyance])
    action = author.weighted({"SEIZED": 62, "DETAINED": 28, "RETURNED": 5, "DESTROYED": 5})
    quantity, packages = _quantity(author, finding, conveyance)
    plain = ("Found in an ordinary control.", "Découvert lors d’un contrôle ordinaire.")
    sentences = [
        author.fresh(_fitting(OPENINGS[detection], conveyance) or [plain]),
        author.fresh(_fitting(finding.seen, conveyance)),
        author.fresh(CLOSINGS[action]),
    ]
    values: dict[str, Value] = {
        "country": person.country,
        "place": spot.place,
        "place_type": spot.kind,
        "event_at": found.strftime("%Y-%m-%dT%H:%MZ"),
        "direction": direction,
        "goods": finding.goods[french],
        "category": finding.category,
        "hs": finding.hs,
        "hs_edition": "HS2022",
        "quantity": quantity,
        "unit": finding.unit,
        "infringement": author.random.choice(finding.infringements),
        "conveyance": conveyance,
        "departure": departure,
        "destination": destination,
        "detection": detection,
        "concealment": concealment,
        "action": action,
        "declared_goods": finding.declared[french],
        "narrative": " ".join(_said(one, person.language, lot=lot) for one in sentences),
        "tlp": author.weighted({"TLP:AMBER": 55, "TLP:GREEN": 30, "TLP:AMBER+STRICT": 12, "TLP:CLEAR": 3}),
    }
    values |= _details(author, person, finding, conveyance, values)
    if any("{lot}" in one[0] for one in sentences) or author.chance(0.5):
        values["batch"] = lot
    if author.chance(0.7):
        values |= {
            "packages": packages,
            "package_kind": _PACKAGES.get(conveyance, "CY" if finding.lot == "OXY" else "CT"),
        }
    return values


def _fitting(sentences: Sequence[Pair], conveyance: str) -> list[Pair]:
    """Those that can be said of goods on this conveyance."""
    wrong = [] if conveyance in LOADS else [_OF_A_LOAD]
    wrong += [] if conveyance in HIDING["SMALL_PARCELS"] else [_OF_PARCELS]
    wrong += [] if conveyance in HIDING["LUGGAGE"] else [_OF_LUGGAGE]
    return [one for one in sentences if not any(words.search(one[0]) for words in wrong)]


def _details(
    author: _Author, person: Person, finding: Finding, conveyance: str, values: Mapping[str, Value]
) -> dict[str, Value]:
    more: dict[str, Value] = {"physical_state": finding.state}
    if finding.cas:
        more["cas"] = finding.cas
    if values["detection"] in {"SCANNER", "FIELD_TEST"}:
        scanner = "CARGO_XRAY" if conveyance in LOADS else "BAGGAGE_XRAY"
        more["equipment"] = scanner if values["detection"] == "SCANNER" else "RAMAN"
    if values["concealment"] == "COVER_LOAD":
        row = str(author.random.randrange(2, 6))
        cover = (
            "Behind the declared goods, from row {row} on",
            "Derrière les marchandises déclarées, dès la rangée {row}",
        )
        more["concealment_note"] = _said(cover, person.language, row=row)
    if conveyance in {"AIR_PASSENGER", "ROAD_BUS", "ROAD_CAR"}:
        more |= {"persons": author.random.randrange(1, 4), "arrested": int(author.chance(0.3))}
    if conveyance == "SEA_CONTAINER" and author.chance(0.25):
        more["container"] = f"EXCU {author.random.randrange(100000, 1000000)}"
    if author.chance(0.2):
        more["documents_forged"] = (
            "yes" if values["concealment"] == "FORGED_PAPERS" else author.random.choice(["yes", "no"])
        )
    if author.chance(0.6):
        more |= {"use": author.weighted({"H0": 30, "H1": 60, "H2": 10}), "source_grade": "A", "information_grade": "1"}
    if finding.category == "BONUS":
        more["bonus"] = "yes"
    return more


def _shorten(author: _Author, values: dict[str, Value]) -> None:
    values["cases"] = 1
    for key, kept in (("goods", 0.6), ("narrative", 0.4), ("place", 0.75), ("hs", 0.7), ("departure", 0.8)):
        if not author.chance(kept):
            del values[key]
    if author.chance(0.12):  # a weekly total
        del values["own_reference"]
        values.pop("narrative", None)
        values["cases"] = author.random.randrange(2, 7)


def _route(author: _Author, person: Person, spot: Spot) -> tuple[str, str, str]:
    departure = author.random.choice(spot.departures)
    if person.country == "IN" and spot.kind in {"SEAPORT", "AIRPORT"} and author.chance(0.3):
        return "IN", author.random.choice(["GH", "NG", "KE", "BR", "NL"]), "EXPORT"
    if spot.onward and author.chance(0.3):
        destination = author.random.choice(spot.onward)
        return departure, destination, "TRANSHIPMENT" if spot.kind == "AIRPORT" and author.chance(0.4) else "TRANSIT"
    return departure, person.country, "IMPORT"


def _quantity(author: _Author, finding: Finding, conveyance: str) -> tuple[str, int]:
    """A quantity as officers count it, whole packages where there are any, and the number of packages."""
    amount = finding.median * math.exp(author.random.gauss(0, finding.spread)) * SMALL.get(conveyance, 1)
    amount = min(max(amount, 8), 6_000_000)
    if amount < finding.pack:
        counted = round(amount) if amount < 100 else round(amount / 10) * 10
        return str(max(1, counted)), author.random.randrange(1, 5)
    packages = round(amount / finding.pack)
    return str(packages * finding.pack), packages


def _posts(author: _Author, now: datetime) -> Iterator[_Draft]:
    everybody = [person for person in people() if person.part is Part.CONTACT_POINT]
    for channel, posts in (("all", POSTS), ("case", CASE_POSTS)):
        last = datetime.min.replace(tzinfo=now.tzinfo)
        for who, days, text in posts:
            person = COORDINATOR if who < 0 else everybody[who]
            # Those of one day stay in their order.
            last = max(_working_hour(author, now, days), last + timedelta(minutes=23))
            yield _Draft(person, channel, "post", post_body(text, person.language), last)


def _replies(author: _Author, now: datetime, alerts: Sequence[_Draft]) -> Iterator[_Draft]:
    everybody = [person for person in people() if person.part is Part.CONTACT_POINT]
    asked = [alert for alert in alerts if alert.channel == "all" and alert.lot and alert.at < now - timedelta(days=1)]
    author.random.shuffle(asked)
    for position, alert in enumerate(asked[: len(REPLIES) + len(REPLIES) // 2]):
        language = "en" if position < len(REPLIES) else "fr"
        others = [person for person in everybody if person.language == language and person != alert.author]
        person = author.fresh(others)
        text = _said(REPLIES[position % len(REPLIES)], language, lot=alert.lot)
        at = min(alert.at + timedelta(minutes=author.random.randrange(25, 2600)), now - timedelta(minutes=9 + position))
        yield _Draft(person, "all", "post", post_body(text, language), at, reply_to=alert)


def _working_hour(author: _Author, now: datetime, days: float) -> datetime:
    day = (now - timedelta(days=days)).replace(second=0, microsecond=0)
    moment = day.replace(hour=author.random.randrange(6, 18), minute=author.random.randrange(60))
    return moment if moment < now - timedelta(minutes=30) else moment - timedelta(days=1)


def _said(pair: Pair, language: str, **parts: str) -> str:
    text = pair[1] if language == "fr" else pair[0]
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return re.sub(r" (?=[;:?!%])", "\u00a0", text) if language == "fr" else text
