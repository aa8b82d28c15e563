"""Acts, invitations and enrolments: their own signatures decide (hub/directory; docs/spec/08-directory.md)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crypto.encoding import b64, statement_id, unb64
from crypto.packet import pack, unpack, unpack_all
from crypto.signing import new_signing_key
from hub.app import make_app, make_runner
from hub.directory import founding
from hub.directory.state import DIRECTORY
from hub.errors import CannotStart
from hub.journal.service import JOURNAL
from tests.builders import Hub, Person, running_hub


@pytest.fixture
async def hub(database: str, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as made:
        yield made


async def test_the_hub_shows_its_genesis_to_everybody(hub: Hub) -> None:
    answer = await hub.must("GET", "/api/hub")

    genesis = unb64(answer.json["genesis"])
    assert answer.json["hub"] == b64(statement_id("genesis", genesis))
    assert len(unb64(answer.json["signatures"])) == 3 * 64
    assert answer.json["exercise"] is True


async def test_a_hub_is_founded_once(hub: Hub) -> None:
    answer = await hub.must("GET", "/api/hub")
    signatures = unb64(answer.json["signatures"])
    packet = pack(b"", b"", unb64(answer.json["genesis"]), [signatures[i : i + 64] for i in (0, 64, 128)], b"")

    with pytest.raises(CannotStart):
        await founding.found(hub.app[JOURNAL], packet, unb64(answer.json["log"]["key"]))


async def test_a_genesis_for_another_machines_log_is_refused(hub: Hub) -> None:
    answer = await hub.must("GET", "/api/hub")
    signatures = unb64(answer.json["signatures"])
    packet = pack(b"", b"", unb64(answer.json["genesis"]), [signatures[i : i + 64] for i in (0, 64, 128)], b"")

    with pytest.raises(CannotStart, match="another log key"):
        await founding.found(hub.app[JOURNAL], packet, bytes(32))


async def test_an_act_of_an_administrator_stands_and_leaves_a_leaf(hub: Hub) -> None:
    packet = hub.act("organisation.add", organisation=b64(bytes(16)), name="Customs", country="GH", short="GH")

    answer = await hub.submit(packet)
    again = await hub.submit(packet)

    assert answer.json["seq"] == 1
    assert again.json == answer.json
    leaf = (await hub.leaves("act"))[-1]
    assert leaf["object"] == answer.json["id"]
    assert leaf["detail"]["by"] == [b64(hub.administrators[0].id)]


async def test_a_forged_act_is_refused_and_leaves_a_leaf(hub: Hub) -> None:
    packet = unpack(hub.act("organisation.add", organisation=b64(bytes(16)), name="C", country="GH", short="GH"))
    forged = new_signing_key("administrator").sign("act", packet.act)

    answer = await hub.ask("POST", "/api/directory", packets=pack(b"", b"", packet.act, [forged], b""))

    assert (answer.status, answer.code) == (422, "forged")
    assert (await hub.leaves("forgery"))[-1]["actor"] is None
    assert hub.app[DIRECTORY].history.size == 1


async def test_acts_that_are_over_out_of_order_or_too_weak_are_refused(hub: Hub) -> None:
    parts = {"organisation": b64(bytes(16)), "name": "C", "country": "GH", "short": "GH"}
    luis = Person("luis", "PE", ("audit",))

    over = await hub.ask("POST", "/api/directory", packets=hub.act("organisation.add", expires=hub.now - 1, **parts))
    skipped = await hub.ask("POST", "/api/directory", packets=hub.act("organisation.add", n=5, **parts))
    by_one = unpack(await hub.certification(luis))
    weak = await hub.ask("POST", "/api/directory", packets=hub.act("account.certify", 1, **_parts_of(by_one.act)))

    assert (over.status, over.code) == (422, "expired")
    assert (skipped.status, skipped.code) == (409, "gap")
    assert skipped.json["next_n"] == 1
    assert (weak.status, weak.code) == (403, "not-allowed")


async def test_members_read_the_whole_chain(hub: Hub) -> None:
    luis = await hub.member("luis", "PE")

    answer = await hub.must("GET", "/api/directory?after=-1", who=luis)
    rest = await hub.must("GET", "/api/directory?after=1", who=luis)

    packets = list(unpack_all(answer.raw))
    assert len(packets) == hub.app[DIRECTORY].history.size
    assert len(list(unpack_all(rest.raw))) == len(packets) - 2
    assert (await hub.leaves("directory-read"))[-1]["detail"]["first"] == 2


async def test_an_administrator_sees_who_waits_for_certification(hub: Hub) -> None:
    luis = Person("luis", "PE")
    await hub.invite(luis)
    enrolment = hub.enrolment(luis)
    await hub.must("POST", "/api/enrolments", body=enrolment)

    waiting = await hub.must("POST", "/api/enrolments/pending", packets=hub.request("enrolments.read"))
    await hub.submit(await hub.certification(luis))
    after = await hub.must("POST", "/api/enrolments/pending", packets=hub.request("enrolments.read"))

    assert [row["body"] for row in waiting.json] == [enrolment["body"]]
    assert waiting.json[0]["mac"] == enrolment["mac"]
    assert waiting.json[0]["device_act"] == enrolment["device_act"]
    assert after.json == []


async def test_requests_that_no_administrator_signed_just_now_are_refused(hub: Hub) -> None:
    stranger = await hub.ask(
        "POST",
        "/api/enrolments/pending",
        packets=hub.request("enrolments.read", signer=new_signing_key("administrator")),
    )
    old = await hub.ask(
        "POST", "/api/enrolments/pending", packets=hub.request("enrolments.read", at=hub.now - 6 * 60_000)
    )
    other = await hub.ask("POST", "/api/enrolments/pending", packets=hub.request("invitation.open"))

    assert (stranger.status, stranger.code) == (422, "forged")
    assert (old.status, old.code) == (422, "expired")
    assert (other.status, other.code) == (400, "malformed")


async def test_an_invitation_is_used_once(hub: Hub) -> None:
    luis = Person("luis", "PE")
    await hub.invite(luis)
    await hub.invite(luis)
    first = await hub.ask("POST", "/api/enrolments", body=(enrolment := hub.enrolment(luis)))
    again = await hub.ask("POST", "/api/enrolments", body=enrolment)

    thief = Person("luis", "PE", account=luis.account, invitation=luis.invitation)
    stolen = await hub.ask("POST", "/api/enrolments", body=hub.enrolment(thief))

    assert (first.status, again.status) == (201, 201)
    assert (stolen.status, stolen.code) == (409, "conflict")
    assert await hub.count("enrolment") == 1


async def test_an_enrolment_without_a_live_invitation_for_it_is_refused(hub: Hub) -> None:
    luis = Person("luis", "PE")
    uninvited = await hub.ask("POST", "/api/enrolments", body=hub.enrolment(luis))
    await hub.invite(luis)
    other = Person("mei", "SG", invitation=luis.invitation)
    anothers = await hub.ask("POST", "/api/enrolments", body=hub.enrolment(other))
    hub.clock.advance(hours=25)
    over = await hub.ask("POST", "/api/enrolments", body=hub.enrolment(luis))

    assert {(answer.status, answer.code) for answer in (uninvited, anothers, over)} == {(404, "not-found")}
    assert await hub.count("account") == 0


async def test_an_enrolment_whose_keys_did_not_sign_it_is_refused(hub: Hub) -> None:
    luis = Person("luis", "PE")
    await hub.invite(luis)
    enrolment = hub.enrolment(luis)
    swapped = enrolment | {"signatures": enrolment["signatures"][::-1]}
    other = hub.enrolment(Person("luis", "PE", account=luis.account, invitation=luis.invitation))
    mixed = enrolment | {"device_act": other["device_act"]}

    forged = await hub.ask("POST", "/api/enrolments", body=swapped)
    misplaced = await hub.ask("POST", "/api/enrolments", body=mixed)

    assert (forged.status, forged.code) == (422, "forged")
    assert (misplaced.status, misplaced.code) == (422, "wrong-place")
    assert await hub.count("enrolment") == 0


async def test_a_weakly_stretched_way_is_refused(hub: Hub) -> None:
    luis = Person("luis", "PE")
    await hub.invite(luis)
    enrolment = hub.enrolment(luis)
    enrolment["wraps"][0]["memory"] = 1024

    answer = await hub.ask("POST", "/api/enrolments", body=enrolment)

    assert (answer.status, answer.code) == (400, "malformed")


async def test_a_hub_that_starts_again_knows_everything(hub: Hub) -> None:
    luis = await hub.member("luis", "PE", "coordinate")
    operation = await hub.open_operation(luis)
    room = await hub.open_channel(luis, operation, [luis])
    await room.post(luis)

    app = await make_app(hub.settings, clock=hub.clock)
    runner = make_runner(app)
    await runner.setup()

    try:
        second = Hub(hub.url, app, hub.clock, hub.administrators, hub.settings)
        assert second.app[DIRECTORY].latest.head == hub.app[DIRECTORY].latest.head
        assert second.operation(operation).head == hub.operation(operation).head
        await second.web.close()
    finally:
        await runner.cleanup()


def _parts_of(act: bytes) -> dict[str, object]:
    value: dict[str, object] = json.loads(act)
    return {name: part for name, part in value.items() if name not in ("v", "hub", "type", "by", "n", "expires")}


async def test_only_a_wrong_number_is_answered_with_the_next_one(hub: Hub) -> None:
    parts = {"organisation": b64(bytes(16)), "name": "C", "country": "GH", "short": "GH"}
    await hub.submit(hub.act("organisation.add", **parts))

    used = await hub.ask(
        "POST", "/api/directory", packets=hub.act("organisation.add", n=1, expires=hub.now + 5, **parts)
    )
    twice = await hub.ask("POST", "/api/directory", packets=hub.act("organisation.add", **parts))
    stranger = unpack(hub.act("organisation.add", n=1, expires=hub.now + 7, **parts))
    forged = new_signing_key("administrator").sign("act", stranger.act)
    unsigned = await hub.ask("POST", "/api/directory", packets=pack(b"", b"", stranger.act, [forged], b""))

    assert (used.status, used.code, used.json["next_n"]) == (409, "repeated", 2)
    assert (twice.status, twice.code) == (409, "repeated")
    assert "next_n" not in twice.json
    assert unsigned.code == "forged"
    assert "next_n" not in unsigned.json
