"""
B19, on a screen: from a coordinator's order to send a notice until a page has drawn it, checked and opened.

A Chromium page is one of 300 connected devices; the other 299 are sockets in a process of their own. Each notice waits
until the one before is drawn. Hub, database, sockets and browser share the machine.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack

from playwright.async_api import Page, async_playwright

from crypto.encoding import b64
from hub.client.domain.bodies import notice_body
from hub.client.notices import ask
from tests.bench.delivery import deliver
from tests.bench.fleet import Voice
from tests.browser.conftest import QUIET, program
from tests.people import Channel, Person, Village
from tests.stories.desk import sit_down
from tests.stories.line import a_line

NOTICES = 40
PATIENCE = 60.0
WORDS = {"en": "Cold boxes without a data logger", "fr": "Glacières sans enregistreur"}

# Noted in the frame in which the row is drawn; the page's clock and this process's tell the same wall time.
NOTE_ROWS = """() => {
  globalThis.drawnAt = {};
  const look = () => {
    for (const row of document.querySelectorAll("[data-row]")) {
      const number = /Notice number (\\d+)/.exec(row.textContent)?.[1];
      if (number === undefined || number in globalThis.drawnAt) continue;
      globalThis.drawnAt[number] = null;
      requestAnimationFrame(() => { globalThis.drawnAt[number] = performance.timeOrigin + performance.now(); });
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


async def until_drawn(
    village: Village, channel: Channel, reader: Person, others: list[Voice]
) -> tuple[list[float], list[float]]:
    """Seconds from sending until it was at each of the other devices, and until the page had drawn it."""
    coordinator = village.people["coordinator"]
    await coordinator.read(channel)
    seq = coordinator.member.state.channels[channel.id].seq
    places = [[b64(channel.operation), b64(channel.id), seq]]
    hello = json.dumps({"after": {"directory": 2**40, "channels": places}})
    drawn: list[float] = []
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=program(), headless=True, args=list(QUIET))
        stack.push_async_callback(browser.close)
        desk = await sit_down(browser, reader, await stack.enter_async_context(a_line(village.settings.port)))
        await desk.signs_in()
        await desk.opens_channel("All members")
        await desk.page.evaluate(NOTE_ROWS)

        async def send(number: int) -> None:
            title = {tongue: f"{words}. Notice number {number}" for tongue, words in WORDS.items()}
            begun = time.time()
            body = notice_body("instruction", title, WORDS, "en")
            await ask(coordinator.member.state, channel.operation, channel.id, body)
            drawn.append(await _drawn_at(desk.page, number) / 1000 - begun)

        tokens = [voice.token for voice in others]
        sent = await deliver(village.settings.port, tokens, hello, send, 0.0, NOTICES)
    return [arrival - start for start, arrivals in sent for arrival in arrivals], drawn


async def _drawn_at(page: Page, number: int) -> float:
    async with asyncio.timeout(PATIENCE):
        while (at := await page.evaluate("number => globalThis.drawnAt[number] ?? null", number)) is None:
            await asyncio.sleep(0.01)
    return float(at)
