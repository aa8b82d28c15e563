"""A coordinator runs an operation by the command line, from its opening to its like."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.test_cli import ncphub
from tests.people import Village
from tests.settled import Settlement

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
RULES = """
title = { en = "Rules of this exercise", fr = "Règles de cet exercice" }
text = { en = "Keep it here.", fr = "Cela reste ici." }
"""


@pytest.fixture
async def hub(settlement: Settlement, tmp_path: Path) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


async def test_a_coordinator_does_every_step_by_the_command_line(hub: Village, tmp_path: Path) -> None:
    ghana, peru, coordinator = await hub.members("ghana", "peru", "coordinator")
    hq, gh = str(coordinator.folder), str(ghana.folder)

    async def run(*arguments: str, who: str = hq, code: int = 0, language: str = "en") -> str:
        return await ncphub(tmp_path, "operation", *arguments, "-p", who, code=code, language=language)

    await run("open", "SDN", "Sound Needle", "--blueprint", "health")
    assert "no blueprint" in await run("open", "SDX", "Nothing", "--blueprint", "nothing", code=6)
    codes = (ghana.member.code, peru.member.code)
    await run("admit", "SDN", *codes, "--compartment", "general", "--compartment", "vaccine")
    await run("change", "SDN", codes[1], "--role", "observer", "--compartment", "general")
    await run(
        "channel", "SDN", "Ghana and us", "--type", "bilateral", "--reader", codes[0], "--reader", "BE-COORDINATOR"
    )
    await run("close-channel", "SDN", "Coordination")
    assert "needs two coordinators" in await run("phase", "SDN", "active", code=7)
    assert "isn't for the role contact Nothing was sent." in await run("phase", "SDN", "preparation", who=gh, code=7)

    told = await ncphub(tmp_path, "post", "SDN", "All members", "Hello", "-p", gh, code=7)
    assert "handling rules that you have not accepted" in told
    (tmp_path / "rules.toml").write_text(RULES)
    assert "Keep it here." in await run("rules", "SDN", "--set", str(tmp_path / "rules.toml"))
    told = await run("rules", "SDN", "--accept", who=gh, language="fr")
    assert "Cela reste ici." in told
    assert "oui" in told
    await ncphub(tmp_path, "post", "SDN", "All members", "Hello", "-p", gh)
    await run("remove", "SDN", codes[1])

    said = await run("history", "SDN", language="fr")
    assert "NCP Coordinator a ouvert l’opération." in said
    assert "NCP Coordinator a admis NCP Ghana" in said
    assert "NCP Ghana a accepté les règles de traitement, version 2." in said
    assert "NCP Coordinator a retiré NCP Peru" in said

    told = await run("clone", "SDN", "SDN2", "Sound Needle 2", "--members", "--yes")
    assert "NCP Ghana" in told
    assert "NCP Peru" not in told
    await coordinator.member.sync()
    second = coordinator.member.state.operation(coordinator.member.operation("SDN2"))
    assert ghana.member.account in second.members
    assert second.rules is not None
