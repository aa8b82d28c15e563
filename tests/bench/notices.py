"""
B19: one notice to 300 devices of ten people that hold a live connection. When each has it, and when one that is a
browser's page has drawn it (drawn.py); and, once all have it and all answer in the same moment, when a coordinator's
own client has verified each answer.

The hub is a process of its own; sockets, answers and the coordinator share another, which signs 300 answers and
verifies them on one core: its own work is in these figures.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from crypto.encoding import Json, b64, ids
from crypto.envelope import envelope_id, header_body, read_header
from crypto.packet import Packet, pack, unpack_all
from hub.client.domain.bodies import notice_body
from hub.client.notices import ask, notices
from hub.client.places import place_of
from hub.client.state import now
from tests.bench.drawn import NOTICES, until_drawn
from tests.bench.fleet import FREE, Voice, voices
from tests.bench.measure import Fact
from tests.people import Channel, Person, a_hub
from tests.stories.hub_process import Serving

SOCKETS = 300
COUNTRIES = ("ghana", "peru", "france", "india", "kenya", "observer", "analyst", "second", "auditor", "deputy")
PATIENCE = 180.0
WORDS = {"en": "Cold boxes without a data logger", "fr": "Glacières sans enregistreur"}


async def measure(dsn: str, state_dir: Path, rounds: int) -> list[Fact]:
    """Each round is one notice and its 300 answers."""
    shown: list[float] = []
    counted: list[float] = []
    async with a_hub(
        state_dir, dsn, serving=Serving(state_dir / "hub.log"), limits=FREE, token_minutes=60, local_names=True
    ) as village:
        people = await village.members(*COUNTRIES)
        channel = await village.channel("All members", *people)
        await people[0].say(channel, "Begin")
        coordinator = village.people["coordinator"]
        await coordinator.read(channel)
        everybody = await voices(people, SOCKETS)
        for _ in range(rounds):
            one = Round(coordinator, channel, everybody)
            await one.run()
            shown += one.shown
            counted += one.counted
        at_devices, drawn = await until_drawn(village, channel, people[0], everybody[1:])
    load = os.getloadavg()[0]
    about = f"{SOCKETS} devices, {rounds} notices, load {load:.1f}"
    return (
        [
            Fact("B19", f"notice → at a device, {name} ({about})", percentile(found, share), "ms")
            for name, share, found in (("p50", 50, shown), ("p99", 99, shown))
        ]
        + [
            Fact(
                "B19",
                f"notice → {what}, {name} ({NOTICES} notices, one after the other)",
                percentile(found, share),
                "ms",
            )
            for what, found in ((f"at one of {SOCKETS - 1} devices", at_devices), ("drawn in a page among them", drawn))
            for name, share in (("p50", 50), ("p99", 99))
        ]
        + [
            Fact("B19", f"notice → its answer verified at the coordinator, {name}", percentile(found, share), "ms")
            for name, share, found in (("p50", 50, counted), ("p99", 99, counted))
        ]
    )


class Round:
    """One notice, and the answers of all who hold a line."""

    def __init__(self, coordinator: Person, channel: Channel, everybody: Sequence[Voice]) -> None:
        self.coordinator = coordinator
        self.channel = channel
        self.everybody = everybody
        self.shown: list[float] = []
        self.counted: list[float] = []
        self._begun = 0.0
        self._all_have_it = asyncio.Event()
        self._ready: asyncio.Queue[None] = asyncio.Queue()

    async def run(self) -> None:
        member = self.coordinator.member
        url = member.hub.url
        await member.read(self.channel.operation, self.channel.id)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as web, asyncio.timeout(PATIENCE):
            lines = [asyncio.create_task(self._line(web, url, voice)) for voice in self.everybody]
            counting = asyncio.create_task(self._count())
            for _ in range(len(lines) + 1):
                await self._ready.get()
            body = notice_body("instruction", WORDS, WORDS, "en")
            self._begun = time.monotonic()
            await ask(member.state, self.channel.operation, self.channel.id, body)
            await asyncio.gather(*lines, counting)

    async def _line(self, web: aiohttp.ClientSession, url: str, voice: Voice) -> None:
        """Waits for the notice on its socket, and answers over HTTP at once."""
        headers = {"Authorization": f"Bearer {voice.token}"}
        seq = self.coordinator.member.state.channels[self.channel.id].seq
        places = [[b64(self.channel.operation), b64(self.channel.id), seq]]
        notice: Packet | None = None
        async with web.ws_connect(f"{url}/api/live", headers=headers, compress=0) as socket:
            await socket.send_str(json.dumps({"after": {"directory": 2**40, "channels": places}}))
            async for message in socket:
                if message.type == aiohttp.WSMsgType.TEXT and json.loads(message.data)["type"] == "current":
                    self._ready.put_nowait(None)
                elif message.type == aiohttp.WSMsgType.BINARY and self._begun:
                    notice = next((one for one in unpack_all(message.data) if is_notice(one)), None)
                    if notice is not None:
                        self.shown.append(time.monotonic() - self._begun)
                        break
            assert notice is not None
            # Nobody answers before all have it: the answers' own work would stand in the way of the last.
            if len(self.shown) == len(self.everybody):
                self._all_have_it.set()
            await self._all_have_it.wait()
            path = f"{url}/api/operations/{b64(self.channel.operation)}/channels/{b64(self.channel.id)}/envelopes"
            headers["Content-Type"] = "application/vnd.ncphub.packets"
            packet = answering(voice, self.channel, notice)
            async with web.post(path, data=packet, headers=headers) as answer:
                assert answer.status == 201, await answer.text()

    async def _count(self) -> None:
        """The coordinator's whole client: every answer is verified as anybody's, then counted."""
        member = self.coordinator.member
        state, left = member.state, len(self.everybody)
        async for event in member.follow():
            if event.word == "current":
                self._ready.put_nowait(None)
            if event.item is None or event.item.header is None or event.item.header.kind != "acknowledgement":
                continue
            assert event.item.fault is None, event.item.fault
            self.counted.append(time.monotonic() - self._begun)
            left -= 1
            if left == 0:
                found = notices(state, self.channel.operation, self.channel.id)[-1].tally
                assert found.acknowledged == found.asked
                return


def is_notice(packet: Packet) -> bool:
    """A new line first hears the operation's entries."""
    return place_of(packet).kind == "channel" and read_header(packet.body).kind == "notice"


def answering(voice: Voice, channel: Channel, notice: Packet) -> bytes:
    """This device's acknowledgement: nothing is sealed, so it needs no secret."""
    state = voice.member.state
    operation, view = state.operation(channel.operation), state.channel_view(channel.operation, channel.id)
    voice.said += 1
    header: dict[str, Json] = {
        **ids(
            hub=state.keys.hub,
            kind="acknowledgement",
            operation=channel.operation,
            channel=channel.id,
            epoch=1,
            id=secrets.token_bytes(16),
            account=state.account,
            device=voice.device,
            device_seq=voice.said,
            device_prev=voice.last,
            at=now(),
            ref=envelope_id(notice.body),
            state="acknowledged",
        ),
        "head": ids(seq=operation.seq, id=operation.head),
        "directory": {"size": state.directory.size},
        "seen": ids(seq=view.seq, chain=view.chain),
    }
    body = header_body(header)
    voice.last = envelope_id(body)
    return pack(b"", body, b"", [voice.key.sign("envelope", body)], b"")


def percentile(waits: Sequence[float], share: int) -> float:
    """Milliseconds that `share` of a hundred don't exceed."""
    return 1000 * statistics.quantiles(waits, n=100, method="inclusive")[share - 1]
