"""How every file of the house is kept: what style.md of the project promises and a program can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, text_of, written

PYTHON = written(".py")
SERVER = [path for path in PYTHON if path.parts[0] == "hub"]
STYLES = written(".css", under=("web/",))
SCRIPTS = written(".ts", ".tsx", under=("web/src/",))
LONGEST = 500  # lines; past 400 ask which noun hides in the file

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
OF_ONE_MACHINE = re.compile(r"/w[o]rk/|/r[o]ot/|/tmp/t[e]am|/home/[a-z]|pye[n]v")
REGISTRIES = re.compile(r"pypi\.|pythonhosted\.|registry\.npm|npmjs\.|deb\.debian\.")
STATEMENT = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+.*\sAS\s|MERGE\s+INTO\s|"
    r"(CREATE|ALTER|DROP)\s+(TABLE|INDEX|FUNCTION|VIEW|TYPE)\s|TRUNCATE\s|LOCK\s+TABLE\s|LISTEN\s|NOTIFY\s|COPY\s)"
)
SIDES = re.compile(
    r"(?<![\w-])((margin|padding|border|scroll-margin|scroll-padding)-(left|right|top|bottom)\b|(left|right)\s*:|"
    r"(text-align|float|clear)\s*:\s*(left|right)|border-(top|bottom)-(left|right)-radius)"
)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(rgb|hsl|oklch|oklab|lab|lch)a?\(")


def test_a_module_begins_with_one_sentence() -> None:
    assert [str(path) for path in PYTHON if not ast.get_docstring(ast.parse((ROOT / path).read_text("utf-8")))] == []


def test_a_script_or_style_begins_with_one_sentence() -> None:
    files = written(".ts", ".tsx", ".css", under=("web/src/", "web/styles/"))

    silent = [str(path) for path in files if not (ROOT / path).read_text("utf-8").lstrip().startswith(("//", "/*"))]

    assert silent == []


def test_a_file_is_short_enough_to_be_read_at_once() -> None:
    files = [*SERVER, *SCRIPTS, *written(".py", under=("crypto/",))]
    lines = {str(path): len((ROOT / path).read_text("utf-8").splitlines()) for path in files}

    assert {path: count for path, count in lines.items() if count > LONGEST} == {}


def test_nothing_is_left_unfinished() -> None:
    found = [line for path in written() if path.parts[0] != "tests" for line in matches(path, UNFINISHED)]

    assert found == []  # tests may look for such words


def test_no_file_knows_a_machine() -> None:
    assert list(lines_with(OF_ONE_MACHINE)) == []


def test_no_file_names_where_packages_come_from() -> None:
    assert list(lines_with(REGISTRIES)) == []


def test_every_text_ends_with_a_line_and_has_no_trailing_blanks() -> None:
    for path in written(".py", ".ts", ".tsx", ".css", ".md", ".toml", ".sql", ".html", ".mjs"):
        text = text_of(path) or ""
        assert not text or (text.endswith("\n") and not text.endswith("\n\n")), path
        assert not re.search(r"[ \t]+$", text, re.MULTILINE), path


def test_only_one_module_imports_jose() -> None:
    importing = [path.as_posix() for path in PYTHON if "jose" in {name.split(".")[0] for name in imports_of(path)}]

    assert importing == ["hub/http/tokens.py"]


def test_sql_stands_in_queries_alone() -> None:
    elsewhere = [path for path in SERVER if path.name != "queries.py" and path.parts[:2] != ("hub", "db")]

    found = [f"{path}:{line}" for path in elsewhere for line in statements_in(path)]

    assert found == []


def test_styles_know_no_left_and_no_right() -> None:
    assert [line for path in STYLES for line in matches(path, SIDES)] == []


def test_colours_are_named_in_the_tokens_alone() -> None:
    assert [line for path in STYLES if path.name != "tokens.css" for line in matches(path, COLOUR)] == []


def test_nothing_swallows_every_error() -> None:
    bare = re.compile(r"except\s*:|except BaseException\s*:\s*(pass|\.\.\.)|contextlib\.suppress\((Base)?Exception\)")

    assert [line for path in SERVER for line in matches(path, bare)] == []


def lines_with(pattern: re.Pattern[str]) -> Iterator[str]:
    for path in written():
        yield from matches(path, pattern)


def matches(path: Path, pattern: re.Pattern[str]) -> list[str]:
    lines = (text_of(path) or "").splitlines()
    return [f"{path}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if pattern.search(line)]


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def statements_in(path: Path) -> list[int]:
    """The lines where a text begins like an SQL statement; what is written in an f-string counts."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [node.lineno for node in texts if STATEMENT.match(str(node.value))]
