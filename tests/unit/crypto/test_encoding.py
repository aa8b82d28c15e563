"""Canonical bytes: one value, one form; anything else is refused."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import encoding
from crypto.encoding import b64, canon, parse, unb64
from crypto.errors import Malformed, NotCanonical, ProtocolError, TooLarge, UnknownVersion

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(lambda s: unicodedata.normalize("NFC", s))
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert parse(canon(value)) == value


@given(VALUES)
def test_any_other_way_to_write_it_is_refused(value: Any) -> None:
    spaced = json.dumps(value, indent=1).encode()

    if spaced == canon(value):
        assert parse(spaced) == value
    else:
        with pytest.raises(NotCanonical):
            parse(spaced)


@given(st.binary(max_size=60))
def test_whatever_is_read_was_canonical(raw: bytes) -> None:
    try:
        value = parse(raw)
    except ProtocolError:
        return

    assert canon(value) == raw


@given(VALUES, st.integers(0, 200), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_says_something_else(value: Any, place: int, byte: int) -> None:
    raw = bytearray(canon(value))
    place %= len(raw)
    if raw[place] == byte:
        return
    raw[place] = byte

    try:
        changed = parse(bytes(raw))
    except ProtocolError:
        return

    assert canon(changed) != canon(value)


@given(st.binary(max_size=100))
def test_bytes_have_one_spelling(raw: bytes) -> None:
    assert unb64(b64(raw)) == raw


@given(st.text("ABCxyz019-_=+/ ", max_size=12))
def test_another_spelling_of_bytes_is_refused(text: str) -> None:
    try:
        raw = unb64(text)
    except Malformed:
        return

    assert b64(raw) == text


def test_nesting_without_end_is_refused_not_a_crash() -> None:
    with pytest.raises((TooLarge, NotCanonical)):
        parse(b"[" * 59_000)


@pytest.mark.parametrize("value", [1.0, float("nan"), b"bytes", {1, 2}, {"a": object()}])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canon(value)


def test_fields_are_all_there_and_no_other() -> None:
    assert encoding.fields({"a": 1, "b": 2}, "a", "b c") == {"a": 1, "b": 2}

    for value in ({"b": 2}, {"a": 1, "d": 4}, [], None, "a"):
        with pytest.raises(Malformed):
            encoding.fields(value, "a", "b c")


def test_true_is_neither_a_number_nor_a_version() -> None:
    encoding.known(1)

    with pytest.raises(Malformed):
        encoding.integer(True)
    for value in (True, 2, "1", None, [1]):
        with pytest.raises(UnknownVersion):
            encoding.known(value)


def test_lists_that_must_be_sorted_hold_nothing_twice() -> None:
    assert encoding.ascending(["a", "b"]) == ("a", "b")

    for values in (["b", "a"], ["a", "a"]):
        with pytest.raises(Malformed):
            encoding.ascending(values)


@pytest.mark.parametrize("words", ["a\nb", "\x7f", "\x85", "", "x" * 6])
def test_text_has_no_control_characters_and_a_limit(words: str) -> None:
    assert encoding.text("Ünïç😀", 5) == "Ünïç😀"

    with pytest.raises(Malformed):
        encoding.text(words, 5)
