"""`ncphub operation`: opening an operation, admitting people, opening channels, as a coordinator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from crypto.encoding import Json
from hub.cli.messages import OperationArgument
from hub.cli.profiles import ProfileOption, out, run, signed_in
from hub.cli.words import _
from hub.client import governance
from hub.client.member import Member

commands = typer.Typer(help=_("Open and run operations (coordinators)."), no_args_is_help=True)

CodeArgument = Annotated[str, typer.Argument(help=_("The person's account code."))]
CompartmentsOption = Annotated[list[str] | None, typer.Option("--compartment", help=_("Once for each compartment."))]
GENERAL = ("general",)


def open_operation(
    code: OperationArgument,
    name: Annotated[str, typer.Argument(help=_("The operation's name."))],
    profile: ProfileOption,
    compartments: CompartmentsOption = None,
) -> None:
    """Opens an operation with you as its first coordinator; before it is active it needs a second one."""

    async def work(member: Member) -> None:
        await member.open_operation(code.upper(), name, compartments or GENERAL)

    _as(profile, work)


def admit(
    operation: OperationArgument,
    code: CodeArgument,
    profile: ProfileOption,
    role: Annotated[
        str, typer.Option(help=_("contact, deputy, coordinator, analyst, observer or auditor."))
    ] = "contact",
    compartments: CompartmentsOption = None,
) -> None:
    """Admits somebody; channels that they may read are opened to them in the same step."""

    async def work(member: Member) -> None:
        await member.admit(member.operation(operation), member.account_of(code), role, compartments or GENERAL)

    _as(profile, work)


def remove(operation: OperationArgument, code: CodeArgument, profile: ProfileOption) -> None:
    """Removes somebody; every channel that they read gets a new secret."""

    async def work(member: Member) -> None:
        await member.remove(member.operation(operation), member.account_of(code))

    _as(profile, work)


def open_channel(
    operation: OperationArgument,
    label: Annotated[str, typer.Argument(help=_("The channel's name; only its readers see it."))],
    profile: ProfileOption,
    readers: Annotated[
        list[str] | None, typer.Option("--reader", help=_("An account code; without any, all members read it."))
    ] = None,
    compartment: Annotated[str, typer.Option(help=_("Whose clearance is needed."))] = GENERAL[0],
    kind: Annotated[
        str, typer.Option("--type", help=_("all, coordination, regional, bilateral, case, announcement."))
    ] = "all",
    from_join: Annotated[bool, typer.Option("--from-join", help=_("Newcomers don't read what came before."))] = False,
) -> None:
    """Opens a channel with its first secret."""

    async def work(member: Member) -> None:
        of = [member.account_of(code) for code in readers or ()]
        await member.open_channel(
            member.operation(operation), label, type=kind, compartment=compartment,
            scope="accounts" if of else "all", of=of, history="from-join" if from_join else "all",
        )  # fmt: skip

    _as(profile, work)


def set_phase(
    operation: OperationArgument,
    phase: Annotated[str, typer.Argument(help=_("planned, preparation, active or reporting."))],
    profile: ProfileOption,
) -> None:
    """Moves the operation to another phase."""
    change: Json = governance.set_phase(phase)

    async def work(member: Member) -> None:
        await member.commit(member.operation(operation), change)

    _as(profile, work)


def _as(profile: str, work: Callable[[Member], Awaitable[None]]) -> None:
    async def story() -> None:
        async with signed_in(profile) as member:
            await work(member)
            await member.keep_pins()

    run(story)
    out.print(_("Done, signed and logged."))


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    commands.command("open", help=_("Open an operation."))(open_operation)
    commands.command("admit", help=_("Admit somebody."))(admit)
    commands.command("remove", help=_("Remove somebody."))(remove)
    commands.command("channel", help=_("Open a channel."))(open_channel)
    commands.command("phase", help=_("Move to another phase."))(set_phase)
    program.add_typer(commands, name="operation")
