"""The exercise reads like an operation: valid, uneven, in two languages, never twice the same (hub/exercise)."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from hub.client.domain import published
from hub.client.domain.bodies import AlertBody, read_alert_body, read_post_body
from hub.client.domain.problems import Audience, problems_with
from hub.client.domain.values import scaled
from hub.exercise.people import Part, operation, people
from hub.exercise.stories import Item, items

DOMAIN = published.load(Path(__file__).parents[3] / "config")
NOW = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
SEEDS = (1, 7, 2026)


def made(seed: int) -> tuple[list[Item], list[AlertBody]]:
    everything = list(items(NOW, seed, DOMAIN))
    return everything, [read_alert_body(item.body) for item in everything if item.kind == "alert"]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_alert_is_one_that_the_form_would_take(seed: int) -> None:
    named = {channel.key: bool(channel.readers) for channel in operation(NOW).channels}

    for item in items(NOW, seed, DOMAIN):
        if item.kind == "alert":
            body = read_alert_body(item.body)
            form = DOMAIN.template(body.template, body.form)
            at = item.at.strftime("%Y-%m-%dT%H:%MZ")
            assert not problems_with(form, DOMAIN.lists, body.values, Audience(named[item.channel]), at)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_have_the_published_shape(seed: int) -> None:
    _, alerts = made(seed)
    by_country = Counter(str(alert.values["country"]) for alert in alerts).most_common()
    amounts = sorted(scaled(str(alert.values["quantity"])) for alert in alerts)
    vaccines = [alert for alert in alerts if alert.values["category"] == "VACCINE"]
    cases = Counter(alert.values["own_reference"] for alert in alerts if "own_reference" in alert.values)

    assert 50 <= len(alerts) <= 75
    assert len(by_country) == 12
    assert by_country[0][1] >= 5 * by_country[len(by_country) // 2][1] or by_country[0][1] >= 12
    assert sum(amounts) / len(amounts) > 2.5 * amounts[len(amounts) // 2]  # the mean is far above the median
    assert len(vaccines) == 2
    assert 1.2 <= sum(cases.values()) / len(cases) <= 1.75


@pytest.mark.parametrize("seed", SEEDS)
def test_both_forms_and_both_languages_are_used(seed: int) -> None:
    _, alerts = made(seed)
    forms, languages = Counter(alert.form for alert in alerts), Counter(alert.language for alert in alerts)

    assert forms["long"] > 20
    assert forms["short"] > 10
    assert languages["en"] > 20
    assert languages["fr"] >= 8


@pytest.mark.parametrize("seed", SEEDS)
def test_no_text_is_written_twice_or_left_unfinished(seed: int) -> None:
    everything, alerts = made(seed)
    narratives = [str(alert.values["narrative"]) for alert in alerts if "narrative" in alert.values]
    posts = [read_post_body(item.body).text for item in everything if item.kind == "post"]

    assert len(set(narratives)) == len(narratives)
    assert len(set(posts)) == len(posts)
    for text in narratives + posts:
        assert not re.search(r"[{}]|lorem|xxx|TODO", text, re.IGNORECASE)
        assert len(text) > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_time_runs_forward_and_ends_now(seed: int) -> None:
    everything, _ = made(seed)

    assert [item.number for item in everything] == list(range(len(everything)))
    assert all(one.at <= other.at for one, other in pairwise(everything))
    assert all(NOW - timedelta(days=37) < item.at < NOW for item in everything)
    for item in everything:
        if item.reply_to is not None:
            assert everything[item.reply_to].at < item.at
            assert everything[item.reply_to].kind == "alert"
            assert everything[item.reply_to].author != item.author


def test_everybody_writes_where_he_reads() -> None:
    readers = {channel.key: channel.readers for channel in operation(NOW).channels}
    known = {person.code for person in people()}

    for item in items(NOW, 7, DOMAIN):
        assert item.author in known
        assert not readers[item.channel] or item.author in readers[item.channel]


def test_red_stays_in_the_case_room() -> None:
    channels = {item.channel for item in items(NOW, 7, DOMAIN) if item.body.get("tlp") == "TLP:RED"}

    assert channels == {"case"}


def test_the_same_seed_tells_the_same_story() -> None:
    assert list(items(NOW, 7, DOMAIN)) == list(items(NOW, 7, DOMAIN))
    assert list(items(NOW, 7, DOMAIN)) != list(items(NOW, 8, DOMAIN))


def test_lots_are_marked_as_the_exercises() -> None:
    for alert in made(7)[1]:
        assert str(alert.values.get("batch", "EX-")).startswith("EX-")


def test_the_cast_is_twelve_countries_two_coordinators_and_an_auditor() -> None:
    parts = Counter(person.part for person in people())

    assert parts == {Part.CONTACT_POINT: 12, Part.COORDINATOR: 2, Part.AUDITOR: 1}
    assert people()[0].code == "GH-CUSTOMS-1"
    assert people()[0].name == "NCP Ghana · Customs Division"
    assert len({person.host for person in people()}) == len(people())
