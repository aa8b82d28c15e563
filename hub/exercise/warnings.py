"""Warnings of the exercises as alerts, and what those who were asked answered."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from hub.client.domain.published import Domain
from hub.client.domain.templates import Value
from hub.exercise import warned_health, warned_precursors, warned_twin
from hub.exercise.chance import Chance, minute
from hub.exercise.items import UNSENT, Draft, alert
from hub.exercise.operations import CLEAR_FIELD, HEALTH_SHIELD, TWIN_GATE, Exercise
from hub.exercise.people import Person
from hub.exercise.sentences import spaced
from hub.exercise.warned import Warned

WARNED: Final = {
    HEALTH_SHIELD: warned_health.WARNED,
    CLEAR_FIELD: warned_precursors.WARNED,
    TWIN_GATE: warned_twin.WARNED,
}


def warnings(chance: Chance, exercise: Exercise, now: datetime, domain: Domain) -> Iterator[Draft]:
    """Each warning, then the feedback to it."""
    people = {person.country: person for person in exercise.contact_points()}
    for one in WARNED[exercise.code]:
        warned = _warning(chance, one, people[one.author], now, domain)
        yield warned
        for country, hours, what, remark in one.answers:
            at = min(
                warned.at + timedelta(hours=hours, minutes=chance.random.randrange(60)), now - timedelta(minutes=31)
            )
            answer = alert(
                domain,
                "feedback",
                "long",
                people[country],
                one.channel,
                _answer(chance, one, country, what, spaced(remark, people[country].language), at),
                at,
            )
            answer.reply_to, answer.refers = warned, {"warning": warned}
            yield answer


def _warning(chance: Chance, one: Warned, author: Person, now: datetime, domain: Domain) -> Draft:
    at = chance.working_hour(now, one.days)
    conveyance, departure, transit, destination, place = one.way
    quantity, unit = one.amount.split()
    values: dict[str, Value] = {
        "country": one.author,
        "asked": one.asked,
        "urgency": one.urgency,
        "requested": one.requested,
        "reply_by": minute(at + timedelta(hours=24 if one.urgency == "IMMEDIATE" else 96)),
        "suspected_goods": one.suspected,
        "category": one.category,
        "declared_goods": one.declared,
        "quantity": quantity,
        "unit": unit,
        "indicators": one.indicators,
        "reasons": spaced(one.reasons, author.language),
        "conveyance": conveyance,
        "departure": departure,
        "transit": transit,
        "destination": destination,
        "arrival_place": place,
        "eta": minute(at + timedelta(hours=chance.random.randrange(20, 140))),
        "documents": chance.random.choice(["BILL_OF_LADING INVOICE", "INVOICE PACKING_LIST", "PHOTO"]),
        "cas": one.cas,
        "use": "H1",
        "source_grade": "A",
        "information_grade": chance.random.choice(["1", "2"]),
        "tlp": "TLP:AMBER" if one.urgency != "FUTURE" else "TLP:GREEN",
    }
    if conveyance == "SEA_CONTAINER":
        values |= {"containers": chance.container(), "imo": chance.ship()}
    return alert(domain, "warning", "long", author, one.channel, values, at)


def _answer(chance: Chance, one: Warned, country: str, what: str, remark: str, at: datetime) -> dict[str, Value]:
    values: dict[str, Value] = {"country": country, "warning": UNSENT, "remark": remark, "tlp": "TLP:AMBER"}
    if what.startswith("no:"):
        return values | {"controlled": "no", "reason": what.removeprefix("no:")}
    result, *found = what.split()
    values |= {
        "controlled": "yes",
        "controlled_at": minute(at - timedelta(hours=chance.random.randrange(2, 9))),
        "method": "WARNING" if found else chance.random.choice(["PHYSICAL_SEARCH", "SCANNER", "DOCUMENTS"]),
        "result": result,
        "quality": chance.random.choice([4, 5]) if found else chance.random.choice([2, 3, 4]),
    }
    if country == one.way[3]:
        values["place"] = one.way[4]
    return values | (dict(zip(("quantity", "unit"), found, strict=True)) if found else {})
