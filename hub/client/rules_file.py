"""Handling rules from a file that a coordinator wrote (docs/spec/21-blueprints.md, `rules`)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hub.client import files
from hub.client.domain.blueprints import read_rules
from hub.client.domain.errors import DomainError
from hub.client.errors import N_, Damaged


def read_rules_file(path: Path) -> dict[str, dict[str, str]]:
    """``title`` and ``text``, each with ``en`` and ``fr``. Raises Damaged."""
    try:
        return read_rules(tomllib.loads(files.read(path).decode())).document()
    except (DomainError, ValueError) as error:
        raise Damaged(N_("{path} holds no handling rules: {why}"), path=path, why=error) from error
