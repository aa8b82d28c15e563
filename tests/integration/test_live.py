"""Sockets and polls get what was committed, once, in order, at once, and only what they may see."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from crypto.encoding import b64, canon, parse, unb64
from crypto.packet import unpack_all
from hub.access.actor import ACTOR, AccountId, Actor, DeviceId, Place
from hub.clock import to_milliseconds
from hub.db.pool import Pool
from hub.journal.records import Record
from hub.journal.service import JOURNAL, Journal
from hub.live import socket as live_socket
from hub.live.routes import ROUTES
from hub.live.service import LIVE, Live
from tests.clock import FakeClock
from tests.integration.journal_kit import CHANNEL, HUB, OPERATION, a_journal, a_leaf, a_post, a_statement, an_entry

GHANA, PERU = AccountId(b"account-of-ghana"), AccountId(b"account--of-peru")
OTHER_CHANNEL = b"channel-16-other"


@dataclass
class Sight:
    """Who may see what, as these tests say it."""

    operations: dict[bytes, set[bytes]] = field(default_factory=dict)
    channels: dict[bytes, set[bytes]] = field(default_factory=dict)
    revoked: set[bytes] = field(default_factory=set)

    def may_connect(self, account: bytes, device: bytes) -> bool:
        return device not in self.revoked

    def operations_of(self, account: bytes) -> Collection[bytes]:
        return self.operations.get(account, set())

    def may_read_channel(self, account: bytes, operation: bytes, channel: bytes) -> bool:
        return channel in self.channels.get(account, set())


@dataclass
class Listener:
    """A client's end: what came, in order."""

    ws: aiohttp.ClientWebSocketResponse

    async def say(self, directory: int = -1, operations: Any = (), channels: Any = ()) -> None:
        after = {"directory": directory, "operations": list(operations), "channels": list(channels)}
        await self.ws.send_str(json.dumps({"after": after}))

    async def next(self) -> Any:
        """A word of the hub, or a list of (stream, seq)."""
        message = await self.ws.receive(timeout=30)
        if message.type is aiohttp.WSMsgType.TEXT:
            return json.loads(message.data)
        if message.type is aiohttp.WSMsgType.BINARY:
            return [(place["stream"], place["seq"]) for place in places(message.data)]
        return message.type

    async def until(self, word: str) -> list[Any]:
        """Everything before the hub says `word`."""
        came: list[Any] = []
        while not (isinstance(one := await self.next(), dict) and one["type"] == word):
            came += one if isinstance(one, list) else [one]
        return came


@dataclass
class World:
    journal: Journal
    pool: Pool
    live: Live
    sight: Sight
    clock: FakeClock
    server: TestServer
    http: aiohttp.ClientSession

    @asynccontextmanager
    async def listener(self, who: bytes = GHANA, device: str = "laptop") -> AsyncIterator[Listener]:
        headers = {"X-Who": b64(who), "X-Device": device}
        async with self.http.ws_connect(self.server.make_url("/api/live"), headers=headers) as ws:
            yield Listener(ws)

    async def poll(self, wait: int, who: bytes = GHANA, **after: Any) -> tuple[int, list[tuple[str, int]], bool]:
        params = {"cursor": b64(json.dumps(after).encode()), "wait": str(wait)}
        headers = {"X-Who": b64(who), "X-Device": "phone"}
        async with self.http.get(self.server.make_url("/api/live/poll"), params=params, headers=headers) as answer:
            found = [(place["stream"], place["seq"]) for place in places(await answer.read())]
            return answer.status, found, "NCP-More" in answer.headers


def places(raw: bytes) -> list[Any]:
    return [parse(packet.place) for packet in unpack_all(raw)]


def an_act() -> Record:
    return Record(a_leaf("act"), a_statement("directory", HUB, act=canon({"type": "account.suspend"})))


