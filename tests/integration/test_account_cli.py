"""One's own account by the command line: ways, devices, a new sheet, a new machine let in, a machine taken out."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.people import PASSPHRASE, Village
from tests.settled import Settlement

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
NEW_PASSPHRASE = "violet tractor under bamboo"


@pytest.fixture
async def hub(tmp_path: Path, settlement: Settlement) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


async def test_a_person_lets_a_machine_in_takes_it_out_and_makes_a_new_sheet(hub: Village, tmp_path: Path) -> None:
    [peru] = await hub.members("peru")
    mine, new = str(peru.folder), str(tmp_path / "new" / "profile")

    open_side = await started(tmp_path, "account", "let-in", "-p", mine, NCPHUB_AGREE="yes")
    assert open_side.stdout is not None
    code = ""
    while not code:
        found = re.search(r"([0-9A-Z]{4}-){5}[0-9A-Z]{4}", (await open_side.stdout.readline()).decode())
        code = "" if found is None else found[0]
    arriving = ("sign-in", new, "--hub", hub.url, "--code", peru.sheet.code, "--device", "new machine", "--approved")
    told = await ncphub(tmp_path, *arriving, NCPHUB_ONE_TIME=code)
    assert "This machine is now one of your devices." in told
    assert "It is one of your devices now." in (await open_side.communicate())[0].decode()

    listed = await ncphub(tmp_path, "account", "devices", "-p", mine)
    assert "this device" in listed.splitlines()[0]
    [device] = [line.split()[0] for line in listed.splitlines() if "new machine" in line]
    assert "Revoked: 1" in await ncphub(tmp_path, "account", "revoke", device, "-p", mine)
    assert "no such other device" in await ncphub(tmp_path, "account", "revoke", device, "-p", mine, code=6)
    await ncphub(tmp_path, "list", "HSH", "Nothing", "-p", new, code=3)

    sheet = await ncphub(tmp_path, "account", "sheet", "-p", mine, "--fresh-key", NCPHUB_NEW_PASSPHRASE=NEW_PASSPHRASE)
    assert re.search(r"Recovery code 2: ([0-9A-Z]{5}-){10}", sheet)
    await ncphub(tmp_path, "account", "ways", "-p", mine, code=5)  # the old passphrase
    ways = await ncphub(tmp_path, "account", "ways", "-p", mine, NCPHUB_PASSPHRASE=NEW_PASSPHRASE)
    assert "recovery code 2, made" in ways


def environment(**more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name not in {"LANGUAGE", "LC_ALL", "LC_MESSAGES"}}
    return {**clean, "NCPHUB_PASSPHRASE": PASSPHRASE, "LANG": "en", "PYTHONUNBUFFERED": "1", **more}


async def started(folder: Path, *arguments: str, **more: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", *arguments,
        env=environment(**more), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=folder,
    )  # fmt: skip


async def ncphub(folder: Path, *arguments: str, code: int = 0, **more: str) -> str:
    """What a command prints; fails unless it ends with `code`."""
    child = await started(folder, *arguments, **more)
    told = (await child.communicate())[0].decode()
    assert child.returncode == code, told
    return told
