"""A profile on disk: nothing in it opens without the passphrase, and nothing in it is half written."""

import asyncio
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.encoding import HubId, b64
from hub.client import administrators, files
from hub.client.enrolment import NewMember, invite, make_member, prove_recovery, read_invitation, write_invitation
from hub.client.errors import Damaged, Locked
from hub.client.keystore import read_profile, unlock, write_profile
from hub.client.outbox import Attempt, Outbox, Waiting, sending
from hub.client.ways import make_ways

HUB = HubId(bytes(range(32)))
PASSPHRASE = "correct horse battery staple"
AT = 1_795_000_000_000


@pytest.fixture(scope="module")
def ghana() -> NewMember:
    return asyncio.run(make_member(invite(HUB, "http://127.0.0.1:1", "gh-customs-1"), PASSPHRASE, "Desk", AT))


async def test_a_profile_opens_with_its_passphrase_and_holds_the_same_keys(ghana: NewMember, tmp_path: Path) -> None:
    write_profile(tmp_path / "ghana", ghana.profile)

    keys = await unlock(read_profile(tmp_path / "ghana"), PASSPHRASE)

    assert keys == ghana.keys
    assert keys.code == "GH-CUSTOMS-1"


async def test_a_profile_stays_closed_to_another_passphrase_and_another_second_secret(ghana: NewMember) -> None:
    with pytest.raises(Locked):
        await unlock(ghana.profile, PASSPHRASE + "r")
    with pytest.raises(Locked):
        await unlock(replace(ghana.profile, second=bytes(16)), PASSPHRASE)


async def test_a_vault_opens_only_at_the_hub_that_it_was_made_for(ghana: NewMember) -> None:
    with pytest.raises(Locked):
        await unlock(replace(ghana.profile, hub=HubId(bytes(32))), PASSPHRASE)


async def test_no_secret_lies_on_the_disk_in_clear_but_the_second(ghana: NewMember, tmp_path: Path) -> None:
    write_profile(tmp_path / "ghana", ghana.profile)
    written = (tmp_path / "ghana" / "profile.json").read_bytes()

    keys = ghana.keys
    secrets = [keys.vault.key, keys.vault.identity.secret, keys.device.secret, keys.vault.encryption[1].seed]
    assert not [secret for secret in secrets if b64(secret).encode() in written or secret in written]
    assert stat.S_IMODE((tmp_path / "ghana").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "ghana" / "profile.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("change", [{"wraps": []}, {"second": "short"}, {"device": None}])
async def test_an_altered_profile_is_told_and_left_alone(
    ghana: NewMember, tmp_path: Path, change: dict[str, object]
) -> None:
    write_profile(tmp_path / "ghana", ghana.profile)
    path = tmp_path / "ghana" / "profile.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    before = path.read_bytes()

    with pytest.raises((Damaged, Locked)):
        await unlock(read_profile(tmp_path / "ghana"), PASSPHRASE)

    assert path.read_bytes() == before


async def test_a_short_passphrase_is_refused_before_any_key_is_made() -> None:
    with pytest.raises(Damaged):
        await make_member(invite(HUB, "http://127.0.0.1:1", "GH-CUSTOMS-1"), "short", "Desk", AT)


async def test_the_recovery_code_is_proven_on_the_vault_that_will_be_sent(ghana: NewMember) -> None:
    foreign = await make_ways(bytes(32), HUB, "GH-CUSTOMS-1", PASSPHRASE)

    with pytest.raises(Exception, match=r"wrong key|recovery"):
        prove_recovery(foreign, HUB, "GH-CUSTOMS-1", ghana.profile.account, 1, ghana.profile.vault)


def test_an_invitation_survives_its_file_and_another_file_is_none(tmp_path: Path) -> None:
    invitation = invite(HUB, "https://hub.example", "pe-customs-1")
    write_invitation(tmp_path / "peru", invitation)

    assert read_invitation(tmp_path / "peru") == invitation
    (tmp_path / "peru").write_text('{"v": 1}')
    with pytest.raises(Damaged):
        read_invitation(tmp_path / "peru")


def test_an_administrators_key_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    key = administrators.new_administrator("First")
    administrators.write_key(tmp_path / "first.key", key, PASSPHRASE)

    assert administrators.read_key(tmp_path / "first.key", PASSPHRASE) == key
    with pytest.raises(Locked):
        administrators.read_key(tmp_path / "first.key", "something else entirely")
    with pytest.raises(Damaged):
        administrators.write_key(tmp_path / "first.key", key, PASSPHRASE)


# -- the outbox --------------------------------------------------------------------------------------------------------


def a_waiting(number: int, words: str = "Forty cartons") -> Waiting:
    return Waiting(bytes([number]) * 16, number, bytes(32), bytes(16), "post", AT, {"text": words}, {"ref": "x"})


async def test_what_waits_is_sealed_kept_in_order_and_dropped_once(ghana: NewMember, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox", ghana.keys)
    first, second = a_waiting(1), a_waiting(2)
    for one in (second, first):
        outbox.put(one)
    tried = sending(first, Attempt(7, bytes(32), b"packet"))
    outbox.put(tried)

    assert outbox.waiting() == [tried, second]
    assert not [path for path in (tmp_path / "outbox").iterdir() if b"Forty" in path.read_bytes()]
    outbox.drop(first)
    outbox.drop(first)
    assert outbox.waiting() == [second]


async def test_an_outbox_of_somebody_else_is_told_not_emptied(ghana: NewMember, tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox", ghana.keys).put(a_waiting(1))
    other = await make_member(invite(HUB, "http://127.0.0.1:1", "PE-CUSTOMS-1"), PASSPHRASE, "Desk", AT)

    with pytest.raises(Damaged):
        Outbox(tmp_path / "outbox", other.keys).waiting()

    assert len(list((tmp_path / "outbox").iterdir())) == 1


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "folder" / "file"
    files.write(path, b"one")

    def broken(handle: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(files.os, "fsync", broken)
    with pytest.raises(OSError, match="full"):
        files.write(path, b"two")

    assert path.read_bytes() == b"one"


async def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    order: list[str] = []

    async def inside(name: str) -> None:
        async with files.locked(tmp_path / "lock"):
            order.append(f"{name} in")
            await asyncio.sleep(0.05)
            order.append(f"{name} out")

    await asyncio.gather(inside("a"), inside("b"))

    assert order in (["a in", "a out", "b in", "b out"], ["b in", "b out", "a in", "a out"])
