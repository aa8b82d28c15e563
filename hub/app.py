"""Wires the rooms into one hub and serves it (docs/spec/22-http.md)."""

import asyncio
import contextlib
import gc
import os
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Final

import structlog
import uvloop
from aiohttp import web

from crypto.encoding import HubId, b64
from hub import paths
from hub.access.guard import Guard, Refused
from hub.access.routes import OPEN, Route, Size
from hub.accounts import queries as account_queries
from hub.accounts import routes as account_routes
from hub.accounts.approvals.service import APPROVALS, Approvals
from hub.accounts.devices.service import DEVICE_USES, DeviceUses
from hub.accounts.enrolment import ENROLMENTS, Enrolments
from hub.accounts.failures import FORGOTTEN_AFTER, Failures
from hub.accounts.sessions import SESSIONS, Sessions
from hub.accounts.signin import SIGN_INS, SignIns
from hub.accounts.vaults import VAULTS, Vaults
from hub.accounts.ways.passkeys import Passkeys
from hub.accounts.ways.service import WAYS, Ways
from hub.alerts.rules import ARRIVAL_RULES as ALERT_ARRIVAL_RULES
from hub.alerts.rules import RULES as ALERT_RULES
from hub.audit import routes as audit_routes
from hub.audit.checkpoints import Checkpoints, read_log_key
from hub.audit.explorer import Explorer
from hub.audit.heads import HEADS, Heads
from hub.audit.log import Log
from hub.audit.routes import CHECKPOINTS, EXPLORER, LOG, READABLE
from hub.cards import routes as card_routes
from hub.cards.coverage import COVERAGE, Coverage
from hub.cards.service import CARDS, Cards
from hub.channels import routes as channel_routes
from hub.channels.service import CHANNELS, Channels
from hub.channels.visibility import ReadersSight
from hub.clock import Clock, SystemClock
from hub.db.embedded import Postgres
from hub.db.migrate import migrate
from hub.db.pool import open_pool
from hub.directory import founding
from hub.directory import routes as directory_routes
from hub.directory.requests import INVITATIONS, Invitations
from hub.directory.service import DIRECTORIES, Directories
from hub.directory.state import DIRECTORY, DirectoryState
from hub.errors import CannotStart
from hub.http import shell
from hub.http.headers import headers_on_every_answer
from hub.http.limits import Rate
from hub.http.origin import Names
from hub.http.problems import problems
from hub.http.shell import SHELL, HubFacts, Shell
from hub.journal.records import LeafDraft, Record
from hub.journal.service import JOURNAL, Journal
from hub.live import routes as live_routes
from hub.live.service import LIVE, Live
from hub.messages import routes as message_routes
from hub.messages.service import POST_OFFICE, PostOffice
from hub.messages.verifier import Verifier
from hub.nominations import routes as nomination_routes
from hub.nominations.service import NOMINATIONS, Nominations
from hub.notices.rules import ARRIVAL_RULES as NOTICE_ARRIVAL_RULES
from hub.notices.rules import RULES as NOTICE_RULES
from hub.operations import routes as operation_routes
from hub.operations.register import NamesOfRecord
from hub.operations.service import OPERATION_SERVICE, Operations
from hub.operations.state import OPERATIONS, OperationsState
from hub.presence.dormancy import Presence, Spans
from hub.proposals import routes as proposal_routes
from hub.proposals.service import PROPOSALS, Proposals
from hub.retention import routes as retention_routes
from hub.retention.service import RETENTION, Retention
from hub.settings import Settings

log = structlog.get_logger(__name__)

SESSION_KEY_FILE: Final = "session.key"
SESSION_KEY_SIZE: Final = 32
WATCH_SECONDS: Final = 1.0
LONGEST_LINE: Final = 64 * 1024

YOUNG_OBJECTS: Final = 20_000
"""So many more objects are there before the collector looks for cycles; nearly all go without it."""


async def health(request: web.Request) -> web.Response:
    """Whether the hub takes records now: for load balancers and for those who wait for its start."""
    writing = request.app[JOURNAL].is_writing
    return web.json_response({"status": "ok" if writing else "stopped"}, status=200 if writing else 503)


FRONT: Final = (
    Route("GET", "/", shell.app_page, OPEN, None),
    Route("GET", "/o", shell.app_page, OPEN, None),
    Route("GET", "/setup", shell.app_page, OPEN, None),
    Route("GET", "/o/{tail:.*}", shell.app_page, OPEN, None),
    Route("GET", "/static/{name:.+}", shell.static_file, OPEN, None),
    Route("GET", "/favicon.ico", shell.favicon, OPEN, None),
    Route("GET", "/lang/{language}", shell.choose_language, OPEN, None),
    Route("GET", "/health", health, OPEN, None, any_host=True),
)

