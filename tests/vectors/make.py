"""
Writes the vector files beside it: `python -m tests.vectors.make`. Same input, same bytes (docs/spec/14-vectors.md).
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.vectors import (
    cases_card,
    cases_certificate,
    cases_chains,
    cases_content,
    cases_directory,
    cases_evidence,
    cases_heads,
    cases_membership,
    cases_nomination,
    cases_statements,
    cases_ways,
)
from tests.vectors.run import HERE, outcome

MAKERS: dict[str, Callable[[], tuple[dict[str, Any], list[tuple[str, str, dict[str, Any]]]]]] = {
    "encoding": cases_statements.encoding,
    "signing": cases_statements.signing,
    "keys": cases_statements.keys,
    "merkle": cases_statements.merkle,
    "tlog": cases_statements.tlog,
    "packet": cases_statements.packet,
    "chain": cases_chains.chain,
    "directory": cases_directory.directory,
    "membership": cases_membership.membership,
    "epochs": cases_content.epochs,
    "wrapping": cases_content.wrapping,
    "sealing": cases_content.sealing,
    "envelope": cases_content.envelope,
    "vault": cases_content.vault,
    "evidence": cases_evidence.evidence,
    "card": cases_card.card,
    "nomination": cases_nomination.nomination,
    "invitation": cases_nomination.invitation,
    "heads": cases_heads.heads_json,
    "certificate": cases_certificate.certificate,
    "ways": cases_ways.ways_json,
}


def made(module: str) -> str:
    """The text of one module's file."""
    shared, given = MAKERS[module]()
    names = [(do, name) for name, do, _ in given]
    assert len(set(names)) == len(names), f"a name twice in {module}"
    cases = [{"name": name, "do": do, "in": v, **outcome(do, v, shared)} for name, do, v in given]
    rows = ",\n".join(json.dumps(case) for case in cases)
    parts = ",\n".join(f"{json.dumps(part)}: {json.dumps(value)}" for part, value in shared.items())
    return f'{{"module": {json.dumps(module)}, "shared": {{\n{parts}\n}}, "cases": [\n{rows}\n]}}\n'


def main(folder: Path = HERE) -> None:
    for module in sys.argv[1:] or MAKERS:
        (folder / f"{module}.json").write_text(made(module), encoding="ascii")


if __name__ == "__main__":
    main()
