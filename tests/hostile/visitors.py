"""The two clients as their people use them, on new machines, at a hub that may lie."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

from crypto.encoding import b64
from hub.client.api import Hub
from hub.client.keystore import write_profile
from hub.client.member import Member
from tests.hostile.malicious import MaliciousHub
from tests.people import PASSPHRASE, Channel, Person

PATIENCE = 30_000  # ms until a page shows what it must show


@dataclass(slots=True)
class Desk:
    """Where people sit down at machines that have never met this hub."""

    chromium: Browser
    liar: MaliciousHub
    folder: Path
    _members: list[Member] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def program(self, person: Person) -> Member:
        """The Python client of a person: their keys and device, and nothing remembered."""
        folder = self.folder / f"program-{secrets.token_hex(4)}"
        write_profile(folder, person.member.state.profile)
        member = Member(folder, person.member.state.profile, person.member.state.keys, Hub(self.liar.url))
        self._members.append(member)
        return member

    async def machine(self) -> BrowserContext:
        """A browser that knows nobody."""
        context = await self.chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        return context

    async def page(self, person: Person, channel: Channel | None = None, machine: BrowserContext | None = None) -> Seat:
        """A person's page, with the form filled in and sent; ends when it is open, or says why it isn't."""
        page = await (machine or await self.machine()).new_page()
        seat = Seat(page)
        page.on("pageerror", lambda error: seat.defects.append(str(error)))
        page.on("console", lambda line: seat.defects.append(line.text) if line.type == "error" else None)
        at = "/" if channel is None else f"/o/{b64(channel.operation)}/{b64(channel.id)}"
        secret = f"#code={person.sheet.code}&second={person.sheet.second}"
        await page.goto(self.liar.address(person.name) + at + secret)
        await page.get_by_label("Passphrase").fill(PASSPHRASE)
        await page.get_by_role("button", name="Sign in and unlock").click()
        await page.wait_for_selector(".errors, .app, main:not(.entry)", state="visible")
        return seat

    def line(self) -> Hub:
        """A connection to the hub that may lie."""
        return Hub(self.liar.url)

    async def until(self, holds: Callable[[], object], seconds: float = 30) -> None:
        """Waits for what a client does in its own time. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()
        for member in self._members:
            await member.close()


@dataclass(slots=True)
class Seat:
    """One page as somebody looks at it."""

    page: Page
    defects: list[str] = field(default_factory=list)

    async def text(self) -> str:
        """All that can be read on the page."""
        return await self.page.locator("body").inner_text()

    async def shows(self, words: str | re.Pattern[str]) -> None:
        await expect(self.page.locator("body")).to_contain_text(words, timeout=PATIENCE)

    async def never_held(self, words: str) -> None:
        """Not even where nobody looks: attributes, hidden parts."""
        assert words not in await self.page.content()

    async def refused(self) -> str:
        """The sentence by which sign-in was refused."""
        await self.page.wait_for_selector(".errors", state="visible")
        return await self.page.locator(".errors").inner_text()

    async def evaluate(self, script: str, given: Any = None) -> Any:
        return await self.page.evaluate(script, given)

    async def write(self, words: str) -> None:
        """Writes a post in the channel that is open, and sends it."""
        await self.page.get_by_role("button", name="Write a post").first.click()
        await self.page.locator("#post").fill(words)
        await self.page.get_by_role("button", name="Send post").click()

    async def go_to(self, channel: Channel, name: str) -> None:
        """Opens a channel by its link, as a person does."""
        address = f"/o/{b64(channel.operation)}/{b64(channel.id)}"
        await self.page.locator(f'a[href="{address}"]').first.click()
        await expect(self.page.locator("h1")).to_contain_text(name)

    async def of_operation(self, name: str) -> str:
        """What the rail says of an operation."""
        rail = self.page.locator(".rail-op", has_text=name).locator("xpath=following-sibling::*[1]")
        return await rail.inner_text()

    async def back(self) -> None:
        """To the channels again."""
        await self.page.get_by_role("link", name="Channels").first.click()

    async def leave(self) -> None:
        """Locks what is open, so that nothing of this visit is held when the next one begins; then goes."""
        if await self.page.locator("#passphrase").count() == 0:
            lock = self.page.get_by_role("button", name="Lock now")
            await self.page.locator("header summary").last.click()
            await lock.click()
            await self.page.wait_for_selector("#passphrase")
        await self.page.close()
