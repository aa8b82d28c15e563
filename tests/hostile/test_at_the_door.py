"""What a stranger, another site or a member tries at the hub itself, and what the clients do where it gives way."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from crypto.acts import act_body
from crypto.directory import Enrolment, enrolment_body
from crypto.encoding import AccountId, DeviceId, Json, b64
from crypto.keys import EncryptionKey
from crypto.packet import Packet, pack
from crypto.signing import new_signing_key
from hub.app import read_session_key
from hub.client.enrolment import invite, make_member
from hub.client.errors import Refused, SessionOver
from hub.client.state import now
from tests.hostile.forging import by_administrators, entry, new_channel, opening, pen, promoting
from tests.hostile.malicious import MaliciousHub
from tests.hostile.visitors import Desk
from tests.people import PASSPHRASE, Channel, Village, free_port

NEUTRAL = (1).to_bytes(32, "little")  # the neutral point: R = itself, S = 0 is a signature under it for everything
FITS_ALL = NEUTRAL + bytes(32)
YEAR = 365 * 24 * 3_600_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def channel(hub: Village) -> Channel:
    ghana, peru = await hub.members("ghana", "peru")
    opened = await hub.channel("Medicines", ghana, peru)
    await ghana.say(opened, "Forty cartons")
    for one in hub.people.values():
        await one.read(opened)
    return opened


# -- 22, 23, 24: signatures and keys -----------------------------------------------------------------------------------


async def refusal_of(handing_in: Any) -> str:
    with pytest.raises(Refused) as refusal:
        await handing_in
    return refusal.value.code


async def test_attack_22_a_signature_for_something_else_orders_nothing(hub: Village, channel: Channel) -> None:
    coordinator, ghana = hub.people["coordinator"], hub.people["ghana"]
    operation = b64(channel.operation)
    order = entry(coordinator, channel.operation, [opening(new_channel())], context="sign-in")
    words = (await pen(ghana, channel)).envelope("Said at a sign-in", context="sign-in")

    assert await refusal_of(coordinator.member.hub.submit_entry(operation, submitted(order))) == "forged"
    assert await refusal_of(ghana.member.hub.post(operation, b64(channel.id), submitted(words))) == "forged"

    true = entry(coordinator, channel.operation, [opening(new_channel())])
    assert await coordinator.member.hub.submit_entry(operation, submitted(true))


@pytest.mark.parametrize("part", ["aik", "device"])
async def test_attack_23_a_weak_key_is_not_enrolled(hub: Village, part: str) -> None:
    invitation = invite(hub.id, hub.url, f"GH-WEAK-{part.upper()}")
    await hub.registrar.open_invitation(invitation)
    made = await make_member(invitation, PASSPHRASE, "desk", now())
    identity, device = new_signing_key("account"), new_signing_key("device")
    keys = {"aik": identity.public, "device": device.public} | {part: NEUTRAL}
    enrolment = Enrolment(
        hub=hub.id,
        invitation=invitation.invitation,
        account=invitation.account,
        code=invitation.code,
        aik=keys["aik"],
        aek=EncryptionKey.from_seed(secrets.token_bytes(32)).public,
        device=DeviceId(secrets.token_bytes(16)),
        device_key=keys["device"],
        device_label="desk",
        at=now(),
    )
    body = enrolment_body(enrolment)
    signatures = [identity.sign("enrol", body), device.sign("enrol", body)]
    signatures[["aik", "device"].index(part)] = FITS_ALL
    request = {**made.request, "body": b64(body), "signatures": [b64(one) for one in signatures]}

    assert await refusal_of(hub.registrar.hub.enrol(request)) == "weak-key"

    await hub.registrar.hub.enrol(made.request)  # the invitation is still good


@pytest.mark.parametrize(("part", "key", "code"), [("aik", NEUTRAL, "weak-key"), ("aek", b"\xff" * 1216, "malformed")])
async def test_attack_23_a_bad_key_is_not_certified(hub: Village, part: str, key: bytes, code: str) -> None:
    ghana = await hub.person("ghana")
    await ghana.member.sync()
    parts: dict[str, Json] = {
        "account": b64(secrets.token_bytes(16)),
        "organisation": b64(ghana.member.person.organisation),
        "name": "Weak",
        "code": "GH-WEAK",
        "aik": b64(new_signing_key("account").public),
        "aek": b64(EncryptionKey.from_seed(secrets.token_bytes(32)).public),
        "generation": 1,
        "level": "A1",
        "may": [],
        "invitation": b64(secrets.token_bytes(16)),
        part: b64(key),
    }
    for person in hub.people.values():
        await person.member.sync()
    act, signatures = by_administrators(hub, "account.certify", **parts)

    assert await refusal_of(hub.registrar.hub.submit_act(pack(b"", b"", act, signatures, b""))) == code


async def test_attack_23_a_weak_key_is_no_device(hub: Village) -> None:
    ghana = await hub.person("ghana")
    await ghana.member.sync()
    account = AccountId(ghana.account)
    act = act_body(
        hub=hub.id,
        type="device.add",
        by=[account],
        n=ghana.member.state.directory.latest.next_n([account]),
        expires=now() + YEAR,
        account=b64(account),
        device=b64(secrets.token_bytes(16)),
        key=b64(NEUTRAL),
        label="desk",
    )
    signed = ghana.member.state.keys.vault.identity.sign("act", act)

    assert await refusal_of(ghana.member.hub.submit_act(pack(b"", b"", act, [signed], b""))) == "weak-key"


# -- 35: tokens --------------------------------------------------------------------------------------------------------


def token(header: dict[str, Any], claims: str, key: bytes) -> str:
    """A token as RFC 7515 writes it, whatever it says."""
    parts = [encoded(json.dumps(header)), encoded(claims)]
    mac = hmac.new(key, ".".join(parts).encode(), sha256).digest() if key else b""
    return ".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=").decode()])


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


HEADER = {"alg": "HS256", "typ": "ncphub-session+jwt"}
FORGERIES = {
    "no algorithm": lambda claims, key, log: token({**HEADER, "alg": "none"}, json.dumps(claims), b""),
    "an empty secret": lambda claims, key, log: token(HEADER, json.dumps(claims), b"") + "A" * 43,
    "the log's public key as secret": lambda claims, key, log: token(HEADER, json.dumps(claims), log),
    "no end": lambda claims, key, log: token(HEADER, json.dumps(without(claims, "exp")), key),
    "another audience": lambda claims, key, log: token(HEADER, json.dumps({**claims, "aud": "elsewhere"}), key),
    "no audience": lambda claims, key, log: token(HEADER, json.dumps(without(claims, "aud")), key),
    "an unknown extension": lambda claims, key, log: token({**HEADER, "crit": ["b64"]}, json.dumps(claims), key),
    "two subjects": lambda claims, key, log: token(HEADER, json.dumps(claims)[:-1] + ', "sub": "other"}', key),
    "another spelling": lambda claims, key, log: token(HEADER, json.dumps(claims, indent=1), key),
}


def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


@pytest.mark.parametrize("name", FORGERIES)
async def test_attack_35_a_token_that_the_hub_did_not_write_opens_nothing(hub: Village, name: str) -> None:
    peru = await hub.person("peru")
    await peru.member.sign_in()
    true = str(peru.member.hub.token)
    claims = json.loads(base64.urlsafe_b64decode(true.split(".")[1] + "=="))
    assert claims["exp"] > time.time()
    key = read_session_key(hub.settings.state_dir)
    forged = FORGERIES[name](claims, key, peru.member.state.directory.latest.genesis.log_key)

    async with ClientSession() as session:
        for value, status in ((forged, 401), (true, 200)):
            for headers in ({"Authorization": f"Bearer {value}"}, {"Cookie": f"__Host-session={value}"}):
                async with session.get(f"{hub.url}/api/session", headers=headers) as answer:
                    assert answer.status == status


async def test_attack_35_clients_whose_token_is_swapped_say_that_the_session_is_over(
    hub: Village, desk: Desk, liar: MaliciousHub, channel: Channel
) -> None:
    peru = hub.people["peru"]
    seat = await desk.page(peru, channel)
    await seat.shows("Forty cartons")
    program = await desk.program(peru)
    await program.sign_in()

    def swap(headers: dict[str, str]) -> None:
        for name in ("Authorization", "Cookie"):
            if name in headers:
                headers[name] = headers[name].rsplit(".", 1)[0] + "." + "A" * 43

    liar.change_headers(r"^/api/(?!sign-in)", swap)
    liar.asked.clear()

    with pytest.raises((SessionOver, Refused)) as refusal:
        await program.post(channel.operation, channel.id, "post", {"text": "To nobody", "language": "en"})
    assert refusal.value.code in {"expired-session", "unauthenticated"}
    await seat.write("To nobody")
    await seat.shows("Waiting to send")
    assert len(liar.asked) < 40  # nobody hammers at a closed door
    assert "To nobody" not in await hub.people["ghana"].texts(channel)


# -- 36: another site --------------------------------------------------------------------------------------------------

EVIL = """<!doctype html><title>Evil</title><script>
const tried = async () => {
  const hub = location.hash.slice(1), told = {};
  told.socket = await new Promise((done) => {
    const socket = new WebSocket(hub.replace("http", "ws") + "/api/live");
    socket.onopen = () => done("open"); socket.onerror = () => done("refused");
  });
  const written = {method: "PUT", credentials: "include", body: '{"version":1,"sealed":"AAAA"}'};
  told.put = await fetch(hub + "/api/private/evil", written).then((r) => r.status, () => "refused");
  const posted = {method: "POST", mode: "no-cors", credentials: "include", body: "x"};
  told.post = await fetch(hub + "/api/session/renew", posted).then((r) => r.type, () => "refused");
  told.read = await fetch(hub + "/api/session", {credentials: "include"}).then((r) => r.text(), () => "refused");
  document.title = JSON.stringify(told);
};
tried();
</script>"""


@pytest_asyncio.fixture(loop_scope="session")
async def evil_port() -> AsyncIterator[int]:
    """A site that anybody could set up: same machine, same name even, another port."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=EVIL, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield port
    await runner.cleanup()


