"""A notice by the command line: sent, listed, acknowledged for one's country (docs/guide/command-line.md)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.test_cli import ncphub
from tests.people import Person, Village
from tests.settled import Settlement

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
NOTICE = """
kind = "instruction"
authentic = "en"
title.en = "Cold boxes without a data logger"
title.fr = "Glacières sans enregistreur"
text.en = "Hold them and tell us."
text.fr = "Retenez-les et prévenez-nous."
"""


@pytest.fixture
async def people(tmp_path: Path, settlement: Settlement) -> AsyncIterator[tuple[Village, Person, Person]]:
    async with settlement.copy(tmp_path) as hub:
        ghana, peru = await hub.members("ghana", "peru")
        await hub.channel("All members", ghana, peru)
        yield hub, ghana, hub.people["coordinator"]


async def test_a_notice_is_sent_and_acknowledged(people: tuple[Village, Person, Person], tmp_path: Path) -> None:
    _, ghana, chief = people
    file = tmp_path / "notice.toml"
    file.write_text(NOTICE)
    where = ("HSH", "All members")

    sent = await ncphub(tmp_path, "notice", *where, str(file), "--due", "2099-01-01T00:00Z", "-p", str(chief.folder))
    assert "Notice 1 was sent" in sent
    done = await ncphub(tmp_path, "acknowledge", *where, "1", "--state", "action-taken", "-p", str(ghana.folder))
    assert "Notice 1: action taken" in done

    told = await ncphub(tmp_path, "notices", *where, "-p", str(chief.folder))
    assert "Cold boxes without a data logger" in told
    assert "1 of 2 countries have acknowledged" in told
    silent = await ncphub(tmp_path, "notices", *where, "--not-yet", "-p", str(chief.folder))
    assert "PE" in silent
    assert "GH" not in silent


async def test_what_is_no_notice_and_no_answer_is_told(people: tuple[Village, Person, Person], tmp_path: Path) -> None:
    _, ghana, chief = people
    file = tmp_path / "notice.toml"
    where = ("HSH", "All members")

    file.write_text(NOTICE.replace("instruction", "gossip"))
    told = await ncphub(tmp_path, "notice", *where, str(file), "-p", str(chief.folder), code=6)
    assert "doesn't say what kind" in told
    file.write_text(NOTICE)
    told = await ncphub(tmp_path, "notice", *where, str(file), "--due", "tomorrow", "-p", str(chief.folder), code=6)
    assert "2027-03-12T18:00Z" in told
    assert "There is no such notice" in await ncphub(
        tmp_path, "acknowledge", *where, "7", "-p", str(ghana.folder), code=6
    )
    told = await ncphub(tmp_path, "notice", *where, str(file), "-p", str(ghana.folder), code=7)
    assert "role doesn't allow this" in told
