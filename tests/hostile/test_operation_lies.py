"""A hub that lies about an operation: ghosts among members and readers, two histories, an older one, a reader's orders."""

from __future__ import annotations

import secrets

import pytest
import pytest_asyncio

from crypto.encoding import AccountId
from crypto.epochs import Reader
from crypto.keys import EncryptionKey, aek_hash
from crypto.signing import new_signing_key
from hub.client.errors import Fault
from tests.hostile.forging import (
    admitting,
    behind,
    entry,
    new_channel,
    next_epoch,
    opening,
    promoting,
    with_keys_reversed,
)
from tests.hostile.malicious import MaliciousHub
from tests.hostile.visitors import Desk
from tests.people import Channel, Person, Village

READ_ONLY = "Read-only: a signed change of this operation doesn’t hold. Tell a coordinator by phone."


async def check_frozen(desk: Desk, person: Person, channel: Channel, code: str) -> None:
    """Both clients stop at the last good entry, go on showing what held, and send nothing any more."""
    sizes = len(person.member.state.operation(channel.operation).members)
    program = await desk.program(person)
    [frozen] = await program.sign_in()
    assert frozen.code == code
    assert len(program.operations()[channel.operation].members) == sizes
    with pytest.raises(Fault) as refusal:
        await program.post(channel.operation, channel.id, "post", {"text": "Into the void", "language": "en"})
    assert refusal.value.code == code

    seat = await desk.page(person, channel)
    await seat.shows(READ_ONLY)
    await seat.shows("Forty cartons of syringes")
    await seat.write("Into the void")
    await seat.shows("it is read-only here")
    assert desk.liar.sent(r"/entries|/envelopes") == []


@pytest_asyncio.fixture(loop_scope="session")
async def channel(hub: Village) -> Channel:
    """A channel with words in it, and everybody up to date."""
    ghana, peru = await hub.members("ghana", "peru")
    opened = await hub.channel("Medicines", ghana, peru)
    await ghana.say(opened, "Forty cartons of syringes")
    for one in hub.people.values():
        await one.member.sync()
        if one.name != "france":
            await one.read(opened)
    return opened


async def test_without_a_lie_the_same_people_write(hub: Village, desk: Desk, channel: Channel) -> None:
    peru = hub.people["peru"]
    program = await desk.program(peru)
    assert await program.sign_in() == []
    await program.read(channel.operation, channel.id)
    await program.post(channel.operation, channel.id, "post", {"text": "Read in Lima", "language": "en"})

    seat = await desk.page(peru, channel)
    await seat.shows("Read in Lima")
    assert READ_ONLY not in await seat.text()
    await seat.write("Written in Lima")
    await seat.shows("The hub’s receipt was checked")

    assert "Written in Lima" in await hub.people["ghana"].texts(channel)


async def test_attack_5_a_ghost_admitted_by_the_hub(
    hub: Village, desk: Desk, liar: MaliciousHub, channel: Channel
) -> None:
    coordinator, peru = await hub.members("coordinator", "peru")
    ghost = await hub.person("france")
    await coordinator.member.sync()
    own = new_signing_key("device")
    liar.change_packets(
        behind(channel.operation, entry(coordinator, channel.operation, [admitting(ghost)], signer=own))
    )

    await check_frozen(desk, peru, channel, "bad-signature")


async def test_attack_5_a_ghost_among_the_readers_of_a_new_secret(
    hub: Village, desk: Desk, liar: MaliciousHub, channel: Channel
) -> None:
    coordinator, peru = await hub.members("coordinator", "peru")
    ghost = EncryptionKey.from_seed(secrets.token_bytes(32))
    hidden = Reader(AccountId(secrets.token_bytes(16)), secrets.token_bytes(32), 1, aek_hash(ghost.public))

    liar.change_packets(
        behind(
            channel.operation,
            (await next_epoch(coordinator, channel, lambda found: [*found, (hidden, ghost.public)]))[0],
        )
    )

    await check_frozen(desk, peru, channel, "wrong-readers")


async def test_attack_5_a_reader_left_out_of_a_new_secret(
    hub: Village, desk: Desk, liar: MaliciousHub, channel: Channel
) -> None:
    coordinator, peru = await hub.members("coordinator", "peru")
    left_out = peru.account

    liar.change_packets(
        behind(
            channel.operation,
            (await next_epoch(coordinator, channel, lambda all_: [one for one in all_ if one[0].account != left_out]))[
                0
            ],
        )
    )

    await check_frozen(desk, peru, channel, "wrong-readers")


async def test_attack_37_a_readers_order_that_the_hub_lets_pass(
    hub: Village, desk: Desk, liar: MaliciousHub, channel: Channel
) -> None:
    ghana, peru = await hub.members("ghana", "peru")
    liar.change_packets(behind(channel.operation, entry(ghana, channel.operation, [promoting(ghana)])))

    await check_frozen(desk, peru, channel, "not-allowed")


async def test_attack_21_an_entry_in_another_form(
    hub: Village, desk: Desk, liar: MaliciousHub, channel: Channel
) -> None:
    coordinator, peru = await hub.members("coordinator", "peru")
    forged = entry(coordinator, channel.operation, [opening(new_channel())], body=with_keys_reversed)
    liar.change_packets(behind(channel.operation, forged))

    await check_frozen(desk, peru, channel, "not-canonical")


async def test_attack_15_another_operations_entry(
    hub: Village, desk: Desk, liar: MaliciousHub, channel: Channel
) -> None:
    coordinator, peru = await hub.members("coordinator", "peru")
    forged = entry(coordinator, channel.operation, [opening(new_channel())], operation=secrets.token_bytes(32))
    liar.change_packets(behind(channel.operation, forged))

    await check_frozen(desk, peru, channel, "wrong-place")
