"""`ncphub operation`: opening operations, admitting people, opening channels, handling rules, as a coordinator."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from crypto.encoding import AccountId, Json, OperationId
from crypto.keys import safety_number
from crypto.membership import Operation
from hub import paths
from hub.cli.messages import ChannelArgument, OperationArgument, table
from hub.cli.profiles import ProfileOption, govern, out
from hub.cli.words import _, languages
from hub.client import governance, operating
from hub.client.domain import published
from hub.client.domain.errors import DomainError
from hub.client.errors import N_, Damaged, Fault
from hub.client.history import lines_of
from hub.client.member import Member
from hub.client.rules_file import read_rules_file

commands = typer.Typer(help=_("Open and run operations (coordinators)."), no_args_is_help=True)

CodeArgument = Annotated[str, typer.Argument(help=_("The person's account code."))]
CodesArgument = Annotated[list[str], typer.Argument(help=_("Account codes, one or several at once."))]
CompartmentsOption = Annotated[list[str] | None, typer.Option("--compartment", help=_("Once for each compartment."))]
RoleOption = Annotated[str, typer.Option(help=_("contact, deputy, coordinator, analyst, observer or auditor."))]
NameArgument = Annotated[str, typer.Argument(help=_("The operation's name."))]
GENERAL = ("general",)


def open_operation(
    code: OperationArgument,
    name: NameArgument,
    profile: ProfileOption,
    blueprint: Annotated[
        str | None, typer.Option(help=_("What it begins with: health, precursor or empty. Without one: no channel."))
    ] = None,
    compartments: CompartmentsOption = None,
) -> None:
    """Opens an operation with you as its first coordinator; before it is active it needs a second one."""

    async def work(member: Member) -> None:
        if blueprint is None:
            await member.open_operation(code.upper(), name, compartments or GENERAL)
            return
        domain = published.load(paths.config())
        try:
            plan = operating.plan_of(domain.blueprint(blueprint), languages()[0])
        except DomainError as error:
            raise Damaged(N_("There is no blueprint {name}."), name=blueprint) from error
        await operating.open_planned(member.state, code.upper(), name, plan, domain.documents)

    govern(profile, work)


def clone(
    earlier: Annotated[str, typer.Argument(help=_("The code of the earlier operation."))],
    code: OperationArgument,
    name: NameArgument,
    profile: ProfileOption,
    members: Annotated[
        bool, typer.Option("--members", help=_("With its members, their roles and clearances."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("Sign without asking."))] = False,
) -> None:
    """Opens an operation like an earlier one: settings, channels, forms, rules; nothing that was said in it."""

    async def work(member: Member) -> None:
        plan = await operating.plan_like(member.state, member.operation(earlier), with_members=members)
        rows = table(_("What"), _("How"))
        rows.add_row(_("Compartments"), ", ".join(plan.compartments))
        for room in plan.channels:
            rows.add_row(_("Channel"), escape(f"{room.label} ({room.type}, {room.compartment}, {room.history})"))
        rows.add_row(_("Forms"), ", ".join(plan.forms))
        for one in plan.members:
            person = member.state.directory.latest.accounts[one.account]
            rows.add_row(_("Member"), escape(f"{person.name}: {one.role} ({', '.join(one.compartments)})"))
        out.print(rows)
        if not yes and not typer.confirm(_("Sign this?")):
            raise typer.Exit(1)
        await operating.open_planned(member.state, code.upper(), name, plan, published.load(paths.config()).documents)

    govern(profile, work)


def admit(
    operation: OperationArgument,
    codes: CodesArgument,
    profile: ProfileOption,
    role: RoleOption = "contact",
    compartments: CompartmentsOption = None,
) -> None:
    """
    Admits people; channels that they may read are opened to them in the same step.

    Who has started again with new keys is admitted again: compare the safety number by telephone first.
    """

    async def work(member: Member) -> None:
        id_ = member.operation(operation)
        people = [member.account_of(code) for code in codes]
        for one in people:
            person = member.state.directory.latest.account(one)
            number = safety_number(member.state.keys.hub, one, person.aik)
            out.print(escape(_("Safety number of {name}: {number}").format(name=person.name, number=number)))
        changes = [operating.let_in(member.state, id_, one, role, compartments or GENERAL) for one in people]
        await member.commit(id_, *changes)

    govern(profile, work)


def change(
    operation: OperationArgument,
    code: CodeArgument,
    profile: ProfileOption,
    role: Annotated[str | None, typer.Option(help=_("The new role; without it, as before."))] = None,
    compartments: CompartmentsOption = None,
    none: Annotated[bool, typer.Option("--no-clearance", help=_("Takes every clearance."))] = False,
) -> None:
    """Changes somebody's role or clearance; what they no longer read gets a new secret."""

    async def work(member: Member) -> None:
        id_, account = member.operation(operation), member.account_of(code)
        was = member.state.operation(id_).member(account)
        held = () if none else tuple(compartments or was.compartments)
        wanted = governance.change_member(account, role or was.role, held)

        def still_meant(latest: Operation) -> None:
            if latest.member(account) != was:
                raise Fault("changed-meanwhile", code)

        await governance.commit(member.state, id_, [wanted], still_meant=still_meant)

    govern(profile, work)


def remove(operation: OperationArgument, codes: CodesArgument, profile: ProfileOption) -> None:
    """Removes people; every channel that they read gets a new secret."""

    async def work(member: Member) -> None:
        changes = [governance.remove(member.account_of(code)) for code in codes]
        await member.commit(member.operation(operation), *changes)

    govern(profile, work)


