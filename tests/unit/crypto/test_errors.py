"""Each refusal has one code, the same in both languages."""

import re
from pathlib import Path

from crypto import errors
from crypto.errors import ProtocolError

KINDS = ProtocolError.__subclasses__()


def test_codes_are_unique_words_with_hyphens() -> None:
    codes = [kind.code for kind in KINDS]

    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


def test_the_drawn_tree_names_them_all() -> None:
    drawn = set(re.findall(r"[A-Z]\w+", (errors.__doc__ or "").split("ProtocolError", 1)[1]))

    assert drawn == {kind.__name__ for kind in KINDS}


def test_a_refusal_keeps_its_words() -> None:
    refusal = errors.NotAReader("who doesn't read")

    assert (refusal.code, refusal.text, str(refusal)) == ("not-a-reader", "who doesn't read", "who doesn't read")


def test_the_specification_lists_every_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "spec" / "00-overview.md").read_text("utf-8")

    assert {kind.code for kind in KINDS} == set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
