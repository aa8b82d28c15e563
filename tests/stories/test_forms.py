"""
Feedback, a licit shipment, a pre-arrival and a trend: each filled, corrected, sent, and read by somebody else at once.

Ghana writes in English, with keyboard and mouse; Peru has each channel open in French.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, expect

from crypto.encoding import b64
from hub.client.domain.bodies import alert_body
from hub.client.domain.headers import header_parts
from hub.client.domain.published import load
from hub.paths import config
from tests.people import Channel
from tests.stories.conftest import Town
from tests.stories.desk import PATIENCE, Desk

SUSPECTED = "Ketamine in drums of shampoo"


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of a form by its label, how it is answered, and with what."""

    how: str
    label: str
    words: str = ""
    entry: str = ""


def write(label: str, words: str) -> Answer:
    return Answer("write", label, words)


def choose(label: str, words: str) -> Answer:
    """In a short list."""
    return Answer("choose", label, words)


def pick(label: str, words: str, entry: str) -> Answer:
    """In a long list: what is typed, and how the entry begins that is there afterwards."""
    return Answer("pick", label, words, entry)


def add(label: str, words: str, entry: str) -> Answer:
    """One of several codes: it becomes a line of its own."""
    return Answer("add", label, words, entry)


def at(label: str, **later: float) -> Answer:
    """A day and a time from now on."""
    moment = datetime.now(UTC) + timedelta(**later)
    return Answer("at", label, moment.strftime("%Y-%m-%dT%H:%M"))


def mark(words: str) -> Answer:
    return Answer("mark", "", words)


@dataclass(frozen=True, slots=True)
class Form:
    """A form's answers, the one that is forgotten first, and what Peru reads of it in French."""

    name: str
    answers: Sequence[Answer]
    forgotten: Answer
    title: str
    read: Sequence[str]


FEEDBACK = Form(
    "Feedback to a warning",
    [
        choose("Was it controlled?", "Yes"),
        pick("Place of the control", "tema", "Tema"),
        choose("Method", "Physical"),
        write("Was it useful? From 1 to 5", "5"),
        write("Remark", "Both containers were opened at the scanner"),
        mark("TLP:AMBER"),
    ],
    choose("Result", "Nothing found"),
    "Rien trouvé",
    ["Retour sur un signalement", "Tema", "Rien trouvé", "Both containers were opened at the scanner"],
)

LICIT = Form(
    "Licit shipment",
    [
        choose("Flow", "Export"),
        pick("Listed chemical", "acetic", "Acetic anhydride"),
        pick("HS code", "acetic", "2915.24"),
        write("Concentration (%)", "99.5"),
        write("Net weight", "12 800"),
        pick("Country of departure", "Ghana", "Ghana"),
        at("Departure", days=1),
        pick("Country of destination", "Peru", "Peru"),
        choose("Conveyance", "Sea container"),
        choose("Licence or end-user certificate verified?", "Yes"),
        choose("Company check made?", "Yes"),
        choose("Outcome of the check", "Clear"),
        mark("TLP:AMBER"),
    ],
    choose("Declared end use", "Textile"),
    "Anhydride acétique",
    ["Envoi licite", "12 800 kg", "Anhydride acétique", "Exportation", "Textile et papier", "Favorable"],
)

ARRIVAL = Form(
    "Pre-arrival of a medical consignment",
    [
        write("Product", "Measles and rubella vaccine, live, attenuated"),
        write("Batches", "MR-2291, MR-2292"),
        pick("HS code", "vaccin", "3002"),
        write("Quantity", "480 000"),
        choose("Temperature class", "2 to 8"),
        choose("Conveyance", "Air cargo"),
        pick("From", "Ghana", "Ghana"),
        pick("To", "Peru", "Peru"),
        pick("Place of arrival", "callao", "Callao"),
        at("Departure (ETD)", days=2),
        at("Arrival (ETA)", days=3),
        add("Facilitation", "Priority", "Priority release on arrival"),
        add("Countries asked", "Peru", "Peru"),
        at("Answer by", days=1),
        write("Consignee", "Dirección de Redes Integradas de Salud"),
        write("Release contact, day and night", "Duty desk, +51 1 555 0100"),
        mark("TLP:GREEN"),
    ],
    write("Manufacturer", "Institut Pasteur de Dakar"),
    "Measles and rubella vaccine",
    ["Préavis d’un envoi médical", "480 000 doses", "Institut Pasteur de Dakar", "2 à 8 °C", "Mainlevée prioritaire"],
)

TREND = Form(
    "Trend or modus operandi",
    [
        write("Title", "Tramadol in cartons of face masks"),
        add("Products", "Other med", "Other medicines"),
        write("How it is done", "The middle row of each pallet is hollow"),
        add("Concealment", "cover", "Mixed with a cover load"),
        add("Risk indicators", "First", "First-time importer or exporter"),
        write("What to do", "Scan the middle row; weigh single cartons"),
        add("Danger for officers", "None", "None known"),
        choose("Urgency", "Expected"),
        choose("Certainty", "Observed"),
        at("Valid until", days=90),
        write("Sightings so far", "27"),
        mark("TLP:GREEN"),
    ],
    choose("Severity", "Severe"),
    "Tramadol in cartons of face masks",
    ["Tendance ou mode opératoire", "The middle row of each pallet is hollow", "Primo-importateur", "Forte"],
)


