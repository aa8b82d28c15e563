"""Every vector, ours and published ones: what stands, and what is refused with which code."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.naming import case
from tests.vectors.make import MAKERS, made
from tests.vectors.run import HERE, files, outcome


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_every_vector_of_a_file(path: Path) -> None:
    held = json.loads(path.read_text("utf-8"))
    wrong: dict[str, Any] = {}
    for vector in held["cases"]:
        name = f"{vector['do']}: {vector['name']}"
        expected = {part: vector[part] for part in ("out", "refused") if part in vector}
        with case(name):
            found = outcome(vector["do"], vector["in"], held["shared"])
        if found != expected:
            wrong[name] = {"expected": expected, "found": found}

    assert wrong == {}


@pytest.mark.parametrize("module", MAKERS)
def test_the_files_are_what_the_maker_makes(module: str) -> None:
    assert (HERE / f"{module}.json").read_text("ascii") == made(module)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_every_file_of_ours_refuses_something(path: Path) -> None:
    held = json.loads(path.read_text("utf-8"))

    assert path.parent.name == "outside" or any("refused" in case for case in held["cases"])
    assert path.parent.name != "outside" or (held["source"] and held["licence"])
