"""Sentences of the exercises in the language of their author."""

import re

Pair = tuple[str, str]


def said(pair: Pair, language: str, **parts: str) -> str:
    """The English or French one of `pair` with its ``{parts}`` filled in, French with its no-break spaces."""
    text = pair[language == "fr"]
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return spaced(text, language)


def spaced(text: str, language: str) -> str:
    """French punctuation stays with the word before."""
    return re.sub(r" (?=[;:?!%])", "\u00a0", text) if language == "fr" else text
