"""Settings: from a file, overruled by the environment, refused in sentences that repeat no secret."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from hub.errors import CannotStart
from hub.settings import Settings, read_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hub.toml"
    path.write_text('port = 9000\norigins = ["https://hub.example"]\n[limits]\nsockets = 7\n')
    return path


def test_a_file_is_read_and_the_environment_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings(file).port == 9000

    monkeypatch.setenv("NCPHUB_PORT", "9001")
    monkeypatch.setenv("NCPHUB_LIMITS__SOCKETS_PER_ACCOUNT", "3")

    settings = read_settings(file)
    assert (settings.port, settings.origins) == (9001, ("https://hub.example",))
    assert (settings.limits.sockets, settings.limits.sockets_per_account) == (7, 3)


def test_settings_do_not_change(file: Path) -> None:
    with pytest.raises(ValidationError):
        read_settings(file).port = 1  # type: ignore[misc]


def test_a_setting_that_does_not_exist_is_refused_by_name(file: Path) -> None:
    file.write_text("prot = 9000\n")

    with pytest.raises(CannotStart, match="prot"):
        read_settings(file)


def test_a_refusal_repeats_no_secret(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPHUB_DSN", "postgresql://hub:hunter2@db/hub")
    monkeypatch.setenv("NCPHUB_PORT", "eighty")

    with pytest.raises(CannotStart) as refused:
        read_settings(file)
    assert "port" in str(refused.value)
    assert "hunter2" not in str(refused.value)
    monkeypatch.delenv("NCPHUB_PORT")
    assert "hunter2" not in repr(read_settings(file))


@pytest.mark.parametrize("text", ["port = ", "\xff", "port = 9000\nport = 9001"])
def test_a_file_that_cannot_be_read_is_named(file: Path, text: str) -> None:
    file.write_bytes(text.encode("latin-1"))

    with pytest.raises(CannotStart, match="hub.toml cannot be read"):
        read_settings(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="cannot be read"):
        read_settings(tmp_path / "missing.toml")


@pytest.mark.parametrize(
    "origin",
    [
        "https://hub.example",
        "https://hub.example:8443",
        "http://localhost:8440",
        "http://ghana.localhost:8440",
        "http://127.0.0.1:1",
        "http://[::1]:8440",
    ],
)
def test_an_origin_that_a_browser_can_use_is_taken(origin: str) -> None:
    assert Settings(origins=(origin,)).origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "http://hub.example",
        "https://hub.example/",
        "https://hub.example/path",
        "hub.example",
        "ftp://hub.example",
        "https://",
        "http://localhost.example",
        "http://10.0.0.1:8440",
    ],
)
def test_any_other_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings(origins=(origin,))


def test_local_names_are_answered_on_loopback_only() -> None:
    assert Settings(local_names=True, host="127.0.0.1").local_names
    with pytest.raises(ValidationError, match="loopback"):
        Settings(local_names=True, host="0.0.0.0")  # noqa: S104
