"""Forms as data: what a template says, and which of its fields a person has to see (docs/spec/20-templates.md)."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final

from hub.client.domain.errors import MalformedTemplate
from hub.client.domain.texts import Text, text_of

TYPES: Final = frozenset(
    [
        *("text", "longtext", "integer", "decimal", "code", "country", "place", "hs", "datetime", "tlp", "boolean"),
        *("cas", "imo", "container", "alert"),
    ]
)
SUMMARY_PARTS: Final = ("title", "quantity", "unit", "place", "conveyance", "tlp", "country")
NEEDS_LIST: Final = frozenset({"code", "tlp"})
# What a form may say in the envelope's clear header, and the type of the field that says it.
HEADER_PARTS: Final = {"urgency": "code", "to": "country", "due": "datetime", "ref": "alert"}

_BOUNDS: Final = frozenset({"min", "max", "above", "max_length"})
_FLAGS: Final = frozenset({"required", "many", "nominal", "future", "whenever"})
_OPTIONAL: Final = _BOUNDS | _FLAGS | {"hint", "missing", "list", "of", "default", "when"}
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBER: Final = re.compile(r"(?:0|-?[1-9][0-9]*)(?:\.[0-9]+)?")

Value = str | int
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Condition:
    """A field is shown when another one `is` (or `is_not`) one of the codes; ``"*"`` is anything at all."""

    field: str
    is_: tuple[str, ...]
    is_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """
    One question of a form. `missing` is its own sentence for "nothing filled in"; `nominal` marks names and numbers of
    persons and firms; bounds are decimal strings; `many` holds several codes, sorted, one space between; `of` is the
    record whose alerts an alert field refers to; a time is past, or to come where `future`, or either where `whenever`.
    """

    key: str
    type: str
    label: Text
    hint: Text | None
    missing: Text | None
    list: str
    of: str
    required: bool
    many: bool
    nominal: bool
    future: bool
    whenever: bool
    default: str
    min: str
    max: str
    above: str
    max_length: int
    when: Condition | None


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: Text
    hint: Text | None
    folded: bool
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """
    One form of a record: forms of the same `id` share keys and meaning, so they feed the same counts.

    `compartments` are those it is offered in, none: any. `header` names the fields that fill the envelope's header.
    """

    id: str
    version: int
    form: str
    title: Text
    name: Text
    sections: tuple[Section, ...]
    summary: Mapping[str, tuple[str, ...]]
    compartments: tuple[str, ...]
    header: Mapping[str, str]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for section in self.sections for field in section.fields)


def load_template(document: Mapping[str, object], form: str) -> Template:
    """
    The form `form` of a template document ``{id, version, title, summary, forms: [{form, name, sections}]}``, perhaps
    with ``compartments`` and ``header``.

    Raises MalformedTemplate for anything unknown: a form that is half understood must not be filled in.
    """
    _exactly(document, {"id", "version", "title", "summary", "forms"}, {"compartments", "header"}, "A template")
    record, version, forms = document["id"], document["version"], document["forms"]
    raw_summary = document["summary"]
    if not isinstance(record, str) or not _KEY.fullmatch(record):
        raise MalformedTemplate("A template's id is a word of small letters.")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise MalformedTemplate(f"The version of {record} is a number from 1.")
    if not isinstance(forms, list) or not isinstance(raw_summary, Mapping) or set(raw_summary) != set(SUMMARY_PARTS):
        raise MalformedTemplate(f"The template {record} needs forms, and a summary of {', '.join(SUMMARY_PARTS)}.")
    raw = next((one for one in forms if isinstance(one, Mapping) and one.get("form") == form), None)
    if raw is None:
        raise MalformedTemplate(f"The template {record} has no form called {form}.")
    _exactly(raw, {"form", "name", "sections"}, set(), f"The form {form} of {record}")
    sections = tuple(_section(one) for one in _listed(raw["sections"], "sections"))
    template = Template(
        record,
        version,
        form,
        _text(document["title"], f"the title of {record}"),
        _text(raw["name"], f"the name of {record}, {form}"),
        sections,
        {part: tuple(_word(key, part) for key in _listed(raw_summary[part], part)) for part in SUMMARY_PARTS},
        _compartments(document),
        _header(document),
    )
    keys = [field.key for field in template.fields]
    if len(set(keys)) != len(keys):
        raise MalformedTemplate(f"A key stands twice in {record}, {form}.")
    for position, field in enumerate(template.fields):
        if field.when and field.when.field not in keys[:position]:
            raise MalformedTemplate(f"{field.key} depends on {field.when.field}, which does not stand before it.")
        for part, key in template.header.items():
            if key == field.key and field.type != HEADER_PARTS[part]:
                raise MalformedTemplate(f"The header's {part} is no {field.type} field.")
    return template


def offered(templates: Iterable[Template], compartment: str) -> tuple[Template, ...]:
    """The forms that can be written in a channel of `compartment`."""
    return tuple(one for one in templates if not one.compartments or compartment in one.compartments)


def forms_of(document: Mapping[str, object]) -> tuple[str, ...]:
    """The names of a template document's forms, in its order."""
    forms = _listed(document.get("forms"), "forms")
    return tuple(_word(one.get("form") if isinstance(one, Mapping) else None, "A form's name") for one in forms)


def defaults(template: Template) -> dict[str, Value]:
    """What a new form starts with."""
    return {
        field.key: int(field.default) if field.type == "integer" else field.default
        for field in template.fields
        if field.default
    }


