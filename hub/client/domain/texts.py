"""Words in the languages of the product, and how text is cleaned before it is sealed (docs/spec/20-templates.md)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Named one by one because the two languages disagree on what is a space.
SPACES: Final = "\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_ENDS: Final = re.compile(f"^[{SPACES}]+|[{SPACES}]+$")
_RUN: Final = re.compile(f"[{SPACES}]+")
_LINE_END: Final = re.compile("\r\n|\r|\u0085|\u2028|\u2029")
# Controls, bidirectional overrides and lone surrogates: what a reader cannot see must not change what he reads.
_HIDDEN: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]")
_LETTERS: Final = {
    "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ı": "i", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A label in every language of the product."""

    en: str
    fr: str

    def said(self, locale: str) -> str:
        """In `locale` ("fr", "fr-CA"…), English where there is no other."""
        return self.fr if locale.lower().startswith("fr") else self.en


def text_of(value: object) -> Text | None:
    """The Text of ``{"en": …, "fr": …}``, None for anything else."""
    if not isinstance(value, Mapping) or set(value) != {"en", "fr"}:
        return None
    en, fr = value["en"], value["fr"]
    return Text(en, fr) if isinstance(en, str) and isinstance(fr, str) and en and fr else None


def trimmed(text: str) -> str:
    """NFC, line ends as ``\\n``, no spaces at the ends."""
    return _ENDS.sub("", _LINE_END.sub("\n", unicodedata.normalize("NFC", text)))


def on_one_line(text: str) -> str:
    """`trimmed`, and every run of spaces is one space."""
    return _RUN.sub(" ", trimmed(text))


def hides_something(text: str) -> bool:
    """Whether `text` holds characters that show nothing but may change how the rest is read."""
    return _HIDDEN.search(text) is not None


def folded(text: str) -> str:
    """For comparing in a search: without accents and case, anything but letters and digits is a space."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    plain = "".join(_LETTERS.get(c, c) for c in plain)
    return "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in plain)


def words_of(text: str) -> tuple[str, ...]:
    return tuple(word for word in folded(text).split(" ") if word)


def filled_in(text: str, args: Mapping[str, str]) -> str:
    """`text` with each ``{name}`` replaced by what `args` says; unknown names stay as they are."""
    return re.sub(r"\{([a-z_]+)\}", lambda found: args.get(found[1], found[0]), text)
