"""`ncphub database`: what an operator does with the database itself."""

from __future__ import annotations

import asyncio

import typer

from hub import paths, settings
from hub.app import database
from hub.cli.profiles import out
from hub.cli.serve import SettingsFile
from hub.cli.words import _
from hub.db.migrate import migrate

commands = typer.Typer(help="The hub's database.", no_args_is_help=True)


def migrate_now(settings_file: SettingsFile = None) -> None:
    """Brings the database up to this version; one that is there already is left as it is."""
    with database(settings.read_settings(settings_file)) as dsn:
        asyncio.run(migrate(dsn, paths.migrations()))
    out.print(_("The database fits this version."))


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    commands.command("migrate", help=_("Bring the database up to this version."))(migrate_now)
    program.add_typer(commands, name="database")
