"""The post office takes what is right and names what is wrong (hub/messages; docs/spec/06-envelope.md)."""

import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import b64, canon, unb64
from crypto.packet import pack, unpack, unpack_all
from crypto.signing import new_signing_key
from tests.builders import Hub, Person, Room, running_hub


@dataclass
class Scene:
    """An operation with a coordinator, two contacts, an observer, and a channel that all four read."""

    hub: Hub
    ama: Person
    luis: Person
    mei: Person
    observer: Person
    operation: bytes
    room: Room


@pytest.fixture
async def scene(database: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with running_hub(database, tmp_path) as hub:
        ama = await hub.member("ama", "GH", "coordinate")
        luis, mei, observer = [await hub.member(n, c) for n, c in (("luis", "PE"), ("mei", "SG"), ("ines", "FR"))]
        operation = await hub.open_operation(ama)
        admissions = [hub.admitting(luis), hub.admitting(mei), hub.admitting(observer, "observer")]
        await hub.submit_entry(ama, operation, admissions)
        room = await hub.open_channel(ama, operation, [ama, luis, mei, observer])
        yield Scene(hub, ama, luis, mei, observer, operation, room)


def altered(packet: bytes, **parts: Any) -> bytes:
    """The same packet with other parts."""
    old = unpack(packet)
    new = {
        "place": old.place,
        "body": old.body,
        "act": old.act,
        "signatures": old.signatures,
        "beside": old.beside,
    } | parts
    return pack(**new)


async def test_an_alert_gets_a_receipt_and_a_leaf(scene: Scene) -> None:
    answer = await scene.room.post(scene.luis, "alert", urgency="immediate")

    assert answer.json["seq"] == 1
    leaf = (await scene.hub.leaves("envelope"))[-1]
    assert leaf["object"] == answer.json["id"]
    assert leaf["actor"] == b64(scene.luis.account)
    assert leaf["device"] == b64(scene.luis.device)


async def test_a_reader_gets_the_same_bytes_and_the_read_is_in_the_log_first(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis)
    await scene.room.send(scene.luis, packet)

    answer = await scene.hub.must("GET", f"{scene.room.path}/envelopes?after=0", who=scene.mei)

    got, sent = next(unpack_all(answer.raw)), unpack(packet)
    assert (got.body, got.signatures, got.beside) == (sent.body, sent.signatures, sent.beside)
    assert answer.headers["NCP-Seq"] == "1"
    read = (await scene.hub.leaves("read"))[-1]
    assert read["actor"] == b64(scene.mei.account)
    assert (read["detail"]["first"], read["detail"]["last"]) == (1, 1)


async def test_envelopes_before_a_place_come_in_order(scene: Scene) -> None:
    for _ in range(3):
        await scene.room.post(scene.luis)

    answer = await scene.hub.must("GET", f"{scene.room.path}/envelopes?before=4&limit=2", who=scene.mei)

    assert [b'"seq":%d' % seq in packet.place for seq, packet in zip((2, 3), unpack_all(answer.raw), strict=True)] == [
        True,
        True,
    ]
    assert answer.headers["NCP-More"] == "1"


async def test_the_same_again_gets_the_first_receipt(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis)
    first = await scene.room.send(scene.luis, packet)

    again = await scene.room.send(scene.luis, packet)

    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    asked = await scene.hub.must("GET", f"{scene.room.path}/envelopes/by-id/{_id_of(packet)}", who=scene.luis)
    assert asked.json == first.json


async def test_an_unknown_envelope_has_no_receipt(scene: Scene) -> None:
    asked = await scene.hub.ask(
        "GET", f"{scene.room.path}/envelopes/by-id/{b64(secrets.token_bytes(16))}", who=scene.luis
    )

    assert (asked.status, asked.code) == (404, "not-found")


async def test_another_senders_id_is_not_answered_with_their_receipt(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis)
    await scene.room.send(scene.luis, packet)

    taken = await scene.room.send(scene.mei, scene.room.envelope(scene.mei, id=_id_of(packet)))

    assert (taken.status, taken.code) == (409, "repeated")


async def test_a_repeat_after_the_epoch_has_changed_still_gets_its_receipt(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis)
    first = await scene.room.send(scene.luis, packet)
    scene.luis.sent[scene.room.channel].append(unb64(first.json["id"]))
    await scene.hub.submit_entry(
        scene.ama, scene.operation, [{"change": "member.remove", "account": b64(scene.observer.account)}]
    )
    await scene.room.new_epoch(scene.ama)

    again = await scene.room.send(scene.luis, packet)

    assert (again.status, again.json) == (200, first.json)


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"hub": b64(bytes(32))}, 422, "wrong-place"),
        ({"channel": b64(bytes(16))}, 422, "wrong-place"),
        ({"operation": b64(bytes(32))}, 422, "wrong-place"),
        ({"account": b64(bytes(16))}, 422, "wrong-place"),
        ({"device": b64(bytes(16))}, 422, "wrong-place"),
        ({"epoch": 2}, 422, "wrong-place"),
        ({"head": {"seq": 1, "id": b64(bytes(32))}}, 422, "wrong-place"),
        ({"head": {"seq": 99, "id": b64(bytes(32))}}, 422, "wrong-place"),
        ({"directory": {"size": 999}}, 422, "wrong-place"),
        ({"at": 1}, 422, "expired"),
        ({"at": 4_000_000_000_000}, 422, "expired"),
        ({"due": 1_800_000_000_000}, 422, "refused"),
        ({"device_seq": 2, "device_prev": b64(bytes(32))}, 409, "not-next"),
        ({"ref": b64(bytes(32))}, 404, "not-found"),
    ],
)
async def test_each_fault_has_its_own_name_and_stores_nothing(
    scene: Scene, other: dict[str, Any], status: int, code: str
) -> None:
    packet = scene.room.envelope(scene.luis, **other)

    answer = await scene.room.send(scene.luis, packet)

    assert (answer.status, answer.code) == (status, code)
    assert await _stored(scene) == 0


