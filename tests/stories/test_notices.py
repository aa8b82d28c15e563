"""A coordinator asks four countries; three answer, each in its own way, and the matrix fills while they do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, expect

from hub.client.domain.bodies import notice_body
from hub.client.notices import ask
from hub.client.state import now
from tests.browser.test_pages import GOODS, an_alert
from tests.stories.conftest import Town
from tests.stories.desk import PATIENCE, Desk

ROOM = "Cold chain"


def cell(desk: Desk, country: str) -> Locator:
    """Where a country stands in the newest notice."""
    return desk.page.get_by_role("row", name=re.compile(country)).get_by_role("cell").first


async def test_a_notice_in_two_languages_is_acknowledged_and_the_matrix_fills(town: Town) -> None:
    village = town.village
    people = await village.members("ghana", "peru", "kenya", "france")
    await village.channel(ROOM, *people)
    coordinator, ghana, peru, kenya = await town.signed_in("coordinator", "ghana", "peru", "kenya")

    # The coordinator writes two languages side by side, and is told who will read it and who is asked.
    await coordinator.opens_channel(ROOM)
    await coordinator.presses(re.compile("^New notice"))
    await coordinator.sees_heading("New notice")
    await coordinator.presses(re.compile("^Send notice"))
    await coordinator.sees("Choose what kind of notice it is")
    await coordinator.chooses("Kind of notice", "Instruction")
    await coordinator.writes("Title, English", "Cold boxes without a data logger")
    await coordinator.writes("Text, English", "Hold them and tell us the numbers.")
    await coordinator.writes("Title, French", "Glacières sans enregistreur")
    await coordinator.writes("Text, French", "Retenez-les et donnez-nous les numéros.")
    await coordinator.sees("5 people, 5 countries can read this channel")
    await coordinator.sees("4 countries are asked to acknowledge.")
    due = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    await coordinator.field("Acknowledge by (UTC)").fill(due)
    await coordinator.key("Control+Enter")
    await coordinator.sees(re.compile(r"^Sent \d\d:\d\d UTC$"))
    await coordinator.page.get_by_role("link", name="Notices", exact=True).click()
    await coordinator.sees("0 of 4 countries have")
    await expect(cell(coordinator, "Ghana")).to_contain_text("Silent")

    # Ghana finds it at home, by the number beside Notices, and answers with one key in the channel.
    await ghana.sees("To acknowledge for Ghana")
    await ghana.sees(re.compile("Cold boxes without a data logger"))
    await expect(ghana.page.get_by_role("link", name=re.compile("Notices 1"))).to_be_visible()
    await ghana.opens_channel(ROOM)
    await ghana.sees(re.compile("acknowledge by"))
    await ghana.key("j")
    await ghana.key("a")
    await expect(cell(coordinator, "Ghana")).to_contain_text("Acknowledged", timeout=PATIENCE)
    await expect(ghana.page.get_by_role("link", name=re.compile("Notices 1"))).to_have_count(0)

    # Peru opens it, which is told; then says that it has acted.
    await peru.opens_channel(ROOM)
    await peru.follows(re.compile("Cold boxes without a data logger"))
    await peru.sees("Hold them and tell us the numbers.")
    await expect(cell(coordinator, "Peru")).to_contain_text("Opened", timeout=PATIENCE)
    await peru.presses("Action taken")
    await expect(cell(coordinator, "Peru")).to_contain_text("Action taken", timeout=PATIENCE)

    # Kenya answers from the start page.
    await kenya.presses(re.compile("^Acknowledge"))
    await expect(cell(coordinator, "Kenya")).to_contain_text("Acknowledged", timeout=PATIENCE)
    await coordinator.sees("3 of 4 countries have")
    await coordinator.sees("1 is silent")
    await coordinator.field("State of notice 1").select_option("not-yet")
    await expect(coordinator.page.get_by_role("row", name=re.compile("France"))).to_be_visible()
    await expect(coordinator.page.get_by_role("row", name=re.compile("Ghana"))).to_have_count(0)


async def test_who_answers_after_the_date_is_shown_as_late(town: Town) -> None:
    village = town.village
    ghana_, peru_, chief = await village.members("ghana", "peru", "coordinator")
    channel = await village.channel("Short of time", ghana_, peru_)
    body = notice_body("safety", {"en": "Do not open the sacks"}, {"en": "Keep them closed."}, "en")
    await ask(chief.member.state, channel.operation, channel.id, body, due=now() + 3_000, urgent=True)
    coordinator, ghana = await town.signed_in("coordinator", "ghana")
    await coordinator.page.get_by_role("link", name=re.compile("^Notices")).click()
    await expect(cell(coordinator, "Ghana")).to_contain_text("Silent")
    await coordinator.page.wait_for_timeout(3_000)

    await ghana.presses(re.compile("^Acknowledge"))

    await expect(cell(coordinator, "Ghana")).to_contain_text("late", timeout=PATIENCE)


async def test_a_question_stands_on_the_start_page_until_the_country_answers(town: Town) -> None:
    village = town.village
    ghana_, peru_ = await village.members("ghana", "peru")
    channel = await village.channel("Questions", ghana_, peru_)
    await peru_.member.post(channel.operation, channel.id, "alert", an_alert(), to=["GH"])
    await peru_.member.post(channel.operation, channel.id, "alert", an_alert())
    ghana, peru = await town.signed_in("ghana", "peru")

    section = ghana.page.get_by_role("region", name="Questions to Ghana 1")
    await expect(section).to_contain_text(GOODS)
    await peru.sees_not(re.compile("Questions to"))
    await section.get_by_role("button", name=re.compile("^Answer")).click()
    await ghana.goes_into("Reply in the thread")
    await ghana.types("Opened at Tema on Monday")
    await ghana.presses(re.compile("^Send$"))

    await ghana.follows(re.compile("^Home$"))
    await ghana.sees_heading("What needs you")
    await expect(section).to_have_count(0, timeout=PATIENCE)


async def test_what_was_read_on_one_machine_is_read_on_the_other(town: Town) -> None:
    village = town.village
    ghana_, peru_ = await village.members("ghana", "peru")
    channel = await village.channel("Two machines", ghana_, peru_)
    for words in ("First", "Second", "Third"):
        await peru_.say(channel, words)
    office, yard = await town.signed_in("ghana", "ghana")
    unread = yard.page.get_by_role("row", name=re.compile("Two machines")).get_by_role("cell", name="3")
    await expect(unread).to_be_visible()

    await office.opens_channel("Two machines")
    await office.sees("Third")
    await office.page.wait_for_timeout(6_000)  # read is what was in view for two seconds; told three seconds later

    await yard.page.bring_to_front()
    await yard.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(unread).to_have_count(0, timeout=PATIENCE)
    await yard.opens_channel("Two machines")
    await peru_.say(channel, "Fourth")
    await yard.sees("Fourth")
    await office.sees("Fourth")
