"""Everything shown to a person stands in the catalogue, in French too, and nothing else does (CONTRIBUTING.md)."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from hub import paths

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
# t("…"), tx("…"), tn("one", "many"): a call whose first argument is not a literal carries a msgid of Python's N_("…").
CALL = re.compile(r'\b(?P<name>tn|tx|t)\(\s*"(?P<one>(?:[^"\\]|\\.)*)"(?:\s*,\s*"(?P<many>(?:[^"\\]|\\.)*)")?')
SIGN_WITHOUT_SPACE = re.compile(r"(?<![\u00a0\u202f\s:?!])[;?!](?=\s|$)|(?<![\u00a0\u202f])(?<!\d):(?=\s|$)")
BREAKING_SPACE = re.compile(r" [:;?!»]|« ")
PLACE = re.compile(r"\{\w+\}|%\(\w+\)s")


def said(literal: str) -> str:
    return literal.replace('\\"', '"').replace("\\\\", "\\")


def in_scripts() -> Iterator[tuple[str, str]]:
    for path in sorted((WEB / "src").rglob("*.ts*")):
        for call in CALL.finditer(path.read_text("utf-8")):
            yield said(call["one"]), path.name


def in_python() -> Iterator[tuple[str, str]]:
    for folder in ("hub", "crypto"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "_data" in path.parts or "_static" in path.parts:
                continue
            for _, message, _, _ in extract_from_file("python", path, KEYWORDS):
                yield message if isinstance(message, str) else message[0], path.name


def in_pages() -> Iterator[tuple[str, str]]:
    for path in sorted(paths.templates().glob("*.html")):
        found = babel_extract(io.BytesIO(path.read_bytes()), list(KEYWORDS), [], {"newstyle_gettext": "true"})
        for _, _, message, _ in found:
            yield message if isinstance(message, str) else message[0], path.name


def used() -> dict[str, str]:
    """Message → a file that says it."""
    return {message: place for source in (in_scripts, in_python, in_pages) for message, place in source() if message}


def french() -> Catalog:
    with (WEB / "locale" / "fr.po").open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def messages() -> list[Message]:
    return [message for message in french() if message.id]


def msgid(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_sentence_has_its_french() -> None:
    translated = {msgid(message) for message in messages() if all(texts(message)) and not message.fuzzy}

    assert {message: place for message, place in used().items() if message not in translated} == {}


def test_no_french_sentence_is_left_over() -> None:
    assert sorted({msgid(message) for message in messages()} - set(used())) == []


def test_names_in_braces_are_kept() -> None:
    for message in messages():
        wanted = set(PLACE.findall(msgid(message)))
        for text in texts(message):
            # A plural's form for one may leave the number out.
            assert wanted - {"{n}"} <= set(PLACE.findall(text)) <= wanted | {"{n}"}, text


def test_french_has_its_spaces() -> None:
    """A no-break space stands before : ; ? ! and inside « », a narrow one counts too."""
    every = [text for message in messages() for text in texts(message)]

    assert [text for text in every if SIGN_WITHOUT_SPACE.search(text) or BREAKING_SPACE.search(text)] == []
    assert [text for text in every if "'" in text] == []
