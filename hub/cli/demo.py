"""
`ncphub demo`: an ordinary hub on this machine, with invented people whose sheets are printed.

The server is `ncphub serve` in a process of its own; the people's keys lie beside it and never in it. What is half made
after a crash is thrown away and made again, and the demonstration says so.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from hub import paths
from hub.audit.checkpoints import make_log_key
from hub.cli.profiles import err, out
from hub.cli.words import _
from hub.client import files
from hub.client.administrators import AdministratorKey, Founding, found, new_administrator, write_key
from hub.client.errors import N_
from hub.client.keystore import read_profile, write_profile
from hub.client.matrix import read_matrix_file
from hub.client.state import now
from hub.errors import CannotStart

if TYPE_CHECKING:  # the cast and its story are read by this command alone
    from hub.cli.rehearsal import PlayedSheet

Server = subprocess.Popen[bytes]

FIRST_PORT: Final = 8440
PORTS: Final = 50
LEADING: Final = ("ghana", "peru", "france", "coordinator", "analyst", "observer", "auditor", "administrator")
"""The hosts of those whose parts show what the hub is for."""
PATIENCE: Final = 30.0  # seconds for the server to answer, or to end
PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG
STEPS: Final = {
    "enrol": N_("People make their keys"),
    "certify": N_("Administrators certify them"),
    "sign-in": N_("People sign in"),
    "post": N_("Alerts and posts are sent"),
}


def demo(
    reset: Annotated[bool, typer.Option("--reset", help=_("Forget the last demonstration and begin anew."))] = False,
    state_dir: Annotated[Path | None, typer.Option(help=_("Where it is kept; without it, in the checkout."))] = None,
) -> None:
    """Starts a hub with an exercise on this machine, prints how to sign in, and serves until Ctrl-C."""
    base = paths.make_state_dir(state_dir or paths.demo_state_dir())
    with _alone(base), _interruptible(base):
        begun = time.monotonic()
        if reset:
            _forget(base)
        state = _read_state(base)
        if state is None and _anything_of(base):
            out.print(_("The last demonstration was only half made: it was thrown away and is made again."))
            _forget(base)
        port = _free_port(int(state["port"]) if state else FIRST_PORT)
        if state is not None and port != state["port"]:
            _move(base, port)
        with _made(base, port) if state is None else _served(base, port) as (server, sheets):
            _write_state(base, port)
            _print_sheets(port, sheets, time.monotonic() - begun)
            server.wait()
            raise CannotStart(_last_words(base))


# -- making and serving ------------------------------------------------------------------------------------------------


@contextmanager
def _made(base: Path, port: int) -> Iterator[tuple[Server, list[PlayedSheet]]]:
    """A fresh hub: founded, served, filled."""
    from hub.cli.rehearsal import rehearse
    from hub.exercise.people import ADMINISTRATORS

    keys = [new_administrator(one.name) for one in ADMINISTRATORS]
    founding = _found(base, port, keys)
    with _server(base, port) as server, _progress() as progress:
        tasks = {step: progress.add_task(_(words), total=None) for step, words in STEPS.items()}

        def tell(step: str, done: int, total: int) -> None:
            progress.update(tasks[step], completed=done, total=total)

        sheets = asyncio.run(rehearse(_url(port), (founding.hub, keys), base / "people", tell))
        progress.stop()
        yield server, sheets


@contextmanager
def _served(base: Path, port: int) -> Iterator[tuple[Server, list[PlayedSheet]]]:
    """The hub as it was left."""
    from hub.cli.rehearsal import read_sheets

    _write_settings(base, port)
    with _server(base, port) as server:
        yield server, read_sheets(base / "people")


def _found(base: Path, port: int, keys: list[AdministratorKey]) -> Founding:
    """The three steps of `ncphub found`, with the administrators' keys beside the people's."""
    log_key = make_log_key(paths.make_state_dir(base / "hub"))
    matrix = read_matrix_file(paths.config() / "roles.toml")
    origin = f"http://localhost:{port}"
    founding = found(
        _("Exercise hub"), origin, now(), keys, 1, log_key.public, matrix, exercise=True, log_origin="demo.ncphub/log"
    )
    passphrase = secrets.token_urlsafe(12)
    people = files.private_folder(base / "people")
    for number, key in enumerate(keys, 1):
        write_key(people / "administrators" / f"administrator-{number}.key", key, passphrase)
    files.write(people / "administrators" / "passphrase", passphrase.encode())
    files.write(base / "genesis.packet", founding.packet)
    _write_settings(base, port)
    stored = _run(base, "found", "store", str(base / "genesis.packet"), "--settings", str(base / "hub.toml"))
    if stored.wait(PATIENCE) != 0:
        raise CannotStart(_last_words(base))
    return founding


@contextmanager
def _server(base: Path, port: int) -> Iterator[Server]:
    """`ncphub serve` as a child that ends with this process, whatever ends it."""
    child = _run(base, "serve", "--settings", str(base / "hub.toml"))
    try:
        _wait_until_it_answers(base, child, port)
        yield child
    finally:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _run(base: Path, *arguments: str) -> Server:
    # An environment of somebody's real hub must not reach into the demonstration.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NCPHUB_")}
    parent = os.getpid()

    def end_with_parent() -> None:
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    with (base / "server.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "hub", *arguments],
            env=clean,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us: the server is told to stop in order
            preexec_fn=end_with_parent,
        )


def _wait_until_it_answers(base: Path, child: Server, port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if child.poll() is not None:
            raise CannotStart(_last_words(base))
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise CannotStart(N_("The server doesn't answer. Nothing was lost; its last words are in server.log."))


def _last_words(base: Path) -> str:
    lines = (base / "server.log").read_text(errors="replace").strip().splitlines()
    return _("The server ended by itself:") + " " + (lines[-1] if lines else "")


# -- what lies on the disk ---------------------------------------------------------------------------------------------


@contextmanager
def _alone(base: Path) -> Iterator[None]:
    """One demonstration at a time: the lock dies with its process."""
    handle = os.open(base / "demo.lock", os.O_RDWR | os.O_CREAT, files.PRIVATE_FILE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise CannotStart(
            N_("The demonstration is running already. Stop it first: Ctrl-C where it was started.")
        ) from None
    try:
        yield
    finally:
        os.close(handle)


def _read_state(base: Path) -> dict[str, int] | None:
    """The port of a demonstration that was made to its end; None where there is none."""
    path = base / "demo.json"
    if not path.exists():
        return None
    state: dict[str, int] = json.loads(files.read(path))
    return state


def _write_state(base: Path, port: int) -> None:
    files.write(base / "demo.json", json.dumps({"v": 1, "port": port}).encode())


def _anything_of(base: Path) -> bool:
    return (base / "hub").exists() or (base / "people").exists()


def _forget(base: Path) -> None:
    (base / "demo.json").unlink(missing_ok=True)
    for part in ("hub", "people"):
        shutil.rmtree(base / part, ignore_errors=True)
        if (base / part).exists():
            raise CannotStart(
                _("{path} can't be removed. Remove it as the account that made it.").format(path=base / part)
            )


def _write_settings(base: Path, port: int) -> None:
    state = json.dumps(str(base / "hub"))
    settings = f'host = "127.0.0.1"\nport = {port}\norigins = ["http://localhost:{port}"]\nlocal_names = true\n'
    # All people of the demonstration share one address, and tell five weeks in a minute.
    limits = "[limits]\nopen_requests_per_minute = 6000\nrequests_per_minute = 12000\n"
    files.write(base / "hub.toml", f"{settings}state_dir = {state}\n{limits}".encode())


def _move(base: Path, port: int) -> None:
    """The old port is taken: the people's profiles learn the new one."""
    for folder in sorted((base / "people").glob("*/profile")):
        write_profile(folder, replace(read_profile(folder), url=_url(port)))
    out.print(_("Port of last time is taken; the links have changed."))


