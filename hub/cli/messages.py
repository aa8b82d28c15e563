"""`operations`, `channels`, `list`, `show`, `post`, `alert`, `follow`, `outbox`: what members say and read."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from crypto.encoding import OperationId, b64
from hub import paths
from hub.cli.profiles import ProfileOption, err, out, run, signed_in
from hub.cli.words import _
from hub.client import files
from hub.client.channel import Item
from hub.client.domain import published
from hub.client.domain.bodies import alert_body, post_body, read_alert_body
from hub.client.domain.errors import MalformedBody, MalformedReference
from hub.client.domain.headers import header_parts
from hub.client.domain.problems import MESSAGES, Audience, problems_with
from hub.client.domain.references import reference
from hub.client.domain.summaries import summary, value_text
from hub.client.errors import N_, Damaged, Fault
from hub.client.member import Member
from hub.client.operating import check_accepted
from hub.client.sending import Receipt

OperationArgument = Annotated[str, typer.Argument(help=_("The operation's code, such as HSH."))]
ChannelArgument = Annotated[str, typer.Argument(help=_("The channel's label."))]
WhichArgument = Annotated[str, typer.Argument(help=_("Its reference (HSH-GH-9D3KV8-P) or its number in the channel."))]
LastOption = Annotated[int, typer.Option("--last", help=_("How many of the latest."))]
ENGLISH = "en"


def operations(profile: ProfileOption) -> None:
    """Your operations, their phase, your role."""

    async def show() -> None:
        async with signed_in(profile) as member:
            rows = table(_("Code"), _("Name"), _("Phase"), _("Your role"), _("Members"))
            for operation in member.operations().values():
                mine = operation.members.get(member.account)
                role = mine.role if mine else "–"
                rows.add_row(operation.code, escape(operation.name), operation.phase, role, str(len(operation.members)))
            out.print(rows)

    run(show)


def channels(operation: OperationArgument, profile: ProfileOption) -> None:
    """The operation's channels: those that you read by their label, the others by what everybody may know."""

    async def show() -> None:
        async with signed_in(profile) as member:
            rows = table(_("Channel"), _("Type"), _("Compartment"), _("Readers"))
            id_ = member.operation(operation)
            for room in await member.rooms(id_):
                label = escape(room.label) if room.readable else _("(not for you)")
                rows.add_row(label, room.type, room.compartment, str(member.reader_count(id_, room.channel)))
            out.print(rows)

    run(show)


def list_items(
    operation: OperationArgument, channel: ChannelArgument, profile: ProfileOption, last: LastOption = 20
) -> None:
    """The latest of a channel, each verified; what doesn't hold says why."""

    async def show() -> None:
        async with signed_in(profile) as member:
            id_ = member.operation(operation)
            items = await member.read(id_, await member.channel(id_, channel))
            for item in items[-last:]:
                out.print(_line(member, id_, item))
            await member.keep_pins()

    run(show)


def show(
    operation: OperationArgument,
    channel: ChannelArgument,
    which: WhichArgument,
    profile: ProfileOption,
) -> None:
    """One item in full."""

    async def tell() -> None:
        async with signed_in(profile) as member:
            id_ = member.operation(operation)
            items = await member.read(id_, await member.channel(id_, channel))
            _tell_all(member, id_, find_item(member, id_, items, which))

    run(tell)


def post(
    operation: OperationArgument,
    channel: ChannelArgument,
    text: Annotated[str, typer.Argument(help=_("Your words."))],
    profile: ProfileOption,
    language: str = ENGLISH,
) -> None:
    """Posts words in a channel."""
    body = _checked(lambda: post_body(text, language))
    _say(profile, operation, channel, "post", body, {})


def alert(
    operation: OperationArgument,
    channel: ChannelArgument,
    file: Annotated[Path, typer.Argument(help=_("The fields, as TOML or JSON: key = value."))],
    profile: ProfileOption,
    template: str = "seizure",
    form: str = "long",
    language: str = ENGLISH,
    immediate: Annotated[bool, typer.Option("--immediate", help=_("Needs attention at once."))] = False,
) -> None:
    """Sends an alert. The form's own checks come first; nothing leaves this machine while one of them fails."""
    values = _fields(file)
    domain = published.load(paths.config())
    chosen = domain.template(template, form)
    problems = problems_with(chosen, domain.lists, values, Audience(named=False), _now_text())
    if problems:
        labels = {field.key: field.label for field in chosen.fields}
        for problem in problems:
            label = labels[problem.field].said(ENGLISH) if problem.field in labels else problem.field
            err.print(_(MESSAGES[problem.code]).format(label=label, **problem.args))
        raise typer.Exit(1)
    body = _checked(lambda: alert_body(chosen, values, language))
    parts = header_parts(chosen, values)
    _say(profile, operation, channel, "alert", body, {**parts, "urgency": "immediate"} if immediate else parts)


def follow(profile: ProfileOption) -> None:
    """Everything that comes from now on, until Ctrl-C."""

    async def listen() -> None:
        async with signed_in(profile) as member:
            await member.catch_up()
            async for event in member.follow():
                if event.item is not None:
                    out.print(_line(member, event.item.operation, event.item))
                elif event.fault is not None:
                    _tell_fault(event.fault)
                elif event.word in {"connected", "waiting"}:
                    err.print(_(WORDS[event.word]).format(way=event.way), style="dim")

    run(listen)


def outbox(
    profile: ProfileOption, drop: Annotated[str | None, typer.Option(help=_("Take this one back."))] = None
) -> None:
    """What waits to be sent; sends it where the hub answers."""

    async def send() -> None:
        async with signed_in(profile) as member:
            for waiting in member.state.outbox.waiting():
                if drop is not None and b64(waiting.id) == drop:
                    member.state.outbox.drop(waiting)
                else:
                    out.print(f"{b64(waiting.id)} {waiting.kind} {moment(waiting.at)}")
            for receipt in await member.flush():
                _tell_sent(receipt)

    run(send)


