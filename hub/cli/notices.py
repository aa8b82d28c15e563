"""`notices`, `notice`, `acknowledge`: who was asked, who has answered, and one's own answer."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from hub.cli.messages import ENGLISH, ChannelArgument, OperationArgument, moment, table
from hub.cli.profiles import ProfileOption, out, run, signed_in
from hub.cli.words import _
from hub.client import files
from hub.client.domain.acknowledgements import STATES
from hub.client.domain.bodies import notice_body
from hub.client.domain.errors import MalformedBody
from hub.client.errors import N_, Damaged
from hub.client.member import Member
from hub.client.notices import Notice, acknowledge, ask, notices
from hub.client.state import now

WORDS = {
    "silent": N_("silent"),
    "opened": N_("opened"),
    "acknowledged": N_("acknowledged"),
    "action-taken": N_("action taken"),
    "not-applicable": N_("not applicable"),
}
NumberArgument = Annotated[int, typer.Argument(help=_("The notice's number in its channel."))]
ToOption = Annotated[list[str] | None, typer.Option("--to", help=_("Ask this country only; once for each."))]
DueOption = Annotated[str | None, typer.Option("--due", help=_("Acknowledge by, in UTC: 2027-03-12T18:00Z."))]
UrgentOption = Annotated[bool, typer.Option("--immediate", help=_("Needs attention at once."))]
StateOption = Annotated[str, typer.Option("--state", help=_("acknowledged, action-taken or not-applicable."))]
NotYetOption = Annotated[bool, typer.Option("--not-yet", help=_("Only countries that have not acknowledged."))]


def list_notices(
    operation: OperationArgument, channel: ChannelArgument, profile: ProfileOption, not_yet: NotYetOption = False
) -> None:
    """Each notice of a channel and where each country stands."""

    async def show() -> None:
        async with signed_in(profile) as member:
            for notice in await _read(member, operation, channel):
                _tell(notice, not_yet)
            await member.keep_pins()

    run(show)


def send_notice(
    operation: OperationArgument,
    channel: ChannelArgument,
    file: Annotated[Path, typer.Argument(help=_("kind, authentic, and title and text by language, as TOML."))],
    profile: ProfileOption,
    to: ToOption = None,
    due: DueOption = None,
    immediate: UrgentOption = False,
) -> None:
    """Sends a notice (coordinators)."""
    body = _written(file)
    by = None if due is None else _moment(due)

    async def send() -> None:
        async with signed_in(profile) as member:
            id_ = member.operation(operation)
            place = await member.channel(id_, channel)
            countries = [code.upper() for code in to or ()]
            receipt = await ask(member.state, id_, place, body, to=countries, due=by, urgent=immediate)
            number = len(notices(member.state, id_, place))
            out.print(_("Notice {number} was sent {time}.").format(number=number, time=moment(receipt.at)))

    run(send)


def answer(
    operation: OperationArgument,
    channel: ChannelArgument,
    number: NumberArgument,
    profile: ProfileOption,
    state: StateOption = "acknowledged",
) -> None:
    """Acknowledges a notice for your country."""

    async def send() -> None:
        if state not in STATES:
            raise Damaged(N_("A notice is acknowledged, action-taken or not-applicable."))
        async with signed_in(profile) as member:
            found = [one for one in await _read(member, operation, channel) if one.number == number]
            if not found:
                raise Damaged(N_("There is no such notice in this channel."))
            receipt = await acknowledge(member.state, found[0], state)
            words = _("Notice {number}: {state}, {time}.")
            out.print(words.format(number=number, state=_(WORDS[state]), time=moment(receipt.at)))

    run(send)


async def _read(member: Member, operation: str, channel: str) -> list[Notice]:
    id_ = member.operation(operation)
    place = await member.channel(id_, channel)
    await member.read(id_, place)
    return notices(member.state, id_, place)


def _tell(notice: Notice, not_yet: bool) -> None:
    words = notice.words
    title = "" if words is None else words.title.get(ENGLISH, words.title[words.authentic])
    counts = _("{acknowledged} of {asked} countries have acknowledged").format(
        acknowledged=notice.tally.acknowledged, asked=notice.tally.asked
    )
    by = "" if notice.due is None else _("by {time}").format(time=moment(notice.due))
    out.print("  ".join(part for part in (f"[bold]{notice.number}[/]", escape(title), counts, by) if part))
    rows = table(_("Country"), _("State"), _("When"), "")
    over = notice.due is not None and now() > notice.due
    for row in notice.tally.rows:
        if not_yet and row.state in STATES:
            continue
        late = _("late") if row.late or (over and row.asked and row.state not in STATES) else ""
        when = "" if row.at is None else moment(row.at)
        if row.said is not None:
            when = _("{time} (says {said})").format(time=when, said=moment(row.said))
        beside = late if row.asked else _("not asked")
        rows.add_row(row.country, _(WORDS[row.state]), when, beside)
    if rows.row_count:
        out.print(rows)


def _written(file: Path) -> dict[str, Any]:
    try:
        raw = tomllib.loads(files.read(file).decode())
        titles, texts = ({str(k): str(v) for k, v in dict(raw[part]).items()} for part in ("title", "text"))
        return notice_body(str(raw["kind"]), titles, texts, str(raw["authentic"]), raw.get("replaces"))
    except MalformedBody as error:
        raise Damaged(str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(N_("{file} can't be read: {why}").format(file=file, why=error)) from error


def _moment(text: str) -> int:
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC).timestamp()) * 1000
    except ValueError as error:
        raise Damaged(N_("Write the time as 2027-03-12T18:00Z.")) from error


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    program.command("notices", help=_("A channel's notices, and which countries have acknowledged."))(list_notices)
    program.command("notice", help=_("Send a notice (coordinators)."))(send_notice)
    program.command("acknowledge", help=_("Acknowledge a notice for your country."))(answer)
