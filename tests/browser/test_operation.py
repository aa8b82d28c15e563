"""An operation's pages for everybody: opening one, its phases and channels, admitting, rules, history (docs/guide)."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from crypto.encoding import AccountId, OperationId, b64
from hub import paths
from hub.client import governance, operating
from hub.client.domain import published
from tests.browser.test_pages import HARD_FORMS, Site, check_page, sign_in, window
from tests.people import Channel
from tests.settled import Settlement

Watch = Callable[[Page], list[str]]
SHOTS = os.environ.get("NCPHUB_SHOTS")
DOMAIN = published.load(paths.config())


@pytest_asyncio.fixture(loop_scope="session")
async def site(settlement: Settlement, reachable_folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """An operation from the health blueprint, with Ghana and Peru in it, Peru removed and let in again."""
    folder = reachable_folder / f"operation-{abs(hash(request.node.name)):x}"
    folder.mkdir()
    async with settlement.copy(folder) as hub:
        ghana, peru, coordinator = await hub.members("ghana", "peru", "coordinator")
        member = coordinator.member
        await member.sync()
        plan = operating.plan_of(DOMAIN.blueprint("health"), "en")
        operation = await operating.open_planned(member.state, "SDN", "Sound Needle", plan, DOMAIN.documents)
        people = [AccountId(one.account) for one in (ghana, peru)]
        await member.commit(operation, *(governance.admit(member.state, one, "contact", ["general"]) for one in people))
        await member.remove(operation, people[1])
        await ghana.member.sync()
        await ghana.member.commit(operation, operating.accept_rules(1))
        outside = governance.open_channel(governance.new_channel(), "bilateral", "general", "accounts", [ghana.account])
        await member.sync()
        await member.commit(operation, outside, governance.set_phase("preparation"))
        yield Site(hub, ghana, Channel(OperationId(operation), await member.channel(operation, "All members")))


async def look(page: Page, name: str, width: int, language: str) -> None:
    if SHOTS is not None:
        await page.screenshot(path=f"{SHOTS}/{name}-{width}-{language}.png", full_page=True)
    await check_page(page, name)


@pytest.mark.parametrize(("width", "language"), HARD_FORMS)
async def test_an_operations_pages_are_for_everybody(
    site: Site, browser: Browser, watch: Watch, width: int, language: str
) -> None:
    operation = b64(site.channel.operation)
    async with window(browser, width, language, site.hub.url) as (_, page):
        complaints = watch(page)
        await sign_in(page, site, site.hub.people["coordinator"])

        await page.locator('nav.nav a[href="/o"]').click()
        await page.locator('.rail a[href="/o/open"]').click()
        await page.locator("#op-health").check()
        await expect(page.locator("#op-channels li")).to_have_count(4)
        await look(page, "open", width, language)

        await page.locator('nav.nav a[href="/o"]').click()
        await page.locator(f'.rail a[href="/o/{operation}/operation"]').click()
        await expect(page.locator(".phases .is-here")).to_be_visible()
        await expect(page.locator(".state.is-due")).to_have_count(1)
        await look(page, "operation", width, language)
        await page.locator(".section-head .button").click()
        await page.locator("#ch-label").fill("Syringes in transit")
        await page.locator("dialog .choices input:not(:checked)").first.check()
        await expect(page.locator("dialog .follows")).to_have_count(2)
        await look(page, "channel-open", width, language)
        await page.keyboard.press("Escape")

        await page.locator(f'a[href="/o/{operation}/members"]').click()
        await page.locator(f'a[href="/o/{operation}/admit"]').click()
        await page.locator(".choices input").first.check()
        await expect(page.locator(".panel .follows")).to_have_count(2)
        await look(page, "admit", width, language)

        await page.locator(f'a[href="/o/{operation}/members"]').click()
        await page.locator(f'a[href="/o/{operation}/operation"]').click()
        await page.locator(f'a[href="/o/{operation}/rules"]').click()
        await page.locator(".rules-text").wait_for()
        await look(page, "rules", width, language)
        await page.locator(".page-head .button").click()
        await page.locator("#rules-text-en").fill("1. Keep it here.")
        await expect(page.locator(".follows")).to_have_count(1)
        await look(page, "rules-write", width, language)
        await page.locator(f'a[href="/o/{operation}/operation"]').click()
        await page.locator(f'a[href="/o/{operation}/history"]').click()
        await page.locator(".log").first.wait_for()
        await look(page, "history", width, language)
        assert complaints == []
