"""Epochs that a reader spoils on purpose: copies or histories that open for others no more."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from crypto.epochs import WRAP_SIZE, readers_hash, wraps_root
from crypto.sealing import make_epoch
from hub.client import governance
from tests.people import Channel, Person

Maker = Callable[..., Any]


async def an_epoch_by(maker: Person, channel: Channel, monkeypatch: pytest.MonkeyPatch, making: Maker) -> None:
    """`maker`, who needs none, makes the next epoch as `making` does: allowed, because their own key is new."""
    await maker.member.sync()
    await maker.member.rotate_key()
    await maker.member.sync()
    with monkeypatch.context() as patched:
        patched.setattr(governance, "make_epoch", making)
        await governance.commit(maker.member.state, channel.operation, [], only={channel.id})


def without(person: Person) -> Maker:
    """Random bytes instead of one reader's copy."""

    def making(place: Any, number: int, readers: Sequence[Any], *rest: Any) -> Any:
        record, wraps, secret = make_epoch(place, number, readers, *rest)
        listed = [reader for reader, _ in readers]
        wraps = [
            secrets.token_bytes(WRAP_SIZE) if reader.account == person.account else wrap
            for reader, wrap in zip(listed, wraps, strict=True)
        ]
        return with_wraps(record, listed, wraps), wraps, secret

    return making


def for_nobody(place: Any, number: int, readers: Sequence[Any], *rest: Any) -> Any:
    record, wraps, secret = make_epoch(place, number, readers, *rest)
    wraps = [secrets.token_bytes(WRAP_SIZE) for _ in wraps]
    return with_wraps(record, [reader for reader, _ in readers], wraps), wraps, secret


def another_previous(
    place: Any, number: int, readers: Sequence[Any], label: str, seen: Any, former: tuple[int, bytes]
) -> Any:
    return make_epoch(place, number, readers, label, seen, (former[0], secrets.token_bytes(32)))


def far_ahead(place: Any, number: int, readers: Sequence[Any], label: str, seen: Any, former: Any) -> Any:
    return make_epoch(place, number, readers, label, (2**40, seen[1]), former)


def with_wraps(record: Any, listed: Sequence[Any], wraps: Sequence[bytes]) -> Any:
    return replace(record, wraps_hash=wraps_root(listed, wraps), readers_hash=readers_hash(listed))
