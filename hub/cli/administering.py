"""`ncphub administer`: what administrators do with the key in their own vault, as on their page in the browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from crypto.encoding import b64, unb64
from crypto.keys import safety_number
from hub.cli.profiles import ProfileOption, ask_passphrase, out, run, signed_in
from hub.cli.words import _
from hub.client.administration import Administration, administration_of, keep_key
from hub.client.administrators import read_key
from hub.client.enrolment import invitation_link, typed_invitation
from hub.client.matrix import read_matrix_file
from hub.client.nominations import nominations as read_nominations
from hub.client.registrar import Judged

Work = Callable[[Administration], Awaitable[None]]

commands = typer.Typer(help=_("Administer people with the key in your vault."), no_args_is_help=True)

CodeArgument = Annotated[str, typer.Argument(help=_("The account's code, such as GH-CUSTOMS-1."))]
ReasonOption = Annotated[str, typer.Option(help=_("The reason; it stands in the directory, where everybody reads it."))]


def key(
    file: Annotated[Path, typer.Argument(help=_("An administrator's key file."))],
    profile: ProfileOption,
    key_passphrase: Annotated[
        str, typer.Option(envvar="NCPHUB_KEY_PASSPHRASE", prompt=_("The key file's passphrase"), hide_input=True)
    ],
) -> None:
    """Brings an administrator's key into your vault, sealed."""

    async def work() -> None:
        async with signed_in(profile) as member:
            await keep_key(member, read_key(file, key_passphrase))
            await administration_of(member)

    run(work)
    out.print(_("The key rests sealed in your vault. Keep the file as the spare, in a safe."))


def invite(
    code: CodeArgument,
    profile: ProfileOption,
    name: Annotated[str, typer.Option(help=_("Who it is for: for your own memory, sealed in your vault."))] = "",
    again: Annotated[bool, typer.Option("--again", help=_("New keys for an account that exists."))] = False,
) -> None:
    """Makes an invitation and prints its link and its code. Hand one of them over outside the hub."""

    async def work(administration: Administration) -> None:
        made = await administration.invite(code, name, again=again)
        out.print(invitation_link(made), soft_wrap=True)
        out.print(_("Typed, at {url}: {code}").format(url=f"{made.url}/setup", code=typed_invitation(made)))
        out.print(_("The invitation is good for 14 days. Hand it over outside the hub: it holds a secret."))

    _administer(profile, work)


def waiting(profile: ProfileOption) -> None:
    """Lists who has answered an invitation and waits to be certified, each checked here."""

    async def work(administration: Administration) -> None:
        for one in await administration.waiting():
            out.print(_judged(administration, one))

    _administer(profile, work)


def _judged(administration: Administration, one: Judged) -> str:
    if one.fault is not None or one.enrolment is None:
        code = "unknown" if one.fault is None else one.fault.code
        return _("[bold red]Don't certify[/]: {id} doesn't hold ({code}).").format(id=b64(one.invitation), code=code)
    if one.handed is None:
        return _("{code}: invited by another administrator, who alone can check it.").format(code=one.enrolment.code)
    enrolment = one.enrolment
    number = safety_number(administration.directory.hub, enrolment.account, enrolment.aik)
    return _("{code}: made with your invitation. Safety number: {number}").format(code=enrolment.code, number=number)


def certify(
    code: CodeArgument,
    profile: ProfileOption,
    name: Annotated[str, typer.Option(help=_("The name that everybody will see."))] = "",
    organisation: Annotated[str, typer.Option(help=_("The organisation's name."))] = "",
    country: Annotated[str, typer.Option(help=_("The organisation's country, two letters."))] = "",
    may: Annotated[list[str] | None, typer.Option(help=_("coordinate, administer or audit; needs level A2."))] = None,
    compared: Annotated[bool, typer.Option("--a2", help=_("You compared the safety number by voice."))] = False,
) -> None:
    """Says whose keys these are; for an account that exists, its new keys (then only the code is needed)."""

    async def work(administration: Administration) -> None:
        level = "A2" if compared else "A1"
        _tell(await administration.certify(code, organisation, country, name, level=level, may=may or ()))

    _administer(profile, work)


def suspend(code: CodeArgument, profile: ProfileOption, reason: ReasonOption) -> None:
    """Signs somebody out everywhere; nothing is sent or read by them until they are restored."""
    _administer(profile, lambda administration: _told(administration.suspend(code, reason)))


def restore(code: CodeArgument, profile: ProfileOption) -> None:
    """Takes a suspension back."""
    _administer(profile, lambda administration: _told(administration.restore(code)))


def revoke(
    code: CodeArgument,
    device: Annotated[str, typer.Argument(help=_("The device's id, as `ncphub administer devices` shows it."))],
    profile: ProfileOption,
    reason: ReasonOption,
) -> None:
    """Ends a device that isn't in its owner's hands any more."""
    _administer(profile, lambda administration: _told(administration.revoke_device(code, unb64(device, 16), reason)))


