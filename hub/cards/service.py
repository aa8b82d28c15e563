"""Takes and shows contact cards (docs/spec/19-cards.md)."""

from datetime import timedelta
from typing import Final

from aiohttp import web

from crypto.card import Card, card_id, check_card, read_card
from crypto.encoding import AccountId, Json, b64
from crypto.errors import BadSignature
from hub.access.actor import Actor
from hub.cards import queries
from hub.cards.queries import CardRow
from hub.clock import Clock, to_milliseconds
from hub.db.pool import Connection, Pool
from hub.directory.state import DirectoryState
from hub.http.errors import Conflict, Forged, OutOfTime, RuleBroken, WrongPlace
from hub.journal.records import LeafDraft, Record
from hub.journal.service import Journal
from hub.operations.state import OperationsState

FRESH: Final = timedelta(minutes=10)
MOST: Final = 500


class Cards:
    """The latest card of each account; its own words decide, the hub only keeps who may be named and in which order."""

    def __init__(
        self, directory: DirectoryState, operations: OperationsState, pool: Pool, journal: Journal, clock: Clock
    ) -> None:
        self._directory = directory
        self._operations = operations
        self._pool = pool
        self._journal = journal
        self._clock = clock

    async def list(self, actor: Actor, after: bytes | None) -> tuple[list[CardRow], bool]:
        """At most 500 cards, and whether there are more; the read stands in the log first."""
        rows = await queries.cards(self._pool, after, MOST + 1)
        await self._journal.append(Record(self._leaf(actor, "cards-read", None, {"count": len(rows[:MOST])})))
        return rows[:MOST], len(rows) > MOST

    async def put(self, actor: Actor, account: bytes, body: bytes, signature: bytes) -> None:
        """
        The new card of whoever is signed in, or its withdrawal. The same once more is fine.

        Raises WrongPlace for another's, Forged, OutOfTime, RuleBroken for a deputy who can't be one, Conflict with the
        number that stands where it isn't greater; a ProtocolError for what is no card.
        """
        card = read_card(body)
        if card.account != account or account != actor.account or card.device != actor.device:
            raise WrongPlace
        try:
            check_card(card, signature, self._directory.latest)
        except BadSignature:
            raise Forged from None
        now = self._clock.now()
        if abs(to_milliseconds(now) - card.at) > FRESH / timedelta(milliseconds=1):
            raise OutOfTime
        self._check_deputies(card)
        row = CardRow(account, card.n, body, signature)

        async def rows(db: Connection) -> None:
            if not await queries.put(db, row, now):
                standing = await queries.card(db, account)
                if standing is not None and standing.body != body:
                    raise Conflict(n=standing.n)

        detail: dict[str, Json] = {"n": card.n, "withdrawn": card.contact is None}
        await self._journal.append(Record(self._leaf(actor, "card", b64(card_id(body)), detail), also=rows))

    def _check_deputies(self, card: Card) -> None:
        if card.contact is None:
            return
        named = {card.contact.deputy, card.contact.away.deputy if card.contact.away else None} - {None}
        for deputy in named:
            assert deputy is not None
            if self._directory.may(deputy) is None or not self._meet(card.account, deputy):
                raise RuleBroken

    def _meet(self, account: AccountId, deputy: AccountId) -> bool:
        return any(account in one.members and deputy in one.members for one in self._operations.all())

    @staticmethod
    def _leaf(actor: Actor, type: str, object: str | None, detail: dict[str, Json]) -> LeafDraft:
        return LeafDraft(
            type, actor=actor.account, device=actor.device, object=object, place=actor.place, detail=detail
        )


CARDS: Final = web.AppKey("cards", Cards)
