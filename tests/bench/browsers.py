"""
B18: from pressing Send in one browser to the alert, verified and opened, in another; and what a first load weighs.

Both browsers, the hub and the database share the machine. The page shows an item only after its worker has verified it.
"""

from __future__ import annotations

import asyncio
import re
import statistics
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import async_playwright, expect

from tests.bench.measure import Fact
from tests.browser.conftest import QUIET, program
from tests.people import a_hub
from tests.stories.desk import Desk, sit_down
from tests.stories.hub_process import Serving
from tests.stories.line import a_line

ALERTS = 30
WARM = 3
P50, P99 = 100.0, 250.0  # milliseconds

# Both tell the same clock: timeOrigin is wall time, now() is the microseconds since.
NOTE_SENDING = """() => {
  addEventListener("submit", () => { globalThis.sentAt = performance.timeOrigin + performance.now(); }, true);
}"""
NOTE_ARRIVAL = """(words) => {
  globalThis.arrivedAt = null;
  const look = () => {
    const shown = [...document.querySelectorAll("[data-row]")].some((row) => row.textContent.includes(words));
    if (!shown) return;
    watch.disconnect();
    requestAnimationFrame(() => { globalThis.arrivedAt = performance.timeOrigin + performance.now(); });
  };
  const watch = new MutationObserver(look);
  watch.observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


async def measure(dsn: str, state_dir: Path, _: int) -> list[Fact]:
    serving = Serving(state_dir / "hub.log")
    async with AsyncExitStack() as stack:
        village = await stack.enter_async_context(a_hub(state_dir, dsn, serving=serving, local_names=True))
        people = await village.members("ghana", "peru")
        await village.channel("All members", *people)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=program(), headless=True, args=list(QUIET))
        stack.push_async_callback(browser.close)
        lines = [await stack.enter_async_context(a_line(village.settings.port)) for _ in people]
        ghana, peru = [await sit_down(browser, *each) for each in zip(people, lines, strict=True)]

        await ghana.opens_link()
        await ghana.sees_heading("Sign in")
        await asyncio.sleep(1)  # for what the page fetches when it stands
        first_load = lines[0].carried
        await ghana.comes_back()
        await peru.signs_in()
        await ghana.opens_channel("All members")
        await peru.opens_channel("All members")
        waits = [await _one(ghana, peru, f"Consignment number {number}") for number in range(WARM + ALERTS)][WARM:]
    return [
        Fact("B18", f"Send in A → shown and verified in B, p50 of {ALERTS}", statistics.median(waits), "ms", P50),
        Fact("B18", f"the same, p99 of {ALERTS}", statistics.quantiles(waits, n=100)[98], "ms", P99),
        Fact("", "first load up to the sign-in page, as carried with its headers", first_load / 1000, "kB", None),
    ]


async def _one(ghana: Desk, peru: Desk, goods: str) -> float:
    """Milliseconds for one alert; the form is filled without a keyboard, that part isn't measured."""
    page = ghana.page
    await ghana.begins_short_form()
    await page.get_by_role("button", name="Now", exact=True).first.click()
    await ghana.field("Control direction").select_option(label="Import")
    await ghana.field("Conveyance").select_option(label="Sea container")
    await ghana.field("Product category").select_option(label="Other medicines")
    await ghana.field("Found goods").fill(goods)
    await ghana.field("Quantity").fill("1250")
    await ghana.field("Unit").select_option(index=2)
    await page.get_by_role("radio", name="TLP:AMBER", exact=True).check()
    await page.evaluate(NOTE_SENDING)
    await peru.page.evaluate(NOTE_ARRIVAL, goods)
    await ghana.presses(re.compile("^Send alert"))
    async with asyncio.timeout(15):
        while (arrived := await peru.page.evaluate("globalThis.arrivedAt")) is None:
            await asyncio.sleep(0.05)
    sent = await page.evaluate("globalThis.sentAt")
    await ghana.follows("Go to the channel")
    await expect(page.get_by_role("link", name=goods)).to_be_visible()
    return float(arrived) - float(sent)
