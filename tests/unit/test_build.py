"""The build of the pages: catalogues keep every translated text, and only those."""

import importlib.util
from io import BytesIO
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from tests.house.sources import ROOT

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Alert"
msgstr "Alerte"

msgctxt "verb"
msgid "Alert"
msgstr "Alerter"

msgid "{count} alert"
msgid_plural "{count} alerts"
msgstr[0] "{count} alerte"
msgstr[1] "{count} alertes"

msgid "not translated"
msgstr ""

msgid "half"
msgid_plural "halves"
msgstr[0] "moitié"
msgstr[1] ""

#, fuzzy
msgid "guessed"
msgstr "deviné"
"""


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("web_build", ROOT / "web" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_browser_reads_what_is_translated_and_nothing_else(build: ModuleType) -> None:
    catalogue = read_po(BytesIO(CATALOGUE.encode()), locale="fr")

    assert build.browser_catalogue(catalogue) == {
        "Alert": "Alerte",
        "verb\x04Alert": "Alerter",
        "{count} alert": ["{count} alerte", "{count} alertes"],
    }


def test_the_hash_of_the_sources_is_the_same_every_time(build: ModuleType) -> None:
    assert build.source_hash() == build.source_hash()
    assert not [path for path in build.sources() if "node_modules" in path.parts]
    assert ROOT / "web" / "bundle.mjs" in build.sources()
    assert ROOT / "config" / "templates" / "seizure.toml" in build.sources()
