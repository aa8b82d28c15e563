"""Puts the commands together."""

from __future__ import annotations

import typer

from hub.cli.account import add_to as account
from hub.cli.administering import add_to as administering
from hub.cli.audit import add_to as audit
from hub.cli.cards import add_to as cards
from hub.cli.closing import add_to as closing
from hub.cli.database import add_to as database
from hub.cli.demo import add_to as demo
from hub.cli.evidence import add_to as evidence
from hub.cli.found import add_to as found
from hub.cli.governing import add_to as governing
from hub.cli.governing import commands as operation
from hub.cli.messages import add_to as messages
from hub.cli.notices import add_to as notices
from hub.cli.people import add_to as people
from hub.cli.serve import add_to as serve
from hub.cli.words import _

program = typer.Typer(
    name="ncphub",
    help=_("An end-to-end encrypted alert hub for national contact points."),
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # a local may be a key
    add_completion=False,
)

for add_to in (
    serve,
    found,
    demo,
    database,
    account,
    people,
    administering,
    cards,
    governing,
    messages,
    notices,
    evidence,
    audit,
):
    add_to(program)
closing(operation)
