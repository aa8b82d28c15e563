"""What administrators ask of the hub: invite, check enrolments, certify (docs/spec/08-directory.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crypto.acts import Genesis, read_genesis
from crypto.directory import Enrolment, check_enrolment_public
from crypto.encoding import AccountId, HubId, Json, OrganisationId, ids, statement_id, unb64
from crypto.errors import ProtocolError, WrongPlace
from crypto.packet import pack
from crypto.vault import check_enrolment_mac
from hub.client.administrators import AdministratorKey, sign_act, sign_request
from hub.client.api import Hub
from hub.client.enrolment import Invitation
from hub.client.errors import Fault, Refused
from hub.client.state import now

INVITATION_LIFE = 14 * 24 * 3_600_000
BEHIND = frozenset({"gap", "repeated"})  # another administrator was faster: the number has moved on
TRIES = 5


@dataclass(frozen=True, slots=True)
class Handed:
    """An enrolment whose signatures, keys and invitation secret were checked here."""

    enrolment: Enrolment
    invitation: Invitation
    device: bytes  # packet of the account's own act that adds the enrolled device


@dataclass(frozen=True, slots=True)
class Judged:
    """`handed` only where everything holds; `fault` where it must not be certified; neither: somebody else invited."""

    invitation: bytes
    enrolment: Enrolment | None
    handed: Handed | None
    fault: ProtocolError | None


class Registrar:
    """
    Administrators at one table: as many keys as the act at hand needs.

    Each set of signers counts its acts; a hub that has moved on tells the next number, and the act is signed anew.
    """

    def __init__(self, hub: Hub, hub_id: HubId, keys: Sequence[AdministratorKey], threshold: int) -> None:
        self.hub = hub
        self.hub_id = hub_id
        self._keys = list(keys)
        self._threshold = threshold
        self._n: dict[tuple[bytes, ...], int] = {}
        self._one = asyncio.Lock()

    async def add_organisation(self, organisation: OrganisationId, name: str, country: str, short: str) -> None:
        """Names an organisation of a country."""
        await self._act("organisation.add", 1, ids(organisation=organisation, name=name, country=country, short=short))

    async def open_invitation(self, invitation: Invitation) -> None:
        """Lets the person enrol; the invitation's secret stays out of it."""
        at = now()
        about = ids(invitation=invitation.invitation, account=invitation.account, code=invitation.code)
        packet = sign_request(self.hub_id, "invitation.open", self._keys[0], at, **about, expires=at + INVITATION_LIFE)
        await self.hub.open_invitation(packet)

    async def pending(self, invitations: Mapping[bytes, Invitation]) -> list[Handed]:
        """What waits under the given invitations. Raises ProtocolError for one that doesn't hold."""
        judged = await self.judged(invitations)
        for one in judged:
            if one.fault is not None:
                raise one.fault
        return [one.handed for one in judged if one.handed is not None]

    async def judged(self, invitations: Mapping[bytes, Invitation]) -> list[Judged]:
        """
        Everything that waits, each checked: 1. both signatures and every key; 2. made with the invitation's secret;
        3. for the invited account and code. One that doesn't hold stops no other.
        """
        waiting = await self.hub.pending_enrolments(sign_request(self.hub_id, "enrolments.read", self._keys[0], now()))
        return [judge(self.hub_id, one, invitations) for one in waiting]

    async def certify(
        self, handed: Handed, organisation: OrganisationId, name: str, *, level: str = "A1", may: Sequence[str] = ()
    ) -> None:
        """
        Says whose keys these are; the account's own device follows in the same request.

        Who may coordinate, administer or audit needs A2 and the threshold.
        """
        enrolment = handed.enrolment
        about = ids(
            account=enrolment.account,
            organisation=organisation,
            name=name,
            code=enrolment.code,
            aik=enrolment.aik,
            aek=enrolment.aek,
            generation=1,
            level=level,
            invitation=enrolment.invitation,
        )
        signers = self._threshold if may else 1
        if len(self._keys) < signers:
            raise Fault("not-allowed", enrolment.code)
        await self._act("account.certify", signers, {**about, "may": sorted(may)}, handed.device)

    async def suspend(self, account: AccountId, reason: str, *, powerful: bool = False) -> None:
        """Nothing can be sent or read by the account until it is restored."""
        await self._act("account.suspend", self._threshold if powerful else 1, ids(account=account, reason=reason))

    async def restore(self, account: AccountId, *, powerful: bool = False) -> None:
        """Takes the suspension back."""
        await self._act("account.restore", self._threshold if powerful else 1, ids(account=account))

    async def revoke_device(self, account: AccountId, device: bytes, reason: str) -> None:
        """Ends a device that isn't in its owner's hands any more."""
        await self._act("device.revoke", 1, ids(account=account, device=device, reason=reason))

    async def rekey(self, handed: Handed) -> None:
        """Gives an account that exists the keys of this enrolment; needs the threshold."""
        enrolment = handed.enrolment
        about = ids(account=enrolment.account, aik=enrolment.aik, aek=enrolment.aek, invitation=enrolment.invitation)
        await self._act("account.rekey", self._threshold, about, handed.device)

    async def _act(self, kind: str, signers: int, parts: Mapping[str, Json], following: bytes = b"") -> None:
        async with self._one:
            keys = self._keys[:signers]
            group = tuple(sorted(key.id for key in keys))
            for _ in range(TRIES):
                n = self._n.get(group, 0) + 1
                packet = sign_act(self.hub_id, kind, keys, n, now(), **parts)
                try:
                    await self.hub.submit_act(packet + following)
                except Refused as refusal:
                    if refusal.code not in BEHIND or "next_n" not in refusal.more:
                        raise
                    self._n[group] = int(refusal.more["next_n"]) - 1
                else:
                    self._n[group] = n
                    return
            raise Fault("not-next", kind)


