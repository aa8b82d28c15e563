"""The members' page and its dialog, for everybody: what follows is told before it is signed (docs/guide)."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from crypto.encoding import AccountId, b64
from tests.browser.test_pages import HARD_FORMS, NARROW, WIDE, Site, check_page, sign_in, window
from tests.settled import Settlement

Watch = Callable[[Page], list[str]]
SHOTS = os.environ.get("NCPHUB_SHOTS")


@pytest_asyncio.fixture(loop_scope="session")
async def site(settlement: Settlement, reachable_folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """Ghana is cleared for everything, France for general alone; the coordinator reads one precursor channel of two."""
    folder = reachable_folder / f"members-{abs(hash(request.node.name)):x}"
    folder.mkdir()
    async with settlement.copy(folder) as hub:
        ghana, france, coordinator = await hub.members("ghana", "france", "coordinator")
        channel = await hub.channel("Medicines", ghana)
        operation = channel.operation
        await coordinator.member.admit(operation, AccountId(france.account), "contact", ("general",))
        await coordinator.member.open_channel(operation, "Chemicals", compartment="precursor")
        await coordinator.member.open_channel(
            operation, "Case 7", compartment="precursor", type="case", history="from-join"
        )
        yield Site(hub, ghana, channel)


async def look(page: Page, name: str, width: int, language: str) -> None:
    if SHOTS is not None:
        await page.screenshot(path=f"{SHOTS}/{name}-{width}-{language}.png")
    await check_page(page, name)


@pytest.mark.parametrize(("width", "language"), HARD_FORMS)
async def test_a_coordinator_reads_what_follows_before_signing(
    site: Site, browser: Browser, watch: Watch, width: int, language: str
) -> None:
    coordinator = site.hub.people["coordinator"]
    async with window(browser, width, language, site.hub.url) as (_, page):
        complaints = watch(page)
        await sign_in(page, site, coordinator)
        await page.locator('nav.nav a[href="/o"]').click()
        await page.locator(f'.rail a[href="/o/{b64(site.channel.operation)}/members"]').click()
        rows = page.locator(".members tbody tr")
        await expect(rows).to_have_count(3)
        await expect(rows.filter(has_text="NCP Coordinator").locator("button")).to_have_count(0)
        await look(page, "members", width, language)

        await rows.filter(has_text="NCP France").locator("button").click()
        boxes = page.locator("dialog input[type=checkbox]")
        await boxes.nth(1).check()
        await expect(page.locator("dialog .follows")).to_have_count(3)
        await look(page, "give", width, language)
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)
        await rows.filter(has_text="NCP Ghana").locator("button").click()
        await boxes.nth(1).uncheck()
        await expect(page.locator("dialog .follows")).to_have_count(3)
        await look(page, "take", width, language)
        await page.locator("dialog .button.is-main").click()
        await expect(page.locator(".panel.is-checked")).to_be_visible()
        await look(page, "done", width, language)

        assert complaints == []


@pytest.mark.parametrize(("width", "language"), [(WIDE, "en"), (NARROW, "fr")])
async def test_a_link_to_what_one_is_not_cleared_for_says_so(
    site: Site, browser: Browser, watch: Watch, width: int, language: str
) -> None:
    france, coordinator = (site.hub.people[name] for name in ("france", "coordinator"))
    rooms = await coordinator.member.rooms(site.channel.operation)
    closed = next(room for room in rooms if room.label == "Chemicals")
    async with window(browser, width, language, site.hub.url) as (_, page):
        complaints = watch(page)
        await sign_in(page, site, france)

        await page.evaluate(f"location.assign('/o/{b64(closed.operation)}/{b64(closed.channel)}')")

        await page.locator("#passphrase").or_(page.locator(".feed-empty")).first.wait_for()
        said = page.locator(".feed-empty")
        words = "You are not cleared for Precursor." if language == "en" else "Vous n’êtes pas habilité"
        await expect(said).to_contain_text(words, timeout=30_000)
        assert "Chemicals" not in await page.content()
        await look(page, "closed", width, language)
        assert complaints == []
