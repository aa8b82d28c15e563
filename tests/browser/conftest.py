"""What every test in a browser may ask for: a headless Chromium, and a list of what went wrong in a page."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

HERE = Path(__file__).parent
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


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Marks the tests of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program that the browser tests run."""
    return program()


def program() -> str:
    """A Chromium of this machine; `.ci/browser` finds or installs one."""
    found = os.environ.get("NCPHUB_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "The browser tests need Chromium: run .ci/browser, or name it in NCPHUB_CHROMIUM."
    return found


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A browser without any profile, for one test."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, headless=True, args=list(QUIET))
        yield running
        await running.close()


@pytest.fixture
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
