"""Every page for everybody: no axe violation, no broken policy, no sideways scroll, all by keyboard (docs/guide)."""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from crypto.encoding import b64
from hub import paths
from hub.client.domain import published
from hub.client.domain.bodies import alert_body
from tests.people import PASSPHRASE, Channel, Person, Village
from tests.settled import Settlement

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = 1280, 360
REFLOW = 320
ALL_FORMS = [(WIDE, "en"), (NARROW, "fr"), (NARROW, "en"), (WIDE, "fr")]
EVERY_FORM = os.environ.get("NCPHUB_FORMS") == "all"
FORMS = ALL_FORMS if EVERY_FORM else ALL_FORMS[:2]
"""Each width and each language once; `make soak` looks at all four together."""
HARD_FORMS = ALL_FORMS if EVERY_FORM else ALL_FORMS[1:2]
"""For pages that stories walk wide and in English: the narrow one with the longer words."""
GOODS = "Ivermectin tablets, unlicensed"
Watch = Callable[[Page], list[str]]


@dataclass(frozen=True, slots=True)
class Site:
    """A hub with one channel, in which Peru has sent an alert and a post."""

    hub: Village
    ghana: Person
    channel: Channel

    def link(self, person: Person | None = None) -> str:
        """The exercise's link of a person: Ghana's, if nobody is named."""
        sheet = (person or self.ghana).sheet
        return f"{self.hub.url}/#code={sheet.code}&second={sheet.second}"


@pytest_asyncio.fixture(loop_scope="session")
async def site(settlement: Settlement, reachable_folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    folder = reachable_folder / f"pages-{abs(hash(request.node.name)):x}"
    folder.mkdir()
    async with settlement.copy(folder) as hub:
        ghana, peru = await hub.members("ghana", "peru")
        channel = await hub.channel("Medicines", ghana, peru)
        await peru.member.post(channel.operation, channel.id, "alert", an_alert())
        await peru.say(channel, "Parcels from the same centre are now declared as closures.")
        yield Site(hub, ghana, channel)


def an_alert() -> dict[str, object]:
    values = {
        "country": "PE", "place": "PECLL", "event_at": "2026-11-20T09:40Z", "direction": "IMPORT", "goods": GOODS,
        "hs": "3004.90", "quantity": "36400", "unit": "TABLET", "conveyance": "SEA_CONTAINER", "departure": "IN",
        "destination": "PE", "tlp": "TLP:AMBER",
    }  # fmt: skip
    return alert_body(published.load(paths.config()).template("seizure", "long"), values, "en")


@asynccontextmanager
async def window(browser: Browser, width: int, language: str, url: str) -> AsyncIterator[tuple[BrowserContext, Page]]:
    """A browser of its own, `width` wide, that asks for pages in `language`."""
    context = await browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB")
    await context.add_cookies([{"name": "lang", "value": language, "url": url}])
    yield context, await context.new_page()
    await context.close()


async def sign_in(page: Page, site: Site, person: Person | None = None) -> None:
    await page.goto(site.link(person))
    await page.locator("#passphrase").fill(PASSPHRASE)
    await page.locator("button[type=submit]").click()
    await expect(page.locator("nav.nav")).to_be_visible(timeout=60_000)


async def check_page(page: Page, name: str) -> None:
    """No violation of WCAG 2.2 A and AA nor of best practice, and nothing beside the window at 320 pixels."""
    await page.evaluate(AXE.read_text("utf-8") + ";0")
    found = await page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]] == [], name
    size = page.viewport_size
    assert size is not None
    if size["width"] == NARROW:
        await page.set_viewport_size({"width": REFLOW, "height": size["height"]})
        assert await page.evaluate("document.documentElement.scrollWidth") <= REFLOW, name
        await page.set_viewport_size(size)


def states() -> Iterator[str]:
    """Where the walk below stops and looks."""
    yield from (
        "home",
        "menu",
        "channels",
        "channel",
        "detail",
        "readers",
        "about",
        "kinds",
        "form",
        "mistakes",
        "picker",
        "post",
    )


async def walk(page: Page, site: Site, state: str) -> None:
    """Goes where a person would go, by what the page offers."""
    address = f"/o/{b64(site.channel.operation)}/{b64(site.channel.id)}"
    submit = page.locator(".sendbar button[type=submit]")
    match state:
        case "menu":
            await page.locator(".menu summary").click()
        case "channels":
            await page.keyboard.press("Escape")
            await page.locator('nav.nav a[href="/o"]').click()
        case "channel":
            await page.locator(f'.rail a[href="{address}"]').click()
            await expect(page.locator(".alert-product")).to_have_text(GOODS)
        case "detail":
            await page.locator(".alert-product a").click()
            await expect(page.locator(".detail .panel.is-checked")).to_be_visible()
        case "readers":
            await page.go_back()
            await page.locator('.feed-head a[href$="/readers"]').click()
            await expect(page.locator("table.table")).to_be_visible()
        case "about":
            await page.locator('.bar-end > a[href="/o/about"]').click()
        case "kinds":
            await page.go_back()
            await page.go_back()
            await page.locator('.feed-foot a[href$="/new"]').click()
            await expect(page.locator(".tasks li")).not_to_have_count(0)
        case "form":
            await page.locator(".tasks h2 button").first.click()
            await expect(submit).to_be_visible()
        case "mistakes":
            await submit.click()
            await expect(page.locator(".errors")).to_be_focused()
        case "picker":
            await page.locator("#f-place").fill("tem")
            await expect(page.locator("[role=option]").first).to_be_visible()
        case "post":
            await page.locator("main .textlink").first.click()
            await page.locator(".feed-foot button").click()
            await expect(page.locator("#post")).to_be_visible()
        case _:
            await expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize(("width", "language"), FORMS)
