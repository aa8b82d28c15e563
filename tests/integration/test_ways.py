"""The ways into a vault: made, proven, and only then in the place of the old ones (hub/accounts/ways)."""

import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.encoding import b64, unb64
from crypto.vault import verifier
from tests.builders import Answer, Hub, Person, running_hub


@pytest.fixture
async def hub(database: str, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as made:
        yield made


class Passkey:
    """What lies in somebody's machine: WebAuthn's authenticator, with "none" as its attestation."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.key = Ed25519PrivateKey.generate()
        self.id = secrets.token_bytes(32)
        self.signs = 0

    def _client_data(self, kind: str, challenge: str, origin: str | None = None) -> bytes:
        said = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": origin or self.hub.url}
        return json.dumps(said).encode()

    def _data(self, more: bytes = b"", flags: int = 0x05) -> bytes:
        self.signs += 1
        return hashlib.sha256(b"127.0.0.1").digest() + bytes([flags]) + self.signs.to_bytes(4, "big") + more

    def registration(self, challenge: str, origin: str | None = None) -> dict[str, str]:
        public = cbor2.dumps({1: 1, 3: -8, -1: 6, -2: self.key.public_key().public_bytes_raw()})
        about = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(about, flags=0x45)})
        return {
            "credential": b64(self.id),
            "client_data": b64(self._client_data("create", challenge, origin)),
            "attestation": b64(attestation),
            "label": "Key ring",
        }

    def assertion(self, challenge: str, origin: str | None = None) -> dict[str, str]:
        data, client_data = self._data(), self._client_data("get", challenge, origin)
        return {
            "credential": b64(self.id),
            "client_data": b64(client_data),
            "authenticator_data": b64(data),
            "signature": b64(self.key.sign(data + hashlib.sha256(client_data).digest())),
        }


def way(kind: str, secret: bytes, **more: Any) -> dict[str, Any]:
    stretched = kind == "passphrase"
    return {
        "wrap": b64(secrets.token_bytes(16)),
        "kind": kind,
        "salt": b64(secrets.token_bytes(16)) if stretched else None,
        "memory": 65536 if stretched else 0,
        "passes": 3 if stretched else 0,
        "lanes": 1 if stretched else 0,
        "sealed": b64(secrets.token_bytes(60)),
        "verifier": b64(verifier(secret)),
        **more,
    }


def proof(one: dict[str, Any], secret: bytes) -> dict[str, str]:
    return {"wrap": one["wrap"], "secret": b64(secret)}


async def came_in(hub: Hub, person: Person, wrap: str, secret: bytes) -> int:
    body = {"code": person.code, "wrap": wrap, "secret": b64(secret), "client": "client"}
    return (await hub.ask("POST", "/api/sign-in", body=body)).status


async def add_passkey(hub: Hub, person: Person, secret: bytes) -> Passkey:
    """From the challenge to the proof."""
    passkey = Passkey(hub)
    options = (await hub.must("POST", "/api/ways/passkey", who=person)).json
    one = way("passkey", secret, registration=passkey.registration(options["challenge"]))
    await hub.must("PUT", "/api/ways", who=person, body={"wraps": [one]}, headers={"Origin": hub.url})
    await hub.must("POST", "/api/ways/proof", who=person, body={"proofs": [proof(one, secret)], "drop": []})
    return passkey


async def by_passkey(hub: Hub, passkey: Passkey, secret: bytes, **other: Any) -> Answer:
    challenge = (await hub.must("POST", "/api/sign-in/passkey/challenge")).json["challenge"]
    body = {"assertion": passkey.assertion(challenge), "secret": b64(secret)} | other
    return await hub.ask("POST", "/api/sign-in/passkey", body=body, headers={"Origin": hub.url})


async def test_new_ways_take_the_place_of_the_old_ones_once_they_are_proven(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    words, code = secrets.token_bytes(32), secrets.token_bytes(32)
    new, recovery = way("passphrase", words), way("recovery", code)

    proposed = await hub.must("PUT", "/api/ways", who=luis, body={"wraps": [new, recovery]})
    before = (
        await came_in(hub, luis, new["wrap"], words),
        await came_in(hub, luis, b64(luis.wrap), luis.sign_in_secret),
    )
    change = {"proofs": [proof(new, words), proof(recovery, code)], "drop": [b64(luis.wrap), b64(luis.recovery)]}
    await hub.must("POST", "/api/ways/proof", who=luis, body=change)
    after = (
        await came_in(hub, luis, new["wrap"], words),
        await came_in(hub, luis, b64(luis.wrap), luis.sign_in_secret),
    )
    listed = (await hub.must("GET", "/api/ways", who=luis)).json

    assert proposed.json["number"] == 2
    assert {one["wrap"]: one["sealed"] for one in proposed.json["wraps"]} == {
        one["wrap"]: one["sealed"] for one in (new, recovery)
    }
    assert (before, after) == ((401, 200), (200, 401))
    assert [(one["kind"], one["number"]) for one in listed] == [("passphrase", 1), ("recovery", 2)]
    assert await came_in(hub, luis, recovery["wrap"], code) == 200
    assert [leaf["type"] for leaf in await hub.leaves() if leaf["type"].startswith("ways-")] == [
        "ways-propose",
        "ways-change",
        "ways-read",
    ]


async def test_what_is_not_proven_changes_nothing(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    words, code = secrets.token_bytes(32), secrets.token_bytes(32)
    new, recovery = way("passphrase", words), way("recovery", code)
    await hub.must("PUT", "/api/ways", who=luis, body={"wraps": [new, recovery]})
    drop = [b64(luis.wrap), b64(luis.recovery)]

    for proofs, gone in (
        ([proof(new, words), proof(recovery, bytes(32))], drop),  # one secret is wrong
        ([proof(new, words)], drop),  # one isn't proven
        ([proof(new, words), proof(recovery, code)], drop[:1]),  # two recovery codes would be left
        ([proof(new, words), proof(recovery, code)], [*drop, b64(bytes(16))]),  # something goes that isn't there
        ([], drop),  # nothing would be left
        ([], drop[:1]),  # one way is not enough
    ):
        refused = await hub.ask("POST", "/api/ways/proof", who=luis, body={"proofs": proofs, "drop": gone})
        assert refused.status in (409, 422), refused.raw

    assert await came_in(hub, luis, b64(luis.wrap), luis.sign_in_secret) == 200
    assert await came_in(hub, luis, new["wrap"], words) == 401


async def test_a_new_vault_comes_with_its_ways_or_not_at_all(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    words, code = secrets.token_bytes(32), secrets.token_bytes(32)
    new, recovery = way("passphrase", words), way("recovery", code)
    await hub.must("PUT", "/api/ways", who=luis, body={"wraps": [new, recovery]})
    change = {"proofs": [proof(new, words), proof(recovery, code)], "drop": [b64(luis.wrap), b64(luis.recovery)]}

    stale = {"version": 3, "sealed": b64(b"third")}
    refused = await hub.ask("POST", "/api/ways/proof", who=luis, body={**change, "vault": stale})
    unchanged = (await hub.must("GET", "/api/vault", who=luis)).json
    await hub.must("POST", "/api/ways/proof", who=luis, body={**change, "vault": {**stale, "version": 2}})

    assert (refused.status, unchanged["version"]) == (409, 1)
    assert {one["wrap"] for one in unchanged["wraps"]} == {b64(luis.wrap), b64(luis.recovery)}
    assert (await hub.must("GET", "/api/vault", who=luis)).json["sealed"] == b64(b"third")


async def test_ways_are_changed_by_a_device_alone(hub: Hub) -> None:
    luis = await hub.enrol("luis", "PE")
    await hub.sign_in(luis, device=False)

    for method, path, body in (
        ("PUT", "/api/ways", {"wraps": [way("recovery", bytes(32))]}),
        ("POST", "/api/ways/proof", {"proofs": [], "drop": [b64(luis.wrap)]}),
        ("POST", "/api/ways/passkey", None),
    ):
        assert (await hub.ask(method, path, who=luis, body=body)).code == "no-device"


async def test_a_passkey_signs_in_without_naming_anybody(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    secret = secrets.token_bytes(32)
    passkey = await add_passkey(hub, luis, secret)

    answer = await by_passkey(hub, passkey, secret)

    assert (answer.status, answer.json["account"]) == (200, b64(luis.account))
    assert "token" not in answer.json
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert [one["kind"] for one in answer.json["wraps"]] == ["passkey", "passphrase", "recovery"]
    [leaf] = [leaf for leaf in await hub.leaves("sign-in") if leaf["detail"].get("way") == "passkey"]
    assert leaf["actor"] == b64(luis.account)


async def test_a_passkey_that_is_wrong_in_anything_is_nobodys(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    secret = secrets.token_bytes(32)
    passkey = await add_passkey(hub, luis, secret)
    stranger, thief = Passkey(hub), Passkey(hub)
    thief.id = passkey.id
    used = (await hub.must("POST", "/api/sign-in/passkey/challenge")).json["challenge"]
    assert (await by_passkey(hub, passkey, secret, assertion=passkey.assertion(used))).status == 200

    refusals = [
        await by_passkey(hub, stranger, secret),
        await by_passkey(hub, thief, secret),
        await by_passkey(hub, passkey, bytes(32)),
        await by_passkey(hub, passkey, secret, assertion=passkey.assertion(used)),  # a challenge counts once
        await by_passkey(hub, passkey, secret, assertion=passkey.assertion(b64(secrets.token_bytes(32)))),
        await by_passkey(hub, passkey, secret, assertion=passkey.assertion(used, "https://elsewhere.example")),
    ]
    passkey.signs = 0
    refusals.append(await by_passkey(hub, passkey, secret))  # a copy, whose counter is behind

    assert {(one.status, one.raw) for one in refusals} == {(401, refusals[0].raw)}
    assert refusals[0].code == "unauthenticated"


async def test_a_passkeys_secret_without_the_passkey_opens_nothing(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    secret = secrets.token_bytes(32)
    await add_passkey(hub, luis, secret)
    [wrap] = [one["wrap"] for one in (await hub.must("GET", "/api/ways", who=luis)).json if one["kind"] == "passkey"]

    assert await came_in(hub, luis, wrap, secret) == 401


async def test_a_passkey_shows_nobody_that_an_account_exists(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    before = (await hub.must("POST", "/api/sign-in/ways", body={"code": luis.code})).json
    await add_passkey(hub, luis, secrets.token_bytes(32))

    after = (await hub.must("POST", "/api/sign-in/ways", body={"code": luis.code})).json
    nobody = (await hub.must("POST", "/api/sign-in/ways", body={"code": "XX-NOBODY"})).json

    assert before == after
    assert [one["kind"] for one in after["ways"]] == [one["kind"] for one in nobody["ways"]]


async def test_an_unknown_passkey_takes_as_long_as_a_known_one(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    known, unknown = await add_passkey(hub, luis, secrets.token_bytes(32)), Passkey(hub)
    times: dict[Passkey, list[float]] = {known: [], unknown: []}

    for _ in range(4):  # more would have to wait
        for passkey, taken in times.items():
            challenge = (await hub.must("POST", "/api/sign-in/passkey/challenge")).json["challenge"]
            body = {"assertion": passkey.assertion(challenge), "secret": b64(bytes(32))}
            begun = time.perf_counter()
            await hub.ask("POST", "/api/sign-in/passkey", body=body, headers={"Origin": hub.url})
            taken.append(time.perf_counter() - begun)

    assert 0.3 < min(times[known]) / min(times[unknown]) < 3.0  # what else runs only adds to a time


async def test_a_challenge_for_a_new_passkey_is_for_one_session(hub: Hub) -> None:
    luis, mei = await hub.member("luis", "PE"), await hub.member("mei", "SG")
    theirs = (await hub.must("POST", "/api/ways/passkey", who=mei)).json["challenge"]
    one = way("passkey", bytes(32), registration=Passkey(hub).registration(theirs))

    answer = await hub.ask("PUT", "/api/ways", who=luis, body={"wraps": [one]}, headers={"Origin": hub.url})

    assert (answer.status, answer.code) == (400, "malformed")


async def test_passkeys_of_a_foreign_page_are_refused(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    challenge = (await hub.must("POST", "/api/ways/passkey", who=luis)).json["challenge"]
    made = Passkey(hub).registration(challenge, "https://elsewhere.example")
    body = {"wraps": [way("passkey", bytes(32), registration=made)]}

    answer = await hub.ask("PUT", "/api/ways", who=luis, body=body, headers={"Origin": hub.url})

    assert answer.code == "forged"


async def test_who_is_asked_what_their_passkeys_are_is_told_their_own(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")
    passkey = await add_passkey(hub, luis, secrets.token_bytes(32))

    options = (await hub.must("POST", "/api/ways/passkey", who=luis)).json

    assert [unb64(one) for one in options["known"]] == [passkey.id]
    assert options["rp"]["id"] == "127.0.0.1"
    assert unb64(options["user"]["id"]) == luis.code.encode()
