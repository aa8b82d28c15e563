"""
Contact cards as this member has verified them, and one's own (docs/spec/19-cards.md).

What was seen of each card is kept sealed, on this device and for the person's other devices: no hub can go back to an
older card, show two, or leave out one that was shown before, without being told on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crypto.card import Card, Contact, card_body, card_id, check_card, check_not_older, contact_form, read_card
from crypto.encoding import AccountId, Json, b64, fields, id16, id32, integer, items, unb64
from crypto.errors import CannotOpen, NotCertified, ProtocolError
from hub.client import files
from hub.client.domain.coverage import Days, Watch
from hub.client.errors import N_, Damaged, Fault, Refused
from hub.client.state import State, now
from hub.client.sync import sync_directory

RECORD = "pins-cards"
LOCAL = "local-cards"
FILE = "cards.sealed"
WITHHELD = "withheld"
CONFLICTS = 5

Seen = dict[AccountId, tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the hub shows of one account: a card that holds, or the code of why it does not (withheld: nothing)."""

    account: AccountId
    card: Card | None
    fault: str | None = None

    @property
    def contact(self) -> Contact | None:
        """What the person says; None where nothing can be believed, or the card was taken back."""
        return self.card.contact if self.card is not None and self.fault is None else None


@dataclass(frozen=True, slots=True)
class Board:
    """People of the hub or of one operation, as the coverage board judges them."""

    days: Days
    watches: tuple[Watch, ...]


async def cards(state: State) -> dict[AccountId, Shown]:
    """
    Every account's card, each verified against the directory and what was seen before; what is new is kept as seen.
    """
    seen, version = await _seen(state)
    told = await _fetch(state)
    await sync_directory(state)
    found = {account: _judged(state, account, body, signature, seen) for account, (body, signature) in told.items()}
    accounts = state.directory.latest.accounts
    for account in seen.keys() - found.keys():
        if account in accounts and not accounts[account].suspended:
            found[account] = Shown(account, None, WITHHELD)
    fresh = {
        account: (one.card.n, card_id(one.card.body))
        for account, one in found.items()
        if one.card is not None and one.fault is None
    }
    if fresh.items() - seen.items():
        await _keep(state, {**seen, **fresh}, version)
    return found


async def put_card(state: State, contact: Contact | None) -> Card:
    """
    One's own card, signed by this device; None takes it back.

    Raises Fault not-allowed for a deputy who isn't a member of an operation of one's own; Refused with the hub's word.
    """
    if contact is not None:
        for deputy in {contact.deputy, contact.away.deputy if contact.away else None} - {None}:
            if not _meets(state, deputy):
                raise Fault("not-allowed", b64(deputy or b""), text=NO_DEPUTY)
    seen, version = await _seen(state)
    told = (await _fetch(state)).get(state.account)
    held = 0 if told is None else read_card(told[0]).n
    last = max(held, seen.get(state.account, (0, b""))[0])
    body = card_body(
        hub=state.keys.hub,
        account=state.account,
        device=state.keys.device_id,
        n=last + 1,
        at=now(),
        contact=None if contact is None else contact_form(contact),
    )
    signature = state.keys.device.sign("card", body)
    await state.hub.json(
        "PUT", f"/api/cards/{b64(state.account)}", body={"body": b64(body), "signature": b64(signature)}
    )
    await _keep(state, {**seen, state.account: (last + 1, card_id(body))}, version)
    return read_card(body)


NO_DEPUTY = N_("A deputy has to be a member of one of your operations already. Nothing was changed.")


async def confirm(state: State) -> Card:
    """Says anew that all of one's card holds. Raises Damaged where there is none."""
    return await put_card(state, replace(await own(state), confirmed_at=now()))


async def own(state: State) -> Contact:
    """What one's own card says. Raises Damaged where there is none that holds."""
    shown = (await cards(state)).get(state.account)
    contact = None if shown is None else shown.contact
    if contact is None:
        raise Damaged(N_("You have no contact card yet. Set one first: ncphub card set."))
    return contact


