"""`card`, `coverage`, `depart`: how to reach people on duty, which countries have somebody, and leaving in one act."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.markup import escape

from crypto.card import Away, Contact, Hours
from crypto.encoding import AccountId, b64
from crypto.errors import ProtocolError
from hub.cli.governing import CodeArgument
from hub.cli.messages import moment, table
from hub.cli.profiles import ProfileOption, out, run, signed_in
from hub.cli.words import _
from hub.client import cards as room
from hub.client import departure
from hub.client.cards import Shown
from hub.client.domain.coverage import coverage as judged
from hub.client.domain.coverage import is_confirmed
from hub.client.errors import N_, Damaged
from hub.client.member import Member
from hub.client.state import now

commands = typer.Typer(help=_("Your contact card, which members and the hub can read."), no_args_is_help=True)

FAULTS = {
    "withheld": N_("The hub showed a card of this person before and does not show it any more."),
    "rolled-back": N_("The hub shows an older card than before."),
    "forked": N_("The hub shows another card under the same number."),
    "revoked": N_("The card was signed with a device that was revoked since: it has to be confirmed anew."),
    "bad-signature": N_("The card's signature does not hold."),
}
REASONS = {
    "suspended": N_("suspended"),
    "blocked": N_("blocked: not signed in for too long"),
    "not-seen": N_("not signed in lately"),
    "no-card": N_("no contact card"),
    "faulty-card": N_("a card that does not hold"),
    "unconfirmed-card": N_("card not confirmed for a year"),
}
WrittenDays = Annotated[str, typer.Option("--days", help=_("Working days, Monday 1 to Sunday 7: 1-5, or 1,2,4."))]


def show(
    profile: ProfileOption,
    code: Annotated[str | None, typer.Argument(help=_("Whose: an account code. Without one, your own."))] = None,
) -> None:
    """Shows a contact card, verified."""

    async def story() -> None:
        async with signed_in(profile) as member:
            account = member.account if code is None else member.account_of(code)
            _tell(member, (await room.cards(member.state)).get(account, Shown(account, None)))

    run(story)


def set_card(
    profile: ProfileOption,
    phone: Annotated[str | None, typer.Option(help=_("Duty phone with its country: +233 30 200 0123."))] = None,
    languages: Annotated[list[str] | None, typer.Option("--language", help=_("Once for each, the best first."))] = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone", help=_("Such as Africa/Accra."))] = None,
    hours: Annotated[str | None, typer.Option(help=_("When the phone is answered: 08:00-16:30, or always."))] = None,
    days: WrittenDays = "1-5",
    email: Annotated[str | None, typer.Option(help=_("An address that members may see; none takes it out."))] = None,
    deputy: Annotated[str | None, typer.Option(help=_("Your deputy's account code; none takes it out."))] = None,
) -> None:
    """Signs your contact card and hands it in. What you leave out stays as it was. The hub can read it."""

    async def story() -> None:
        async with signed_in(profile) as member:
            shown = (await room.cards(member.state)).get(member.account)
            before = None if shown is None else shown.contact
            if before is None and (phone is None or time_zone is None or not languages):
                raise Damaged(N_("A first card needs --phone, --language and --time-zone."))
            base = before or Contact((), "", None, "", None, None, 0, None)
            contact = replace(
                base,
                languages=tuple(languages) if languages else base.languages,
                phone=phone or base.phone,
                hours=base.hours if hours is None else _hours(hours, days),
                time_zone=base.time_zone if time_zone is None else _zone(time_zone),
                email=base.email if email is None else None if email == "none" else email,
                deputy=base.deputy if deputy is None else None if deputy == "none" else member.account_of(deputy),
                confirmed_at=now(),
            )
            try:
                await room.put_card(member.state, contact)
            except ProtocolError as error:
                raise Damaged(N_("The card can't be made like this: {why}."), why=error) from error
            out.print(_("Your card is signed. Every member and the hub can read it."))

    run(story)


def confirm(profile: ProfileOption) -> None:
    """Says that all of your card still holds; asked for once a year."""

    async def story() -> None:
        async with signed_in(profile) as member:
            await room.confirm(member.state)
            out.print(_("Confirmed for a year."))

    run(story)


def away(
    code: CodeArgument,
    start: Annotated[str, typer.Option("--from", help=_("First day, in your card's time zone: 2027-03-12."))],
    end: Annotated[str, typer.Option("--until", help=_("Last day."))],
    profile: ProfileOption,
) -> None:
    """Hands duty over to a deputy, who must be a member of one of your operations already."""

    async def story() -> None:
        async with signed_in(profile) as member:
            contact = await room.own(member.state)
            zone = ZoneInfo(_zone(contact.time_zone))
            first, last = _day(start, zone), _day(end, zone) + timedelta(days=1)
            if last <= first:
                raise Damaged(N_("The last day lies before the first."))
            over = Away(int(first.timestamp()) * 1000, int(last.timestamp()) * 1000, member.account_of(code))
            await room.put_card(member.state, replace(contact, away=over, confirmed_at=now()))
            words = _("{code} stands in for you from {start} until {end}.")
            out.print(words.format(code=code.upper(), start=moment(over.start), end=moment(over.end)))

    run(story)


def back(profile: ProfileOption) -> None:
    """Takes duty back before the hand-over ends."""

    async def story() -> None:
        async with signed_in(profile) as member:
            await room.put_card(member.state, replace(await room.own(member.state), away=None, confirmed_at=now()))
            out.print(_("You are on duty again."))

    run(story)


def withdraw(profile: ProfileOption) -> None:
    """Takes your card back: the hub keeps only that you did."""

    async def story() -> None:
        async with signed_in(profile) as member:
            await room.put_card(member.state, None)
            out.print(_("Your card is gone. Members no longer see how to reach you."))

    run(story)


def coverage(
    profile: ProfileOption,
    operation: Annotated[str | None, typer.Argument(help=_("An operation's code; without one, the whole hub."))] = None,
) -> None:
    """Which countries have a live contact point (coordinators and administrators)."""

    async def story() -> None:
        async with signed_in(profile) as member:
            place = None if operation is None else member.operation(operation)
            board = await room.board(member.state, place, await room.cards(member.state))
            names = {b64(account): one.name for account, one in member.state.directory.latest.accounts.items()}
            rows = table(_("Country"), _("State"), _("Deputy"), _("Why"))
            for one in judged(board.watches, now(), board.days):
                why = [
                    f"{names[account]}: {', '.join(_(REASONS[reason]) for reason in reasons)}"
                    for account, reasons in one.people
                    if reasons
                ]
                state = _("live") if one.live else _("silent")
                rows.add_row(one.country, state, _("yes") if one.deputy else _("no"), escape("; ".join(why)))
            out.print(rows)

    run(story)


def depart(
    profile: ProfileOption,
    sure: Annotated[
        str | None, typer.Option("--confirm", help=_("Your own account code, instead of the question."))
    ] = None,
) -> None:
    """
    Leaves the hub in one act: takes your card back, leaves every operation, revokes your devices, ends your sessions.

    Whatever interrupts it, doing it once more goes on from there. It can't be undone: an administrator suspends the
    account afterwards, and only a new invitation brings you back.
    """

    def done(what: str, which: str) -> None:
        words = {"card": _("Card taken back."), "operation": _("Left {which}."), "device": _("Device revoked: {which}")}
        out.print(escape(words[what].format(which=which)))

    async def story() -> None:
        async with signed_in(profile) as member:
            left = await departure.leaving(member.state)
            codes = ", ".join(one.code for one in left.operations) or "–"
            devices = ", ".join(departure.labels_of(member.state, left.devices))
            out.print(escape(_("You leave: {codes}. Your devices: {devices}.").format(codes=codes, devices=devices)))
            typed = sure or str(typer.prompt(_("Type your account code to confirm")))
            if typed.strip().upper() != member.code.upper():
                raise Damaged(N_("That isn't your account code. Nothing was changed."))
            await departure.depart(member.state, done)
            out.print(_("You have left. Tell an administrator, who suspends the account."))

    run(story)


def _tell(member: Member, shown: Shown) -> None:
    person = member.state.directory.latest.account(shown.account)
    out.print(f"[bold]{escape(person.name)}[/] ({person.code}, {person.country})")
    if shown.fault is not None:
        fault = _(FAULTS[shown.fault]) if shown.fault in FAULTS else _("The card does not hold.")
        out.print(f"[bold red]{fault}[/] ({shown.fault})")
        return
    contact = shown.contact
    if contact is None:
        out.print(_("No contact card."))
        return
    rows = table(_("What"), _("Says"))
    rows.add_row(_("Languages"), ", ".join(contact.languages))
    rows.add_row(_("Duty phone"), contact.phone)
    rows.add_row(_("Hours"), _hours_words(contact.hours))
    rows.add_row(_("Time zone"), _zone_words(contact.time_zone))
    rows.add_row(_("E-mail"), contact.email or "–")
    rows.add_row(_("Deputy"), escape(_name(member, contact.deputy)))
    if contact.away is not None:
        words = _("{name}, {start} to {end}").format(
            name=_name(member, contact.away.deputy), start=moment(contact.away.start), end=moment(contact.away.end)
        )
        rows.add_row(_("Duty handed over"), escape(words))
    late = "" if is_confirmed(contact.confirmed_at, now()) else f" {_('(more than a year ago)')}"
    rows.add_row(_("Confirmed"), moment(contact.confirmed_at) + late)
    out.print(rows)


def _name(member: Member, account: AccountId | None) -> str:
    accounts = member.state.directory.latest.accounts
    return "–" if account is None or account not in accounts else accounts[account].name


def _hours_words(hours: Hours | None) -> str:
    if hours is None:
        return _("around the clock")
    return f"{','.join(map(str, hours.days))} {hours.start}-{hours.end}"


def _zone_words(name: str) -> str:
    try:
        return f"{name}, {datetime.now(ZoneInfo(name)):%H:%M}"
    except (ZoneInfoNotFoundError, ValueError):
        return name


def _hours(written: str, days: str) -> Hours | None:
    if written == "always":
        return None
    start, _dash, end = written.partition("-")
    return Hours(_numbers(days), start.strip(), end.strip())


def _numbers(written: str) -> tuple[int, ...]:
    found: set[int] = set()
    try:
        for part in written.split(","):
            first, _dash, last = part.partition("-")
            found |= set(range(int(first), int(last or first) + 1))
    except ValueError as error:
        raise Damaged(N_("Write days as 1-5 or 1,2,4.")) from error
    return tuple(sorted(found))


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Damaged(N_("{zone} is no time zone. Write one such as Africa/Accra."), zone=name) from error
    return name


def _day(written: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=zone).astimezone(UTC)
    except ValueError as error:
        raise Damaged(N_("Write the day as 2027-03-12.")) from error


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    commands.command("show", help=_("A contact card: your own, or somebody's."))(show)
    commands.command("set", help=_("Write and sign your contact card."))(set_card)
    commands.command("confirm", help=_("Say that your card still holds."))(confirm)
    commands.command("away", help=_("Hand duty over to a deputy for some days."))(away)
    commands.command("back", help=_("Take duty back."))(back)
    commands.command("withdraw", help=_("Take your card back."))(withdraw)
    program.add_typer(commands, name="card")
    program.command("coverage", help=_("Which countries have a live contact point (coordinators)."))(coverage)
    program.command("depart", help=_("Leave the hub in one act."))(depart)
