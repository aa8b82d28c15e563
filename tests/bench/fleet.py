"""Many devices of a few members, each with a session of its own, and requests that are signed before any clock runs."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from crypto.acts import act_body
from crypto.encoding import DeviceId, b64, canon, ids
from crypto.envelope import envelope_id
from crypto.packet import pack
from crypto.sealing import seal_message
from crypto.signing import SigningKey, new_signing_key
from hub.client.api import Hub
from hub.client.epochs import epoch_secret
from hub.client.member import Member
from hub.client.state import now
from hub.settings import Limits
from tests.people import Channel, Person

HOUR = 3_600_000
FREE = Limits(requests_per_minute=10**7, open_requests_per_minute=10**7, sockets=10**4, sockets_per_account=10**4)
AT_ONCE = 16
WORDS = "Forty cartons of syringes at Tema, seal broken, papers of another consignment. " * 8


@dataclass(slots=True)
class Voice:
    """One device: what it sends is numbered and chained from its own first envelope."""

    member: Member
    device: DeviceId
    key: SigningKey
    token: str = ""
    said: int = 0
    last: bytes | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request, ready for the wire, and what must be found in the hub's journal if it was acknowledged."""

    request: bytes
    packet: bytes
    statement: bytes


async def voices(people: Sequence[Person], count: int) -> list[Voice]:
    """`count` new devices, certified by their owners' identity keys, signed in and named."""
    made: list[Voice] = []
    for number, person in enumerate(people):
        made += await _certified(person, count // len(people) + (number < count % len(people)))
    gate = asyncio.Semaphore(AT_ONCE)

    async def ready(voice: Voice) -> None:
        async with gate:
            await _signed_in(voice)

    await asyncio.gather(*(ready(voice) for voice in made))
    return made


async def _certified(person: Person, count: int) -> list[Voice]:
    member = person.member
    await member.sync()
    keys, first = member.state.keys, member.state.directory.latest.next_n([member.account])
    made = []
    for number in range(count):
        voice = Voice(member, DeviceId(secrets.token_bytes(16)), new_signing_key("device"))
        act = act_body(
            hub=keys.hub,
            type="device.add",
            by=[member.account],
            n=first + number,
            expires=now() + HOUR,
            **ids(account=member.account, device=voice.device, key=voice.key.public, label=f"device {number}"),
        )
        await member.hub.submit_act(pack(b"", b"", act, [keys.vault.identity.sign("act", act)], b""))
        made.append(voice)
    return made


async def _signed_in(voice: Voice) -> None:
    keys = voice.member.state.keys
    async with Hub(voice.member.hub.url) as hub:
        await hub.sign_in(keys.code, keys.wrap, keys.door.sign_in_secret)
        session = str((await hub.who())["jti"])
        at = now()
        statement = canon(ids(hub=keys.hub, session=session, device=voice.device, at=at))
        await hub.bind_device(voice.device, at, voice.key.sign("sign-in", statement))
        assert hub.token is not None
        voice.token = hub.token


async def prepare(voice: Voice, channel: Channel, count: int) -> list[Prepared]:
    """The next `count` posts of a voice, made without the hub: what it says of the channel is asked once."""
    state = voice.member.state
    if state.channel_view(channel.operation, channel.id).seq == 0:
        await voice.member.sync()
        await voice.member.read(channel.operation, channel.id)
    operation, view = state.operation(channel.operation), state.channel_view(channel.operation, channel.id)
    epoch = operation.channel(channel.id).epoch
    assert epoch is not None
    channel_secret = await epoch_secret(state, channel.operation, channel.id, epoch.number)
    path = f"/api/operations/{b64(channel.operation)}/channels/{b64(channel.id)}/envelopes"
    body = {"text": WORDS, "language": "en"}
    made = []
    for _ in range(count):
        voice.said += 1
        header = {
            **ids(
                hub=state.keys.hub,
                kind="post",
                operation=channel.operation,
                channel=channel.id,
                epoch=epoch.number,
                id=secrets.token_bytes(16),
                account=state.account,
                device=voice.device,
                device_seq=voice.said,
                device_prev=voice.last,
                at=now(),
            ),
            "head": ids(seq=operation.seq, id=operation.head),
            "directory": {"size": state.directory.size},
            "seen": ids(seq=view.seq, chain=view.chain),
        }
        salt, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
        signed, ciphertext = seal_message(channel_secret, header, body, salt, nonce)
        signature = voice.key.sign("envelope", signed)
        voice.last = envelope_id(signed)
        packet = pack(b"", signed, b"", [signature], ciphertext)
        made.append(Prepared(_request(voice, path, packet), packet, voice.last))
    return made


def _request(voice: Voice, path: str, packet: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {voice.member.hub.url.removeprefix('http://')}\r\n"
        f"Authorization: Bearer {voice.token}\r\nContent-Type: application/vnd.ncphub.packets\r\n"
        f"Content-Length: {len(packet)}\r\n\r\n"
    )
    return head.encode() + packet
