"""What a browser loads: complete, under the hash of its content, compressed, and small (`make bundle` builds it)."""

import gzip
import hashlib
import json

import pytest

from hub import paths

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
    "icons/favicon.svg",
}
FIRST_LOAD = (
    "app.js",
    "app.css",
    "worker.js",
    "domain.json",
    "locale/fr.json",
    *(name for name in FILES if name.startswith(("first/", "worker-first/"))),
)
LARGEST_FIRST_LOAD = 150_000  # bytes, compressed by gzip


def test_everything_that_a_page_needs_is_there() -> None:
    assert set(FILES) >= NEEDED
    assert MANIFEST["build"]


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_bears_the_hash_of_its_content(name: str) -> None:
    contents = (paths.static() / FILES[name]).read_bytes()

    assert FILES[name].rsplit(".", 1)[0].rsplit("-", 1)[1] in hashlib.sha256(contents).hexdigest()


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith((".js", ".css", ".json", ".svg"))])
def test_a_compressed_twin_lies_beside_it(name: str) -> None:
    file = paths.static() / FILES[name]

    assert file.with_name(file.name + ".br").is_file()
    assert gzip.decompress(file.with_name(file.name + ".gz").read_bytes()) == file.read_bytes()


def test_the_first_load_is_small() -> None:
    sizes = {name: (paths.static() / (FILES[name] + ".gz")).stat().st_size for name in FIRST_LOAD}

    assert sum(sizes.values()) <= LARGEST_FIRST_LOAD, sizes


def test_nothing_that_only_tests_load_is_shipped() -> None:
    assert not {"vectors.js", "recount.js"} & set(FILES)
    assert not list(paths.static().glob("*.map"))
    assert b"sourceMappingURL" not in b"".join(path.read_bytes() for path in paths.static().glob("*.js"))
