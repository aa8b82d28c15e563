"""Every setting is documented in config/hub.example.toml with its sentence and its default, and nothing else is."""

import re
import tomllib
from collections.abc import Iterator

import pytest
from pydantic.fields import FieldInfo

from hub import paths
from hub.settings import Limits, Settings

EXAMPLE = (paths.config() / "hub.example.toml").read_text("utf-8")
BLOCK = re.compile(r"^# (?P<sentence>.+)\n# (?P<line>\[?[a-z_]+.*)$", re.MULTILINE)
SHOWN = {
    "state_dir",
    "dsn",
    "migration_dsn",
    "run_as",
}  # without a default that could be written down: an example instead


def fields() -> Iterator[tuple[str, FieldInfo]]:
    for name, field in Settings.model_fields.items():
        yield (name, field)
    for name, field in Limits.model_fields.items():
        yield (f"limits.{name}", field)


def documented() -> dict[str, tuple[str, str]]:
    """Name → its sentence and its line, in the order of the file."""
    found: dict[str, tuple[str, str]] = {}
    section = ""
    for match in BLOCK.finditer(EXAMPLE.split("\n\n", 1)[1]):
        line = match["line"]
        name = line.strip("[]") if line.startswith("[") else section + line.split(" = ")[0]
        found[name] = (match["sentence"], line)
        section = f"{name}." if line.startswith("[") else section
    return found


def test_the_example_lists_exactly_the_settings_in_their_order() -> None:
    assert list(documented()) == [name for name, _ in fields()]


@pytest.mark.parametrize(("name", "field"), list(fields()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_setting_has_one_sentence_and_its_default_in_the_example(name: str, field: FieldInfo) -> None:
    sentence, line = documented()[name]

    assert sentence == field.description
    assert sentence.endswith(".")
    if name not in SHOWN and name != "limits":
        value = tomllib.loads(line)[name.rpartition(".")[2]]
        default = field.get_default()
        assert (tuple(value) if isinstance(value, list) else value) == default


def test_the_example_with_every_line_switched_on_is_accepted() -> None:
    switched_on = re.sub(r"^# (\[?[a-z_]+\]?( = .*)?)$", r"\1", EXAMPLE, flags=re.MULTILINE)

    values = tomllib.loads(switched_on)

    assert set(values) == set(Settings.model_fields)
    assert Settings(**values).limits == Limits()
