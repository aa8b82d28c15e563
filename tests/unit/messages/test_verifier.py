"""Headers and signatures, here or in the helper process: the same answers (hub/messages/verifier.py)."""

import asyncio
import secrets
from typing import Any

import pytest

from crypto.encoding import b64
from crypto.envelope import header_body, read_header
from crypto.errors import Malformed, NotCanonical
from crypto.signing import new_signing_key
from hub.messages.helper import header_of, judge, parts_of
from hub.messages.verifier import BATCH, Verifier


def a_header(**other: Any) -> bytes:
    def octets(size: int = 32) -> str:
        return b64(secrets.token_bytes(size))

    parts: dict[str, Any] = {
        "hub": octets(),
        "kind": "alert",
        "operation": octets(),
        "channel": octets(16),
        "epoch": 1,
        "id": octets(16),
        "account": octets(16),
        "device": octets(16),
        "device_seq": 2,
        "device_prev": octets(),
        "head": {"seq": 3, "id": octets()},
        "directory": {"size": 4},
        "seen": {"seq": 0, "chain": octets()},
        "at": 1_800_000_000_000,
        "content": octets(),
        "nonce": octets(12),
        "ciphertext_hash": octets(),
        "size": 272,
    }
    return header_body(parts | other)


def test_a_header_survives_the_way_to_the_helper_and_back() -> None:
    body = a_header(
        urgency="immediate", to=["GH", "PE"], due=5, state="final", blobs=[{"hash": b64(bytes(32)), "size": 9}]
    )
    header = read_header(body)

    assert header_of(body, parts_of(header)) == header


def test_the_helper_tells_a_genuine_signature_from_another() -> None:
    key, body = new_signing_key("device"), a_header()
    other = new_signing_key("device")

    assert judge((body, key.sign("envelope", body), key.public))[1] is True
    assert judge((body, other.sign("envelope", body), key.public))[1] is False
    assert judge((b"{}", bytes(64), key.public))[0] == "malformed"
    assert judge((b"{ }", bytes(64), key.public))[0] == "not-canonical"


@pytest.mark.parametrize("with_helper", [False, True])
async def test_many_at_once_all_get_their_own_answer(with_helper: bool) -> None:
    key = new_signing_key("device")
    bodies = [a_header() for _ in range(2 * BATCH)]
    verifier = Verifier()

    async with verifier.running():
        if with_helper:
            await _until_busy(verifier)
        right = [verifier.read(body, key.sign("envelope", body), key.public) for body in bodies]
        wrong = [verifier.read(body, bytes(64), key.public) for body in bodies[:5]]
        broken = [verifier.read(raw, bytes(64), key.public) for raw in (b"{}", b"{ }")]
        answers = await asyncio.gather(*right, *wrong, *broken, return_exceptions=True)

    assert [answer[0].body for answer in answers[: len(bodies)]] == bodies  # type: ignore[index]
    assert all(answer[1] for answer in answers[: len(bodies)])  # type: ignore[index]
    assert not any(answer[1] for answer in answers[len(bodies) : len(bodies) + 5])  # type: ignore[index]
    assert [type(answer) for answer in answers[-2:]] == [Malformed, NotCanonical]


async def test_a_helper_that_dies_leaves_nobody_without_an_answer() -> None:
    key, body = new_signing_key("device"), a_header()
    signature = key.sign("envelope", body)
    verifier = Verifier()

    async with verifier.running():
        process = await _until_busy(verifier)
        process.kill()
        process.wait()
        answers = await asyncio.gather(*(verifier.read(body, signature, key.public) for _ in range(20)))

    assert all(genuine for _, genuine in answers)


async def _until_busy(verifier: Verifier) -> Any:
    """Asks much at once until the helper is there."""
    key, body = new_signing_key("device"), a_header()
    signature = key.sign("envelope", body)
    async with asyncio.timeout(30):
        while verifier._streams is None:
            await asyncio.gather(*(verifier.read(body, signature, key.public) for _ in range(10)))
            await asyncio.sleep(0.01)
    return verifier._process