# -- small things ------------------------------------------------------------------------------------------------------


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise CannotStart(_("All ports from {first} to {last} are taken.").format(first=wanted, last=wanted + PORTS - 1))


@contextmanager
def _interruptible(base: Path) -> Iterator[None]:
    """Ctrl-C and a polite kill end the demonstration in order."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        whole = _read_state(base) is not None
        out.print(
            _("Stopped. The next start continues.") if whole else _("Stopped half way. The next start begins anew.")
        )
    finally:
        signal.signal(signal.SIGTERM, before)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), console=err, transient=True
    )


def _print_sheets(port: int, sheets: list[PlayedSheet], seconds: float) -> None:
    out.print(_("An exercise: everybody and everything in it is invented."), style="bold")
    out.print(_("One link for each person (a browser keeps them apart), then the passphrase:"))
    out.print()
    links = {one.host: f"http://{one.host}.localhost:{port}/#code={one.code}&second={one.second}" for one in sheets}
    names = max(len(one.name) for one in sheets)
    width = max(len(link) for link in links.values())
    leading = [one for host in LEADING for one in sheets if one.host == host]
    others = [one for one in sheets if one.host not in LEADING]
    for title, group in ((_("To begin with"), leading), (_("Everybody else"), others)):
        out.print(title, style="bold")
        for one in group:
            line = f"{one.name:<{names}}  {links[one.host]:<{width}}  [bold]{one.passphrase}[/]"
            out.print(line, overflow="ignore", crop=False)
        out.print()
    one = sheets[0]
    command = f"NCPHUB_PASSPHRASE={one.passphrase} .venv/bin/ncphub list HSH 'All members' -p {one.host}"
    out.print(_("On the command line: {command}").format(command=command))
    out.print(_("Ready after {seconds} s. Ctrl-C stops it; the next start continues.").format(seconds=f"{seconds:.1f}"))


def add_to(program: typer.Typer) -> None:
    """Names the command."""
    program.command("demo", help=_("A hub with an exercise, on this machine."))(demo)
