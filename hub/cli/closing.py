"""`ncphub operation close …`: the end of an operation, as a coordinator (docs/spec/25-destruction.md)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from crypto.encoding import b64
from hub.cli.messages import OperationArgument
from hub.cli.profiles import ProfileOption, govern, out
from hub.cli.words import _
from hub.client import closing
from hub.client.closing import Waiting
from hub.client.member import Member

DayOption = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help=_("A day, as 2027-01-31."))]
ReasonArgument = Annotated[str, typer.Argument(help=_("A file or a case; the hub and every member see it."))]


def close(operation: OperationArgument, profile: ProfileOption) -> None:
    """Makes an operation read-only for everybody; it can't be opened again."""

    async def work(member: Member) -> None:
        await closing.close(member.state, member.operation(operation))

    govern(profile, work)


def retain(
    operation: OperationArgument,
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help=_("A day, as 2027-01-31."))],
    profile: ProfileOption,
) -> None:
    """Sets the day on which somebody has to decide what becomes of it."""

    async def work(member: Member) -> None:
        await closing.set_retention(member.state, member.operation(operation), _end_of(day))

    govern(profile, work)


def hold(operation: OperationArgument, reason: ReasonArgument, profile: ProfileOption) -> None:
    """Forbids destroying it; a destruction that was signed is stopped."""

    async def work(member: Member) -> None:
        await closing.hold(member.state, member.operation(operation), reason)

    govern(profile, work)


def release(operation: OperationArgument, reason: ReasonArgument, profile: ProfileOption) -> None:
    """Allows destroying it again: the first of two signatures."""

    async def work(member: Member) -> None:
        await closing.propose_release(member.state, member.operation(operation), reason)
        out.print(_("It waits for a second coordinator."))

    govern(profile, work)


def destroy(operation: OperationArgument, profile: ProfileOption, day: DayOption = None) -> None:
    """Gives notice that a closed operation is destroyed, in seven days at the earliest: the first of two signatures."""

    async def work(member: Member) -> None:
        await closing.propose_destruction(
            member.state, member.operation(operation), None if day is None else _end_of(day)
        )
        out.print(_("It waits for a second coordinator."))

    govern(profile, work)


def countersign(operation: OperationArgument, profile: ProfileOption) -> None:
    """Signs beside what another coordinator has signed first, after asking."""

    async def work(member: Member) -> None:
        id_ = member.operation(operation)
        mine = [one for one in await closing.waiting(member.state, id_) if one.mine]
        if not mine:
            out.print(_("Nothing waits for this device's signature."))
            return
        typer.confirm(_what(mine[0]), abort=True)
        await closing.countersign(member.state, id_, mine[0])

    govern(profile, work)


def cancel(operation: OperationArgument, profile: ProfileOption) -> None:
    """Stops a destruction before its day; one coordinator alone can."""

    async def work(member: Member) -> None:
        await closing.cancel(member.state, member.operation(operation))

    govern(profile, work)


def certificate(operation: OperationArgument, profile: ProfileOption) -> None:
    """Shows the certificate of an operation that was destroyed, proven in the log, and who confirmed."""

    async def work(member: Member) -> None:
        found = await closing.destruction(member.state, member.operation(operation))
        if found is None:
            out.print(_("It was not destroyed."))
            return
        one = found.certificate
        out.print(
            _("Destroyed at {at} UTC: {envelopes} items, {wraps} key copies, {documents} documents.").format(
                at=_moment(one.at), envelopes=one.envelopes, wraps=one.wraps, documents=one.documents
            )
        )
        out.print(_("The last backup lapses at {at} UTC.").format(at=_moment(one.backups_until)))
        out.print(
            _("Certificate {hash}, confirmed by {count} devices.").format(
                hash=b64(found.hash), count=len(found.receipts)
            )
        )

    govern(profile, work)


def add_to(commands: typer.Typer) -> None:
    """Adds the commands to `ncphub operation`."""
    commands.command("close", help=_("Make it read-only for everybody."))(close)
    commands.command("retain", help=_("Set the day on which to decide what becomes of it."))(retain)
    commands.command("hold", help=_("Forbid destroying it."))(hold)
    commands.command("release", help=_("Allow destroying it again (two coordinators)."))(release)
    commands.command("destroy", help=_("Give notice of its destruction (two coordinators, seven days)."))(destroy)
    commands.command("countersign", help=_("Sign beside what another coordinator signed first."))(countersign)
    commands.command("cancel-destruction", help=_("Stop a destruction before its day."))(cancel)
    commands.command("certificate", help=_("Show the certificate of a destroyed operation."))(certificate)


def _what(one: Waiting) -> str:
    due = closing.entry_destroys(one.entry)
    if due is None:
        return _("The hold on it ends. Sign?")
    return _("It is destroyed at {at} UTC, unless one coordinator stops it before. Sign?").format(at=_moment(due))


def _end_of(day: datetime) -> int:
    """The last minute of a day in UTC, ms."""
    return int((day.replace(tzinfo=UTC) + timedelta(hours=23, minutes=59)).timestamp() * 1000)


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M")
