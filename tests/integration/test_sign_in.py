"""Who comes in, and what somebody outside learns: nothing (hub/accounts; docs/spec/11-vault.md)."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import b64, unb64
from hub.accounts.signin import invented_ways
from hub.settings import Limits
from tests.builders import Answer, Hub, Person, running_hub


@pytest.fixture
async def hub(database: str, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as made:
        yield made


async def attempt(hub: Hub, **other: Any) -> Answer:
    asked = {"code": "XX-NOBODY", "wrap": b64(bytes(16)), "secret": b64(bytes(32)), "client": "client"} | other
    return await hub.ask("POST", "/api/sign-in", body=asked)


def shape(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    """Everything of an answer that somebody could compare."""
    return answer.status, answer.raw, {name: value for name, value in answer.headers.items() if name != "Date"}


async def test_a_person_signs_in_and_gets_their_sealed_vault(hub: Hub) -> None:
    luis = await hub.enrol("luis", "PE")

    answer = await hub.must("POST", "/api/sign-in", body=hub.sign_in_body(luis))

    assert answer.json["account"] == b64(luis.account)
    assert answer.json["vault"]["version"] == 1
    assert {wrap["kind"] for wrap in answer.json["wraps"]} == {"passphrase", "recovery"}
    assert all("verifier" not in wrap for wrap in answer.json["wraps"])
    assert (await hub.leaves("sign-in"))[-1]["actor"] == b64(luis.account)


async def test_a_browser_gets_a_cookie_and_no_token(hub: Hub) -> None:
    luis = await hub.enrol("luis", "PE")

    answer = await hub.must("POST", "/api/sign-in", body=hub.sign_in_body(luis) | {"client": "browser"})

    cookie = answer.headers["Set-Cookie"]
    assert "token" not in answer.json
    assert cookie.startswith("__Host-session=")
    assert {part.strip() for part in cookie.split(";")[1:]} >= {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"}
    assert "Domain" not in cookie


async def test_a_wrong_secret_an_unknown_code_and_an_unknown_way_look_the_same(hub: Hub) -> None:
    luis = await hub.enrol("luis", "PE")

    wrong = await attempt(hub, code=luis.code, wrap=b64(luis.wrap))
    unknown = await attempt(hub)
    other_way = await attempt(hub, code=luis.code)

    assert wrong.status == 401
    assert wrong.code == "unauthenticated"
    assert shape(wrong) == shape(unknown) == shape(other_way)


async def test_a_wrong_secret_takes_as_long_as_an_unknown_code(database: str, tmp_path: Path) -> None:
    async with running_hub(
        database, tmp_path, limits=Limits(sign_ins_per_minute=1000, open_requests_per_minute=100_000)
    ) as hub:
        luis = await hub.enrol("luis", "PE")
        known, unknown = [], []

        for _ in range(40):
            for code, times in ((luis.code, known), ("XX-NOBODY", unknown)):
                begun = time.perf_counter()
                await attempt(hub, code=code, wrap=b64(luis.wrap))
                times.append(time.perf_counter() - begun)

    # A shape, not a measurement: no step of the one is missing in the other. What else runs only adds to a time.
    assert 0.5 < min(known) / min(unknown) < 2.0


async def test_the_ways_of_an_unknown_code_look_real_and_stay_the_same(hub: Hub) -> None:
    luis = await hub.enrol("luis", "PE")

    real = (await hub.must("POST", "/api/sign-in/ways", body={"code": luis.code})).json["ways"]
    first = (await hub.must("POST", "/api/sign-in/ways", body={"code": "XX-NOBODY"})).json["ways"]
    again = (await hub.must("POST", "/api/sign-in/ways", body={"code": "xx-nobody"})).json["ways"]
    other = (await hub.must("POST", "/api/sign-in/ways", body={"code": "XX-NOBODY-2"})).json["ways"]

    assert first == again
    assert first != other
    assert [set(way) for way in first] == [set(way) for way in real]
    for invented, true in zip(first, real, strict=True):
        same = ("kind", "memory", "passes", "lanes")
        assert [invented[name] for name in same] == [true[name] for name in same]
        assert len(unb64(invented["wrap"])) == 16
        assert (invented["salt"] is None) == (true["salt"] is None)


def test_invented_ways_depend_on_the_hubs_secret() -> None:
    assert invented_ways(b"a" * 32, "X") != invented_ways(b"b" * 32, "X")


async def test_wrong_guesses_wait_longer_and_longer(hub: Hub) -> None:
    for _ in range(10):
        assert (await attempt(hub)).status == 401

    limited = await attempt(hub)
    hub.clock.advance(seconds=int(limited.headers["Retry-After"]))
    once_more = await attempt(hub)
    later = await attempt(hub)

    assert (limited.status, limited.code) == (429, "rate-limited")
    assert once_more.status == 401
    assert int(later.headers["Retry-After"]) > int(limited.headers["Retry-After"])


async def test_guesses_are_remembered_when_the_hub_starts_again(hub: Hub) -> None:
    for _ in range(3):
        await attempt(hub)

    assert await hub.count("sign_in_failure WHERE failures = 3") == 2  # the code and the address


async def test_the_right_secret_ends_the_count_of_a_code(hub: Hub) -> None:
    luis = await hub.enrol("luis", "PE")
    for _ in range(3):
        await attempt(hub, code=luis.code, wrap=b64(luis.wrap))

    await hub.must("POST", "/api/sign-in", body=hub.sign_in_body(luis))

    assert await hub.count("sign_in_failure WHERE failures = 3") == 1  # the address is still remembered


async def test_who_is_not_certified_does_not_come_in(hub: Hub) -> None:
    luis = Person("luis", "PE")
    await hub.invite(luis)
    await hub.must("POST", "/api/enrolments", body=hub.enrolment(luis))

    answer = await hub.ask("POST", "/api/sign-in", body=hub.sign_in_body(luis))

    assert shape(answer) == shape(await attempt(hub))


async def test_a_suspended_account_is_out_at_once_and_stays_out(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    await hub.submit(hub.act("account.suspend", account=b64(luis.account), reason="On leave"))

    session = await hub.ask("GET", "/api/session", who=luis)
    sign_in = await hub.ask("POST", "/api/sign-in", body=hub.sign_in_body(luis))

    assert (session.status, session.code) == (401, "expired-session")
    assert shape(sign_in) == shape(await attempt(hub))


async def test_a_restored_account_signs_in_again(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    await hub.submit(hub.act("account.suspend", account=b64(luis.account), reason="On leave"))
    await hub.submit(hub.act("account.restore", account=b64(luis.account)))

    await hub.must("POST", "/api/sign-in", body=hub.sign_in_body(luis))


async def test_signing_out_ends_every_copy_of_the_token(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    await hub.must("DELETE", "/api/session", who=luis)

    answer = await hub.ask("GET", "/api/session", who=luis)

    assert (answer.status, answer.code) == (401, "expired-session")
    assert (await hub.leaves("sign-out"))[-1]["actor"] == b64(luis.account)


async def test_a_token_is_renewed_until_the_session_is_over(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    first = luis.token
    hub.clock.advance(minutes=10)

    renewed = await hub.must("POST", "/api/session/renew", who=luis)
    luis.token = renewed.json["token"]
    session = await hub.must("GET", "/api/session", who=luis)

    assert luis.token != first
    assert session.json["expires"] == renewed.json["expires"]
    assert session.json["device"] == b64(luis.device)
    assert session.json["code"] == luis.code


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a." * 200])
async def test_what_is_no_token_opens_nothing(hub: Hub, token: str) -> None:
    answer = await hub.ask("GET", "/api/session", headers={"Authorization": f"Bearer {token}"})

    assert answer.status == 401
    assert answer.code == "expired-session"


async def test_a_device_is_bound_by_its_own_signature_over_this_session(hub: Hub) -> None:
    luis = await hub.sign_in(await hub.enrol("luis", "PE"), device=False)
    mei = await hub.member("mei", "SG")

    replayed = await hub.ask("POST", "/api/session/device", who=luis, body=hub.binding(luis, jti=mei.jti))
    anothers = await hub.ask("POST", "/api/session/device", who=luis, body=hub.binding(mei, jti=luis.jti))
    old = hub.binding(luis)
    hub.clock.advance(minutes=6)
    late = await hub.ask("POST", "/api/session/device", who=luis, body=old)
    right = await hub.ask("POST", "/api/session/device", who=luis, body=hub.binding(luis))

    assert (replayed.status, replayed.code) == (422, "forged")
    assert (anothers.status, anothers.code) == (403, "revoked")
    assert (late.status, late.code) == (422, "expired")
    assert right.status == 200
    assert len(await hub.leaves("forgery")) == 1


async def test_a_vault_is_replaced_only_by_the_next_version(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")

    second = await hub.ask("PUT", "/api/vault", who=luis, body={"version": 2, "sealed": b64(b"second")})
    again = await hub.ask("PUT", "/api/vault", who=luis, body={"version": 2, "sealed": b64(b"another")})
    read = await hub.must("GET", "/api/vault", who=luis)

    assert second.status == 200
    assert (again.status, again.code) == (409, "conflict")
    assert again.json["winner"] == {"version": 2, "sealed": b64(b"second")}
    assert read.json["sealed"] == b64(b"second")


async def test_private_records_are_their_owners_alone(hub: Hub) -> None:
    luis, mei = await hub.member("luis", "PE"), await hub.member("mei", "SG")
    await hub.must("PUT", "/api/private/pins", who=luis, body={"version": 1, "sealed": b64(b"sealed")})

    own = await hub.must("GET", "/api/private/pins", who=luis)
    theirs = await hub.ask("GET", "/api/private/pins", who=mei)
    none = await hub.must("GET", "/api/private", who=mei)

    assert own.json == {"record": "pins", "version": 1, "sealed": b64(b"sealed")}
    assert (theirs.status, theirs.code) == (404, "not-found")
    assert none.json == []


async def test_the_last_writer_of_a_private_record_hears_of_the_first(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    await hub.must("PUT", "/api/private/draft-1", who=luis, body={"version": 1, "sealed": b64(b"one")})

    loser = await hub.ask("PUT", "/api/private/draft-1", who=luis, body={"version": 1, "sealed": b64(b"two")})
    gap = await hub.ask("PUT", "/api/private/draft-2", who=luis, body={"version": 3, "sealed": b64(b"two")})
    bad = await hub.ask("PUT", "/api/private/Draft_2", who=luis, body={"version": 1, "sealed": b64(b"two")})

    assert (loser.status, loser.json["winner"]["sealed"]) == (409, b64(b"one"))
    assert (gap.status, gap.json["winner"]) == (409, None)
    assert bad.status == 404


async def test_a_private_record_can_be_removed(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    await hub.must("PUT", "/api/private/draft-1", who=luis, body={"version": 1, "sealed": b64(b"one")})

    await hub.must("DELETE", "/api/private/draft-1", who=luis)
    again = await hub.ask("DELETE", "/api/private/draft-1", who=luis)

    assert again.status == 404


async def test_a_token_that_was_good_ends_with_its_time(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    await hub.must("GET", "/api/session", who=luis)

    hub.clock.advance(minutes=16)
    answer = await hub.ask("GET", "/api/session", who=luis)

    assert (answer.status, answer.code) == (401, "expired-session")
