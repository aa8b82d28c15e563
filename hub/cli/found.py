"""
`ncphub found`: the beginning of a hub, in three steps that need not happen on one machine.

1. `found log-key` on the hub's machine makes the log's key and prints its public half.
2. `found genesis` on the administrators' machine makes their keys and signs the genesis with it.
3. `found store` on the hub's machine makes the signed genesis the first leaf.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crypto.encoding import b64, unb64
from hub import paths, settings
from hub.audit.checkpoints import KEY_FILE, make_log_key, read_log_key
from hub.cli.profiles import ask_passphrase, out
from hub.cli.serve import SettingsFile
from hub.cli.words import _
from hub.client import files
from hub.client.administrators import found, new_administrator, write_key
from hub.client.errors import N_, Damaged
from hub.client.matrix import read_matrix_file
from hub.client.state import now

FEWEST = 2
commands = typer.Typer(help=_("Found a hub."), no_args_is_help=True)


def log_key(settings_file: SettingsFile = None) -> None:
    """Makes the log's key where there is none, and prints what the administrators sign."""
    state = settings.read_settings(settings_file).state_dir
    paths.make_state_dir(state)
    key = read_log_key(state) if (state / KEY_FILE).exists() else make_log_key(state)
    out.print(b64(key.public))


def genesis(
    name: Annotated[str, typer.Option(help=_("The hub's name, as people see it."))],
    origin: Annotated[str, typer.Option(help=_("The hub's address, such as https://hub.example.org."))],
    key: Annotated[str, typer.Option("--log-key", help=_("What `ncphub found log-key` printed."))],
    administrators: Annotated[
        list[str], typer.Option("--administrator", help=_("An administrator's name; at least two."))
    ],
    folder: Annotated[Path, typer.Option(help=_("Where the keys and the genesis are written."))],
    threshold: Annotated[int, typer.Option(help=_("How many must sign for powerful accounts: fewer than all."))] = 1,
    exercise: Annotated[bool, typer.Option("--exercise", help=_("Nothing in this hub is real."))] = False,
    roles: Annotated[Path | None, typer.Option(help=_("Another matrix of roles than config/roles.toml."))] = None,
) -> None:
    """Makes the administrators' keys, each sealed in its own file, and signs the genesis with all of them."""
    if len(administrators) < FEWEST or not 1 <= threshold < len(administrators):
        raise Damaged(N_("A hub needs two administrators, and a threshold below their number: one key may be lost."))
    passphrase = ask_passphrase(new=True)
    keys = [new_administrator(one) for one in administrators]
    host = origin.split("://", 1)[-1]
    founding = found(
        name,
        origin,
        now(),
        keys,
        threshold,
        unb64(key, 32),
        read_matrix_file(roles or paths.config() / "roles.toml"),
        exercise=exercise,
        log_origin=f"{host}/log",
    )
    for number, one in enumerate(keys, 1):
        write_key(folder / f"administrator-{number}.key", one, passphrase)
    files.write(folder / "genesis.packet", founding.packet)
    out.print(_("The id of the hub: {id}").format(id=b64(founding.hub)))
    out.print(_("Keep the keys apart from each other. Next, on the hub's machine: ncphub found store genesis.packet"))


def store(
    packet: Annotated[Path, typer.Argument(help=_("genesis.packet, as the administrators signed it."))],
    settings_file: SettingsFile = None,
) -> None:
    """Makes the signed genesis the first leaf of a fresh hub; a founded one is left as it is."""
    from hub.app import found as found_hub  # the whole server, which a member's commands don't wait for

    hub = found_hub(settings.read_settings(settings_file), files.read(packet))
    out.print(_("Founded. The id of the hub: {id}").format(id=b64(hub)))


def add_to(program: typer.Typer) -> None:
    """Names the commands."""
    commands.command("log-key", help=_("1. Make the log's key (hub's machine)."))(log_key)
    commands.command("genesis", help=_("2. Make the administrators' keys and sign (theirs)."))(genesis)
    commands.command("store", help=_("3. Store the signed genesis (hub's machine)."))(store)
    program.add_typer(commands, name="found")