ROUTES: Final[tuple[Route, ...]] = (
    *message_routes.ROUTES,  # first, since the router tries patterns in this order
    *FRONT,
    *account_routes.ROUTES,
    *directory_routes.ROUTES,
    *nomination_routes.ROUTES,
    *proposal_routes.ROUTES,
    *operation_routes.ROUTES,
    *retention_routes.ROUTES,
    *channel_routes.ROUTES,
    *card_routes.ROUTES,
    *audit_routes.ROUTES,
    *live_routes.ROUTES,
)
"""Every address of the hub: tests/house/test_routes.py reads this list."""


async def make_app(settings: Settings, dsn: str | None = None, clock: Clock | None = None) -> web.Application:
    """
    The whole hub, its state rebuilt from the journal, ready to be served; its clean-up gives everything back.

    `dsn` is the embedded database's; without it the settings' own counts. Raises CannotStart with a sentence.
    """
    clock = clock or SystemClock()
    dsn = dsn or _own_dsn(settings)
    async with AsyncExitStack() as stack:
        direct = settings.migration_dsn.get_secret_value() if settings.migration_dsn else dsn
        await migrate(direct, paths.migrations())
        pool = await stack.enter_async_context(open_pool(dsn, size=settings.pool_size))
        journal = Journal(pool, clock)
        directory = DirectoryState()
        await directory.load(journal)
        operations = OperationsState(directory)
        await operations.load(journal)
        hub, genesis = directory.hub, directory.latest.genesis

        secret = read_session_key(settings.state_dir)
        sight = ReadersSight(directory, operations)
        live = Live(
            journal, clock, hub, sight, most=settings.limits.sockets, most_each=settings.limits.sockets_per_account
        )
        names_of_record = NamesOfRecord(directory, operations)
        presence = Presence(pool, clock, _spans(settings))
        sessions = Sessions(
            pool,
            journal,
            operations,
            live,
            clock,
            secret,
            hub=hub,
            presence=presence,
            token_life=timedelta(minutes=settings.token_minutes),
            session_life=timedelta(hours=settings.session_hours),
        )
        known = await account_queries.failures(pool, clock.now() - FORGOTTEN_AFTER)
        failures = Failures(settings.limits.sign_ins_per_minute, known)
        passkeys = Passkeys(clock, secret, genesis.name)
        verifier = Verifier()
        rules = {**ALERT_RULES, **NOTICE_RULES}
        arrival_rules = {**ALERT_ARRIVAL_RULES, **NOTICE_ARRIVAL_RULES}
        post_office = PostOffice(directory, operations, pool, journal, clock, verifier, rules, arrival_rules)
        checkpoints = Checkpoints(pool, clock, read_log_key(settings.state_dir), genesis.log_origin, settings.state_dir)

        app = web.Application(middlewares=[problems])
        app[JOURNAL] = journal
        app[DIRECTORY] = directory
        app[OPERATIONS] = operations
        app[SESSIONS] = sessions
        app[SIGN_INS] = SignIns(pool, journal, sessions, operations, clock, failures, passkeys, secret)
        app[WAYS] = Ways(pool, journal, clock, passkeys)
        app[DEVICE_USES] = DeviceUses(pool, journal, clock, operations)
        app[APPROVALS] = Approvals(pool, journal, clock, app[SIGN_INS])
        app[VAULTS] = Vaults(pool, journal)
        app[ENROLMENTS] = Enrolments(journal, clock, hub)
        app[DIRECTORIES] = Directories(directory, journal, clock, sessions.forget)
        app[INVITATIONS] = Invitations(directory, pool, journal, clock)
        app[NOMINATIONS] = Nominations(directory, pool, journal, clock)
        app[PROPOSALS] = Proposals(directory, pool, journal, clock)
        app[OPERATION_SERVICE] = Operations(operations, directory, pool, journal, clock)
        app[CARDS] = Cards(directory, operations, pool, journal, clock)
        app[COVERAGE] = Coverage(directory, operations, presence, pool, journal)
        app[CHANNELS] = Channels(operations, sight, pool, journal)
        app[POST_OFFICE] = post_office
        app[CHECKPOINTS] = checkpoints
        app[EXPLORER] = Explorer(pool, names_of_record)
        app[LOG] = Log(pool, operations.may_read_entry, sight.may_read_channel)
        app[READABLE] = sight.streams_of
        app[HEADS] = heads = Heads(pool, journal, clock, timedelta(minutes=settings.heads_minutes))
        app[RETENTION] = retention = Retention(
            operations, directory, pool, journal, clock, timedelta(days=settings.backup_days)
        )
        app[LIVE] = live
        journal.offer_to(live.devices_online)
        app[SHELL] = Shell(
            paths.templates(), paths.locale(), paths.static(), HubFacts(b64(hub), genesis.name, genesis.exercise)
        )

        # The order counts: what keeps state hears of a commit before what tells others.
        journal.committed.extend(
            [
                directory.committed,
                operations.committed,
                post_office.committed,
                checkpoints.on_committed,
                live.deliver,
            ]
        )
        await stack.enter_async_context(journal.running())
        await stack.enter_async_context(verifier.running())
        await stack.enter_async_context(checkpoints.running())
        await stack.enter_async_context(heads.running())
        await stack.enter_async_context(retention.running())

        guard = _guard(settings, sessions, operations, journal)
        for route in ROUTES:
            app.router.add_route(route.method, route.path, guard.wrap(route))
        headers_on_every_answer(app, secure=settings.origins[0].startswith("https:"))
        rest = stack.pop_all()

    async def say_farewell(_: web.Application) -> None:
        live.end_all("stopping")

    async def give_back(_: web.Application) -> None:
        await rest.aclose()

    app.on_shutdown.append(say_farewell)
    app.on_cleanup.append(give_back)
    return app


