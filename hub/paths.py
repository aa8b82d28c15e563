"""Finds what is shipped with the program, and where state lies when nobody says; no other module looks for either."""

import os
import stat
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SHIPPED = PACKAGE / "_data"
SYSTEM_STATE = Path("/var/lib/ncphub")
SYSTEM_SETTINGS = Path("/etc/ncphub/hub.toml")


def checkout() -> Path | None:
    """The folder of the repository where the program runs from one, None where it is installed."""
    root = PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "web" / "build.py").is_file() else None


def migrations() -> Path:
    return _shipped("migrations")


def config() -> Path:
    """Templates of alerts, reference data, the role matrix and the example settings."""
    return _shipped("config")


def templates() -> Path:
    """Jinja2 templates of the few pages that the server renders."""
    root = checkout()
    return root / "web" / "templates" if root else SHIPPED / "templates"


def locale() -> Path:
    """Compiled catalogues: ``<language>/LC_MESSAGES/ncphub.mo``, written by web/build.py in a checkout too."""
    return SHIPPED / "locale"


def static() -> Path:
    """The built bundle with its manifest.json."""
    return PACKAGE / "_static"


def default_state_dir() -> Path:
    """Where an installed hub keeps its state when the settings name no place."""
    if os.geteuid() == 0:
        return SYSTEM_STATE
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "ncphub"


def demo_state_dir() -> Path:
    """
    Where the demonstration keeps everything that it makes: ``.state/demo`` of the checkout.

    As root the database runs under another account. Where that account cannot get into the checkout (below root's own
    home), the place is a folder under /var/lib that bears the checkout's hash.
    """
    root = checkout()
    if root is None:
        return default_state_dir() / "demo"
    if os.geteuid() == 0 and not others_may_pass(root):
        return SYSTEM_STATE / f"demo-{sha256(os.fsencode(root)).hexdigest()[:12]}"
    return root / ".state" / "demo"


def make_state_dir(folder: Path) -> Path:
    """
    Makes `folder` and what is missing above it, closed to everybody else.

    As root they can be passed but not listed (0711), so that the database's account gets to its own part; each file
    inside is 0600.
    """
    mode = 0o711 if os.geteuid() == 0 else 0o700
    for missing in reversed([part for part in (folder, *folder.parents) if not part.exists()]):
        missing.mkdir(mode=mode, exist_ok=True)
        missing.chmod(mode)  # whatever the umask is
    return folder


def others_may_pass(folder: Path) -> bool:
    """Whether an account without any rights of its own can get into `folder`; folders not made yet do not count."""
    existing = [part for part in (folder, *folder.parents) if part.exists()]
    return all(part.stat().st_mode & stat.S_IXOTH for part in existing)


def _shipped(name: str) -> Path:
    root = checkout()
    return root / name if root else SHIPPED / name
