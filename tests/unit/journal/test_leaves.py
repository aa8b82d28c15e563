"""Leaves are canonical, commit to their details, and take whatever a stranger's headers hold."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import b64, canon, parse
from crypto.errors import NotCanonical
from crypto.tlog import leaf_body, leaf_detail_hash
from hub.access.actor import Place
from hub.journal.leaves import AGENT_LENGTH, body_of, detail_hash, detail_of
from hub.journal.records import LeafDraft

ids = st.binary(min_size=16, max_size=16)
SALT = bytes(16)


@given(
    actor=st.none() | ids,
    device=st.none() | ids,
    operation=st.none() | st.binary(min_size=32, max_size=32),
    subject=st.none()
    | st.text(st.characters(min_codepoint=32, max_codepoint=126))
    | st.from_regex(r"\A[\w-]{0,43}\Z", alphabet=st.characters(max_codepoint=127)),
    at=st.integers(0, 2**53 - 1),
)
def test_a_leaf_is_what_the_protocol_says(
    actor: bytes | None, device: bytes | None, operation: bytes | None, subject: str | None, at: int
) -> None:
    draft = LeafDraft("sign-in", actor, device, operation)
    commitment, salt = os.urandom(32), os.urandom(16)

    body = body_of(draft, at, subject, commitment, salt)

    assert body == leaf_body(
        type="sign-in",
        at=at,
        actor=actor,
        object=subject,
        hash=commitment,
        salt=salt,
        device=device,
        operation=operation,
    )
    parse(body)


@given(address=st.text(), agent=st.text(st.characters(codec=None)))
def test_headers_of_any_kind_become_a_canonical_detail(address: str, agent: str) -> None:
    detail = detail_of(LeafDraft("sign-in", place=Place(address, agent)), SALT)

    told = parse(detail)
    assert len(told["agent"]) <= AGENT_LENGTH
    assert "\0" not in told["agent"]
    assert detail_hash(detail) == leaf_detail_hash(told)


def test_a_detail_holds_what_the_room_says_beside_the_place() -> None:
    draft = LeafDraft("read", place=Place("192.0.2.1", "Browser"), detail={"first": 3, "last": 9})

    assert detail_of(draft, SALT) == canon(
        {"address": "192.0.2.1", "agent": "Browser", "first": 3, "last": 9, "salt": b64(SALT)}
    )


@given(st.dictionaries(st.sampled_from(["first", "code", "way"]), st.integers(-5, 2**53 - 1) | st.text(max_size=3)))
def test_plain_details_are_encoded_as_any_other(detail: dict[str, int | str]) -> None:
    try:
        expected = canon({**detail, "salt": b64(SALT)})
    except NotCanonical:
        with pytest.raises(NotCanonical):
            detail_of(LeafDraft("read", detail=detail), SALT)
    else:
        assert detail_of(LeafDraft("read", detail=detail), SALT) == expected


def test_a_detail_without_a_canonical_form_is_refused() -> None:
    with pytest.raises(NotCanonical):
        detail_of(LeafDraft("read", detail={"Share": 1}), SALT)
    with pytest.raises(NotCanonical):
        detail_of(LeafDraft("read", detail={"share": 2**53}), SALT)
    with pytest.raises(NotCanonical):
        detail_of(LeafDraft("read", detail={"share": 0.5}), SALT)  # type: ignore[dict-item]
