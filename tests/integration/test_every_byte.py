"""A member's own client, given every byte that the hub holds: what they aren't cleared for stays closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from crypto.encoding import AccountId, b64, ids
from crypto.errors import CannotOpen, ProtocolError
from crypto.sealing import open_message
from crypto.wrapping import unwrap
from hub.channels.visibility import ReadersSight
from hub.client import epochs, governance
from hub.client.errors import Refused
from hub.db.pool import Pool
from hub.operations import queries
from hub.operations.queries import WrapRow
from tests.people import Channel, Person, Village
from tests.settled import Settlement

PASSED = "Forty drums of acetone, consignee unknown"
LATER = "The consignee was found: a front company"
VACCINES = "Two pallets for Tema on Tuesday"


@dataclass(frozen=True, slots=True)
class Exercise:
    """Ghana is cleared for everything; Peru for vaccines; India was cleared for precursors until the middle."""

    hub: Village
    ghana: Person
    peru: Person
    india: Person
    precursors: Channel
    vaccines: Channel


@pytest.fixture(params=["all", "from-join"])
async def exercise(settlement: Settlement, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Exercise]:
    async with settlement.copy(tmp_path) as hub:
        ghana, peru, india, coordinator = await hub.members("ghana", "peru", "india", "coordinator")
        operation = await hub.open(ghana, india)
        await coordinator.member.admit(operation, AccountId(peru.account), "contact", ("general", "vaccine"))
        rooms = [
            Channel(
                operation,
                await coordinator.member.open_channel(
                    operation, f"{name} desk", compartment=name, history=request.param
                ),
            )
            for name in ("precursor", "vaccine")
        ]
        await ghana.member.sync()
        await ghana.say(rooms[0], PASSED)
        await ghana.say(rooms[1], VACCINES)
        without = governance.change_member(AccountId(india.account), "contact", ("general", "vaccine"))
        await coordinator.member.commit(operation, without)
        await ghana.member.sync()
        await ghana.say(rooms[0], LATER)
        for one in (peru, india):
            await one.member.sync()
        yield Exercise(hub, ghana, peru, india, *rooms)


@pytest.fixture
def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub as a traitor would run it: it asks nobody whether they may, and gives one the wraps of others."""

    async def any_wrap(db: Pool, account: bytes, channel: bytes, epoch: int) -> WrapRow | None:
        rows = await db.fetch(
            "SELECT wraps_hash, index, account, generation, wrap FROM wrap WHERE channel = $1 AND epoch = $2"
            " ORDER BY account = $3 DESC",
            channel,
            epoch,
            account,
        )
        return WrapRow(*rows[0].values()) if rows else None

    monkeypatch.setattr("hub.access.guard.check_channel", lambda *_: None)
    monkeypatch.setattr(ReadersSight, "may_read_channel", lambda *_: True)
    monkeypatch.setattr(queries, "own_wrap", any_wrap)


async def words(person: Person, channel: Channel) -> list[str | None]:
    """What the client makes of each item: its words, None where it stays closed."""
    items = await person.member.read(channel.operation, channel.id)
    return [None if item.body is None else str(item.body["text"]) for item in items]


async def stored(hub: Village, channel: Channel) -> tuple[Sequence[asyncpg.Record], Sequence[asyncpg.Record]]:
    """Every envelope and every wrap of a channel, as the database has them."""
    assert hub.settings.dsn is not None
    db = await asyncpg.connect(hub.settings.dsn.get_secret_value())
    try:
        envelopes = await db.fetch("SELECT body, beside FROM statement WHERE stream = $1", channel.id)
        return envelopes, await db.fetch(
            "SELECT account, generation, epoch, wrap FROM wrap WHERE channel = $1", channel.id
        )
    finally:
        await db.close()


@pytest.mark.usefixtures("generous")
async def test_perus_client_opens_no_item_of_another_compartment(exercise: Exercise) -> None:
    assert await words(exercise.peru, exercise.precursors) == [None, None]

    state = exercise.peru.member.state
    assert await epochs.label(state, exercise.precursors.operation, exercise.precursors.id) == ""
    assert [room.label for room in await exercise.peru.member.rooms(exercise.precursors.operation)] == [
        "vaccine desk",
        "",
    ]
    assert await words(exercise.peru, exercise.vaccines) == [VACCINES]  # the same client opens what it may


async def test_no_wrap_and_no_secret_that_peru_holds_opens_anything(exercise: Exercise) -> None:
    state, channel = exercise.peru.member.state, exercise.precursors
    await words(exercise.peru, exercise.vaccines)
    envelopes, wraps = await stored(exercise.hub, channel)
    view = state.operations[channel.operation]
    keys = list(state.keys.vault.encryption.values())
    assert (len(envelopes), len(wraps) > 0, len(keys)) == (2, True, 1)
    assert state.secrets

    for row in wraps:
        commitment = view.epochs[channel.id, row["epoch"]].record.commitment
        place = ids(hub=state.keys.hub, operation=channel.operation, channel=channel.id, commitment=commitment)
        for key in keys:
            for account in (row["account"], bytes(state.account)):
                with pytest.raises(CannotOpen):
                    unwrap(key.seed, row["wrap"], {**place, "account": b64(account), "generation": row["generation"]})
    for row in envelopes:
        for secret in state.secrets.values():
            with pytest.raises(ProtocolError):
                open_message(secret, row["body"], row["beside"])


@pytest.mark.usefixtures("generous")
async def test_who_lost_a_clearance_opens_what_was_theirs_and_nothing_later(exercise: Exercise) -> None:
    assert await words(exercise.india, exercise.precursors) == [PASSED, None]
    assert await words(exercise.ghana, exercise.precursors) == [PASSED, LATER]
    assert not exercise.india.member.reads(exercise.precursors.operation, exercise.precursors.id)


async def test_an_honest_hub_gives_them_nothing_at_all(exercise: Exercise) -> None:
    for person in (exercise.peru, exercise.india):
        with pytest.raises(Refused) as refused:
            await words(person, exercise.precursors)
        assert refused.value.code == "not-allowed"
