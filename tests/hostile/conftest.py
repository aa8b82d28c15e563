"""People at a hub that lies to them: the real clients, a real hub behind, and a liar between."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.conftest import NAMES, QUIET
from tests.hostile.malicious import MaliciousHub, standing_before
from tests.hostile.visitors import Desk
from tests.people import Village
from tests.settled import Settlement

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all of them in a process: they share a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all; each attack has a context of its own, which is a machine of its own."""
    program = os.environ.get("NCPHUB_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert program, "These tests need Chromium: run .ci/browser, or name it in NCPHUB_CHROMIUM."
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=program, headless=True, args=list(QUIET))
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hub(settlement: Settlement, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Village]:
    """A hub with a coordinator, Ghana and Peru at it, for all attacks of one file."""
    async with settlement.copy(tmp_path_factory.mktemp("hostile")) as village:
        await village.open(*await village.members("ghana", "peru"))
        yield village


@pytest_asyncio.fixture(loop_scope="session")
async def liar(hub: Village) -> AsyncIterator[MaliciousHub]:
    """What stands between the members and the hub in one test; honest until it is told to lie."""
    async with standing_before(hub.url) as between:
        yield between


@pytest.fixture
def desks(chromium: Browser, tmp_path: Path) -> Callable[[MaliciousHub], Desk]:
    return lambda liar: Desk(chromium, liar, tmp_path)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(chromium: Browser, liar: MaliciousHub, tmp_path: Path) -> AsyncIterator[Desk]:
    """New machines for people, each at the liar."""
    async with _a_desk(chromium, liar, tmp_path) as opened:
        yield opened


@asynccontextmanager
async def _a_desk(chromium: Browser, liar: MaliciousHub, folder: Path) -> AsyncIterator[Desk]:
    desk = Desk(chromium, liar, folder)
    try:
        yield desk
    finally:
        await desk.close()