@pytest.fixture
async def world(database: str, clock: FakeClock) -> AsyncIterator[World]:
    sight = Sight({GHANA: {OPERATION}, PERU: {OPERATION}}, {GHANA: {CHANNEL, OTHER_CHANNEL}, PERU: {CHANNEL}})
    async with a_journal(database, clock) as (journal, pool):
        live = Live(journal, clock, HUB, sight, most=100, most_each=20)
        journal.committed.append(live.deliver)
        journal.offer_to(live.devices_online)

        @web.middleware
        async def signed_in(request: web.Request, handler: Any) -> web.StreamResponse:
            account = AccountId(unb64(request.headers["X-Who"]))
            name = request.headers["X-Device"]
            device = DeviceId(name.encode().ljust(16, b"-"))
            end = to_milliseconds(clock.now()) + 900_000
            request[ACTOR] = Actor(account, device, frozenset(), f"session-{name}", end, Place("192.0.2.1", "Test"))
            answer: web.StreamResponse = await handler(request)
            return answer

        app = web.Application(middlewares=[signed_in])
        app[LIVE], app[JOURNAL] = live, journal
        for route in ROUTES:
            app.router.add_route(route.method, route.path, route.handler)
        async with TestServer(app) as server, aiohttp.ClientSession() as http:
            yield World(journal, pool, live, sight, clock, server, http)


CHANNELS = [[b64(OPERATION), b64(CHANNEL), 0]]


async def test_a_socket_gets_what_it_missed_and_then_what_is_new(world: World) -> None:
    await world.journal.append_all([an_act(), an_entry(), a_post(), a_post()])

    async with world.listener() as ghana:
        assert (await ghana.next())["type"] == "hello"
        await ghana.say(channels=CHANNELS)
        missed = await ghana.until("current")
        await world.journal.append(a_post())
        fresh = await ghana.next()

    assert sorted(missed) == sorted([(b64(HUB), 0), (b64(OPERATION), 0), (b64(CHANNEL), 1), (b64(CHANNEL), 2)])
    assert fresh == [(b64(CHANNEL), 3)]


async def test_what_is_held_already_isn_t_sent_again(world: World) -> None:
    await world.journal.append_all([an_act(), an_entry(), a_post(), a_post()])

    async with world.listener() as ghana:
        await ghana.say(0, [[b64(OPERATION), 0]], [[b64(OPERATION), b64(CHANNEL), 1]])
        came = await ghana.until("current")

    assert came == [{"type": "hello", "at": to_milliseconds(world.clock.now())}, (b64(CHANNEL), 2)]


async def test_sockets_and_polls_deliver_the_same(world: World) -> None:
    async with world.listener() as ghana:
        await ghana.say(channels=CHANNELS)
        came: list[Any] = await ghana.until("current")
        polled: list[tuple[str, int]] = []
        for count in range(1, 4):
            seqs = dict(polled)
            answer, _ = await asyncio.gather(
                world.poll(5, directory=-1, channels=[[b64(OPERATION), b64(CHANNEL), seqs.get(b64(CHANNEL), 0)]]),
                delayed(world.journal.append_all([a_post() for _ in range(count)])),
            )
            while len(polled) < sum(range(1, count + 1)):
                polled += answer[1]
                last = dict(polled)[b64(CHANNEL)]
                if len(polled) < sum(range(1, count + 1)):
                    answer = await world.poll(5, channels=[[b64(OPERATION), b64(CHANNEL), last]])
        await world.journal.append(an_act())
        while (b64(HUB), 0) not in came:
            came += await ghana.next()

    assert polled == [one for one in came if isinstance(one, tuple) and one[0] == b64(CHANNEL)]
    assert [seq for _, seq in polled] == [1, 2, 3, 4, 5, 6]


async def delayed(work: Any) -> Any:
    await asyncio.sleep(0.1)
    return await work


async def test_a_poll_waits_no_longer_than_it_was_told(world: World) -> None:
    assert await world.poll(0, directory=-1) == (204, [], False)
    await world.journal.append(an_act())
    assert await world.poll(0, directory=-1) == (200, [(b64(HUB), 0)], False)
    assert await world.poll(0, directory=0) == (204, [], False)