async def board(state: State, operation: bytes | None, shown: Mapping[AccountId, Shown]) -> Board:
    """Who is there at all, at the hub or among the contact points of an operation. Raises Refused where one may not."""
    path = "/api/coverage" if operation is None else f"/api/operations/{b64(operation)}/coverage"
    told = await state.hub.json("GET", path)
    accounts = state.directory.latest.accounts
    watches = []
    for row in told["people"]:
        account, day = AccountId(id16(row["account"])), row["day"]
        if account not in accounts:
            continue
        person, one = accounts[account], shown.get(account)
        contact = None if one is None else one.contact
        faulty = one is not None and one.fault is not None
        watches.append(
            Watch(
                country=person.country,
                account=b64(account),
                suspended=person.suspended,
                day=None if day is None else integer(day),
                card="held" if contact is not None else "faulty" if faulty else "none",
                confirmed_at=None if contact is None else contact.confirmed_at,
                deputy=contact is not None and contact.deputy is not None,
            )
        )
    return Board(Days(**{name: integer(days) for name, days in told["days"].items()}), tuple(watches))


# -- what the hub shows ------------------------------------------------------------------------------------------------


async def _fetch(state: State) -> dict[AccountId, tuple[bytes, bytes]]:
    found: dict[AccountId, tuple[bytes, bytes]] = {}
    after: dict[str, str] = {}
    while True:
        told = await state.hub.json("GET", "/api/cards", params=after)
        for row in told["cards"]:
            found[AccountId(id16(row["account"]))] = (unb64(row["body"]), unb64(row["signature"], 64))
        if not told["more"] or not told["cards"] or after == {"after": told["cards"][-1]["account"]}:
            return found
        after = {"after": told["cards"][-1]["account"]}


def _judged(state: State, account: AccountId, body: bytes, signature: bytes, seen: Seen) -> Shown:
    try:
        card = read_card(body)
        if card.account != account:
            raise NotCertified("a card of somebody else")
        check_not_older(seen.get(account), card)
        check_card(card, signature, state.directory.latest)
    except ProtocolError as error:
        return Shown(account, None, error.code)
    return Shown(account, card)


def _meets(state: State, deputy: AccountId | None) -> bool:
    views = [view.latest for view in state.operations.values() if view.states]
    return any(deputy in one.members and state.account in one.members for one in views)


# -- what was seen -----------------------------------------------------------------------------------------------------


async def _seen(state: State) -> tuple[Seen, int]:
    """What any device of this person has seen, and the version of the record at the hub."""
    seen, version = _local(state), 0
    for record in await state.hub.private_records():
        if record["record"] == RECORD:
            version = int(record["version"])
            seen = _merged(seen, _read(state.keys.open(RECORD, version, record["sealed"])))
    return seen, version


async def _keep(state: State, seen: Seen, version: int) -> None:
    files.write(state.folder / FILE, state.keys.seal(LOCAL, 1, _form(seen)).encode())
    for _ in range(CONFLICTS):
        try:
            await state.hub.put_private(RECORD, version + 1, state.keys.seal(RECORD, version + 1, _form(seen)))
        except Refused as error:
            if error.code != "conflict":
                raise
            other, version = await _seen(state)
            seen = _merged(seen, other)
        else:
            return


def _local(state: State) -> Seen:
    path = state.folder / FILE
    if not path.exists():
        return {}
    try:
        return _read(state.keys.open(LOCAL, 1, files.read(path).decode()))
    except (CannotOpen, ValueError) as error:
        raise Damaged(
            N_("What this device had seen of contact cards can't be read any more: {path} was altered."), path=path
        ) from error


def _form(seen: Seen) -> dict[str, Json]:
    rows: Json = [[b64(account), n, b64(id_)] for account, (n, id_) in sorted(seen.items())]
    return {"v": 1, "cards": rows}


def _read(value: Any) -> Seen:
    fields(value, "v cards")
    rows = (items(row, 3, 3) for row in items(value["cards"], 10_000))
    return {AccountId(id16(account)): (integer(n, 1), id32(id_)) for account, n, id_ in rows}


def _merged(one: Seen, other: Seen) -> Seen:
    """The later of both; two cards with one number are told when the card is looked at."""
    return {
        account: max(one.get(account, (0, b"")), other.get(account, (0, b""))) for account in one.keys() | other.keys()
    }
