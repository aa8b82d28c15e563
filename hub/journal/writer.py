"""
The one task that commits: what came in during the last commit goes into the next (docs/spec/13-tlog.md).

While a commit is under way records queue; the next one takes all of them, up to a bound, without any timer. A record
that can't be committed is refused alone. A lost connection never loses or doubles a record: before anything is tried
again, the log itself is asked whether the attempt is in it, by the body of its first leaf, which has a random salt.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import asyncpg
import structlog

from hub.clock import Clock, to_milliseconds
from hub.db.pool import CONFLICTS, Connection, Pool
from hub.journal import queries
from hub.journal.errors import OutcomeUnknown, QueueFull, Unavailable
from hub.journal.places import Places
from hub.journal.plan import DevicesOnline, Plan, add, begin, offer
from hub.journal.records import Committed, Receipt, Record

QUEUE: Final = 4096
"""Records that may wait; one more is refused."""

BATCH: Final = 128
BATCH_OCTETS: Final = 1_000_000
PATIENCE: Final = 5.0
"""Seconds that a commit is tried again without a database before its records are given up."""

RETRY: Final = 0.05
AWAY_RETRY: Final = 0.5

GONE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver says of a connection that died in the middle of an answer
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.CannotConnectNowError,
)
"""What says that the database, or the way to it, is away: nobody knows what it had already done."""


def nobody(_: bytes) -> Sequence[str]:
    """Whom a hub without live connections offers to."""
    return ()


Outcome = Receipt | BaseException
Listener = Callable[[Sequence[Committed]], None]

log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Waiting:
    """A record and who waits for its receipt."""

    record: Record
    answer: asyncio.Future[Receipt]

    @property
    def octets(self) -> int:
        statement = self.record.statement
        return 512 if statement is None else 1024 + len(statement.body) + len(statement.beside)

    @property
    def alone(self) -> bool:
        """True for what changes how later records are judged: these are committed step by step, never with posts."""
        record = self.record
        return bool(
            record.also or record.epochs or (record.statement is not None and record.statement.kind != "channel")
        )


@dataclass(slots=True, eq=False)
class Batch:
    """Records of one commit, and what was tried with them without an answer from the database."""

    waiting: list[Waiting]
    stepwise: bool
    attempts: list[tuple[list[Plan], list[Outcome]]] = field(default_factory=list)


class Writer:
    """Commits what is put in, in order. `listeners` hear of each commit before anybody gets a receipt."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._queue: deque[Waiting] = deque()
        self._wake = asyncio.Event()
        self._db: Connection | None = None
        self._places: Places | None = None
        self._batch: Batch | None = None
        self._away = False
        self._ending = True
        self.listeners: list[Listener] = []
        self.devices_online: DevicesOnline = nobody

    @property
    def is_writing(self) -> bool:
        """False while the database is away, and before and after run()."""
        return not self._away and not self._ending

    @property
    def size(self) -> int:
        """How many leaves the log had after the last commit of this process."""
        return 0 if self._places is None else self._places.tree.size

    def put(self, record: Record) -> asyncio.Future[Receipt]:
        """Queues a record. Raises QueueFull or Unavailable, and then nothing was kept."""
        if not self.is_writing:
            raise Unavailable(retry_after=1)
        if len(self._queue) >= QUEUE:
            raise QueueFull(retry_after=1)
        answer = asyncio.get_running_loop().create_future()
        self._queue.append(Waiting(record, answer))
        self._wake.set()
        return answer

    async def run(self) -> None:
        """Commits until finish() is called and the queue is empty, or until it is cancelled."""
        self._ending = False
        try:
            while self._queue or not self._ending:
                await self._wake.wait()
                self._wake.clear()
                while self._queue:
                    self._batch = self._next_batch()
                    await self._commit(self._batch)
        finally:
            self._ending = True
            for waiting in self._batch.waiting if self._batch else ():
                _answer(waiting, OutcomeUnknown())
            self._refuse_queue()
            await self._let_go()

    def finish(self) -> None:
        """Takes no more records; run() ends after those that wait."""
        self._ending = True
        self._wake.set()

    def _next_batch(self) -> Batch:
        """From the front of the queue, in order, all of one sort, within the bounds; the first fits always."""
        stepwise = self._queue[0].alone
        taken: list[Waiting] = []
        octets = 0
        while self._queue and len(taken) < BATCH and self._queue[0].alone == stepwise:
            octets += self._queue[0].octets
            if taken and octets > BATCH_OCTETS:
                break
            waiting = self._queue.popleft()
            if not waiting.answer.cancelled():
                taken.append(waiting)
        return Batch(taken, stepwise)

    async def _commit(self, batch: Batch) -> None:
        """Brings a batch to its end: every record gets its receipt, or what refused it."""
        give_up_at = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                if await self._try(batch):
                    return
            except CONFLICTS:
                self._places = None
            except GONE as error:
                log.warning("journal.database_gone", error=type(error).__name__)
                await self._let_go()
                if asyncio.get_running_loop().time() > give_up_at:
                    await self._wait_for_return(batch)
                    return
                await asyncio.sleep(RETRY)
            except asyncpg.PostgresError as error:  # refused as a whole and not kept: full disk, locks, read-only
                log.exception("journal.refused", error=type(error).__name__)
                self._places = None
                for waiting in batch.waiting:
                    _answer(waiting, Unavailable(retry_after=5))
                return

    async def _try(self, batch: Batch) -> bool:
        """One attempt. False where another process was faster: everything has to be worked out anew."""
        db = await self._connected()
        if batch.attempts and await self._find_attempt(db, batch):
            return True
        if self._places is None:
            self._places = await queries.load_places(db)
        places = self._places
        await self._look_up(db, places, batch.waiting)
        if batch.stepwise:
            return await self._commit_stepwise(db, places, batch)
        return await self._commit_at_once(db, places, batch)

    async def _commit_at_once(self, db: Connection, places: Places, batch: Batch) -> bool:
        """All records in one statement; where one of them breaks a rule of the database, step by step instead."""
        plan = begin(places, to_milliseconds(self._clock.now()))
        outcomes = [_outcome(plan, waiting.record) for waiting in batch.waiting]
        if plan.leaves:
            offer(plan, self.devices_online)
            batch.attempts.append(([plan], outcomes))
            try:
                written = await queries.write(db, plan)
            except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError):
                batch.attempts.pop()
                batch.stepwise = True
                return False
            if not written:
                self._places = None
                return False
            plan.places.merge()
        self._tell(batch, [plan], outcomes)
        return True

    async def _commit_stepwise(self, db: Connection, places: Places, batch: Batch) -> bool:
        """Each record behind a savepoint with its projections, one commit for those that were not refused."""
        plans: list[Plan] = []
        outcomes: list[Outcome] = []
        batch.attempts.append((plans, outcomes))
        async with db.transaction():
            if await queries.locked_size(db) != places.tree.size:
                batch.attempts.pop()
                self._places = None
                return False
            together = places.fork()
            for waiting in batch.waiting:
                plan = begin(together, to_milliseconds(self._clock.now()))
                outcome = await self._step(db, plan, waiting.record)
                outcomes.append(outcome)
                if plan.leaves and isinstance(outcome, Receipt):
                    plan.places.merge()
                    plans.append(plan)
        if plans:
            together.merge()
        self._tell(batch, plans, outcomes)
        return True

    async def _step(self, db: Connection, plan: Plan, record: Record) -> Outcome:
        """One record's rows and projections behind a savepoint; its receipt, or what refused it."""
        try:
            receipt = add(plan, record)
            if plan.leaves:
                async with db.transaction():
                    offer(plan, self.devices_online)
                    await queries.write(db, plan)
                    if record.also is not None:
                        await record.also(db)
            return receipt
        except CONFLICTS:
            raise
        except asyncpg.UniqueViolationError as refusal:
            return await _first_receipt(db, record) or refusal
        except Exception as refusal:
            if _is_lost(db):
                raise
            return refusal  # of the record's own functions this task is the outermost

    def _tell(self, batch: Batch, plans: Sequence[Plan], outcomes: Sequence[Outcome]) -> None:
        """After the commit: first the listeners hear, then everybody gets an answer."""
        committed = [entry for plan in plans for entry in plan.committed]
        if committed:
            for listener in self.listeners:
                listener(committed)
        for waiting, outcome in zip(batch.waiting, outcomes, strict=True):
            _answer(waiting, outcome)

    async def _find_attempt(self, db: Connection, batch: Batch) -> bool:
        """
        Settles a batch that was committed although the connection broke before the database said so.

        The lock makes the answer final: an older transaction that still runs ends first, and what comes later finds
        another size of the log.
        """
        async with db.transaction():
            await queries.locked_size(db)
            kept = [attempt for attempt in batch.attempts if await _is_kept(db, attempt[0])]
        if not kept:
            return False
        self._places = await queries.load_places(db)
        self._tell(batch, *kept[0])
        return True

    async def _wait_for_return(self, batch: Batch) -> None:
        """
        The database stays away: everybody is told so, new records are refused at once, until it is back.

        A batch in doubt is settled first thing then, so that listeners miss nothing that was committed.
        """
        self._away = True
        for waiting in batch.waiting:
            _answer(waiting, OutcomeUnknown() if batch.attempts else Unavailable(retry_after=5))
        self._refuse_queue()
        while self._away:
            try:
                db = await self._connected()
                if batch.attempts:
                    await self._find_attempt(db, batch)
                self._places = self._places or await queries.load_places(db)
                self._away = False
            except (*GONE, *CONFLICTS):
                await self._let_go()
                await asyncio.sleep(AWAY_RETRY)
        log.info("journal.database_back")

    async def _look_up(self, db: Connection, places: Places, batch: Sequence[Waiting]) -> None:
        """Loads what the batch needs and nobody has looked at yet; for a usual batch there is nothing to load."""
        drafts = [waiting.record.statement for waiting in batch if waiting.record.statement is not None]
        streams = {draft.stream for draft in drafts} | {e.channel for w in batch for e in w.record.epochs}
        unknown = [stream for stream in streams if places.head(stream) is None]
        if unknown:
            for head in await queries.heads(db, unknown):
                places.know_head(head)
        pairs = [
            (draft.stream, draft.device)
            for draft in drafts
            if draft.device_seq is not None
            and draft.device is not None
            and places.device(draft.stream, draft.device) is None
        ]
        if pairs:
            found = await queries.device_heads(db, pairs)
            for pair in pairs:
                places.know_device(*pair, found.get(pair, (0, None)))
        repeats = [
            (draft.stream, draft.client_id)
            for draft in drafts
            if draft.client_id is not None
            and draft.device_seq is not None
            and draft.device is not None
            and draft.device_seq <= (places.device(draft.stream, draft.device) or (0, None))[0]
            and places.receipt(draft.stream, draft.client_id) is None
        ]
        if repeats:
            for (stream, client_id), receipt in (await queries.receipts(db, repeats)).items():
                places.know_receipt(stream, client_id, receipt)

    async def _connected(self) -> Connection:
        if self._db is None:
            self._places = None
            self._db = await self._pool.acquire(timeout=PATIENCE)
        return self._db

    async def _let_go(self) -> None:
        """Gives the connection back, or throws it away; what was known may be wrong by now."""
        db, self._db, self._places = self._db, None, None
        if db is not None:
            if not self._ending and not _is_lost(db):
                db.terminate()
            await self._pool.release(db)

    def _refuse_queue(self) -> None:
        while self._queue:
            _answer(self._queue.popleft(), Unavailable(retry_after=5))


def _is_lost(db: Connection) -> bool:
    """True also for a connection that the pool has taken back because it broke."""
    try:
        return bool(db.is_closed())
    except asyncpg.InterfaceError:
        return True


async def _is_kept(db: Connection, plans: Sequence[Plan]) -> bool:
    if not plans:
        return False
    first = plans[0].leaves[0]
    return await queries.leaf_body(db, first.index) == first.body


def _outcome(plan: Plan, record: Record) -> Outcome:
    try:
        return add(plan, record)
    except Exception as refusal:  # noqa: BLE001 - of the record's own functions this task is the outermost
        return refusal


async def _first_receipt(db: Connection, record: Record) -> Receipt | None:
    """For a statement that turned out to be there already."""
    draft = record.statement
    if draft is None or draft.client_id is None:
        return None
    pair = draft.stream, draft.client_id
    return (await queries.receipts(db, [pair])).get(pair)


def _answer(waiting: Waiting, outcome: Outcome) -> None:
    if waiting.answer.done():
        return
    if isinstance(outcome, Receipt):
        waiting.answer.set_result(outcome)
    else:
        waiting.answer.set_exception(outcome)
