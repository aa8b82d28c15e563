"""Lines break, tabs die, hubs are killed: nothing that was typed is lost, and nothing arrives twice."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import expect

from tests.stories.conftest import Town
from tests.stories.desk import Desk

SENT = re.compile(r"^Sent \d\d:\d\d UTC$")
WAITING = "Waiting to send"


async def begins_post(desk: Desk, words: str) -> None:
    """Opens the channel and types a post, without sending it."""
    await desk.opens_channel("All members")
    await desk.presses("Write a post")
    await desk.goes_into("Text")
    await desk.types(words)


async def count_of(town: Town, words: str) -> int:
    """How often another member, with a client of its own, reads these words."""
    items = await town.person("peru").read(town.channel)
    return sum(words in str(item.body) for item in items)


async def test_a_reload_while_typing_loses_no_letter(town: Town) -> None:
    [ghana] = await town.signed_in("ghana")
    await begins_post(ghana, "Seven pallets of masks, forged marks of conformity")

    await ghana.page.reload()
    await ghana.comes_back()

    await expect(ghana.field("Text")).to_have_value("Seven pallets of masks, forged marks of conformity")
    await ghana.key("Control+Enter")


async def test_a_tab_that_dies_while_somebody_types_without_a_pause_takes_at_most_the_last_second(town: Town) -> None:
    [ghana] = await town.signed_in("ghana")
    await begins_post(ghana, "The driver says that")
    for number in range(40):  # four seconds without a pause
        await ghana.types(f" {number}")
        await asyncio.sleep(0.1)

    await ghana.crashes()
    await ghana.follows(re.compile("^Post: The driver says that"))

    kept = await ghana.field("Text").input_value()
    assert kept.startswith("The driver says that 0 1 2 3")
    assert int(kept.split()[-1]) >= 25
    await ghana.presses("Delete this draft")


async def test_a_hub_killed_between_send_and_receipt_has_the_alert_exactly_once(town: Town) -> None:
    town.network_may_complain = True
    [ghana] = await town.signed_in("ghana")
    await ghana.opens_channel("All members")
    reference = await ghana.begins_short_form()
    await ghana.fills_short_form("Oximeters, 900 pieces")

    ghana.line.hold_answers_to(b"/envelopes ")
    await ghana.presses(re.compile("^Send alert"))
    async with asyncio.timeout(30):
        await ghana.line.held.wait()
    await town.hub.kill()
    ghana.line.hold_nothing()
    ghana.line.cut()
    await ghana.sees(WAITING)
    ghana.line.mend()
    await town.hub.start()

    await ghana.sees(SENT, patience=30_000)
    await ghana.sees(reference)
    assert await count_of(town, "Oximeters, 900 pieces") == 1


async def test_what_is_sent_without_a_line_waits_and_goes_by_itself(town: Town) -> None:
    town.network_may_complain = True
    [ghana] = await town.signed_in("ghana")
    await begins_post(ghana, "Sent from a yard without a network")

    ghana.line.cut()
    await ghana.key("Control+Enter")
    await ghana.sees(WAITING)
    assert await count_of(town, "Sent from a yard without a network") == 0
    ghana.line.mend()

    await ghana.sees(SENT, patience=30_000)
    assert await count_of(town, "Sent from a yard without a network") == 1


async def test_an_open_page_takes_up_the_live_stream_after_the_hub_was_stopped_and_started(town: Town) -> None:
    town.network_may_complain = True
    [ghana] = await town.signed_in("ghana")
    await ghana.opens_channel("All members")
    await ghana.sees("Connected")

    await town.hub.stop()
    await ghana.sees("No connection. Your work is kept and will be sent.")
    await town.hub.start()

    await ghana.sees("Connected", patience=30_000)
    await town.person("peru").say(town.channel, "Said after the hub came back")
    await ghana.sees("Said after the hub came back")


async def test_where_a_proxy_lets_no_socket_through_alerts_come_by_long_poll(town: Town) -> None:
    town.network_may_complain = True
    ghana = await town.desk("ghana")
    ghana.line.blocks_sockets = True
    await ghana.signs_in()
    await ghana.opens_channel("All members")
    await ghana.sees("Connected", patience=30_000)

    await town.person("peru").say(town.channel, "Said past a proxy")

    await ghana.sees("Said past a proxy")
    assert ghana.line.refused_sockets > 0
