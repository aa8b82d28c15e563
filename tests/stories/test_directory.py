"""A card written in one browser, read in others, handed over, kept back by a hub that lies; then somebody leaves."""

from __future__ import annotations

import re

import asyncpg
from playwright.async_api import expect

from crypto.encoding import AccountId, b64
from hub.client import cards
from tests.integration.test_cards import a_contact
from tests.stories.conftest import Town
from tests.stories.desk import Desk

PHONE = "+233 30 200 0123"


async def opens_directory(desk: Desk) -> None:
    await desk.follows(re.compile("^Directory$"))
    await desk.sees_heading("Directory")


async def writes_card(desk: Desk, phone: str) -> None:
    """From the start page, which asks for it, with everything that has to be said."""
    await desk.sees("Nobody can see how to reach you")
    await desk.follows("My contact card")
    await desk.sees_heading("My contact card")
    await desk.sees(re.compile("^Every member of this hub, and the hub itself"))
    await desk.page.get_by_label("First", exact=True).select_option(label="English")
    await desk.goes_into("Duty phone")
    await desk.types(phone)
    await desk.page.get_by_label("Time zone *").select_option("Africa/Accra")
    await desk.page.get_by_label("Deputy", exact=True).select_option(label="NCP Peru (PE)")
    await desk.presses("Sign the card")
    await desk.sees("Your card is signed. Members and the hub can read it.")


async def test_a_card_is_signed_in_one_browser_and_checked_in_the_other(town: Town) -> None:
    ghana, peru, coordinator = await town.signed_in("ghana", "peru", "coordinator")

    # A number without its country is told beside the field, and nothing is signed.
    await ghana.sees("Nobody can see how to reach you")
    await ghana.follows("My contact card")
    await ghana.sees_heading("My contact card")
    await ghana.presses("Sign the card")
    await ghana.sees("Write the duty phone with its country: +233 30 200 0123.")
    await ghana.follows("Home")
    await writes_card(ghana, PHONE)

    # Peru finds it by a language, and sees who certified whom, how, and what became of the keys.
    await opens_directory(peru)
    await peru.goes_into("Country, person or language")
    await peru.types("engl gha")
    await peru.sees("1 person")
    await peru.sees(PHONE)
    await peru.follows("NCP Ghana")
    await peru.sees_heading("NCP Ghana")
    await peru.sees(re.compile(r"^on paper \(A1\), .*, by First administrator$"))
    await peru.sees("Device added: ghana's desk")
    await peru.sees("Health Shield")

    # The command line reads the same card, and hands Peru's duty over; Ghana's page names who stands in.
    member = town.person("peru").member
    shown = await cards.cards(member.state)
    contact = shown[AccountId(town.person("ghana").account)].contact
    assert contact is not None
    assert contact.phone == PHONE
    await member.sync()
    await cards.put_card(
        member.state, a_contact(phone="+51 1 200 0123", deputy=AccountId(town.person("ghana").account))
    )

    # The coordinator sees who is live, in words.
    await opens_directory(coordinator)
    await coordinator.page.goto(f"{coordinator.address}/o/{b64(town.channel.operation)}/coverage")
    await coordinator.comes_back()
    await coordinator.sees_heading("Coverage of Health Shield")
    await coordinator.sees(re.compile("^2 of 2 countries have a live contact point"))


async def test_a_hub_that_keeps_a_card_back_is_told_on(town: Town) -> None:
    (peru,) = await town.signed_in("peru")
    await opens_directory(peru)
    await peru.sees(PHONE)
    table = await asyncpg.connect(dsn_of(town))
    await table.execute("DELETE FROM card WHERE account = $1", town.person("ghana").account)
    await table.close()

    await peru.page.reload()
    await peru.comes_back()
    await opens_directory(peru)

    await peru.sees(re.compile("^The hub showed this person’s card before and doesn’t show it any more"))
    await peru.sees_not(PHONE)


async def test_duty_is_handed_over_for_some_days(town: Town) -> None:
    ghana, peru = await town.signed_in("ghana", "peru")
    await ghana.page.goto(f"{ghana.address}/o/card")
    await ghana.comes_back()
    await ghana.sees_heading("My contact card")
    if await ghana.page.get_by_role("button", name="Hand over").count() == 0:
        await ghana.page.get_by_label("First", exact=True).select_option(label="English")
        await ghana.goes_into("Duty phone")
        await ghana.page.get_by_label("Duty phone *").fill(PHONE)
        await ghana.presses("Sign the card")
        await ghana.sees("Your card is signed. Members and the hub can read it.")
    await ghana.page.get_by_label("First day").fill("2026-01-01")
    await ghana.page.get_by_label("Last day").fill("2099-12-31")
    await ghana.page.get_by_label("Who stands in?").select_option(label="NCP Peru (PE)")
    await ghana.presses("Hand over")
    await ghana.sees(re.compile("^NCP Peru stands in for you until 31 December 2099"))

    await peru.page.reload()
    await peru.comes_back()
    await opens_directory(peru)
    await peru.sees("Away until 31 December 2099. NCP Peru stands in.")
    await peru.follows("Home")
    await peru.sees("You stand in for NCP Ghana")


async def test_one_confirmed_act_leaves_everything(town: Town) -> None:
    (peru,) = await town.signed_in("peru")
    await peru.page.goto(f"{peru.address}/o/card")
    await peru.comes_back()
    await peru.page.get_by_text("Leave the hub for good").first.click()
    await peru.presses("See what that does")
    await peru.sees(re.compile("^You leave Health Shield. Every channel you read gets a new secret"))
    leave = peru.page.get_by_role("button", name="Leave for good")
    await expect(leave).to_be_disabled()
    await peru.goes_into("Type your account code, PE-PERU")
    await peru.types("pe-peru")
    await leave.click()

    await expect(peru.field("Passphrase")).to_be_visible(timeout=30_000)
    ghana = town.person("ghana")
    await ghana.member.sync()
    assert town.person("peru").account not in ghana.member.operations()[town.channel.operation].members
    await ghana.say(town.channel, "Among those who stayed")
    directory = ghana.member.state.directory.latest
    valid = [
        d for d in directory.devices.values() if d.account == town.person("peru").account and d.revoked_seq is None
    ]
    assert valid == []


def dsn_of(town: Town) -> str:
    dsn = town.village.settings.dsn
    assert dsn is not None
    return dsn.get_secret_value()
