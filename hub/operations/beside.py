"""
What travels beside an entry: wraps, template documents and handling rules, under hashes that the entry signs
(docs/spec/09-membership.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crypto.changes import Entry, Grants, RulesSet, TemplateAdopt
from crypto.encoding import AccountId, canon, fields, hash_of, id16, id32, integer, items, octets, parse
from crypto.epochs import WRAP_SIZE, Reader
from crypto.errors import Malformed, WrongWraps
from crypto.membership import check_entry_wraps, granted_readers
from crypto.packet import split_parts
from crypto.readers import Operation

LONGEST: Final = 4 * 1024 * 1024
MOST_READERS: Final = 5000
LANGUAGES: Final = ("en", "fr")
LONGEST_TITLE: Final = 200
LONGEST_RULES: Final = 20_000


@dataclass(frozen=True, slots=True)
class WrapList:
    """The wraps of one epoch or of one grant, in the order of its readers."""

    channel: bytes
    epoch: int
    wraps_hash: bytes
    wraps: tuple[tuple[AccountId, int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything that came with an entry, found to be exactly what it signed."""

    wraps: tuple[WrapList, ...]
    documents: Mapping[bytes, bytes]  # hash → canonical document


def read_beside(raw: bytes, entry: Entry, body: bytes, after: Operation) -> Beside:
    """
    Reads ``(u32be size ‖ canonical JSON)*`` and holds it against the entry that led to `after`.

    First {channel, epoch, wraps: [[account, generation, wrap], …]} for each of its grants and then each of its epochs,
    in the order of the readers; then {template, hash, document} for templates that it adopts, {rules, document} for
    the handling rules that it sets.

    Raises Malformed or WrongWraps.
    """
    grants = [change for change in entry.changes if isinstance(change, Grants)]
    named: list[tuple[bytes, int, bytes, Sequence[Reader]]] = [
        (grant.channel, grant.epoch, grant.wraps_hash, granted_readers(after, grant)) for grant in grants
    ]
    for record in entry.epochs:
        epoch = after.channel(record.channel).epoch
        named.append((record.channel, record.epoch, record.wraps_hash, () if epoch is None else epoch.readers))
    parts = [parse(part, LONGEST) for part in split_parts(raw)]
    if len(parts) < len(named):
        raise WrongWraps("a list of wraps is missing")
    lists = [_wraps(part, *one) for part, one in zip(parts, named, strict=False)]
    check_entry_wraps(after, body, [[wrap for _, _, wrap in one.wraps] for one in lists])
    return Beside(tuple(lists), dict(_document(part, entry) for part in parts[len(named) :]))


def _wraps(value: Any, channel: bytes, epoch: int, wraps_hash: bytes, readers: Sequence[Reader]) -> WrapList:
    fields(value, {"channel", "epoch", "wraps"})
    if (id16(value["channel"]), integer(value["epoch"], 1)) != (channel, epoch):
        raise WrongWraps("wraps of another channel or epoch than the entry names here")
    rows = [items(row, 3, 3) for row in items(value["wraps"], MOST_READERS, 1)]
    wraps = tuple((AccountId(id16(a)), integer(g, 1), octets(w, WRAP_SIZE, WRAP_SIZE)) for a, g, w in rows)
    if [(account, generation) for account, generation, _ in wraps] != [(r.account, r.generation) for r in readers]:
        raise WrongWraps("wraps for other people than the readers, or in another order")
    return WrapList(channel, epoch, wraps_hash, wraps)


def named_documents(entry: Entry) -> set[bytes]:
    """The hashes of templates and rules that the entry's changes name."""
    return {change.hash for change in entry.changes if isinstance(change, TemplateAdopt | RulesSet)}


def _document(value: Any, entry: Entry) -> tuple[bytes, bytes]:
    if isinstance(value, dict) and "rules" in value:
        return _rules(value, entry)
    fields(value, {"template", "hash", "document"})
    name = id32(value["hash"])
    if (value["template"], name) not in {(c.template, c.hash) for c in entry.changes if isinstance(c, TemplateAdopt)}:
        raise Malformed("a document that the entry doesn't adopt")
    if hash_of("template", value["document"]) != name:
        raise Malformed("a template that isn't what its hash says")
    return name, canon(value["document"])


def _rules(value: Any, entry: Entry) -> tuple[bytes, bytes]:
    fields(value, {"rules", "document"})
    name = id32(value["rules"])
    if name not in {change.hash for change in entry.changes if isinstance(change, RulesSet)}:
        raise Malformed("rules that the entry doesn't set")
    document = fields(value["document"], {"title", "text"})
    for part, longest in (("title", LONGEST_TITLE), ("text", LONGEST_RULES)):
        for words in fields(document[part], set(LANGUAGES)).values():
            if not isinstance(words, str) or not 1 <= len(words) <= longest:
                raise Malformed(f"rules whose {part} isn't text of 1 to {longest} characters")
    if hash_of("rules", document) != name:
        raise Malformed("rules that aren't what their hash says")
    return name, canon(document)
