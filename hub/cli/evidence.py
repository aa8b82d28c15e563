"""`ncphub export` and `ncphub verify`: one statement as a file, and what such a file proves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from crypto.encoding import HubId, b64, unb64
from crypto.errors import ProtocolError
from crypto.evidence import Evidence, verify_evidence
from hub.cli.messages import ChannelArgument, OperationArgument, WhichArgument, find_item, moment, tell_body
from hub.cli.profiles import ProfileOption, out, run, signed_in
from hub.cli.words import _
from hub.client import evidence, files
from hub.client.domain.references import reference
from hub.client.errors import N_, Damaged

LEVELS = {
    "A1": N_("on paper, without a call (level A1)"),
    "A2": N_("after a call or a meeting in person (level A2)"),
}
UNPROVEN = (
    N_("That the words are true."),
    N_("What the channel is called, and what else was said in it: before, after, a correction, a withdrawal."),
    N_("Who has read it."),
    N_("That the hub id you gave is the right one: take it from your own sheet or from the hub's administrators."),
)


def export(
    operation: OperationArgument,
    channel: ChannelArgument,
    which: WhichArgument,
    profile: ProfileOption,
    to: Annotated[
        Path | None, typer.Option("--to", help=_("The file; without it, the reference in this folder."))
    ] = None,
) -> None:
    """Saves one item with all that proves it, for somebody who has no account here."""

    async def save() -> None:
        async with signed_in(profile) as member:
            id_ = member.operation(operation)
            items = await member.read(id_, await member.channel(id_, channel))
            item = find_item(member, id_, items, which)
            raw = await evidence.evidence_of(member.state, item)
            path = to or Path(evidence.file_name(member.state, item))
            files.write(path, raw)
            out.print(escape(_("Saved: {file}, {size} bytes.").format(file=path, size=len(raw))))
            out.print(_("Whoever has it reads these words, and who is certified here and a member of the operation."))
            out.print(escape(f"ncphub verify {path} --hub {b64(member.state.keys.hub)}"))

    run(save)


def verify(
    file: Annotated[Path, typer.Argument(help=_("A file of evidence (.ncphub)."))],
    hub: Annotated[str, typer.Option("--hub", help=_("The hub's id, from a source that you trust."))],
) -> None:
    """Says what a file of evidence proves, and what not. Needs no network, no account and no key."""
    try:
        hub_id = HubId(unb64(hub, 32))
    except ProtocolError as error:
        raise Damaged(N_("{hub} is no hub's id: that has 43 letters and digits."), hub=hub) from error
    try:
        proven = verify_evidence(files.read(file), hub_id)
    except ProtocolError as error:
        raise evidence.refusal(error, str(file)) from error
    _tell(proven)


def _tell(proven: Evidence) -> None:
    if proven.exercise:
        out.print("[bold]" + _("EXERCISE: nothing in this file is real.") + "[/]")
    out.print("[bold green]" + _("This file holds. It proves, by the hub's id alone:") + "[/]")
    for sentence in _proof(proven):
        out.print(f"• {escape(sentence)}")
    if proven.body is not None:
        out.print(_("The words that were signed:"))
        tell_body(proven.header.kind, proven.body)
    out.print("[bold]" + _("It doesn't prove:") + "[/]")
    for sentence in UNPROVEN:
        out.print(f"• {_(sentence)}")


def _proof(proven: Evidence) -> list[str]:
    header, author, operation = proven.header, proven.author, proven.operation
    channel = operation.channel(header.channel)
    genesis, organisation = proven.directory.genesis, proven.directory.organisations[author.organisation]
    told = [
        _("Who: {name} ({code}), {organisation}, {country}, {role} in the operation, on the device {device}.").format(
            name=author.name,
            code=author.code,
            organisation=organisation.name,
            country=author.country,
            role=operation.member(author.id).role,
            device=proven.device.label,
        ),
        _("Certified by {administrators}, {how}.").format(
            administrators=", ".join(proven.certified_by), how=_(LEVELS[author.level])
        ),
        _("What: {kind}, reference {reference}, statement {id}.").format(
            kind=header.kind, reference=reference(operation.code, author.country, header.id), id=b64(proven.id)
        ),
        _("Where: hub {hub}, operation {code} ({operation}), channel {channel} ({type}, {compartment}).").format(
            hub=genesis.name,
            code=operation.code,
            operation=operation.name,
            channel=b64(header.channel),
            type=channel.type,
            compartment=channel.compartment,
        ),
        _("When: {said} by the author's clock, {logged} by the hub's; log entry {leaf} of {size}.").format(
            said=moment(header.at), logged=moment(proven.logged_at), leaf=proven.leaf, size=proven.log_size
        ),
        _("Its author was allowed to say this there, and nothing of it was changed since."),
    ]
    if header.ref is not None:
        told.append(_("It refers to statement {id}.").format(id=b64(header.ref)))
    if header.state is not None:
        told.append(_("Its state: {state}.").format(state=header.state))
    return told


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    program.command("export", help=_("Save one item as a file that proves itself."))(export)
    program.command("verify", help=_("Say what a file of evidence proves."))(verify)
