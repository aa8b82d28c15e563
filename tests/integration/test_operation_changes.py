"""Every change that a coordinator makes in an operation, taken and refused, by the members' own client."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crypto.encoding import AccountId, ChannelId, OperationId, hash_of, unb64
from crypto.membership import Operation, pending, stale
from hub import paths
from hub.client import governance, operating
from hub.client.domain import published
from hub.client.domain.errors import DomainError
from hub.client.errors import ClientError, Fault
from hub.client.history import lines_of
from hub.client.member import Member
from tests.people import Person, Village
from tests.settled import Settlement

DOMAIN = published.load(paths.config())
HEALTH = operating.plan_of(DOMAIN.blueprint("health"), "en")


@pytest.fixture
async def hub(settlement: Settlement, tmp_path: Path) -> AsyncIterator[Village]:
    async with settlement.copy(tmp_path) as village:
        yield village


async def opened(hub: Village) -> tuple[Person, OperationId]:
    """A coordinator's operation from the health blueprint."""
    (coordinator,) = await hub.members("coordinator")
    await coordinator.member.sync()
    operation = await operating.open_planned(coordinator.member.state, "SDN", "Sound Needle", HEALTH, DOMAIN.documents)
    return coordinator, operation


def latest(person: Person, operation: OperationId) -> Operation:
    return person.member.state.operation(operation)


def told(person: Person, operation: OperationId) -> list[str]:
    member = person.member
    lines = lines_of(member.state.operations[operation], member.state.directory.latest)
    return [line.said(lambda text: text) for line in lines]


async def refused(member: Member, operation: OperationId, *changes: object) -> str:
    """The code of the rule that refuses; nothing was sent."""
    before = member.state.operation(operation).seq
    with pytest.raises(ClientError) as error:
        await member.commit(operation, *changes)  # type: ignore[arg-type]
    await member.sync()
    assert member.state.operation(operation).seq == before
    return str(getattr(error.value, "code", ""))


async def test_a_blueprint_opens_with_channels_forms_rules_and_a_date(hub: Village) -> None:
    coordinator, operation = await opened(hub)

    state = latest(coordinator, operation)
    rooms = await coordinator.member.rooms(operation)
    assert state.phase == "planned"
    assert {room.label for room in rooms} == {"All members", "Announcements", "Coordination", "Vaccine arrivals"}
    assert list(state.templates) == ["seizure", "warning", "feedback", "arrival", "trend"]
    assert state.rules is not None
    assert state.rules.version == 1
    assert state.retention_until is not None
    assert state.seq == 1
    assert all(channel.epoch is not None and channel.epoch.number == 1 for channel in state.channels.values())


async def test_a_form_that_is_not_there_opens_nothing(hub: Village) -> None:
    (coordinator,) = await hub.members("coordinator")
    await coordinator.member.sync()
    plan = operating.Plan(("general",), (), ("no-such-form",))

    with pytest.raises(DomainError):
        await operating.open_planned(coordinator.member.state, "SDN", "Sound Needle", plan, DOMAIN.documents)
    await coordinator.member.sync()
    assert "SDN" not in {one.code for one in coordinator.member.operations().values()}


