"""Puts the commands together."""

from __future__ import annotations

import typer

from hub.cli import account, audit, database, demo, found, messages, serve

program = typer.Typer(
    name="ncphub",
    help="An end-to-end encrypted alert hub for national contact points.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # a local may be a key
    add_completion=False,
)

for room in (serve, found, demo, database, account, messages, audit):
    room.add_to(program)
