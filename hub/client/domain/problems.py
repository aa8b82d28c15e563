"""What still keeps a form from being sent, field by field (docs/spec/20-templates.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as part

from hub.client.domain.identifiers import is_alert_id, is_container, is_imo
from hub.client.domain.lists import Entry, Lists
from hub.client.domain.templates import Field, Template, Value, Values, fields_to_show
from hub.client.domain.texts import filled_in, hides_something
from hub.client.domain.values import (
    FREE_PLACE,
    NO,
    YES,
    codes_of,
    is_cas,
    is_decimal,
    is_hs,
    is_locode,
    is_time,
    may_mean_two_numbers,
    normalise,
    scaled,
)

RED = "TLP:RED"
CHOSEN = frozenset({"code", "country", "tlp", "boolean", "alert"})


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a sentence translated where it is shown
    return text


MESSAGES: Mapping[str, str] = {
    "missing": N_("Fill in: {label}"),
    "not-chosen": N_("Choose: {label}"),
    "hidden-characters": N_("{label}: there are invisible characters in this text. Type it again"),
    "too-long": N_("{label}: {length} characters, {max_length} is the most"),
    "not-a-number": N_("{label}: write a number such as 1250 or 12.5, with at most six decimals"),
    "two-numbers": N_("{label}: write {whole} or {fraction}. With a comma it can mean either"),
    "not-whole": N_("{label}: write a whole number"),
    "not-above": N_("{label}: write a number greater than {above}"),
    "too-small": N_("{label}: write a number not smaller than {min}"),
    "too-large": N_("{label}: write a number not greater than {max}"),
    "unknown-code": N_("{label}: choose from the list"),
    "unknown-country": N_("{label}: choose a country from the list"),
    "unknown-place": N_("{label}: choose from the list, or describe the place"),
    "not-hs": N_("{label}: write four or six digits of the Harmonized System"),
    "not-cas": N_("{label}: one of these digits is wrong"),
    "not-imo": N_("{label}: write seven digits. One of these is wrong"),
    "not-container": N_("{label}: write four letters and seven digits. One of these is wrong"),
    "not-an-alert": N_("{label}: choose an alert"),
    "not-a-time": N_("{label}: write a date and a time"),
    "in-the-future": N_("{label}: this time has not come yet"),
    "in-the-past": N_("{label}: choose a date that is still to come"),
    "red-needs-names": N_("TLP:RED can only be used in a channel whose readers are named persons"),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a channel is for: `named` when its readers are a list of accounts."""

    named: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """One field, one cause: `message` is a msgid, `args` fill its ``{names}`` beside ``{label}``."""

    field: str
    code: str
    message: str
    args: Mapping[str, str] = part(default_factory=dict)


def problems_with(
    template: Template, lists: Lists, values: Values, audience: Audience, now: str | None = None
) -> tuple[Problem, ...]:
    """
    At most one problem per field shown, in the form's order.

    `now` is a canonical time; None leaves past and future unjudged.
    """
    canonical = normalise(template, values)
    found = []
    for field in fields_to_show(template, canonical):
        problem = _problem(field, canonical.get(field.key, ""), lists, audience, now)
        if problem:
            found.append(problem)
    return tuple(found)


def problem_text(template: Template, problem: Problem, locale: str, translate: Callable[[str], str]) -> str:
    """The sentence for a person; `translate` is the catalogue's lookup of a msgid."""
    field = next(one for one in template.fields if one.key == problem.field)
    if problem.code in {"missing", "not-chosen"} and field.missing:
        return field.missing.said(locale)
    return filled_in(translate(problem.message), {**problem.args, "label": field.label.said(locale)})


def tlp_offered(lists: Lists, audience: Audience) -> tuple[Entry, ...]:
    """The labels an author may choose: TLP:RED only where the readers are named persons."""
    return tuple(entry for entry in lists["tlp"].entries if audience.named or entry.code != RED)


def _problem(field: Field, value: Value, lists: Lists, audience: Audience, now: str | None) -> Problem | None:
    if value == "":
        return _of(field, "not-chosen" if field.type in CHOSEN else "missing") if field.required else None
    if field.type == "integer":
        return _bounds(field, str(value)) if isinstance(value, int) else _of(field, "not-whole")
    text = str(value)
    if hides_something(text):
        return _of(field, "hidden-characters")
    if field.max_length and len(text) > field.max_length:
        return _of(field, "too-long", length=str(len(text)), max_length=str(field.max_length))
    match field.type:
        case "decimal":
            return _decimal(field, text)
        case "code":
            codes = codes_of(text) if field.many else (text,)
            return None if all(lists[field.list].entry(code) for code in codes) else _of(field, "unknown-code")
        case "country":
            codes = codes_of(text) if field.many else (text,)
            return None if all(lists["countries"].entry(code) for code in codes) else _of(field, "unknown-country")
        case "place":
            known = text.startswith(FREE_PLACE) or (is_locode(text) and lists["countries"].entry(text[:2]) is not None)
            return None if known else _of(field, "unknown-place")
        case "hs":
            return None if is_hs(text) else _of(field, "not-hs")
        case "cas":
            return None if is_cas(text) else _of(field, "not-cas")
        case "imo":
            return None if is_imo(text) else _of(field, "not-imo")
        case "container":
            codes = codes_of(text) if field.many else (text,)
            return None if all(is_container(code) for code in codes) else _of(field, "not-container")
        case "alert":
            return None if is_alert_id(text) else _of(field, "not-an-alert")
        case "boolean":
            return None if text in {YES, NO} else _of(field, "unknown-code")
        case "datetime":
            return _time(field, text, now)
        case "tlp":
            if lists[field.list].entry(text) is None:
                return _of(field, "unknown-code")
            return _of(field, "red-needs-names") if text == RED and not audience.named else None
        case _:
            return None


def _decimal(field: Field, text: str) -> Problem | None:
    if is_decimal(text):
        return _bounds(field, text)
    if may_mean_two_numbers(text):
        bare = "".join(text.split())
        return _of(field, "two-numbers", whole=bare.replace(",", ""), fraction=bare.replace(",", "."))
    return _of(field, "not-a-number")


def _bounds(field: Field, number: str) -> Problem | None:
    if field.above and scaled(number) <= scaled(field.above):
        return _of(field, "not-above", above=field.above)
    if field.min and scaled(number) < scaled(field.min):
        return _of(field, "too-small", min=field.min)
    if field.max and scaled(number) > scaled(field.max):
        return _of(field, "too-large", max=field.max)
    return None


def _time(field: Field, text: str, now: str | None) -> Problem | None:
    if not is_time(text):
        return _of(field, "not-a-time")
    if now is None or field.whenever:
        return None
    if field.future and text <= now:
        return _of(field, "in-the-past")
    if not field.future and text > now:
        return _of(field, "in-the-future")
    return None


def _of(field: Field, code: str, **args: str) -> Problem:
    return Problem(field.key, code, MESSAGES[code], args)
