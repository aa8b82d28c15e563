"""Signed changes in words: the same sentences in both clients, each in both languages (hub/client/history.py)."""

import ast
import gettext
import re
from pathlib import Path

import pytest

from hub import paths
from hub.client.history import COMPARTMENTS, PHASES, ROLES, TYPES, Line

ROOT = Path(__file__).parents[3]
SAID = re.compile(r'tx\("((?:[^"\\]|\\.)*)"')
FRENCH = gettext.translation("ncphub", paths.locale(), ["fr"])


def english(text: str) -> str:
    return text


def sentences() -> set[str]:
    """Every sentence that the Python client tells a change in."""
    tree = ast.parse((ROOT / "hub" / "client" / "history.py").read_text("utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    words = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "N_" and isinstance(call.args[0], ast.Constant)
    }
    return {str(word) for word in words if "{by}" in str(word) or "{whom}" in str(word)}


def test_the_browser_tells_each_change_in_the_same_sentence() -> None:
    in_browser = set(SAID.findall((ROOT / "web" / "src" / "ui" / "system.tsx").read_text("utf-8")))

    assert sentences() - in_browser == set()
    here = {one for one in in_browser if "this channel" in one}
    assert in_browser - sentences() == here


@pytest.mark.parametrize("sentence", sorted(sentences()))
def test_each_sentence_is_whole_in_both_languages(sentence: str) -> None:
    line = Line(
        3, 1_800_000_000_000, sentence, "NCP Ghana", "NCP Peru", "analyst", ("general", "vaccine"),
        kind="case", phase="active", form="seizure", version=2, day=1_800_000_000_000, reason="Court order",
    )  # fmt: skip

    for said in (line.said(english), line.said(FRENCH.gettext)):
        assert "{" not in said
        assert "NCP" in said
    assert line.said(FRENCH.gettext) != line.said(english)


def test_a_line_names_role_and_compartments_in_the_readers_language() -> None:
    sentence = "{by} admitted {whom}: {role}, cleared for {compartments}. Signed."
    line = Line(1, 0, sentence, "NCP Ghana", "NCP Peru", "coordinator", ("general", "precursor"))

    assert line.said(english) == ("NCP Ghana admitted NCP Peru: Coordinator, cleared for General, Precursor. Signed.")
    assert line.said(FRENCH.gettext).startswith("NCP Ghana a admis NCP Peru")
    assert "Coordinateur" in line.said(FRENCH.gettext)


def test_a_word_that_is_not_known_stands_as_it_is() -> None:
    line = Line(1, 0, "{by} moved the operation to another phase: {phase}. Signed.", "NCP Ghana", phase="paused")

    assert line.said(english) == "NCP Ghana moved the operation to another phase: paused. Signed."


@pytest.mark.parametrize("words", [ROLES, COMPARTMENTS, TYPES, PHASES])
def test_every_name_has_its_french(words: dict[str, str]) -> None:
    for word in words.values():
        assert FRENCH.gettext(word)
