"""
After each loss: what the person, the thief with all that the device and the hub hold, and the hub can and can't open
(docs/guide, "If you lost something"; docs/spec/27-ways.md).
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from crypto.encoding import DeviceId, b64, ids, unb64
from crypto.errors import CannotOpen, ProtocolError
from crypto.sealing import open_epoch
from crypto.signing import new_signing_key
from crypto.vault import open_vault, passphrase_door, read_secret, read_vault_wrap, unwrap_vault_key
from crypto.ways import NewDevice, approval_of, format_approval_code, new_device_body, new_device_mac
from hub.client import approval, epochs, operating
from hub.client.api import Hub
from hub.client.arrival import Secrets, arrive
from hub.client.enrolment import Invitation, Sheet, make_member
from hub.client.errors import Fault, Locked, Refused
from hub.client.keystore import Unlocked, read_profile, write_profile
from hub.client.member import Member
from hub.client.registrar import Handed
from hub.client.state import now
from tests.people import PASSPHRASE, Channel, Person, Village
from tests.settled import Settlement

NEW_PASSPHRASE = "violet tractor under bamboo"
BEFORE, AFTER = "Forty cartons of syringes", "Said after the loss"


@pytest.fixture
async def hub(tmp_path: Path, settlement: Settlement) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


async def a_channel_with_words(hub: Village) -> tuple[Person, Person, Channel]:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.say(channel, BEFORE)
    return ghana, peru, channel


async def other_machine(hub: Village, person: Person, folder: Path) -> Member:
    await arrive(folder, hub.url, person.sheet.code, Secrets(PASSPHRASE, second=person.sheet.second), "second machine")
    member = await Member.open(folder, PASSPHRASE)
    await member.sign_in()
    return member


async def texts(member: Member, channel: Channel) -> list[str]:
    await member.sync()
    items = await member.read(channel.operation, channel.id)
    return [str(item.body["text"]) for item in items if item.body is not None]


async def everything_at(hub: Village) -> bytes:
    """All that the hub's database holds, as whoever steals it reads it."""
    assert hub.settings.dsn is not None
    db = await asyncpg.connect(hub.settings.dsn.get_secret_value())
    try:
        tables = await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        dump = b""
        for (table,) in tables:
            for (row,) in await db.fetch(f'SELECT t::text FROM "{table}" t'):
                dump += row.encode()
                # Byte columns are written as hex: what is inside them is searched too.
                dump += b"".join(bytes.fromhex(part[: len(part) // 2 * 2]) for part in _hexes(row))
        return dump
    finally:
        await db.close()


def _hexes(row: str) -> list[str]:
    found = []
    for part in row.split("\\x")[1:]:
        digits = part[: next((at for at, one in enumerate(part) if one not in "0123456789abcdef"), len(part))]
        found.append(digits)
    return found


async def opens_present_epoch(thief: Unlocked, member: Member, channel: Channel) -> bool:
    """Whether any key that the thief has opens the account's copy of the channel's secret, as the hub hands it out."""
    state = member.state
    epoch = state.operation(channel.operation).channels[channel.id].epoch
    assert epoch is not None
    told = await member.hub.wrap(b64(channel.operation), b64(channel.id), epoch.number)
    generation, signed = int(told["generation"]), unb64(told["grant"]) if told.get("grant") else None
    path = (int(told["index"]), int(told["size"]), [unb64(part) for part in told["path"]])
    place = epochs.place_of(state, channel.operation, channel.id)

    def opens(keys: Unlocked) -> bool:
        for key in keys.vault.encryption.values():
            with suppress(CannotOpen):
                open_epoch(key, member.account, generation, epoch.record, unb64(told["wrap"]), path, place, signed)
                return True
        return False

    assert opens(state.keys)  # the owner's do
    return opens(thief)


async def test_a_device_lost_while_locked_opens_nothing_of_what_comes(hub: Village, tmp_path: Path) -> None:
    ghana, peru, channel = await a_channel_with_words(hub)
    spare = await other_machine(hub, peru, tmp_path / "spare")
    shutil.copytree(peru.folder, tmp_path / "stolen")
    stolen = read_profile(tmp_path / "stolen")

    await spare.revoke_device(stolen.device.id, "lost, locked")
    sheet = await spare.renew_ways(NEW_PASSPHRASE, fresh_key=True)
    await ghana.say(channel, AFTER)

    # The person: everything, on the machine that is left and on a new one.
    assert await texts(spare, channel) == [BEFORE, AFTER]
    await arrive(tmp_path / "new", hub.url, sheet.code, Secrets(NEW_PASSPHRASE, second=sheet.second), "new machine")
    async with await Member.open(tmp_path / "new", NEW_PASSPHRASE) as fresh:
        await fresh.sign_in()
        assert await texts(fresh, channel) == [BEFORE, AFTER]
    # The thief: nothing without the passphrase; one who guesses it opens what was, and nothing that comes.
    with pytest.raises(Locked):
        await Member.open(tmp_path / "stolen", "correct horse battery stable")
    guessed = await Member.open(tmp_path / "stolen", PASSPHRASE)
    with pytest.raises(Refused) as refused:
        await guessed.sign_in()
    assert refused.value.code == "unauthenticated"
    assert not await opens_present_epoch(guessed.state.keys, spare, channel)
    # … nor with all that the hub holds: its ways and vault are sealed otherwise now.
    told = await spare.hub.vault()
    door = passphrase_door(bytes(32), read_secret(peru.sheet.second), hub.id, stolen.code, stolen.wraps[0].wrap)
    for one in told["wraps"]:
        with pytest.raises(ProtocolError):
            unwrap_vault_key(read_vault_wrap(one), door, hub.id, stolen.code)
    place = ids(hub=hub.id, account=peru.account, version=int(told["version"]))
    with pytest.raises(CannotOpen):
        open_vault(guessed.state.keys.vault.key, place, told["sealed"])
    await guessed.close()
    await spare.close()


async def test_a_lost_passphrase_costs_nothing_but_the_old_sheet(hub: Village, tmp_path: Path) -> None:
    _, peru, channel = await a_channel_with_words(hub)
    seen: list[Sheet] = []

    sheet = await arrive(
        tmp_path / "again",
        hub.url,
        peru.sheet.code,
        Secrets(NEW_PASSPHRASE, recovery=peru.sheet.recovery),
        "again",
        confirm=seen.append,
    )

    assert sheet is not None
    assert (sheet.number, seen) == (2, [sheet])
    async with await Member.open(tmp_path / "again", NEW_PASSPHRASE) as again:
        await again.sign_in()
        assert await texts(again, channel) == [BEFORE]
    for given in (Secrets(PASSPHRASE, second=peru.sheet.second), Secrets(PASSPHRASE, recovery=peru.sheet.recovery)):
        with pytest.raises(Refused) as refused:
            await arrive(tmp_path / "old", hub.url, peru.sheet.code, given, "old sheet")
        assert refused.value.code == "unauthenticated"


async def test_a_sheet_that_was_not_confirmed_leaves_the_old_one_in_force(hub: Village, tmp_path: Path) -> None:
    [peru] = await hub.members("peru")

    def not_on_paper(_: object) -> None:
        raise Locked("The groups don't fit.")

    with pytest.raises(Locked):
        await peru.member.renew_ways(NEW_PASSPHRASE, confirm=not_on_paper)

    await arrive(tmp_path / "b", hub.url, peru.sheet.code, Secrets(PASSPHRASE, second=peru.sheet.second), "b")


async def start_again(hub: Village, person: Person, folder: Path) -> Member:
    """A new invitation for the same account, new keys, account.rekey, and the person's new machine."""
    invitation = Invitation(
        hub.id, hub.url, person.sheet.code, person.invitation.account, secrets.token_bytes(16), secrets.token_bytes(16)
    )
    await hub.registrar.open_invitation(invitation)
    made = await make_member(invitation, NEW_PASSPHRASE, "new machine", now())
    await hub.registrar.hub.enrol(made.request)
    handed: list[Handed] = await hub.registrar.pending({invitation.invitation: invitation})
    [mine] = [one for one in handed if one.enrolment.account == invitation.account]
    enrolment = mine.enrolment
    about = ids(account=enrolment.account, aik=enrolment.aik, aek=enrolment.aek, invitation=enrolment.invitation)
    await hub.registrar._act("account.rekey", 1, about, mine.device)
    write_profile(folder, made.profile)
    member = Member(folder, made.profile, made.keys)
    await member.sign_in()
    return member


async def test_who_loses_everything_starts_again_and_no_operation_loses_a_word(hub: Village, tmp_path: Path) -> None:
    ghana, peru, channel = await a_channel_with_words(hub)
    coordinator = await hub.person("coordinator")
    closed = await hub.channel("From joining on", ghana, history="from-join")
    await ghana.say(closed, "Before Peru joined")

    member = await start_again(hub, peru, tmp_path / "again")
    before = member.operations()
    await coordinator.member.sync()
    restored = operating.let_in(
        coordinator.member.state, channel.operation, member.account, "contact", ("general", "precursor", "vaccine")
    )
    await coordinator.member.commit(channel.operation, restored)
    await coordinator.member.tend(channel.operation)
    await ghana.member.sync()
    await ghana.say(channel, AFTER)

    # The person: the archive of a channel that shows it to newcomers, and what comes; not what never was theirs.
    assert before == {}
    assert await texts(member, channel) == [BEFORE, AFTER]
    with pytest.raises((Fault, Refused)):
        await texts(member, closed)
    # Whoever finds the old machine with the old sheet and passphrase: no session, and no key of what comes.
    old = await Member.open(peru.folder, PASSPHRASE)
    with pytest.raises(Refused):
        await old.sign_in()
    assert not await opens_present_epoch(old.state.keys, member, channel)
    # The hub: no word, neither before nor after.
    held = await everything_at(hub)
    for words in (BEFORE, AFTER, NEW_PASSPHRASE, "Before Peru joined"):
        assert words.encode() not in held
    # The others lost nothing.
    assert await ghana.texts(channel) == [BEFORE, AFTER]
    await old.close()
    await member.close()


async def test_a_stolen_open_device_ends_with_the_suspension_and_the_thief_gets_nothing_new(
    hub: Village, tmp_path: Path
) -> None:
    ghana, peru, channel = await a_channel_with_words(hub)
    thief = peru.member  # everything in memory, signed in
    assert await texts(thief, channel) == [BEFORE]

    await hub.registrar.suspend(peru.member.account, "stolen while open")
    with pytest.raises(Refused):
        await thief.hub.json("GET", "/api/vault")
    await ghana.member.sync()
    await ghana.say(channel, AFTER)
    with pytest.raises(Refused):
        await thief.sign_in()

    member = await start_again(hub, peru, tmp_path / "again")
    coordinator = await hub.person("coordinator")
    await coordinator.member.sync()
    restored = operating.let_in(
        coordinator.member.state, channel.operation, member.account, "contact", ("general", "precursor", "vaccine")
    )
    await coordinator.member.commit(channel.operation, restored)
    await coordinator.member.tend(channel.operation)

    assert await texts(member, channel) == [BEFORE, AFTER]
    assert not await opens_present_epoch(thief.state.keys, member, channel)
    with pytest.raises(Refused):
        await thief.sign_in()
    with pytest.raises((Refused, Fault)):  # the old identity key signs nothing for the account any more
        await thief.add_device(secrets.token_bytes(16), new_signing_key("device").public, "the thief's own")
    await member.close()


async def test_a_new_machine_is_let_in_by_one_that_is_open(hub: Village, tmp_path: Path) -> None:
    _, peru, channel = await a_channel_with_words(hub)
    opening = await approval.let_in(peru.member)

    async def new_machine() -> None:
        typed = opening.code.lower().replace("-", " ")
        await approval.arrive_by_approval(tmp_path / "new", hub.url, peru.sheet.code, typed, "new machine")

    asking = asyncio.ensure_future(new_machine())
    asked = await approval.asked(peru.member, opening)
    await approval.agree(peru.member, asked)
    await asking

    assert asked.device.label == "new machine"
    async with await Member.open(tmp_path / "new", PASSPHRASE) as fresh:
        await fresh.sign_in()
        assert await texts(fresh, channel) == [BEFORE]
    with pytest.raises(Locked):  # once
        await approval.arrive_by_approval(tmp_path / "third", hub.url, peru.sheet.code, opening.code, "third")


async def test_a_new_machine_with_another_code_or_that_is_refused_gets_nothing(hub: Village, tmp_path: Path) -> None:
    peru, ghana = await hub.members("peru", "ghana")
    opening = await approval.let_in(peru.member)
    other = format_approval_code(secrets.token_bytes(13))
    with pytest.raises(Locked):
        await approval.arrive_by_approval(tmp_path / "a", hub.url, peru.sheet.code, other, "a")
    with pytest.raises(Locked):
        await approval.arrive_by_approval(tmp_path / "a", hub.url, peru.sheet.code, opening.code[:-1], "a")

    asking = asyncio.ensure_future(
        approval.arrive_by_approval(tmp_path / "b", hub.url, peru.sheet.code, opening.code, "b")
    )
    await approval.asked(peru.member, opening)
    with pytest.raises(Refused):  # somebody else's approval isn't there for others
        await ghana.member.hub.json("GET", f"/api/approvals/{b64(opening.approval.id)}")
    await approval.refuse(peru.member, opening)
    with pytest.raises(Locked):
        await asking
    assert not (tmp_path / "b").exists()


async def test_a_hub_that_swaps_the_new_machines_key_is_found_out(hub: Village, tmp_path: Path) -> None:
    [peru] = await hub.members("peru")
    opening = await approval.let_in(peru.member)
    forged = approval_of(secrets.token_bytes(13), hub.id)
    key = new_signing_key("device")
    device = NewDevice(
        hub.id, opening.approval.id, peru.sheet.code, DeviceId(secrets.token_bytes(16)), key.public, "hub", now()
    )
    body = new_device_body(device)
    request = ids(
        approval=opening.approval.id,
        body=body,
        signature=key.sign("enrol", body),
        mac=new_device_mac(forged, hub.id, body),
    )
    async with Hub(hub.url) as outside:
        await outside.json("POST", "/api/sign-in/approval", body=request)

    with pytest.raises(Fault) as fault:
        await approval.asked(peru.member, opening)

    assert fault.value.code == "cannot-open"
