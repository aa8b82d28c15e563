"""What every story may ask for: a hub as a process, people, a browser with desks, and silence in its console."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.conftest import QUIET, chromium
from tests.people import Channel, Person, Village, free_port
from tests.settled import Settlement
from tests.stories.complaints import Complaints, complaints_of
from tests.stories.desk import Desk, picture, sit_down
from tests.stories.hub_process import HubProcess, Serving
from tests.stories.line import Line, a_line

__all__ = ["chromium"]

HERE = Path(__file__).parent
FIRST_WORDS = "First words of the exercise"
CHANNEL = "All members"
TOWN = ("ghana", "peru", "coordinator", "auditor")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """A module's stories share a hub, a browser and one loop."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@dataclass(slots=True)
class Town:
    """A village whose people sit at browsers."""

    village: Village
    hub: HubProcess
    browser: Browser
    complaints: Complaints
    channel: Channel
    stack: AsyncExitStack
    desks: list[Desk] = field(default_factory=list)
    network_may_complain: bool = False
    """Set by a story that cuts lines or kills the hub: then a browser says that it could not load something."""

    def person(self, name: str) -> Person:
        return self.village.people[name]

    async def line(self) -> Line:
        return await self.stack.enter_async_context(a_line(self.village.settings.port))

    async def desk(self, name: str) -> Desk:
        """A browser that this person never used before, with a line to the hub of its own."""
        desk = await sit_down(self.browser, self.person(name), await self.line())
        self.desks.append(desk)
        return desk

    async def signed_in(self, *names: str) -> list[Desk]:
        desks = [await self.desk(name) for name in names]
        await asyncio.gather(*(desk.signs_in() for desk in desks))
        return desks


@pytest.fixture(scope="session")
def settled_town(settlement: Settlement, tmp_path_factory: pytest.TempPathFactory) -> Settlement:
    """Ghana, Peru, a coordinator and an auditor in one operation with a channel, in which something was said before."""

    async def story(village: Village) -> None:
        ghana, peru, _, _ = await village.members(*TOWN)
        await ghana.say(await village.channel(CHANNEL, ghana, peru), FIRST_WORDS)

    return asyncio.run(settlement.later(tmp_path_factory.mktemp("settled-town"), "settled_town", story))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole_town(
    settled_town: Settlement, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """The settled town, its hub as a process and a browser, for the stories of one module."""
    folder = tmp_path_factory.mktemp("town")
    serving = Serving(folder / "hub.log")
    async with AsyncExitStack() as stack:
        village = await stack.enter_async_context(settled_town.copy(folder, serving, log_level="warning"))
        ghana, *_ = await village.members(*TOWN)
        operation = await village.open()
        channel = Channel(operation, await ghana.member.channel(operation, CHANNEL))
        playwright = await stack.enter_async_context(async_playwright())
        port = free_port()
        browser = await playwright.chromium.launch(
            executable_path=chromium, headless=True, args=[*QUIET, f"--remote-debugging-port={port}"]
        )
        stack.push_async_callback(browser.close)
        complaints = await stack.enter_async_context(complaints_of(port))
        yield Town(village, serving.hub, browser, complaints, channel, stack)


@pytest_asyncio.fixture(loop_scope="module")
async def town(whole_town: Town, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """The town for one story: afterwards nobody may have complained, and every desk is left."""
    whole_town.complaints.said.clear()
    whole_town.network_may_complain = False
    yield whole_town
    failed = request.session.testsfailed > 0
    for number, desk in enumerate(whole_town.desks):
        if failed and not desk.page.is_closed():
            await picture(desk, tmp_path / f"{number}-{desk.person.name}.png")
        await desk.context.close()
    whole_town.desks.clear()
    complaints = whole_town.complaints
    request.node.add_report_section("teardown", "what the pages complained of", "\n".join(complaints.said))
    said = complaints.others() if whole_town.network_may_complain else complaints.said
    assert said == [], f"the pages complained; pictures of failures in {tmp_path}"
