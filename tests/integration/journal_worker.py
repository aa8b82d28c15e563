"""A process that appends as fast as it can and says what was acknowledged: made to be killed."""

import asyncio
import itertools
import sys

from hub.clock import SystemClock
from hub.db.pool import Connection
from hub.journal.records import Record
from hub.journal.service import Journal
from tests.integration.journal_kit import a_journal, a_post, an_entry

POSTERS = 40


async def post(journal: Journal, number: int) -> None:
    async def project(db: Connection) -> None:
        await db.execute("SELECT pg_sleep(0.001)")

    for turn in itertools.count():
        record: Record = an_entry(also=project) if number == 0 and turn % 10 == 0 else a_post(beside=bytes(1000))
        receipt = await journal.append(record)
        assert receipt.id is not None
        print(receipt.leaf, receipt.seq, receipt.id.hex(), flush=True)  # noqa: T201 - the parent reads it


async def main(dsn: str) -> None:
    async with a_journal(dsn, SystemClock()) as (journal, _), asyncio.TaskGroup() as group:
        for number in range(POSTERS):
            group.create_task(post(journal, number))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