async def test_attack_36_another_site_in_the_same_browser_gets_nowhere(
    hub: Village, desk: Desk, liar: MaliciousHub, channel: Channel, evil_port: int
) -> None:
    peru = hub.people["peru"]
    machine = await desk.machine()
    seat = await desk.page(peru, channel, machine)
    await seat.shows("Connected")  # the person's own socket is open, with the cookie that the others try to use
    cookies = await machine.cookies(liar.address(peru.name))
    assert [(one["name"], one["sameSite"], one["httpOnly"]) for one in cookies if "session" in one["name"]] == [
        ("__Host-session", "Strict", True)
    ]

    # A cookie knows no port: the browser sends it along from the same name, so that the Origin has to tell.
    for name in (peru.name, "evil"):
        evil = await machine.new_page()
        await evil.goto(f"http://{name}.localhost:{evil_port}/#{liar.address(peru.name)}")
        await evil.wait_for_function("document.title.startsWith('{')")
        told = json.loads(await evil.title())
        assert (told["socket"], told["put"], told["read"]) == ("refused", "refused", "refused")
        await evil.close()

    await peru.member.sign_in()
    assert "evil" not in [one["record"] for one in await peru.member.hub.private_records()]


# -- 37: a reader's orders, and addresses of others --------------------------------------------------------------------