def judge(hub_id: HubId, one: Mapping[str, Any], invitations: Mapping[bytes, Invitation]) -> Judged:
    """An enrolment as the hub hands it on, against the invitations that this administrator made."""
    written = unb64(one["invitation"], 16)
    invitation = invitations.get(written)
    try:
        body, joined = unb64(one["body"]), unb64(one["signatures"], 128)
        enrolment = check_enrolment_public(body, (joined[:64], joined[64:]), hub_id)
        if enrolment.invitation != written:
            raise WrongPlace("another invitation's enrolment")
        if invitation is None:
            return Judged(written, enrolment, None, None)
        check_enrolment_mac(invitation.secret, hub_id, written, body, unb64(one["mac"], 32))
        if (enrolment.account, enrolment.code) != (invitation.account, invitation.code):
            raise WrongPlace("somebody else was invited")
    except ProtocolError as fault:
        return Judged(written, None, None, fault)
    act, signature = unb64(one["device_act"]["body"]), unb64(one["device_act"]["signature"], 64)
    return Judged(written, enrolment, Handed(enrolment, invitation, pack(b"", b"", act, [signature], b"")), None)


async def registrar_at(hub: Hub, hub_id: HubId, keys: Sequence[AdministratorKey]) -> Registrar:
    """
    The registrar of the hub with this id and no other: the genesis that it states must have that very hash.

    Raises Fault wrong-hub otherwise, and not-certified for a key that the genesis doesn't name.
    """
    genesis = await genesis_of(hub, hub_id)
    known = {one.id: one.key for one in genesis.administrators}
    for key in keys:
        if known.get(key.id) != key.key.public:
            raise Fault("not-certified", key.name)
    return Registrar(hub, hub_id, keys, genesis.threshold)


async def genesis_of(hub: Hub, hub_id: HubId) -> Genesis:
    """The genesis that the hub states, if it has the hash that is known from paper. Raises Fault wrong-hub."""
    body = unb64(str((await hub.about())["genesis"]))
    if statement_id("genesis", body) != hub_id:
        raise Fault("wrong-hub", hub.url)
    return read_genesis(body)