async def test_several_are_admitted_in_one_entry_and_read_by_each_channels_policy(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    ghana, peru = await hub.members("ghana", "peru")
    member = coordinator.member
    case = await member.open_channel(operation, "Case 7", type="case", history="from-join")
    everybody = await member.channel(operation, "All members")
    for channel in (everybody, case):
        await member.post(operation, channel, "post", {"text": "Before", "language": "en"})

    people = [AccountId(one.account) for one in (ghana, peru)]
    await member.commit(operation, *(governance.admit(member.state, one, "contact", ("general",)) for one in people))

    assert [line for line in told(coordinator, operation) if "admitted" in line] == [
        "NCP Coordinator admitted NCP Ghana: Contact point, cleared for General. Signed.",
        "NCP Coordinator admitted NCP Peru: Contact point, cleared for General. Signed.",
    ]
    await peru.member.sync()
    assert [item.body for item in await peru.member.read(operation, everybody) if item.body] != []
    assert [item.body for item in await peru.member.read(operation, case) if item.body] == []
    assert latest(coordinator, operation).channel(everybody).epoch.number == 1  # type: ignore[union-attr]
    assert latest(coordinator, operation).channel(case).epoch.number == 2  # type: ignore[union-attr]


async def test_nobody_is_admitted_twice_or_by_who_may_not(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    ghana, peru = await hub.members("ghana", "peru")
    await coordinator.member.admit(operation, AccountId(ghana.account))
    await ghana.member.sync()

    again = governance.admit(coordinator.member.state, AccountId(ghana.account), "deputy", ("general",))
    assert await refused(coordinator.member, operation, again) == "repeated"
    other = governance.admit(ghana.member.state, AccountId(peru.account), "contact", ("general",))
    assert await refused(ghana.member, operation, other) == "not-allowed"


async def test_a_role_and_a_clearance_change_and_what_is_lost_gets_a_new_secret(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    (ghana,) = await hub.members("ghana")
    account = AccountId(ghana.account)
    await coordinator.member.admit(operation, account, "contact", ("general", "vaccine"))
    arrivals = await coordinator.member.channel(operation, "Vaccine arrivals")

    await coordinator.member.commit(operation, governance.change_member(account, "analyst", ("general",)))

    state = latest(coordinator, operation)
    assert (state.member(account).role, state.member(account).compartments) == ("analyst", ("general",))
    assert not stale(state, arrivals, coordinator.member.state.directory.latest)
    assert state.channel(arrivals).epoch.number == 2  # type: ignore[union-attr]
    assert told(coordinator, operation)[-3:] == [
        "NCP Coordinator changed the role of NCP Ghana: Analyst. Signed.",
        "NCP Coordinator took the clearance for Vaccine from NCP Ghana. Signed.",
        "The channel has a new secret: NCP Ghana no longer reads it.",
    ]
    await ghana.member.sync()
    mine = governance.change_member(account, "coordinator", ("general", "vaccine"))
    assert await refused(ghana.member, operation, mine) == "not-allowed"


async def test_who_is_removed_reads_nothing_of_what_follows(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    (ghana,) = await hub.members("ghana")
    await coordinator.member.admit(operation, AccountId(ghana.account))

    await coordinator.member.remove(operation, AccountId(ghana.account))

    state = latest(coordinator, operation)
    everybody = await coordinator.member.channel(operation, "All members")
    assert ghana.member.account not in state.members
    assert [one.account for one in state.channel(everybody).epoch.holders] == [coordinator.member.account]  # type: ignore[union-attr]
    assert "NCP Coordinator removed NCP Ghana. Signed." in told(coordinator, operation)
    assert await refused(coordinator.member, operation, governance.remove(coordinator.member.account)) == "not-allowed"


async def test_a_channel_is_closed_once_and_takes_nothing_more(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    member = coordinator.member
    channel = await member.channel(operation, "Announcements")

    await member.commit(operation, governance.close_channel(channel))

    assert not latest(coordinator, operation).channel(channel).open
    assert told(coordinator, operation)[-1] == "NCP Coordinator closed a channel: Announcements (General). Signed."
    assert await refused(member, operation, governance.close_channel(channel)) == "repeated"
    with pytest.raises(ClientError):
        await member.post(operation, channel, "post", {"text": "Too late", "language": "en"})


async def test_channels_of_each_kind_are_opened_for_those_whom_they_name(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    ghana, peru = await hub.members("ghana", "peru")
    member = coordinator.member
    for one in (ghana, peru):
        await member.admit(operation, AccountId(one.account))
    audiences: list[tuple[str, str, list[str | bytes], int]] = [
        ("regional", "countries", ["BE", "GH"], 2),
        ("bilateral", "accounts", [ghana.account, coordinator.account], 2),
        ("case", "accounts", [coordinator.account], 1),
        ("announcement", "all", [], 3),
        ("coordination", "roles", ["coordinator"], 1),
    ]

    for kind, scope, of, readers in audiences:
        channel = await member.open_channel(operation, f"Of {kind}", type=kind, scope=scope, of=of)
        assert member.reader_count(operation, channel) == readers
        assert not pending(latest(coordinator, operation), channel, member.state.directory.latest)

    nobody = governance.open_channel(governance.new_channel(), "regional", "general", "countries", ["GH"])
    elsewhere = governance.open_channel(governance.new_channel(), "all", "precursor")
    assert await refused(member, operation, elsewhere) == "not-allowed"
    await member.commit(operation, nobody)
    assert latest(coordinator, operation).channels[ChannelId(_id(nobody))].epoch is None


def _id(change: object) -> bytes:
    return unb64(str(change["channel"]), 16)  # type: ignore[index]


async def test_active_needs_a_second_coordinator(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    (ghana,) = await hub.members("ghana")
    member = coordinator.member

    assert await refused(member, operation, governance.set_phase("active")) == "not-allowed"
    await member.admit(operation, AccountId(ghana.account), "coordinator")
    await member.commit(operation, governance.set_phase("active"))
    await member.commit(operation, governance.set_phase("reporting"))

    assert latest(coordinator, operation).phase == "reporting"
    assert told(coordinator, operation)[-1] == (
        "NCP Coordinator moved the operation to another phase: Reporting. Signed."
    )


async def test_rules_are_accepted_once_per_version_and_read_under_their_hash(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    (ghana,) = await hub.members("ghana")
    await coordinator.member.admit(operation, AccountId(ghana.account))
    await ghana.member.sync()
    account = ghana.member.account

    rules = await operating.rules_of(ghana.member.state, operation)
    assert rules == HEALTH.rules
    assert operating.has_to_accept(latest(ghana, operation), account)
    assert await refused(ghana.member, operation, operating.accept_rules(2)) == "wrong-place"
    await ghana.member.commit(operation, operating.accept_rules(1))
    assert not operating.has_to_accept(latest(ghana, operation), account)
    assert await refused(ghana.member, operation, operating.accept_rules(1)) == "repeated"

    second = {"title": {"en": "Rules", "fr": "Règles"}, "text": {"en": "Shorter.", "fr": "Plus court."}}
    change, beside = operating.set_rules(2, second)
    assert await refused(ghana.member, operation, change) == "not-allowed"
    await coordinator.member.sync()
    await coordinator.member.commit(operation, change, documents=[beside])
    await ghana.member.sync()
    assert operating.has_to_accept(latest(ghana, operation), account)
    assert told(ghana, operation)[-1] == "NCP Coordinator set the handling rules, version 2. Signed."


async def test_rules_that_are_not_what_was_signed_are_refused_on_both_sides(
    hub: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator, operation = await opened(hub)
    member = coordinator.member
    rules = {"title": {"en": "A", "fr": "A"}, "text": {"en": "B", "fr": "B"}}
    change, beside = operating.set_rules(2, rules)
    assert isinstance(beside, dict)
    other = {**beside, "document": {**rules, "text": {"en": "C", "fr": "C"}}}

    with pytest.raises(ClientError):
        await member.commit(operation, change, documents=[other])

    async def lie(*_: object) -> object:
        return {**rules, "text": {"en": "Anything goes.", "fr": "Tout est permis."}}

    monkeypatch.setattr(member.hub, "template", lie)
    with pytest.raises(Fault) as fault:
        await operating.rules_of(member.state, operation)
    assert fault.value.code == "wrong-place"


async def test_an_operation_like_an_earlier_one_takes_settings_and_people_but_no_words(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    (ghana,) = await hub.members("ghana")
    member = coordinator.member
    await member.admit(operation, AccountId(ghana.account), "contact", ("general", "vaccine"))
    await member.open_channel(operation, "Two of us", type="bilateral", scope="accounts", of=[coordinator.account])
    await member.post(
        operation, await member.channel(operation, "All members"), "post", {"text": "Old", "language": "en"}
    )

    plan = await operating.plan_like(member.state, operation, with_members=True)
    second = await operating.open_planned(member.state, "SDN2", "Sound Needle 2", plan, DOMAIN.documents)

    state = latest(coordinator, second)
    rooms = await member.rooms(second)
    assert {room.label for room in rooms} == {"All members", "Announcements", "Coordination", "Vaccine arrivals"}
    assert state.members[ghana.member.account].compartments == ("general", "vaccine")
    assert list(state.templates) == list(latest(coordinator, operation).templates)
    assert state.rules is not None
    assert state.rules.hash == hash_of("rules", HEALTH.rules)
    assert await member.read(second, rooms[0].channel) == []


async def test_what_another_coordinator_did_first_is_judged_and_not_overwritten(hub: Village) -> None:
    coordinator, operation = await opened(hub)
    ghana, peru = await hub.members("ghana", "peru")
    first = coordinator.member
    await first.admit(operation, AccountId(ghana.account), "coordinator", ("general", "vaccine"))
    await first.admit(operation, AccountId(peru.account))
    await ghana.member.sync()
    peru_id = AccountId(peru.account)
    was = first.state.operation(operation).member(peru_id)

    # Another entry that does not touch it: judged anew on top of it, and taken.
    await ghana.member.commit(operation, governance.set_phase("preparation"))
    await first.commit(operation, governance.change_member(peru_id, "deputy", ("general",)))
    assert first.state.operation(operation).phase == "preparation"

    # One that changed the same member: the coordinator decides again.
    await ghana.member.sync()
    await ghana.member.commit(operation, governance.change_member(peru_id, "observer", ("general",)))
    seen = first.state.operation(operation).member(peru_id)
    assert seen.role == "deputy"

    def still_meant(state: Operation) -> None:
        if state.member(peru_id).role != seen.role:
            raise Fault("changed-meanwhile", "peru")

    wanted = governance.change_member(peru_id, was.role, ("general", "vaccine"))
    with pytest.raises(Fault) as fault:
        await governance.commit(first.state, operation, [wanted], still_meant=still_meant)
    assert fault.value.code == "changed-meanwhile"
    assert first.state.operation(operation).member(peru_id).role == "observer"
