"""Rates, languages and names: the small decisions at the door (hub/http)."""

import pytest
from aiohttp.test_utils import make_mocked_request

from hub.http.errors import OriginRefused, RateLimited
from hub.http.limits import Rate
from hub.http.negotiate import language_of, wants_page
from hub.http.origin import Names


class Seconds:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    seconds = Seconds()
    rate = Rate(3, 0.5, seconds)
    for _ in range(3):
        rate.check("ama")

    with pytest.raises(RateLimited) as limited:
        rate.check("ama")
    seconds.now += 2

    rate.check("ama")
    assert limited.value.extra == {"retry_after": 3}


def test_one_callers_haste_is_not_anothers() -> None:
    rate = Rate(1, 1, Seconds())
    rate.check("ama")

    rate.check("luis")


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "en"),
        ({"Accept-Language": "fr"}, "fr"),
        ({"Accept-Language": "fr-CA,en;q=0.8"}, "fr"),
        ({"Accept-Language": "en;q=0.1, fr;q=0.9"}, "fr"),
        ({"Accept-Language": "es, de"}, "en"),
        ({"Accept-Language": "fr;q=0"}, "en"),
        ({"Accept-Language": "fr;q=x"}, "en"),
        ({"Accept-Language": "fr", "Cookie": "lang=en"}, "en"),
        ({"Accept-Language": "fr", "Cookie": "lang=xx"}, "fr"),
    ],
)
def test_the_reader_chooses_the_language(headers: dict[str, str], language: str) -> None:
    assert language_of(make_mocked_request("GET", "/", headers=headers)) == language


def test_only_a_person_who_opens_an_address_wants_a_page() -> None:
    page = {"Accept": "text/html,*/*"}

    assert wants_page(make_mocked_request("GET", "/o/x", headers=page))
    assert not wants_page(make_mocked_request("GET", "/api/hub", headers=page))
    assert not wants_page(make_mocked_request("GET", "/o/x", headers={"Accept": "*/*"}))


@pytest.mark.parametrize("host", ["hub.example.org", "HUB.example.org"])
def test_the_public_name_is_answered(host: str) -> None:
    Names(["https://hub.example.org"], loopback=False).check_host(make_mocked_request("GET", "/", {"Host": host}))


@pytest.mark.parametrize(
    "host", ["hub.example.org:8443", "hub.example.org.evil", "localhost", "127.0.0.1", "[::1]", "["]
)
def test_any_other_name_is_refused(host: str) -> None:
    with pytest.raises(OriginRefused):
        Names(["https://hub.example.org"], loopback=False).check_host(make_mocked_request("GET", "/", {"Host": host}))


def test_one_persons_local_name_is_not_anothers_origin() -> None:
    names = Names(["http://localhost:8440"], loopback=True)
    request = make_mocked_request("POST", "/", {"Host": "ghana.localhost:8440", "Origin": "http://peru.localhost:8440"})

    with pytest.raises(OriginRefused):
        names.check_origin(request, with_cookie=False)


def test_reading_needs_no_proof_of_the_page() -> None:
    request = make_mocked_request("GET", "/", {"Host": "localhost:8440", "Sec-Fetch-Site": "cross-site"})

    Names(["http://localhost:8440"], loopback=True).check_origin(request, with_cookie=True)
