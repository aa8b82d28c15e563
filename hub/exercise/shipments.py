"""
What travels rightly in the exercises: listed chemicals reported from both ends, vaccines announced before they arrive.

Of the licit shipments 8 % have no second report, and one differs in weight, as published operations found.
"""

# ruff: noqa: E501 - a line stands whole

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.client.domain.published import Domain
from hub.client.domain.templates import Value
from hub.exercise.chance import DEMONSTRATION_LOTS, Chance, minute
from hub.exercise.items import UNSENT, Draft, alert
from hub.exercise.operations import CLEAR_FIELD, TWIN_GATE, Exercise
from hub.exercise.people import Person
from hub.exercise.sentences import Pair, said

PAIRS: Final = {CLEAR_FIELD: 24, TWIN_GATE: 2}
UNMATCHED: Final = 12  # one pair in so many has no second report: 8 %
OTHER_WEIGHT: Final = 9  # the place of the pair whose two ends name different weights

# CAS, HS, state, kind of package, kilograms in one, end uses.
_CHEMICALS: Final = (
    ("57-13-6", "3102.10", "GRANULES", "BG", 1000, "FERTILISER PHARMA"),
    ("6484-52-2", "3102.30", "GRANULES", "BG", 1000, "MINING FERTILISER"),
    ("7722-84-1", "2847.00", "LIQUID", "CN", 1200, "TEXTILE POOL FOOD"),
    ("67-64-1", "2914.11", "LIQUID", "DR", 160, "PAINT LABORATORY PHARMA"),
    ("7697-37-2", "2808.00", "LIQUID", "DR", 280, "METAL FERTILISER LABORATORY"),
    ("7757-79-1", "2834.21", "CRYSTALS", "BG", 25, "FERTILISER FOOD PYROTECHNIC"),
    ("7631-99-4", "3102.50", "CRYSTALS", "BG", 25, "METAL FOOD"),
    ("7775-09-9", "2829.11", "CRYSTALS", "BG", 1000, "TEXTILE"),
    ("108-24-7", "2915.24", "LIQUID", "DR", 220, "PHARMA TEXTILE"),
    ("7429-90-5", "7603.20", "POWDER", "DR", 50, "PAINT METAL"),
    ("15245-12-2", "3102.60", "GRANULES", "BG", 1000, "FERTILISER"),
    ("75-52-5", "2904.20", "LIQUID", "DR", 50, "LABORATORY OTHER"),
)
# Departure, destination, their ports.
_LANES: Final = {
    CLEAR_FIELD: (
        ("DE", "TR", "DEHAM", "TRMER"), ("NL", "GH", "NLRTM", "GHTEM"), ("FR", "MA", "FRMRS", "MACAS"),
        ("FR", "CI", "FRLEH", "CIABJ"), ("IN", "KE", "INNSA", "KEMBA"), ("IN", "TZ", "INMUN", "TZDAR"),
        ("CL", "BR", "CLSAI", "BRSSZ"), ("ES", "MA", "ESALG", "MAPTM"), ("RO", "EG", "ROCND", "EGPSD"),
        ("PL", "SE", "PLGDN", "SEGOT"), ("KR", "TH", "KRPUS", "THLCH"), ("JP", "MY", "JPYOK", "MYPKG"),
        ("MY", "ID", "MYPKG", "IDTPP"), ("DE", "ZA", "DEHAM", "ZADUR"), ("BR", "AR", "BRSSZ", "ARBUE"),
        ("MX", "CO", "MXVER", "COCTG"), ("IT", "EG", "ITGOA", "EGPSD"), ("AE", "JO", "AEJEA", "JOAQJ"),
        ("IN", "AE", "INNSA", "AEJEA"), ("FR", "CM", "FRLEH", "CMDLA"),
    ),
    TWIN_GATE: (("NL", "GH", "NLRTM", "GHTEM"), ("FR", "NL", "FRLEH", "NLRTM")),
}  # fmt: skip
_SELLERS: Final = (
    "Nordkant Chemie",
    "Société Azurelle",
    "Lindmoor Trading",
    "Vasco Sul Químicos",
    "Brightwater Agro",
    "Comptoir du Relais",
    "Halvard & Fils",
    "Eastquay Supplies",
)
_BUYERS: Final = (
    "Akwa Farms Cooperative",
    "Mines du Plateau",
    "Textiles Sirocco",
    "Laboratoire Belair",
    "Greenstone Quarry",
    "Pampa Verde",
    "Harbour Paints",
    "Aqua Limpia",
)
_REMARKS: Final[tuple[Pair, ...]] = (
    ("Known customer, fourth order of the year, the same size each time.", "Client connu, quatrième commande de l’année, toujours la même quantité."),
    ("Stock seen at the site in January; consumption plausible.", "Stock vu sur place en janvier ; consommation plausible."),
    ("First order. The site is to be visited before the next one.", "Première commande. Visite prévue avant la suivante."),
    ("Delivered to the warehouse of the trader; end user to be named within a month.", "Livré à l’entrepôt du négociant ; utilisateur final à indiquer sous un mois."),
)  # fmt: skip


