"""What a form says in the clear header: urgency, countries asked, due date, reference (docs/spec/20-templates.md)."""

import re
from datetime import UTC, datetime
from typing import Final

from hub.client.domain.errors import MalformedBody
from hub.client.domain.identifiers import is_alert_id
from hub.client.domain.templates import Template, Values
from hub.client.domain.values import codes_of, is_time, normalise

IMMEDIATE: Final = "IMMEDIATE"
_COUNTRY: Final = re.compile("[A-Z]{2}")

HeaderValue = str | int | list[str]


def header_parts(template: Template, values: Values) -> dict[str, HeaderValue]:
    """
    ``{urgency, to, due, ref}`` of the header, only those that the form says: the fields are named by the template.

    The hub reads these: nothing else of the form leaves the seal. `urgency` is ``immediate`` for IMMEDIATE, else
    ``normal``; `to` is sorted; `due` is in milliseconds. Ask problems_with first. Raises MalformedBody for a value that
    no header takes.
    """
    canonical = normalise(template, values)
    said = {part: str(canonical[key]) for part, key in template.header.items() if key in canonical}
    parts: dict[str, HeaderValue] = {}
    if "urgency" in said:
        parts["urgency"] = "immediate" if said["urgency"] == IMMEDIATE else "normal"
    if "to" in said:
        parts["to"] = list(codes_of(said["to"]))
        if not all(_COUNTRY.fullmatch(code) for code in codes_of(said["to"])):
            raise MalformedBody("The countries asked are no countries.")
    if "due" in said:
        if not is_time(said["due"]):
            raise MalformedBody("The due date is no time.")
        moment = datetime.strptime(said["due"], "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
        parts["due"] = int(moment.timestamp()) * 1000
    if "ref" in said:
        if not is_alert_id(said["ref"]):
            raise MalformedBody("What this refers to is no alert.")
        parts["ref"] = said["ref"]
    return parts
