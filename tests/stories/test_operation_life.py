"""The whole life of an operation at three browsers: opened, peopled, used, changed, reported, and seen by all."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.async_api import expect

from hub.client import governance
from tests.stories.conftest import Town
from tests.stories.desk import Desk, picture

SHOTS = os.environ.get("NCPHUB_SHOTS")
FIRST_POST = "Forty cartons of syringes, consignee unknown"
AFTER = "The consignee is a front company"


async def look(desk: Desk, name: str) -> None:
    if SHOTS is not None:
        await picture(desk, Path(SHOTS) / f"{name}.png")


async def opens_operation(desk: Desk) -> None:
    """From the health blueprint, with the keyboard where a person writes."""
    await desk.follows(re.compile("^Channels$"))
    await desk.follows("Open an operation")
    await desk.sees_heading("Open an operation")
    await desk.page.get_by_role("radio", name="Health", exact=True).check()
    await desk.writes("Name", "Sound Needle")
    await desk.writes("Code", "sdn")
    await look(desk, "open")
    await desk.presses("Sign and open")
    await desk.sees_heading("Sound Needle", 30_000)
    await desk.sees("Planned")


async def admits(desk: Desk, *names: str, role: str = "Contact point", compartments: tuple[str, ...] = ()) -> None:
    """Found by what is typed, ticked, given a role; signed once for all of them."""
    await desk.follows(re.compile(r"^\d+ members?$"))
    await desk.follows("Admit members")
    await desk.sees_heading("Admit members")
    for name in names:
        search = desk.field("Country, organisation or name")
        await search.fill("")
        await search.press_sequentially(name)
        await desk.page.get_by_role("checkbox", name=re.compile(f"NCP {name}", re.IGNORECASE)).check()
    await desk.page.get_by_label("Role", exact=True).select_option(label=role)
    for compartment in compartments:
        await desk.page.get_by_role("checkbox", name=compartment, exact=True).check()


async def back_to_operation(desk: Desk) -> None:
    await desk.follows(re.compile("^Channels$"))
    await (
        desk.page.get_by_role("navigation", name="Operations and channels")
        .get_by_role("link", name="About it")
        .nth(1)
        .click()
    )
    await desk.sees_heading("Sound Needle")


async def moves_to(desk: Desk, phase: str) -> None:
    await desk.presses(re.compile(rf"^Move on to it \({phase}\)$"))
    await desk.presses("Sign the change")
    await desk.sees(re.compile(f"^The phase is now: {phase}. Signed"))


async def writes_post(desk: Desk, words: str) -> None:
    await desk.presses("Write a post")
    await desk.goes_into("Text")
    await desk.types(words)
    await desk.key("Control+Enter")
    await desk.sees(re.compile(r"^Sent \d\d:\d\d UTC$"))


async def test_an_operation_lives_from_opening_to_reporting(town: Town) -> None:
    await town.village.person("second")
    coordinator, ghana, peru = await town.signed_in("coordinator", "ghana", "peru")
    await opens_operation(coordinator)
    await look(coordinator, "operation")

    # Two are admitted at once: what they will read stands there before the signature.
    await admits(coordinator, "ghana", "peru", compartments=("Vaccine",))
    await coordinator.sees(re.compile(r"^NCP (Ghana|Peru) and NCP (Ghana|Peru) read everything in: .*Vaccine arrivals"))
    await look(coordinator, "admit")
    await coordinator.presses("Sign the admissions")
    await coordinator.sees(re.compile(r"are now members \(Contact point\). Signed"))
    await ghana.follows(re.compile("^Channels$"))
    await ghana.sees("Sound Needle")

    # Active needs two coordinators.
    await back_to_operation(coordinator)
    await moves_to(coordinator, "Preparation")
    await expect(coordinator.page.get_by_role("button", name="Move on to it (Active)")).to_be_disabled()
    await coordinator.sees("Needs two coordinators: admit a second one first.")
    await admits(coordinator, "second", role="Coordinator")
    await coordinator.presses("Sign the admission")
    await coordinator.sees(re.compile("^NCP Second is now a member"))
    await back_to_operation(coordinator)
    await moves_to(coordinator, "Active")

    # A channel for two, whose newcomers read from then on.
    await coordinator.presses("Open a channel")
    await coordinator.page.get_by_label("Kind", exact=True).select_option(label="Case room")
    await coordinator.goes_into("Name of the channel")
    await coordinator.types("Syringes in transit")
    await coordinator.page.get_by_role("checkbox", name="GH NCP Ghana").check()
    await coordinator.sees(re.compile("^2 people read it"))
    await expect(
        coordinator.page.get_by_role("radio", name="Who joins later reads only what is sent from then on.")
    ).to_be_checked()
    await look(coordinator, "channel-open")
    await coordinator.presses("Sign and open")
    await coordinator.sees(re.compile("^The channel is open: Syringes in transit. Signed"))

    # Who writes for the first time reads the rules and signs that they accept them.
    await ghana.opens_channel("Syringes in transit")
    await expect(ghana.page.get_by_role("button", name="Write a post")).to_have_count(0)
    await ghana.follows("Read and accept the handling rules")
    await ghana.sees_heading("Handling rules")
    await ghana.sees(re.compile("Use what you read here for this operation only"))
    await look(ghana, "rules")
    await ghana.presses("I accept them")
    await ghana.presses("Sign that I accept them")
    await ghana.sees("You have accepted version 1. You can write now.")
    await ghana.opens_channel("Syringes in transit")
    await writes_post(ghana, FIRST_POST)
    await coordinator.follows("Read and accept them")
    await coordinator.sees(re.compile("^1 member has accepted version 1.$"))
    await back_to_operation(coordinator)

    # A clearance is taken, a member removed: the others read it as signed lines.
    await admits_nothing(coordinator)
    await coordinator.presses(re.compile("^Change role and clearance of NCP Peru$"))
    await coordinator.page.get_by_label("Role", exact=True).select_option(label="Observer")
    await coordinator.page.get_by_role("dialog").get_by_role("checkbox", name="Vaccine").uncheck()
    await coordinator.sees(re.compile("^NCP Peru no longer reads: Vaccine arrivals"))
    await look(coordinator, "change")
    await coordinator.presses("Sign the change")
    await coordinator.sees(re.compile("^NCP Peru is now: Observer. NCP Peru is no longer cleared for Vaccine"))
    await coordinator.page.get_by_role("checkbox", name="Choose NCP Peru").check()
    await coordinator.presses("Remove 1 member")
    await coordinator.sees(re.compile("^NCP Peru no longer reads:"))
    await coordinator.presses("Sign the removal")
    await coordinator.sees(re.compile("^NCP Peru is no longer a member"))
    await look(coordinator, "members")
    await back_to_operation(coordinator)
    await moves_to(coordinator, "Reporting")

    await ghana.follows(re.compile("^Channels$"))
    rail = ghana.page.get_by_role("navigation", name="Operations and channels")
    await rail.get_by_role("link", name=re.compile("^All members")).last.click()
    await ghana.sees(re.compile("NCP Coordinator changed the role of NCP Peru: Observer. Signed"))
    await ghana.sees(re.compile("NCP Coordinator removed NCP Peru. Signed"))
    await ghana.sees(re.compile("The channel has a new secret: NCP Peru no longer reads it"))
    await ghana.sees(re.compile("moved the operation to another phase: Reporting. Signed"))
    await ghana.sees(re.compile(r"opened a channel: Case room \(General\). Signed"))
    await look(ghana, "feed")
    await writes_post(ghana, AFTER)
    await peru.sees_not(AFTER)

    # The history has every step, for every member.
    await ghana.follows(re.compile("^Channels$"))
    await ghana.page.get_by_role("link", name="About it").last.click()
    await ghana.follows("Every signed change")
    await ghana.sees_heading("History of this operation")
    for words in ("opened the operation", "admitted NCP Peru", "opened a channel: Announcements", "removed NCP Peru"):
        await ghana.sees(re.compile(words))
    await look(ghana, "history")

    member = town.person("ghana").member
    await member.sync()
    state = member.state.operation(member.operation("SDN"))
    assert state.phase == "reporting"
    assert [*state.templates] == ["seizure", "warning", "feedback", "arrival", "trend"]
    assert town.person("peru").member.account not in state.members


async def admits_nothing(desk: Desk) -> None:
    """To the list of members."""
    await desk.follows(re.compile(r"^\d+ members?$"))
    await desk.sees_heading("Members")


async def test_what_another_coordinator_did_first_is_kept_and_nothing_typed_is_lost(town: Town) -> None:
    client = town.person("coordinator").member
    operation = town.channel.operation
    (coordinator,) = await town.signed_in("coordinator")
    await coordinator.follows(re.compile("^Channels$"))
    await coordinator.page.get_by_role("link", name="About it").first.click()
    await coordinator.presses("Open a channel")
    await coordinator.page.get_by_label("Kind", exact=True).select_option(label="Bilateral channel")
    await coordinator.goes_into("Name of the channel")
    await coordinator.types("Ghana and us")
    await coordinator.page.get_by_role("checkbox", name="GH NCP Ghana").check()
    await coordinator.sees(re.compile("^2 people read it"))

    # The page hears nothing of another's entry before it signs: it is judged on top of that one, and nobody is asked.
    town.network_may_complain = True
    coordinator.line.cut()
    await client.sync()
    await client.commit(operation, governance.set_phase("preparation"))
    await coordinator.presses("Sign and open")
    await coordinator.sees(re.compile("^The hub can’t be reached"))
    await expect(coordinator.field("Name of the channel")).to_have_value("Ghana and us")
    coordinator.line.mend()
    await coordinator.presses("Sign and open")
    await coordinator.sees(re.compile("^The channel is open: Ghana and us"), 30_000)

    await client.sync()
    assert client.state.operation(operation).phase == "preparation"
    assert [room.label for room in await client.rooms(operation)].count("Ghana and us") == 1
