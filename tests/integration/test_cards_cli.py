"""A contact card, a hand-over and a departure by the command line (docs/guide/command-line.md)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.test_cli import ncphub
from tests.people import Person, Village
from tests.settled import Settlement

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
CARD = ("--phone", "+233 30 200 0123", "--language", "en", "--time-zone", "Africa/Accra", "--hours", "08:00-16:30")


@pytest.fixture
async def people(tmp_path: Path, settlement: Settlement) -> AsyncIterator[tuple[Village, Person, Person]]:
    async with settlement.copy(tmp_path) as hub:
        ghana, peru = await hub.members("ghana", "peru")
        await hub.open(ghana, peru)
        yield hub, ghana, peru


async def test_a_card_is_written_read_handed_over_and_left_behind(
    people: tuple[Village, Person, Person], tmp_path: Path
) -> None:
    hub, ghana, peru = people
    chief = hub.people["coordinator"]

    assert "Every member and the hub can read it" in await ncphub(
        tmp_path, "card", "set", *CARD, "-p", str(ghana.folder)
    )
    seen = await ncphub(tmp_path, "card", "show", "GH-GHANA", "-p", str(peru.folder))
    assert "+233 30 200 0123" in seen
    assert "1,2,3,4,5 08:00-16:30" in seen

    over = ("card", "away", "PE-PERU", "--from", "2026-01-01", "--until", "2099-12-31", "-p", str(ghana.folder))
    assert "PE-PERU stands in for you" in await ncphub(tmp_path, *over)
    assert "NCP Peru" in await ncphub(tmp_path, "card", "show", "GH-GHANA", "-p", str(peru.folder))
    told = await ncphub(tmp_path, "coverage", "HSH", "-p", str(chief.folder))
    assert "no contact card" in told
    assert "live" in told

    left = await ncphub(tmp_path, "depart", "--confirm", "gh-ghana", "-p", str(ghana.folder))
    assert "Left HSH." in left
    assert "You have left" in left
    assert "No contact card." in await ncphub(tmp_path, "card", "show", "GH-GHANA", "-p", str(peru.folder))


async def test_what_is_no_card_and_no_consent_is_told(people: tuple[Village, Person, Person], tmp_path: Path) -> None:
    _, ghana, _ = people
    mine = ("-p", str(ghana.folder))

    assert "needs --phone" in await ncphub(tmp_path, "card", "set", "--phone", "+233 30 200 0123", *mine, code=6)
    wrong = [part if part != "Africa/Accra" else "Africa/Nowhere" for part in CARD]
    assert "no time zone" in await ncphub(tmp_path, "card", "set", *wrong, *mine, code=6)
    wrong = [part if not part.startswith("+") else "030 200" for part in CARD]
    assert "can't be made like this" in await ncphub(tmp_path, "card", "set", *wrong, *mine, code=6)
    assert "no contact card yet" in await ncphub(tmp_path, "card", "confirm", *mine, code=6)
    assert "isn't your account code" in await ncphub(tmp_path, "depart", "--confirm", "PE-PERU", *mine, code=6)