def licit_shipments(chance: Chance, exercise: Exercise, now: datetime, domain: Domain) -> Iterator[Draft]:
    """Each shipment as its country of departure told it, and as the other end did."""
    people = {person.country: person for person in exercise.contact_points()}
    for place in range(PAIRS.get(exercise.code, 0)):
        departure, destination, *ports = chance.fresh(_LANES[exercise.code])
        told = chance.working_hour(now, chance.random.uniform(6, 33))
        values = _shipment(chance, (departure, destination), ports, told)
        export = _report(chance, people[departure], "EXPORT", values, told, domain)
        yield export
        if place % UNMATCHED == UNMATCHED // 2:
            continue
        arrived = min(told + timedelta(days=chance.random.randrange(2, 20)), now - timedelta(minutes=50 + 7 * place))
        if place == OTHER_WEIGHT:
            values = values | {"quantity": str(int(str(values["quantity"])) - int(str(values["quantity"])) // 20)}
        other = _report(chance, people[destination], "IMPORT", values | {"counterpart": UNSENT}, arrived, domain)
        other.reply_to, other.refers = export, {"counterpart": export}
        yield other


def _shipment(chance: Chance, lane: tuple[str, str], ports: list[str], told: datetime) -> dict[str, Value]:
    cas, hs, state, kind, each, uses = chance.fresh(_CHEMICALS)
    packages = chance.random.choice([4, 8, 10, 16, 20, 22, 24, 40])
    leaves = told + timedelta(days=chance.random.randrange(1, 5))
    end_use = chance.random.choice(uses.split())
    return {
        "chemical": cas,
        "hs": hs,
        "hs_edition": "HS2022",
        "physical_state": state,
        "quantity": str(packages * each),
        "unit": "KGM",
        "packages": packages,
        "package_kind": kind,
        "departure": lane[0],
        "destination": lane[1],
        "departure_place": ports[0],
        "arrival_place": ports[1],
        "departed_at": minute(leaves),
        "arrives_at": minute(leaves + timedelta(days=chance.random.randrange(6, 25))),
        "conveyance": "SEA_CONTAINER",
        "end_use": end_use,
        "end_use_note": "Motor sport" if end_use == "OTHER" else "",
        "exporter": f"{chance.fresh(_SELLERS)} (invented)",
        "importer": f"{chance.fresh(_BUYERS)} (invented)",
        "containers": chance.container(),
    }


def _report(chance: Chance, author: Person, flow: str, values: dict[str, Value], at: datetime, domain: Domain) -> Draft:
    checked = chance.chance(0.8)
    outcome = chance.weighted({"CLEAR": 78, "PENDING": 14, "CONCERN": 6, "ADVERSE": 2})
    more: dict[str, Value] = {
        "country": author.country,
        "flow": flow,
        "certificate_verified": "yes" if chance.chance(0.85) else "no",
        "company_checked": "yes" if checked else "no",
        "check_outcome": outcome,
        "risk": {"CLEAR": 10, "PENDING": 35, "CONCERN": 60, "ADVERSE": 90}[outcome] + chance.random.randrange(9),
        "tlp": "TLP:AMBER+STRICT",
    }
    if chance.chance(0.35):
        more["remark"] = said(chance.random.choice(_REMARKS), author.language)
    return alert(domain, "licit", "long", author, "licit", values | more, at)


@dataclass(frozen=True, slots=True)
class Announced:
    """A consignment announced: who tells whom, how many days before now, what, and how it travels."""

    author: str
    asked: str
    days: float
    product: tuple[str, str, str, str]  # product, manufacturer, brand or INN, HS
    quantity: str
    cold: str
    programme: str
    way: tuple[str, str, str, str, str, str]  # conveyance, departure, via, destination, places
    facilitation: str
    consignee: str


_COVID: Final = ("COVID-19 vaccine, mRNA, multi-dose vials", "Exercise Biologics", "EXB-19", "3002.41")
_MEASLES: Final = ("Measles and rubella vaccine, 10-dose vials", "Serum House (invented)", "MR live", "3002.41")
_YELLOW: Final = ("Yellow fever vaccine, 10-dose vials", "Institut Fictif", "YF live", "3002.41")
_INSULIN: Final = ("Insulin, pens", "Exercise Biologics", "insulin glargine", "3004.31")
_SERUM: Final = ("Rabies immunoglobulin", "Institut Fictif", "RIG", "3002.12")
ANNOUNCED: Final[dict[str, tuple[Announced, ...]]] = {
    "HSH": (
        Announced("NL", "GH", 30.1, _COVID, "336000", "ULTRA_COLD", "UN", ("AIR_CARGO", "NL", "", "GH", "NLAMS", "GHACC"), "PRIORITY NO_OPENING", "National Immunisation Store, Accra"),
        Announced("IN", "KE", 27.3, _MEASLES, "900000", "FROZEN", "UN", ("AIR_CARGO", "IN", "AE", "KE", "INBOM", "KENBO"), "PRE_ARRIVAL COLD_STORE", "Central Vaccine Depot, Nairobi"),
        Announced("IN", "ZM", 23.4, _MEASLES, "240000", "FROZEN", "UN", ("AIR_CARGO", "IN", "KE", "ZM", "INBOM", "ZMLUN"), "PRIORITY OUT_OF_HOURS", "Medical Stores, Lusaka"),
        Announced("SN", "CI CM", 20.5, _YELLOW, "180000", "COLD", "NATIONAL", ("AIR_CARGO", "SN", "CI", "CM", "SNDKR", "CMNSI"), "PRIORITY TRANSIT", "Programme élargi de vaccination, Yaoundé"),
        Announced("PE", "BR", 16.2, _COVID, "117000", "ULTRA_COLD", "BILATERAL", ("AIR_CARGO", "PE", "", "BR", "PELIM", "BRGRU"), "PRIORITY DUTY_RELIEF", "Ministry depot, São Paulo"),
        Announced("NL", "PE", 14.0, _COVID, "450000", "ULTRA_COLD", "NATIONAL", ("AIR_CARGO", "NL", "PA", "PE", "NLAMS", "PELIM"), "PRE_ARRIVAL NO_OPENING", "National Health Store, Callao"),
        Announced("MA", "SN", 10.8, _SERUM, "9000", "COLD", "COMMERCIAL", ("AIR_CARGO", "MA", "", "SN", "MACAS", "SNDKR"), "COLD_STORE", "Institut régional, Dakar"),
        Announced("GH", "NG", 7.7, _COVID, "56000", "FROZEN", "BILATERAL", ("ROAD_TRUCK", "GH", "TG BJ", "NG", "GHACC", "~Seme border post"), "ESCORT TRANSIT", "State Cold Store, Lagos"),
        Announced("IN", "NG", 4.6, _MEASLES, "1200000", "FROZEN", "UN", ("AIR_CARGO", "IN", "AE", "NG", "INBOM", "NGLOS"), "PRIORITY PRE_ARRIVAL", "National Strategic Cold Store, Lagos"),
        Announced("NL", "MA", 1.6, _INSULIN, "64000", "COLD", "COMMERCIAL", ("ROAD_TRUCK", "NL", "FR ES", "MA", "NLVEN", "MAPTM"), "COLD_STORE OUT_OF_HOURS", "Pharmacie centrale, Casablanca"),
        Announced("BR", "PE", 0.7, _YELLOW, "300000", "COLD", "BILATERAL", ("AIR_CARGO", "BR", "", "PE", "BRGRU", "PELIM"), "PRIORITY DUTY_RELIEF", "National Health Store, Callao"),
    ),
    "TWG": (
        Announced("NL", "GH", 22.0, _COVID, "84000", "ULTRA_COLD", "UN", ("AIR_CARGO", "NL", "", "GH", "NLAMS", "GHACC"), "PRIORITY NO_OPENING", "National Immunisation Store, Accra"),
        Announced("SN", "GH", 15.5, _YELLOW, "40000", "COLD", "BILATERAL", ("AIR_CARGO", "SN", "", "GH", "SNDKR", "GHACC"), "PRIORITY", "National Immunisation Store, Accra"),
        Announced("NL", "PE", 8.8, _COVID, "210000", "ULTRA_COLD", "NATIONAL", ("AIR_CARGO", "NL", "", "PE", "NLAMS", "PELIM"), "PRE_ARRIVAL NO_OPENING", "National Health Store, Callao"),
        Announced("GH", "NG", 2.1, _MEASLES, "20000", "FROZEN", "NGO", ("ROAD_TRUCK", "GH", "TG BJ", "NG", "GHTEM", "~Seme border post"), "TRANSIT ESCORT", "State Cold Store, Lagos"),
    ),
}  # fmt: skip


def arrivals(chance: Chance, exercise: Exercise, now: datetime, domain: Domain) -> Iterator[Draft]:
    """Vaccines and other cold goods that a country announces before they arrive."""
    people = {person.country: person for person in exercise.contact_points()}
    for one in ANNOUNCED.get(exercise.code, ()):
        at = chance.working_hour(now, one.days)
        product, manufacturer, brand, hs = one.product
        conveyance, departure, transit, destination, place, arrival = one.way
        lots = [f"{DEMONSTRATION_LOTS}-{brand[:3].upper()}-{chance.random.randrange(100, 1000)}" for _ in range(3)]
        leaves = at + timedelta(hours=chance.random.randrange(20, 60))
        flight = (
            f"EX {chance.random.randrange(100, 1000)}"
            if conveyance == "AIR_CARGO"
            else f"EX-{chance.random.randrange(1000, 10000)}-25"
        )
        values: dict[str, Value] = {
            "country": one.author,
            "product": product,
            "inn": brand,
            "manufacturer": manufacturer,
            "batches": ", ".join(sorted(set(lots))),
            "hs": hs,
            "hs_edition": "HS2022",
            "quantity": one.quantity,
            "unit": "C62" if "pens" in product else "DOSE",
            "programme": one.programme,
            "temperature": one.cold,
            "packaging": "Passive box with phase-change plates"
            if one.cold != "ULTRA_COLD"
            else "Thermal shipper with dry ice",
            "dry_ice": str(int(one.quantity) // 6000 * 5) if one.cold == "ULTRA_COLD" else "",
            "conveyance": conveyance,
            "departure": departure,
            "departure_place": place,
            "transit": transit,
            "destination": destination,
            "arrival_place": arrival,
            "etd": minute(leaves),
            "eta": minute(leaves + timedelta(hours=chance.random.randrange(9, 50))),
            "facilitation": one.facilitation,
            "asked": one.asked,
            "reply_by": minute(at + timedelta(hours=18)),
            "documents": "AIR_WAYBILL INVOICE LOT_RELEASE PACKING_LIST"
            if conveyance == "AIR_CARGO"
            else "INVOICE LICENCE LOT_RELEASE ROAD_WAYBILL",
            "escort": "yes" if "ESCORT" in one.facilitation else "no",
            "consignee": one.consignee,
            "contact": f"Duty officer (invented), +000 555 {chance.random.randrange(1000, 10000)}",
            "shipper": manufacturer,
            "conveyance_number": flight,
            "logger": f"{DEMONSTRATION_LOTS}-L{chance.random.randrange(10_000, 100_000)}",
            "tlp": "TLP:AMBER",
        }
        yield alert(domain, "arrival", "long", people[one.author], "arrivals", values, at)
