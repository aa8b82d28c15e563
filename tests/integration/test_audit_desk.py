"""Auditors read the log in the words of the domain, never a content; reading it is in the log as well."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import b64, unb64
from crypto.merkle import leaf_hash, verify_consistency, verify_inclusion
from crypto.tlog import read_checkpoint, tile_path
from hub.audit.routes import CHECKPOINTS
from hub.directory.state import DIRECTORY
from tests.builders import Hub, Person, Room, running_hub


@dataclass
class Scene:
    """An operation with two members and a channel with an alert, an auditor who is in none of it."""

    hub: Hub
    ama: Person
    luis: Person
    auditor: Person
    outsider: Person
    operation: bytes
    room: Room

    async def lines(self, **filters: Any) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        answer = await self.hub.must("GET", f"/api/log/entries?{query}", who=self.auditor)
        lines: list[dict[str, Any]] = answer.json["entries"]
        return lines


@pytest.fixture
async def scene(database: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with running_hub(database, tmp_path) as hub:
        ama = await hub.member("ama", "GH", "coordinate")
        luis, outsider = await hub.member("luis", "PE"), await hub.member("mei", "SG")
        auditor = await hub.member("ines", "FR", "audit")
        operation = await hub.open_operation(ama)
        await hub.submit_entry(ama, operation, [hub.admitting(luis)])
        room = await hub.open_channel(ama, operation, [ama, luis])
        await room.post(luis, "alert", urgency="immediate")
        yield Scene(hub, ama, luis, auditor, outsider, operation, room)


async def test_a_line_says_who_did_what_with_what_when_and_from_where(scene: Scene) -> None:
    line = (await scene.lines(type="envelope"))[0]

    assert (line["actor_name"], line["actor_country"]) == ("Luis", "PE")
    assert (line["actor"], line["device"]) == (b64(scene.luis.account), b64(scene.luis.device))
    assert (line["type"], line["what"]) == ("envelope", ["alert"])
    assert line["operation"] == b64(scene.operation)
    assert line["channel"] == b64(scene.room.channel)
    assert line["detail"]["address"] == "127.0.0.1"
    assert line["detail"]["urgency"] == "immediate"
    assert json.loads(unb64(line["body"]))["object"] == line["object"]


async def test_governance_is_named_by_its_acts_and_changes(scene: Scene) -> None:
    entries = [line["what"] for line in await scene.lines(type="entry")]
    acts = [line["what"] for line in await scene.lines(type="act")]

    assert entries[-1] == ["operation.open"]
    assert ["member.admit"] in entries
    assert ["device.add"] in acts
    assert [line["what"] for line in await scene.lines(type="genesis")] == [["genesis"]]


async def test_filters_narrow_the_log_and_pages_follow_each_other(scene: Scene) -> None:
    everything = await scene.lines(limit=500)
    own = await scene.lines(account=b64(scene.luis.account), limit=500)
    two_types = await scene.lines(type="act&type=entry")
    inside = await scene.lines(operation=b64(scene.operation))
    pages: list[int] = []
    before = everything[0]["index"] + 1
    while len(pages) < len(everything):
        page = await scene.lines(before=before, limit=4)
        pages += [line["index"] for line in page]
        before = pages[-1]

    assert own
    assert {line["actor"] for line in own} == {b64(scene.luis.account)}
    assert {line["type"] for line in two_types} == {"act", "entry"}
    assert {line["type"] for line in inside} >= {"entry", "envelope"}
    assert pages == [line["index"] for line in everything] == sorted(pages, reverse=True)


async def test_a_country_and_a_channel_narrow_the_log(scene: Scene) -> None:
    room = await scene.hub.open_channel(scene.ama, scene.operation, [scene.ama, scene.luis])
    await room.post(scene.ama, "post")

    peru = await scene.lines(country="PE", limit=500)
    peru_as_ghana = await scene.lines(country="PE", account=b64(scene.ama.account))
    there = await scene.lines(channel=b64(room.channel), limit=500)
    elsewhere = await scene.lines(channel=b64(room.channel), operation=b64(bytes(32)))

    assert {line["actor_country"] for line in peru} == {"PE"}
    assert peru_as_ghana == elsewhere == []
    assert [line["what"] for line in there if line["type"] == "envelope"] == [["post"]]


async def test_an_item_has_a_history_of_what_refers_to_it_and_who_was_given_it(scene: Scene) -> None:
    alert = (await scene.lines(type="envelope"))[0]["object"]
    await scene.room.post(scene.ama, "post", ref=alert)
    await scene.room.post(scene.ama, "post")
    path = f"/api/operations/{b64(scene.operation)}/channels/{b64(scene.room.channel)}/envelopes"
    await scene.hub.must("GET", f"{path}?after=0&limit=1", who=scene.luis)
    await scene.hub.must("GET", f"{path}?after=1&limit=1", who=scene.luis)

    lines = await scene.lines(item=alert, limit=500)

    assert [line["type"] for line in lines] == ["read", "envelope", "envelope"]
    assert [line["detail"]["first"] for line in lines[:1]] == [1]
    assert lines[-1]["object"] == alert
    assert await scene.lines(item=b64(bytes(32))) == []


async def test_times_bound_the_log(scene: Scene) -> None:
    day = scene.hub.clock.now().date().isoformat()

    assert await scene.lines(since=day, until=day)
    assert await scene.lines(since=scene.hub.now + 1) == []
    assert await scene.lines(until=day, since="2030-01-01") == []


async def test_who_looks_at_the_log_is_in_the_log(scene: Scene) -> None:
    await scene.lines(type="envelope")

    look = (await scene.lines(type="audit"))[0]
    assert look["actor"] == b64(scene.auditor.account)
    assert (look["detail"]["types"], look["detail"]["count"]) == (["envelope"], 1)


@pytest.mark.parametrize("path", ["/api/log/entries", "/audit"])
async def test_nobody_else_sees_the_desk(scene: Scene, path: str) -> None:
    answer = await scene.hub.ask("GET", path, who=scene.ama)

    assert answer.status == 403
    denied = (await scene.lines(type="denied"))[0]
    assert denied["actor"] == b64(scene.ama.account)


@pytest.mark.parametrize(
    "query", ["account=x", "type=A'", "since=yesterday", "since=2026-13-01", "before=-1", "limit=501", "operation=AAAA"]
)
async def test_a_filter_that_is_none_is_refused(scene: Scene, query: str) -> None:
    answer = await scene.hub.ask("GET", f"/api/log/entries?{query}", who=scene.auditor)

    assert (answer.status, answer.code) == (400, "malformed")


async def test_the_desk_is_a_page_without_any_content(scene: Scene) -> None:
    page = (await scene.hub.must("GET", "/audit", who=scene.auditor)).raw.decode()

    assert "Luis" in page
    assert "127.0.0.1" in page


async def test_a_member_proves_their_own_alert_and_the_log_s_growth(scene: Scene) -> None:
    hub = scene.hub
    genesis = hub.app[DIRECTORY].latest.genesis
    await hub.app[CHECKPOINTS].sign()
    first = (await hub.must("GET", "/api/log/checkpoint")).raw.decode()
    receipt = (await scene.room.post(scene.luis)).json
    await hub.app[CHECKPOINTS].sign()
    second = (await hub.must("GET", "/api/log/checkpoint")).raw.decode()

    old_size, old_root = read_checkpoint(first, genesis.log_origin, genesis.log_key)
    size, root = read_checkpoint(second, genesis.log_origin, genesis.log_key)
    grown = await hub.must("GET", f"/api/log/proof/consistency?from={old_size}&to={size}", who=scene.luis)
    proof = await hub.must("GET", f"/api/log/proof/inclusion?index={receipt['leaf']}&size={size}", who=scene.luis)

    verify_consistency(old_size, size, old_root, root, [unb64(h) for h in grown.json["path"]])
    leaf = unb64(proof.json["leaf"])
    verify_inclusion(receipt["leaf"], size, leaf_hash(leaf), [unb64(h) for h in proof.json["path"]], root)
    assert json.loads(leaf)["object"] == receipt["id"]


async def test_a_leaf_is_shown_to_those_whose_business_it_is(scene: Scene) -> None:
    leaf = (await scene.lines(type="envelope"))[0]["index"]
    path = f"/api/log/proof/inclusion?index={leaf}&size={leaf + 1}"

    shown = {
        who.name: (await scene.hub.must("GET", path, who=who)).json["leaf"] is not None
        for who in (scene.luis, scene.ama, scene.auditor, scene.outsider)
    }

    assert shown == {"luis": True, "ama": True, "ines": True, "mei": False}


async def test_tiles_are_for_signed_in_people_and_only_in_their_one_form(scene: Scene) -> None:
    hub = scene.hub

    tile = await hub.must("GET", f"/api/log/{tile_path(0, 0, 5)}", who=scene.outsider)
    assert len(tile.raw) == 5 * 32
    assert (await hub.ask("GET", f"/api/log/{tile_path(0, 0, 5)}")).status == 401
    for path in ("tile/0/001", "tile/0/0", "tile/0/x000/000", "tile/entries/000.p/5", "tile/0/000.p/0", "tile/9/000"):
        assert (await hub.ask("GET", f"/api/log/{path}", who=scene.outsider)).status == 404
