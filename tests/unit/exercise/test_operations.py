"""Who is in which operation, cleared for what, and reads which channel (hub/exercise)."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from hub import paths
from hub.client.domain import published
from hub.exercise.operations import Exercise, exercises
from hub.exercise.people import AUDITOR, COORDINATOR, DEPUTY, OBSERVER, Part, people
from hub.exercise.routes import SPOTS

NOW = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
HEALTH_SHIELD, CLEAR_FIELD, TWIN_GATE = exercises(NOW)
ALL = [HEALTH_SHIELD, CLEAR_FIELD, TWIN_GATE]


def cleared(exercise: Exercise, country: str) -> tuple[str, ...] | None:
    """The compartments of a country's contact point, None where it is no member."""
    found = [one.compartments for one in exercise.members if one.person.code == f"{country}-CUSTOMS-1"]
    return found[0] if found else None


def test_the_cast_is_43_countries_and_those_who_serve_them() -> None:
    parts = Counter(person.part for person in people())

    assert parts == {
        Part.CONTACT_POINT: 43, Part.COORDINATOR: 2, Part.ANALYST: 1, Part.OBSERVER: 1, Part.AUDITOR: 1,
        Part.ADMINISTRATOR: 2,
    }  # fmt: skip
    assert people()[0].code == "GH-CUSTOMS-1"
    assert people()[0].name == "NCP Ghana · Customs Division"
    for unique in ("host", "code", "name"):
        assert len({getattr(person, unique) for person in people()}) == len(people())
    assert all(re.fullmatch("[a-z0-9-]+", person.host) for person in people())


def test_everybody_but_the_administrators_is_in_an_operation() -> None:
    serving = {one for one in people() if one.part is not Part.ADMINISTRATOR}

    assert {one.person for exercise in ALL for one in exercise.members} == serving


def test_three_operations_have_the_shape_of_their_models() -> None:
    assert [(one.code, one.name) for one in ALL] == [
        ("HSH", "HEALTH SHIELD"), ("CLF", "CLEAR FIELD"), ("TWG", "TWIN GATE"),
    ]  # fmt: skip
    assert len(HEALTH_SHIELD.contact_points()) == 14
    assert len(CLEAR_FIELD.contact_points()) == 40
    assert len(TWIN_GATE.contact_points()) == 6
    assert HEALTH_SHIELD.compartments == ("general", "vaccine")
    assert CLEAR_FIELD.compartments == ("general", "precursor")
    assert TWIN_GATE.compartments == ("general", "precursor", "vaccine")


def test_ghana_is_cleared_for_everything_peru_for_vaccines_france_for_precursors() -> None:
    for exercise in ALL:
        assert cleared(exercise, "GH") == exercise.compartments
    assert cleared(HEALTH_SHIELD, "PE") == ("general", "vaccine")
    assert cleared(CLEAR_FIELD, "PE") is None
    assert cleared(TWIN_GATE, "PE") == ("general", "vaccine")
    assert cleared(HEALTH_SHIELD, "FR") is None
    assert cleared(CLEAR_FIELD, "FR") == ("general", "precursor")
    assert cleared(TWIN_GATE, "FR") == ("general", "precursor")


@pytest.mark.parametrize("exercise", ALL, ids=lambda one: one.code)
def test_each_has_two_coordinators_an_analyst_and_an_auditor_who_reads_nothing(exercise: Exercise) -> None:
    parts = Counter(one.person.part for one in exercise.members)

    assert parts[Part.COORDINATOR] == 2
    assert parts[Part.ANALYST] == 1
    assert parts[Part.AUDITOR] == 1
    assert all(AUDITOR not in exercise.readers(channel.key) for channel in exercise.channels)
    assert all(not one.compartments for one in exercise.members if one.person == AUDITOR)


@pytest.mark.parametrize("exercise", ALL, ids=lambda one: one.code)
def test_nobody_is_cleared_for_what_an_operation_has_not(exercise: Exercise) -> None:
    for one in exercise.members:
        assert set(one.compartments) <= set(exercise.compartments)
        assert list(one.compartments) == sorted(one.compartments)
    for channel in exercise.channels:
        assert channel.compartment in exercise.compartments


@pytest.mark.parametrize("exercise", ALL, ids=lambda one: one.code)
def test_a_compartment_is_read_only_by_those_cleared_for_it(exercise: Exercise) -> None:
    for channel in exercise.channels:
        readers = exercise.readers(channel.key)
        assert len(readers) >= 3
        assert COORDINATOR in readers
        for one in exercise.members:
            if channel.compartment not in one.compartments:
                assert one.person not in readers


def test_channels_for_few_are_read_by_few() -> None:
    assert {person.country for person in HEALTH_SHIELD.readers("case")} == {"GH", "NG", "BE"}
    assert {person.country for person in HEALTH_SHIELD.readers("regional")} == {"CI", "CM", "GH", "NG", "SN", "BE"}
    assert {person.part for person in CLEAR_FIELD.readers("coordination")} == {Part.COORDINATOR, Part.ANALYST}
    assert DEPUTY not in HEALTH_SHIELD.readers("case")


def test_the_observer_sees_the_general_compartment_of_two_operations() -> None:
    for exercise in ALL:
        seen = [channel.key for channel in exercise.channels if OBSERVER in exercise.readers(channel.key)]
        assert seen == ([] if exercise is CLEAR_FIELD else ["all", "announcements"])


def test_every_type_of_channel_is_there() -> None:
    assert {channel.type for exercise in ALL for channel in exercise.channels} == {
        "all", "announcement", "coordination", "regional", "bilateral", "case",
    }  # fmt: skip


@pytest.mark.parametrize("exercise", ALL, ids=lambda one: one.code)
def test_keys_and_labels_name_one_channel_each(exercise: Exercise) -> None:
    for unique in ("key", "label"):
        assert len({getattr(channel, unique) for channel in exercise.channels}) == len(exercise.channels)


def test_headquarters_is_no_contact_points_country() -> None:
    assert COORDINATOR.country not in {person.country for one in ALL for person in one.contact_points()}


@pytest.mark.parametrize("exercise", ALL, ids=lambda one: one.code)
def test_each_begins_with_what_its_blueprint_says(exercise: Exercise) -> None:
    blueprint = published.load(paths.config()).blueprint(exercise.blueprint)

    assert set(blueprint.compartments) <= set(exercise.compartments)
    assert not blueprint.forms or exercise.templates == blueprint.forms
    for planned in blueprint.channels:
        assert planned.label is not None
        found = next(one for one in exercise.channels if one.label == planned.label.en)
        assert (found.type, found.compartment, found.roles) == (planned.type, planned.compartment, planned.of)
        assert not found.readers
        assert not found.countries


def test_phases_follow_each_other() -> None:
    for exercise in ALL:
        assert all(one.begins < one.ends for one in exercise.phases)
        assert [one.ends for one in exercise.phases[:-1]] == [one.begins for one in exercise.phases[1:]]
        active = next(one for one in exercise.phases if one.key == exercise.phase)
        assert active.begins < NOW < active.ends


def test_every_country_that_reports_has_places_of_control() -> None:
    assert set(SPOTS) >= {person.country for one in ALL for person in one.contact_points()}
