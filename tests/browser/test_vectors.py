"""Every vector, in a browser and under the product's own policy (docs/spec/14-vectors.md)."""

import importlib.util
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page

from crypto.encoding import AccountId, HubId, unb64
from crypto.envelope import check_envelope, read_header
from crypto.epochs import Reader, check_epoch_record, check_wraps, read_record, wrap_path
from crypto.sealing import open_epoch, open_label, open_message, open_previous
from hub.http.headers import headers_on_every_answer

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "vectors"
INPUTS = frozenset({"wraps_once.json"})  # what make.py reads: no cases
PAGE = '<!doctype html><html lang="en"><title>Vectors</title><script type="module" src="/vectors.js"></script></html>'

pytestmark = pytest.mark.timeout(300)


def vector_files() -> dict[str, Any]:
    """Each file's content by its address below the vectors' folder."""
    found = (path for path in sorted(VECTORS.rglob("*.json")) if path.name not in INPUTS)
    return {path.relative_to(VECTORS).as_posix(): json.loads(path.read_text("utf-8")) for path in found}


def build_steps() -> ModuleType:
    """web/build.py, which is a script of the build and no package."""
    spec = importlib.util.spec_from_file_location("web_build", ROOT / "web" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's script, made from the sources as they are now."""
    out, steps = tmp_path_factory.mktemp("bundle"), build_steps()
    node = steps.find_node()
    steps.install_packages(node)
    steps.run(node, "bundle.mjs", "test", str(out))
    return out / "vectors.js"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(bundle: Path) -> AsyncIterator[TestServer]:
    """The page, its script and the vectors, with the headers of every answer of the hub."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def script(_: web.Request) -> web.FileResponse:
        return web.FileResponse(bundle)

    async def icon(_: web.Request) -> web.Response:
        return web.Response(status=204)

    async def index(_: web.Request) -> web.Response:
        return web.json_response(list(vector_files()))

    app = web.Application()
    headers_on_every_answer(app, secure=False)
    app.add_routes([web.get("/", page), web.get("/vectors.js", script), web.get("/favicon.ico", icon)])
    app.add_routes([web.get("/vectors/index.json", index), web.static("/vectors", VECTORS)])
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def outcome(site: TestServer, one_browser: Browser, watch: Callable[[Page], list[str]]) -> dict[str, Any]:
    """What the page wrote, once it did everything."""
    page = await one_browser.new_page()
    complaints = watch(page)

    await page.goto(str(site.make_url("/")))
    told = await page.locator("#results").text_content(timeout=240_000)

    outcome: dict[str, Any] = json.loads(told or "{}")
    assert "broken" not in outcome, outcome["broken"]
    assert outcome["violations"] == []
    assert complaints == []
    await page.context.close()
    return outcome


async def test_every_vector_holds_in_the_browser(outcome: dict[str, Any]) -> None:
    failed = [one for one in outcome["results"] if not one["passed"]]
    assert not failed, "\n".join(json.dumps(one) for one in failed)

    ran = {name: sum(one["file"] == name for one in outcome["results"]) for name in vector_files()}
    assert ran == {name: len(content["cases"]) for name, content in vector_files().items()}


async def test_what_a_browser_seals_opens_in_python(outcome: dict[str, Any]) -> None:
    made = outcome["made"]
    place, record = made["place"], read_record(made["record"])
    readers = [
        Reader(AccountId(unb64(one["account"])), unb64(one["aik"]), one["generation"], unb64(one["aekHash"]))
        for one in made["readers"]
    ]
    wraps = [unb64(wrap) for wrap in made["wraps"]]

    check_epoch_record(record, readers, former=1, keeps_history=True)
    check_wraps(record.wraps_hash, wraps, readers)
    secret = unb64(made["secret"])
    for index, reader in enumerate(readers):
        seed, stands = unb64(made["readers"][index]["seed"]), (index, len(wraps), wrap_path(readers, wraps, index))
        opened_secret = open_epoch(seed, reader.account, reader.generation, record, wraps[index], stands, place)
        assert opened_secret == secret
    at = {**place, "epoch": 2}
    assert open_label(secret, at, made["record"]["label"]) == "Salle de crise"
    assert open_previous(secret, {**at, "former": 1}, made["record"]["previous"]) == unb64(made["former"])

    header = read_header(unb64(made["header"]))
    check_envelope(header, unb64(made["signature"]), unb64(made["device"]), HubId(unb64(place["hub"])))
    opened = open_message(secret, header.body, unb64(made["ciphertext"]))
    assert opened.body == {"title": "Seringues, 40 cartons — 注射器"}


async def test_a_device_key_stays_in_the_browser_and_signs_only_its_statements(outcome: dict[str, Any]) -> None:
    assert outcome["made"]["extractable"] is False
    assert outcome["made"]["foreign"] == "unknown-context"
