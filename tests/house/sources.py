"""Which files the house rules look at: those that git keeps, or would keep."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {"requirements.lock", "requirements-dev.lock", "web/package-lock.json", "LICENSE"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository, relative to its root; new ones that are not ignored count."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(sorted(Path(name) for name in set(listed.split("\0")) if name and (ROOT / name).is_file()))


def written(*suffixes: str, under: tuple[str, ...] = ("",)) -> list[Path]:
    """The files with one of `suffixes` (all where none is given) that people write."""
    return [
        path
        for path in tracked()
        if (not suffixes or path.suffix in suffixes)
        and path.as_posix().startswith(under)
        and path.as_posix() not in GENERATED
    ]


def text_of(path: Path) -> str | None:
    """None for a file that is no text, such as a picture."""
    try:
        return (ROOT / path).read_text("utf-8")
    except UnicodeDecodeError:
        return None
