"""
The directory in memory: replayed from the journal at the start, advanced by what was committed
(docs/spec/08-directory.md).
"""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from crypto.acts import Matrix
from crypto.directory import Directory, DirectoryHistory
from crypto.encoding import AccountId, DeviceId, HubId, statement_id
from hub.directory.gate import Gate
from hub.errors import CannotStart
from hub.journal.records import Committed, Receipt, StatementDraft, Stored
from hub.journal.service import Journal

SIGNATURE_SIZE: Final = 64


def split_signatures(joined: bytes) -> tuple[bytes, ...]:
    """Signatures of 64 bytes each, as they travel and rest."""
    return tuple(joined[place : place + SIGNATURE_SIZE] for place in range(0, len(joined), SIGNATURE_SIZE))


class DirectoryState:
    """Every verified state of the directory, and where each act stands."""

    def __init__(self) -> None:
        self.history = DirectoryHistory()
        self.gate = Gate()
        self._receipts: dict[bytes, Receipt] = {}
        self.genesis_body = b""
        self.genesis_signatures = b""

    async def load(self, journal: Journal) -> None:
        """Verifies the whole chain anew; raises CannotStart if nobody founded this hub."""
        async for stored in journal.replay("directory"):
            self._take(stored, Receipt(stored.leaf, stored.at, stored.id, stored.seq))
        if self.history.size == 0:
            raise CannotStart("This hub has not been founded yet: run `ncphub found` first.")

    def committed(self, batch: Sequence[Committed]) -> None:
        """Takes in what the journal has just committed."""
        for one in batch:
            statement = one.record.statement
            if statement is not None and statement.kind == "directory":
                self._take(statement, one.receipt)

    @property
    def latest(self) -> Directory:
        return self.history.latest

    @property
    def hub(self) -> HubId:
        return self.latest.hub

    def receipt(self, act: bytes) -> Receipt | None:
        """Where an act (by its statement id) stands already."""
        return self._receipts.get(act)

    def matrix(self) -> Matrix:
        return self.latest.matrix

    def may(self, account: bytes) -> frozenset[str] | None:
        """The account's privileges; None if it isn't certified or is suspended."""
        found = self.latest.accounts.get(AccountId(account))
        return None if found is None or found.suspended else frozenset(found.may)

    def code(self, account: bytes) -> str:
        return self.latest.account(AccountId(account)).code

    def device_key(self, account: bytes, device: bytes) -> bytes | None:
        """The public key of a device that is the account's and not revoked."""
        latest = self.latest
        if not latest.device_valid(DeviceId(device), AccountId(account)):
            return None
        return latest.devices[DeviceId(device)].key

    def _take(self, statement: Stored | StatementDraft, receipt: Receipt) -> None:
        if statement.act is None:
            raise CannotStart("The directory in the database is damaged: an entry has no act.")
        self.history.append(statement.body, statement.act, split_signatures(statement.signatures))
        if self.history.size == 1:
            self.genesis_body, self.genesis_signatures = statement.act, statement.signatures
        else:
            self._receipts[statement_id("act", statement.act)] = receipt


DIRECTORY: Final = web.AppKey("directory", DirectoryState)
