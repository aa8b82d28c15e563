"""
One person at one browser, with nothing but a keyboard, a mouse and eyes.

What is done goes through the mouse or the keyboard; what is seen is found by its words or its role.
"""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.people import PASSPHRASE, Person
from tests.stories.line import Line

WIDE = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds until something must be seen


@dataclass(slots=True)
class Desk:
    person: Person
    context: BrowserContext
    page: Page
    line: Line

    @property
    def address(self) -> str:
        """Each person has a host name of their own, so cookies and storage of their own."""
        return f"http://{self.person.name}.localhost:{self.line.port}"

    # -- seeing --------------------------------------------------------------------------------------------------------

    async def sees(self, words: str | re.Pattern[str], patience: int = PATIENCE) -> Locator:
        """Waits until the words are on the page, where a person can see them."""
        found = self.page.get_by_text(words).filter(visible=True).first
        await expect(found).to_be_visible(timeout=patience)
        return found

    async def sees_not(self, words: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_text(words).filter(visible=True)).to_have_count(0)

    async def sees_heading(self, words: str | re.Pattern[str], patience: int = PATIENCE) -> Locator:
        found = self.page.get_by_role("heading", name=words).first
        await expect(found).to_be_visible(timeout=patience)
        return found

    def field(self, label: str) -> Locator:
        """An input by its label; the star of a needed field does not count."""
        return self.page.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?$")).first

    async def looks(self, name: str) -> None:
        """
        Pictures of the page for whoever wants to see what a story sees: wide and narrow, in both languages.

        Only where NCPHUB_PICTURES names a folder.
        """
        folder = os.environ.get("NCPHUB_PICTURES")
        if folder is None:
            return
        spoken = await self.page.evaluate("document.documentElement.lang")
        for tongue in ("Français", "English") if spoken == "en" else ("English", "Français"):
            await self.page.get_by_role("link", name=tongue, exact=True).first.click()
            for width in (1280, 360):
                await self.page.set_viewport_size({"width": width, "height": 900})
                path = Path(folder, f"{name}-{tongue[:2].lower()}-{width}.png")
                await self.page.screenshot(path=path, full_page=True)
            await self.page.set_viewport_size(WIDE)

    # -- the mouse -----------------------------------------------------------------------------------------------------

    async def presses(self, button: str | re.Pattern[str]) -> None:
        await self.page.get_by_role("button", name=button).first.click(timeout=PATIENCE)

    async def follows(self, link: str | re.Pattern[str]) -> None:
        await self.page.get_by_role("link", name=link).first.click(timeout=PATIENCE)

    async def goes_into(self, label: str) -> None:
        await self.field(label).click(timeout=PATIENCE)

    # -- the keyboard --------------------------------------------------------------------------------------------------

    async def types(self, words: str) -> None:
        await self.page.keyboard.type(words)

    async def key(self, name: str, times: int = 1) -> None:
        for _ in range(times):
            await self.page.keyboard.press(name)

    async def tabs_to(self, target: Locator, most: int = 90) -> None:
        """Tab, until the focus is there: proves as well that the keyboard alone gets there."""
        for _ in range(most):
            if await target.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{most} times Tab did not lead to {target}")

    async def tabs_into(self, label: str) -> None:
        await self.tabs_to(self.field(label))

    async def writes(self, label: str, words: str) -> None:
        """Goes on to a field and types."""
        await self.tabs_into(label)
        await self.types(words)

    async def chooses(self, label: str, words: str) -> None:
        """In a short list: its entry is found by the first letters."""
        await self.tabs_into(label)
        await self.types(words)
        assert (await self.field(label).locator("option:checked").inner_text()).startswith(words)

    async def picks(self, label: str, words: str, entry: str | re.Pattern[str], downs: int = 0) -> None:
        """In a long list: types, walks down, takes the entry with Enter, and sees it in the field."""
        await self.writes(label, words)
        offered = self.page.get_by_role("listbox").get_by_role("option", selected=True)
        await expect(offered).to_be_visible(timeout=PATIENCE)
        await self.key("ArrowDown", downs)
        await self.key("Enter")
        await expect(self.field(label)).to_have_value(entry if isinstance(entry, re.Pattern) else re.compile(entry))

    async def marks(self, choice: str) -> None:
        """Among round buttons: Tab leads to the group, the arrows to the choice."""
        radios = self.page.get_by_role("radio")
        wanted = self.page.get_by_role("radio", name=choice, exact=True)
        await self.tabs_to(radios.first)
        await self.key("Space")
        for _ in range(await radios.count()):
            if await wanted.is_checked():
                return
            await self.key("ArrowDown")
        raise AssertionError(f"the arrows did not lead to {choice}")

    # -- signing in ----------------------------------------------------------------------------------------------------

    async def opens_link(self) -> None:
        """The sign-in link of an exercise: it carries the second secret behind the #."""
        sheet = self.person.sheet
        await self.page.goto(f"{self.address}/#code={quote(sheet.code)}&second={quote(sheet.second)}")

    async def signs_in(self) -> None:
        """By the link and the passphrase, until the start page is there."""
        await self.opens_link()
        await self.goes_into("Passphrase")
        await self.types(PASSPHRASE)
        await self.key("Enter")
        await expect(self.page.get_by_role("link", name="Channels", exact=True)).to_be_visible(timeout=30_000)

    async def comes_back(self) -> None:
        """After a reload or in a new tab: a known device asks for the passphrase alone, if it asks at all."""
        asked = self.field("Passphrase")
        opened = self.page.get_by_role("link", name="Channels", exact=True)
        await expect(asked.or_(opened)).to_be_visible()
        if await asked.is_visible():
            await asked.click()
            await self.types(PASSPHRASE)
            await self.key("Enter")
        await expect(opened).to_be_visible(timeout=30_000)

    async def crashes(self) -> None:
        """The tab dies, as it does when memory runs out; then the person opens another."""
        devtools = await self.context.new_cdp_session(self.page)
        async with self.page.expect_event("crash"):
            dying = asyncio.ensure_future(devtools.send("Page.crash"))
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        await self.page.close()
        self.page = await self.context.new_page()
        await self.page.goto(self.address)
        await self.comes_back()

    async def opens_channel(self, name: str) -> None:
        await self.follows(re.compile("^Channels$"))
        await self.follows(re.compile(name))
        await self.sees_heading(name)

    # -- what people of customs write ----------------------------------------------------------------------------------

    async def begins_short_form(self) -> str:
        """From a channel to the empty short form; gives the reference that the alert has from the start."""
        await self.follows(re.compile("^New alert"))
        await self.presses("Seizure")
        await self.presses(re.compile("^Short form"))
        await self.sees_heading("New alert: Seizure")
        return await (await self.sees(re.compile(r"^HSH-[A-Z]{2}-"))).inner_text()

    async def fills_short_form(self, goods: str) -> None:
        """Every field that is needed, with the keyboard alone."""
        await self.tabs_to(self.page.get_by_role("button", name="Now", exact=True).first)
        await self.key("Enter")
        await self.chooses("Control direction", "Import")
        await self.chooses("Conveyance", "Sea container")
        await self.chooses("Product category", "Other medicines")
        await self.writes("Found goods", goods)
        await self.picks("HS code", "amoxi", re.compile("^3004.20"))
        await self.writes("Quantity", "12 500")
        await self.chooses("Unit", "tablets")
        await self.marks("TLP:AMBER")


async def sit_down(browser: Browser, person: Person, line: Line, **context: object) -> Desk:
    """A machine that nobody used before."""
    fresh = await browser.new_context(viewport=WIDE, locale="en-GB", **context)  # type: ignore[arg-type]
    fresh.set_default_timeout(PATIENCE)
    return Desk(person, fresh, await fresh.new_page(), line)


async def picture(desk: Desk, path: Path) -> None:
    """What the person sees, for whoever reads a failure."""
    await desk.page.screenshot(path=path)
