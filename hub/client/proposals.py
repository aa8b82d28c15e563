"""Acts that several administrators sign one after the other, left at the hub meanwhile (docs/spec/08-directory.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crypto.acts import Act, act_body, read_act
from crypto.encoding import AdministratorId, HubId, Json, id16, statement_id, unb64
from crypto.packet import pack
from hub.client.administrators import AdministratorKey, sign_request
from hub.client.api import Hub
from hub.client.errors import N_, Damaged, Fault
from hub.client.state import now

DAY = 24 * 3_600_000
PROPOSAL_LIFE = 14 * DAY  # as long as several people may need to find each other


@dataclass(frozen=True, slots=True)
class Proposal:
    """An act and the signatures that lie at the hub. A false one would only make the hub refuse the act."""

    id: bytes
    body: bytes
    act: Act
    following: bytes
    signatures: Mapping[AdministratorId, bytes]

    @property
    def missing(self) -> tuple[bytes, ...]:
        """Whose signatures are still to come."""
        return tuple(signer for signer in self.act.by if AdministratorId(signer) not in self.signatures)


async def propose(
    hub: Hub,
    hub_id: HubId,
    keys: Sequence[AdministratorKey],
    signers: Sequence[bytes],
    n: int,
    kind: str,
    parts: Mapping[str, Json],
    following: bytes = b"",
) -> bytes:
    """Leaves an act for `signers` at the hub with the signatures of `keys`; gives its id."""
    body = act_body(hub=hub_id, type=kind, by=list(signers), n=n, expires=now() + PROPOSAL_LIFE, **parts)
    for key in keys:
        await hub.sign_proposal(pack(b"", b"", body, [key.key.sign("act", body)], following))
    return statement_id("act", body)


async def proposals(hub: Hub, hub_id: HubId, key: AdministratorKey) -> list[Proposal]:
    """What waits for signatures, the oldest first."""
    rows = await hub.proposals(sign_request(hub_id, "proposals.read", key, now()))
    return [
        Proposal(
            statement_id("act", body := unb64(row["act"])),
            body,
            read_act(body),
            unb64(row["following"]),
            {AdministratorId(id16(signer)): unb64(signature, 64) for signer, signature in row["signatures"]},
        )
        for row in rows
    ]


async def sign_proposal(hub: Hub, hub_id: HubId, keys: Sequence[AdministratorKey], id: bytes) -> bool:
    """
    Signs with every key that the act names; hands it in when no signature is missing any more, and says whether.

    Raises Damaged for a proposal that isn't there, Fault not-allowed where it asks none of `keys`.
    """
    found = next((one for one in await proposals(hub, hub_id, keys[0]) if one.id == id), None)
    if found is None:
        raise Damaged(N_("There is no such proposal: it is over, or stands already."))
    if found.act.hub != hub_id:
        raise Fault("wrong-hub", hub.url)
    own = [key for key in keys if bytes(key.id) in found.act.by]
    if not own:
        raise Fault("not-allowed", found.act.type)
    signatures = {**found.signatures, **{key.id: key.key.sign("act", found.body) for key in own}}
    if all(AdministratorId(signer) in signatures for signer in found.act.by):
        ordered = [signatures[AdministratorId(signer)] for signer in found.act.by]
        await hub.submit_act(pack(b"", b"", found.body, ordered, b"") + found.following)
        return True
    for key in own:
        await hub.sign_proposal(pack(b"", b"", found.body, [signatures[key.id]], found.following))
    return False
