"""
A log of 100,000 entries, recounted in the auditor's browser: the checkpoint's signature, every entry's hash, the root.

The browser's own functions under the product's own policy; fetching the entries is not counted.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright

from crypto.encoding import b64
from crypto.merkle import Frontier, leaf_hash
from crypto.signing import new_signing_key
from crypto.tlog import encode_bundle, leaf_body, sign_checkpoint
from hub.http.headers import headers_on_every_answer
from tests.bench.measure import Fact
from tests.browser.conftest import QUIET, program
from tests.browser.test_vectors import build_steps

ENTRIES = 100_000
IN_A_BUNDLE = 256
ORIGIN = "bench.test/log"
PAGE = '<!doctype html><html lang="en"><title>Log</title><body><script type="module" src="/recount.js"></script></html>'


async def measure(_dsn: str, _state_dir: Path, rounds: int) -> list[Fact]:
    """The median of `rounds` recounts."""
    entries = [an_entry(number) for number in range(ENTRIES)]
    with tempfile.TemporaryDirectory() as folder:
        steps = build_steps()
        node = steps.find_node()
        steps.install_packages(node)
        steps.run(node, "bundle.mjs", "test", folder)
        server = TestServer(site(entries, Path(folder, "recount.js")))
        await server.start_server()
        try:
            times = sorted([await recounted(str(server.make_url("/"))) for _ in range(rounds)])
        finally:
            await server.close()
    return [Fact("log", f"{ENTRIES:,} entries recounted in the browser", times[len(times) // 2] / 1000, "s")]


def an_entry(number: int) -> bytes:
    """An access as a hub logs it."""
    return leaf_body(
        type="read",
        at=1_790_000_000_000 + number,
        actor=os.urandom(16),
        device=os.urandom(16),
        operation=os.urandom(32),
        object=b64(os.urandom(16)),
        hash=os.urandom(32),
        salt=os.urandom(16),
    )


def site(entries: list[bytes], script: Path) -> web.Application:
    """The page, the log and its signed checkpoint."""
    key = new_signing_key("log")
    tree = Frontier()
    for entry in entries:
        tree.append(leaf_hash(entry))
    note = sign_checkpoint(key, ORIGIN, tree.size, tree.root())
    bundles = [encode_bundle(entries[at : at + IN_A_BUNDLE]) for at in range(0, len(entries), IN_A_BUNDLE)]
    facts = {"origin": ORIGIN, "key": b64(key.public), "bundles": len(bundles)}

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def code(_: web.Request) -> web.FileResponse:
        return web.FileResponse(script)

    async def about(_: web.Request) -> web.Response:
        return web.json_response(facts)

    async def checkpoint(_: web.Request) -> web.Response:
        return web.Response(text=note)

    async def bundle(request: web.Request) -> web.Response:
        return web.Response(body=bundles[int(request.match_info["index"])])

    app = web.Application()
    headers_on_every_answer(app, secure=False)
    app.add_routes([web.get("/", page), web.get("/recount.js", code), web.get("/facts.json", about)])
    app.add_routes([web.get("/checkpoint", checkpoint), web.get("/entries/{index}", bundle)])
    return app


async def recounted(address: str) -> float:
    """Milliseconds of one recount in a fresh browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=list(QUIET))
        page = await browser.new_page()
        await page.goto(address)
        told: dict[str, Any] = json.loads(await page.locator("#results").text_content(timeout=120_000) or "{}")
        await browser.close()
    assert told["size"] == ENTRIES, told
    return float(told["milliseconds"])
