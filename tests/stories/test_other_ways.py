"""Other languages, other machines, no mouse, wrong words, and the auditor's desk."""

from __future__ import annotations

import re

from playwright.async_api import expect

from crypto.encoding import DeviceId
from tests.people import PASSPHRASE
from tests.stories.conftest import FIRST_WORDS, Town
from tests.stories.desk import Desk

WRONG = "correct horse battery stable"


async def test_the_long_form_goes_in_french_and_what_was_typed_before_the_switch_stays(town: Town) -> None:
    [ghana] = await town.signed_in("ghana")
    await ghana.opens_channel("All members")
    await ghana.follows(re.compile("^New alert"))
    await ghana.presses("Seizure")
    await ghana.sees_heading("New alert: Seizure")
    await ghana.writes("Found goods", "Vaccins contre la rougeole, 300 flacons")

    await ghana.follows("Français")
    await expect(ghana.field("Marchandises découvertes")).to_have_value("Vaccins contre la rougeole, 300 flacons")

    await ghana.presses("Envoyer l’alerte")
    await expect(ghana.page.get_by_role("alert").filter(has_text="Il y a un problème")).to_be_focused()
    await ghana.picks("Lieu de la saisie", "tema", re.compile("Tema"))
    await ghana.tabs_to(ghana.page.get_by_role("button", name="Maintenant", exact=True).first)
    await ghana.key("Enter")
    await ghana.chooses("Sens du contrôle", "Importation")
    await ghana.chooses("Catégorie de produits", "Vaccins")
    await ghana.picks("Code SH", "vaccin", re.compile("^3002"))
    await ghana.writes("Quantité", "300")
    await ghana.chooses("Unité", "doses")
    await ghana.chooses("Infraction", "Contrefait")
    await ghana.chooses("Moyen de transport", "Fret aérien")
    await ghana.picks("Pays de départ", "Inde", re.compile("^Inde "))
    await ghana.picks("Pays de destination", "Ghana", re.compile("^Ghana"))
    await ghana.chooses("Détection par", "Fouille")
    await ghana.chooses("Dissimulation", "Aucune")
    await ghana.chooses("Suite donnée", "Retenue")
    await ghana.marks("TLP:GREEN")
    await ghana.presses("Envoyer l’alerte")

    await ghana.sees(re.compile(r"^Envoyé \d\d:\d\d UTC$"))
    await ghana.follows("Aller au canal")
    await ghana.follows(re.compile("Vaccins contre la rougeole"))
    await ghana.sees("Fouille")
    await ghana.follows("English")


async def test_an_alert_needs_no_mouse(town: Town) -> None:
    ghana = await town.desk("ghana")
    page = ghana.page

    await ghana.opens_link()
    await ghana.sees_heading("Sign in")
    await ghana.writes("Passphrase", PASSPHRASE)
    await ghana.key("Enter")
    await ghana.sees_heading("What needs you", patience=30_000)
    await ghana.types("gc")
    await ghana.sees_heading(re.compile("Channels|All members"))
    await ghana.tabs_to(page.get_by_role("link", name=re.compile("^All members")))
    await ghana.key("Enter")
    await ghana.sees(FIRST_WORDS)
    await ghana.types("c")
    await ghana.tabs_to(page.get_by_role("button", name="Seizure"))
    await ghana.key("Enter")
    await ghana.tabs_to(page.get_by_role("button", name=re.compile("^Short form")))
    await ghana.key("Enter")
    await ghana.fills_short_form("Thermometers, infrared, 60 boxes")
    await ghana.key("Control+Enter")

    await ghana.sees(re.compile(r"^Sent \d\d:\d\d UTC$"))
    await ghana.tabs_to(page.get_by_role("link", name="Go to the channel"))
    await ghana.key("Enter")
    await ghana.sees("Thermometers, infrared, 60 boxes")
    await ghana.types("k")
    await ghana.key("Enter")
    await ghana.sees(re.compile("^Signed by NCP Ghana"))


