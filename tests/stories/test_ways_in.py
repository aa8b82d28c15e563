"""Every way in but the passphrase, a new sheet, devices let in and taken out: in the browser (docs/spec/27-ways.md)."""

from __future__ import annotations

import asyncio
import re

import asyncpg
from playwright.async_api import Locator, expect

from tests.people import PASSPHRASE
from tests.stories.conftest import FIRST_WORDS, Town
from tests.stories.desk import Desk

NEW_PASSPHRASE = "violet tractor under bamboo"


async def test_a_recovery_code_opens_once_and_makes_a_new_sheet(town: Town) -> None:
    sheet = town.person("auditor").sheet
    auditor = await town.desk("auditor")
    await auditor.page.goto(auditor.address)
    await auditor.presses("Recovery code")
    await types_into(auditor, "Account", sheet.code)
    await types_into(auditor, "Recovery code", sheet.recovery.lower())
    await auditor.presses("Open with the recovery code")

    await auditor.sees_heading("Choose a new passphrase", patience=30_000)
    await types_into(auditor, "New passphrase", NEW_PASSPHRASE)
    await auditor.presses("Make my new sheet")
    second, recovery = await printed_sheet(auditor)
    await auditor.sees("Recovery code 2")
    await types_two_groups(auditor, sheet.recovery)
    await auditor.sees("These are not the two groups of the new code. Read them from the paper once more.")
    await types_two_groups(auditor, recovery)
    await auditor.sees_heading("What needs you")

    old, new = await town.desk("auditor"), await town.desk("auditor")
    await by_sheet(old, sheet.code, PASSPHRASE, sheet.second)
    await old.sees("Account, passphrase and second secret don’t fit together. Check each of them.")
    await by_sheet(new, sheet.code, NEW_PASSPHRASE, second)
    await new.sees_heading("What needs you", patience=30_000)


