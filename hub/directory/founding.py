"""
The first statement of a hub: the genesis that its administrators signed becomes leaf 0
(docs/spec/08-directory.md).
"""

from crypto.acts import read_genesis
from crypto.directory import DirectoryHistory, entry_body, entry_id
from crypto.encoding import HubId, statement_id
from crypto.packet import unpack_all
from hub.errors import CannotStart
from hub.http.errors import Conflict
from hub.journal.records import LeafDraft, Record, StatementDraft
from hub.journal.service import Journal


async def found(journal: Journal, packet: bytes, log_key: bytes) -> HubId:
    """
    Founds the hub with a signed genesis, whose log key must be this machine's.

    Raises a ProtocolError for a genesis that doesn't stand, CannotStart if the hub has one already or its log key is
    another's.
    """
    (genesis,) = unpack_all(packet)
    hub = HubId(statement_id("genesis", genesis.act))
    body = entry_body(hub, 0, None, hub)
    DirectoryHistory().append(body, genesis.act, genesis.signatures)
    if read_genesis(genesis.act).log_key != log_key:
        raise CannotStart("The genesis names another log key than this machine's. Nothing was stored.")
    async for _ in journal.replay("directory"):
        raise CannotStart("This hub was founded before. Nothing was changed.")
    statement = StatementDraft(
        stream=hub,
        kind="directory",
        id=entry_id(body),
        body=body,
        act=genesis.act,
        signatures=b"".join(genesis.signatures),
        seq=0,
    )
    try:
        await journal.append(Record(LeafDraft("genesis"), statement))
    except Conflict as error:
        raise CannotStart("This hub was founded before. Nothing was changed.") from error
    return hub
