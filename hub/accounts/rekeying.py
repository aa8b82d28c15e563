"""
Somebody who has lost everything starts again: what they made on a new invitation waits beside what they have, and
takes its place when the directory has their new keys (account.rekey; docs/spec/27-ways.md).
"""

import json
from collections.abc import Sequence

from crypto.encoding import b64, unb64
from hub.accounts import queries
from hub.accounts.queries import VaultRow
from hub.accounts.ways import queries as way_queries
from hub.accounts.ways.queries import WrapRow
from hub.accounts.ways.wire import sealed_wrap
from hub.db.pool import Connection


async def keep_beside(db: Connection, invitation: bytes, vault: VaultRow, wraps: Sequence[WrapRow]) -> None:
    """Until then the old ones go on opening."""
    ways = json.dumps([{**sealed_wrap(one), "verifier": b64(one.verifier)} for one in wraps])
    await way_queries.keep_beside(db, invitation, vault.sealed, ways)


async def start_again(db: Connection, account: bytes, invitation: bytes) -> None:
    """In the transaction of account.rekey: nothing that opened the old vault opens anything from now on."""
    beside = await way_queries.take_beside(db, invitation)
    await way_queries.drop_everything(db, account)
    if beside is not None:
        sealed, ways = beside
        await queries.put_vault(db, account, VaultRow(1, sealed))
        await way_queries.set_wraps(db, account, [_row(one) for one in json.loads(ways)])


def _row(one: dict[str, object]) -> WrapRow:
    salt = one["salt"]
    return WrapRow(
        unb64(str(one["wrap"])),
        str(one["kind"]),
        None if salt is None else unb64(str(salt)),
        int(str(one["memory"])),
        int(str(one["passes"])),
        int(str(one["lanes"])),
        unb64(str(one["sealed"])),
        unb64(str(one["verifier"])),
    )