async def test_altered_ciphertext_is_refused(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis)
    sealed = unpack(packet).beside

    swapped = await scene.room.send(scene.luis, altered(packet, beside=sealed[:-1] + bytes([sealed[-1] ^ 1])))
    longer = await scene.room.send(scene.luis, altered(packet, beside=sealed + b"\0"))

    assert (swapped.code, longer.code) == ("wrong-place", "wrong-place")
    assert await _stored(scene) == 0


async def test_bytes_that_are_no_envelope_are_refused(scene: Scene) -> None:
    packet = unpack(scene.room.envelope(scene.luis))
    spaced = packet.body.replace(b",", b", ", 1)
    extra = canon({"v": 1, "suite": 1, "kind": "post"})

    answers = [
        await scene.room.send(scene.luis, pack(b"", body, b"", packet.signatures, packet.beside))
        for body in (spaced, extra, b"", b"[]", b"\xff")
    ]
    cut = await scene.room.send(scene.luis, pack(b"", packet.body, b"", packet.signatures, packet.beside)[:-3])
    placed = await scene.room.send(scene.luis, pack(b"{}", packet.body, b"", packet.signatures, packet.beside))
    unsigned = await scene.room.send(scene.luis, pack(b"", packet.body, b"", [], packet.beside))

    assert [answer.code for answer in answers] == [
        "not-canonical",
        "malformed",
        "not-canonical",
        "malformed",
        "not-canonical",
    ]
    assert (cut.code, placed.code, unsigned.code) == ("malformed", "malformed", "malformed")
    assert {answer.status for answer in (*answers, cut, placed, unsigned)} == {400}
    assert await _stored(scene) == 0


async def test_a_forgery_is_refused_and_leaves_a_leaf(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis, signer=new_signing_key("device"))

    answer = await scene.room.send(scene.luis, packet)

    assert (answer.status, answer.code) == (422, "forged")
    assert await _stored(scene) == 0
    leaf = (await scene.hub.leaves("forgery"))[-1]
    assert leaf["actor"] == b64(scene.luis.account)
    assert leaf["operation"] == b64(scene.operation)


async def test_a_device_number_used_before_is_refused(scene: Scene) -> None:
    await scene.room.post(scene.luis)
    scene.luis.sent[scene.room.channel].clear()

    answer = await scene.room.send(scene.luis, scene.room.envelope(scene.luis))

    assert (answer.status, answer.code) == (409, "repeated")
    assert await _stored(scene) == 1


async def test_nobody_seals_under_a_stale_epoch_but_may_acknowledge(scene: Scene) -> None:
    notice = await scene.room.post(scene.ama, "notice")
    await scene.hub.submit_entry(
        scene.ama, scene.operation, [{"change": "member.remove", "account": b64(scene.observer.account)}]
    )

    post = await scene.room.send(scene.mei, scene.room.envelope(scene.mei))
    acknowledgement = await scene.room.post(scene.mei, "acknowledgement", ref=notice.json["id"], state="acknowledged")

    assert (post.status, post.code) == (409, "stale-epoch")
    assert acknowledgement.json["seq"] == 2