def fields_to_show(template: Template, values: Values) -> tuple[Field, ...]:
    """The fields whose condition holds, in order; a field that depends on a hidden one is hidden too."""
    shown: dict[str, Field] = {}
    for field in template.fields:
        if field.when is None or (field.when.field in shown and _holds(field.when, values.get(field.when.field))):
            shown[field.key] = field
    return tuple(shown.values())


def _holds(when: Condition, value: Value | None) -> bool:
    if value is None or value == "":
        return False
    if when.is_not:
        return str(value) not in when.is_not
    return "*" in when.is_ or str(value) in when.is_


def _compartments(document: Mapping[str, object]) -> tuple[str, ...]:
    if "compartments" not in document:
        return ()
    return tuple(_word(one, "A compartment") for one in _listed(document["compartments"], "compartments"))


def _header(document: Mapping[str, object]) -> dict[str, str]:
    raw = document.get("header", {})
    if not isinstance(raw, Mapping) or set(raw) - set(HEADER_PARTS):
        raise MalformedTemplate(f"The header says at most {', '.join(HEADER_PARTS)}.")
    return {part: _word(key, f"The header's {part}") for part, key in raw.items()}


def _section(raw: object) -> Section:
    if not isinstance(raw, Mapping):
        raise MalformedTemplate("A section is not an object.")
    _exactly(raw, {"key", "title", "fields"}, {"hint", "folded"}, "A section")
    key = _word(raw["key"], "A section's key")
    hint = _text(raw["hint"], f"the hint of {key}") if "hint" in raw else None
    fields = tuple(_field(one) for one in _listed(raw["fields"], f"the fields of {key}"))
    return Section(key, _text(raw["title"], f"the title of {key}"), hint, _flag(raw, "folded"), fields)


def _field(raw: object) -> Field:
    if not isinstance(raw, Mapping):
        raise MalformedTemplate("A field is not an object.")
    _exactly(raw, {"key", "type", "label"}, _OPTIONAL, "A field")
    key, kind, listed, max_length = raw["key"], raw["type"], raw.get("list", ""), raw.get("max_length", 0)
    record = raw.get("of", "")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise MalformedTemplate("A field's key is small letters, digits and underscores, a letter first.")
    if kind not in TYPES:
        raise MalformedTemplate(f"The type {kind!r} of {key} is unknown.")
    if not isinstance(listed, str) or (kind in NEEDS_LIST and not listed):
        raise MalformedTemplate(f"{key} needs the name of its list.")
    if not isinstance(record, str) or (kind == "alert") != (record != ""):
        raise MalformedTemplate(f"{key} names a record exactly when it refers to an alert.")
    if not isinstance(max_length, int) or isinstance(max_length, bool) or max_length < 0:
        raise MalformedTemplate(f"The length of {key} is not a number.")
    if kind in {"text", "longtext", "place"} and not max_length:
        raise MalformedTemplate(f"{key} needs a max_length.")
    bounds = [raw.get(name, "") for name in ("min", "max", "above")]
    if not all(isinstance(bound, str) and (not bound or _NUMBER.fullmatch(bound)) for bound in bounds):
        raise MalformedTemplate(f"The bounds of {key} are decimal strings.")
    default = raw.get("default", "")
    if not isinstance(default, str):
        raise MalformedTemplate(f"The default of {key} is a string.")
    return Field(
        key=key,
        type=str(kind),
        label=_text(raw["label"], f"the label of {key}"),
        hint=_text(raw["hint"], f"the hint of {key}") if "hint" in raw else None,
        missing=_text(raw["missing"], f"the sentence of {key}") if "missing" in raw else None,
        list=listed,
        of=record,
        required=_flag(raw, "required"),
        many=_flag(raw, "many"),
        nominal=_flag(raw, "nominal"),
        future=_flag(raw, "future"),
        whenever=_flag(raw, "whenever"),
        default=default,
        min=str(bounds[0]),
        max=str(bounds[1]),
        above=str(bounds[2]),
        max_length=max_length,
        when=_condition(raw["when"], key) if "when" in raw else None,
    )


def _condition(raw: object, key: str) -> Condition:
    if not isinstance(raw, Mapping) or set(raw) not in ({"field", "is"}, {"field", "is_not"}):
        raise MalformedTemplate(f"The condition of {key} names a field and either is or is_not.")
    return Condition(_word(raw["field"], f"The condition of {key}"), _codes(raw.get("is")), _codes(raw.get("is_not")))


def _codes(raw: object) -> tuple[str, ...]:
    if raw is None:
        return ()
    codes = [raw] if isinstance(raw, str) else _listed(raw, "A condition's codes")
    return tuple(_word(code, "A code") for code in codes)


def _flag(raw: Mapping[str, object], name: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise MalformedTemplate(f"{name} is true or false.")
    return value


def _listed(raw: object, what: str) -> list[object]:
    if not isinstance(raw, list) or not raw:
        raise MalformedTemplate(f"{what} is an empty list, or none.")
    return raw


def _word(raw: object, what: str) -> str:
    if not isinstance(raw, str) or not raw:
        raise MalformedTemplate(f"{what} is no word.")
    return raw


def _text(raw: object, what: str) -> Text:
    text = text_of(raw)
    if text is None:
        raise MalformedTemplate(f"{what} needs exactly an English and a French text.")
    return text


def _exactly(raw: Mapping[str, object], needed: Set[str], allowed: Set[str], what: str) -> None:
    if missing := needed - set(raw):
        raise MalformedTemplate(f"{what} lacks {', '.join(sorted(missing))}.")
    if unknown := set(raw) - needed - allowed:
        raise MalformedTemplate(f"{what} has unknown parts: {', '.join(sorted(unknown))}.")
