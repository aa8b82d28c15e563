"""The shipped matrix of roles reads, and a wrong one says why."""

from pathlib import Path

import pytest

from crypto.acts import read_matrix
from hub import paths
from hub.client.errors import Damaged
from hub.client.matrix import read_matrix_file


def test_the_shipped_matrix_lets_contacts_alert_and_auditors_read_nothing() -> None:
    matrix = read_matrix(read_matrix_file(paths.config() / "roles.toml"))

    assert matrix.allows("alert.send", "contact", "precursor")
    assert matrix.allows("channel.read", "observer", "general")
    assert not matrix.allows("alert.send", "observer", "general")
    assert not matrix.allows("channel.read", "auditor", "general")
    assert not matrix.allows("wrap.read", "auditor", "general")


@pytest.mark.parametrize(
    "written", ["edition = 1", 'edition = 1\n[grants."alert.send"]\nking = ["*"]', "edition", "edition = 1\ngrants = 3"]
)
def test_a_wrong_matrix_is_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / "roles.toml").write_text(written)

    with pytest.raises(Damaged):
        read_matrix_file(tmp_path / "roles.toml")
