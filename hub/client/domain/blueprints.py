"""
Blueprints: what an operation of one kind begins with, as data (docs/spec/21-blueprints.md).

Twin of web/src/domain/blueprints.ts. A blueprint only fills in a page or a command; what counts afterwards is signed in
the operation's own chain.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hub.client.domain.errors import MalformedBlueprint
from hub.client.domain.texts import Text, hides_something, text_of

TYPES: Final = ("all", "coordination", "regional", "bilateral", "case", "announcement")
SCOPES: Final = ("all", "countries", "organisations", "accounts", "roles")
ROLES: Final = ("contact", "deputy", "coordinator", "analyst", "observer", "auditor")
HISTORIES: Final = ("all", "from-join")
MAX_RULES: Final = 12_000
MAX_LABEL: Final = 120

_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
_COMPARTMENT = re.compile(r"[a-z][a-z0-9-]{0,31}")
_PARTS = frozenset(
    ("id", "version", "name", "summary", "compartments", "forms", "retention_days", "channels", "later", "rules")
)


@dataclass(frozen=True, slots=True)
class PlannedChannel:
    """A channel to open; one that is offered for later has no label, and its audience may still have to be named."""

    type: str
    compartment: str
    scope: str
    of: tuple[str, ...]
    history: str
    label: Text | None


@dataclass(frozen=True, slots=True)
class Rules:
    """Handling rules in every language of the product."""

    title: Text
    text: Text

    def document(self) -> dict[str, dict[str, str]]:
        """As it stands beside the entry that sets them, under its hash."""
        return {
            "title": {"en": self.title.en, "fr": self.title.fr},
            "text": {"en": self.text.en, "fr": self.text.fr},
        }


@dataclass(frozen=True, slots=True)
class Blueprint:
    id: str
    version: int
    name: Text
    summary: Text
    compartments: tuple[str, ...]
    forms: tuple[str, ...]  # in the order in which they are offered
    retention_days: int
    channels: tuple[PlannedChannel, ...]  # opened with the operation
    later: tuple[PlannedChannel, ...]  # how others are usually opened
    rules: Rules

    def usual(self, type: str) -> PlannedChannel:
        """How a channel of this type is usually opened here."""
        for one in (*self.later, *self.channels):
            if one.type == type:
                return one
        return PlannedChannel(type, self.compartments[0], "all", (), "all", None)


def read_blueprint(raw: Any) -> Blueprint:
    """Raises MalformedBlueprint."""
    if not isinstance(raw, Mapping) or set(raw) != _PARTS:
        raise MalformedBlueprint("A blueprint has exactly the parts that docs/spec/21-blueprints.md names.")
    id_ = _matching(raw["id"], _NAME, "id")
    compartments = tuple(_matching(one, _COMPARTMENT, "compartment") for one in _listed(raw["compartments"]))
    if not compartments or list(compartments) != sorted(set(compartments)):
        raise MalformedBlueprint(f"The compartments of {id_} are not sorted, or there are none.")
    forms = tuple(_matching(one, _NAME, "form") for one in _listed(raw["forms"]))
    if len(set(forms)) != len(forms):
        raise MalformedBlueprint(f"A form stands twice in {id_}.")
    channels = tuple(_channel(one, compartments, now=True) for one in _listed(raw["channels"]))
    if not any((one.type, one.scope) == ("all", "all") for one in channels):
        raise MalformedBlueprint(f"{id_} opens no channel for all members.")
    return Blueprint(
        id_,
        _whole(raw["version"], "version"),
        _text(raw["name"], "name", 120),
        _text(raw["summary"], "summary", 500),
        compartments,
        forms,
        _whole(raw["retention_days"], "retention_days"),
        channels,
        tuple(_channel(one, compartments, now=False) for one in _listed(raw["later"])),
        read_rules(raw["rules"]),
    )


def read_blueprints(raw: Any, forms: Sequence[str] | None = None) -> tuple[Blueprint, ...]:
    """All of a published document, in its order. Raises MalformedBlueprint, also where a form isn't among `forms`."""
    found = tuple(read_blueprint(one) for one in _listed(raw))
    if len({one.id for one in found}) != len(found):
        raise MalformedBlueprint("Two blueprints have one id.")
    for one in found:
        if forms is not None and (missing := [form for form in one.forms if form not in forms]):
            raise MalformedBlueprint(f"{one.id} asks for a form that is not there: {', '.join(missing)}.")
    return found


def _channel(raw: Any, compartments: Sequence[str], *, now: bool) -> PlannedChannel:
    parts = {"type", "compartment", "scope", "history"} | ({"label"} if now else set())
    if not isinstance(raw, Mapping) or set(raw) - {"of"} != parts:
        raise MalformedBlueprint("A channel has a part too many or too few.")
    kind, scope = _choice(raw["type"], TYPES, "type"), _choice(raw["scope"], SCOPES, "scope")
    if raw["compartment"] not in compartments:
        raise MalformedBlueprint(f"A channel stands in the compartment {raw['compartment']}, which is not there.")
    of = tuple(_choice(one, ROLES, "role") for one in _listed(raw.get("of", [])))
    if bool(of) != (scope == "roles") or list(of) != sorted(set(of)):
        raise MalformedBlueprint("Roles are named, sorted, exactly where a channel is for roles.")
    if now and scope not in ("all", "roles"):
        raise MalformedBlueprint("Who is named one by one is not known before the operation is opened.")
    label = _text(raw["label"], "label", MAX_LABEL) if now else None
    return PlannedChannel(kind, raw["compartment"], scope, of, _choice(raw["history"], HISTORIES, "history"), label)


def read_rules(raw: Any) -> Rules:
    """Handling rules as they stand beside an entry. Raises MalformedBlueprint."""
    if not isinstance(raw, Mapping) or set(raw) != {"title", "text"}:
        raise MalformedBlueprint("Rules have a title and a text.")
    return Rules(_text(raw["title"], "title", 200), _text(raw["text"], "text", MAX_RULES))


def _text(value: Any, what: str, longest: int) -> Text:
    text = text_of(value)
    if text is None or any(len(one) > longest or hides_something(one) for one in (text.en, text.fr)):
        raise MalformedBlueprint(f"The {what} is not text in English and French, or too long.")
    return Text(text.en.strip("\n"), text.fr.strip("\n"))


def _listed(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise MalformedBlueprint("A list is missing.")
    return value


def _choice(value: Any, allowed: Sequence[str], what: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise MalformedBlueprint(f"{value} is no {what}.")
    return value


def _matching(value: Any, shape: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or shape.fullmatch(value) is None:
        raise MalformedBlueprint(f"{value} is no {what}.")
    return value


def _whole(value: Any, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100_000:
        raise MalformedBlueprint(f"{what} is no whole number from 1.")
    return value
