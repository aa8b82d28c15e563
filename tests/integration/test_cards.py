"""Contact cards: signed by their owner, readable by all, replaced, handed over, taken back (docs/spec/19-cards.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from crypto.card import Away, Contact, Hours, card_body, contact_form
from crypto.encoding import AccountId, b64
from hub.client import cards, departure
from hub.client.domain.coverage import DAY, coverage
from hub.client.errors import Damaged, Fault, Refused
from hub.client.member import Member
from hub.client.state import State, now
from tests.people import PASSPHRASE, Person, Village
from tests.settled import Settlement

WEEK = 7 * DAY


@pytest.fixture
async def hub(settlement: Settlement, tmp_path: Path) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


def a_contact(**other: object) -> Contact:
    office = Hours((1, 2, 3, 4, 5), "08:00", "16:30")
    plain = Contact(("en", "fr"), "+233 30 200 0123", office, "Africa/Accra", None, None, now(), None)
    return replace(plain, **other)  # type: ignore[arg-type]  # each part by its own name


async def refused(state: State, contact: Contact, *, n: int = 1, at: int | None = None) -> str:
    """The code with which the hub refuses a card that this client would never hand in."""
    keys = state.keys
    moment = now() if at is None else at
    body = card_body(
        hub=keys.hub,
        account=state.account,
        device=keys.device_id,
        n=n,
        at=moment,
        contact=contact_form(replace(contact, confirmed_at=min(contact.confirmed_at, moment))),
    )
    written = {"body": b64(body), "signature": b64(keys.device.sign("card", body))}
    with pytest.raises(Refused) as refusal:
        await state.hub.json("PUT", f"/api/cards/{b64(state.account)}", body=written)
    return refusal.value.code


async def seen_days_ago(hub: Village, person: Person, days: int) -> None:
    """As if this person had last signed in so many days ago."""
    assert hub.settings.dsn is not None
    connection = await asyncpg.connect(hub.settings.dsn.get_secret_value())
    try:
        await connection.execute(
            "UPDATE presence SET seen_at = now() - make_interval(days => $2) WHERE account = $1", person.account, days
        )
    finally:
        await connection.close()


# -- the card ----------------------------------------------------------------------------------------------------------


async def test_everybody_reads_and_verifies_what_one_has_signed(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")

    await cards.put_card(ghana.member.state, a_contact())
    shown = await cards.cards(peru.member.state)

    contact = shown[AccountId(ghana.account)].contact
    assert contact is not None
    assert contact.phone == "+233 30 200 0123"


async def test_a_newer_card_takes_the_place_of_the_older(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    await cards.put_card(ghana.member.state, a_contact())

    card = await cards.put_card(ghana.member.state, a_contact(phone="+233 30 200 0199"))

    assert card.n == 2
    shown = (await cards.cards(peru.member.state))[AccountId(ghana.account)]
    assert shown.contact is not None
    assert shown.contact.phone == "+233 30 200 0199"


async def test_a_number_that_was_used_is_refused(hub: Village) -> None:
    (ghana,) = await hub.members("ghana")
    await cards.put_card(ghana.member.state, a_contact())

    assert await refused(ghana.member.state, a_contact(phone="+233 30 200 0199"), n=1) == "conflict"


async def test_a_card_of_another_time_is_refused(hub: Village) -> None:
    (ghana,) = await hub.members("ghana")

    assert await refused(ghana.member.state, a_contact(), at=now() - 11 * 60_000) == "expired"


async def test_nobody_hands_in_the_card_of_another(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    keys = ghana.member.state.keys
    body = card_body(
        hub=keys.hub,
        account=keys.account,
        device=keys.device_id,
        n=1,
        at=now(),
        contact=contact_form(a_contact(confirmed_at=0)),
    )
    written = {"body": b64(body), "signature": b64(keys.device.sign("card", body))}

    with pytest.raises(Refused) as refusal:
        await peru.member.hub.json("PUT", f"/api/cards/{b64(ghana.account)}", body=written)

    assert refusal.value.code == "wrong-place"


async def test_a_card_that_was_taken_back_says_nothing(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    await cards.put_card(ghana.member.state, a_contact())
    await cards.cards(peru.member.state)

    await cards.put_card(ghana.member.state, None)

    shown = (await cards.cards(peru.member.state))[AccountId(ghana.account)]
    assert (shown.fault, shown.contact) == (None, None)
    assert hub.settings.dsn is not None
    connection = await asyncpg.connect(hub.settings.dsn.get_secret_value())
    kept = await connection.fetchval("SELECT body FROM card")
    await connection.close()
    assert b"+233" not in kept


async def test_a_card_falls_with_the_device_that_signed_it(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    await cards.put_card(ghana.member.state, a_contact())

    await hub.registrar.revoke_device(ghana.member.account, ghana.member.state.keys.device_id, "lost")

    shown = (await cards.cards(peru.member.state))[AccountId(ghana.account)]
    assert (shown.fault, shown.contact) == ("revoked", None)


async def test_the_card_of_a_suspended_person_is_not_shown_and_not_missed(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    await cards.put_card(ghana.member.state, a_contact())
    await cards.cards(peru.member.state)

    await hub.registrar.suspend(ghana.member.account, "left")

    assert AccountId(ghana.account) not in await cards.cards(peru.member.state)


# -- deputies ----------------------------------------------------------------------------------------------------------


async def test_duty_is_handed_to_a_member_of_the_same_operation(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    await hub.open(ghana, peru)

    over = Away(now(), now() + WEEK, AccountId(peru.account))
    await cards.put_card(ghana.member.state, a_contact(deputy=AccountId(peru.account), away=over))

    contact = (await cards.cards(peru.member.state))[AccountId(ghana.account)].contact
    assert contact is not None
    assert contact.away is not None
    assert contact.away.covers(now())
    assert not contact.away.covers(now() + WEEK)


async def test_duty_is_not_handed_to_somebody_outside(hub: Village) -> None:
    ghana, peru, france = await hub.members("ghana", "peru", "france")
    await hub.open(ghana, peru)
    outside = a_contact(deputy=AccountId(france.account))

    with pytest.raises(Fault) as fault:
        await cards.put_card(ghana.member.state, outside)

    assert fault.value.code == "not-allowed"
    assert await refused(ghana.member.state, outside) == "refused"


# -- presence ----------------------------------------------------------------------------------------------------------


async def test_a_coordinator_sees_which_countries_are_live_and_which_silent(hub: Village) -> None:
    ghana, peru, coordinator = await hub.members("ghana", "peru", "coordinator")
    operation = await hub.open(ghana, peru)
    await cards.put_card(ghana.member.state, a_contact(deputy=AccountId(peru.account)))
    await seen_days_ago(hub, peru, 40)
    state = coordinator.member.state

    board = await cards.board(state, operation, await cards.cards(state))
    found = {one.country: one for one in coverage(board.watches, now(), board.days)}

    assert (found["GH"].live, found["GH"].deputy) == (True, True)
    assert not found["PE"].live
    assert found["PE"].people[0][1] == ("not-seen", "no-card")


async def test_a_contact_point_sees_nobody_elses_sign_ins(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    operation = await hub.open(ghana, peru)

    for place in (None, operation):
        with pytest.raises(Refused) as refusal:
            await cards.board(ghana.member.state, place, {})
        assert refusal.value.code == "not-allowed"


async def test_who_stays_away_for_ninety_days_is_kept_out_until_restored(hub: Village) -> None:
    (ghana,) = await hub.members("ghana")
    await seen_days_ago(hub, ghana, 90)

    async with await Member.open(ghana.folder, PASSPHRASE) as member:
        with pytest.raises(Refused) as refusal:
            await member.sign_in()
    await hub.registrar.suspend(ghana.member.account, "asleep")
    await hub.registrar.restore(ghana.member.account)
    back = await hub.again(ghana)

    assert (refusal.value.status, refusal.value.code) == (403, "dormant")
    await back.member.close()


async def test_who_stays_away_for_less_comes_in_and_is_told_since_when(hub: Village) -> None:
    (ghana,) = await hub.members("ghana")
    await seen_days_ago(hub, ghana, 89)

    back = await hub.again(ghana)
    told = await back.member.hub.json("GET", "/api/presence")

    assert (now() - told["before"]) // DAY == 89
    assert told["days"] == {"live": 30, "reminded": 45, "blocked": 90}
    await back.member.close()


async def test_a_deputy_hears_who_sleeps(hub: Village) -> None:
    ghana, peru, france = await hub.members("ghana", "peru", "france")
    await hub.open(ghana, peru, france)
    await cards.put_card(ghana.member.state, a_contact(deputy=AccountId(peru.account)))
    await seen_days_ago(hub, ghana, 50)

    mine = await peru.member.hub.json("GET", "/api/presence")
    others = await france.member.hub.json("GET", "/api/presence")

    assert [row["account"] for row in mine["sleeping"]] == [b64(ghana.account)]
    assert others["sleeping"] == []


# -- departure ---------------------------------------------------------------------------------------------------------


async def test_one_act_leaves_everything(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await cards.put_card(ghana.member.state, a_contact())
    told: list[str] = []

    await departure.depart(ghana.member.state, lambda what, _which: told.append(what))

    await peru.say(channel, "Among us")
    with pytest.raises(Refused):
        await ghana.member.hub.json("GET", "/api/session")
    await peru.member.sync()
    operation = peru.member.operations()[channel.operation]
    assert ghana.account not in operation.members
    epoch = operation.channel(channel.id).epoch
    assert epoch is not None
    assert ghana.account not in [reader.account for reader in epoch.holders]
    assert told == ["card", "operation", "device"]
    assert (await cards.cards(peru.member.state))[AccountId(ghana.account)].contact is None


@pytest.mark.parametrize("steps", [1, 2])
async def test_a_departure_that_was_interrupted_goes_on_where_it_stood(hub: Village, steps: int) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    operation = await hub.open(ghana, peru)
    await cards.put_card(ghana.member.state, a_contact())
    done: list[str] = []

    def power_cut(what: str, _which: str) -> None:
        done.append(what)
        if len(done) == steps:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await departure.depart(ghana.member.state, power_cut)
    again = await hub.again(ghana)
    await departure.depart(again.member.state, lambda what, _which: done.append(what))

    assert done == ["card", "operation", "device"]
    await peru.member.sync()
    assert ghana.account not in peru.member.operations()[operation].members
    await again.member.close()


async def test_the_only_coordinator_does_not_leave(hub: Village) -> None:
    ghana, coordinator = await hub.members("ghana", "coordinator")
    await hub.open(ghana)
    await cards.put_card(coordinator.member.state, a_contact())

    with pytest.raises(Damaged):
        await departure.depart(coordinator.member.state, lambda _what, _which: None)

    assert (await cards.cards(ghana.member.state))[AccountId(coordinator.account)].contact is not None
