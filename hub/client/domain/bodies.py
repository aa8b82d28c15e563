"""The opened words of an alert and of a post: what goes into the sealed envelope (docs/spec/20-templates.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hub.client.domain.errors import MalformedBody
from hub.client.domain.templates import Template, Value, Values
from hub.client.domain.texts import hides_something, trimmed
from hub.client.domain.values import normalise

TLP_LABELS: Final = ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR")
MAX_TEXT: Final = 12_000  # characters: in the longest script still below the size of one statement
MAX_FIELDS: Final = 200
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_MAX_INTEGER: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class AlertBody:
    """An alert as it was sealed; `values` hold ``tlp`` too, as the form had it."""

    template: str
    template_version: int
    form: str
    language: str
    tlp: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class PostBody:
    text: str
    language: str


def alert_body(template: Template, values: Values, language: str) -> dict[str, Any]:
    """
    The body of an alert, ready for canonical JSON; `values` are normalised, and only what the form shows is taken.

    Ask problems_with first. Raises MalformedBody for a body that read_alert_body would refuse.
    """
    canonical = normalise(template, values)
    body = {
        "template": template.id,
        "template_version": template.version,
        "form": template.form,
        "language": language,
        "tlp": canonical.get("tlp", ""),
        "fields": [[key, canonical[key]] for key in sorted(canonical) if key != "tlp"],
    }
    read_alert_body(body)
    return body


def read_alert_body(body: object) -> AlertBody:
    """
    The alert of an opened body ``{template, template_version, form, language, tlp, fields: [[key, value], …]}``.

    It is not judged by a template: an alert of a newer version can still be shown. Raises MalformedBody.
    """
    raw = _exactly(body, {"template", "template_version", "form", "language", "tlp", "fields"})
    version, fields = raw["template_version"], raw["fields"]
    for name in ("template", "form"):
        if not isinstance(raw[name], str) or not _KEY.fullmatch(raw[name]):
            raise MalformedBody(f"This alert doesn't say its {name}.")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise MalformedBody("This alert doesn't say the version of its template.")
    if raw["tlp"] not in TLP_LABELS:
        raise MalformedBody("This alert doesn't say who may receive it.")
    if not isinstance(fields, list) or len(fields) > MAX_FIELDS:
        raise MalformedBody("This alert holds no list of fields, or too long a one.")
    values: dict[str, Value] = {"tlp": raw["tlp"]}
    last = ""
    for pair in fields:
        if not isinstance(pair, list) or len(pair) != 2:
            raise MalformedBody("A field of this alert is not a key and a value.")
        key, value = pair
        if not isinstance(key, str) or not _KEY.fullmatch(key) or key == "tlp" or key <= last:
            raise MalformedBody("The fields of this alert are not in order, or one stands twice.")
        values[key], last = _value(key, value), key
    return AlertBody(raw["template"], version, raw["form"], _language(raw["language"]), raw["tlp"], values)


def post_body(text: str, language: str) -> dict[str, Any]:
    """The body of a post. Raises MalformedBody when nothing, too much or something invisible was written."""
    body = {"text": trimmed(text), "language": language}
    read_post_body(body)
    return body


def read_post_body(body: object) -> PostBody:
    """The post of an opened body ``{text, language}``. Raises MalformedBody."""
    raw = _exactly(body, {"text", "language"})
    text = raw["text"]
    if not isinstance(text, str) or not _is_readable(text):
        raise MalformedBody("This post holds no text, too long a one or invisible characters.")
    return PostBody(text, _language(raw["language"]))


def _value(key: str, value: object) -> Value:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_INTEGER:
        return value
    if not isinstance(value, str) or not _is_readable(value):
        raise MalformedBody(f"The field {key} of this alert holds nothing readable.")
    return value


def _is_readable(text: str) -> bool:
    return text != "" and trimmed(text) == text and len(text) <= MAX_TEXT and not hides_something(text)


def _language(value: object) -> str:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise MalformedBody("The language of this message is not named.")
    return value


def _exactly(body: object, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(body, Mapping) or set(body) != keys:
        raise MalformedBody("This message doesn't have the parts it should have.")
    return body
