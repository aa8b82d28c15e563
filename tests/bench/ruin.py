"""
B13: a hub and its database are killed, by chance but from a seed, under members who go on sending. What was
acknowledged must stand in the log, once, at the place that the receipt named; everything is then recounted.

kill -9 stands for a crash of a process, not for a loss of power: what the kernel had taken is still written.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from crypto.encoding import b64
from hub.audit.verify import verify
from hub.client.api import Hub
from hub.client.errors import Refused, Unreachable
from hub.db.embedded import Postgres
from hub.db.pool import open_pool
from tests.bench.fleet import FREE, Voice, prepare, voices
from tests.people import Channel, a_hub
from tests.stories.hub_process import Serving

CHUNK = 200
RETRY = 0.05
KINDS = ("hub", "database", "both")


@dataclass(slots=True)
class Kept:
    """What the senders were told, by statement: its sequence and its leaf."""

    receipts: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    tries: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures of one run; `lost`, `doubled` and `wrong` must be 0 and empty."""

    seed: int
    kills: dict[str, int]
    acknowledged: int
    tries: int
    lost: int
    doubled: int
    wrong: list[str]
    leaves: int
    checkpoints: int

    @property
    def is_sound(self) -> bool:
        return self.lost == self.doubled == 0 and not self.wrong

    def line(self) -> str:
        killed = ", ".join(f"{kind} {count}×" for kind, count in self.kills.items())
        return (
            f"seed {self.seed}: killed {killed}; acknowledged {self.acknowledged} in {self.tries} tries; "
            f"lost {self.lost}, doubled {self.doubled}, wrong {self.wrong or 0}; "
            f"{self.leaves} leaves and {self.checkpoints} checkpoints recounted"
        )


async def ruin(server: Postgres, dsn: str, folder: Path, seed: int, kills: int, senders: int) -> Outcome:
    """`kills` kills, at moments and of kinds that the seed decides. In the main thread: it starts the database."""
    chance = random.Random(seed)
    serving = Serving(folder / "hub.log")
    kept = Kept()
    counts = dict.fromkeys(KINDS, 0)
    async with a_hub(folder, dsn, serving=serving, limits=FREE, token_minutes=60) as village:
        people = await village.members("ghana", "peru")
        channel = await village.channel("Load", *people)
        await people[0].say(channel, "Begin")  # from here on envelopes are made without asking the hub
        for person in people:
            await person.read(channel)
        speakers = await voices(people, senders)
        talking = [asyncio.create_task(_speak(voice, channel, kept)) for voice in speakers]
        for kind in _kinds(chance, kills):
            await _until_said(kept, len(kept.receipts) + chance.randint(20, 120), talking)
            counts[kind] += 1
            if kind != "database":
                await serving.hub.kill()
            if kind != "hub":
                os.kill(server.pid, signal.SIGKILL)
                await asyncio.sleep(chance.random() / 4)
                server.stop()
                server.start()
            if kind != "database":
                await asyncio.sleep(chance.random() / 4)
                await serving.hub.start()
        await _until_said(kept, len(kept.receipts) + 100, talking)
        kept.over = True
        await asyncio.gather(*talking)
    return await _recount(dsn, village.id, channel, kept, seed, counts)


def _kinds(chance: random.Random, kills: int) -> Iterator[str]:
    """Each kind at least once where there are enough, in an order of chance."""
    chosen = [KINDS[number % len(KINDS)] for number in range(kills)]
    chance.shuffle(chosen)
    yield from chosen


async def _speak(voice: Voice, channel: Channel, kept: Kept) -> None:
    """One device: the next envelope goes only when the last one is acknowledged, the same bytes until then."""
    async with Hub(voice.member.hub.url) as hub:
        hub.token = voice.token
        while not kept.over:
            for one in await prepare(voice, channel, CHUNK):
                while True:
                    kept.tries += 1
                    try:
                        receipt = await hub.post(b64(channel.operation), b64(channel.id), one.packet)
                        break
                    except Unreachable:
                        await asyncio.sleep(RETRY)
                    except Refused as refusal:
                        if refusal.status < 500:
                            raise
                        await asyncio.sleep(RETRY)
                assert receipt["id"] == b64(one.statement)
                kept.receipts[one.statement] = (int(receipt["seq"]), int(receipt["leaf"]))
                if kept.over:
                    return


async def _until_said(kept: Kept, count: int, talking: list[asyncio.Task[None]]) -> None:
    async with asyncio.timeout(60):
        while len(kept.receipts) < count:
            for task in talking:
                if task.done():
                    task.result()
            await asyncio.sleep(0.01)


STORED = """
    SELECT id, seq, leaf
      FROM statement
     WHERE stream = $1
     ORDER BY seq
"""


async def _recount(dsn: str, hub: bytes, channel: Channel, kept: Kept, seed: int, counts: dict[str, int]) -> Outcome:
    """Looks into the database itself, and recomputes the whole log from it."""
    db = await asyncpg.connect(dsn)
    rows = await db.fetch(STORED, channel.id)
    await db.close()
    stored = {row["id"]: (row["seq"], row["leaf"]) for row in rows}
    moved = [statement for statement, at in kept.receipts.items() if stored.get(statement, at) != at]
    wrong = [f"{b64(statement)[:8]} is not where its receipt says" for statement in moved]
    if [row["seq"] for row in rows] != list(range(1, len(rows) + 1)):
        wrong.append("the channel has a hole")
    async with open_pool(dsn, size=1) as pool:
        report = await verify(pool, hub)
    wrong += [f"{finding.table} {finding.number}: {finding.fault}" for finding in report.findings]
    return Outcome(
        seed=seed,
        kills=counts,
        acknowledged=len(kept.receipts),
        tries=kept.tries,
        lost=len(kept.receipts.keys() - stored.keys()),
        doubled=len(rows) - len(stored),
        wrong=wrong,
        leaves=report.size,
        checkpoints=report.checkpoints,
    )
