"""Operations' chains: the hub replays the members' own rules and takes one entry at a time (hub/operations)."""

import asyncio
import io
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.encoding import ChannelId, b64, canon, hash_of, ids, unb64
from crypto.epochs import verify_wrap
from crypto.membership import entry_id
from crypto.packet import pack, split_parts, unpack, unpack_all
from crypto.sealing import open_epoch
from crypto.signing import new_signing_key
from tests.builders import Hub, Person, running_hub


@dataclass
class Scene:
    hub: Hub
    ama: Person
    luis: Person
    operation: bytes

    @property
    def path(self) -> str:
        return f"/api/operations/{b64(self.operation)}"


@pytest.fixture
async def scene(database: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with running_hub(database, tmp_path) as hub:
        ama, luis = await hub.member("ama", "GH", "coordinate"), await hub.member("luis", "PE")
        operation = await hub.open_operation(ama)
        await hub.submit_entry(ama, operation, [hub.admitting(luis)])
        yield Scene(hub, ama, luis, operation)


async def submit(scene: Scene, packet: bytes, who: Person | None = None) -> tuple[int, str]:
    answer = await scene.hub.ask("POST", f"{scene.path}/entries", who=who or scene.ama, packets=packet)
    return answer.status, "" if answer.status < 400 else answer.code


async def test_members_list_their_operations_and_read_the_chain(scene: Scene) -> None:
    listed = await scene.hub.must("GET", "/api/operations", who=scene.luis)
    entries = await scene.hub.must("GET", f"{scene.path}/entries?after=-1", who=scene.luis)

    assert listed.json == [{"operation": b64(scene.operation), "seq": 1}]
    packets = list(unpack_all(entries.raw))
    assert entry_id(packets[0].body) == scene.operation
    assert len(packets) == 2
    assert (await scene.hub.leaves("operation-read"))[-1]["operation"] == b64(scene.operation)


async def test_who_left_reads_until_their_leaving_and_no_further(scene: Scene) -> None:
    leaving = {"change": "member.remove", "account": b64(scene.luis.account)}
    await scene.hub.submit_entry(scene.ama, scene.operation, [leaving])
    await scene.hub.submit_entry(scene.ama, scene.operation, [scene.hub.opening_channel(secrets.token_bytes(16))])

    entries = await scene.hub.must("GET", f"{scene.path}/entries?after=-1", who=scene.luis)
    listed = await scene.hub.must("GET", "/api/operations", who=scene.luis)

    assert len(list(unpack_all(entries.raw))) == 3
    assert listed.json[0]["seq"] == 2
    assert scene.hub.operation(scene.operation).seq == 3


async def test_the_same_entry_again_gets_the_first_receipt(scene: Scene) -> None:
    packet = scene.hub.entry(scene.ama, scene.operation, [scene.hub.opening_channel(secrets.token_bytes(16))])

    first = await scene.hub.must("POST", f"{scene.path}/entries", who=scene.ama, packets=packet)
    again = await scene.hub.must("POST", f"{scene.path}/entries", who=scene.ama, packets=packet)

    assert first.json == again.json


async def test_of_two_at_the_same_place_one_is_told_the_head(scene: Scene) -> None:
    packets = [
        scene.hub.entry(scene.ama, scene.operation, [scene.hub.opening_channel(secrets.token_bytes(16))])
        for _ in range(2)
    ]

    answers = await asyncio.gather(
        *(scene.hub.ask("POST", f"{scene.path}/entries", who=scene.ama, packets=packet) for packet in packets)
    )

    assert sorted(answer.status for answer in answers) == [201, 409]
    loser = next(answer for answer in answers if answer.status == 409)
    assert loser.code == "conflict"
    assert loser.json["head"]["seq"] == 2


async def test_a_forged_entry_is_refused_and_leaves_a_leaf(scene: Scene) -> None:
    changes = [scene.hub.opening_channel(secrets.token_bytes(16))]
    packet = scene.hub.entry(scene.ama, scene.operation, changes, signer=new_signing_key("device"))

    assert await submit(scene, packet) == (422, "forged")
    assert (await scene.hub.leaves("forgery"))[-1]["actor"] == b64(scene.ama.account)


async def test_entries_that_do_not_fit_are_refused(scene: Scene) -> None:
    hub, changes = scene.hub, [scene.hub.opening_channel(secrets.token_bytes(16))]

    async def refused(**other: object) -> tuple[int, str]:
        return await submit(scene, hub.entry(scene.ama, scene.operation, changes, **other))

    assert await refused(hub=bytes(32)) == (422, "wrong-place")
    assert await refused(seq=7) == (409, "conflict")
    assert await refused(prev=bytes(32)) == (409, "conflict")
    assert await refused(directory_size=999) == (422, "wrong-place")
    assert await refused(directory_head=bytes(32)) == (409, "forked")
    assert await refused(at=hub.now + 3_600_000) == (422, "expired")
    assert await refused(at=hub.now - 8 * 86_400_000) == (422, "expired")
    assert hub.operation(scene.operation).seq == 1


async def test_an_entry_of_another_author_than_the_session_is_refused(scene: Scene) -> None:
    packet = scene.hub.entry(scene.ama, scene.operation, [scene.hub.opening_channel(secrets.token_bytes(16))])

    assert await submit(scene, packet, who=scene.luis) == (422, "wrong-place")


async def test_each_reader_fetches_their_own_wrap_and_opens_it(scene: Scene) -> None:
    room = await scene.hub.open_channel(scene.ama, scene.operation, [scene.ama, scene.luis])
    epoch = scene.hub.operation(scene.operation).channels[room.channel].epoch
    assert epoch is not None

    answer = await scene.hub.must("GET", f"{room.path}/epochs/1/wrap", who=scene.luis)

    wrap, path = unb64(answer.json["wrap"]), [unb64(node) for node in answer.json["path"]]
    index, size = answer.json["index"], answer.json["size"]
    verify_wrap(scene.luis.account, 1, wrap, index, size, path, epoch.record.wraps_hash)
    place = ids(hub=scene.hub.id, operation=scene.operation, channel=room.channel)
    opened = open_epoch(scene.luis.aek, scene.luis.account, 1, epoch.record, wrap, (index, size, path), place)
    assert opened == room.secrets[1]
    assert "grant" not in answer.json


async def test_who_does_not_read_has_no_wrap(scene: Scene) -> None:
    room = await scene.hub.open_channel(scene.ama, scene.operation, [scene.ama], compartment="precursor")

    answer = await scene.hub.ask("GET", f"{room.path}/epochs/1/wrap", who=scene.luis)
    unknown = await scene.hub.ask("GET", f"{room.path}/epochs/2/wrap", who=scene.ama)

    assert (answer.status, answer.code) == (403, "not-allowed")
    assert (unknown.status, unknown.code) == (404, "not-found")


async def test_wraps_that_were_not_signed_are_refused(scene: Scene) -> None:
    room = await scene.hub.open_channel(scene.ama, scene.operation, [scene.ama, scene.luis])
    record, beside, _ = room.epoch_parts()
    right = unpack(scene.hub.entry(scene.ama, scene.operation, [], [record], [beside]))
    (listed,) = split_parts(right.beside)
    assert isinstance(beside, dict)
    wraps = beside["wraps"]
    assert isinstance(wraps, list)

    async def refused(*parts: object) -> tuple[int, str]:
        packet = scene.hub.entry(scene.ama, scene.operation, [], [record], parts)  # type: ignore[arg-type]
        return await submit(scene, packet)

    assert await refused() == (422, "wrong-wraps")
    assert await refused({**beside, "wraps": wraps[::-1]}) == (422, "wrong-wraps")
    assert await refused({**beside, "wraps": wraps[:1]}) == (422, "wrong-wraps")
    assert await refused({**beside, "epoch": 1}) == (422, "wrong-wraps")
    assert await refused(beside, beside) == (400, "malformed")
    cut = pack(b"", right.body, b"", right.signatures, right.beside[:-1])
    assert await submit(scene, cut) == (400, "malformed")
    assert listed
    assert scene.hub.operation(scene.operation).channels[room.channel].epoch is not None
    assert await scene.hub.count("wrap") == 2


async def test_an_epoch_for_yesterdays_readers_is_refused(scene: Scene) -> None:
    hub = scene.hub
    room = await hub.open_channel(scene.ama, scene.operation, [scene.ama, scene.luis])
    record, beside, _ = room.epoch_parts()
    packet = hub.entry(scene.ama, scene.operation, [], [record], [beside])
    await hub.submit(hub.act("account.suspend", account=b64(scene.luis.account), reason="On leave"))

    assert await submit(scene, packet) == (422, "wrong-readers")


async def test_an_older_directory_that_makes_no_difference_is_taken(scene: Scene) -> None:
    hub = scene.hub
    packet = hub.entry(scene.ama, scene.operation, [hub.opening_channel(secrets.token_bytes(16))])
    await hub.enrol("mei", "SG")

    assert await submit(scene, packet) == (201, "")


async def test_a_template_travels_beside_the_entry_that_adopts_it(scene: Scene) -> None:
    document = {"title": "Seizure", "fields": ["place"]}
    name = hash_of("template", document)
    adopting = {"change": "template.adopt", "template": "seizure", "version": 1, "hash": b64(name)}
    beside = {"template": "seizure", "hash": b64(name), "document": document}

    missing = await submit(scene, scene.hub.entry(scene.ama, scene.operation, [adopting]))
    other = await submit(
        scene, scene.hub.entry(scene.ama, scene.operation, [adopting], (), [{**beside, "document": {"title": "X"}}])
    )
    taken = await submit(scene, scene.hub.entry(scene.ama, scene.operation, [adopting], (), [beside]))
    read = await scene.hub.must("GET", f"{scene.path}/templates/{b64(name)}", who=scene.luis)
    unknown = await scene.hub.ask("GET", f"{scene.path}/templates/{b64(bytes(32))}", who=scene.luis)

    assert (missing, other, taken) == ((400, "malformed"), (400, "malformed"), (201, ""))
    assert read.raw == canon(document)
    assert unknown.status == 404


async def test_a_channels_id_is_the_hubs_only_once(scene: Scene) -> None:
    channel = ChannelId(secrets.token_bytes(16))
    await scene.hub.submit_entry(scene.ama, scene.operation, [scene.hub.opening_channel(channel)])
    other = await scene.hub.open_operation(scene.ama, "PGS")

    packet = scene.hub.entry(scene.ama, other, [scene.hub.opening_channel(channel)])
    answer = await scene.hub.ask("POST", f"/api/operations/{b64(other)}/entries", who=scene.ama, packets=packet)

    assert (answer.status, answer.code) == (409, "repeated")
    assert scene.hub.operation(other).seq == 0


async def test_an_entry_beyond_four_megabytes_is_refused_unread(scene: Scene) -> None:
    too_much = pack(b"", b"x", b"", [bytes(64)], bytes(4 * 1024 * 1024))

    answer = await scene.hub.ask("POST", f"{scene.path}/entries", who=scene.ama, data=io.BytesIO(too_much))

    assert (answer.status, answer.code) == (413, "too-large")
