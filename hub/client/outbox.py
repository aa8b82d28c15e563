"""
What is written and not yet received by the hub: one sealed file each (docs/spec/16-client.md).

A file holds the words and, once sending has begun, the exact packet with its device number: an unknown outcome is asked
about, and then the same bytes go out again, so nothing is ever said twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crypto.encoding import Json, b64, unb64
from crypto.errors import ProtocolError
from hub.client import files
from hub.client.errors import N_, Damaged
from hub.client.keystore import Unlocked


@dataclass(frozen=True, slots=True)
class Attempt:
    """One envelope as it was, or may have been, sent."""

    device_seq: int
    id: bytes  # statement id
    packet: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing said. `order` keeps what is said first in front; `parts` are the header's optional fields."""

    id: bytes  # 16 bytes: the envelope's id, the same in every attempt
    order: int
    operation: bytes
    channel: bytes
    kind: str
    at: int
    body: dict[str, Any] | None
    parts: dict[str, Json]
    attempt: Attempt | None = None


UNREADABLE = N_("Something that waits to be sent can't be read: {path}. It was left as it is.")


class Outbox:
    """The folder of one profile."""

    def __init__(self, folder: Path, keys: Unlocked) -> None:
        self._folder = folder
        self._keys = keys

    def put(self, waiting: Waiting) -> None:
        """Rests on the disk when this returns."""
        value: dict[str, Json] = {
            "v": 1,
            "id": b64(waiting.id),
            "order": waiting.order,
            "operation": b64(waiting.operation),
            "channel": b64(waiting.channel),
            "kind": waiting.kind,
            "at": waiting.at,
            "body": waiting.body,
            "parts": waiting.parts,
            "attempt": _form(waiting.attempt),
        }
        files.write(self._path(waiting.id), self._keys.seal(_record(waiting.id), 1, value).encode())

    def drop(self, waiting: Waiting) -> None:
        """Only when the hub's receipt is here, or the person has taken it back."""
        files.remove(self._path(waiting.id))

    def waiting(self) -> list[Waiting]:
        """Everything not yet received, oldest first."""
        if not self._folder.is_dir():
            return []
        return sorted((self._read(path) for path in self._folder.glob("*.sealed")), key=lambda one: (one.order, one.id))

    def _read(self, path: Path) -> Waiting:
        try:
            id_ = unb64(path.name.removesuffix(".sealed"), 16)
            value = self._keys.open(_record(id_), 1, files.read(path).decode())
            return Waiting(
                id_,
                value["order"],
                unb64(value["operation"]),
                unb64(value["channel"]),
                value["kind"],
                value["at"],
                value["body"],
                value["parts"],
                _attempt(value["attempt"]),
            )
        except (ProtocolError, KeyError, ValueError, TypeError) as error:
            raise Damaged(UNREADABLE, path=path) from error

    def _path(self, id_: bytes) -> Path:
        return self._folder / f"{b64(id_)}.sealed"


def sending(waiting: Waiting, attempt: Attempt | None) -> Waiting:
    """The same words with the envelope that now goes out; None once it was definitely refused."""
    return replace(waiting, attempt=attempt)


def _record(id_: bytes) -> str:
    return f"outbox-{id_.hex()}"


def _form(attempt: Attempt | None) -> Json:
    if attempt is None:
        return None
    return {"device_seq": attempt.device_seq, "id": b64(attempt.id), "packet": b64(attempt.packet)}


def _attempt(value: Any) -> Attempt | None:
    return None if value is None else Attempt(value["device_seq"], unb64(value["id"], 32), unb64(value["packet"]))