async def give(desk: Desk, answer: Answer) -> None:
    """With the keyboard where a list or a text is, with the mouse where a day is."""
    match answer.how:
        case "write":
            await desk.writes(answer.label, answer.words)
        case "choose":
            await desk.chooses(answer.label, answer.words)
        case "pick":
            await desk.picks(answer.label, answer.words, re.compile(re.escape(answer.entry)))
        case "add":
            await desk.writes(answer.label, answer.words)
            await expect(desk.page.get_by_role("listbox").get_by_role("option", selected=True)).to_be_visible()
            await desk.key("Enter")
            await expect(desk.page.locator(".chosen").get_by_text(answer.entry, exact=True).first).to_be_visible()
        case "at":
            day, time = answer.words.split("T")
            group = desk.page.get_by_role("group", name=re.compile(rf"^{re.escape(answer.label)}( \*)?$"))
            await group.get_by_label("Day").fill(day)
            await group.get_by_label("Time, UTC").fill(time)
        case "mark":
            await desk.marks(answer.words)


async def forgets_one_and_corrects_it(desk: Desk, forgotten: Answer) -> None:
    """The mistake stands in the summary, which has the focus, and in the same words beside its field."""
    await desk.presses("Send alert")
    summary = desk.page.get_by_role("alert").filter(has_text="There is a problem")
    await expect(summary).to_be_focused()
    told: Locator = summary.get_by_role("link")
    await expect(told).to_have_count(1)
    words = await told.inner_text()
    await expect(desk.page.locator(".field.is-wrong")).to_contain_text(words)
    await desk.looks("mistake")
    await told.click()
    await expect(desk.field(forgotten.label)).to_be_focused()
    await expect(desk.field(forgotten.label)).to_have_attribute("aria-invalid", "true")
    await give(desk, forgotten)
    await expect(summary).to_have_count(0)


async def is_read(desk: Desk, form: Form) -> None:
    """It comes into the open channel by itself; opened, it says every field in the reader's language."""
    row = desk.page.get_by_role("link", name=re.compile(re.escape(form.title)))
    await expect(row).to_be_visible(timeout=PATIENCE)
    await row.click()
    detail = desk.page.locator(".detail")
    for words in form.read:
        await expect(detail.get_by_text(re.compile(re.escape(words).replace(r"\ ", r"\s"))).first).to_be_visible()
    await desk.looks(f"read {form.name}")


async def fills_and_sends(ghana: Desk, peru: Desk, form: Form) -> None:
    await ghana.sees_heading(f"New alert: {form.name}")
    for answer in form.answers:
        await give(ghana, answer)
    await ghana.looks(form.name)
    await forgets_one_and_corrects_it(ghana, form.forgotten)
    await ghana.presses("Send alert")
    await ghana.sees(re.compile(r"^Sent \d\d:\d\d UTC$"))
    await is_read(peru, form)


async def begins(desk: Desk, channel: str, form: Form) -> None:
    await desk.opens_channel(channel)
    await desk.follows(re.compile("^New alert"))
    await desk.presses(form.name)


async def warns(town: Town, channel: Channel) -> None:
    """Peru asks Ghana to control a consignment that is on its way."""
    template = load(config()).template("warning", "long")
    soon = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%MZ")
    values = {
        "country": "PE",
        "asked": "GH",
        "urgency": "EXPECTED",
        "requested": "INSPECT",
        "reply_by": soon,
        "suspected_goods": SUSPECTED,
        "category": "MED_OTHER",
        "indicators": "FIRST_IMPORT",
        "conveyance": "SEA_CONTAINER",
        "departure": "PE",
        "destination": "GH",
        "eta": soon,
        "tlp": "TLP:AMBER",
    }
    parts = header_parts(template, values)
    await town.person("peru").member.post(
        channel.operation, channel.id, "alert", alert_body(template, values, "en"), **parts
    )


async def test_four_forms_are_filled_corrected_sent_and_read_in_the_other_language(town: Town) -> None:
    people = [town.person(name) for name in ("ghana", "peru")]
    chemicals = await town.village.channel("Chemicals", *people, compartment="precursor")
    vaccines = await town.village.channel("Vaccines", *people, compartment="vaccine")
    await warns(town, town.channel)
    ghana, peru = await town.signed_in("ghana", "peru")
    async with peru.page.expect_response(re.compile("/lang/fr")):  # the next page shall come in French too
        await peru.follows("Français")

    # What Home asks leads to the form that answers it, with the warning in it.
    await peru.page.goto(f"{peru.address}/o/{b64(town.channel.operation)}/{b64(town.channel.id)}")
    await ghana.sees(re.compile("^Questions to Ghana"))
    await ghana.presses(re.compile("^Answer "))
    await ghana.sees_heading(f"New alert: {FEEDBACK.name}")
    await expect(ghana.field("Warning that you answer").locator("option:checked")).to_contain_text(SUSPECTED)
    await fills_and_sends(ghana, peru, FEEDBACK)
    await ghana.follows(re.compile("^Home"))
    await ghana.sees_not(re.compile("^Questions to Ghana"))

    for channel, name, form in (
        (chemicals, "Chemicals", LICIT),
        (vaccines, "Vaccines", ARRIVAL),
        (town.channel, "All members", TREND),
    ):
        await peru.page.goto(f"{peru.address}/o/{b64(channel.operation)}/{b64(channel.id)}")
        await begins(ghana, name, form)
        await fills_and_sends(ghana, peru, form)