# -- in words ----------------------------------------------------------------------------------------------------------

WORDS = {
    "connected": N_("Connected ({way}). What comes from now on:"),
    "waiting": N_("The line is broken, trying again."),
}


def _say(profile: str, operation: str, channel: str, kind: str, body: dict[str, Any], parts: dict[str, Any]) -> None:
    async def send() -> None:
        async with signed_in(profile) as member:
            id_ = member.operation(operation)
            check_accepted(member.state.operation(id_), member.account)
            receipt = await member.post(id_, await member.channel(id_, channel), kind, body, **parts)
            _tell_sent(receipt)

    run(send)


def _tell_sent(receipt: Receipt) -> None:
    words = _("Sent {time}, number {seq} in the channel, log entry {leaf}.")
    out.print(words.format(time=moment(receipt.at), seq=receipt.seq, leaf=receipt.leaf))


def _checked(make: Any) -> dict[str, Any]:
    try:
        return dict(make())
    except MalformedBody as error:
        raise Damaged(str(error)) from error


def _fields(file: Path) -> dict[str, Any]:
    raw = files.read(file).decode()
    try:
        written = json.loads(raw) if file.suffix == ".json" else tomllib.loads(raw)
    except ValueError as error:
        raise Damaged(N_("{file} can't be read: {why}").format(file=file, why=error)) from error
    return {str(key): value if isinstance(value, int) else str(value) for key, value in written.items()}


def _line(member: Member, operation: OperationId, item: Item) -> str:
    head = f"{item.seq:>4}  {moment(item.received_at)}"
    if item.fault is not None:
        return f"[bold red]{head}  {_(item.fault.text)}[/] {_(item.fault.action)} ({item.fault.code})"
    header, author = item.header, item.author
    if header is None or author is None:
        return head
    urgent = "[bold yellow]" + _("IMMEDIATE") + "[/] " if header.urgency == "immediate" else ""
    words = escape(_words(item))
    return (
        f"{head}  {author.country}  {urgent}{header.kind:<16} {words}  [dim]{reference_of(member, operation, item)}[/]"
    )


def _words(item: Item) -> str:
    body = item.body or {}
    if "text" in body:
        return str(body["text"]).replace("\n", " ")
    if item.header is not None and item.header.kind == "alert":
        try:
            read = read_alert_body(body)
            domain = published.load(paths.config())
            row = summary(domain.template(read.template, read.form), domain.lists, read.values, ENGLISH)
        except (MalformedBody, Damaged) as error:
            return str(error)
        return "  ".join(part for part in (row.title, f"{row.quantity} {row.unit}".strip(), row.place, row.tlp) if part)
    return ", ".join(f"{key}: {value}" for key, value in sorted(body.items()) if isinstance(value, str | int))


def _tell_all(member: Member, operation: OperationId, item: Item) -> None:
    out.print(_line(member, operation, item))
    if item.fault is not None or item.header is None or item.author is None:
        return
    device = member.state.directory.latest.devices[item.header.device]
    signed = _("Signed by {name} ({code}) on {device}; log entry {leaf}, statement {id}")
    author = item.author
    words = signed.format(name=author.name, code=author.code, device=device.label, leaf=item.leaf, id=b64(item.id))
    out.print(escape(words))
    tell_body(item.header.kind, item.body or {})


def tell_body(kind: str, body: dict[str, Any]) -> None:
    """What somebody said, whole: an alert field by field, else the words."""
    if kind == "alert":
        read = read_alert_body(body)
        domain = published.load(paths.config())
        form = domain.template(read.template, read.form)
        fields = {field.key: field for field in form.fields}
        for key, value in read.values.items():
            field = fields.get(key)
            label = field.label.said(ENGLISH) if field else key
            words = value_text(field, domain.lists, value, ENGLISH) if field else str(value)
            out.print(f"  {escape(label)}: {escape(words)}")
    elif isinstance(body.get("text"), str):
        out.print(escape(body["text"]))
    elif body:
        out.print(escape(json.dumps(body, ensure_ascii=False, indent=2)))


def _tell_fault(fault: Fault) -> None:
    err.print(f"[bold red]{_(fault.text)}[/] {_(fault.action)} ({fault.code} {fault.place})")


def reference_of(member: Member, operation: OperationId, item: Item) -> str:
    """How people name the item; empty for one that doesn't hold."""
    if item.header is None or item.author is None:
        return ""
    try:
        return reference(member.operations()[operation].code, item.author.country, item.header.id)
    except MalformedReference:
        return ""


def find_item(member: Member, operation: OperationId, items: list[Item], which: str) -> Item:
    """The item with this reference or number. Raises Damaged."""
    found = [one for one in items if which in {str(one.seq), reference_of(member, operation, one)}]
    if not found:
        raise Damaged(N_("There is no such item in this channel."))
    return found[0]


def moment(at: int) -> str:
    """A time as people read it, to the minute."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _now_text() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")


def table(*columns: str) -> Table:
    """An empty table of the house's look: aligned columns, no lines."""
    made = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        made.add_column(column)
    return made


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    program.command("operations", help=_("Your operations."))(operations)
    program.command("channels", help=_("An operation's channels."))(channels)
    program.command("list", help=_("The latest of a channel."))(list_items)
    program.command("show", help=_("One item in full."))(show)
    program.command("post", help=_("Post words in a channel."))(post)
    program.command("alert", help=_("Send an alert."))(alert)
    program.command("follow", help=_("What comes from now on, until Ctrl-C."))(follow)
    program.command("outbox", help=_("What waits to be sent."))(outbox)