def devices(code: CodeArgument, profile: ProfileOption) -> None:
    """Lists somebody's devices, and their safety number."""

    async def work(administration: Administration) -> None:
        account = administration.account(code)
        out.print(
            _("Safety number, to be compared by voice for level A2: {number}").format(
                number=administration.safety_number(code)
            )
        )
        for one in administration.directory.devices.values():
            if one.account == account.id and one.revoked_seq is None:
                out.print(f"{b64(one.id)}  {escape(one.label)}")

    _administer(profile, work)


def nominations(profile: ProfileOption) -> None:
    """Lists the nominations."""

    async def work(administration: Administration) -> None:
        for one in await read_nominations(administration.member):
            said = one.nomination
            state = one.fault or one.outcome or _("not decided yet")
            words = f"{said.nominee.name}, {said.nominee.function} · {said.organisation} ({said.country}) · {said.role}"
            out.print(f"{b64(said.id)}  {escape(words)}  [{state}]", markup=False)

    _administer(profile, work)


def close(
    nomination: Annotated[str, typer.Argument(help=_("The nomination's id."))],
    outcome: Annotated[str, typer.Argument(help=_("invited or declined."))],
    profile: ProfileOption,
) -> None:
    """Notes what became of a nomination; whoever nominated sees it."""

    async def work(administration: Administration) -> None:
        await administration.member.hub.close_nomination(nomination, outcome)

    _administer(profile, work)


def proposals(profile: ProfileOption) -> None:
    """Lists the acts that wait for signatures."""

    async def work(administration: Administration) -> None:
        names = {bytes(one.id): one.name for one in administration.directory.administrators}
        for one in await administration.proposals():
            missing = ", ".join(names.get(signer, b64(signer)) for signer in one.missing)
            out.print(
                _("{id}  {act}. Missing: {names}.").format(id=b64(one.id), act=one.act.type, names=escape(missing))
            )

    _administer(profile, work)


def sign(proposal: Annotated[str, typer.Argument(help=_("The proposal's id."))], profile: ProfileOption) -> None:
    """Signs a proposal, and hands it in when nobody's signature is missing any more."""

    async def work(administration: Administration) -> None:
        stands = await administration.sign(unb64(proposal, 32))
        out.print(_("It stands.") if stands else _("Signed. It waits for the others' signatures."))

    _administer(profile, work)


def roles(
    file: Annotated[Path, typer.Argument(help=_("A matrix of a higher edition."))], profile: ProfileOption
) -> None:
    """Adopts another matrix of roles."""
    _administer(profile, lambda administration: _told(administration.adopt_roles(read_matrix_file(file))))


def appoint(
    operation: Annotated[str, typer.Argument(help=_("The operation's id."))], code: CodeArgument, profile: ProfileOption
) -> None:
    """Lets somebody take over an operation that has no valid coordinator left."""
    _administer(profile, lambda administration: _told(administration.appoint(unb64(operation, 32), code)))


def administrators(
    profile: ProfileOption,
    add: Annotated[list[Path] | None, typer.Option(help=_("A newcomer's key file; once for each."))] = None,
    remove: Annotated[list[str] | None, typer.Option(help=_("The name of one who leaves; once for each."))] = None,
    threshold: Annotated[int | None, typer.Option(help=_("How many must sign together from here on."))] = None,
) -> None:
    """Changes who administers. Without options, lists them."""
    newcomers = [read_key(path, ask_passphrase()) for path in add or ()]

    async def work(administration: Administration) -> None:
        present = administration.directory.administrators
        if not (newcomers or remove or threshold):
            for one in present:
                out.print(f"{b64(one.id)}  {escape(one.name)}")
            return
        leavers = [one.id for one in present if one.name in (remove or ())]
        needed = threshold or administration.directory.threshold
        _tell(await administration.set_administrators(newcomers, leavers, needed))

    _administer(profile, work)


def _administer(profile: str, work: Work) -> None:
    async def story() -> None:
        async with signed_in(profile) as member:
            await work(await administration_of(member))

    run(story)


async def _told(act: Awaitable[bytes | None]) -> None:
    _tell(await act)


def _tell(proposal: bytes | None) -> None:
    if proposal is None:
        out.print(_("It stands."))
    else:
        out.print(_("Signed. It waits for the others' signatures: {id}").format(id=b64(proposal)))


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    named: tuple[tuple[Callable[..., None], str], ...] = (
        (key, _("Bring an administrator's key into your vault.")),
        (invite, _("Make an invitation; prints its link and its code.")),
        (waiting, _("List who waits to be certified, each checked.")),
        (certify, _("Say whose keys these are.")),
        (suspend, _("Sign somebody out everywhere.")),
        (restore, _("Take a suspension back.")),
        (revoke, _("End a device of somebody.")),
        (devices, _("List somebody's devices, and their safety number.")),
        (nominations, _("List the nominations.")),
        (close, _("Note what became of a nomination.")),
        (proposals, _("List the acts that wait for signatures.")),
        (sign, _("Sign a proposal.")),
        (roles, _("Adopt another matrix of roles.")),
        (appoint, _("Let somebody take over an operation.")),
        (administrators, _("Show or change who administers.")),
    )
    for command, words in named:
        commands.command(command.__name__, help=words)(command)
    program.add_typer(commands, name="administer")
