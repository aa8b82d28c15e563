"""When a person's devices were used, staying signed in, and approvals at the hub (hub/accounts/devices, approvals)."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import DeviceId, Json, b64, canon, unb64
from crypto.signing import new_signing_key
from crypto.vault import verifier
from tests.builders import Answer, Hub, Person, running_hub


@pytest.fixture
async def hub(database: str, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as made:
        yield made


async def bind(hub: Hub, person: Person) -> Answer:
    return await hub.ask("POST", "/api/session/device", who=person, body=hub.binding(person))


async def by_recovery(hub: Hub, person: Person) -> None:
    """A session by a way that only its owner has: the recovery code, made anew so that the test knows its secret."""
    secret = secrets.token_bytes(32)
    new = {
        "wrap": b64(secrets.token_bytes(16)),
        "kind": "recovery",
        "salt": None,
        "memory": 0,
        "passes": 0,
        "lanes": 0,
        "sealed": b64(secrets.token_bytes(60)),
        "verifier": b64(verifier(secret)),
    }
    await hub.must("PUT", "/api/ways", who=person, body={"wraps": [new]})
    proof = {"wrap": new["wrap"], "secret": b64(secret)}
    change = {"proofs": [proof], "drop": [b64(person.recovery)]}
    await hub.must("POST", "/api/ways/proof", who=person, body=change)
    person.recovery, person.sign_in_secret = person.wrap, secret
    person.wrap = unb64(str(new["wrap"]))


async def second_device(hub: Hub, person: Person) -> tuple[DeviceId, Any]:
    device, key = DeviceId(secrets.token_bytes(16)), new_signing_key("device")
    about = {"account": b64(person.account), "device": b64(device), "key": b64(key.public), "label": "second"}
    await hub.submit(hub.own_act(person, "device.add", **about))
    return device, key


async def test_a_device_is_listed_with_its_first_and_last_use(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    first = hub.now
    hub.clock.advance(days=3)
    await hub.sign_in(luis)

    [row] = (await hub.must("GET", "/api/devices", who=luis)).json

    assert row == {"device": b64(luis.device), "first_at": first, "last_at": hub.now, "stale": False}


async def test_nobody_lists_or_keeps_anothers_devices(hub: Hub) -> None:
    luis, mei = await hub.member("luis", "PE"), await hub.member("mei", "SG")

    listed = (await hub.must("GET", "/api/devices", who=mei)).json
    kept = await hub.ask("PUT", f"/api/devices/{b64(luis.device)}", who=mei)

    assert [row["device"] for row in listed] == [b64(mei.device)]
    assert (kept.status, kept.code) == (404, "not-found")


async def test_a_device_unused_for_sixty_days_is_not_let_in_by_the_passphrase_alone(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    hub.clock.advance(days=59)
    await hub.sign_in(luis)  # counts from the last use
    hub.clock.advance(days=61)
    await hub.sign_in(luis, device=False)

    refused = await bind(hub, luis)

    assert (refused.status, refused.code) == (403, "stale-device")


async def test_the_recovery_code_brings_a_forgotten_device_back(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    await by_recovery(hub, luis)
    hub.clock.advance(days=61)
    await hub.sign_in(luis, device=False)

    assert (await bind(hub, luis)).status == 200


async def test_another_device_says_that_a_forgotten_one_is_still_its_owners(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    old = luis.device, luis.device_key
    luis.device, luis.device_key = await second_device(hub, luis)
    hub.clock.advance(days=61)
    await hub.sign_in(luis)
    listed = {row["device"]: row["stale"] for row in (await hub.must("GET", "/api/devices", who=luis)).json}

    await hub.must("PUT", f"/api/devices/{b64(old[0])}", who=luis)
    luis.device, luis.device_key = old
    await hub.sign_in(luis, device=False)

    assert listed == {b64(old[0]): True, b64(await second(hub, luis, old[0])): False}
    assert (await bind(hub, luis)).status == 200


async def second(hub: Hub, person: Person, first: bytes) -> bytes:
    rows = (await hub.must("GET", "/api/devices", who=person)).json
    [other] = [unb64(row["device"]) for row in rows if row["device"] != b64(first)]
    return other


def staying(hub: Hub, person: Person, until: int, **other: Any) -> dict[str, Any]:
    body: dict[str, Json] = {
        "hub": b64(hub.id),
        "session": person.jti,
        "device": b64(person.device),
        "at": hub.now,
        "until": until,
    }
    signature = person.device_key.sign("sign-in", canon({**body, "until": until, **other}))
    return {"at": hub.now, "until": until, "signature": b64(signature)}


async def test_a_session_is_kept_by_its_devices_signature(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    ends = (await hub.must("GET", "/api/session", who=luis)).json["ends"]
    for _ in range(47):  # a token lives a quarter of an hour
        hub.clock.advance(minutes=14)
        luis.token = (await hub.must("POST", "/api/session/renew", who=luis)).json["token"]
        if ends - hub.now < 20 * 60_000:
            break

    answer = await hub.must("POST", "/api/session/stay", who=luis, body=staying(hub, luis, hub.now + 10**9))
    luis.token = answer.json["token"]
    hub.clock.advance(minutes=14)

    assert answer.json["ends"] == hub.now - 14 * 60_000 + 12 * 3_600_000
    assert (await hub.must("GET", "/api/session", who=luis)).json["ends"] == answer.json["ends"]


async def test_nobody_stays_without_that_signature(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    right = staying(hub, luis, hub.now + 1000)

    for wrong in (
        {**right, "until": right["until"] + 1},
        {**right, "at": right["at"] + 1},
        {**right, "signature": b64(bytes(64))},
        staying(hub, luis, hub.now + 1000, session="another"),
    ):
        assert (await hub.ask("POST", "/api/session/stay", who=luis, body=wrong)).code == "forged"
    hub.clock.advance(minutes=6)
    assert (await hub.ask("POST", "/api/session/stay", who=luis, body=right)).code == "expired"


async def test_an_approval_is_for_ten_minutes_one_device_and_its_account(hub: Hub) -> None:
    luis, mei = await hub.member("luis", "PE"), await hub.member("mei", "SG")
    name, secret = secrets.token_bytes(16), secrets.token_bytes(32)
    request = {
        "approval": b64(name),
        "body": b64(b"request"),
        "signature": b64(bytes(64)),
        "mac": b64(bytes(32)),
    }
    path = f"/api/approvals/{b64(name)}"
    answer = {"sealed": b64(b"sealed"), "verifier": b64(verifier(secret))}
    collect = {"approval": b64(name), "secret": b64(secret), "client": "client"}

    assert (await hub.ask("POST", "/api/sign-in/approval", body=request)).status == 404  # nobody waits
    await hub.must("POST", "/api/approvals", who=luis, body={"approval": b64(name)})
    assert (await hub.ask("POST", path, who=luis, body=answer)).status == 404  # nobody has asked
    await hub.must("POST", "/api/sign-in/approval", body=request)
    other = {**request, "body": b64(b"another")}
    assert (await hub.ask("POST", "/api/sign-in/approval", body=other)).status == 404  # another was first
    assert (await hub.must("POST", "/api/sign-in/approval/collect", body=collect)).status == 202
    for method, body in (("GET", None), ("POST", answer), ("DELETE", None)):
        assert (await hub.ask(method, path, who=mei, body=body)).status == 404
    await hub.must("POST", path, who=luis, body=answer)
    assert (await hub.ask("POST", path, who=luis, body=answer)).status == 404  # once
    wrong = {**collect, "secret": b64(bytes(32))}
    assert (await hub.ask("POST", "/api/sign-in/approval/collect", body=wrong)).status == 404

    came = await hub.must("POST", "/api/sign-in/approval/collect", body=collect)

    assert (came.json["account"], came.json["sealed"]) == (b64(luis.account), b64(b"sealed"))
    assert (await hub.ask("POST", "/api/sign-in/approval/collect", body=collect)).status == 404
    assert await hub.count("approval") == 0
    [leaf] = [leaf for leaf in await hub.leaves("sign-in") if leaf["detail"].get("way") == "approval"]
    assert leaf["actor"] == b64(luis.account)


async def test_an_approval_that_is_over_is_as_if_it_had_never_been(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    first, later = secrets.token_bytes(16), secrets.token_bytes(16)
    await hub.must("POST", "/api/approvals", who=luis, body={"approval": b64(first)})
    await hub.must("POST", "/api/approvals", who=luis, body={"approval": b64(later)})  # only one at a time
    replaced = await hub.ask("GET", f"/api/approvals/{b64(first)}", who=luis)
    hub.clock.advance(minutes=10)
    over = await hub.ask("GET", f"/api/approvals/{b64(later)}", who=luis)

    assert (replaced.status, over.status) == (404, 404)


async def test_opening_an_approval_needs_a_device(hub: Hub) -> None:
    luis = await hub.enrol("luis", "PE")
    await hub.sign_in(luis, device=False)

    answer = await hub.ask("POST", "/api/approvals", who=luis, body={"approval": b64(bytes(16))})

    assert answer.code == "no-device"


async def test_a_wrong_sign_in_tells_how_long_to_wait_and_nothing_else(hub: Hub) -> None:
    luis = await hub.enrol("luis", "PE")
    answers = []
    for code in (luis.code, "XX-NOBODY"):
        body = {"code": code, "wrap": b64(bytes(16)), "secret": b64(bytes(32)), "client": "client"}
        answers += [await hub.ask("POST", "/api/sign-in", body=body) for _ in range(11)]
        hub.clock.advance(minutes=20)

    known, unknown = answers[10], answers[21]

    assert (known.status, known.code) == (429, "rate-limited")
    assert int(known.headers["Retry-After"]) > 0
    assert known.raw == unknown.raw
    assert known.headers["Retry-After"] == unknown.headers["Retry-After"]
