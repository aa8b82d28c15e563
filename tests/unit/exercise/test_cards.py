"""The exercise's cards: valid, told apart, in time zones that exist, and with nobody's real telephone."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from crypto.card import card_body, contact_form, read_card
from crypto.encoding import AccountId, DeviceId, HubId
from hub.exercise.cards import ABSENCES, DEPUTIES, WITHOUT_CARD, card_of
from hub.exercise.operations import exercises
from hub.exercise.people import people

NOW = 1_800_000_000_000
NOBODYS = re.compile(r"\+999 |\+33 1 99 00 |\+49 30 23125 |\+46 8 465 004 ")
ACCOUNTS = {person.code: AccountId(bytes([number]) * 16) for number, person in enumerate(people(), 1)}


def test_every_card_is_one() -> None:
    telephones = set()
    for number, person in enumerate(people(), 1):
        contact = card_of(person, number, ACCOUNTS, NOW)
        assert (contact is None) == (person.code in WITHOUT_CARD)
        if contact is None:
            continue
        body = card_body(
            hub=HubId(bytes(32)),
            account=ACCOUNTS[person.code],
            device=DeviceId(bytes(16)),
            n=1,
            at=NOW,
            contact=contact_form(contact),
        )
        assert read_card(body).contact == contact
        assert ZoneInfo(contact.time_zone).key == contact.time_zone
        assert NOBODYS.match(contact.phone)
        assert contact.languages[0] == person.language or person.language not in contact.languages
        telephones.add(contact.phone)

    assert len(telephones) == len(people()) - len(WITHOUT_CARD)


def test_who_stands_in_is_a_member_of_the_same_operation() -> None:
    casts = [{member.person.code for member in plan.members} for plan in exercises(datetime.now(UTC))]
    pairs = [*DEPUTIES.items(), *((one.code, one.deputy) for one in ABSENCES)]

    assert all(any({who, deputy} <= cast for cast in casts) for who, deputy in pairs)


def test_somebody_is_away_and_somebody_has_not_confirmed_for_long() -> None:
    cards = [card_of(person, 1, ACCOUNTS, NOW) for person in people()]

    assert any(card.away is not None and card.away.covers(NOW) for card in cards if card is not None)
    assert any(NOW - card.confirmed_at > 365 * 24 * 3_600_000 for card in cards if card is not None)
