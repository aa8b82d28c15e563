"""Two contact points meet: one reports a seizure, the other reads it, checks who signed it, and answers."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.people import PASSPHRASE
from tests.stories.conftest import FIRST_WORDS, Town


async def test_the_sign_in_link_opens_the_operation_and_leaves_nothing_in_the_address_bar(town: Town) -> None:
    ghana = await town.desk("ghana")

    await ghana.opens_link()
    await ghana.sees_heading("Sign in")
    assert ghana.page.url == f"{ghana.address}/"
    await ghana.goes_into("Passphrase")
    await ghana.types(PASSPHRASE)
    await ghana.presses("Sign in and unlock")
    await ghana.follows(re.compile("^Channels$"))

    await ghana.sees("Health Shield")
    await ghana.follows("All members")
    await ghana.sees(FIRST_WORDS)
    assert "#" not in ghana.page.url


async def test_a_seizure_goes_from_ghana_to_peru_and_an_answer_comes_back(town: Town) -> None:
    ghana, peru = await town.signed_in("ghana", "peru")
    await ghana.opens_channel("All members")
    await peru.opens_channel("All members")
    await peru.sees(FIRST_WORDS)

    # Ghana writes: the mistakes are named together and beside their fields.
    reference = await ghana.begins_short_form()
    await ghana.presses(re.compile("^Send alert"))
    summary = ghana.page.get_by_role("alert").filter(has_text="There is a problem")
    await expect(summary).to_be_focused()
    await expect(summary.get_by_role("link", name="Say when the goods were found")).to_be_visible()
    await expect(ghana.field("Quantity")).to_have_attribute("aria-invalid", "true")
    await summary.get_by_role("link", name="Say when the goods were found").click()
    await expect(ghana.page.get_by_label("Day", exact=True)).to_be_focused()

    await ghana.fills_short_form("Amoxicillin 500 mg, 40 cartons")
    await ghana.sees_not("There is a problem")
    await ghana.key("Control+Enter")
    await ghana.sees(re.compile(r"^Sent \d\d:\d\d UTC$"))
    await ghana.sees(reference)

    # Peru sees it without touching anything, opens it and is told who signed.
    await peru.follows(re.compile("Amoxicillin 500 mg, 40 cartons"))
    await peru.sees(reference)
    panel = peru.page.get_by_role("region", name=re.compile("^Signed by NCP Ghana"))
    await expect(panel).to_contain_text("On Chrome")
    await expect(panel).to_contain_text(re.compile(r"The hub received it at \d\d:\d\d:\d\d"))
    await expect(panel).to_contain_text(re.compile(r"Checked here at \d\d:\d\d:\d\d UTC"))
    await expect(panel).to_contain_text("Nothing has been changed since")

    await peru.goes_into("Reply in the thread")
    await peru.types("Same batch found at Callao in May")
    await peru.presses(re.compile("^Send$"))
    await ghana.follows(re.compile("^Go to the channel"))
    await ghana.follows(re.compile("Amoxicillin 500 mg, 40 cartons"))
    await ghana.sees("Same batch found at Callao in May")
