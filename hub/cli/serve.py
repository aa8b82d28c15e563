"""`ncphub serve`: the hub itself, until it is told to stop."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from hub import settings
from hub.cli.words import _

SettingsFile = Annotated[Path | None, typer.Option("--settings", help=_("A file like config/hub.example.toml."))]


def serve(
    settings_file: SettingsFile = None,
    host: Annotated[str | None, typer.Option(help=_("Address to listen on."))] = None,
    port: Annotated[int | None, typer.Option(help=_("Port to listen on; 0 takes a free one."))] = None,
    state_dir: Annotated[Path | None, typer.Option(help=_("Folder of the database and the log's key."))] = None,
) -> None:
    """Serves a hub that was founded before; `ncphub found` founds one, `ncphub demo` shows one."""
    from hub.app import run  # the whole server, which a member's commands don't wait for

    overrule(host=host, port=port, state_dir=state_dir)
    run(settings.read_settings(settings_file))


def overrule(**options: object) -> None:
    """What was said on the command line counts like the environment: over the settings file, checked the same way."""
    for name, value in options.items():
        if value is not None:
            os.environ[f"NCPHUB_{name.upper()}"] = str(value)


def add_to(program: typer.Typer) -> None:
    """Names the command."""
    program.command("serve", help=_("Serve the hub until Ctrl-C."))(serve)