async def test_a_poll_s_answer_is_bounded_and_says_that_there_is_more(world: World) -> None:
    await world.journal.append_all([a_post() for _ in range(510)])

    status, found, more = await world.poll(0, directory=-1, channels=CHANNELS)

    assert (status, len(found), more) == (200, 500, True)


async def test_a_channel_of_others_is_passed_over(world: World) -> None:
    await world.journal.append(a_post(OTHER_CHANNEL))

    async with world.listener(PERU) as peru:
        await peru.say(channels=[[b64(OPERATION), b64(OTHER_CHANNEL), 0]])
        await peru.until("hello")
        assert await peru.until("current") == []
        await world.journal.append_all([a_post(OTHER_CHANNEL), an_entry()])
        assert await peru.next() == [(b64(OPERATION), 0)]


async def test_who_loses_a_channel_gets_nothing_of_it_from_that_commit_on(world: World) -> None:
    def remove(_: object) -> None:
        world.sight.channels[PERU] = set()

    async with world.listener(PERU) as peru, world.listener(GHANA) as ghana:
        for one in (peru, ghana):
            await one.say(channels=CHANNELS)
            await one.until("current")
        await world.journal.append(a_post())
        assert await peru.next() == [(b64(CHANNEL), 1)]
        world.journal.committed.insert(0, remove)  # what the rooms above do with the entry
        await world.journal.append_all([an_entry(), a_post(), an_act()])

        assert await peru.next() == [(b64(OPERATION), 0)]
        assert await peru.next() == [(b64(HUB), 0)]
        assert [await ghana.next() for _ in range(4)] == [
            [(b64(CHANNEL), 1)],
            [(b64(OPERATION), 0)],
            [(b64(CHANNEL), 2)],
            [(b64(HUB), 0)],
        ]


async def test_a_new_member_gets_the_operation_from_its_beginning(world: World) -> None:
    world.sight.operations[PERU] = set()
    await world.journal.append_all([an_entry(), an_entry()])

    async with world.listener(PERU) as peru:
        await peru.say()
        await peru.until("current")
        world.sight.operations[PERU] = {OPERATION}
        await world.journal.append(an_entry())

        assert await peru.next() == [(b64(OPERATION), 0), (b64(OPERATION), 1), (b64(OPERATION), 2)]


async def test_a_revoked_device_hears_why_and_is_cut_off(world: World) -> None:
    async with world.listener(device="laptop") as laptop, world.listener(device="phone") as phone:
        for one in (laptop, phone):
            await one.say()
            await one.until("current")
        world.sight.revoked = {b"laptop".ljust(16, b"-")}
        await world.journal.append(an_act())

        assert await laptop.next() == [(b64(HUB), 0)]
        assert await laptop.next() == {"type": "bye", "code": "revoked"}
        assert await laptop.next() in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING}
        await world.journal.append(an_act())
        assert [await phone.next() for _ in range(2)] == [[(b64(HUB), 0)], [(b64(HUB), 1)]]


async def test_an_ended_session_ends_its_sockets_only(world: World) -> None:
    async with world.listener(device="laptop") as laptop, world.listener(device="phone") as phone:
        for one in (laptop, phone):
            await one.say()
            await one.until("current")
        world.live.session_renewed("session-phone", 1234)
        world.live.end_session("session-laptop", "signed-out")

        assert await laptop.next() == {"type": "bye", "code": "signed-out"}
        assert await phone.next() == {"type": "session", "expires": 1234}


async def test_a_session_that_nobody_renews_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "TICK_SECONDS", 0.05)
    async with world.listener() as ghana:
        await ghana.say()
        await ghana.until("current")
        assert await ghana.next() == {"type": "tick"}
        world.clock.advance(minutes=16)
        while (last := await ghana.next()) == {"type": "tick"}:
            pass
        assert last == {"type": "bye", "code": "expired-session"}


@pytest.mark.parametrize("words", ["[]", '{"after": {"directory": -2}}', '{"after": {"channels": [["x"]]}}', "no json"])
async def test_a_client_that_says_nonsense_is_told_goodbye(world: World, words: str) -> None:
    async with world.listener() as ghana:
        await ghana.ws.send_str(words)
        await ghana.until("hello")
        assert await ghana.next() == {"type": "bye", "code": "malformed"}


