"""Nominations through the members' own client (docs/spec/24-nominations.md)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crypto.encoding import Json, unb64
from crypto.errors import ProtocolError
from crypto.nomination import CONTEXT, Nomination, nomination_body, read_nomination, verify_nomination
from crypto.packet import pack
from hub.client.member import Member
from hub.client.state import now


@dataclass(frozen=True, slots=True)
class Nominated:
    """A nomination as it was read here; `fault` names what doesn't hold of its signature."""

    nomination: Nomination
    outcome: str | None
    fault: str | None


async def nominate(
    member: Member, nominee: Mapping[str, Json], operations: Sequence[bytes] = (), **said: Json
) -> Nomination:
    """Signs a nomination with this member's device and hands it in. Raises Malformed."""
    keys = member.state.keys
    body = nomination_body(
        hub=keys.hub,
        account=keys.account,
        device=keys.device_id,
        id=secrets.token_bytes(16),
        nominee=nominee,
        operations=operations,
        **{"at": now(), **said},  # type: ignore[arg-type]  # `at` is a number
    )
    await member.hub.nominate(pack(b"", body, b"", [keys.device.sign(CONTEXT, body)], b""))
    return read_nomination(body)


async def nominations(member: Member, *, own: bool = False) -> list[Nominated]:
    """All of them for administrators, else one's own; each signature is checked here."""
    found = []
    for row in await member.hub.nominations(own=own):
        body, fault = unb64(row["body"]), None
        try:
            verify_nomination(body, unb64(row["signature"], 64), member.state.directory.latest)
        except ProtocolError as error:
            fault = error.code
        found.append(Nominated(read_nomination(body), row["outcome"], fault))
    return found
