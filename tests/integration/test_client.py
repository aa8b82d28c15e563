"""Members at a real hub: what one says the others read, once and in order, and nobody else."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.encoding import b64
from hub.client import epochs, governance, keystore
from hub.client.api import Hub
from hub.client.arrival import Secrets, arrive
from hub.client.channel import ChannelView
from hub.client.errors import Fault, Frozen, Locked, Refused, Unreachable
from hub.client.member import Member
from hub.client.reading import take_all
from tests.people import PASSPHRASE, Channel, Person, Village, a_hub, served
from tests.proxy import a_proxy
from tests.settled import Settlement


@pytest.fixture
async def hub(tmp_path: Path, settlement: Settlement) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


# -- said and read -----------------------------------------------------------------------------------------------------


async def test_two_members_exchange_an_alert(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)

    receipt = await ghana.say(channel, "Forty cartons of syringes at Tema", kind="alert")
    (item,) = await peru.read(channel)

    assert item.body == {"text": "Forty cartons of syringes at Tema", "language": "en"}
    assert item.author is not None
    assert item.author.name == "NCP Ghana"
    assert (item.id, item.seq, item.leaf) == (receipt.id, receipt.seq, receipt.leaf)
    assert await peru.member.channel(channel.operation, "medicines") == channel.id


async def test_who_is_not_in_the_channel_opens_nothing_even_with_every_packet(hub: Village) -> None:
    ghana, peru, kenya = await hub.members("ghana", "peru", "kenya")
    await hub.open(kenya)
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.say(channel, "For Peru alone")
    page = await peru.member.hub.envelopes(_id(channel.operation), _id(channel.id), after=0)
    await kenya.member.sync()

    with pytest.raises(Refused) as refused:
        await kenya.read(channel)
    view = ChannelView(hub.id, channel.operation, channel.id)
    (item,) = await take_all(kenya.member.state, view, page.packets)

    assert refused.value.status == 403
    assert item.body is None
    assert item.fault is not None
    assert item.fault.code == "not-a-reader"
    assert [room.readable for room in await kenya.member.rooms(channel.operation)] == [False]


async def test_a_removed_member_cannot_open_what_is_sent_after(hub: Village) -> None:
    ghana, peru, coordinator = await hub.members("ghana", "peru", "coordinator")
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.say(channel, "Before")
    assert await peru.texts(channel) == ["Before"]

    await coordinator.member.remove(channel.operation, peru.member.account)
    await ghana.member.sync()
    await ghana.say(channel, "After")

    page = await ghana.member.hub.envelopes(_id(channel.operation), _id(channel.id), after=1)
    await coordinator.member.sync()
    assert await coordinator.texts(channel) == ["Before", "After"]
    for seen in page.packets:
        (item,) = await take_all(peru.member.state, peru.member.state.channels[channel.id], [seen])
        assert item.body is None
    with pytest.raises(Refused):
        await peru.say(channel, "Still here?")


async def test_the_next_sender_renews_a_secret_that_became_stale(hub: Village) -> None:
    ghana, peru, kenya = await hub.members("ghana", "peru", "kenya")
    channel = await hub.channel("Medicines", ghana, peru, kenya)
    await ghana.say(channel, "One")
    await hub.registrar.suspend(kenya.member.account, "left the service")

    await peru.member.sync()
    await peru.say(channel, "Two")

    await ghana.member.sync()
    assert ghana.member.state.operation(channel.operation).channel(channel.id).epoch.number == 2  # type: ignore[union-attr]
    assert await ghana.texts(channel) == ["One", "Two"]


async def test_a_newcomer_reads_the_archive_where_history_is_kept(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    operation = await hub.open(ghana)
    coordinator = await hub.person("coordinator")
    channel = Channel(operation, await coordinator.member.open_channel(operation, "All members"))
    await ghana.member.sync()
    await ghana.say(channel, "Long ago")

    await hub.open(peru)

    assert await peru.texts(channel) == ["Long ago"]


async def test_a_newcomer_reads_nothing_from_before_where_history_begins_with_joining(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    operation = await hub.open(ghana)
    coordinator = await hub.person("coordinator")
    channel = Channel(operation, await coordinator.member.open_channel(operation, "Case", history="from-join"))
    await ghana.member.sync()
    await ghana.say(channel, "Long ago")

    await hub.open(peru)
    await ghana.member.sync()
    await ghana.say(channel, "Welcome")

    assert await peru.texts(channel) == ["Welcome"]
    assert [item.fault.code for item in await peru.read(channel) if item.fault] == ["not-a-reader"]


async def test_a_contact_may_not_admit_anybody(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    operation = await hub.open(ghana)

    await ghana.member.sync()

    with pytest.raises(Fault) as refused:
        await ghana.member.admit(operation, peru.member.account)
    assert refused.value.code == "not-allowed"


async def test_two_coordinators_who_change_at_once_both_succeed(hub: Village) -> None:
    coordinator, second, ghana, peru = await hub.members("coordinator", "second", "ghana", "peru")
    operation = await hub.open(second, role="coordinator")
    for one in (coordinator, second):
        await one.member.sync()

    await asyncio.gather(
        coordinator.member.admit(operation, ghana.member.account), second.member.admit(operation, peru.member.account)
    )

    await coordinator.member.sync()
    members = coordinator.member.operations()[operation].members
    assert {ghana.account, peru.account} <= members.keys()


# -- once and in order -------------------------------------------------------------------------------------------------


async def test_what_was_written_survives_a_hub_that_went_away_and_is_sent_once(tmp_path: Path, database: str) -> None:
    async with a_hub(tmp_path, database) as hub:
        ghana, peru = await hub.members("ghana", "peru")
        channel = await hub.channel("Medicines", ghana, peru)
        await ghana.say(channel, "One")
        await peru.read(channel)
        settings = hub.settings
    with pytest.raises(Unreachable):
        await ghana.say(channel, "Two")
    assert len(ghana.member.state.outbox.waiting()) == 1
    await ghana.member.close()

    async with served(settings):
        again = await hub.again(ghana)
        await again.member.flush()
        await again.member.flush()

        assert again.member.state.outbox.waiting() == []
        assert await again.texts(channel) == ["One", "Two"]
        await again.member.close()


async def test_an_answer_that_got_lost_is_asked_for_and_nothing_is_said_twice(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    async with a_proxy(hub.url) as proxy:
        cut = await _through(proxy.url, ghana)
        proxy.swallow = b"/envelopes HTTP"
        sending = asyncio.create_task(cut.say(channel, "Once"))
        await asyncio.wait_for(proxy.swallowed.wait(), 30)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        assert cut.member.state.outbox.waiting()[0].attempt is not None
        await cut.member.close()

    again = await hub.again(ghana)
    (receipt,) = await again.member.flush()
    assert receipt.seq == 1
    await again.say(channel, "Then this")

    assert await peru.texts(channel) == ["Once", "Then this"]
    await again.member.close()


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_killed_client_sends_exactly_once_when_it_comes_back(hub: Village, moment: str) -> None:
    """`before`: the request never reaches the hub. `after`: its answer never reaches the client."""
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.member.close()
    async with a_proxy(hub.url) as proxy:
        profile = keystore.read_profile(ghana.folder)
        keystore.write_profile(ghana.folder, replace(profile, url=proxy.url))
        proxy.swallow = b"/envelopes HTTP" if moment == "after" else b"POST /api/sign-in HTTP"
        child = await _command(ghana, "post", "HSH", "Medicines", "Said by a process that dies")
        await asyncio.wait_for(proxy.swallowed.wait(), 60)
        child.send_signal(signal.SIGKILL)
        await child.communicate()
    keystore.write_profile(ghana.folder, profile)

    for _ in range(2):
        child = await _command(ghana, "outbox")
        told, _ = await child.communicate()
        assert child.returncode == 0, told

    expected = ["Said by a process that dies"] if moment == "after" else []
    assert await peru.texts(channel) == expected
    assert list((ghana.folder / "outbox").glob("*.sealed")) == []


# -- live --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blocked", [False, True], ids=["websocket", "long-poll"])
async def test_what_is_said_arrives_live_also_where_sockets_are_blocked(hub: Village, blocked: bool) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.say(channel, "Missed")
    heard: list[str] = []
    async with a_proxy(hub.url) as proxy:
        proxy.no_sockets = blocked
        listening = await _through(proxy.url, peru)
        async with asyncio.timeout(60), aclosing(listening.member.follow()) as events:
            async for event in events:
                assert event.fault is None
                if event.item is not None and event.item.body is not None:
                    heard.append(str(event.item.body["text"]))
                    if heard == ["Missed"]:
                        await ghana.say(channel, "Live")
                    if len(heard) == 2:
                        break
        await listening.member.close()

    assert heard == ["Missed", "Live"]
    assert (proxy.refused > 0) is blocked


async def test_following_goes_on_when_the_hub_was_away(tmp_path: Path, database: str) -> None:
    async with a_hub(tmp_path, database) as hub:
        ghana, peru = await hub.members("ghana", "peru")
        channel = await hub.channel("Medicines", ghana, peru)
        settings = hub.settings
        await hub.close()
    ghana, peru = await asyncio.gather(*(_opened(one) for one in (ghana, peru)))
    running = asyncio.Event()

    async def hub_comes_and_goes() -> None:
        for words in ("One", "Two"):
            async with served(settings):
                await ghana.member.sign_in()
                await ghana.say(channel, words)
                await running.wait()
                running.clear()

    heard: list[str] = []
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(hub_comes_and_goes())
        await _until_it_answers(peru)
        async with aclosing(peru.member.follow()) as events:
            async for event in events:
                if event.item is not None and event.item.body is not None:
                    heard.append(str(event.item.body["text"]))
                    running.set()
                if len(heard) == 2:
                    break
    await ghana.member.close()
    await peru.member.close()

    assert heard == ["One", "Two"]


async def test_a_session_that_was_ended_is_opened_again_without_asking(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    before = ghana.member.hub.token
    await ghana.member.hub.json("DELETE", "/api/session")

    await ghana.say(channel, "Next morning")

    assert await peru.texts(channel) == ["Next morning"]
    assert ghana.member.hub.token != before


# -- devices and sheets ------------------------------------------------------------------------------------------------


async def test_a_second_machine_reads_everything_with_what_is_on_the_sheet(hub: Village, tmp_path: Path) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await peru.say(channel, "For Ghana")
    given = Secrets(PASSPHRASE, second=ghana.sheet.second)

    assert await arrive(tmp_path / "laptop", hub.url, "gh-ghana", given, "Laptop") is None

    laptop = await Member.open(tmp_path / "laptop", PASSPHRASE)
    await laptop.sign_in()
    items = await laptop.read(channel.operation, channel.id)
    await laptop.post(channel.operation, channel.id, "post", {"text": "From the laptop", "language": "en"})
    await laptop.close()
    assert [item.body for item in items] == [{"text": "For Ghana", "language": "en"}]
    assert await peru.texts(channel) == ["For Ghana", "From the laptop"]


async def test_a_revoked_device_is_locked_out_and_the_person_goes_on_with_a_new_key(
    hub: Village, tmp_path: Path
) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await peru.say(channel, "Before")
    await arrive(tmp_path / "lost", hub.url, "GH-GHANA", Secrets(PASSPHRASE, second=ghana.sheet.second), "Lost laptop")
    lost = await Member.open(tmp_path / "lost", PASSPHRASE)
    await lost.sign_in()

    await ghana.member.revoke_device(lost.state.keys.device_id, "lost in a taxi")
    await peru.member.sync()
    await peru.say(channel, "After")
    await ghana.say(channel, "Still here")

    with pytest.raises(Refused):
        await lost.post(channel.operation, channel.id, "post", {"text": "Found", "language": "en"})
    await lost.close()
    again = await hub.again(ghana)
    assert again.member.person.generation == 2
    assert await again.texts(channel) == ["Before", "After", "Still here"]
    await again.member.close()


async def test_a_wrong_passphrase_opens_nothing(hub: Village, tmp_path: Path) -> None:
    (ghana,) = await hub.members("ghana")

    with pytest.raises(Locked):
        await Member.open(ghana.folder, "incorrect horse battery staple")
    given = Secrets("incorrect horse battery staple", second=ghana.sheet.second)
    with pytest.raises(Refused) as refused:
        await arrive(tmp_path / "thief", hub.url, "GH-GHANA", given, "Thief")

    assert refused.value.status == 401
    assert not (tmp_path / "thief").exists()


async def test_the_recovery_code_gives_a_new_sheet_and_ends_the_old_one(hub: Village, tmp_path: Path) -> None:
    (ghana,) = await hub.members("ghana")
    given = Secrets("a new passphrase of mine", recovery=ghana.sheet.recovery)

    sheet = await arrive(tmp_path / "new", hub.url, "GH-GHANA", given, "New machine")

    assert sheet is not None
    recovered = await Member.open(tmp_path / "new", "a new passphrase of mine")
    assert await recovered.sign_in() == []
    await recovered.close()
    old = Secrets(PASSPHRASE, second=ghana.sheet.second)
    with pytest.raises(Refused):
        await arrive(tmp_path / "old", hub.url, "GH-GHANA", old, "Old sheet")


# -- what a hub can't do -----------------------------------------------------------------------------------------------


async def test_a_device_refuses_a_hub_that_shows_less_than_before(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    await ghana.say(channel, "One")
    await peru.read(channel)
    await peru.member.keep_pins()
    pins = peru.member.state.pins
    pins.channels[channel.operation, channel.id] = replace(pins.channels[channel.operation, channel.id], seq=2)

    with pytest.raises(Fault) as refused:
        await peru.read(channel)

    assert refused.value.code == "rolled-back"


async def test_an_altered_envelope_is_marked_and_the_next_one_is_read(hub: Village) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    channel = await hub.channel("Medicines", ghana, peru)
    for words in ("One", "Two"):
        await ghana.say(channel, words)
    page = await peru.member.hub.envelopes(_id(channel.operation), _id(channel.id), after=0)
    first, second = page.packets
    forged = replace(first, signatures=(bytes(64),))

    view = peru.member.state.channel_view(channel.operation, channel.id)
    bad, good = await take_all(peru.member.state, view, [forged, second])

    assert bad.fault is not None
    assert bad.fault.code == "bad-signature"
    assert bad.body is None
    # The second follows an envelope of the device that wasn't authentic here: told, not hidden.
    assert good.fault is not None
    assert good.fault.code == "gap"
    assert list((peru.folder / "evidence").iterdir())


async def test_an_entry_that_may_not_stand_freezes_its_operation_alone(hub: Village) -> None:
    ghana, coordinator = await hub.members("ghana", "coordinator")
    operation = await hub.open(ghana)
    other = await coordinator.member.open_operation("TWO", "Another", ["general"])
    packets = [packet async for packet in coordinator.member.hub.entries(_id(operation), -1)]
    fresh = await hub.again(coordinator)
    view = fresh.member.state.operations[operation]
    bad = replace(packets[-1], signatures=(bytes(64),), place=packets[-1].place.replace(b'"seq":1', b'"seq":2'))

    with pytest.raises(Frozen):
        view.take(bad, fresh.member.state.directory)
    with pytest.raises(Frozen):
        await fresh.member.commit(operation, governance.set_phase("preparation"))

    await fresh.member.commit(other, governance.set_phase("preparation"))
    await fresh.member.close()


async def test_a_label_is_read_by_readers_only(hub: Village) -> None:
    ghana, peru, kenya = await hub.members("ghana", "peru", "kenya")
    await hub.open(kenya)
    channel = await hub.channel("Vials without a cold chain", ghana, peru)
    await kenya.member.sync()

    assert await epochs.label(peru.member.state, channel.operation, channel.id) == "Vials without a cold chain"
    assert await epochs.label(kenya.member.state, channel.operation, channel.id) == ""


# -- builders ----------------------------------------------------------------------------------------------------------


def _id(raw: bytes) -> str:
    return b64(raw)


async def _through(url: str, person: Person) -> Person:
    """The same profile, reaching the hub by another address."""
    member = await Member.open(person.folder, PASSPHRASE, hub=Hub(url))
    await member.sign_in()
    return replace(person, member=member)


async def _opened(person: Person) -> Person:
    return replace(person, member=await Member.open(person.folder, PASSPHRASE))


async def _until_it_answers(person: Person) -> None:
    while True:
        try:
            await person.member.sign_in()
        except Unreachable:
            await asyncio.sleep(0.1)
        else:
            return


async def _command(person: Person, *arguments: str) -> asyncio.subprocess.Process:
    environment = {**os.environ, "NCPHUB_PASSPHRASE": PASSPHRASE}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hub",
        *arguments,
        "--profile",
        str(person.folder),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
