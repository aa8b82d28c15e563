"""The auditor's own browser proves the log, and names the row that somebody altered in the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.test_pages import check_page
from tests.people import PASSPHRASE, Person, Village
from tests.settled import Settlement

ALTERED = {
    "body": """
        UPDATE leaf
           SET body = convert_to(replace(convert_from(body, 'UTF8'), '"v":1', '"v":2'), 'UTF8')
         WHERE index = $1
    """,
    "detail": """
        UPDATE leaf_detail SET detail = detail || '{"address": "203.0.113.9"}' WHERE leaf = $1
    """,
}


@dataclass(frozen=True, slots=True)
class Desk:
    hub: Village
    auditor: Person
    database: str

    async def sent(self) -> int:
        """The log's place of the one post."""
        db = await asyncpg.connect(self.database)
        try:
            return int(await db.fetchval("SELECT leaf FROM statement WHERE kind = 'channel'"))
        finally:
            await db.close()

    async def alter(self, what: str, index: int) -> None:
        db = await asyncpg.connect(self.database)
        try:
            await db.execute(ALTERED[what], index)
        finally:
            await db.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(settlement: Settlement, reachable_folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    folder = reachable_folder / f"desk-{abs(hash(request.node.name)):x}"
    folder.mkdir()
    async with settlement.copy(folder) as hub:
        ghana, peru, auditor = await hub.members("ghana", "peru", "auditor")
        channel = await hub.channel("Medicines", ghana, peru)
        await ghana.say(channel, "Forty cartons of syringes")
        yield Desk(hub, auditor, hub.dsn)


@asynccontextmanager
async def the_log(browser: Browser, desk: Desk, width: int = 1280, language: str = "en") -> AsyncIterator[Page]:
    """The auditor signed in, with the log open."""
    context = await browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB")
    await context.add_cookies([{"name": "lang", "value": language, "url": desk.hub.url}])
    page = await context.new_page()
    sheet = desk.auditor.sheet
    await page.goto(f"{desk.hub.url}/#code={sheet.code}&second={sheet.second}")
    await page.locator("#passphrase").fill(PASSPHRASE)
    await page.locator("button[type=submit]").click()
    await expect(page.locator("nav.nav")).to_be_visible(timeout=60_000)
    await page.goto(f"{desk.hub.url}/audit")
    yield page
    await context.close()


async def test_an_untouched_log_is_verified_and_kept_in_the_vault(browser: Browser, desk: Desk) -> None:
    async with the_log(browser, desk) as page:
        await expect(page.locator("#proof-title")).to_have_text("Log verified")
        await expect(page.locator("#proof-facts")).to_contain_text("your vault")
        await expect(page.locator("#proof-facts")).not_to_contain_text("Locked")
        await expect(page.locator(".altered")).to_have_count(0)

        await page.reload()

        await expect(page.locator("#proof-facts")).to_contain_text("entries that your devices saw")


@pytest.mark.parametrize(
    ("what", "words"),
    [("body", "This entry is not what was logged."), ("detail", "What stands beside this entry was changed.")],
)
async def test_a_row_altered_in_the_database_is_named(browser: Browser, desk: Desk, what: str, words: str) -> None:
    index = await desk.sent()
    await desk.alter(what, index)

    async with the_log(browser, desk) as page:
        await expect(page.locator("#proof-title")).to_have_text("Check failed")
        await expect(page.locator("#proof-words")).to_contain_text(str(index))
        await expect(page.locator(f'[data-index="{index}"] .altered')).to_have_text(words)
        await expect(page.locator(".altered")).to_have_count(1)


async def test_filters_lead_from_a_person_to_the_history_of_an_item(browser: Browser, desk: Desk) -> None:
    async with the_log(browser, desk) as page:
        await page.get_by_label("Country").select_option("GH")
        await page.get_by_role("button", name="Apply").click()
        await expect(page.locator(".log li .who").first).to_have_text("NCP Ghana")
        await page.get_by_role("link", name="History").click()

        await expect(page.locator(".log")).to_contain_text("sent a post")
        await expect(page.locator("#main")).to_contain_text("History of the item")
        await expect(page.locator("#main")).not_to_contain_text("syringes")


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "fr")])
async def test_the_desk_is_for_everybody(browser: Browser, desk: Desk, width: int, language: str) -> None:
    async with the_log(browser, desk, width, language) as page:
        await expect(page.locator("#proof.is-checked")).to_be_visible()

        await check_page(page, "audit")
