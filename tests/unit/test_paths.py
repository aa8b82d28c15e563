"""Where things lie: beside the package in a checkout, and state where the database's account can reach it."""

import os
import stat
from pathlib import Path

import pytest

from hub import paths


def test_a_checkout_finds_its_own_folders() -> None:
    root = paths.checkout()

    assert root is not None
    assert paths.config() == root / "config"
    assert paths.migrations() == root / "migrations"
    assert paths.templates() == root / "web" / "templates"


def test_an_installed_package_finds_what_it_carries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(paths, "PACKAGE", tmp_path / "site-packages" / "hub")

    assert paths.checkout() is None
    assert paths.config() == paths.SHIPPED / "config"
    assert paths.templates() == paths.SHIPPED / "templates"


def test_a_state_folder_is_closed_to_everybody_else(reachable_folder: Path) -> None:
    before = os.umask(0)
    try:
        made = paths.make_state_dir(reachable_folder / "a" / "b")
    finally:
        os.umask(before)

    expected = 0o711 if os.geteuid() == 0 else 0o700
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (made, made.parent)] == [expected, expected]


def test_a_folder_below_a_closed_one_cannot_be_passed(reachable_folder: Path) -> None:
    closed = reachable_folder / "closed"
    closed.mkdir()
    closed.chmod(0o711)
    assert paths.others_may_pass(closed / "later") == (os.geteuid() == 0)

    closed.chmod(0o700)

    assert not paths.others_may_pass(closed / "later")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database runs under another account")
def test_the_demo_of_a_closed_checkout_keeps_its_state_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    root = paths.checkout()
    assert root is not None

    monkeypatch.setattr(paths, "others_may_pass", lambda folder: False)
    assert not paths.demo_state_dir().is_relative_to(root)

    monkeypatch.setattr(paths, "others_may_pass", lambda folder: True)
    assert paths.demo_state_dir() == root / ".state" / "demo"
