"""A hub that lies about cards: it makes one up, alters one, goes back to an older one, or keeps one to itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest_asyncio

from crypto.card import Contact, card_body, contact_form
from crypto.encoding import AccountId
from crypto.signing import new_signing_key
from hub.client import cards
from hub.client.cards import Shown
from hub.client.state import now
from tests.people import Person, Village
from tests.settled import Settlement

TRUE = Contact(("en",), "+233 30 200 0123", None, "Africa/Accra", None, None, 0, None)
FALSE = replace(TRUE, phone="+1 202 555 0100")


class Lies:
    """Ghana's card, Peru who reads it, and the hub's own hand in its table."""

    def __init__(self, hub: Village, ghana: Person, peru: Person, table: asyncpg.Connection) -> None:
        self.hub = hub
        self.ghana = ghana
        self.peru = peru
        self._table = table

    async def say(self, contact: Contact) -> tuple[int, bytes, bytes]:
        """Ghana signs a card; the row as the hub holds it."""
        await cards.put_card(self.ghana.member.state, replace(contact, confirmed_at=now()))
        row = await self._table.fetchrow("SELECT n, body, signature FROM card")
        return row["n"], row["body"], row["signature"]

    async def show(self, n: int, body: bytes, signature: bytes) -> None:
        """The hub shows this from now on."""
        await self._table.execute("UPDATE card SET n = $1, body = $2, signature = $3", n, body, signature)

    async def hide(self) -> None:
        await self._table.execute("DELETE FROM card")

    async def seen(self) -> Shown:
        """What Peru is shown of Ghana."""
        found = await cards.cards(self.peru.member.state)
        return found[AccountId(self.ghana.account)]

    def forged(self, n: int, **other: object) -> bytes:
        keys = self.ghana.member.state.keys
        parts = {"account": keys.account, "device": keys.device_id, **other}
        contact = contact_form(replace(FALSE, confirmed_at=now()))
        return card_body(hub=keys.hub, n=n, at=now(), contact=contact, **parts)  # type: ignore[arg-type]


@pytest_asyncio.fixture(loop_scope="session")
async def lies(settlement: Settlement, tmp_path: Path) -> AsyncIterator[Lies]:
    async with settlement.copy(tmp_path) as village:
        ghana, peru = await village.members("ghana", "peru")
        assert village.settings.dsn is not None
        table = await asyncpg.connect(village.settings.dsn.get_secret_value())
        yield Lies(village, ghana, peru, table)
        await table.close()


async def test_an_honest_hub_is_believed(lies: Lies) -> None:
    await lies.say(TRUE)

    shown = await lies.seen()

    assert shown.fault is None
    assert shown.contact is not None


async def test_a_card_that_the_hub_made_up_is_not_shown(lies: Lies) -> None:
    await lies.say(TRUE)
    body = lies.forged(2)
    await lies.show(2, body, new_signing_key("device").sign("card", body))

    shown = await lies.seen()

    assert (shown.fault, shown.contact) == ("bad-signature", None)


async def test_an_accomplices_device_does_not_sign_for_another(lies: Lies) -> None:
    await lies.say(TRUE)
    keys = lies.peru.member.state.keys
    body = lies.forged(2, device=keys.device_id)
    await lies.show(2, body, keys.device.sign("card", body))

    assert (await lies.seen()).fault == "not-certified"


async def test_a_card_with_one_digit_changed_is_not_shown(lies: Lies) -> None:
    n, body, signature = await lies.say(TRUE)
    await lies.show(n, body.replace(b"0123", b"0124"), signature)

    assert (await lies.seen()).fault == "bad-signature"


async def test_an_older_card_is_not_taken_once_a_newer_was_seen(lies: Lies) -> None:
    older = await lies.say(TRUE)
    await lies.say(replace(TRUE, phone="+233 30 200 0199"))
    await lies.seen()

    await lies.show(*older)

    assert (await lies.seen()).fault == "rolled-back"


async def test_another_device_of_the_reader_knows_it_too(lies: Lies) -> None:
    older = await lies.say(TRUE)
    await lies.say(replace(TRUE, phone="+233 30 200 0199"))
    await lies.seen()
    (lies.peru.folder / cards.FILE).unlink()

    await lies.show(*older)

    assert (await lies.seen()).fault == "rolled-back"


async def test_two_cards_with_one_number_are_told(lies: Lies) -> None:
    n, body, signature = await lies.say(TRUE)
    await lies.seen()
    other = lies.forged(n)
    await lies.show(n, other, lies.ghana.member.state.keys.device.sign("card", other))

    assert (await lies.seen()).fault == "forked"
    await lies.show(n, body, signature)
    assert (await lies.seen()).fault is None


async def test_a_card_that_is_kept_back_is_missed(lies: Lies) -> None:
    await lies.say(TRUE)
    await lies.seen()

    await lies.hide()

    assert (await lies.seen()).fault == "withheld"


async def test_the_card_of_another_account_under_ones_name_is_not_shown(lies: Lies) -> None:
    await lies.say(TRUE)
    keys = lies.peru.member.state.keys
    body = lies.forged(1, account=keys.account, device=keys.device_id)
    await lies.show(1, body, keys.device.sign("card", body))

    assert (await lies.seen()).fault == "not-certified"
