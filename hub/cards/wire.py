"""The JSON of contact cards and of the coverage board (docs/spec/22-http.md)."""

from collections.abc import Iterable
from typing import Any

from crypto.encoding import b64
from hub.cards.coverage import Sighting
from hub.cards.queries import CardRow
from hub.http.wire import Octets, Octets64, Wire


class PutCard(Wire):
    """The signed statement as its owner's client made it."""

    body: Octets
    signature: Octets64


def card_form(row: CardRow) -> dict[str, Any]:
    return {"account": b64(row.account), "body": b64(row.body), "signature": b64(row.signature)}


def sightings_form(sightings: Iterable[Sighting]) -> list[dict[str, Any]]:
    return [{"account": b64(one.account), "day": one.day} for one in sightings]
