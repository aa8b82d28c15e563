"""`ncphub audit` and `ncphub checkpoint`: the log in words, verified by whoever asks."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer
from rich.markup import escape

from crypto.encoding import unb64
from hub import settings
from hub.app import database
from hub.audit.verify import Report
from hub.audit.verify import verify as verify_log
from hub.cli.messages import moment, table
from hub.cli.profiles import ProfileOption, err, out, run, signed_in
from hub.cli.serve import SettingsFile
from hub.cli.words import _
from hub.client.sync import prove_heads
from hub.db.pool import open_pool

commands = typer.Typer(help="The audit log.", no_args_is_help=True)


def list_entries(
    profile: ProfileOption,
    last: Annotated[int, typer.Option("--last", help="How many of the latest.")] = 30,
    kind: Annotated[str | None, typer.Option("--type", help="Only entries of this type, such as sign-in.")] = None,
) -> None:
    """The latest entries of the log, for auditors."""

    async def show() -> None:
        async with signed_in(profile) as member:
            filters = {"limit": str(last)} | ({"type": kind} if kind else {})
            told = await member.hub.log_entries(**filters)
            rows = table(_("Entry"), _("Time"), _("Who"), _("What"), _("From where"))
            for one in reversed(told["entries"]):
                rows.add_row(*_row(one))
            out.print(rows)
            checkpoint = await prove_heads(member.state)
            out.print(f"{_('The log was verified up to entry')} {checkpoint.size}.")
            await member.keep_pins()

    run(show)


def verify(
    settings_file: SettingsFile = None,
    hub: Annotated[
        str | None, typer.Option("--hub-id", help="The hub's id, from a sheet; else the database is believed.")
    ] = None,
) -> None:
    """Recomputes the whole log and every statement from the database; names each row that was altered."""
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


def checkpoint(profile: ProfileOption) -> None:
    """The newest checkpoint, after checking that it continues the last one seen here."""

    async def show() -> None:
        async with signed_in(profile) as member:
            found = await prove_heads(member.state)
            out.print(found.note, end="")
            err.print(f"[dim]{_('It continues everything that this device has seen.')}[/]")

    run(show)


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        escape(str(one))
        for one in (
            entry.get("index", ""),
            moment(int(entry["at"])) if "at" in entry else "",
            entry.get("actor_name") or "–",
            entry.get("type", ""),
            (entry.get("detail") or {}).get("address", ""),
        )
    )


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    commands.command("list", help=_("The latest entries (auditors)."))(list_entries)
    commands.command("verify", help=_("Recompute the log from the database (operators)."))(verify)
    program.add_typer(commands, name="audit")
    program.command("checkpoint", help=_("The newest checkpoint, verified."))(checkpoint)