async def test_a_new_machine_opens_old_words_after_the_sheet_was_typed_and_is_a_device_of_its_own(town: Town) -> None:
    before = await devices_of(town, "peru")
    peru = await town.desk("peru")
    sheet = town.person("peru").sheet

    await peru.page.goto(peru.address)
    await peru.goes_into("Account")
    await peru.types(sheet.code.lower())
    await peru.goes_into("Passphrase")
    await peru.types(PASSPHRASE)
    await peru.goes_into("Second secret")
    await peru.types(sheet.second)
    await peru.presses("Sign in and unlock")
    await peru.opens_channel("All members")

    await peru.sees(FIRST_WORDS)
    assert len(await devices_of(town, "peru") - before) == 1


async def test_a_wrong_passphrase_and_an_unknown_account_look_the_same(town: Town) -> None:
    known, unknown, forgetful = [await town.desk("ghana") for _ in range(3)]
    sheet = known.person.sheet

    wrong = await refusal_of(known, sheet.code, WRONG, sheet.second)
    nobody = await refusal_of(unknown, "gh-nobody", WRONG, sheet.second)
    other = await refusal_of(forgetful, sheet.code, PASSPHRASE, town.person("peru").sheet.second)

    assert wrong == nobody == other
    assert WRONG not in wrong


async def test_the_auditor_sees_who_did_what_and_no_word_of_it(town: Town) -> None:
    peru, auditor = await town.signed_in("peru", "auditor")
    await peru.opens_channel("All members")
    await peru.sees("Connected")
    await town.person("ghana").say(town.channel, "Insulin pens without a cold chain")
    await peru.sees("Insulin pens without a cold chain")

    await auditor.follows("Log")
    await auditor.sees_heading("Log")

    lines = await auditor.page.get_by_role("listitem").filter(visible=True).all_inner_texts()
    log = "\n".join(line.replace("\n", " ") for line in lines)
    assert re.search(r"\d\d:\d\d:\d\d .*NCP Ghana.* sent a post", log), log
    assert re.search(r"\d\d:\d\d:\d\d .*NCP Peru.* signed in.*Chrome · Linux, 127\.0\.0\.1", log), log
    assert re.search(r"\d+ devices? w(as|ere) offered what was sent, live", log), log
    assert re.search(r"NCP Peru.* (fetched items|was sent items) \d+ to \d+", log), log
    everything = await auditor.page.content()
    for content in ("Insulin", "cold chain", FIRST_WORDS, "All members", "Health Shield"):
        assert content not in everything

    await auditor.presses("Verify now")
    await auditor.sees("Log verified")
    await auditor.sees(re.compile("Nothing was removed, added or changed"))


async def test_what_a_worker_does_against_the_policy_would_be_heard(town: Town) -> None:
    await town.signed_in("ghana")

    await town.complaints.provoke("shared_worker", "fetch('http://elsewhere.invalid/').catch(() => 0)")
    await town.complaints.provoke("page", "document.body.innerHTML = '<p>'")

    said = "\n".join(town.complaints.others())
    assert re.search("shared_worker security: .*elsewhere.invalid", said), said
    assert re.search("page security: .*TrustedHTML", said), said
    town.complaints.said.clear()


async def refusal_of(desk: Desk, code: str, passphrase: str, second: str) -> str:
    """What the page says to somebody whom the hub does not let in."""
    await desk.page.goto(desk.address)
    await desk.goes_into("Account")
    await desk.types(code)
    await desk.goes_into("Passphrase")
    await desk.types(passphrase)
    await desk.goes_into("Second secret")
    await desk.types(second)
    await desk.key("Enter")
    summary = desk.page.get_by_role("alert").filter(has_text="You are not signed in")
    await expect(summary).to_be_focused()
    return await summary.inner_text()


async def devices_of(town: Town, name: str) -> set[DeviceId]:
    """The devices that the directory certifies for a person, as another member's client reads it."""
    member = town.person("ghana").member
    await member.sync()
    account = town.person(name).account
    devices = member.state.directory.latest.devices
    return {device.id for device in devices.values() if device.account == account}
