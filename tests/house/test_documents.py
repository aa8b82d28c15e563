"""The documents say what is: links lead somewhere, and what they name exists (CONTRIBUTING.md)."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from hub import paths
from hub.access.routes import OPEN
from hub.app import ROUTES
from hub.cli.program import program
from hub.client.domain import published
from hub.client.domain.problems import Audience, problems_with
from hub.settings import Limits, Settings
from tests.house.sources import ROOT, text_of, written

PAGES = [path for path in written(".md") if path.suffix == ".md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SOURCE = re.compile(r"docs/[\w./-]*\w")
FENCED = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
OUTSIDE = ("http://", "https://", "mailto:")
BESIDE_OTHERS = {"directory_rules", "enrolment", "acts", "deeds", "matrix", "people", "normal", "errors"} | {
    "membership_rules", "membership_changes", "changes", "change_forms", "readers",
}  # fmt: skip
"""Modules of crypto/ that a page names beside its own."""
WITHOUT_VECTORS = {"errors"}


def read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def rows(page: str, heading: str) -> Iterator[list[str]]:
    """The cells of the tables under a heading, without their first two lines."""
    part = f"\n{read(page)}".split(f"\n{heading}\n", 1)[1]
    part = re.split(r"\n#+ ", part)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        yield [cell.strip() for cell in line[1:-1].split("|")]


def codes(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", FENCED.sub("", text))


def typed(text: str) -> list[str]:
    """What a page shows to be typed: lines of its blocks, and code within its sentences."""
    return [line for block in FENCED.findall(text) for line in block.splitlines()] + codes(text)


def anchors(page: Path) -> set[str]:
    """The names by which a page's headings are reached, as the common renderers make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(read(page.as_posix())):
        if target.startswith(OUTSIDE):
            continue
        name, _, anchor = target.partition("#")
        there = (ROOT / page).parent / name if name else ROOT / page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_every_page_is_reached_from_the_list_of_pages() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = [target.partition("#")[0] for target in LINK.findall(page.read_text("utf-8"))]
        waiting += [
            (page.parent / target).resolve() for target in targets if target.endswith(".md") and "://" not in target
        ]

    assert {(ROOT / page).resolve() for page in PAGES} <= {page.resolve() for page in reached}


def test_a_module_s_source_is_a_page_that_exists() -> None:
    missing = {
        f"{path}: {name}"
        for path in written(".py", ".ts", ".tsx", ".css", ".mjs", ".sql", ".toml", ".html")
        if path != Path("tests/house/test_documents.py")
        for name in SOURCE.findall(text_of(path) or "")
        if not (ROOT / name).exists()
    }

    assert not missing


def test_every_module_of_the_protocol_has_its_page_its_twin_and_its_vectors() -> None:
    listed: dict[str, str] = {}
    for page, modules, vectors, _ in rows("docs/spec/README.md", "# Specification"):
        for number, module in enumerate(codes(modules)):
            listed[module] = page
            assert (number > 0 or module == "errors") == (module in BESIDE_OTHERS), module
            assert (ROOT / "web" / "src" / "crypto" / f"{module}.ts").exists(), module
        for name in codes(vectors):
            assert list((ROOT / "tests" / "vectors").glob(name)), name
        if codes(modules) and codes(modules)[0] not in WITHOUT_VECTORS:
            assert codes(vectors) == [f"{codes(modules)[0]}.json"], page

    assert listed.keys() == {path.stem for path in (ROOT / "crypto").glob("*.py")} - {"__init__"}


def test_every_page_of_the_specification_is_in_its_list() -> None:
    listed = {name for row in rows("docs/spec/README.md", "# Specification") for name in LINK.findall(row[0])}

    assert listed == {path.name for path in (ROOT / "docs" / "spec").glob("[0-9]*.md")}


def test_every_decision_is_in_its_list_under_its_own_words() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        title = path.read_text("utf-8").splitlines()[0].removeprefix("# ")
        assert f"| [{path.name[:4]}]({path.name}) | {title} |" in read("docs/decisions/README.md")
        for part in ("**Question.**", "**Chosen.**", "**Costs.**", "**What would change our mind.**"):
            assert part in path.read_text("utf-8"), f"{path.name}: {part}"


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE))


