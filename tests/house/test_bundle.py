"""What a browser loads: complete, under the hash of its content, compressed, and small (`make bundle` builds it)."""

import gzip
import hashlib
import json

import pytest

from hub import paths
from tests.house.test_catalogue import in_scripts

MANIFEST: dict[str, str] = json.loads((paths.static() / "manifest.json").read_text("utf-8"))
FILES = {name: file for name, file in MANIFEST.items() if name != "build"}
NEEDED = {
    "app.js",
    "app.css",
    "worker.js",
    "audit.js",
    "domain.json",
    "domain-more.json",
    "locale/fr.json",
    "locale/fr-more.json",
    "icons/favicon.svg",
}
FIRST_LOAD = (
    "app.js",
    "app.css",
    "worker.js",
    "domain.json",
    *(name for name in FILES if name.startswith(("first/", "worker-first/"))),
)
WORDS = {"en": (), "fr": ("locale/fr.json",)}  # an English sentence is its own message
LARGEST_FIRST_LOAD = 150_000  # bytes, compressed by gzip


def test_everything_that_a_page_needs_is_there() -> None:
    assert set(FILES) >= NEEDED
    assert MANIFEST["build"]


def test_a_file_bears_the_hash_of_its_content() -> None:
    for name, file in FILES.items():
        contents = (paths.static() / file).read_bytes()
        assert file.rsplit(".", 1)[0].rsplit("-", 1)[1] in hashlib.sha256(contents).hexdigest(), name


def test_a_compressed_twin_lies_beside_it() -> None:
    for name in FILES:
        if name.endswith((".js", ".css", ".json", ".svg")):
            file = paths.static() / FILES[name]
            assert file.with_name(file.name + ".br").is_file(), name
            assert gzip.decompress(file.with_name(file.name + ".gz").read_bytes()) == file.read_bytes(), name


@pytest.mark.parametrize("language", list(WORDS))
def test_the_first_load_is_small(language: str) -> None:
    first = (*FIRST_LOAD, *WORDS[language])
    sizes = {name: (paths.static() / (FILES[name] + ".gz")).stat().st_size for name in first}

    assert sum(sizes.values()) <= LARGEST_FIRST_LOAD, sizes


def test_each_sentence_of_a_script_comes_once() -> None:
    """With the first load, or with what is fetched later: words that nobody fetched would stand there in English."""
    files = [paths.static() / FILES[f"locale/fr{part}.json"] for part in ("", "-more")]
    first, more = (json.loads(file.read_text("utf-8")) for file in files)

    assert set(first) & set(more) == set()
    assert {message for message, _ in in_scripts()} <= set(first) | set(more)
    assert {"Sign in", "What needs you"} <= set(first)
    assert "The log’s proof" in more  # only the auditor's page says it


def test_nothing_that_only_tests_load_is_shipped() -> None:
    assert not {"vectors.js", "recount.js"} & set(FILES)
    assert not list(paths.static().glob("*.map"))
    assert b"sourceMappingURL" not in b"".join(path.read_bytes() for path in paths.static().glob("*.js"))
