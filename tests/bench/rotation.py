"""
B17: a clearance is taken from one of 300 members, and the channel gets its next secret in the same entry.

Making the secret and its 300 wraps alone in Python; the whole commit in Python; and the whole commit in a browser, from
pressing the button to the sentence that it is signed. Hub, database and browser share the machine.
"""

from __future__ import annotations

import os
import re
import secrets
import statistics
import time
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from crypto.chain import chain_start
from crypto.directory import Enrolment
from crypto.encoding import AccountId, ChannelId, DeviceId, OperationId, OrganisationId, ids
from crypto.keys import EncryptionKey
from crypto.membership import readers
from crypto.sealing import make_epoch
from crypto.signing import new_signing_key
from hub.client import governance
from hub.client.enrolment import invite
from hub.client.member import Member
from hub.client.registrar import Handed
from tests.bench.fleet import FREE
from tests.bench.measure import Fact
from tests.browser.conftest import QUIET, program
from tests.people import Village, a_hub
from tests.stories.desk import sit_down
from tests.stories.hub_process import Serving
from tests.stories.line import a_line

MEMBERS = 300
CLEARED = ("general", "precursor")
IN_AN_ENTRY = 200
PYTHON, BROWSER = 100.0, 500.0  # milliseconds

# From the click to the sentence, told by the page's own clock.
SIGN = """() => new Promise((done) => {
  const from = performance.now();
  const watch = new MutationObserver(() => {
    if (document.querySelector(".panel.is-checked") === null) return;
    watch.disconnect();
    done(performance.now() - from);
  });
  watch.observe(document.body, { childList: true, subtree: true, attributes: true });
  document.querySelector("dialog .is-main").click();
})"""


async def measure(dsn: str, state_dir: Path, rounds: int) -> list[Fact]:
    async with AsyncExitStack() as stack:
        serving = Serving(state_dir / "hub.log")
        village = await stack.enter_async_context(
            a_hub(state_dir, dsn, serving=serving, local_names=True, limits=FREE, token_minutes=60)
        )
        coordinator = (await village.person("coordinator")).member
        operation = await coordinator.open_operation("BIG", "Three hundred", CLEARED)
        others = [await _certified(village, number) for number in range(MEMBERS - 1)]
        await coordinator.sync()
        for first in range(0, len(others), IN_AN_ENTRY):
            some = others[first : first + IN_AN_ENTRY]
            admitted = [governance.admit(coordinator.state, one, "contact", CLEARED) for one in some]
            await coordinator.commit(operation, *admitted)
        channel = await coordinator.open_channel(operation, "Chemicals", compartment="precursor")

        alone = [_made(coordinator, operation, channel) for _ in range(rounds)]
        whole = [await _taken(coordinator, operation, others[number]) for number in range(rounds)]
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=program(), headless=True, args=list(QUIET))
        stack.push_async_callback(browser.close)
        line = await stack.enter_async_context(a_line(village.settings.port))
        desk = await sit_down(browser, village.people["coordinator"], line)
        await desk.signs_in()
        await desk.follows(re.compile("^Channels$"))
        await desk.follows(re.compile(r"^\d+ members$"))
        shown = [await _signed(desk.page, f"NCP {number:03}") for number in range(rounds, 2 * rounds)]
    load = os.getloadavg()[0]
    about = f"{MEMBERS} members, {rounds} rounds, load {load:.1f}"
    return [
        Fact(
            "B17",
            f"rotation in Python: secret and wraps alone ({about})",
            1000 * statistics.median(alone),
            "ms",
            PYTHON,
        ),
        Fact("B17", "the same with signature, request and the hub's judgement", 1000 * statistics.median(whole), "ms"),
        Fact(
            "B17", "rotation in Chromium: from the button to “signed”", 1000 * statistics.median(shown), "ms", BROWSER
        ),
    ]


async def _certified(village: Village, number: int) -> AccountId:
    """A person with certified keys who never signs in."""
    invitation = invite(village.id, village.url, f"GH-BIG-{number}")
    await village.registrar.open_invitation(invitation)
    enrolment = Enrolment(
        hub=village.id,
        invitation=invitation.invitation,
        account=invitation.account,
        code=invitation.code,
        aik=new_signing_key("account").public,
        aek=EncryptionKey.from_seed(secrets.token_bytes(32)).public,
        device=DeviceId(secrets.token_bytes(16)),
        device_key=new_signing_key("device").public,
        device_label="none",
        at=0,
    )
    organisation = OrganisationId(invitation.invitation)
    await village.registrar.add_organisation(organisation, f"Customs {number}", "GH", f"Customs {number}")
    await village.registrar.certify(Handed(enrolment, invitation, b""), organisation, f"NCP {number:03}")
    return AccountId(enrolment.account)


def _made(coordinator: Member, operation: OperationId, channel: ChannelId) -> float:
    """Seconds for the secret, its record and one wrap for each reader."""
    state = coordinator.state
    directory = state.directory.latest
    found = readers(state.operation(operation), channel, directory)
    to = [(reader, directory.accounts[reader.account].aek) for reader in found]
    place = ids(hub=state.keys.hub, operation=operation, channel=channel)
    seen = (0, chain_start(state.keys.hub, operation, channel))
    began = time.perf_counter()
    make_epoch(place, 2, to, "Chemicals", seen, (1, secrets.token_bytes(32)))
    return time.perf_counter() - began


async def _taken(coordinator: Member, operation: OperationId, account: AccountId) -> float:
    began = time.perf_counter()
    await coordinator.commit(operation, governance.change_member(account, "contact", CLEARED[:1]))
    return time.perf_counter() - began


async def _signed(page: Page, name: str) -> float:
    await page.get_by_role("button", name=f"Change the clearance of {name}").click()
    await page.get_by_role("checkbox", name="Precursor").uncheck()
    await expect(page.locator("dialog .is-main")).to_be_enabled()
    return float(await page.evaluate(SIGN)) / 1000
