"""
Makes the guides' pictures anew, in both languages, from a demonstration that runs (`make demo` in another terminal).

    python -m tests.pictures [--port 8440] [--into docs/images]

What is written on the way is deleted again; one post of Ghana stays, which is what the picture without a line shows.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from hub import paths
from hub.cli.rehearsal import PlayedSheet, read_sheets
from tests.browser.conftest import QUIET, program
from tests.stories.line import Line, a_line

WEB = Path(__file__).resolve().parents[1] / "web"
HEALTH, TWIN = "HEALTH SHIELD", "TWIN GATE"
SETTLED = 1_500  # milliseconds for what comes behind the first picture

Words = Callable[[str], str]


def words_of(language: str) -> Words:
    """A sentence of the pages in this language."""
    with (WEB / "locale" / "fr.po").open("rb") as file:
        french = {one.id: one.string for one in read_po(file, locale="fr") if isinstance(one.id, str)}
    return lambda text: str(french[text]) if language == "fr" else text


@dataclass(slots=True)
class Seat:
    """One person at a browser of their own."""

    page: Page
    context: BrowserContext
    line: Line
    t: Words
    sheet: PlayedSheet
    folder: Path

    @property
    def address(self) -> str:
        return f"http://{self.sheet.host}.localhost:{self.line.port}"

    async def sign_in(self, language: str) -> None:
        await self.page.goto(f"{self.address}/lang/{language}?to=/")
        await self.page.goto(f"{self.address}/#code={self.sheet.code}&second={self.sheet.second}")
        await self.page.get_by_label(self.t("Passphrase"), exact=True).fill(self.sheet.passphrase)
        await self.page.get_by_role("button", name=self.t("Sign in and unlock")).click()
        await self.page.get_by_role("heading", name=self.t("What needs you")).wait_for(timeout=60_000)
        await self.page.wait_for_timeout(SETTLED)

    async def follow(self, link: str | re.Pattern[str]) -> None:
        await self.page.get_by_role("link", name=link).first.click()
        await self.page.wait_for_timeout(SETTLED)

    async def press(self, button: str | re.Pattern[str]) -> None:
        await self.page.get_by_role("button", name=button).first.click()

    async def picture(self, name: str, width: int = 1280, height: int = 800) -> None:
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.page.wait_for_timeout(SETTLED)
        await self.page.screenshot(path=self.folder / f"{name}.png")

    async def rail(self, operation: str) -> Locator:
        """The part of the rail that belongs to an operation."""
        await self.page.goto(f"{self.address}/o")
        await self.page.wait_for_timeout(SETTLED)
        return self.page.locator(".rail-op", has_text=operation)

    async def opens_channel(self, operation: str, name: str) -> None:
        await (
            (await self.rail(operation))
            .locator("xpath=following-sibling::ul[1]")
            .get_by_role("link", name=name)
            .click()
        )
        await self.page.locator(".feed-scroll [data-row]").first.wait_for()
        await self.page.wait_for_timeout(SETTLED)


async def sit(
    stack: AsyncExitStack, browser: Browser, sheet: PlayedSheet, port: int, language: str, into: Path
) -> Seat:
    line = await stack.enter_async_context(a_line(port))
    context = await browser.new_context(locale=f"{language}-{'FR' if language == 'fr' else 'GB'}", color_scheme="light")
    folder = into / "guide" / language
    folder.mkdir(parents=True, exist_ok=True)
    seat = Seat(await context.new_page(), context, line, words_of(language), sheet, folder)
    await seat.page.set_viewport_size({"width": 1280, "height": 800})
    await seat.sign_in(language)
    return seat


async def contact_point(seat: Seat, into: Path) -> None:
    """Home, an alert with its signature, evidence, a form, a notice on a phone, a broken line, the sign-in page."""
    page, t = seat.page, seat.t
    await seat.picture("home")
    await seat.opens_channel(HEALTH, t("All members") if t("Home") == "Home" else "All members")
    await page.locator(".alert h3 a").last.click()
    await page.locator(".detail .panel.is-checked").wait_for()
    await seat.picture("alert")
    if seat.folder.name == "en":
        await page.screenshot(path=into / "channel.png")
    await seat.press(t("Save as evidence"))
    await page.wait_for_timeout(2 * SETTLED)
    await page.locator(".detail .panel.is-checked").screenshot(path=seat.folder / "evidence.png")

    await seat.follow(re.compile(f"^{t('New alert')}"))
    await page.locator(".tasks li").filter(has=page.locator(".actions button")).first.locator(".actions button").click()
    await page.locator("#f-goods").wait_for()
    await page.get_by_role("button", name=t("Now"), exact=True).first.click()
    for key, value in (("direction", "IMPORT"), ("conveyance", "SEA_CONTAINER"), ("category", "MED_OTHER")):
        await page.locator(f"#f-{key}").select_option(value)
    await page.locator("#f-goods").fill("Amoxicillin 500 mg capsules, no batch number")
    await page.locator("#f-hs").fill("amoxi")
    await page.keyboard.press("Enter")
    await page.locator("#f-quantity").fill("12 500")
    await page.locator("#f-unit").select_option("TABLET")
    await page.get_by_role("radio", name="TLP:AMBER", exact=True).check()
    await seat.press(t("Check"))
    await page.locator("#f-category").scroll_into_view_if_needed()
    await seat.picture("form")
    await seat.press(t("Delete this draft"))

    await seat.follow(re.compile(f"^{t('Home')}"))
    await page.locator("[aria-labelledby=h-ack] h3 a").first.click()
    await page.locator(".detail").wait_for()
    await seat.picture("notice", 360)
    await page.set_viewport_size({"width": 1280, "height": 800})

    await seat.opens_channel(HEALTH, "All members")
    await seat.press(t("Write a post"))
    await page.locator("#post").fill(
        "Amoxicilline : voir la HSH." if seat.folder.name == "fr" else "See also our alert."
    )
    await page.wait_for_timeout(SETTLED)
    seat.line.cut()
    await page.wait_for_timeout(3 * SETTLED)
    await seat.press(re.compile(f"^{t('Send post')}"))
    await seat.follow(re.compile(f"^{t('Home')}"))
    await seat.picture("offline")
    seat.line.mend()

    await page.locator("header details.menu summary").click()
    await seat.press(t("Lock now"))
    await page.get_by_role("heading", name=t("Sign in"), exact=True).wait_for()
    await seat.picture("sign-in", height=640)


async def coordinator(seat: Seat) -> None:
    """The matrix, a new notice, the members and what a change of clearance means."""
    page, t = seat.page, seat.t
    await page.goto(f"{seat.address}/o/notices")
    await page.locator(".matrix").wait_for(timeout=60_000)
    await seat.picture("matrix", height=900)
    await seat.press(t("New notice"))
    await page.locator("#n-kind").wait_for()
    await page.locator("#n-kind").select_option("instruction")
    for tongue, title, text in (
        ("en", "Cold boxes without a data logger", "Open no cold box. Call the duty desk before any control."),
        ("fr", "Glacières sans enregistreur", "N’ouvrez aucune glacière. Appelez la permanence avant tout contrôle."),
    ):
        await page.locator(f"#n-title-{tongue}").fill(title)
        await page.locator(f"#n-text-{tongue}").fill(text)
    await page.evaluate("scrollTo(0, 0)")
    await seat.picture("notice-new", height=1120)
    await seat.press(t("Delete this draft"))
    await page.wait_for_timeout(SETTLED)

    rail = await seat.rail(TWIN)
    await rail.locator("xpath=following-sibling::p[1]").get_by_role("link").first.click()
    await page.locator("table.members").wait_for()
    await page.set_viewport_size({"width": 1280, "height": 620})
    await seat.picture("members", height=620)
    row = page.locator("table.members tr", has_text="Ghana")
    await row.get_by_role("button").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("checkbox", name=t("Precursor")).uncheck()
    await seat.picture("clearance", height=700)


async def auditor(seat: Seat) -> None:
    """The log verified, filtered, one person's and one item's."""
    page = seat.page
    await page.goto(f"{seat.address}/audit")
    await page.locator("#proof.is-checked").wait_for(timeout=60_000)
    await seat.picture("audit-verified", height=780)
    await page.locator("#f-country").select_option("GH")
    await page.locator("#f-op").select_option(label="HSH")
    await page.locator("form.filters button").click()
    await page.locator("#proof.is-checked").wait_for(timeout=60_000)
    await seat.picture("audit-filter", height=700)
    await page.locator(".log .who").first.click()
    await page.locator("#proof.is-checked").wait_for(timeout=60_000)
    await seat.picture("audit-person", height=640)
    await page.goto(f"{seat.address}/audit?type=envelope")
    await page.locator(".log .where a").last.click()
    await page.locator("#proof.is-checked").wait_for(timeout=60_000)
    await seat.picture("audit-item", height=700)


async def twin(browser: Browser, ghana: Seat, peru: Seat) -> None:
    """The same operation in the rails of two people, side by side."""
    parts = []
    for seat in (ghana, peru):
        heading = await (await seat.rail(TWIN)).bounding_box()
        end = await seat.page.locator(".rail").last.bounding_box()
        last = (
            await seat.page.locator(".rail-op", has_text=TWIN)
            .locator("xpath=following-sibling::p[last()]")
            .bounding_box()
        )
        assert heading is not None
        assert end is not None
        assert last is not None
        clip = {
            "x": end["x"],
            "y": heading["y"] - 4,
            "width": end["width"],
            "height": last["y"] + last["height"] - heading["y"] + 12,
        }
        shot = await seat.page.screenshot(clip=clip, full_page=True)  # type: ignore[arg-type]
        parts.append(f'<img src="data:image/png;base64,{base64.b64encode(shot).decode()}">')
    page = await browser.new_page()
    await page.set_content(f'<div style="display:inline-flex;gap:32px;align-items:start">{"".join(parts)}</div>')
    await page.locator("div").screenshot(path=ghana.folder / "twin.png")
    await page.close()


async def make(port: int, into: Path) -> None:
    sheets = {one.host: one for one in read_sheets(paths.demo_state_dir() / "people")}
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=program(), headless=True, args=list(QUIET))
        stack.push_async_callback(browser.close)
        for language in ("en", "fr"):
            ghana, peru, lead, log = [
                await sit(stack, browser, sheets[host], port, language, into)
                for host in ("ghana", "peru", "coordinator", "auditor")
            ]
            await twin(browser, ghana, peru)
            await coordinator(lead)
            await auditor(log)
            await contact_point(ghana, into)
            for seat in (ghana, peru, lead, log):
                await seat.context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8440)
    parser.add_argument("--into", type=Path, default=WEB.parent / "docs" / "images")
    asked = parser.parse_args()
    asyncio.run(make(asked.port, asked.into))


if __name__ == "__main__":
    main()
