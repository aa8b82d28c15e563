"""The cases that Python and TypeScript must answer alike (tests/vectors/domain, docs/spec/20-templates.md)."""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hub.client.domain import (
    acknowledgements,
    blueprints,
    bodies,
    coverage,
    errors,
    headers,
    identifiers,
    lists,
    problems,
    published,
    references,
    summaries,
    templates,
    texts,
    values,
)
from tests.naming import case

VECTORS = Path(__file__).parents[2] / "vectors" / "domain"


@cache
def given(name: str) -> published.Domain:
    return published.read(json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))["given"])


def form(name: str, template: str, form: str, **_: object) -> templates.Template:
    return given(name).template(template, form)


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def found_problems(name: str, values: Any, named: bool, now: str | None, **place: Any) -> object:
    found = problems.problems_with(form(name, **place), given(name).lists, values, problems.Audience(named), now)
    return [[one.field, one.code, dict(one.args)] for one in found]


def found_codes(name: str, codes: str, **asked: Any) -> list[str]:
    return [one.code for one in lists.search(given(name).lists[codes], **asked)]


def value_text(name: str, field: str, value: Any, locale: str, **place: Any) -> str:
    asked = next(one for one in form(name, **place).fields if one.key == field)
    return summaries.value_text(asked, given(name).lists, value, locale)


DO: dict[str, Callable[..., object]] = {
    "decimal_of": lambda _, text: values.decimal_of(text),
    "is_decimal": lambda _, text: values.is_decimal(text),
    "show_decimal": lambda _, decimal, locale: values.show_decimal(decimal, locale),
    "is_cas": lambda _, text: values.is_cas(text),
    "hs_of": lambda _, text: values.hs_of(text),
    "is_hs": lambda _, text: values.is_hs(text),
    "is_imo": lambda _, text: identifiers.is_imo(text),
    "imo_of": lambda _, text: identifiers.imo_of(text),
    "is_container": lambda _, text: identifiers.is_container(text),
    "container_of": lambda _, text: identifiers.container_of(text),
    "containers_of": lambda _, text: identifiers.containers_of(text),
    "show_container": lambda _, text: identifiers.show_container(text),
    "is_alert_id": lambda _, text: identifiers.is_alert_id(text),
    "is_locode": lambda _, text: values.is_locode(text),
    "is_time": lambda _, text: values.is_time(text),
    "free_place": lambda _, text: values.free_place(text),
    "words_of": lambda _, text: list(texts.words_of(text)),
    "trimmed": lambda _, text: texts.trimmed(text),
    "on_one_line": lambda _, text: texts.on_one_line(text),
    "hides_something": lambda _, text: texts.hides_something(text),
    "filled_in": lambda _, text, args: texts.filled_in(text, args),
    "reference": lambda _, operation, country, envelope_id: references.reference(
        operation, country, unb64(envelope_id)
    ),
    "check_reference": lambda _, text: asdict(references.check_reference(text)),
    "normalise": lambda name, values, **place: normalised_twice(name, values, **place),
    "problems_with": found_problems,
    "search": lambda name, **asked: found_codes(name, asked.pop("list"), **asked),
    "alert_body": lambda name, values, language, **place: bodies.alert_body(form(name, **place), values, language),
    "read_alert_body": lambda _, body: asdict(bodies.read_alert_body(body)),
    "post_body": lambda _, text, language: bodies.post_body(text, language),
    "read_post_body": lambda _, body: asdict(bodies.read_post_body(body)),
    "notice_body": lambda _, **asked: bodies.notice_body(**asked),
    "read_notice_body": lambda _, body: asdict(bodies.read_notice_body(body)),
    "coverage": lambda _, people, now, days: covered(people, now, days),
    "tally": lambda _, notices, answers: tallied(notices, answers),
    "header_parts": lambda name, values, **place: headers.header_parts(form(name, **place), values),
    "offered": lambda name, compartment: [
        [one.id, one.form] for one in templates.offered(given(name).templates.values(), compartment)
    ],
    "offered_entries": lambda name, compartment, **asked: [
        one.code for one in lists.offered_entries(given(name).lists[asked["list"]], compartment)
    ],
    "countries_of": lambda name, region: list(lists.countries_of(given(name).lists, region)),
    "read": lambda _, published, more=None: names_in(published, more),
    "summary": lambda name, values, locale, **place: asdict(
        summaries.summary(form(name, **place), given(name).lists, values, locale)
    ),
    "value_text": value_text,
    "read_blueprint": lambda _, raw: listed(asdict(blueprints.read_blueprint(raw))),
    "read_blueprints": lambda _, raw, forms: [one.id for one in blueprints.read_blueprints(raw, forms)],
    "usual": lambda _, raw, **asked: listed(asdict(blueprints.read_blueprint(raw).usual(asked["type"]))),
    "load_template": lambda _, document, form: [one.key for one in templates.load_template(document, form).fields],
    "fields_to_show": lambda name, values, **place: [
        one.key for one in templates.fields_to_show(form(name, **place), values)
    ],
    "defaults": lambda name, **place: templates.defaults(form(name, **place)),
}


def listed(found: Any) -> Any:
    """As JSON has it: lists for tuples."""
    return json.loads(json.dumps(found))


def tallied(notices: Any, answers: Any) -> object:
    asking = [acknowledgements.Asking(**{**one, "asked": tuple(one["asked"])}) for one in notices]
    found = acknowledgements.tally(asking, [acknowledgements.Answer(**one) for one in answers])
    return [[one.id, one.number, [list(asdict(row).values()) for row in one.rows]] for one in found]


def covered(people: Any, now: int, days: Any) -> object:
    found = coverage.coverage([coverage.Watch(**one) for one in people], now, coverage.Days(**days))
    return listed([[one.country, one.live, one.deputy, one.people] for one in found])


def names_in(first: Any, more: Any) -> object:
    domain = published.read(first, more)
    return {"templates": sorted(map(list, domain.templates)), "lists": sorted(domain.lists)}


def normalised_twice(name: str, raw: Any, **place: Any) -> object:
    once = values.normalise(form(name, **place), raw)
    assert values.normalise(form(name, **place), once) == once
    return once


@pytest.mark.parametrize("name", sorted(path.stem for path in VECTORS.glob("*.json")))
def test_python_answers_the_vectors_of_a_file(name: str) -> None:
    for number, vector in enumerate(json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))["cases"]):
        with case(f"{number} {vector['do']}: {vector['what']}"):
            if "refused" in vector:
                with pytest.raises(getattr(errors, vector["refused"])):
                    DO[vector["do"]](name, **vector["in"])
            else:
                assert DO[vector["do"]](name, **vector["in"]) == vector["out"]
