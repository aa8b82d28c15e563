"""Which account PostgreSQL runs under: it refuses to run as root (PostgreSQL's documentation, `initdb`)."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hub.errors import CannotStart

OWN_NAME = "ncphub"
LAST_RESORT = "nobody"  # shares its files with every other program that runs as nobody


@dataclass(frozen=True, slots=True)
class Account:
    """An existing account other than root."""

    name: str
    user: int
    group: int

    def may_enter(self, folder: Path) -> bool:
        return self._succeeds("test", "-x", str(folder))

    def may_run(self, program: Path) -> bool:
        return self._succeeds("test", "-x", str(program))

    def own(self, path: Path) -> None:
        os.chown(path, self.user, self.group)

    def _succeeds(self, *command: str) -> bool:
        try:
            done = subprocess.run(
                command, cwd="/", user=self.user, group=self.group, extra_groups=[], check=False, timeout=10
            )
        except PermissionError as error:
            raise CannotStart(
                "This root may not change to another account, and PostgreSQL does not run as root. "
                "Start the hub as an ordinary user, or give the address of a database (dsn)."
            ) from error
        return done.returncode == 0


def choose(run_as: str | None) -> Account | None:
    """
    None where the hub is an ordinary user: PostgreSQL runs as the same. As root an existing account; none is created.

    Raises CannotStart where the settings name an account that is not there.
    """
    if os.geteuid() != 0:
        return None
    for name in [run_as] if run_as else [OWN_NAME, LAST_RESORT]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        f"The embedded database needs an existing account other than root, and {run_as or LAST_RESORT} is not one. "
        "Name one in run_as, start the hub as an ordinary user, or give the address of a database (dsn)."
    )
