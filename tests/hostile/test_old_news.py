"""
A hub that keeps somebody on old news: it withholds, it says in its log what it didn't show, it stops saying anything.

Peru comes with a new machine each time, so nothing that was pinned before helps (docs/spec/23-heads.md).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from crypto.encoding import b64
from hub.audit.heads import HEADS
from hub.client import heads
from hub.client.errors import Fault
from hub.client.state import now
from tests.hostile.malicious import MaliciousHub, Packets, place
from tests.hostile.visitors import Desk
from tests.people import Channel, Village
from tests.worker_clock import put_ahead

HELD_BACK = "The hub says that there is more, and doesn’t deliver it."
HISTORY = "The hub shows another history than before."
DAY = 24 * 60 * 60 * 1000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def channel(hub: Village) -> AsyncIterator[Channel]:
    """Two words of Ghana's that Peru may read, and the hub's statement in the log that they are there."""
    ghana, peru = await hub.members("ghana", "peru")
    made = await hub.channel("Medicines", ghana, peru)
    await ghana.say(made, "Forty cartons")
    await ghana.say(made, "Twelve drums")
    assert hub.app is not None
    await hub.app[HEADS].make()
    yield made


def without(channel: Channel, seq: int) -> Callable[[Packets], Packets]:
    def left(packets: Packets) -> Packets:
        return [one for one in packets if (place(one)["stream"], place(one)["seq"]) != (b64(channel.id), seq)]

    return left


async def test_an_honest_hub_is_believed(hub: Village, channel: Channel, desk: Desk) -> None:
    peru = hub.people["peru"]
    program = await desk.program(peru)
    await program.sign_in()
    assert len(await program.read(channel.operation, channel.id)) == 2

    seat = await desk.page(peru, channel)
    await seat.shows("Twelve drums")


async def test_what_the_log_says_is_there_and_the_hub_withholds(
    hub: Village, channel: Channel, liar: MaliciousHub, desk: Desk
) -> None:
    peru = hub.people["peru"]
    liar.change_packets(without(channel, 2))

    program = await desk.program(peru)
    await program.sign_in()
    with pytest.raises(Fault) as refusal:
        await program.read(channel.operation, channel.id)
    assert refusal.value.code == "held-back"
    seat = await desk.page(peru, channel)

    assert HELD_BACK in await seat.refused()
    await seat.never_held("Forty cartons")


@pytest.mark.parametrize(
    ("lie", "code", "sentence"),
    [
        (lambda told: {**told, "size": told["size"] - 1}, "bad-proof", HISTORY),
        (lambda told: {**told, "leaf": told["leaf"] - 1}, "bad-proof", HISTORY),
        (
            lambda told: {**told, "heads": [one | {"seq": one["seq"] + 1} for one in told["heads"]]},
            "bad-proof",
            HISTORY,
        ),
        (lambda told: {**told, "heads": told["heads"][:1]}, "forked", HISTORY),
        (lambda told: {**told, "heads": []}, "forked", HISTORY),
    ],
    ids=["covers less", "another leaf", "rows that were never said", "the directory alone", "no rows"],
)
async def test_a_statement_that_is_not_the_log_s(
    hub: Village,
    channel: Channel,
    liar: MaliciousHub,
    desk: Desk,
    lie: Callable[[dict[str, Any]], object],
    code: str,
    sentence: str,
) -> None:
    peru = hub.people["peru"]
    liar.change_json(r"/api/heads$", lie)

    program = await desk.program(peru)
    with pytest.raises(Fault) as refusal:
        await program.sign_in()
    assert refusal.value.code == code
    seat = await desk.page(peru, channel)

    assert sentence in await seat.refused()


async def test_nothing_is_sent_on_news_older_than_a_day(
    hub: Village, channel: Channel, liar: MaliciousHub, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub goes on, but its log stops saying where the chains end: here the clients' clocks go on instead."""
    peru = hub.people["peru"]
    program = await desk.program(peru)
    await program.sign_in()
    monkeypatch.setattr(heads, "now", lambda: now() + DAY + 60_000)

    with pytest.raises(Fault) as refusal:
        await program.post(channel.operation, channel.id, "post", {"text": "Too late", "language": "en"})
    assert refusal.value.code == "old-news"
    assert [one.body for one in program.state.outbox.waiting()] == [{"text": "Too late", "language": "en"}]
    assert liar.sent(r"/envelopes") == []

    seat = await desk.page(peru, channel)
    await seat.shows("Twelve drums")
    await put_ahead(desk.chromium, liar.address("peru"), DAY + 60_000)
    await seat.write("Too late here")
    for _ in range(3):  # a hub that was slow to answer is asked again, as the page offers
        await seat.shows(re.compile("over a day old|Try now"))
        if "over a day old" not in await seat.text():
            await seat.page.get_by_role("button", name="Try now").click()
    await seat.shows("What this browser knows is over a day old, so nothing is sent.")
    await seat.page.get_by_role("button", name="Edit it again").click()
    await expect(seat.page.locator("#post")).to_have_value("Too late here")
    assert liar.sent(r"/envelopes") == []