def found(settings: Settings, packet: bytes) -> HubId:
    """Founds the hub of these settings with a genesis that its administrators signed (`ncphub found`)."""

    async def story(dsn: str) -> HubId:
        await migrate(dsn, paths.migrations())
        key = read_log_key(settings.state_dir)
        async with open_pool(dsn, size=2) as pool:
            journal = Journal(pool, SystemClock())
            async with journal.running():
                return await founding.found(journal, packet, key.public)

    with database(settings) as dsn:
        return asyncio.run(story(dsn))


def run(settings: Settings, started: Callable[[str], None] | None = None) -> None:
    """
    Serves until SIGINT or SIGTERM; `started` is told the address once the hub answers.

    Raises CannotStart with a sentence if something is missing, or when the embedded database dies.
    """
    configure_log(settings)
    with contextlib.ExitStack() as stack:
        postgres = None if settings.dsn else stack.enter_context(_embedded(settings))
        dsn = _own_dsn(settings) if postgres is None else postgres.dsn()
        uvloop.run(_serve(settings, dsn, postgres, started))


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The settings' database, or the embedded one for as long as the block runs. In the main thread, before a loop."""
    if settings.dsn:
        yield _own_dsn(settings)
        return
    with _embedded(settings) as postgres:
        yield postgres.dsn()


def make_runner(app: web.Application) -> web.AppRunner:
    """What serves an app: no access log, which would name people; long lines, because a poll's cursor is one."""
    return web.AppRunner(app, access_log=None, handle_signals=False, max_line_size=LONGEST_LINE)


async def _serve(
    settings: Settings, dsn: str, postgres: Postgres | None, started: Callable[[str], None] | None
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = make_runner(await make_app(settings, dsn))
    # What the start has built stays: looking through it again and again would make everybody wait.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        port = runner.addresses[0][1]
        address = settings.origins[0] if settings.port else f"http://{settings.host}:{port}"
        log.info("the hub answers", host=settings.host, port=port, address=address)
        if started is not None:
            started(address)
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), WATCH_SECONDS)
            if postgres is not None and postgres.has_ended():
                raise CannotStart("The embedded database has ended, so the hub ended too. What was confirmed is kept.")
    finally:
        await runner.cleanup()


def _guard(settings: Settings, sessions: Sessions, operations: OperationsState, journal: Journal) -> Guard:
    limits = settings.limits

    async def write_down(refused: Refused) -> None:
        actor = refused.actor
        leaf = LeafDraft(
            refused.leaf,
            actor=None if actor is None else actor.account,
            device=None if actor is None else actor.device,
            operation=refused.operation,
            place=refused.place,
            detail={"code": refused.code, "action": refused.action, "route": refused.route},
        )
        await journal.append(Record(leaf))

    return Guard(
        Names(settings.origins, loopback=settings.local_names),
        sessions,
        operations,
        write_down,
        sizes={size: getattr(limits, size.value) for size in Size},
        session_rate=_rate(limits.requests_per_minute),
        open_rate=_rate(limits.open_requests_per_minute),
        proxies=settings.proxies,
    )


def _spans(settings: Settings) -> Spans:
    return Spans(*(timedelta(days=days) for days in (settings.live_days, settings.dormant_days, settings.blocked_days)))


def _rate(each_minute: int) -> Rate:
    """A third of a minute's requests may come at once: the first load asks for much."""
    return Rate(max(10.0, each_minute / 3), each_minute / 60, monotonic)


def read_session_key(state_dir: Path) -> bytes:
    """The secret that session tokens are made with; made at the first start, readable by the hub alone."""
    path = state_dir / SESSION_KEY_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != SESSION_KEY_SIZE:
            raise CannotStart(f"The session key is damaged: {path}. Remove it: everybody signs in again.") from None
        return key
    except FileNotFoundError:
        raise CannotStart(f"The state folder is missing: {state_dir}. Found a hub first.") from None
    key = secrets.token_bytes(SESSION_KEY_SIZE)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    return key


def configure_log(settings: Settings) -> None:
    """One line for each event; never a body, a token, a name or an address."""
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        # A traceback with the values of variables would write secrets down.
        else (structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=False,
    )


def _embedded(settings: Settings) -> Postgres:
    paths.make_state_dir(settings.state_dir)
    return Postgres(settings.state_dir / "database", run_as=settings.run_as)


def _own_dsn(settings: Settings) -> str:
    if settings.dsn is None:
        raise CannotStart("No database: the settings name no `dsn`, and none was started.")
    return settings.dsn.get_secret_value()