async def test_one_who_is_far_behind_is_sent_to_the_list(world: World) -> None:
    await world.journal.append_all([a_post() for _ in range(600)])

    async with world.listener() as ghana:
        await ghana.say(channels=CHANNELS)
        await ghana.until("hello")
        assert await ghana.until("current") == [{"type": "behind", "channel": b64(CHANNEL), "seq": 600}]
        await world.journal.append(a_post())
        assert await ghana.next() == [(b64(CHANNEL), 601)]


async def test_an_offer_names_the_devices_that_listen(world: World) -> None:
    async with world.listener(device="laptop") as laptop, world.listener(PERU, "tablet") as tablet:
        for one in (laptop, tablet):
            await one.say(channels=CHANNELS)
            await one.until("current")
        await world.journal.append(a_post())
        await laptop.next()

    detail = await world.pool.fetchval("SELECT detail FROM leaf JOIN leaf_detail ON leaf = index WHERE type = 'offer'")
    assert detail["devices"] == sorted(b64(name.ljust(16, b"-")) for name in (b"laptop", b"tablet"))
    assert (detail["first"], detail["last"]) == (1, 1)


async def test_arrears_leave_a_leaf_before_they_are_sent(world: World) -> None:
    await world.journal.append_all([a_post(), a_post()])

    async with world.listener() as ghana:
        await ghana.say(channels=CHANNELS)
        await ghana.until("current")

    detail = await world.pool.fetchval("SELECT detail FROM leaf JOIN leaf_detail ON leaf = index WHERE type = 'list'")
    assert (detail["kind"], detail["first"], detail["last"]) == ("channel", 1, 2)


async def test_who_does_not_read_delays_nobody_and_loses_nothing(world: World) -> None:
    size, count = 60_000, 120
    async with world.listener(PERU) as peru:
        slow = await a_deaf_socket(world)
        await peru.say(channels=CHANNELS)
        await peru.until("current")
        while len(world.live.devices_online(CHANNEL)) < 2:
            await asyncio.sleep(0.01)

        seen: list[int] = []
        for _ in range(count):
            await world.journal.append(a_post(beside=bytes(size)))
            seen += [seq for _, seq in await peru.next()]
        assert seen == list(range(1, count + 1))

        held = await everything_of(slow, count)
        assert held == list(range(1, count + 1))


async def a_deaf_socket(world: World) -> socket.socket:
    """A client that upgraded, said where it stands, and reads nothing."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, (world.server.host, world.server.port))
    hello = json.dumps({"after": {"directory": -1, "channels": CHANNELS}}).encode()
    upgrade = (
        f"GET /api/live HTTP/1.1\r\nHost: {world.server.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        f"X-Who: {b64(GHANA)}\r\nX-Device: deaf\r\n\r\n"
    ).encode()
    frame = bytes((0x81, 0x80 | 126)) + len(hello).to_bytes(2, "big") + bytes(4) + hello
    await loop.sock_sendall(raw, upgrade + frame)
    return raw


async def everything_of(raw: socket.socket, count: int) -> list[int]:
    """Now it reads: the places of all envelopes, in the order in which they come."""
    reader, writer = await asyncio.open_connection(sock=raw)
    await reader.readuntil(b"\r\n\r\n")
    seqs: list[int] = []
    async with asyncio.timeout(30):
        while len(seqs) < count:
            first, size = await reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await reader.readexactly(8), "big")
            payload = await reader.readexactly(size)
            if first == 0x82:
                seqs += [place["seq"] for place in places(payload)]
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return seqs


async def test_only_so_many_connections_are_let_in(world: World) -> None:
    world.live._most_each = 1  # instead of opening twenty
    async with world.listener() as ghana:
        await ghana.say()
        await ghana.until("current")
        with pytest.raises(aiohttp.WSServerHandshakeError):
            async with world.listener():
                pass
        async with world.listener(PERU) as peru:
            assert (await peru.next())["type"] == "hello"
