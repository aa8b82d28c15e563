"""The exercises read like operations: valid, uneven, in two languages, never twice the same (hub/exercise)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from hub.client.domain import published
from hub.client.domain.bodies import AlertBody, read_alert_body, read_notice_body, read_post_body
from hub.client.domain.headers import header_parts
from hub.client.domain.identifiers import is_container, is_imo
from hub.client.domain.problems import Audience, problems_with
from hub.client.domain.templates import offered
from hub.client.domain.values import codes_of, scaled
from hub.exercise.items import UNSENT, Item
from hub.exercise.operations import Exercise, exercises
from hub.exercise.people import COORDINATOR, Part, people
from hub.exercise.stories import items

DOMAIN = published.load(Path(__file__).parents[3] / "config")
NOW = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
SEEDS = (1, 7, 2026)
HEALTH_SHIELD, CLEAR_FIELD, TWIN_GATE = exercises(NOW)
ALL = [HEALTH_SHIELD, CLEAR_FIELD, TWIN_GATE]

EVERY = [pytest.param(exercise, seed, id=f"{exercise.code}-{seed}") for exercise in ALL for seed in SEEDS]


@cache
def told(code: str, seed: int) -> tuple[Item, ...]:
    exercise = next(one for one in ALL if one.code == code)
    return tuple(items(exercise, NOW, seed, DOMAIN))


def ids(story: tuple[Item, ...]) -> dict[int, str]:
    """An invented statement id for each item."""
    return {item.number: f"{item.number:042d}A" for item in story}


def alerts(exercise: Exercise, seed: int, record: str = "") -> Iterator[tuple[Item, AlertBody]]:
    story = told(exercise.code, seed)
    for item in story:
        if item.kind == "alert":
            body = read_alert_body(item.sealed(ids(story)))
            if record in {"", body.template}:
                yield item, body


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_every_alert_is_one_that_the_form_would_take_where_it_is_offered(exercise: Exercise, seed: int) -> None:
    for item, body in alerts(exercise, seed):
        form = DOMAIN.template(body.template, body.form)
        channel = exercise.channel(item.channel)
        at = item.at.strftime("%Y-%m-%dT%H:%MZ")
        assert not problems_with(form, DOMAIN.lists, body.values, Audience(bool(channel.readers)), at)
        assert form in offered([form], channel.compartment)
        assert body.template in exercise.templates


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_the_header_says_what_the_form_says(exercise: Exercise, seed: int) -> None:
    story = told(exercise.code, seed)
    for item, body in alerts(exercise, seed):
        parts = header_parts(DOMAIN.template(body.template, body.form), body.values)
        said = {**item.parts, **({"ref": ids(story)[item.reply_to]} if item.reply_to is not None else {})}
        if int(str(parts.get("due", 0))) < NOW.timestamp() * 1000:  # no hub takes a date that has passed
            parts.pop("due", None)
        assert said == parts


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_what_is_referred_to_was_said_before_in_the_same_channel(exercise: Exercise, seed: int) -> None:
    story = told(exercise.code, seed)
    for item in story:
        for number in [*item.refers.values(), *([] if item.reply_to is None else [item.reply_to])]:
            assert number < item.number
            assert story[number].at < item.at
            assert story[number].channel == item.channel
        if item.kind == "post" and item.reply_to is not None:
            assert story[item.reply_to].kind == "alert"
            assert story[item.reply_to].author != item.author


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_no_reference_is_left_open_in_what_is_sealed(exercise: Exercise, seed: int) -> None:
    story = told(exercise.code, seed)
    for item in story:
        assert UNSENT not in str(item.sealed(ids(story)))
        assert (UNSENT in str(item.body)) == bool(item.refers)


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_everybody_writes_what_his_part_may_where_he_reads(exercise: Exercise, seed: int) -> None:
    may = {
        Part.CONTACT_POINT: {"alert", "post", "acknowledgement"},
        Part.COORDINATOR: {"post", "notice"},
        Part.ANALYST: {"post"},
        Part.OBSERVER: set[str](),
        Part.AUDITOR: set[str](),
    }
    by_code = {person.code: person for person in people()}
    for item in told(exercise.code, seed):
        assert by_code[item.author] in exercise.readers(item.channel)
        assert item.kind in may[by_code[item.author].part]


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_time_runs_forward_and_ends_now(exercise: Exercise, seed: int) -> None:
    story = told(exercise.code, seed)

    assert [item.number for item in story] == list(range(len(story)))
    assert all(one.at <= other.at for one, other in pairwise(story))
    assert all(NOW - timedelta(days=37) < item.at < NOW for item in story)


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_no_text_is_written_twice_or_left_unfinished(exercise: Exercise, seed: int) -> None:
    texts = [read_post_body(item.body).text for item in told(exercise.code, seed) if item.kind == "post"]
    for _, body in alerts(exercise, seed):
        long = [str(body.values[key]) for key in ("narrative", "reasons", "to_do") if key in body.values]
        texts += [f"{body.values['country']} {text}" for text in long]

    assert [text for text, times in Counter(texts).items() if times > 1] == []
    for text in texts:
        assert not re.search(r"[{}]|lorem|xxx|TODO", text, re.IGNORECASE)
        assert len(text) > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_together_they_are_a_full_demonstration(seed: int) -> None:
    kinds = Counter(item.kind for exercise in ALL for item in told(exercise.code, seed))
    records = Counter(body.template for exercise in ALL for _, body in alerts(exercise, seed))
    languages = Counter(body.language for exercise in ALL for _, body in alerts(exercise, seed))

    assert 380 <= kinds.total() <= 540
    assert set(records) == {"seizure", "warning", "feedback", "licit", "arrival", "trend"}
    assert all(count >= 9 for count in records.values())
    assert kinds["notice"] >= 6
    assert kinds["post"] >= 60
    assert languages["fr"] >= 25
    assert languages["en"] >= 100


@pytest.mark.parametrize("seed", SEEDS)
def test_seizures_of_the_health_operation_have_the_published_shape(seed: int) -> None:
    bodies = [body for _, body in alerts(HEALTH_SHIELD, seed, "seizure")]
    by_country = Counter(str(body.values["country"]) for body in bodies).most_common()
    amounts = sorted(scaled(str(body.values["quantity"])) for body in bodies)
    forms = Counter(body.form for body in bodies)
    cases = Counter(body.values["own_reference"] for body in bodies if "own_reference" in body.values)

    assert 50 <= len(bodies) <= 75
    assert len(by_country) == 14
    assert by_country[0][1] >= 12
    assert sum(amounts) / len(amounts) > 2.5 * amounts[len(amounts) // 2]  # the mean is far above the median
    assert len([body for body in bodies if body.values["category"] == "VACCINE"]) == 2
    assert 1.15 <= sum(cases.values()) / len(cases) <= 1.8
    assert forms["long"] > 20
    assert forms["short"] > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_seizures_of_the_precursor_operation_are_mostly_something_else(seed: int) -> None:
    bodies = [body for _, body in alerts(CLEAR_FIELD, seed, "seizure")]
    weights = sorted(
        int(str(body.values["quantity"])) if body.values["category"] in {"CHEMICAL", "ALUMINIUM"} else 0
        for body in bodies
    )
    units = {str(body.values["unit"]) for body in bodies}

    assert 35 <= len(bodies) <= 60
    assert weights[len(weights) // 2] == 0
    assert 0.85 <= sum(weights) / len(bodies) / (54_050 / 475) <= 1.15
    assert sum(weights[-4:]) > 0.5 * sum(weights)
    assert units >= {"KGM", "C62"}
    assert len({body.values["country"] for body in bodies}) <= 26  # little more than a half report at all


@pytest.mark.parametrize("seed", SEEDS)
def test_one_licit_shipment_in_twelve_has_no_second_report(seed: int) -> None:
    reports = list(alerts(CLEAR_FIELD, seed, "licit"))
    second = {item.refers["counterpart"]: body for item, body in reports if item.refers}
    first = {item.number: body for item, body in reports if not item.refers}

    assert (len(first), len(second)) == (24, 22)
    assert {body.values["flow"] for body in first.values()} == {"EXPORT"}
    assert {body.values["flow"] for body in second.values()} == {"IMPORT"}
    same = ("chemical", "departure", "destination", "containers", "exporter", "hs")
    for number, body in second.items():
        assert all(body.values[key] == first[number].values[key] for key in same)
        assert body.values["country"] == body.values["destination"] != first[number].values["country"]
    unequal = [number for number, body in second.items() if body.values["quantity"] != first[number].values["quantity"]]
    assert len(unequal) == 1


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_warnings_are_answered_by_those_who_were_asked(exercise: Exercise, seed: int) -> None:
    warned = {item.number: body for item, body in alerts(exercise, seed, "warning")}
    answered = Counter[int]()
    for item, body in alerts(exercise, seed, "feedback"):
        number = item.refers["warning"]
        assert str(body.values["country"]) in codes_of(warned[number].values["asked"])
        answered[number] += 1

    assert set(answered) <= set(warned)
    assert 1.0 <= sum(answered.values()) / len(warned) <= 2.0
    open_ones = [number for number in warned if number not in answered]
    assert len(open_ones) == (0 if exercise is TWIN_GATE else 1)


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_only_countries_that_read_the_channel_are_asked_and_a_date_is_only_for_them(
    exercise: Exercise, seed: int
) -> None:
    for item in told(exercise.code, seed):
        readers = {person.country for person in exercise.readers(item.channel)}
        assert set(item.parts.get("to", [])) <= readers  # type: ignore[arg-type]
        assert item.kind == "notice" or "due" not in item.parts or "to" in item.parts


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_vaccines_and_precursors_stay_in_their_compartments(exercise: Exercise, seed: int) -> None:
    precursors = {"CHEMICAL", "ALUMINIUM", "DETONATOR", "CORD", "FUSE", "UAV", "COMPONENT", "EXPLOSIVE"}
    for item, body in alerts(exercise, seed):
        compartment = exercise.channel(item.channel).compartment
        category = str(body.values.get("category", ""))
        assert category not in precursors or compartment == "precursor"
        assert category != "VACCINE" or compartment == "vaccine"
        assert body.template != "licit" or compartment == "precursor"
        assert body.template != "arrival" or compartment == "vaccine"


@pytest.mark.parametrize("seed", SEEDS)
def test_red_stays_in_the_case_rooms(seed: int) -> None:
    for exercise in (HEALTH_SHIELD, CLEAR_FIELD):
        channels = {item.channel for item, body in alerts(exercise, seed) if body.tlp == "TLP:RED"}
        assert channels == {"case"}


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_notices_are_written_in_both_languages_and_mostly_acknowledged(exercise: Exercise, seed: int) -> None:
    story = told(exercise.code, seed)
    countries = {person.country for person in exercise.contact_points()}
    for item in story:
        if item.kind != "notice":
            continue
        body = read_notice_body(item.sealed(ids(story)))
        asked = set(item.parts.get("to", countries))  # type: ignore[arg-type]
        acknowledged = [one for one in story if one.kind == "acknowledgement" and one.reply_to == item.number]
        by = {one.author[:2] for one in acknowledged}
        assert item.author == COORDINATOR.code
        assert item.channel == "announcements"
        assert list(body.title) == ["en", "fr"]
        assert int(str(item.parts["due"])) > NOW.timestamp() * 1000
        assert len(by) == len(acknowledged)
        assert by <= asked
        assert len(by) >= 0.35 * len(asked)
        assert all(one.body is None for one in acknowledged)
        assert {one.parts["state"] for one in acknowledged} <= {"acknowledged", "action-taken", "not-applicable"}


@pytest.mark.parametrize("seed", SEEDS)
def test_most_countries_have_acknowledged_and_some_are_late(seed: int) -> None:
    story = told("CLF", seed)
    first = next(item for item in story if item.kind == "notice")
    answers = [item for item in story if item.reply_to == first.number and item.kind == "acknowledgement"]

    assert len(answers) == 38
    assert {item.parts["state"] for item in answers} == {"acknowledged", "action-taken", "not-applicable"}


@pytest.mark.parametrize(("exercise", "seed"), EVERY)
def test_lots_containers_and_ships_are_marked_as_the_exercises(exercise: Exercise, seed: int) -> None:
    for _, body in alerts(exercise, seed):
        assert str(body.values.get("batch", "EX-")).startswith("EX-")
        assert all(lot.startswith("EX-") for lot in str(body.values.get("batches", "EX-")).split(", "))
        for number in codes_of(body.values.get("containers", "")):
            assert number.startswith("EXCU")
            assert is_container(number)
        ship = str(body.values.get("imo", ""))
        assert ship == "" or (ship.startswith("2") and is_imo(ship))


def test_the_same_seed_tells_the_same_story() -> None:
    for exercise in ALL:
        once = list(items(exercise, NOW, 7, DOMAIN))
        assert once == list(items(exercise, NOW, 7, DOMAIN))
        assert once != list(items(exercise, NOW, 8, DOMAIN))


def test_one_operation_does_not_disturb_the_other() -> None:
    renamed = replace(HEALTH_SHIELD, name="ANOTHER NAME")

    assert list(items(renamed, NOW, 7, DOMAIN)) == list(items(HEALTH_SHIELD, NOW, 7, DOMAIN))
