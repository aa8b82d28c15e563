"""Code lists, and the search behind every picker (docs/spec/20-templates.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.client.domain.errors import MalformedList
from hub.client.domain.texts import Text, folded, text_of, words_of

_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One code of a list.

    `words` are further words that find it; `group` is what the list's file says it is (mode of a conveyance,
    functions of a place, proposed unit of a category, HS line of a substance, countries of a region); `compartment`
    is the only one it is offered in, empty: every one.
    """

    code: str
    label: Text
    words: str = ""
    group: str = ""
    compartment: str = ""


Words = tuple[str, ...]
Indexed = tuple[str, Words, Words, Words]


@dataclass(frozen=True, slots=True)
class CodeList:
    name: str
    title: Text
    source: str
    edition: str
    entries: tuple[Entry, ...]
    # What the search compares, made once: code without punctuation, words by language, all words.
    index: tuple[Indexed, ...]
    _by_code: Mapping[str, Entry]

    def entry(self, code: str) -> Entry | None:
        return self._by_code.get(code)

    def label(self, code: str, locale: str) -> str:
        """The code's label, the code itself when this edition does not know it (a newer member may have sent it)."""
        entry = self._by_code.get(code)
        return entry.label.said(locale) if entry else code


Lists = Mapping[str, CodeList]


def load_lists(document: Mapping[str, object]) -> dict[str, CodeList]:
    """
    The lists of published documents: ``{"lists": [{name, title, source, edition, entries}], …}``.

    An entry is ``[code, en, fr, words, group, compartment]``, empty ends left off; an empty `fr` means the same as
    `en`. Places are also found by the name of their country. Raises MalformedList.
    """
    raw_lists = document.get("lists")
    if not isinstance(raw_lists, list):
        raise MalformedList("The document holds no lists.")
    raw = {}
    for one in raw_lists:
        if not isinstance(one, Mapping) or set(one) != {"name", "title", "source", "edition", "entries"}:
            raise MalformedList("A list needs exactly name, title, source, edition and entries.")
        raw[str(one["name"])] = one
    countries = {entry.code: entry for entry in _entries(raw["countries"])} if "countries" in raw else {}
    return {name: _list(one, countries if name == "places" else {}) for name, one in raw.items()}


def offered_entries(codes: CodeList, compartment: str) -> tuple[Entry, ...]:
    """The entries that a form in a channel of `compartment` proposes; a value may still be any code of the list."""
    return tuple(entry for entry in codes.entries if entry.compartment in {"", compartment})


def countries_of(lists: Lists, region: str) -> tuple[str, ...]:
    """The countries of a region or regional office, sorted; none where this edition does not know it."""
    entry = lists["regions"].entry(region) if "regions" in lists else None
    return tuple(sorted(entry.group.split(" "))) if entry and entry.group else ()


def search(codes: CodeList, query: str, locale: str, limit: int) -> tuple[Entry, ...]:
    """
    The entries that answer `query`, best first: the code itself, codes that begin so, labels in `locale` that begin so,
    labels that hold every word, then those found by another language or by further words.

    An empty query gives the first ones.
    """
    words = words_of(query)
    compact = "".join(words)
    if not words:
        return codes.entries[:limit]
    ranked: list[tuple[int, int]] = []
    french = locale.lower().startswith("fr")
    for place, (code, english_words, french_words, all_words) in enumerate(codes.index):
        label = french_words if french else english_words
        if code == compact:
            rank = 0
        elif code.startswith(compact):
            rank = 1
        elif _holds(label, words):
            rank = 2 if label[0].startswith(words[0]) else 3
        elif _holds(all_words, words):
            rank = 4
        else:
            continue
        ranked.append((rank, place))
    ranked.sort()
    return tuple(codes.entries[place] for _, place in ranked[:limit])


def _holds(present: Words, wanted: Words) -> bool:
    return all(any(word.startswith(want) for word in present) for want in wanted)


def _list(raw: Mapping[str, object], countries: Mapping[str, Entry]) -> CodeList:
    title, entries = text_of(raw["title"]), _entries(raw)
    name, source, edition = raw["name"], raw["source"], raw["edition"]
    if title is None or not isinstance(name, str) or not isinstance(source, str) or not isinstance(edition, str):
        raise MalformedList(f"The list {raw['name']} needs name, title, source and edition.")
    by_code = {entry.code: entry for entry in entries}
    if len(by_code) != len(entries):
        raise MalformedList(f"The list {name} holds a code twice.")
    return CodeList(name, title, source, edition, entries, tuple(_indexed(one, countries) for one in entries), by_code)


def _indexed(entry: Entry, countries: Mapping[str, Entry]) -> Indexed:
    english, french = words_of(entry.label.en), words_of(entry.label.fr)
    country = countries.get(entry.code[:2])
    further = f"{country.label.en} {country.label.fr} {country.words}" if country else ""
    every = (*english, *french, *words_of(f"{entry.code} {entry.words} {further}"))
    return folded(entry.code).replace(" ", ""), english, french, every


def _entries(raw: Mapping[str, object]) -> tuple[Entry, ...]:
    rows = raw["entries"]
    if not isinstance(rows, list):
        raise MalformedList(f"The list {raw['name']} has no entries.")
    entries = []
    for row in rows:
        if not isinstance(row, list) or not 2 <= len(row) <= _PARTS or not all(isinstance(part, str) for part in row):
            raise MalformedList(f"An entry of the list {raw['name']} is not [code, en, fr, words, group, compartment].")
        code, en, fr, words, group, compartment = row + [""] * (_PARTS - len(row))
        if not code or not en:
            raise MalformedList(f"An entry of the list {raw['name']} has no code or no label.")
        entries.append(Entry(code, Text(en, fr or en), words, group, compartment))
    return tuple(entries)
