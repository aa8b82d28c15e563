"""`ncphub sign-in`, `ncphub account …`: a person on this machine, their ways in and their devices."""

from __future__ import annotations

import os
import random
import socket
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from crypto.encoding import b64
from hub.cli.profiles import PASSPHRASE, ProfileOption, ask_passphrase, folder_of, out, run, signed_in
from hub.cli.words import _
from hub.client import approval
from hub.client.approval import arrive_by_approval
from hub.client.arrival import Secrets, arrive
from hub.client.enrolment import Sheet
from hub.client.errors import N_, Damaged, Locked
from hub.client.keystore import FILE
from hub.client.renewal import ways_of

SECOND = "NCPHUB_SECOND"
RECOVERY = "NCPHUB_RECOVERY"
ONE_TIME = "NCPHUB_ONE_TIME"
NEW_PASSPHRASE = "NCPHUB_NEW_PASSPHRASE"  # noqa: S105 - the name of a variable
AGREE = "NCPHUB_AGREE"


def sign_in(
    profile: Annotated[str, typer.Argument(help=_("The name that this person has on this machine."))],
    url: Annotated[str | None, typer.Option("--hub", help=_("The hub's address, as on your sheet."))] = None,
    code: Annotated[str | None, typer.Option(help=_("Your account code, as on your sheet."))] = None,
    device: Annotated[str | None, typer.Option(help=_("This machine's name in the list of your devices."))] = None,
    recover: Annotated[
        bool, typer.Option("--recover", help=_("With the recovery code instead of the passphrase."))
    ] = False,
    approved: Annotated[
        bool, typer.Option("--approved", help=_("With the one-time code that another device of yours shows."))
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help=_("Also where the profile is there already: with the newest sheet."))
    ] = False,
) -> None:
    """
    Signs in. The first time, this machine becomes one of your devices: have your sheet at hand.

    Secrets are asked for; NCPHUB_PASSPHRASE, NCPHUB_SECOND, NCPHUB_RECOVERY and NCPHUB_ONE_TIME answer instead.
    """
    folder = folder_of(profile)
    if again or not (folder / FILE).exists():
        address = url or str(typer.prompt(_("Address of the hub")))
        account = code or str(typer.prompt(_("Account code")))
        label = device or socket.gethostname()
        if approved:
            typed = os.environ.get(ONE_TIME) or str(typer.prompt(_("One-time code"), err=True))
            out.print(_("Waiting. The other device now shows “{label}”: agree there.").format(label=escape(label)))
            run(lambda: arrive_by_approval(folder, address, account, typed, label))
        else:
            run(lambda: arrive(folder, address, account, _secrets(recover), label, confirm=_on_paper))
        out.print(_("This machine is now one of your devices."))

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


def _on_paper(sheet: Sheet) -> None:
    """Shows the new sheet; where somebody sits at the terminal, they prove that they have it before it counts."""
    out.print(_("Print this and keep it apart from the passphrase. The old sheet opens nothing from now on."))
    out.print(_("Second secret: {secret}").format(secret=sheet.second))
    out.print(_("Recovery code {number}: {code}").format(number=sheet.number, code=sheet.recovery))
    if not sys.stdin.isatty():
        return
    groups = sheet.recovery.split("-")
    for place in sorted(random.SystemRandom().sample(range(len(groups)), 2)):
        typed = str(typer.prompt(_("Recovery code, group {n}").format(n=place + 1), err=True))
        if typed.strip().upper() != groups[place]:
            raise Locked(N_("These are not the two groups of the new code. The old sheet stays in force."))


def ways(profile: ProfileOption) -> None:
    """Lists the ways into the account."""

    async def story() -> None:
        async with signed_in(profile) as member:
            for one in await ways_of(member.hub):
                names = {"passphrase": _("passphrase with second secret"), "recovery": _("recovery code {number}")}
                name = names.get(one["kind"], _("passkey {label}"))
                words = name.format(number=one["number"], label=one["label"])
                out.print(escape(_("{way}, made {day}").format(way=words, day=_day(one["made_at"]))))

    run(story)