async def test_attack_37_the_hub_alone_refuses_a_readers_order(hub: Village, channel: Channel) -> None:
    ghana = hub.people["ghana"]
    for person in hub.people.values():
        await person.member.sync()
    before = ghana.member.state.operation(channel.operation).seq

    order = entry(ghana, channel.operation, [promoting(ghana)])
    code = await refusal_of(ghana.member.hub.submit_entry(b64(channel.operation), submitted(order)))

    assert code == "not-allowed"
    await ghana.member.sync()
    assert ghana.member.state.operation(channel.operation).seq == before


async def test_attack_37_addresses_of_others_look_as_if_they_did_not_exist(hub: Village, channel: Channel) -> None:
    france = await hub.person("france")
    ghana = hub.people["ghana"]
    foreign, unknown = b64(channel.operation), b64(secrets.token_bytes(32))

    for path in ("/entries", f"/channels/{b64(channel.id)}/envelopes", f"/channels/{b64(channel.id)}/epochs/1/wrap"):
        told = []
        for operation in (foreign, unknown):
            with pytest.raises(Refused) as refusal:
                await france.member.hub.json("GET", f"/api/operations/{operation}{path}")
            told.append((refusal.value.status, refusal.value.code, refusal.value.detail))
        assert told[0] == told[1]
        assert told[0][:2] == (404, "not-found")
    assert [one["operation"] for one in await ghana.member.hub.operations()] == [foreign]


def submitted(packet: Packet) -> bytes:
    """As a client hands it in: without a place."""
    return pack(b"", packet.body, packet.act, packet.signatures, packet.beside)
