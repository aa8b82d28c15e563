"""B3: durable, signed, audited posts a second without recipients, against what one core can verify (Ed25519)."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.envelope import envelope_id
from crypto.packet import Packet, unpack
from hub.access.actor import Actor, Place
from hub.messages.service import POST_OFFICE
from tests.bench.measure import Result, in_turn
from tests.builders import Hub, Person, Room, running_hub

POSTERS = 64
POSTS = 3200


async def measure(dsn: str, state_dir: Path, rounds: int) -> list[Result]:
    """The way of a post from its parsed packet to its receipt, `POSTERS` at once; without HTTP, which B6 has."""
    async with running_hub(dsn, state_dir) as hub:
        ama = await hub.member("ama", "GH", "coordinate")
        people = [await hub.enrol(f"p{number}", "PE") for number in range(POSTERS)]
        operation = await hub.open_operation(ama)
        for start in range(0, POSTERS, 16):
            await hub.submit_entry(ama, operation, [hub.admitting(one) for one in people[start : start + 16]])
        room = await hub.open_channel(ama, operation, [ama, *people])
        posts = {person.account: iter(_posts(room, person, rounds * POSTS // POSTERS)) for person in people}

        async def rate() -> float:
            start = time.perf_counter()
            await asyncio.gather(*(_post(hub, room, person, posts[person.account]) for person in people))
            return POSTS / (time.perf_counter() - start)

        result = Result("B3", "durable, signed, audited posts/s ÷ Ed25519 verifies/s", 0.8)
        return [await in_turn(result, rate, verifies, rounds)]


def _posts(room: Room, person: Person, count: int) -> list[Packet]:
    """Sealed and signed beforehand, each naming the one before."""
    made = []
    for _ in range(count):
        packet = unpack(room.envelope(person))
        person.sent[room.channel].append(envelope_id(packet.body))
        made.append(packet)
    return made


async def _post(hub: Hub, room: Room, person: Person, posts: Iterator[Packet]) -> None:
    office = hub.app[POST_OFFICE]
    actor = Actor(person.account, person.device, frozenset(), "bench", 2**52, Place("127.0.0.1", "bench"))
    for packet in itertools.islice(posts, POSTS // POSTERS):
        await office.post(room.operation, room.channel, packet, actor)


async def verifies() -> float:
    """Ed25519 verifications a second of one core, of a message as long as a header."""
    key = Ed25519PrivateKey.generate()
    message = bytes(900)
    signature, public = key.sign(message), key.public_key()
    start = time.perf_counter()
    for _ in range(4000):
        public.verify(signature, message)
    return 4000 / (time.perf_counter() - start)