def commands() -> set[str]:
    """Every command with its group, such as `audit verify`."""
    found: set[str] = set()
    group = typer.main.get_command(program)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {one}" for one in inner} if inner else {name}
    return found


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_and_targets_that_are_named_exist(page: Path) -> None:
    groups = {name.split()[0] for name in commands() if " " in name}
    for line in typed(read(page.as_posix())):
        if target := re.match(r"make ([a-z-]+)", line):
            assert target[1] in targets(), line
        if command := re.match(r"ncphub ([a-z-]+)(?: ([a-z-]+))?", line):
            name, inner = command.groups()
            assert (f"{name} {inner}" if name in groups and inner else name) in commands() | groups, line


def test_the_command_line_guide_has_every_command() -> None:
    shown = [line for line in codes(read("docs/guide/command-line.md")) if line.startswith("ncphub ")]
    missing = {name for name in commands() if not any(f"{line} ".startswith(f"ncphub {name} ") for line in shown)}

    assert not missing


def test_the_example_of_an_alert_passes_the_form_s_own_checks() -> None:
    example = re.search(r"```toml\n(.*?)```", read("docs/guide/command-line.md"), re.DOTALL)
    assert example
    values = {key: value if isinstance(value, int) else str(value) for key, value in tomllib.loads(example[1]).items()}
    domain = published.load(paths.config())

    assert not problems_with(domain.template("seizure", "short"), domain.lists, values, Audience(named=False), None)


def test_every_route_is_described_with_its_action_and_its_leaf() -> None:
    described: dict[str, tuple[str, str]] = {}
    for names, leaf, *_ in rows("docs/api.md", "## Open"):
        described |= {name: (OPEN, "".join(codes(leaf))) for name in codes(names)}
    for names, action, leaf, *_ in rows("docs/api.md", "## With a session"):
        described |= {name: (codes(action)[0], "".join(codes(leaf))) for name in codes(names)}

    assert described == {f"{route.method} {route.path}": (route.action, route.leaf or "") for route in ROUTES}


def test_every_setting_is_described_as_the_hub_reads_it() -> None:
    described = {row[0].strip("`"): row[2] for row in rows("docs/operating/settings.md", "# Settings")}
    settings = {name: field.description for name, field in Settings.model_fields.items() if name != "limits"}
    limits = {f"limits.{name}": field.description for name, field in Limits.model_fields.items()}

    assert described == settings | limits


def test_the_glossary_s_words_on_screen_are_the_catalogue_s() -> None:
    catalogue = dict(re.findall(r'^msgid "(.*)"\nmsgstr "(.*)"$', read("web/locale/fr.po"), re.MULTILINE))
    for english, french in rows("docs/glossary.md", "## On screen"):
        assert catalogue[english] == french


def all_tests() -> set[str]:
    sources = [text_of(path) or "" for path in written(".py", under=("tests/",))]
    return {name for source in sources for name in re.findall(r"def (test_\w+)", source)}


def lies() -> set[str]:
    """The numbers of the attacks that a lying hub tries."""
    sources = "".join(text_of(path) or "" for path in written(".py", under=("tests/hostile/",)))
    return set(re.findall(r"(?:def test_attack_|Attack\(\s*\")(\d+)[_ ]", sources))


def test_tests_and_vectors_that_the_threat_model_names_exist() -> None:
    text = read("docs/threat-model.md")
    named = set(re.findall(r"`(test_\w+)`", text))
    vectors = re.findall(r"`(\w+\.json)`: “([^”]+)”", text)

    assert named <= all_tests()
    for number, _, _, shown in rows("docs/threat-model.md", "## Attacks"):
        if re.search(r"\bhostile\b(?! \()", shown):
            assert number in lies(), number
    for name, case in vectors:
        assert f'"name": "{case}"' in read(f"tests/vectors/{name}"), f"{name}: {case}"