async def test_every_page_is_for_everybody(
    site: Site, browser: Browser, watch: Watch, width: int, language: str
) -> None:
    async with window(browser, width, language, site.hub.url) as (_, page):
        complaints = watch(page)
        await page.goto(site.hub.url)
        await expect(page.locator("#account")).to_be_visible()
        await check_page(page, "sign-in")
        await page.locator("button[type=submit]").click()
        await check_page(page, "sign-in, nothing filled in")
        await page.goto("about:blank")
        await sign_in(page, site)

        for state in states():
            await walk(page, site, state)
            await check_page(page, state)

        assert complaints == []


@pytest.mark.parametrize(("width", "language"), FORMS)
async def test_the_auditors_page_proves_the_log(
    site: Site, browser: Browser, watch: Watch, width: int, language: str
) -> None:
    auditor = await site.hub.person("auditor")
    async with window(browser, width, language, site.hub.url) as (_, page):
        complaints = watch(page)
        await sign_in(page, site, auditor)

        await page.locator('nav.nav a[href="/audit"]').click()

        await expect(page.locator("#proof.is-checked")).to_be_visible(timeout=30_000)
        await check_page(page, "audit")
        assert GOODS not in await page.content()
        assert complaints == []


async def test_a_links_secret_leaves_the_address_at_once(site: Site, browser: Browser) -> None:
    async with window(browser, WIDE, "en", site.hub.url) as (_, page):
        await page.goto(site.link())

        await expect(page.locator("#account")).to_have_value(site.ghana.sheet.code)

        assert page.url == f"{site.hub.url}/"


async def test_words_stay_while_the_language_changes(site: Site, browser: Browser) -> None:
    async with window(browser, WIDE, "en", site.hub.url) as (context, page):
        await sign_in(page, site)
        for state in ("channels", "channel", "post"):
            if state == "post":
                await page.locator(".feed-foot button").click()
            else:
                await walk(page, site, state)
        await page.locator("#post").fill("Forty cartons of syringes")

        await page.get_by_role("link", name="Français").click()

        await expect(page.locator("h1")).to_have_text("Écrire un message")
        await expect(page.locator("#post")).to_have_value("Forty cartons of syringes")
        assert await page.evaluate("document.documentElement.lang") == "fr"
        assert ("lang", "fr") in {(one.get("name"), one.get("value")) for one in await context.cookies()}


async def test_a_post_is_sent_only_when_the_hub_said_so(site: Site, browser: Browser) -> None:
    async with window(browser, WIDE, "en", site.hub.url) as (_, page):
        await sign_in(page, site)
        for state in ("channels", "channel"):
            await walk(page, site, state)
        await page.locator(".feed-foot button").click()
        await page.locator("#post").fill("Forty cartons of syringes")

        await page.keyboard.press("Control+Enter")

        await expect(page.locator(".outgoing")).to_contain_text("Sent")
        received = await site.hub.people["peru"].read(site.channel)
        assert "Forty cartons of syringes" in [item.body.get("text") for item in received if item.body]
        assert "syringes" not in page.url + await page.title()


async def test_a_channel_can_be_read_by_keyboard(site: Site, browser: Browser) -> None:
    async with window(browser, WIDE, "en", site.hub.url) as (_, page):
        await sign_in(page, site)
        await page.keyboard.press("g")
        await page.keyboard.press("c")
        await expect(page.locator(".rail li a").first).to_be_visible()
        await page.locator(".rail li a").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".alert-product")).to_be_visible()

        await page.keyboard.press("j")
        await expect(page.locator(".alert-product a")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator(".detail .panel.is-checked")).to_be_visible()
        await page.keyboard.press("r")
        await expect(page.locator("#reply")).to_be_focused()
        await page.locator(".detail .button").first.focus()
        await page.keyboard.press("Escape")

        await expect(page.locator(".alert-product a")).to_be_focused()
        await page.keyboard.press("?")
        await expect(page.locator("dialog")).to_be_visible()
        await page.locator("#keys-on").uncheck()
        await page.keyboard.press("Escape")
        await page.keyboard.press("g")
        await page.keyboard.press("h")
        await expect(page.locator(".rail")).to_be_visible()


async def test_a_wrong_passphrase_tells_nothing_of_the_account(site: Site, browser: Browser) -> None:
    async with window(browser, WIDE, "en", site.hub.url) as (_, page):
        said = []
        for code in (site.ghana.sheet.code, "ZZ-NOBODY-9"):
            await page.goto(site.hub.url)
            await page.locator("#account").fill(code)
            await page.locator("#passphrase").fill("not the passphrase")
            await page.locator("#second").fill(site.ghana.sheet.second)
            await page.locator("button[type=submit]").click()
            await expect(page.locator(".errors p")).to_be_visible(timeout=60_000)
            said.append(json.dumps(await page.locator(".errors").inner_text()))

        assert said[0] == said[1]
