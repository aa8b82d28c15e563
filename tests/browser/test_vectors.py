"""Every vector, in a browser and under the product's own policy (docs/spec/14-vectors.md)."""

import importlib.util
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page

from hub.http.headers import headers_on_every_answer

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "vectors"
INPUTS = frozenset({"wraps_once.json"})  # what make.py reads: no cases
PAGE = '<!doctype html><html lang="en"><title>Vectors</title><script type="module" src="/vectors.js"></script></html>'


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


@pytest.fixture
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


@pytest.mark.timeout(300)
async def test_every_vector_holds_in_the_browser(
    site: TestServer, browser: Browser, watch: Callable[[Page], list[str]]
) -> None:
    page = await browser.new_page()
    complaints = watch(page)

    await page.goto(str(site.make_url("/")))
    told = await page.locator("#results").text_content(timeout=240_000)

    outcome = json.loads(told or "{}")
    assert "broken" not in outcome, outcome["broken"]
    failed = [one for one in outcome["results"] if not one["passed"]]
    assert not failed, "\n".join(json.dumps(one) for one in failed)
    ran = {name: sum(one["file"] == name for one in outcome["results"]) for name in vector_files()}
    assert ran == {name: len(content["cases"]) for name, content in vector_files().items()}
    assert outcome["violations"] == []
    assert complaints == []
