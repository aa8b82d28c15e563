"""The end of an operation in the browser: closed, held, destroyed by two, and the certificate that is left."""

import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Locator, Page, expect

from crypto.encoding import b64
from hub.retention.service import RETENTION
from tests.browser.test_pages import HARD_FORMS, Site, check_page, sign_in, window
from tests.clock import FakeClock
from tests.people import PASSPHRASE, served
from tests.settled import Settlement
from tests.worker_clock import put_ahead

Watch = Callable[[Page], list[str]]
SHOTS = os.environ.get("NCPHUB_SHOTS")
DAYS_8 = 8 * 24 * 60 * 60 * 1000


@pytest_asyncio.fixture(loop_scope="session")
async def ending(
    settlement: Settlement, reachable_folder: Path, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[Site, FakeClock]]:
    """Ghana has said something; two coordinators are there; the hub has a clock that the test moves."""
    clock = FakeClock(datetime.now(UTC))
    folder = reachable_folder / f"closing-{abs(hash(request.node.name)):x}"
    folder.mkdir()
    async with settlement.copy(folder, lambda settings, _: served(settings, clock)) as hub:
        ghana, coordinator, second = await hub.members("ghana", "coordinator", "second")
        channel = await hub.channel("Medicines", ghana)
        await coordinator.member.admit(channel.operation, second.member.account, "coordinator", ("general",))
        await ghana.say(channel, "Forty cartons")
        yield Site(hub, ghana, channel), clock


async def look(page: Page, name: str, width: int, language: str) -> None:
    if SHOTS is not None:
        await page.screenshot(path=f"{SHOTS}/{name}-{width}-{language}.png", full_page=True)
    await check_page(page, name)


async def at_the_end(page: Page, site: Site) -> None:
    """Goes to the operation's page by its links."""
    await page.locator('nav.nav a[href="/o"]').click()
    await page.locator(f'.rail a[href="/o/{b64(site.channel.operation)}/operation"]').first.click()
    await expect(page.locator("#end-t")).to_be_visible()


def part(page: Page) -> Locator:
    return page.locator("section[aria-labelledby=end-t]")


@pytest.mark.parametrize(("width", "language"), HARD_FORMS)
async def test_two_coordinators_end_an_operation(
    ending: tuple[Site, FakeClock], browser: Browser, watch: Watch, width: int, language: str
) -> None:
    site, clock = ending
    people, buttons = site.hub.people, "section[aria-labelledby=end-t] .row button"
    async with (
        window(browser, width, language, site.hub.url) as (_, first),
        window(browser, width, language, site.hub.url) as (_, other),
    ):
        complaints = [watch(first), watch(other)]
        await sign_in(other, site, people["second"])  # a device that is there before may sign beside
        await sign_in(first, site, people["coordinator"])
        await at_the_end(first, site)
        await look(first, "end-open", width, language)

        await first.locator(buttons).first.click()  # close
        await look(first, "end-close", width, language)
        await first.locator("dialog .button.is-main").click()
        await expect(part(first).locator(".done")).to_be_visible()
        await first.locator(buttons).nth(1).click()  # forbid
        await expect(first.locator("dialog .button.is-main")).to_be_disabled()
        await first.locator("dialog .row .button:not(.is-main)").click()
        await first.locator(buttons).first.click()  # destroy
        await look(first, "end-destroy", width, language)
        await first.locator("dialog .button.is-main").click()
        await expect(first.locator("dialog")).to_have_count(0)
        await look(first, "end-waiting", width, language)

        await at_the_end(other, site)
        await expect(part(other)).to_contain_text("NCP Coordinator")
        await other.locator(buttons).first.click()  # sign beside
        await look(other, "end-beside", width, language)
        await other.locator("dialog .button.is-main").click()
        await expect(part(other).locator(".done")).to_be_visible()
        await look(other, "end-notice", width, language)
        assert complaints == [[], []]

    clock.advance(days=8)
    assert isinstance(site.hub.app, web.Application)
    assert await site.hub.app[RETENTION].destroy_due() == [site.channel.operation]

    async with window(browser, width, language, site.hub.url) as (_, page):
        complaint = watch(page)
        await page.goto(site.link(people["ghana"]))
        await put_ahead(browser, site.hub.url, DAYS_8)
        await page.locator("#passphrase").fill(PASSPHRASE)
        await page.locator("button[type=submit]").click()
        await expect(page.locator("nav.nav")).to_be_visible(timeout=60_000)
        await page.locator('nav.nav a[href="/o"]').click()
        await expect(page.locator("body")).not_to_contain_text("Forty cartons")
        await at_the_end(page, site)
        await expect(part(page).locator(".panel.is-checked")).to_contain_text("1")
        await look(page, "end-gone", width, language)
        assert complaint == []