def sheet(
    profile: ProfileOption,
    fresh_key: Annotated[
        bool, typer.Option("--fresh-key", help=_("After a loss: the vault gets a new key too; passkeys go."))
    ] = False,
) -> None:
    """Makes a new passphrase, second secret and recovery code. NCPHUB_NEW_PASSPHRASE answers for the passphrase."""

    async def story() -> None:
        async with signed_in(profile) as member:
            words = os.environ.get(NEW_PASSPHRASE) or str(
                typer.prompt(_("New passphrase"), hide_input=True, err=True, confirmation_prompt=True)
            )
            await member.renew_ways(words, fresh_key=fresh_key, confirm=_on_paper)
            out.print(_("The new sheet is in force."))

    run(story)


def devices(profile: ProfileOption) -> None:
    """Lists the devices of the account, this one first."""

    async def story() -> None:
        async with signed_in(profile) as member:
            told = {one["device"]: one for one in await member.hub.json("GET", "/api/devices")}
            directory, here = member.state.directory.latest, member.state.keys.device_id
            mine = [one for one in directory.devices.values() if one.account == member.account]
            for one in sorted((one for one in mine if one.revoked_seq is None), key=lambda one: one.id != here):
                use = told.get(b64(one.id))
                last = _("not used yet") if use is None else _("last used {day}").format(day=_day(use["last_at"]))
                more = _("this device") if one.id == here else last
                stale = "" if use is None or not use["stale"] else " · " + _("not used for 60 days")
                out.print(escape(f"{b64(one.id)}  {one.label} · {more}{stale}"))

    run(story)


def revoke(
    profile: ProfileOption,
    device: Annotated[str | None, typer.Argument(help=_("Its id, as `account devices` lists it."))] = None,
    others: Annotated[bool, typer.Option("--others", help=_("All but this one."))] = False,
) -> None:
    """Takes devices of the account out, and gives it a new key."""

    async def story() -> None:
        async with signed_in(profile) as member:
            directory, here = member.state.directory.latest, member.state.keys.device_id
            mine = [d.id for d in directory.devices.values() if d.account == member.account and d.revoked_seq is None]
            gone = [one for one in mine if one != here and (others or b64(one) == device)]
            if not gone:
                raise Damaged(N_("This account has no such other device. Nothing was changed."))
            for one in gone:
                await member.revoke_device(one, "revoked by its owner")
            out.print(_("Revoked: {count}. The account has a new key.").format(count=len(gone)))

    run(story)


def let_in(profile: ProfileOption) -> None:
    """Shows a one-time code for a new device, and asks before it is let in."""

    async def story() -> None:
        async with signed_in(profile) as member:
            opening = await approval.let_in(member)
            out.print(_("One-time code, for ten minutes and one device: {code}").format(code=opening.code))
            asking = await approval.asked(member, opening)
            words = _("“{label}” asks to become a device of yours. Let it in?").format(label=asking.device.label)
            if not (sys.stdin.isatty() and typer.confirm(words, err=True)) and os.environ.get(AGREE) != "yes":
                await approval.refuse(member, opening)
                raise Damaged(N_("It was refused. Nobody comes in with this code."))
            await approval.agree(member, asking)
            out.print(_("It is one of your devices now."))

    run(story)


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def add_to(program: typer.Typer) -> None:
    """Names the command."""
    program.command("sign-in", help=_("Sign in; the first time, make this machine one of your devices."))(sign_in)
    own = typer.Typer(no_args_is_help=True)
    own.command("ways", help=_("List the ways into your account."))(ways)
    own.command("sheet", help=_("Make a new passphrase and a new sheet."))(sheet)
    own.command("devices", help=_("List your devices."))(devices)
    own.command("revoke", help=_("Take a device out, or all others."))(revoke)
    own.command("let-in", help=_("Let in a new device with a one-time code."))(let_in)
    program.add_typer(own, name="account", help=_("Your own ways in and devices."))
