"""Which person speaks: a profile's folder, its passphrase, and the member behind both."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from hub import paths
from hub.cli.words import _, languages
from hub.client.errors import N_, Damaged, Frozen
from hub.client.member import Member

Result = TypeVar("Result")

PASSPHRASE = "NCPHUB_PASSPHRASE"  # noqa: S105 - the name of a variable
PROFILE = "NCPHUB_PROFILE"
FOLDER = "NCPHUB_PROFILES"

ProfileOption = Annotated[
    str, typer.Option("--profile", "-p", envvar=PROFILE, help=_("Whose profile: a name, or a folder."))
]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def profiles_folder() -> Path:
    """Where this person's profiles lie on this machine."""
    if os.environ.get(FOLDER):
        return Path(os.environ[FOLDER])
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "ncphub" / "profiles"


def folder_of(name: str) -> Path:
    """The folder of a profile: a path as given, one's own by name, else a person of the demonstration."""
    if "/" in name:
        return Path(name)
    own = profiles_folder() / name
    played = paths.demo_state_dir() / "people" / name / "profile"
    return played if played.is_dir() and not own.is_dir() else own


def ask_passphrase(*, new: bool = False) -> str:
    """From the environment, else typed without echo; a new one twice."""
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise Damaged(N_("No passphrase: there is no terminal to ask. Set NCPHUB_PASSPHRASE."))
    words = _("New passphrase") if new else _("Passphrase")
    return str(typer.prompt(words, hide_input=True, err=True, confirmation_prompt=new))


@asynccontextmanager
async def signed_in(profile: str) -> AsyncIterator[Member]:
    """The member, unlocked, signed in and up to date; an operation that stands still doesn't stop the others."""
    async with await Member.open(folder_of(profile), ask_passphrase()) as member:
        member.hub.language = languages()[0] if languages()[0] in {"en", "fr"} else "en"
        tell_frozen(await member.sign_in())
        yield member


def tell_frozen(frozen: list[Frozen]) -> None:
    """One loud line for each operation that stands still."""
    for fault in frozen:
        err.print(f"[bold red]{_(fault.text)}[/] {_(fault.action)} ({fault.code} {fault.place})")


def run(work: Callable[[], Awaitable[Result]]) -> Result:
    """Runs a command's story to its end; Ctrl-C ends it without a traceback."""

    async def story() -> Result:
        return await work()

    try:
        return asyncio.run(story())
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def govern(profile: str, work: Callable[[Member], Awaitable[None]], *, quiet: bool = False) -> None:
    """Carries out a coordinator's step signed in as `profile`, keeps what was seen, and says that it was logged."""

    async def story() -> None:
        async with signed_in(profile) as member:
            await work(member)
            await member.keep_pins()

    run(story)
    if not quiet:
        out.print(_("Done, signed and logged."))
