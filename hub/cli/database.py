"""`ncphub database` and `ncphub audit verify`: what an operator does with the database itself."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.markup import escape

from crypto.encoding import unb64
from hub import paths, settings
from hub.audit.verify import Report
from hub.audit.verify import verify as verify_log
from hub.cli.audit import commands as audit
from hub.cli.profiles import err, out
from hub.cli.serve import SettingsFile
from hub.cli.words import _
from hub.db.migrate import migrate
from hub.db.pool import open_pool

commands = typer.Typer(help=_("The hub's database."), no_args_is_help=True)


def migrate_now(settings_file: SettingsFile = None) -> None:
    """Brings the database up to this version; one that is there already is left as it is."""
    from hub.app import database  # the whole server, which a member's commands don't wait for

    with database(settings.read_settings(settings_file)) as dsn:
        asyncio.run(migrate(dsn, paths.migrations()))
    out.print(_("The database fits this version."))


def verify(
    settings_file: SettingsFile = None,
    hub: Annotated[
        str | None, typer.Option("--hub-id", help=_("The hub's id, from a sheet; else the database is believed."))
    ] = None,
) -> None:
    """Recomputes the whole log and every statement from the database; names each row that was altered."""
    from hub.app import database

    known = None if hub is None else unb64(hub, 32)

    async def recount(dsn: str) -> Report:
        async with open_pool(dsn, size=2) as pool:
            return await verify_log(pool, known)

    with database(settings.read_settings(settings_file)) as dsn:
        report = asyncio.run(recount(dsn))
    for one in report.findings:
        err.print(f"[bold red]{one.table} {'' if one.number is None else one.number}: {escape(one.fault)}[/]")
    if report.findings:
        raise typer.Exit(1)
    counted = _("{leaves} entries, {statements} statements and {checkpoints} checkpoints fit each other.")
    out.print(counted.format(leaves=report.size, statements=report.statements, checkpoints=report.checkpoints))


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    commands.command("migrate", help=_("Bring the database up to this version."))(migrate_now)
    audit.command("verify", help=_("Recompute the log from the database (operators)."))(verify)
    program.add_typer(commands, name="database")
