"""
C3: from the passphrase's Enter to the first screen, for somebody in twenty operations; and until all of it is checked.

Three channels in each operation and thirty posts in each channel; browser, hub and database share the machine. The
second sign-in is on a known device, as on any morning.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import async_playwright, expect

from crypto.encoding import ChannelId, OperationId
from tests.bench.measure import Fact
from tests.browser.conftest import QUIET, program
from tests.people import PASSPHRASE, Person, Village, a_hub
from tests.stories.desk import Desk, sit_down
from tests.stories.hub_process import Serving
from tests.stories.line import a_line

OPERATIONS, CHANNELS, POSTS = 20, 3, 30
FIRST_SCREEN = 4_000.0  # milliseconds; most of it is the passphrase's stretching
SHOWN = """() => performance.timeOrigin + performance.now()"""
LAST = "The last words"


async def measure(dsn: str, state_dir: Path, _: int) -> list[Fact]:
    serving = Serving(state_dir / "hub.log")
    async with AsyncExitStack() as stack:
        village = await stack.enter_async_context(a_hub(state_dir, dsn, serving=serving, local_names=True))
        ghana = await twenty_operations(village)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=program(), headless=True, args=list(QUIET))
        stack.push_async_callback(browser.close)
        line = await stack.enter_async_context(a_line(village.settings.port))
        desk = await sit_down(browser, ghana, line)
        await desk.opens_link()
        first, all_of_it = await one(desk)
        await desk.page.locator("summary").first.click()
        await desk.presses("Lock now")
        await expect(desk.field("Passphrase")).to_be_visible()
        again, all_again = await one(desk)
    said = f"{OPERATIONS} operations, {OPERATIONS * CHANNELS} channels, {OPERATIONS * CHANNELS * POSTS} posts"
    return [
        Fact("C3", f"unlock to the first screen ({said}), new device", first, "ms", None),
        Fact("", "the same, until all of it was checked", all_of_it, "ms", None),
        Fact("C3", "unlock to the first screen, known device", again, "ms", FIRST_SCREEN),
        Fact("", "the same, until all of it was checked", all_again, "ms", None),
    ]


async def twenty_operations(village: Village) -> Person:
    """Ghana is in all of them; the coordinator says everything."""
    coordinator, ghana = await village.members("coordinator", "ghana")
    member = coordinator.member
    for number in range(OPERATIONS):
        operation = await member.open_operation(f"OP{number:02}", f"Operation {number + 1}", ("general",))
        await member.admit(operation, ghana.member.account, "contact", ("general",))
        for channel in range(CHANNELS):
            id_ = await member.open_channel(operation, f"Channel {number + 1}.{channel + 1}")
            await talk(coordinator, operation, id_)
    return ghana


async def talk(person: Person, operation: OperationId, channel: ChannelId) -> None:
    for number in range(POSTS):
        words = LAST if number == POSTS - 1 else f"Words {secrets.token_hex(8)}"
        await person.member.post(operation, channel, "post", {"text": words, "language": "en"})


async def one(desk: Desk) -> tuple[float, float]:
    """Milliseconds until the start page stands, and until every channel's count of unread is there."""
    field = desk.field("Passphrase")
    await field.fill(PASSPHRASE)
    begun = float(await desk.page.evaluate(SHOWN))
    await field.press("Enter")
    channels = desk.page.get_by_role("link", name="Channels", exact=True)
    await expect(channels).to_be_visible(timeout=120_000)
    first = float(await desk.page.evaluate(SHOWN)) - begun
    await channels.click()
    async with asyncio.timeout(120):
        while await desk.page.locator(".rail .is-unread").count() < OPERATIONS * CHANNELS:
            await asyncio.sleep(0.1)
    return first, float(await desk.page.evaluate(SHOWN)) - begun