def open_channel(
    operation: OperationArgument,
    label: Annotated[str, typer.Argument(help=_("The channel's name; only its readers see it."))],
    profile: ProfileOption,
    readers: Annotated[
        list[str] | None,
        typer.Option("--reader", help=_("An account code; without any audience, all members read it.")),
    ] = None,
    countries: Annotated[list[str] | None, typer.Option("--country", help=_("A country code, once for each."))] = None,
    roles: Annotated[list[str] | None, typer.Option("--for-role", help=_("A role, once for each."))] = None,
    compartment: Annotated[str, typer.Option(help=_("Whose clearance is needed."))] = GENERAL[0],
    kind: Annotated[
        str, typer.Option("--type", help=_("all, coordination, regional, bilateral, case, announcement."))
    ] = "all",
    from_join: Annotated[bool, typer.Option("--from-join", help=_("Newcomers don't read what came before."))] = False,
) -> None:
    """Opens a channel with its first secret."""
    if sum(map(bool, (readers, countries, roles))) > 1:
        raise Damaged(N_("A channel is for people, for countries or for roles, not for several kinds at once."))

    async def work(member: Member) -> None:
        scope, of = "all", list[str | bytes]()
        if readers:
            scope, of = "accounts", [member.account_of(code) for code in readers]
        elif countries:
            scope, of = "countries", [code.upper() for code in countries]
        elif roles:
            scope, of = "roles", list(roles)
        await member.open_channel(
            member.operation(operation), label, type=kind, compartment=compartment,
            scope=scope, of=of, history="from-join" if from_join else "all",
        )  # fmt: skip

    govern(profile, work)


def close_channel(operation: OperationArgument, label: ChannelArgument, profile: ProfileOption) -> None:
    """Closes a channel: what was said can be read, nothing more is sent in it."""

    async def work(member: Member) -> None:
        id_ = member.operation(operation)
        await member.commit(id_, governance.close_channel(await member.channel(id_, label)))

    govern(profile, work)


def set_phase(
    operation: OperationArgument,
    phase: Annotated[str, typer.Argument(help=_("planned, preparation, active or reporting."))],
    profile: ProfileOption,
) -> None:
    """Moves the operation to another phase."""
    wanted: Json = governance.set_phase(phase)

    async def work(member: Member) -> None:
        await member.commit(member.operation(operation), wanted)

    govern(profile, work)


def rules(
    operation: OperationArgument,
    profile: ProfileOption,
    set_from: Annotated[
        Path | None, typer.Option("--set", help=_("A TOML file with title and text in en and fr: the next version."))
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help=_("Accept the rules that stand."))] = False,
) -> None:
    """Shows the handling rules and who has accepted them; coordinators set them, every member accepts them."""

    async def work(member: Member) -> None:
        id_ = member.operation(operation)
        standing = member.state.operation(id_).rules
        if set_from is not None:
            wanted, beside = operating.set_rules(
                1 if standing is None else standing.version + 1, read_rules_file(set_from)
            )
            await member.commit(id_, wanted, documents=[beside])
        elif accept and standing is not None:
            await member.commit(id_, operating.accept_rules(standing.version))
        await _tell_rules(member, id_)

    govern(profile, work, quiet=set_from is None and not accept)


async def _tell_rules(member: Member, id_: OperationId) -> None:
    latest, document = member.state.operation(id_), await operating.rules_of(member.state, id_)
    if latest.rules is None or document is None:
        out.print(_("No handling rules are set."))
        return
    language = "fr" if languages()[0] == "fr" else "en"
    out.print(escape(_("{title}, version {n}").format(title=document["title"][language], n=latest.rules.version)))
    out.print(escape(document["text"][language]))
    rows = table(_("Name"), _("Has accepted"))
    for account in latest.members:
        said = _("yes") if not operating.has_to_accept(latest, account) else _("not yet")
        rows.add_row(escape(_name(member, account)), said)
    out.print(rows)


def history(operation: OperationArgument, profile: ProfileOption) -> None:
    """Every signed change of the operation, oldest first, as this client has verified it."""

    async def work(member: Member) -> None:
        view = member.state.operations[member.operation(operation)]
        for line in lines_of(view, member.state.directory.latest):
            at = datetime.fromtimestamp(line.at / 1000, UTC).strftime("%Y-%m-%d %H:%M")
            out.print(escape(f"{line.seq + 1:>4}  {at} UTC  {line.said(_)}"))

    govern(profile, work, quiet=True)


def _name(member: Member, account: AccountId) -> str:
    known = member.state.directory.latest.accounts.get(account)
    return "?" if known is None else known.name


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    commands.command("open", help=_("Open an operation."))(open_operation)
    commands.command("clone", help=_("Open an operation like an earlier one."))(clone)
    commands.command("admit", help=_("Admit people."))(admit)
    commands.command("change", help=_("Change a role or a clearance."))(change)
    commands.command("remove", help=_("Remove people."))(remove)
    commands.command("channel", help=_("Open a channel."))(open_channel)
    commands.command("close-channel", help=_("Close a channel."))(close_channel)
    commands.command("phase", help=_("Move to another phase."))(set_phase)
    commands.command("rules", help=_("Show, set or accept the handling rules."))(rules)
    commands.command("history", help=_("Every signed change."))(history)
    program.add_typer(commands, name="operation")
