"""Every vector, ours and published ones: what stands, and what is refused with which code."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.make import MAKERS, made
from tests.vectors.run import HERE, files, outcome


def cases() -> Iterator[Any]:
    for path in files():
        held = json.loads(path.read_text("utf-8"))
        for case in held["cases"]:
            yield pytest.param(case, held["shared"], id=f"{path.stem}: {case['do']}: {case['name']}")


@pytest.mark.parametrize(("case", "shared"), list(cases()))
def test_a_vector(case: dict[str, Any], shared: dict[str, Any]) -> None:
    expected = {part: case[part] for part in ("out", "refused") if part in case}

    assert outcome(case["do"], case["in"], shared) == expected


@pytest.mark.parametrize("module", MAKERS)
def test_the_files_are_what_the_maker_makes(module: str) -> None:
    assert (HERE / f"{module}.json").read_text("ascii") == made(module)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_every_file_of_ours_refuses_something(path: Path) -> None:
    held = json.loads(path.read_text("utf-8"))

    assert path.parent.name == "outside" or any("refused" in case for case in held["cases"])
    assert path.parent.name != "outside" or (held["source"] and held["licence"])
