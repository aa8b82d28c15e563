"""`ncphub audit` and `ncphub checkpoint`: the log in words, verified by whoever asks."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from hub.cli.messages import moment, table
from hub.cli.profiles import ProfileOption, err, out, run, signed_in
from hub.cli.words import _
from hub.client.sync import prove_heads

commands = typer.Typer(help=_("The audit log."), no_args_is_help=True)


def list_entries(
    profile: ProfileOption,
    last: Annotated[int, typer.Option("--last", help=_("How many of the latest."))] = 30,
    kind: Annotated[str | None, typer.Option("--type", help=_("Only entries of this type, such as sign-in."))] = None,
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
            out.print(_("The log was verified: {size} entries.").format(size=checkpoint.size))
            await member.keep_pins()

    run(show)


def checkpoint(profile: ProfileOption) -> None:
    """The newest checkpoint, after checking that it continues the last one seen here."""

    async def show() -> None:
        async with signed_in(profile) as member:
            found = await prove_heads(member.state)
            out.print(found.note, end="")
            err.print(_("It continues everything that this device has seen."), style="dim")

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
    program.add_typer(commands, name="audit")
    program.command("checkpoint", help=_("The newest checkpoint, verified."))(checkpoint)
