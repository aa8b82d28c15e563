"""The values of a form: one canonical spelling each, never a float (docs/spec/20-templates.md)."""

import re
from datetime import datetime
from typing import Final

from hub.client.domain.identifiers import container_of, containers_of, imo_of
from hub.client.domain.templates import Field, Template, Value, Values, fields_to_show
from hub.client.domain.texts import SPACES, on_one_line, trimmed

DECIMALS: Final = 6
WHOLE_DIGITS: Final = 15
FREE_PLACE: Final = "~"
YES: Final = "yes"
NO: Final = "no"

_SPACE: Final = re.compile(f"[{SPACES}]")
_BETWEEN: Final = re.compile(f"[{SPACES},;]+")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_EITHER: Final = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")
_DECIMAL: Final = re.compile(r"(?:0|-?[1-9][0-9]{0,14}|-?0(?=\.))(?:\.[0-9]{0,5}[1-9])?")
_INTEGER: Final = re.compile(r"-?[0-9]{1,9}")
_CAS: Final = re.compile(r"([1-9][0-9]{1,6})-([0-9]{2})-([0-9])")
_HS: Final = re.compile(r"[0-9]{2}(?:\.[0-9]{2}|[0-9]{2}\.[0-9]{2})")
_LOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_TIME: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?[Zz]")
_CANONICAL_TIME: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z")
_DASH: Final = re.compile("[\u2010-\u2015\u2212]")
# Reserved for later use by the Harmonized System.
_NO_CHAPTER: Final = frozenset({"00", "77", "98", "99"})


def normalise(template: Template, values: Values) -> dict[str, Value]:
    """
    What is checked and sealed: the fields that are shown and filled, each in its canonical spelling.

    A value without one (``"1,234"`` may be either) stays as typed, for problems_with to speak of.
    Normalising twice changes nothing.
    """
    spelled = {field.key: _spelled(field, values[field.key]) for field in template.fields if field.key in values}
    return {
        field.key: spelled[field.key] for field in fields_to_show(template, spelled) if spelled.get(field.key, "") != ""
    }


def decimal_of(text: str) -> str | None:
    """
    The canonical decimal string of what was typed, None where there is none or where a comma could mean two things.

    Spaces and apostrophes group; with comma and point the last one is the decimal mark; a single point always is;
    a single comma is, unless exactly three digits follow one to three others (``1,234``).
    """
    plain = _SPACE.sub("", text).replace("'", "").replace("’", "").replace("−", "-")
    if not re.fullmatch(r"-?[0-9][0-9.,]*", plain) or _EITHER.fullmatch(plain):
        return None
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    mark = max(digits.rfind("."), digits.rfind(","))
    whole, fraction = digits, ""
    if mark >= 0:
        if digits.count(digits[mark]) == 1:
            whole, fraction = digits[:mark], digits[mark + 1 :]
            if not fraction:
                return None
        if not whole.isdigit():
            if not _GROUPED.fullmatch(whole) or len(set(whole) & {".", ","}) > 1:
                return None
            whole = whole.replace(".", "").replace(",", "")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    if len(whole) > WHOLE_DIGITS or len(fraction) > DECIMALS:
        return None
    number = f"{whole}.{fraction}" if fraction else whole
    return number if number == "0" else sign + number


def may_mean_two_numbers(text: str) -> bool:
    """Whether `text` is a number that English and French read differently."""
    return _EITHER.fullmatch(_SPACE.sub("", text)) is not None


def is_decimal(text: str) -> bool:
    """Whether `text` is a canonical decimal string: at most 15 digits, then at most 6 decimals, nothing superfluous."""
    return _DECIMAL.fullmatch(text) is not None


def scaled(decimal: str) -> int:
    """A canonical decimal string as an integer number of millionths, to compare and to add."""
    whole, _, fraction = decimal.lstrip("-").partition(".")
    amount = int(whole + fraction.ljust(DECIMALS, "0"))
    return -amount if decimal.startswith("-") else amount


