"""What every test in a browser may ask for: a headless Chromium, and a list of what went wrong in a page."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

HERE = Path(__file__).parent
expect.set_options(timeout=30_000)  # ms: what is to be seen is waited for, and ends the wait when it is there
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these Chromium asks its maker's hosts for components at every start, and waits where the network is closed.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """
    One loop for the tests of this folder, since they share a browser: their fixtures need loop_scope="session" too.

    The mark lets `-m "not browser"` leave them out.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program that the browser tests run."""
    return program()


def program() -> str:
    """A Chromium of this machine; `.ci/browser` finds or installs one."""
    found = os.environ.get("NCPHUB_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "The browser tests need Chromium: run .ci/browser, or name it in NCPHUB_CHROMIUM."
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_browser(chromium: str) -> AsyncIterator[Browser]:
    """The process that all tests of this folder share."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, headless=True, args=list(QUIET))
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(one_browser: Browser) -> AsyncIterator[Browser]:
    """A browser for one test: each of its contexts is a machine that nobody used, and ends with the test."""
    yield one_browser
    for context in one_browser.contexts:
        await context.close()


@pytest.fixture(scope="session")
def watch() -> Callable[[Page], list[str]]:
    """
    Hand a page to it before it is opened: the list then fills with what the page complains about.

    A violation of the policy is such a complaint. One inside a worker reaches only the worker: listen there too.
    """

    def watched(page: Page) -> list[str]:
        complaints: list[str] = []
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return complaints

    return watched
