"""The opened words of an alert, a post, a notice: what goes into the sealed envelope (docs/spec/20-templates.md)."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

from hub.client.domain.errors import MalformedBody
from hub.client.domain.identifiers import is_alert_id
from hub.client.domain.templates import Template, Value, Values
from hub.client.domain.texts import hides_something, on_one_line, trimmed
from hub.client.domain.values import normalise

TLP_LABELS: Final = ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR")
MAX_TEXT: Final = 12_000  # characters: in the longest script still below the size of one statement
MAX_FIELDS: Final = 200
NOTICES: Final = ("instruction", "information", "change", "reminder", "safety", "closure")
MAX_TITLE: Final = 200
MAX_LANGUAGES: Final = 12
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


@dataclass(frozen=True, slots=True)
class NoticeBody:
    """
    A notice in one or more languages, sorted, the same ones for `title` and `text`; `authentic` is the one that counts
    where they differ. `replaces` is the id of the notice before.
    """

    notice: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    authentic: str
    replaces: str | None


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


def notice_body(
    kind: str, titles: Mapping[str, str], texts: Mapping[str, str], authentic: str, replaces: str | None = None
) -> dict[str, Any]:
    """The body of a notice, titles and texts by language; what is blank is left out. Raises MalformedBody."""
    title = [[language, on_one_line(titles[language])] for language in sorted(titles)]
    text = [[language, trimmed(texts[language])] for language in sorted(texts)]
    body: dict[str, Any] = {
        "notice": kind,
        "title": [pair for pair in title if pair[1]],
        "text": [pair for pair in text if pair[1]],
        "authentic": authentic,
    }
    if replaces is not None:
        body["replaces"] = replaces
    read_notice_body(body)
    return body


def read_notice_body(body: object) -> NoticeBody:
    """
    The notice of an opened body ``{notice, title: [[language, text], …], text: […], authentic, replaces?}``.

    Raises MalformedBody.
    """
    raw = _exactly(body, {"notice", "title", "text", "authentic"}, {"replaces"})
    if raw["notice"] not in NOTICES:
        raise MalformedBody("This notice doesn't say what kind it is.")
    title, text = _by_language(raw["title"]), _by_language(raw["text"])
    if list(title) != list(text) or raw["authentic"] not in title:
        raise MalformedBody("A language of this notice has no title or no text, or the authentic one is missing.")
    if any(len(one) > MAX_TITLE or on_one_line(one) != one for one in title.values()):
        raise MalformedBody("A title of this notice is too long, or has several lines.")
    # All languages together travel in one statement.
    if sum(len(one) for one in text.values()) > MAX_TEXT:
        raise MalformedBody("This notice is too long.")
    replaces = raw.get("replaces")
    if "replaces" in raw and not (isinstance(replaces, str) and is_alert_id(replaces)):
        raise MalformedBody("What this notice replaces is no notice.")
    return NoticeBody(raw["notice"], title, text, raw["authentic"], replaces)


def _by_language(raw: object) -> dict[str, str]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_LANGUAGES:
        raise MalformedBody("This notice holds no text, or too many languages.")
    found: dict[str, str] = {}
    last = ""
    for pair in raw:
        if not isinstance(pair, list) or len(pair) != 2:
            raise MalformedBody("A text of this notice is not a language and words.")
        language, words = _language(pair[0]), pair[1]
        if language <= last or not isinstance(words, str) or not _is_readable(words):
            raise MalformedBody("The languages of this notice are not in order, or one has nothing readable.")
        found[language], last = words, language
    return found


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


def _exactly(body: object, keys: set[str], optional: Set[str] = frozenset()) -> Mapping[str, Any]:
    if not isinstance(body, Mapping) or set(body) - optional != keys:
        raise MalformedBody("This message doesn't have the parts it should have.")
    return body
