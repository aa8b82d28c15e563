"""Does what a vector says of contact cards (docs/spec/19-cards.md)."""

import json
from functools import lru_cache
from typing import Any

from crypto import card, directory
from crypto.encoding import AccountId, DeviceId, HubId, b64, unb64
from crypto.people import Directory


@lru_cache(maxsize=4)
def directory_of(entries: str) -> Directory:
    history = directory.DirectoryHistory()
    for one in json.loads(entries):
        history.append(unb64(one["entry"]), unb64(one["act"]), [unb64(two) for two in one["signatures"]])
    return history.latest


def check_card(v: dict[str, Any], shared: dict[str, Any]) -> Any:
    read = card.read_card(unb64(v["body"]))
    card.check_card(read, unb64(v["signature"]), directory_of(json.dumps(shared["entries"])))
    contact = None if read.contact is None else card.contact_form(read.contact)
    return {"account": b64(read.account), "n": read.n, "id": b64(card.card_id(read.body)), "contact": contact}


def card_body(v: dict[str, Any], _: dict[str, Any]) -> Any:
    made = card.card_body(
        hub=HubId(unb64(v["hub"])),
        account=AccountId(unb64(v["account"])),
        device=DeviceId(unb64(v["device"])),
        n=v["n"],
        at=v["at"],
        contact=v["contact"],
    )
    return b64(made)


def check_not_older(v: dict[str, Any], _: dict[str, Any]) -> None:
    seen = None if v["seen"] is None else (v["seen"][0], unb64(v["seen"][1]))
    card.check_not_older(seen, card.read_card(unb64(v["body"])))


CARDS = {"check_card": check_card, "card_body": card_body, "check_not_older": check_not_older}