async def test_a_passkey_opens_by_itself_and_can_be_removed(town: Town) -> None:
    [ghana] = await town.signed_in("ghana")
    devtools = await ghana.context.new_cdp_session(ghana.page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "hasPrf": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    await to_devices(ghana)
    await ghana.presses("Add a passkey")
    await ghana.sees("The passkey was added, and opens your account from now on.")

    await from_menu(ghana, "Sign out")
    await ghana.presses("Passkey")
    await expect(ghana.page.get_by_role("link", name="Channels", exact=True)).to_be_visible(timeout=30_000)
    await ghana.opens_channel("All members")
    await ghana.sees(FIRST_WORDS)

    await to_devices(ghana)
    await ghana.presses(re.compile("^Remove the passkey"))
    await ghana.sees(re.compile("opens your account no longer"))
    await from_menu(ghana, "Sign out")
    await ghana.presses("Passkey")
    await ghana.sees_heading("You are not signed in")


async def test_a_device_that_is_open_lets_a_new_one_in_and_takes_it_out_again(town: Town) -> None:
    town.network_may_complain = True  # the revoked device tries to come back
    [peru] = await town.signed_in("peru")
    fresh = await town.desk("peru")
    await to_devices(peru)
    await peru.presses("Let in a new device")
    code = await peru.page.locator(".one-time").inner_text()

    await fresh.page.goto(fresh.address)
    await fresh.presses("Another device of yours that is open")
    await types_into(fresh, "Account", town.person("peru").sheet.code)
    await types_into(fresh, "One-time code", code.lower().replace("-", " "))
    await fresh.presses("Ask to be let in")
    await fresh.sees(re.compile("^Waiting. The other device now shows"))
    await peru.sees_heading(re.compile("asks to become a device of yours"))
    await peru.presses("Yes, let it in")
    await expect(fresh.page.get_by_role("link", name="Channels", exact=True)).to_be_visible(timeout=30_000)
    await fresh.opens_channel("All members")
    await fresh.sees(FIRST_WORDS)

    await peru.presses("Done")
    await expect(peru.page.get_by_text("This device", exact=True)).to_have_count(1)
    await peru.presses(re.compile("^Revoke Chrome on"))
    await peru.page.get_by_label("I no longer use it").check()
    await peru.presses("Sign the revocation")
    await peru.sees("1 device was revoked. Your account has a new key.")
    await fresh.sees("Your session has ended. Drafts and what waits to be sent are kept on this device.")
    await by_passphrase(fresh)
    await fresh.sees_heading("You are not signed in")
    await peru.opens_channel("All members")
    await town.person("ghana").say(town.channel, "Said after the device was revoked")
    await peru.sees("Said after the device was revoked")


async def test_a_session_about_to_end_is_kept_with_one_key_and_loses_no_word(town: Town) -> None:
    ghana = await town.desk("ghana")
    await ghana.page.clock.install()
    await ghana.signs_in()
    await ghana.opens_channel("All members")
    await ghana.presses("Write a post")
    await ghana.goes_into("Text")
    await ghana.types("Half a sentence")
    ends = await session_ends(town, "ghana")

    await ghana.page.clock.fast_forward("11:58:30")  # the page's clock alone: hub and worker keep theirs
    await ghana.sees(re.compile("^Your session ends at"))
    await ghana.key("F2")

    while await session_ends(town, "ghana") <= ends:
        await asyncio.sleep(0.1)
    await expect(ghana.field("Text")).to_have_value("Half a sentence")
    await ghana.types(" and the rest")
    await expect(ghana.field("Text")).to_have_value("Half a sentence and the rest")


async def session_ends(town: Town, name: str) -> float:
    """When the last session of this person is over, as the hub has it."""
    dsn = town.village.settings.dsn
    assert dsn is not None
    db = await asyncpg.connect(dsn.get_secret_value())
    try:
        asked = "SELECT max(expires_at) FROM session WHERE account = $1 AND ended_at IS NULL"
        at = await db.fetchval(asked, bytes(town.person(name).account))
        return float(at.timestamp())
    finally:
        await db.close()


# -- what a person does ------------------------------------------------------------------------------------------------


async def types_into(desk: Desk, label: str, words: str) -> None:
    """Instead of what stands there."""
    field: Locator = desk.page.get_by_label(label, exact=True)
    await field.click()
    await desk.key("Control+a")
    await desk.types(words)


async def by_sheet(desk: Desk, code: str, passphrase: str, second: str) -> None:
    await desk.page.goto(desk.address)
    await types_into(desk, "Account", code)
    await types_into(desk, "Passphrase", passphrase)
    await types_into(desk, "Second secret", second)
    await desk.presses("Sign in and unlock")


async def by_passphrase(desk: Desk) -> None:
    """This browser holds the rest."""
    await types_into(desk, "Passphrase", PASSPHRASE)
    await desk.key("Enter")


async def from_menu(desk: Desk, entry: str) -> None:
    await desk.page.locator("details.menu summary").click()
    await desk.page.get_by_role("button", name=entry).click()


async def to_devices(desk: Desk) -> None:
    await desk.page.locator("details.menu summary").click()
    await desk.follows("Devices and ways in")
    await desk.sees_heading("Your devices")
    await desk.sees("This device")


async def printed_sheet(desk: Desk) -> tuple[str, str]:
    """What the person now holds on paper: second secret and recovery code."""
    await desk.sees_heading("Print your new sheet", patience=30_000)
    groups = await desk.page.locator(".sheet .groups li").all_inner_texts()
    second = await desk.page.locator(".sheet dd.code").nth(2).inner_text()
    return second, "-".join(groups)


async def types_two_groups(desk: Desk, recovery: str) -> None:
    for field in await desk.page.get_by_label(re.compile("^Recovery code, group")).all():
        label = await field.evaluate("element => element.labels[0].textContent")
        await field.fill("")
        await field.click()
        await desk.types(recovery.split("-")[int(re.sub(r"\D", "", label)) - 1])
    await desk.presses("The sheet is printed: use it from now on")