async def test_an_old_epoch_is_refused_when_a_new_one_has_begun(scene: Scene) -> None:
    await scene.room.new_epoch(scene.ama)

    old = await scene.room.send(scene.luis, scene.room.envelope(scene.luis, epoch=1))
    new = await scene.room.post(scene.luis)

    assert (old.status, old.code) == (409, "stale-epoch")
    assert new.status == 201


async def test_the_role_decides_which_kinds_may_be_sent(scene: Scene) -> None:
    alert = await scene.room.send(scene.observer, scene.room.envelope(scene.observer, "alert"))
    notice = await scene.room.send(scene.luis, scene.room.envelope(scene.luis, "notice"))
    asked = await scene.room.post(scene.ama, "notice")
    seen = await scene.room.post(scene.luis, "acknowledgement", ref=asked.json["id"], state="acknowledged")

    assert (alert.status, alert.code) == (403, "not-allowed")
    assert (notice.status, notice.code) == (403, "not-allowed")
    assert seen.status == 201
    denied = await scene.hub.leaves("denied")
    assert [leaf["actor"] for leaf in denied] == [b64(scene.observer.account), b64(scene.luis.account)]


async def test_a_removed_member_neither_posts_nor_reads(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis)
    await scene.hub.submit_entry(
        scene.ama, scene.operation, [{"change": "member.remove", "account": b64(scene.luis.account)}]
    )

    post = await scene.room.send(scene.luis, packet)
    read = await scene.hub.ask("GET", f"{scene.room.path}/envelopes?after=0", who=scene.luis)

    assert (post.status, read.status) == (404, 404)
    assert await _stored(scene) == 0


async def test_a_revoked_device_neither_posts_nor_reads(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis)
    await scene.hub.submit(
        scene.hub.own_act(
            scene.luis, "device.revoke", account=b64(scene.luis.account), device=b64(scene.luis.device), reason="Lost"
        )
    )

    post = await scene.room.send(scene.luis, packet)
    fresh = await scene.hub.sign_in(scene.luis, device=False)
    bound = await scene.hub.ask("POST", "/api/session/device", who=fresh, body=scene.hub.binding(fresh))

    assert (post.status, post.code) == (401, "expired-session")
    assert (bound.status, bound.code) == (403, "revoked")
    assert await _stored(scene) == 0


async def test_a_correction_is_for_the_authors_organisation(scene: Scene) -> None:
    alert = await scene.room.post(scene.luis, "alert")

    theirs = await scene.room.send(scene.mei, scene.room.envelope(scene.mei, "correction", ref=alert.json["id"]))
    own = await scene.room.post(scene.luis, "correction", ref=alert.json["id"])
    withdrawal = await scene.room.post(scene.ama, "withdrawal", ref=alert.json["id"])

    assert (theirs.status, theirs.code) == (403, "not-allowed")
    assert own.status == 201
    assert withdrawal.status == 201


async def test_a_reference_into_another_channel_is_refused(scene: Scene) -> None:
    other = await scene.hub.open_channel(scene.ama, scene.operation, list(scene.room.people.values()))
    alert = await scene.room.post(scene.luis, "alert")

    answer = await other.send(scene.mei, other.envelope(scene.mei, ref=alert.json["id"]))

    assert (answer.status, answer.code) == (404, "not-found")


async def test_a_reply_refers_to_its_thread(scene: Scene) -> None:
    alert = await scene.room.post(scene.luis, "alert")

    reply = await scene.room.post(scene.mei, ref=alert.json["id"])

    assert reply.json["seq"] == 2


async def test_a_session_without_its_device_may_not_post(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis)
    await scene.hub.sign_in(scene.luis, device=False)

    answer = await scene.room.send(scene.luis, packet)

    assert (answer.status, answer.code) == (403, "no-device")


async def test_a_closed_channel_takes_nothing(scene: Scene) -> None:
    packet = scene.room.envelope(scene.luis)
    await scene.hub.submit_entry(
        scene.ama, scene.operation, [{"change": "channel.close", "channel": b64(scene.room.channel)}]
    )

    answer = await scene.room.send(scene.luis, packet)

    assert (answer.status, answer.code) == (403, "not-allowed")


def _id_of(packet: bytes) -> str:
    return str(json.loads(unpack(packet).body)["id"])


async def _stored(scene: Scene) -> int:
    return await scene.hub.count("statement WHERE kind = 'channel'")
