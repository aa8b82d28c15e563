"""
B22: a directory of 4,000 entries and an operation of 2,000 verified from the beginning, in Python and in Chromium.

Every signature and every rule is checked anew in each round.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright

from crypto import membership
from crypto.directory import Signed, replay
from crypto.encoding import Json, b64
from crypto.membership import Operation, readers
from tests.bench.measure import Fact
from tests.browser.conftest import QUIET, program
from tests.browser.test_vectors import PAGE, build_steps
from tests.vectors.world import Meeting, Person, SignedEntry, World, admit, open_channel

ENTRIES, CHAIN = 4_000, 2_000
MEMBERS, CHANNELS = 300, 8


@dataclass(frozen=True)
class Chains:
    """Both chains as they travel."""

    directory: Sequence[Signed]
    operation: Sequence[SignedEntry]


def made(entries: int = ENTRIES, chain: int = CHAIN) -> Chains:
    """
    A hub with two coordinators and as many contacts as fit, and the life of one operation: members come, change and go,
    each channel gets a new secret for its readers again and again.
    """
    world, first = World(), Person("Claire", "FR", ("coordinate",))
    world.enrol(first)
    contacts: list[Person] = []
    while world.directory.size < entries:
        contacts.append(Person(f"P{len(contacts)}", ("GH", "PE", "KE", "JP")[len(contacts) % 4]))
        world.enrol(contacts[-1])
    meeting = Meeting(world, first)
    everyone: list[Json] = [admit(one) for one in contacts[:MEMBERS]]
    for begin in range(0, len(everyone), 100):
        meeting.do(first, *everyone[begin : begin + 100])
    names = [f"channel {number}" for number in range(CHANNELS)]
    meeting.do(first, *(open_channel(meeting.channel(name)) for name in names))
    numbers = dict.fromkeys(names, 0)
    number = 0
    while len(meeting.signed) < chain:
        name, who = names[number % CHANNELS], contacts[number % MEMBERS]
        numbers[name] += 1
        found = readers(meeting.now, meeting.channel(name), world.directory)
        meeting.do(first, epochs=[meeting.record(name, found, numbers[name])])
        meeting.do(first, {"change": "member.remove", "account": b64(who.account)})
        meeting.do(first, admit(who))
        number += 1
    return Chains(world.signed, meeting.signed)


async def measure(dsn: str, state_dir: Path, rounds: int) -> list[Fact]:
    """Needs no hub; processor time in Python, the page's own clock in Chromium."""
    chains = made()
    directory, operation = [], []
    for _ in range(rounds):
        begun = time.process_time()
        history = replay(chains.directory)
        between = time.process_time()
        state: Operation | None = None
        for entry in chains.operation:
            state = membership.apply(state, history.at(entry.directory), entry.body, entry.signatures)
        directory.append(between - begun)
        operation.append(time.process_time() - between)
    shown = await _in_chromium(chains, state_dir, rounds)
    about = f"{rounds} rounds, load {os.getloadavg()[0]:.1f}"
    first, second = f"directory of {ENTRIES:,} entries", f"operation of {CHAIN:,} entries, {MEMBERS} members"
    return [
        Fact("B22", f"replay in Python: {first} ({about})", statistics.median(directory), "s", 2.0),
        Fact("B22", f"replay in Python: {second}", statistics.median(operation), "s", 3.0),
        Fact("B22", f"replay in Chromium: {first}", statistics.median(one / 1000 for one, _ in shown), "s", 4.0),
        Fact("B22", f"replay in Chromium: {second}", statistics.median(one / 1000 for _, one in shown), "s", 4.0),
    ]


async def _in_chromium(chains: Chains, folder: Path, rounds: int) -> list[tuple[int, int]]:
    """Milliseconds for both chains, a page of its own for each round."""
    steps = build_steps()
    node = steps.find_node()
    steps.install_packages(node)
    steps.run(node, "bundle.mjs", "test", str(folder))
    shared = {
        "directory": [
            {"entry": b64(one.entry), "act": b64(one.act), "signatures": [b64(s) for s in one.signatures]}
            for one in chains.directory
        ],
        "operation": [
            {"entry": b64(one.body), "signatures": [b64(s) for s in one.signatures], "directory": one.directory}
            for one in chains.operation
        ],
    }
    cases = [{"name": "both chains", "do": "replay", "in": {}}]
    told = json.dumps({"module": "replay", "shared": shared, "cases": cases})

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def script(_: web.Request) -> web.FileResponse:
        return web.FileResponse(folder / "vectors.js")

    async def index(_: web.Request) -> web.Response:
        return web.json_response(["replay.json"])

    async def both(_: web.Request) -> web.Response:
        return web.Response(text=told, content_type="application/json")

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/vectors.js", script)])
    app.add_routes([web.get("/vectors/index.json", index), web.get("/vectors/replay.json", both)])
    server = TestServer(app)
    await server.start_server()
    found = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), headless=True, args=list(QUIET))
        for _ in range(rounds):
            context = await browser.new_context()
            opened = await context.new_page()
            await opened.goto(str(server.make_url("/")))
            results: Any = json.loads(await opened.locator("#results").text_content(timeout=240_000) or "{}")
            took = results["results"][0]["found"]["out"]
            found.append((took[0], took[1]))
            await context.close()
        await browser.close()
    await server.close()
    return found
