"""The matrix of roles, from config/roles.toml into the form of the genesis (docs/spec/08-directory.md)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from crypto.acts import matrix_form, read_matrix
from crypto.encoding import Json
from crypto.errors import ProtocolError
from hub.client import files
from hub.client.errors import N_, Damaged


def read_matrix_file(path: Path) -> Json:
    """``edition`` and ``[grants."action"] role = [compartments]`` in the genesis' form. Raises Damaged."""
    try:
        written = tomllib.loads(files.read(path).decode())
        grants = {
            (action, role): compartments
            for action, roles in written["grants"].items()
            for role, compartments in roles.items()
        }
        form = matrix_form(written["edition"], grants)
        read_matrix(form)
    except (ProtocolError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise Damaged(N_("{path} isn't a matrix of roles: {why}"), path=path, why=error) from error
    return form
