"""
A person's contact card: what members and the hub may know to reach somebody on duty (docs/spec/19-cards.md).

Only the latest counts; it is signed by a device of the account, and erased by a signed withdrawal that says nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crypto.encoding import (
    AccountId,
    DeviceId,
    HubId,
    Json,
    ascending,
    b64,
    canon,
    fields,
    flag,
    id16,
    id32,
    integer,
    items,
    known,
    matching,
    parse,
    statement_id,
)
from crypto.errors import Forked, Malformed, NotCertified, Revoked, RolledBack, WrongHub
from crypto.people import Directory
from crypto.signing import verify

CONTEXT: Final = "card"
MOST_LANGUAGES: Final = 8

LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
PHONE = re.compile(r"\+[1-9][0-9 ]{4,24}[0-9]")
CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
TIME_ZONE = re.compile(r"(?=.{1,64}$)[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){0,2}")
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])")

_HEAD = "v hub account device n at"
_SAID = "languages phone hours time_zone email deputy confirmed_at away"


@dataclass(frozen=True, slots=True)
class Hours:
    """Days 1 (Monday) to 7 and two times of day in the card's time zone; until before from ends on the next day."""

    days: tuple[int, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Away:
    """Duty is handed over: from `start` until `end` (ms UTC) `deputy` stands in."""

    start: int
    end: int
    deputy: AccountId

    def covers(self, moment: int) -> bool:
        """Whether the deputy stands in at `moment` (ms UTC)."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody."""

    languages: tuple[str, ...]  # the best first
    phone: str
    hours: Hours | None  # None: the phone is answered around the clock
    time_zone: str
    email: str | None
    deputy: AccountId | None
    confirmed_at: int  # when the person last said that all of it holds
    away: Away | None


@dataclass(frozen=True, slots=True)
class Card:
    """One statement; `contact` is None where the person took the card back. `body` is the exact signed bytes."""

    body: bytes
    hub: HubId
    account: AccountId
    device: DeviceId
    n: int  # 1, 2, … for each account
    at: int
    contact: Contact | None


def card_body(
    *, hub: HubId, account: AccountId, device: DeviceId, n: int, at: int, contact: Mapping[str, Json] | None
) -> bytes:
    """The canonical bytes of a card, or of its withdrawal (`contact` None). Raises what `read_card` raises."""
    said: Mapping[str, Json] = {"withdrawn": True} if contact is None else contact
    body = canon({"v": 1, "hub": b64(hub), "account": b64(account), "device": b64(device), "n": n, "at": at, **said})
    read_card(body)
    return body


def read_card(body: bytes) -> Card:
    """Raises NotCanonical, TooLarge, Malformed or UnknownVersion."""
    value = parse(body)
    if not isinstance(value, dict) or "v" not in value:
        raise Malformed("not a card")
    known(value["v"])
    withdrawn = "withdrawn" in value
    fields(value, f"{_HEAD} withdrawn" if withdrawn else f"{_HEAD} {_SAID}")
    if withdrawn and not flag(value["withdrawn"]):
        raise Malformed("a withdrawal that is none")
    account, at = AccountId(id16(value["account"])), integer(value["at"])
    return Card(
        body=body,
        hub=HubId(id32(value["hub"])),
        account=account,
        device=DeviceId(id16(value["device"])),
        n=integer(value["n"], 1),
        at=at,
        contact=None if withdrawn else _contact(value, account, at),
    )


def card_id(body: bytes) -> bytes:
    """The statement id, which the log's leaf names."""
    return statement_id(CONTEXT, body)


def check_card(card: Card, signature: bytes, directory: Directory) -> None:
    """
    Returns only if a device that is valid now signed it for its own account.

    Raises WrongHub, NotCertified, Revoked or BadSignature. A card stands as long as its device does: nobody who took a
    device that was revoked since can speak for the person. What was taken back stays so: it says nothing.
    """
    if card.hub != directory.hub:
        raise WrongHub("a card of another hub")
    directory.account(card.account)
    device = directory.devices.get(card.device)
    if device is None or device.account != card.account:
        raise NotCertified("the account has no such device")
    verify("device", device.key, CONTEXT, card.body, signature)
    if card.contact is not None and not directory.device_valid(card.device, card.account):
        raise Revoked("the device that signed the card was revoked")


def check_not_older(seen: tuple[int, bytes] | None, card: Card) -> None:
    """
    Raises RolledBack for a smaller number than the one that was `seen` (number, id), Forked for another card under it.
    """
    if seen is None:
        return
    if card.n < seen[0]:
        raise RolledBack("an older card than the one that was shown before")
    if card.n == seen[0] and card_id(card.body) != seen[1]:
        raise Forked("two cards with one number")


def contact_form(contact: Contact) -> dict[str, Json]:
    """The written form of what a card says."""
    hours, away = contact.hours, contact.away
    return {
        "languages": list(contact.languages),
        "phone": contact.phone,
        "hours": None if hours is None else {"days": list(hours.days), "from": hours.start, "until": hours.end},
        "time_zone": contact.time_zone,
        "email": contact.email,
        "deputy": None if contact.deputy is None else b64(contact.deputy),
        "confirmed_at": contact.confirmed_at,
        "away": None if away is None else {"from": away.start, "until": away.end, "deputy": b64(away.deputy)},
    }


def _contact(value: Mapping[str, Any], account: AccountId, at: int) -> Contact:
    languages = tuple(matching(tag, LANGUAGE) for tag in items(value["languages"], MOST_LANGUAGES, 1))
    if len(set(languages)) != len(languages):
        raise Malformed("a language twice")
    return Contact(
        languages=languages,
        phone=matching(value["phone"], PHONE),
        hours=None if value["hours"] is None else _hours(value["hours"]),
        time_zone=matching(value["time_zone"], TIME_ZONE),
        email=None if value["email"] is None else matching(value["email"], EMAIL),
        deputy=None if value["deputy"] is None else _other(value["deputy"], account),
        confirmed_at=integer(value["confirmed_at"], 0, at),
        away=None if value["away"] is None else _away(value["away"], account),
    )


def _hours(value: Any) -> Hours:
    fields(value, "days from until")
    days = tuple(integer(day, 1, 7) for day in items(value["days"], 7, 1))
    ascending([str(day) for day in days])
    start, end = matching(value["from"], CLOCK), matching(value["until"], CLOCK)
    if start == end:
        raise Malformed("hours that end when they begin")
    return Hours(days, start, end)


def _away(value: Any, account: AccountId) -> Away:
    fields(value, "from until deputy")
    start = integer(value["from"])
    return Away(start, integer(value["until"], start + 1), _other(value["deputy"], account))


def _other(value: Any, account: AccountId) -> AccountId:
    other = AccountId(id16(value))
    if other == account:
        raise Malformed("nobody is their own deputy")
    return other
