"""The whole way of a person by the command line alone: invited, enrolled, certified, in an operation, heard."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crypto.encoding import b64
from hub.client.administrators import write_key
from tests.people import PASSPHRASE, Village, a_hub

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
SHORT_ALERT = """
country = "GH"
event_at = "2026-11-20T09:30Z"
direction = "IMPORT"
conveyance = "SEA_CONTAINER"
category = "MED_OTHER"
goods = "Amoxicillin 500 mg capsules"
quantity = "12000"
unit = "TABLET"
cases = 1
tlp = "TLP:AMBER"
"""


@pytest.fixture
async def hub(tmp_path: Path, database: str) -> AsyncIterator[Village]:
    async with a_hub(tmp_path, database) as village:
        for number, key in enumerate(village.keys, 1):
            write_key(tmp_path / f"{number}.key", key, PASSPHRASE)
        yield village


async def test_somebody_joins_and_is_heard_by_the_command_line_alone(hub: Village, tmp_path: Path) -> None:
    keys = ["--key", str(tmp_path / "1.key")]
    for code, name, may in (("HQ-COORDINATION-1", "hq", ["--a2", "--may", "coordinate"]), ("GH-CUSTOMS-1", "gh", [])):
        file = str(tmp_path / f"{name}.invitation")
        await ncphub(
            tmp_path, "people", "invite", code, "--hub", hub.url, "--hub-id", b64(hub.id), *keys, "--file", file
        )
        sheet = await ncphub(tmp_path, "people", "enrol", file, "-p", name)
        about = ["--name", f"NCP {name}", "--organisation", f"Customs of {name}", "--country", "GH"]
        told = await ncphub(tmp_path, "people", "certify", file, *about, *keys, *may)
        assert number(sheet) == number(told)
        assert f"NCP {name}" in await ncphub(tmp_path, "sign-in", name)

    await ncphub(tmp_path, "operation", "open", "HSH", "HEALTH SHIELD", "-p", "hq")
    await ncphub(tmp_path, "operation", "channel", "HSH", "All members", "-p", "hq")
    await ncphub(tmp_path, "operation", "admit", "HSH", "GH-CUSTOMS-1", "-p", "hq")
    (tmp_path / "alert.toml").write_text(SHORT_ALERT)
    await ncphub(tmp_path, "alert", "HSH", "All members", str(tmp_path / "alert.toml"), "--form", "short", "-p", "gh")
    await ncphub(tmp_path, "post", "HSH", "all members", "Is there more of this?", "-p", "hq")

    listed = await ncphub(tmp_path, "list", "HSH", "All members", "-p", "hq")
    assert "Amoxicillin 500 mg capsules" in listed
    assert "Is there more of this?" in listed
    reference = re.search(r"HSH-GH-[0-9A-Z]{6}-[0-9A-Z]", listed)
    assert reference is not None
    shown = await ncphub(tmp_path, "show", "HSH", "All members", reference[0], "-p", "hq")
    assert "Signed by NCP gh (GH-CUSTOMS-1)" in shown
    assert "TLP:AMBER" in shown
    assert LOG_LINE in await ncphub(tmp_path, "checkpoint", "-p", "gh")


async def test_what_goes_wrong_ends_in_a_sentence_and_its_exit_code(hub: Village, tmp_path: Path) -> None:
    (ghana,) = await hub.members("ghana")

    assert "There is no profile" in await ncphub(tmp_path, "operations", "-p", "nobody", code=6)
    told = await ncphub(tmp_path, "operations", "-p", str(ghana.folder), code=5, passphrase="wrong battery staple")
    assert "don't open this account's vault" in told
    told = await ncphub(tmp_path, "post", "HSH", "All members", "Hello", "-p", str(ghana.folder), code=7)
    assert "role doesn't allow this" in told
    told = await ncphub(tmp_path, "post", "HSH", "All members", "Hello", "-p", str(ghana.folder), code=7, language="fr")
    assert "rôle" in told
    assert "Traceback" not in told


LOG_LINE = "exercise.test/log"


async def ncphub(
    folder: Path, *arguments: str, code: int = 0, passphrase: str = PASSPHRASE, language: str = "en"
) -> str:
    """What a command prints; fails unless it ends with `code`."""
    clean = {name: value for name, value in os.environ.items() if name not in {"LANGUAGE", "LC_ALL", "LC_MESSAGES"}}
    environment = {
        **clean,
        "NCPHUB_PASSPHRASE": passphrase,
        "NCPHUB_PROFILES": str(folder / "profiles"),
        "LANG": language,
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", *arguments,
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told = (await child.communicate())[0].decode()
    assert child.returncode == code, told
    return told


def number(told: str) -> str:
    found = re.search(r"(?:\d{5} ){5}\d{5}", told)
    assert found is not None, told
    return found[0]
