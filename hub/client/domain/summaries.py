"""What others see first of an alert, and any value in words (docs/spec/20-templates.md)."""

from dataclasses import dataclass

from hub.client.domain.identifiers import show_container
from hub.client.domain.lists import Lists
from hub.client.domain.templates import Field, Template, Value, Values
from hub.client.domain.values import FREE_PLACE, codes_of, show_decimal


@dataclass(frozen=True, slots=True)
class Summary:
    """
    One row. Parts that are not filled are empty strings; `quantity` is canonical (show_decimal writes it for people),
    `place_code` is empty for a described place, `mode` is the digit of UN/ECE Recommendation 19.
    """

    title: str
    quantity: str
    unit: str
    place: str
    place_code: str
    conveyance: str
    mode: str
    tlp: str
    country: str
    country_name: str


def summary(template: Template, lists: Lists, values: Values, locale: str) -> Summary:
    """The row of an alert, labels in `locale`; what was typed stays in its author's language."""

    def first(part: str) -> tuple[Field | None, Value]:
        for key in template.summary[part]:
            if values.get(key, "") != "":
                return next((field for field in template.fields if field.key == key), None), values[key]
        return None, ""

    def words(part: str) -> str:
        field, value = first(part)
        return value_text(field, lists, value, locale) if field else str(value)

    place = str(first("place")[1])
    conveyance = lists["conveyances"].entry(str(first("conveyance")[1]))
    return Summary(
        title=words("title"),
        quantity=str(first("quantity")[1]),
        unit=words("unit"),
        place=words("place"),
        place_code="" if place.startswith(FREE_PLACE) else place,
        conveyance=words("conveyance"),
        mode=conveyance.group if conveyance else "",
        tlp=str(first("tlp")[1]),
        country=str(first("country")[1]),
        country_name=words("country"),
    )


def value_text(field: Field, lists: Lists, value: Value, locale: str) -> str:
    """
    `value` as a person reads it in `locale`; codes that this edition does not know stay codes, times stay canonical.

    A yes or no stays ``yes`` or ``no``: its words are the catalogue's.
    """
    text = str(value)
    match field.type:
        case "country":
            return ", ".join(lists["countries"].label(code, locale) for code in codes_of(text))
        case "code":
            return ", ".join(lists[field.list].label(code, locale) for code in codes_of(text))
        case "place":
            return text[1:] if text.startswith(FREE_PLACE) else lists["places"].label(text, locale)
        case "imo":
            return f"IMO {text}"
        case "container":
            return ", ".join(show_container(code) for code in codes_of(text))
        case "decimal" | "integer":
            return show_decimal(text, locale)
        case _:
            return text
