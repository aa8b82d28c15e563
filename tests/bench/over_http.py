"""
B3 by the whole way: posts over HTTP to a hub in a process of its own, durable, signed and audited, without recipients,
against what one core can verify. The load is a third process; hub, database and load share the machine's cores.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.bench import load
from tests.bench.fleet import FREE, prepare, voices
from tests.bench.measure import Fact, Result, in_turn
from tests.bench.posts import verifies
from tests.people import a_hub
from tests.stories.hub_process import Serving

POSTERS = 64
EACH = 60
LONGEST = 60.0  # seconds


async def measure(dsn: str, state_dir: Path, rounds: int) -> list[Result | Fact]:
    """Each round posts anew prepared envelopes, all posters at once, each waiting for its receipts."""
    result = Result("B3", f"the same over HTTP, {POSTERS} posters, hub and load in processes of their own", 0.8)
    used: list[float] = []
    loop = asyncio.get_running_loop()
    serving = Serving(state_dir / "hub.log")
    async with a_hub(state_dir, dsn, serving=serving, limits=FREE, token_minutes=60) as village:
        people = await village.members("ghana", "peru", "france", "india")
        channel = await village.channel("Load", *people)
        posters = await voices(people, POSTERS)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as elsewhere:

            async def rate() -> float:
                lanes = [await prepare(poster, channel, EACH) for poster in posters]
                requests = [[one.request for one in lane] for lane in lanes]
                port, before = village.settings.port, serving.hub.processor_seconds()
                posted = await loop.run_in_executor(elsewhere, load.post, port, requests, LONGEST)
                assert posted.count == sum(map(len, requests)), posted.refused
                used.append((serving.hub.processor_seconds() - before) / posted.count * 1e6)
                return posted.rate

            await in_turn(result, rate, verifies, rounds)
    return [result, Fact("", "processor time of the hub's process for each of them", statistics.median(used), "µs")]
