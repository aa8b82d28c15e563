"""A coordinator takes a clearance away and gives it back; who lost it sees nothing of what was sent meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from crypto.encoding import AccountId
from crypto.errors import ProtocolError
from hub.client import governance
from hub.client.epochs import epoch_secret
from hub.client.errors import Refused
from tests.people import Channel
from tests.stories.conftest import Town
from tests.stories.desk import Desk

BEFORE = "Acetone, 40 drums, consignee unknown"
AFTER = "The consignee was found: a front company"


async def precursors(town: Town, label: str, history: str = "all") -> Channel:
    """A channel that every member who is cleared for precursors reads."""
    coordinator = town.person("coordinator").member
    await coordinator.sync()
    operation = town.channel.operation
    channel = await coordinator.open_channel(operation, label, compartment="precursor", history=history)
    await town.person("ghana").member.sync()
    await town.person("ghana").say(Channel(operation, channel), BEFORE)
    return Channel(operation, channel)


async def changes_clearance(desk: Desk, of: str, compartment: str, on: bool) -> None:
    """From anywhere: to the members, one tick, and no signature yet."""
    await desk.follows(re.compile("^Channels$"))
    await desk.follows(re.compile(r"^\d+ members$"))
    await desk.presses(re.compile(f"^Change role and clearance of {of}$"))
    box = desk.page.get_by_role("checkbox", name=compartment)
    await expect(box).to_be_checked(checked=not on)
    await box.set_checked(on)


async def writes_post(desk: Desk, words: str) -> None:
    await desk.presses("Write a post")
    await desk.goes_into("Text")
    await desk.types(words)
    await desk.key("Control+Enter")
    await desk.sees(re.compile(r"^Sent \d\d:\d\d UTC$"))


async def test_who_loses_a_clearance_reads_nothing_of_what_comes_after(town: Town) -> None:
    channel = await precursors(town, "Chemicals")
    coordinator, ghana, peru = await town.signed_in("coordinator", "ghana", "peru")
    await peru.opens_channel("Chemicals")
    await peru.sees(BEFORE)
    await ghana.opens_channel("Chemicals")

    # The coordinator is told what follows before signing, and signs once.
    await changes_clearance(coordinator, "NCP Peru", "Precursor", on=False)
    await coordinator.sees(re.compile("^NCP Peru no longer reads: Chemicals. Each gets a new secret"))
    await coordinator.sees(re.compile("^What was read until now can’t be taken back"))
    await coordinator.presses("Sign the change")
    await coordinator.sees(re.compile("^NCP Peru is no longer cleared for Precursor. Signed"))

    # Peru's page says so at once, and everybody else sees the signed change.
    await peru.sees_heading("This channel is not open to you")
    await peru.sees(re.compile("^You are not cleared for Precursor. A coordinator can change that."))
    await peru.sees_not(BEFORE)
    await ghana.sees(re.compile("NCP Coordinator took the clearance for Precursor from NCP Peru"))
    await ghana.sees(re.compile("The channel has a new secret: NCP Peru no longer reads it"))
    await writes_post(ghana, AFTER)

    # Neither of Peru's clients gets what was posted after.
    await peru.page.reload()
    await peru.comes_back()
    await peru.sees(re.compile("^You are not cleared for Precursor"))
    await peru.sees_not(AFTER)
    member = town.person("peru").member
    await member.sync()
    assert not member.reads(channel.operation, channel.id)
    with pytest.raises(Refused) as refused:
        await member.read(channel.operation, channel.id)
    assert refused.value.code == "not-allowed"
    with pytest.raises((Refused, ProtocolError)):
        await epoch_secret(member.state, channel.operation, channel.id, 2)

    # The coordinator gives it back: the archive opens, what was sent meanwhile included.
    await changes_clearance(coordinator, "NCP Peru", "Precursor", on=True)
    await coordinator.sees(re.compile("^NCP Peru reads everything in: Chemicals, also what was sent before"))
    await coordinator.presses("Sign the change")
    await coordinator.sees(re.compile("^NCP Peru is now cleared for Precursor"))
    await peru.sees_heading("Chemicals")
    await peru.sees(AFTER)
    assert AFTER in await town.person("peru").texts(channel)


async def test_where_history_begins_on_joining_a_clearance_opens_only_what_comes_after(town: Town) -> None:
    coordinator, ghana, peru = await town.signed_in("coordinator", "ghana", "peru")
    await changes_clearance(coordinator, "NCP Peru", "Precursor", on=False)
    await coordinator.presses("Sign the change")
    await coordinator.sees(re.compile("^NCP Peru is no longer cleared for Precursor"))
    channel = await precursors(town, "Case 7", history="from-join")
    await ghana.opens_channel("Case 7")

    await changes_clearance(coordinator, "NCP Peru", "Precursor", on=True)
    await coordinator.sees(re.compile("^NCP Peru reads what is sent from now on in: Case 7"))
    await coordinator.presses("Sign the change")
    await coordinator.sees(re.compile("^NCP Peru is now cleared for Precursor"))
    await ghana.sees(re.compile("The channel has a new secret"))
    await writes_post(ghana, AFTER)

    await peru.opens_channel("Case 7")
    await peru.sees(AFTER)
    await peru.sees_not(BEFORE)
    assert await town.person("peru").texts(channel) == [AFTER]


async def test_where_the_coordinator_reads_nothing_the_next_sender_makes_the_secret(town: Town) -> None:
    people = {name: town.person(name).member for name in ("coordinator", "ghana", "peru")}
    operation, channel = town.channel.operation, governance.new_channel()
    await people["coordinator"].sync()
    audience = sorted({people["ghana"].account, people["peru"].account})
    change = governance.open_channel(channel, "bilateral", "precursor", "accounts", audience)
    await people["coordinator"].commit(operation, change)
    await people["ghana"].sync()
    await people["ghana"].commit(operation, labels={channel: "Ghana and Peru"})
    coordinator, ghana = await town.signed_in("coordinator", "ghana")

    await changes_clearance(coordinator, "NCP Peru", "Precursor", on=False)
    await coordinator.sees(
        re.compile(r"^You don’t read Bilateral channel \(Precursor\): there the next reader’s browser")
    )
    await coordinator.sees_not("Ghana and Peru")
    await coordinator.presses("Sign the change")
    await coordinator.sees(re.compile("1 channel gets its new secret from its next reader who sends"))
    await ghana.opens_channel("Ghana and Peru")
    await writes_post(ghana, AFTER)

    await people["peru"].sync()
    epoch = people["peru"].state.operation(operation).channel(channel).epoch
    assert epoch is not None
    assert (epoch.number, epoch.author) == (2, people["ghana"].account)
    assert [reader.account for reader in epoch.holders] == [people["ghana"].account]


async def test_a_change_that_another_coordinator_made_first_is_not_overwritten(town: Town) -> None:
    client = town.person("coordinator").member
    operation, ghana = town.channel.operation, town.person("ghana").account
    (coordinator,) = await town.signed_in("coordinator")
    await changes_clearance(coordinator, "NCP Ghana", "Vaccine", on=False)

    await client.sync()
    await client.commit(operation, governance.change_member(AccountId(ghana), "contact", ("general", "vaccine")))
    await coordinator.presses("Sign the change")
    await coordinator.sees("Somebody else has just changed the same. Look at how it stands now, then decide again.")
    await client.sync()
    assert client.state.operation(operation).member(AccountId(ghana)).compartments == ("general", "vaccine")


async def test_an_entry_of_another_is_judged_first_and_nobody_is_asked_twice(town: Town) -> None:
    client = town.person("coordinator").member
    operation, ghana = town.channel.operation, town.person("ghana").account
    (coordinator,) = await town.signed_in("coordinator")
    await changes_clearance(coordinator, "NCP Ghana", "Vaccine", on=False)

    town.network_may_complain = True
    coordinator.line.cut()  # the page doesn't hear of the other entry before it signs its own
    await client.sync()
    await client.commit(operation, governance.set_phase("preparation"))
    coordinator.line.mend()
    await coordinator.presses("Sign the change")
    await coordinator.sees(re.compile("^NCP Ghana is no longer cleared for Vaccine"))

    await client.sync()
    assert client.state.operation(operation).phase == "preparation"
    assert "vaccine" not in client.state.operation(operation).member(AccountId(ghana)).compartments


async def test_a_member_sees_who_is_cleared_for_what_and_can_change_nothing(town: Town) -> None:
    (ghana,) = await town.signed_in("ghana")
    await ghana.follows(re.compile("^Channels$"))
    await ghana.follows(re.compile(r"^\d+ members$"))

    await ghana.sees_heading("Members")
    row = ghana.page.get_by_role("row", name=re.compile("NCP Peru"))
    await expect(row).to_contain_text("Vaccine")
    await expect(ghana.page.get_by_role("button", name=re.compile("^Change"))).to_have_count(0)
