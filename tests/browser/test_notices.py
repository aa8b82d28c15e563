"""Notices for everybody: the start page, the line that asks, the notice, the matrix, writing one (docs/guide)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from crypto.encoding import b64
from hub.client.domain.bodies import notice_body
from hub.client.notices import Notice, acknowledge, ask, notices
from hub.client.state import now
from tests.browser.test_pages import HARD_FORMS, NARROW, Watch, check_page, window
from tests.people import PASSPHRASE, Channel, Person, Village
from tests.settled import Settlement

HOUR = 3_600_000
WORDS = [
    ("change", "Report of licit shipments moves to Mondays", "Le rapport passe au lundi", None, False),
    ("safety", "Do not open sacks marked 2-4-1 in a closed room", "N’ouvrez pas les sacs 2-4-1", 20 * HOUR, True),
    ("instruction", "Cold boxes without a data logger", "Glacières sans enregistreur", 27 * HOUR, True),
]


@dataclass(frozen=True, slots=True)
class Board:
    """Five countries, three notices, some answers; Ghana has not answered the last one."""

    hub: Village
    channel: Channel

    def person(self, name: str) -> Person:
        return self.hub.people[name]

    async def read(self, person: Person) -> list[Notice]:
        await person.read(self.channel)
        return notices(person.member.state, self.channel.operation, self.channel.id)


@pytest_asyncio.fixture(loop_scope="session")
async def board(settlement: Settlement, reachable_folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[Board]:
    folder = reachable_folder / f"notices-{abs(hash(request.node.name)):x}"
    folder.mkdir()
    async with settlement.copy(folder) as hub:
        people = await hub.members("ghana", "peru", "kenya", "france", "india")
        channel = await hub.channel("All members", *people)
        board = Board(hub, channel)
        chief = hub.people["coordinator"].member.state
        for kind, english, french, due, urgent in WORDS:
            texts = {"en": f"{english}.\n\nHold them and tell us.", "fr": f"{french}.\n\nPrévenez-nous."}
            body = notice_body(kind, {"en": english, "fr": french}, texts, "en")
            until = None if due is None else now() + due
            await ask(chief, channel.operation, channel.id, body, due=until, urgent=urgent)
        for person, answers in zip(
            people,
            (
                ("acknowledged", "action-taken", None),
                ("acknowledged", "acknowledged", "acknowledged"),
                ("not-applicable", "action-taken", "action-taken"),
                (None, "acknowledged", "acknowledged"),
                ("acknowledged", None, None),
            ),
            strict=True,
        ):
            for notice, answer in zip(await board.read(person), answers, strict=True):
                if answer is not None:
                    await acknowledge(person.member.state, notice, answer)
        yield board


async def sign_in(page: Page, board: Board, name: str) -> None:
    sheet = board.person(name).sheet
    await page.goto(f"{board.hub.url}/#code={sheet.code}&second={sheet.second}")
    await page.locator("#passphrase").fill(PASSPHRASE)
    await page.locator("button[type=submit]").click()
    await expect(page.locator("nav.nav")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize(("width", "language"), HARD_FORMS)
async def test_a_contact_point_sees_what_is_asked(
    board: Board, browser: Browser, watch: Watch, width: int, language: str
) -> None:
    address = f"/o/{b64(board.channel.operation)}/{b64(board.channel.id)}"
    async with window(browser, width, language, board.hub.url) as (_, page):
        complaints = watch(page)
        await sign_in(page, board, "ghana")
        await expect(page.locator("#h-ack")).to_be_visible()
        await expect(page.locator(".nav .count.is-urgent")).to_contain_text("1")
        await check_page(page, "home")

        await page.locator('nav.nav a[href="/o"]').click()
        await page.locator(f'.rail a[href="{address}"]').click()
        await expect(page.locator(".notice")).to_have_count(3)
        await expect(page.locator(".notice:not(.is-done)")).to_have_count(1)
        await check_page(page, "channel")

        await page.locator(".notice:not(.is-done) h3 a").click()
        await expect(page.locator(".answers.is-due")).to_be_visible()
        await check_page(page, "notice")
        await page.locator(".answers [data-acknowledge]").click()
        await expect(page.locator(".answers .is-checked")).to_be_visible()
        await check_page(page, "answered")

        await page.locator('nav.nav a[href="/o/notices"]').click()
        rows = page.locator(".notice-list").first.locator("li") if width == NARROW else page.locator(".matrix tbody tr")
        await expect(rows).to_have_count(5)
        await check_page(page, "matrix")
        assert complaints == []


@pytest.mark.parametrize(("width", "language"), HARD_FORMS)
async def test_a_coordinator_writes_one(
    board: Board, browser: Browser, watch: Watch, width: int, language: str
) -> None:
    async with window(browser, width, language, board.hub.url) as (_, page):
        complaints = watch(page)
        await sign_in(page, board, "coordinator")
        await page.locator('nav.nav a[href="/o/notices"]').click()
        if width == NARROW:
            await page.locator("details:has(#f-which) summary").click()
        await page.locator("#f-which").select_option("all")
        await check_page(page, "matrix of a coordinator")

        await page.locator(".page-head .button.is-main").click()
        await expect(page.locator("#n-kind")).to_be_visible()
        await page.locator(".sendbar button[type=submit]").click()
        await expect(page.locator(".errors")).to_be_focused()
        await check_page(page, "mistakes")
        await page.locator("#n-kind").select_option("instruction")
        await page.locator("#n-title-en").fill("Count the doses again")
        await page.locator("#n-text-en").fill("Before Monday, please.")
        await page.locator("#n-scope-countries").check()
        await page.locator("#n-c-PE").check()
        await page.locator("#n-c-KE").check()
        await expect(page.locator(".panel [role=status] b")).to_contain_text("2")
        await check_page(page, "writing")

        await page.locator(".sendbar button[type=submit]").click()
        await expect(page.locator(".outgoing .is-checked")).to_be_visible()
        assert complaints == []
    last = (await board.read(board.person("coordinator")))[-1]
    assert [row.country for row in last.tally.rows] == ["KE", "PE"]
