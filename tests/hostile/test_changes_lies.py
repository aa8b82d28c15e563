"""A hub that leaves out a signed change, tells two in another order, or gives other rules than were signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import expect

from crypto.encoding import AccountId, OperationId, b64
from hub.client import governance, operating
from hub.client.errors import Fault
from hub.client.history import lines_of
from tests.hostile.malicious import MaliciousHub, Packets, place
from tests.hostile.visitors import Desk
from tests.people import Channel, Village

READ_ONLY = "Read-only: a signed change of this operation doesn’t hold. Tell a coordinator by phone."
RULES = {"title": {"en": "Rules", "fr": "Règles"}, "text": {"en": "Keep it here.", "fr": "Cela reste ici."}}


async def an_operation(hub: Village, code: str) -> Channel:
    """Peru in an operation with rules, in which Ghana came and went."""
    ghana, peru, coordinator = await hub.members("ghana", "peru", "coordinator")
    member = coordinator.member
    operation = await member.open_operation(code, f"Operation {code}", ["general"])
    channel = await member.open_channel(operation, "All members")
    await member.admit(operation, AccountId(peru.account))
    await member.admit(operation, AccountId(ghana.account))
    await member.remove(operation, AccountId(ghana.account))
    change, beside = operating.set_rules(1, RULES)
    await member.commit(operation, change, documents=[beside])
    await member.commit(operation, governance.set_phase("preparation"))
    await peru.member.sync()
    return Channel(operation, channel)


def of(operation: OperationId, seq: int) -> Callable[[Any], bool]:
    return lambda packet: (place(packet)["stream"], place(packet)["seq"]) == (b64(operation), seq)


@pytest.mark.parametrize("lie", ["left out", "changed places"])
async def test_a_change_that_is_left_out_or_moved_stops_both_clients(
    hub: Village, desk: Desk, liar: MaliciousHub, lie: str
) -> None:
    channel = await an_operation(hub, "OPX" if lie == "left out" else "OPY")
    peru = await hub.person("peru")
    removal = 4  # after the opening, the channel, Peru and Ghana
    known = peru.member.state
    lines = list(lines_of(known.operations[channel.operation], known.directory.latest))
    assert next("removed" in line.sentence for line in lines if line.seq == removal)

    def lied(packets: Packets) -> Packets:
        at = next((n for n, one in enumerate(packets) if of(channel.operation, removal)(one)), None)
        if at is None or at + 1 >= len(packets):
            return packets
        kept = [*packets]
        kept[at : at + 2] = [kept[at + 1]] if lie == "left out" else [kept[at + 1], kept[at]]
        return kept

    liar.change_packets(lied)

    program = await desk.program(peru)
    with pytest.raises(Fault) as refusal:
        await program.sign_in()
    assert refusal.value.code == "gap"
    seat = await desk.page(peru, channel)
    await seat.shows(READ_ONLY)
    await seat.page.locator(f'a[href="/o/{b64(channel.operation)}/operation"]').first.click()
    await seat.page.locator(f'a[href="/o/{b64(channel.operation)}/history"]').click()
    await seat.shows("the history ends here and the operation is read-only")
    await seat.shows("NCP Coordinator admitted NCP Ghana")
    await expect(seat.page.locator(".log")).not_to_contain_text("Preparation")
    assert liar.sent(b64(channel.operation)) == []


async def test_other_rules_than_were_signed_are_neither_shown_nor_accepted(
    hub: Village, desk: Desk, liar: MaliciousHub
) -> None:
    channel = await an_operation(hub, "OPZ")
    peru = await hub.person("peru")
    other = {**RULES, "text": {"en": "Tell everybody.", "fr": "Dites-le à tous."}}
    liar.change_json("/templates/", lambda _: other)

    program = await desk.program(peru)
    await program.sign_in()
    with pytest.raises(Fault) as refusal:
        await operating.rules_of(program.state, channel.operation)
    assert refusal.value.code == "wrong-place"
    seat = await desk.page(peru, channel)
    await seat.page.locator(f'a[href="/o/{b64(channel.operation)}/rules"]').first.click()
    await seat.shows("The hub gave another text than the one that was signed.")
    await seat.never_held("Tell everybody.")
    await expect(seat.page.get_by_role("button", name="I accept them")).to_have_count(0)
    assert liar.sent("/entries") == []
