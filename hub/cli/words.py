"""Sentences of the command line in the person's language, from the same catalogue as the pages."""

from __future__ import annotations

import gettext
import os
from functools import cache

from hub import paths

LANGUAGES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def languages() -> list[str]:
    """What the environment wants, first choice first: fr_CA.UTF-8 is fr."""
    wanted = next((os.environ[name] for name in LANGUAGES if os.environ.get(name)), "en")
    return [part.split(".")[0].split("_")[0] for part in wanted.split(":")]


@cache
def _catalogue() -> gettext.NullTranslations:
    return gettext.translation("ncphub", paths.locale(), languages(), fallback=True)


def _(text: str) -> str:
    """The sentence in the language of the environment; English where the catalogue has none."""
    return _catalogue().gettext(text)
