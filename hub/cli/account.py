"""`ncphub sign-in`: a person on this machine, with their own keys."""

from __future__ import annotations

import os
import socket
from typing import Annotated

import typer
from rich.markup import escape

from hub.cli.profiles import PASSPHRASE, ask_passphrase, folder_of, out, run, signed_in
from hub.cli.words import _
from hub.client.arrival import Secrets, arrive
from hub.client.keystore import FILE

SECOND = "NCPHUB_SECOND"
RECOVERY = "NCPHUB_RECOVERY"


def sign_in(
    profile: Annotated[str, typer.Argument(help=_("The name that this person has on this machine."))],
    url: Annotated[str | None, typer.Option("--hub", help=_("The hub's address, as on your sheet."))] = None,
    code: Annotated[str | None, typer.Option(help=_("Your account code, as on your sheet."))] = None,
    device: Annotated[str | None, typer.Option(help=_("This machine's name in the list of your devices."))] = None,
    recover: Annotated[
        bool, typer.Option("--recover", help=_("With the recovery code instead of the passphrase."))
    ] = False,
) -> None:
    """
    Signs in. The first time, this machine becomes one of your devices: have your sheet at hand.

    Secrets are asked for; NCPHUB_PASSPHRASE, NCPHUB_SECOND and NCPHUB_RECOVERY answer instead.
    """
    folder = folder_of(profile)
    if not (folder / FILE).exists():
        address = url or str(typer.prompt(_("Address of the hub")))
        account = code or str(typer.prompt(_("Account code")))
        sheet = run(lambda: arrive(folder, address, account, _secrets(recover), device or socket.gethostname()))
        out.print(_("This machine is now one of your devices."))
        if sheet is not None:
            out.print(_("The old sheet opens nothing any more. Print this and keep it:"))
            out.print(_("Second secret: {secret}").format(secret=sheet.second))
            out.print(_("Recovery code: {code}").format(code=sheet.recovery))

    async def show() -> None:
        async with signed_in(profile) as member:
            person = member.person
            codes = ", ".join(one.code for one in member.operations().values()) or "–"
            signed = _("Signed in: {name} ({code}, {country}). Operations: {operations}")
            words = signed.format(name=person.name, code=person.code, country=person.country, operations=codes)
            out.print(escape(words))
            await member.sign_out()

    run(show)


def _secrets(recover: bool) -> Secrets:
    recovery = None
    if recover:
        recovery = os.environ.get(RECOVERY) or str(typer.prompt(_("Recovery code"), hide_input=True, err=True))
    passphrase = ask_passphrase(new=recover)
    os.environ[PASSPHRASE] = passphrase  # asked once for the arrival and for opening the new profile
    if recovery is not None:
        return Secrets(passphrase, recovery=recovery)
    second = os.environ.get(SECOND) or str(typer.prompt(_("Second secret"), hide_input=True, err=True))
    return Secrets(passphrase, second=second)


def add_to(program: typer.Typer) -> None:
    """Names the command."""
    program.command("sign-in", help=_("Sign in; the first time, make this machine one of your devices."))(sign_in)
