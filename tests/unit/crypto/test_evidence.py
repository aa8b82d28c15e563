"""A file of evidence stands as it is or not at all."""

import random

import pytest

from crypto.encoding import HubId
from crypto.errors import ProtocolError
from crypto.evidence import pack_evidence, read_evidence, verify_evidence
from tests.vectors.cases_evidence import WORDS, Exhibit

STEP = 17  # every byte would take a minute; with this step each part of a file is met several times


@pytest.fixture(scope="module")
def exhibit() -> Exhibit:
    return Exhibit()


def test_an_alert_proves_who_said_what_where_and_when(exhibit: Exhibit) -> None:
    raw = pack_evidence(exhibit.alert())

    proven = verify_evidence(raw, exhibit.world.hub)

    assert (proven.author.name, proven.author.country, proven.device.label) == ("Pedro", "PE", "first device")
    assert proven.body == WORDS
    assert proven.operation.code == "HSH"
    assert proven.exercise
    assert raw.startswith(b"NCP Hub evidence 1 EXERCISE\n")


def test_an_acknowledgement_proves_its_state_and_has_no_words(exhibit: Exhibit) -> None:
    proven = verify_evidence(pack_evidence(exhibit.acknowledgement()), exhibit.world.hub)

    assert proven.body is None
    assert proven.header.state == "action-taken"


def test_a_file_is_read_and_written_as_it_was(exhibit: Exhibit) -> None:
    raw = pack_evidence(exhibit.alert())

    assert pack_evidence(read_evidence(raw)) == raw


def test_no_byte_can_be_changed(exhibit: Exhibit) -> None:
    raw, chance = pack_evidence(exhibit.alert()), random.Random(17)

    for at in range(0, len(raw), STEP):
        changed = bytearray(raw)
        changed[at] ^= 1 << chance.randrange(8)
        with pytest.raises(ProtocolError):
            verify_evidence(bytes(changed), exhibit.world.hub)


def test_no_end_can_be_cut_off_and_nothing_added(exhibit: Exhibit) -> None:
    raw = pack_evidence(exhibit.acknowledgement())

    for end in range(0, len(raw), 97):
        with pytest.raises(ProtocolError):
            verify_evidence(raw[:end], exhibit.world.hub)
    with pytest.raises(ProtocolError):
        verify_evidence(raw + raw, exhibit.world.hub)


def test_it_says_nothing_under_another_hub_s_id(exhibit: Exhibit) -> None:
    with pytest.raises(ProtocolError) as refusal:
        verify_evidence(pack_evidence(exhibit.alert()), HubId(bytes(32)))

    assert refusal.value.code == "wrong-hub"
