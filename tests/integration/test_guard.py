"""What stands in front of every handler: host, size, origin, session, role (hub/access, hub/http)."""

import asyncio
import re
from collections.abc import AsyncIterator
from ipaddress import IPv4Network
from pathlib import Path

import aiohttp
import pytest

from crypto.encoding import b64
from hub.access.routes import OPEN
from hub.app import ROUTES
from hub.http.headers import ALWAYS
from hub.http.shell import SHELL
from hub.settings import Limits
from tests.builders import Hub, Person, running_hub


@pytest.fixture
async def hub(database: str, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as made:
        yield made


def cookie(person: Person) -> dict[str, str]:
    return {"Cookie": f"__Host-session={person.token}"}


async def test_every_address_but_the_open_ones_refuses_who_is_not_signed_in(hub: Hub) -> None:
    for route in ROUTES:
        if route.action == OPEN:
            continue
        path = route.path.replace("{operation}", b64(bytes(32))).replace("{channel}", b64(bytes(16)))
        path = path.replace("{tile:.+}", "0/000").replace("{record}", "pins").replace("{hash}", b64(bytes(32)))
        path = re.sub(r"\{\w+\}", b64(bytes(16)), path.replace("{epoch}", "1"))

        answer = await hub.ask(route.method, path)

        assert (answer.status, answer.code) == (401, "expired-session"), route


@pytest.mark.parametrize(
    "path", ["/", "/o/x/y", "/api/hub", "/api/session", "/nowhere", "/static/nothing.js", "/health"]
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_every_answer_has_the_headers_errors_included(hub: Hub, path: str, accept: str) -> None:
    answer = await hub.ask("GET", path, headers={"Accept": accept})

    assert {name: answer.headers[name] for name, _ in ALWAYS} == dict(ALWAYS)
    assert "Server" not in answer.headers
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_hub_that_is_reached_by_https_says_so(database: str, tmp_path: Path) -> None:
    async with running_hub(database, tmp_path, origins=["https://hub.example.org"]) as hub:
        answer = await hub.ask("GET", "/health", headers={"Host": "hub.example.org"})

    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", ""])
async def test_a_strangers_host_name_is_refused(hub: Hub, host: str) -> None:
    answer = await hub.ask("GET", "/api/hub", headers={"Host": host})

    assert (answer.status, answer.code) == (403, "origin-refused")


async def test_the_hubs_own_names_are_answered(hub: Hub) -> None:
    for host in ("localhost:8440", "ghana.localhost:1234", "127.0.0.1:9", "[::1]:9"):
        assert (await hub.ask("GET", "/api/hub", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://evil.localhost:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
async def test_a_cookie_that_changes_something_needs_our_own_page(hub: Hub, headers: dict[str, str]) -> None:
    luis = await hub.member("luis", "PE")

    answer = await hub.ask(
        "PUT", "/api/private/pins", headers=cookie(luis) | headers, body={"version": 1, "sealed": b64(b"x")}
    )

    assert (answer.status, answer.code) == (403, "origin-refused")
    assert await hub.count("private_record") == 0


async def test_our_own_page_may_change_something(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    own = hub.url

    by_origin = await hub.ask(
        "PUT", "/api/private/one", headers=cookie(luis) | {"Origin": own}, body={"version": 1, "sealed": b64(b"x")}
    )
    by_fetch = await hub.ask(
        "PUT",
        "/api/private/two",
        headers=cookie(luis) | {"Sec-Fetch-Site": "same-origin"},
        body={"version": 1, "sealed": b64(b"x")},
    )

    assert (by_origin.status, by_fetch.status) == (200, 200)


async def test_a_socket_from_another_site_is_refused(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")

    for headers in (cookie(luis) | {"Origin": "https://evil.example"}, cookie(luis)):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await hub.web.ws_connect(f"{hub.url}/api/live", headers=headers)
        assert refused.value.status == 403

    async with hub.web.ws_connect(f"{hub.url}/api/live", headers=cookie(luis) | {"Origin": hub.url}) as socket:
        assert (await socket.receive_json())["type"] == "hello"


async def test_a_token_in_the_address_opens_nothing(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")

    answer = await hub.ask("GET", f"/api/session?token={luis.token}&access_token={luis.token}")

    assert answer.status == 401


async def test_too_much_is_refused_by_its_length_before_it_is_read(hub: Hub) -> None:
    announced = await hub.ask("POST", "/api/sign-in", data=b"x" * 70_000, headers={"Content-Type": "application/json"})

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"x" * 1000

    streamed = await hub.ask("POST", "/api/sign-in", data=endless(), headers={"Content-Type": "application/json"})

    assert (announced.status, announced.code) == (413, "too-large")
    assert (streamed.status, streamed.code) == (413, "too-large")


@pytest.mark.parametrize(
    ("headers", "data", "status", "code"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415, "unsupported-media"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"{}", 415, "unsupported-media"),
        ({"Content-Type": "application/json"}, b"{", 400, "malformed"),
        ({"Content-Type": "application/json"}, b'{"code":"PE-LUIS","more":1}', 400, "malformed"),
        ({"Content-Type": "application/json"}, b'{"code":5}', 400, "malformed"),
        ({"Content-Type": "application/json"}, b'{"code":"\xc3\x28"}', 400, "malformed"),
        ({"Content-Type": "application/json"}, b'{"code":"a b"}', 400, "malformed"),
    ],
)
async def test_a_body_of_another_form_is_refused(
    hub: Hub, headers: dict[str, str], data: bytes, status: int, code: str
) -> None:
    answer = await hub.ask("POST", "/api/sign-in/ways", headers=headers, data=data)

    assert (answer.status, answer.code) == (status, code)


async def test_who_asks_too_often_waits(database: str, tmp_path: Path) -> None:
    limits = Limits(requests_per_minute=100_000, open_requests_per_minute=60)
    async with running_hub(database, tmp_path, limits=limits) as hub:
        answers = [await hub.ask("GET", "/api/hub") for _ in range(25)]

    assert answers[0].status == 200
    assert (answers[-1].status, answers[-1].code) == (429, "rate-limited")
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def test_a_refusal_is_told_in_the_readers_language(hub: Hub) -> None:
    english = await hub.ask("GET", "/api/session")
    french = await hub.ask("GET", "/api/session", headers={"Accept-Language": "fr-CH, en;q=0.5"})
    chosen = await hub.ask("GET", "/api/session", headers={"Accept-Language": "fr", "Cookie": "lang=en"})

    assert english.json["title"] == "You are signed out"
    assert chosen.json["title"] == english.json["title"]
    assert french.json["code"] == english.json["code"]
    assert french.json["title"] == "Vous êtes déconnecté"


async def test_a_person_who_opens_a_wrong_address_gets_a_page(hub: Hub) -> None:
    page = await hub.ask("GET", "/nowhere", headers={"Accept": "text/html"})
    problem = await hub.ask("GET", "/api/nowhere", headers={"Accept": "text/html"})

    assert page.status == 404
    assert page.headers["Content-Type"].startswith("text/html")
    assert problem.headers["Content-Type"].startswith("application/problem+json")


async def test_the_language_switch_leads_nowhere_else(hub: Hub) -> None:
    back = await hub.ask("GET", "/lang/fr?to=/o/about")
    away = [
        await hub.ask("GET", f"/lang/fr?to={to}")
        for to in ("//evil.example", "https://evil.example", "/%5Cevil.example", "/%0d%0aX:y", "")
    ]

    assert (back.status, back.headers["Location"]) == (303, "/o/about")
    assert back.headers["Set-Cookie"].startswith("lang=fr;")
    assert {answer.headers["Location"] for answer in away} == {"/"}
    assert (await hub.ask("GET", "/lang/xx")).status == 404


async def test_static_files_are_served_compressed_and_for_ever(hub: Hub) -> None:
    address = hub.app[SHELL].assets["app.css"]
    plain = await hub.ask("GET", address, headers={"Accept-Encoding": "identity"})
    up = await hub.ask("GET", "/static/../app.py")

    assert plain.status == 200
    assert plain.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in plain.headers["Cache-Control"]
    assert up.status == 404


async def test_the_hub_alone_keeps_a_reader_from_a_coordinators_work(hub: Hub) -> None:
    ama, luis = await hub.member("ama", "GH", "coordinate"), await hub.member("luis", "PE")
    operation = await hub.open_operation(ama)
    await hub.submit_entry(ama, operation, [hub.admitting(luis)])

    changes = [
        hub.admitting(await hub.enrol("mei", "SG")),
        {"change": "member.remove", "account": b64(ama.account)},
        {"change": "phase.set", "phase": "active"},
        {"change": "member.change", "account": b64(luis.account), "role": "coordinator", "compartments": ["general"]},
        hub.opening_channel(bytes(16)),
    ]
    answers = [
        await hub.ask(
            "POST", f"/api/operations/{b64(operation)}/entries", who=luis, packets=hub.entry(luis, operation, [change])
        )
        for change in changes
    ]
    opening = await hub.ask("POST", "/api/operations", who=luis, packets=hub.entry(luis, None, [hub.opening()]))
    desk = await hub.ask("GET", "/api/log/entries", who=luis)

    assert [(answer.status, answer.code) for answer in answers] == [(403, "not-allowed")] * len(changes)
    assert (opening.status, opening.code) == (403, "not-allowed")
    assert (desk.status, desk.code) == (403, "not-allowed")
    assert len(await hub.leaves("denied")) == len(changes) + 2
    assert hub.operation(operation).seq == 1


async def test_another_operations_addresses_look_as_if_they_did_not_exist(hub: Hub) -> None:
    ama, kofi = await hub.member("ama", "GH", "coordinate"), await hub.member("kofi", "GH", "coordinate")
    operation = await hub.open_operation(ama)
    room = await hub.open_channel(ama, operation, [ama])
    other = await hub.open_operation(kofi, "PGS")

    for path in (
        f"/api/operations/{b64(operation)}/entries",
        f"{room.path}/envelopes?after=0",
        f"{room.path}/epochs/1/wrap",
        f"/api/operations/{b64(other)}/channels/{b64(room.channel)}/envelopes?after=0",
        f"/api/operations/{b64(bytes(32))}/entries",
    ):
        answer = await hub.ask("GET", path, who=kofi)
        assert (answer.status, answer.code) == (404, "not-found"), path


async def test_only_an_auditor_sees_the_desk(hub: Hub) -> None:
    kim = await hub.member("kim", "KR", "audit")

    desk = await hub.ask("GET", "/api/log/entries", who=kim)

    assert desk.status == 200
    assert desk.json["size"] > 0


async def test_the_start_page_is_the_same_for_everybody_and_names_the_hub(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")

    anybody = await hub.ask("GET", "/", headers={"Accept": "text/html"})
    member = await hub.ask("GET", "/o/x/y", headers={"Accept": "text/html", **cookie(luis)})

    assert anybody.status == 200
    assert b64(hub.id).encode() in anybody.raw
    assert member.raw.replace(b"/o/x/y", b"/").replace(b"%2Fo%2Fx%2Fy", b"/") == anybody.raw
    assert b"<script>" not in anybody.raw
    assert b" style=" not in anybody.raw


async def test_a_load_balancer_asks_for_health_by_any_name(hub: Hub) -> None:
    answer = await hub.ask("GET", "/health", headers={"Host": "10.0.0.1"})

    assert (answer.status, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("203.0.113.1, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, 127.0.0.1", "192.0.2.7"),
        ("nonsense", "127.0.0.1"),
        ("192.0.2.7, nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
async def test_only_what_our_own_proxy_saw_counts_as_an_address(
    database: str, tmp_path: Path, forwarded: str, address: str
) -> None:
    async with running_hub(database, tmp_path, proxies=[IPv4Network("127.0.0.0/8")]) as hub:
        luis = await hub.enrol("luis", "PE")
        await hub.must("POST", "/api/sign-in", body=hub.sign_in_body(luis), headers={"X-Forwarded-For": forwarded})

        assert (await hub.leaves("sign-in"))[-1]["detail"]["address"] == address


async def test_nobody_writes_their_own_address_without_a_proxy(hub: Hub) -> None:
    luis = await hub.enrol("luis", "PE")
    await hub.must("POST", "/api/sign-in", body=hub.sign_in_body(luis), headers={"X-Forwarded-For": "192.0.2.7"})

    assert (await hub.leaves("sign-in"))[-1]["detail"]["address"] == "127.0.0.1"


async def test_bytes_that_are_no_text_do_no_harm(hub: Hub) -> None:
    host, port = hub.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"GET /api/session HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \xff\xfe\r\nAuthorization: Bearer \xff\r\n"
        b"Accept-Language: \xff\r\nConnection: close\r\n\r\n"
    )
    raw = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    await writer.wait_closed()

    assert raw.startswith(b"HTTP/1.1 401")
