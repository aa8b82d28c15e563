"""
Checks which room may import which: the contracts of pyproject.toml, by import-linter.

They name rooms that are still to be built; import-linter knows no optional source, so those are left out.
"""

import importlib.util
import json
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
LISTS = ("source_modules", "forbidden_modules")


def contracts() -> dict[str, Any]:
    """The configuration as it is written."""
    configuration: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    return configuration


def is_there(module: str) -> bool:
    if module.split(".")[0] not in {"crypto", "hub"} or "*" in module:
        return True
    spec = importlib.util.find_spec(module)
    return spec is not None and spec.origin is not None  # a folder without __init__.py is no room yet


def standing_contracts() -> dict[str, Any]:
    """The configuration without the rooms that are still to be built."""
    configuration = contracts()
    for contract in configuration["contracts"]:
        for key in LISTS:
            if key in contract:
                contract[key] = [module for module in contract[key] if is_there(module)]
    return configuration


def check() -> int:
    """0 where every contract is kept; import-linter prints the chains of imports that break one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contracts.toml"
        path.write_text(as_toml(standing_contracts()), "utf-8")
        return int(lint_imports(config_filename=str(path), no_cache=True, no_logo=True))


def as_toml(configuration: dict[str, Any]) -> str:
    """Strings, booleans and lists of strings: for these JSON is TOML."""
    lines = ["[tool.importlinter]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in configuration.items() if key != "contracts"]
    for contract in configuration["contracts"]:
        lines += ["[[tool.importlinter.contracts]]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in contract.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(check())
