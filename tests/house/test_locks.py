"""What is installed is named exactly and hashed, and no lock says from where."""

import json
import re
import tomllib

import pytest

from tests.house.sources import ROOT

PYTHON_LOCKS = ["requirements.lock", "requirements-dev.lock"]
PINNED = re.compile(r"[a-z0-9.-]+==[0-9][0-9a-z.+]*")


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_a_python_lock_names_no_address(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")

    assert "://" not in lock
    assert "index" not in lock.split("\n", 1)[0]
    assert not re.search(r"^\s*(-i|--\S*index\S*|--find-links|--trusted-host)\b", lock, re.MULTILINE)


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_each_requirement_of_a_python_lock_is_exact_and_hashed(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text("utf-8").strip())

    for block in blocks:
        assert PINNED.match(block), block.split("\n")[0]
        assert "--hash=sha256:" in block, block.split("\n")[0]


def test_the_development_lock_has_the_same_versions_of_what_runs() -> None:
    runtime, development = (dict(pins(name)) for name in PYTHON_LOCKS)

    assert runtime.items() <= development.items()


def test_everything_that_runs_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {re.split(r"[\[<>=]", requirement)[0] for requirement in project["project"]["dependencies"]}

    assert wanted <= {name for name, _ in pins("requirements.lock")}
    assert all(PINNED.fullmatch(requirement) for requirement in project["build-system"]["requires"])


def test_the_lock_of_the_pages_names_no_address_and_every_digest() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))

    for path, package in lock["packages"].items():
        assert "resolved" not in package, path
        assert path == "" or package["integrity"].startswith("sha512-"), path


def test_the_pages_name_their_packages_exactly() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))

    for name, version in {**package["dependencies"], **package["devDependencies"]}.items():
        assert re.fullmatch(r"(npm:[a-z-]+@)?\d+\.\d+\.\d+(-\w+)?", version), name


def pins(name: str) -> list[tuple[str, str]]:
    return re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