def show_decimal(decimal: str, locale: str) -> str:
    """A canonical decimal string for people: ``120,000.5``, in French ``120 000,5`` with narrow no-break spaces."""
    gap, mark = ("\u202f", ",") if locale.lower().startswith("fr") else (",", ".")
    whole, _, fraction = decimal.lstrip("-").partition(".")
    grouped = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", gap, whole)
    return ("−" if decimal.startswith("-") else "") + grouped + (mark + fraction if fraction else "")


def is_cas(text: str) -> bool:
    """Whether `text` is a CAS registry number with a right check digit."""
    found = _CAS.fullmatch(text)
    if found is None:
        return False
    digits = found[1] + found[2]
    return sum(weight * int(digit) for weight, digit in enumerate(reversed(digits), 1)) % 10 == int(found[3])


def hs_of(text: str) -> str | None:
    """``3004.90`` or ``30.04`` for six or four digits with or without points and spaces, None for anything else."""
    digits = re.sub(f"[.{SPACES}]", "", text)
    if re.fullmatch(r"[0-9]{6}", digits):
        code = f"{digits[:4]}.{digits[4:]}"
    elif re.fullmatch(r"[0-9]{4}", digits):
        code = f"{digits[:2]}.{digits[2:]}"
    else:
        return None
    return code if is_hs(code) else None


def is_hs(text: str) -> bool:
    """Whether `text` is shaped like a heading (``30.04``) or a subheading (``3004.90``) of an existing chapter."""
    return _HS.fullmatch(text) is not None and text[:2] not in _NO_CHAPTER


def is_locode(text: str) -> bool:
    """Whether `text` has the shape of a UN/LOCODE without its space; problems_with checks its country."""
    return _LOCODE.fullmatch(text) is not None


def is_time(text: str) -> bool:
    """Whether `text` is a minute of this century in UTC, written ``2027-03-11T12:45Z``."""
    if not _CANONICAL_TIME.fullmatch(text):
        return False
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%MZ")  # noqa: DTZ007 - only its existence is asked
    except ValueError:
        return False
    return True


def free_place(text: str) -> str:
    """The value of a place that stands in no list: ``~`` and what the officer wrote."""
    described = on_one_line(text)
    return FREE_PLACE + described if described else ""


def codes_of(value: Value) -> tuple[str, ...]:
    """The codes of a field that takes several."""
    return tuple(code for code in str(value).split(" ") if code)


def _spelled(field: Field, value: Value) -> Value:
    if field.type == "integer":
        return _integer(value)
    text = str(value)
    match field.type:
        case "longtext":
            return trimmed(text)
        case "decimal":
            return decimal_of(text) or on_one_line(text)
        case "hs":
            return hs_of(text) or on_one_line(text)
        case "datetime":
            found = _TIME.fullmatch(trimmed(text))
            return f"{found[1]}T{found[2]}Z" if found else on_one_line(text)
        case "place":
            return _place(on_one_line(text))
        case "cas":
            return _DASH.sub("-", _SPACE.sub("", text))
        case "imo":
            return imo_of(text)
        case "container":
            return containers_of(text) if field.many else container_of(text)
        case "country" | "code" if field.many:
            cased = text.upper() if field.type == "country" else text
            return " ".join(sorted({code for code in _BETWEEN.split(cased) if code}))
        case "country":
            return on_one_line(text).upper()
        case _:
            return on_one_line(text)


def _integer(value: Value) -> Value:
    if isinstance(value, int):
        return value
    plain = _SPACE.sub("", value)
    return int(plain) if _INTEGER.fullmatch(plain) else on_one_line(value)


def _place(text: str) -> str:
    if text.startswith(FREE_PLACE):
        return free_place(text[1:])
    code = text.replace(" ", "").upper()
    return code if is_locode(code) else text
