"""Turns config/templates and config/reference into the documents that members read (docs/spec/20-templates.md)."""

import gzip
import hashlib
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto.encoding import canon
from hub.client.domain.blueprints import Blueprint, read_blueprints
from hub.client.domain.errors import MalformedBlueprint, MalformedList, MalformedTemplate
from hub.client.domain.lists import CodeList, load_lists
from hub.client.domain.templates import Template, forms_of, load_template

FIRST = "domain"
MORE = "domain-more"
_ENTRY = ("code", "en", "fr", "words", "group", "compartment")
# What a page needs before it can show a row; the rest comes behind it, before a form is shown.
_FIRST_RECORDS = frozenset({"seizure"})
_LISTS_OF_EVERY_ROW = frozenset({"countries", "places", "conveyances", "tlp"})


@dataclass(frozen=True, slots=True)
class Domain:
    """Every form and list that this program ships, ready to use."""

    templates: Mapping[tuple[str, str], Template]
    lists: Mapping[str, CodeList]
    documents: Mapping[str, Mapping[str, Any]]
    blueprints: tuple[Blueprint, ...] = ()

    def blueprint(self, id_: str) -> Blueprint:
        """Raises MalformedBlueprint where there is none of this name."""
        for one in self.blueprints:
            if one.id == id_:
                return one
        raise MalformedBlueprint(f"There is no blueprint {id_} here.")

    def template(self, record: str, form: str) -> Template:
        try:
            return self.templates[record, form]
        except KeyError:
            raise MalformedTemplate(f"There is no form {form} of {record} here.") from None


def document(config: Path) -> dict[str, Any]:
    """All that a folder `config` says, ``{"blueprints": […], "lists": […], "templates": […]}``, in order of names."""
    return {
        "blueprints": [_read(path) for path in sorted((config / "blueprints").glob("*.toml"))],
        "lists": [_list(path) for path in sorted((config / "reference").glob("*.toml"))],
        "templates": list(template_documents(config).values()),
    }


def template_documents(config: Path) -> dict[str, dict[str, Any]]:
    """Each record's template document by its id, as an operation adopts it: the long form first."""
    files = [_read(path) for path in sorted((config / "templates").glob("*.toml"))]
    whole = {raw["id"]: raw for raw in files if "id" in raw}
    for raw in files:
        if "record" in raw and raw["record"] not in whole:
            raise MalformedTemplate(f"The form {raw['form']} is of the record {raw['record']}, which has no file.")
    return {
        record: {
            "id": record,
            "version": raw["version"],
            "title": raw["title"],
            "summary": raw["summary"],
            **{part: raw[part] for part in ("compartments", "header") if part in raw},
            "forms": [
                {"form": raw["form"], "name": raw["name"], "sections": raw["sections"]},
                *(_shorter(raw, short) for short in files if short.get("record") == record),
            ],
        }
        for record, raw in sorted(whole.items())
    }


def documents(config: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """
    The two published documents: the first one suffices for a seizure's row, the second one holds the rest.

    Together they are `document`. The first one's ``more`` is the second one's file name.
    """
    whole = document(config)
    first = [one for one in whole["templates"] if one["id"] in _FIRST_RECORDS]
    lists = {name for one in first for name in _lists_of_the_row(one)} | _LISTS_OF_EVERY_ROW
    more = {
        "blueprints": whole["blueprints"],
        "lists": [one for one in whole["lists"] if one["name"] not in lists],
        "templates": [one for one in whole["templates"] if one["id"] not in _FIRST_RECORDS],
    }
    return {
        "lists": [one for one in whole["lists"] if one["name"] in lists],
        "more": _file_name(MORE, canon(more)),
        "templates": first,
    }, more


def publish(config: Path) -> dict[str, bytes]:
    """The published files: canonical JSON under names that carry the hash of their content, the first one first."""
    first, more = (canon(one) for one in documents(config))
    return {_file_name(FIRST, first): first, _file_name(MORE, more): more}


def load(config: Path) -> Domain:
    """The same as a browser reads from the published documents."""
    return read(*documents(config))


def read(published: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> Domain:
    """Templates and lists of published documents. Raises MalformedTemplate, MalformedList."""
    parts = [published] if more is None else [published, more]
    documents = {one["id"]: one for part in parts for one in part["templates"]}
    templates = {
        (record, form): load_template(one, form) for record, one in documents.items() for form in forms_of(one)
    }
    lists = load_lists({"lists": [one for part in parts for one in part["lists"]]})
    whole = more is not None or "more" not in published
    for template in templates.values():
        for field in template.fields:
            if whole and field.list and field.list not in lists:
                raise MalformedTemplate(f"{field.key} asks for the list {field.list}, which is not there.")
    plans = [one for part in parts for one in part.get("blueprints", [])]
    return Domain(templates, lists, documents, read_blueprints(plans, list(documents)))


def _lists_of_the_row(record: Mapping[str, Any]) -> Iterator[str]:
    shown = {key for keys in record["summary"].values() for key in keys}
    for form in record["forms"]:
        for section in form["sections"]:
            for field in section["fields"]:
                if field["key"] in shown and "list" in field:
                    yield field["list"]


def _file_name(kind: str, body: bytes) -> str:
    return f"{kind}-{hashlib.sha256(body).hexdigest()[:16]}.json"


def _list(path: Path) -> dict[str, Any]:
    raw = _read(path)
    if raw.get("name") != path.stem:
        raise MalformedList(f"{path.name} calls itself {raw.get('name')}.")
    rows = []
    for entry in raw["entries"]:
        if unknown := set(entry) - set(_ENTRY):
            raise MalformedList(f"{path.name} has unknown parts: {', '.join(sorted(unknown))}.")
        row = [entry.get(part, "") for part in _ENTRY]
        row[2] = "" if row[2] == row[1] else row[2]
        while not row[-1]:
            row.pop()
        rows.append(row)
    return {
        "name": raw["name"],
        "title": raw["title"],
        "source": raw["source"],
        "edition": raw["edition"],
        "entries": rows,
    }


def _shorter(whole: Mapping[str, Any], short: Mapping[str, Any]) -> dict[str, Any]:
    known = {field["key"]: field for section in whole["sections"] for field in section["fields"]}
    sections = [
        {**section, "fields": [_without_false({**known.get(field["key"], {}), **field}) for field in section["fields"]]}
        for section in short["sections"]
    ]
    return {"form": short["form"], "name": short["name"], "sections": sections}


def _without_false(field: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if value is not False}


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    """``python -m hub.client.domain.published CONFIG FOLDER`` writes the files and prints their names."""
    config, folder = (Path(argument) for argument in sys.argv[1:3])
    for name, body in publish(config).items():
        (folder / name).write_bytes(body)
        sys.stdout.write(f"{name} {len(body)} bytes, {len(gzip.compress(body, 9, mtime=0))} gzipped\n")


if __name__ == "__main__":
    main()
