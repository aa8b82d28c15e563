"""`ncphub people`: how somebody gets an account. Administrators invite and certify; the person makes their own keys."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from crypto.encoding import AccountId, HubId, Json, OrganisationId, b64, id32, ids, unb64
from crypto.keys import safety_number
from hub.cli.profiles import ProfileOption, ask_passphrase, folder_of, out, run, signed_in
from hub.cli.words import _
from hub.client.administrators import read_key
from hub.client.api import Hub
from hub.client.enrolment import (
    invitation_link,
    make_member,
    read_invitation,
    typed_invitation,
    write_invitation,
)
from hub.client.enrolment import invite as make_invitation
from hub.client.errors import N_, Damaged
from hub.client.keystore import FILE, write_profile
from hub.client.nominations import nominate as make_nomination
from hub.client.registrar import Registrar, registrar_at
from hub.client.state import now

commands = typer.Typer(help=_("Invite, enrol and certify people."), no_args_is_help=True)

DAY = 24 * 3_600_000

KeysOption = Annotated[
    list[Path], typer.Option("--key", help=_("An administrator's key file; once for each that signs."))
]
InvitationArgument = Annotated[Path, typer.Argument(help=_("The invitation's file."))]


def invite(
    code: Annotated[str, typer.Argument(help=_("The new account's code, such as GH-CUSTOMS-1."))],
    url: Annotated[str, typer.Option("--hub", help=_("The hub's address."))],
    hub_id: Annotated[str, typer.Option(help=_("The hub's id, as founding printed it."))],
    keys: KeysOption,
    file: Annotated[Path, typer.Option(help=_("Where the invitation is written."))],
) -> None:
    """Announces an invitation and writes it for the person. Hand it over outside the hub: it holds a secret."""

    async def work() -> None:
        async with Hub(url) as hub:
            registrar = await _registrar(hub, HubId(id32(hub_id)), keys)
            invitation = make_invitation(registrar.hub_id, url, code)
            await registrar.open_invitation(invitation)
            write_invitation(file, invitation)
            out.print(invitation_link(invitation), soft_wrap=True)
            out.print(_("Typed, at {url}: {code}").format(url=f"{url}/setup", code=typed_invitation(invitation)))

    run(work)
    out.print(_("The invitation is good for 14 days. Hand it over outside the hub: it holds a secret."))


def enrol(
    file: InvitationArgument,
    profile: Annotated[str, typer.Option("--profile", "-p", help=_("Your name on this machine, or a folder."))],
    device: Annotated[str, typer.Option(help=_("This machine's name in the list of your devices."))] = "ncphub",
) -> None:
    """Makes your own keys on this machine and asks to be certified. Prints your sheet: once, for you alone."""
    invitation, folder = read_invitation(file), folder_of(profile)
    if (folder / FILE).exists():
        raise Damaged(N_("{path} exists already and was left as it is. Choose another name."), path=folder)

    async def work() -> None:
        made = await make_member(invitation, ask_passphrase(new=True), device, now())
        async with Hub(invitation.url) as hub:
            # The profile first: if the answer gets lost, the keys that the hub may have taken are here.
            write_profile(folder, made.profile)
            await hub.enrol(made.request)
        out.print(_("Print this sheet and keep it apart from the passphrase. It isn't shown again."), style="bold")
        rows = (
            (_("Address of the hub"), made.sheet.url),
            (_("Hub's id"), made.sheet.hub),
            (_("Account code"), made.sheet.code),
            (_("Second secret"), made.sheet.second),
            (_("Recovery code"), made.sheet.recovery),
        )
        for label, words in rows:
            out.print(f"{label:<20} {words}")
        _tell_number(invitation.hub, invitation.account, made.keys.vault.identity.public)
        out.print(_("An administrator now certifies you; then: ncphub sign-in {profile}").format(profile=profile))

    run(work)


def certify(
    file: InvitationArgument,
    name: Annotated[str, typer.Option(help=_("The name that everybody will see."))],
    organisation: Annotated[str, typer.Option(help=_("The organisation's name, or the id of one that exists."))],
    country: Annotated[str, typer.Option(help=_("The organisation's country, two letters."))],
    keys: KeysOption,
    may: Annotated[list[str] | None, typer.Option(help=_("coordinate, administer or audit; needs level A2."))] = None,
    compared: Annotated[bool, typer.Option("--a2", help=_("You compared the safety number by voice."))] = False,
) -> None:
    """Checks an enrolment (signatures, keys, the invitation's secret), then says whose keys these are."""
    invitation = read_invitation(file)

    async def work() -> None:
        async with Hub(invitation.url) as hub:
            registrar = await _registrar(hub, invitation.hub, keys)
            handed = await registrar.pending({invitation.invitation: invitation})
            if not handed:
                raise Damaged(N_("Nobody has enrolled with this invitation yet, or they are certified already."))
            _tell_number(invitation.hub, invitation.account, handed[0].enrolment.aik)
            id_ = await _organisation(registrar, organisation, country)
            level = "A2" if compared else "A1"
            await registrar.certify(handed[0], id_, name, level=level, may=may or ())
            out.print(_("Certified: {name}. Organisation: {id}").format(name=escape(name), id=b64(id_)))

    run(work)


def nominate(
    profile: ProfileOption,
    name: Annotated[str, typer.Option(help=_("The person's name."))],
    function: Annotated[str, typer.Option(help=_("What they do in their administration."))],
    phone: Annotated[str, typer.Option(help=_("The duty phone, with + and country."))],
    organisation: Annotated[str, typer.Option(help=_("The organisation's name."))],
    country: Annotated[str, typer.Option(help=_("The organisation's country, two letters."))],
    endorsed_by: Annotated[str, typer.Option(help=_("Who stands for this nomination."))],
    languages: Annotated[str, typer.Option(help=_("Two letters each, the best first."))] = "en",
    time_zone: Annotated[str, typer.Option(help=_("Such as Africa/Accra."))] = "UTC",
    role: Annotated[str, typer.Option(help=_("The role asked for."))] = "contact",
    deputy: Annotated[str | None, typer.Option(help=_("The deputy, if there is one."))] = None,
    check: Annotated[str, typer.Option(help=_("How they can be checked: in-person, phone or video."))] = "phone",
    days: Annotated[int, typer.Option(help=_("For how many days it holds."))] = 365,
) -> None:
    """Nominates somebody, signed by this device. The hub keeps it in clear; administrators read it."""
    nominee: dict[str, Json] = {
        "name": name,
        "function": function,
        "duty_phone": phone,
        "languages": [one.strip() for one in languages.split(",")],
        "time_zone": time_zone,
    }
    said = ids(organisation=organisation, country=country.upper(), role=role, deputy=deputy, endorsed_by=endorsed_by)

    async def work() -> None:
        async with signed_in(profile) as member:
            made = await make_nomination(member, nominee, (), **said, check_method=check, until=now() + days * DAY)
            out.print(_("Nominated: {id}").format(id=b64(made.id)))

    run(work)


def _tell_number(hub_id: HubId, account: AccountId, identity: bytes) -> None:
    number = safety_number(hub_id, account, identity)
    out.print(_("Safety number, to be compared by voice for level A2: {number}").format(number=number))


async def _registrar(hub: Hub, hub_id: HubId, files: list[Path]) -> Registrar:
    passphrase = ask_passphrase()
    return await registrar_at(hub, hub_id, [read_key(path, passphrase) for path in files])


async def _organisation(registrar: Registrar, named: str, country: str) -> OrganisationId:
    if len(named) == len(b64(bytes(16))) and " " not in named:
        return OrganisationId(unb64(named, 16))
    id_ = OrganisationId(secrets.token_bytes(16))
    await registrar.add_organisation(id_, named, country.upper(), named[:32])
    return id_


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    commands.command("invite", help=_("Announce an invitation (administrators)."))(invite)
    commands.command("enrol", help=_("Make your own keys on an invitation."))(enrol)
    commands.command("certify", help=_("Say whose keys they are (administrators)."))(certify)
    commands.command("nominate", help=_("Nominate somebody to the administrators."))(nominate)
    program.add_typer(commands, name="people")
