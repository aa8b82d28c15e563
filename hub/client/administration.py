"""
An administrator who is a person: their key and the invitations they made rest in their own vault, as in the browser
(docs/spec/26-invitations.md; web/src/worker/administration.ts).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crypto.encoding import AccountId, AdministratorId, Json, OrganisationId, b64, id16, ids, unb64
from crypto.keys import safety_number
from crypto.people import Account, Directory
from crypto.signing import from_secret
from hub.client import proposals
from hub.client.administrators import AdministratorKey, sign_act, sign_request
from hub.client.enrolment import Invitation, invite
from hub.client.errors import N_, Damaged, Fault
from hub.client.member import Member
from hub.client.registrar import INVITATION_LIFE, Judged, judge
from hub.client.state import now

RECORD = "administrator"
INVITATIONS = "invitation-"


@dataclass(frozen=True, slots=True)
class Records:
    """The private records of one person, opened; `versions` are the hub's."""

    values: Mapping[str, Mapping[str, str]]
    versions: Mapping[str, int]


async def read_records(member: Member) -> Records:
    """Everything this page of the vault holds: the administrator's key, and the invitations made with it."""
    values, versions = {}, {}
    for row in await member.hub.private_records():
        name, version = str(row["record"]), int(row["version"])
        if name == RECORD or name.startswith(INVITATIONS):
            values[name] = member.state.keys.open(name, version, str(row["sealed"]))
            versions[name] = version
    return Records(values, versions)


async def keep_record(member: Member, name: str, value: dict[str, Json]) -> None:
    """Seals a record and brings it to the hub, over what stands there."""
    version = (await read_records(member)).versions.get(name, 0) + 1
    await member.hub.put_private(name, version, member.state.keys.seal(name, version, value))


async def keep_key(member: Member, key: AdministratorKey) -> None:
    """Brings an administrator's key into this person's vault."""
    await keep_record(member, RECORD, {"v": 1, "id": b64(key.id), "name": key.name, "secret": b64(key.key.secret)})


class Administration:
    """One administrator at work. Made by `administration_of`."""

    def __init__(self, member: Member, key: AdministratorKey, records: Records) -> None:
        self.member = member
        self.key = key
        self._records = records

    @property
    def directory(self) -> Directory:
        return self.member.state.directory.latest

    def account(self, code: str) -> Account:
        """Raises Fault not-certified."""
        return self.directory.accounts[self.member.account_of(code)]

    # -- invitations ---------------------------------------------------------------------------------------------------

    async def invite(self, code: str, name: str = "", *, again: bool = False) -> Invitation:
        """
        Makes an invitation: the vault remembers its secret first, then the hub learns its id. `again`: new keys for an
        account that exists.
        """
        account = self.account(code).id if again else None
        if not again and ("code", code.upper()) in self.directory.taken:
            raise Damaged(N_("Somebody had this code before: codes are never used again."))
        made, at = invite(self.directory.hub, self.member.hub.url, code, account), now()
        kept = ids(invitation=made.invitation, account=made.account, code=made.code, name=name, secret=made.secret)
        times: dict[str, Json] = {"at": at, "expires": at + INVITATION_LIFE}
        await keep_record(self.member, INVITATIONS + made.invitation.hex(), {"v": 1, **kept, **times})
        about = ids(invitation=made.invitation, account=made.account, code=made.code)
        expires = at + INVITATION_LIFE
        request = sign_request(self.directory.hub, "invitation.open", self.key, at, **about, expires=expires)
        await self.member.hub.open_invitation(request)
        self._records = await read_records(self.member)
        return made

    def invitations(self) -> dict[bytes, Invitation]:
        """Those whose secret this vault holds, by id."""
        found = {}
        for name, value in self._records.values.items():
            if name.startswith(INVITATIONS):
                id_ = id16(value["invitation"])
                account, secret = AccountId(id16(value["account"])), id16(value["secret"])
                hub = self.directory.hub
                found[id_] = Invitation(hub, self.member.hub.url, value["code"], account, id_, secret)
        return found

    async def waiting(self) -> list[Judged]:
        """Every enrolment that waits, each judged."""
        request = sign_request(self.directory.hub, "enrolments.read", self.key, now())
        known = self.invitations()
        return [judge(self.directory.hub, row, known) for row in await self.member.hub.pending_enrolments(request)]

    # -- people --------------------------------------------------------------------------------------------------------

    async def certify(
        self, code: str, organisation: str, country: str, name: str, *, level: str = "A1", may: Sequence[str] = ()
    ) -> bytes | None:
        """Certifies who waits with this code, with new keys where the account exists. None, or the proposal's id."""
        handed = next(
            (one.handed for one in await self.waiting() if one.handed and one.handed.enrolment.code == code.upper()),
            None,
        )
        if handed is None:
            raise Damaged(N_("Nobody has enrolled with this invitation yet, or they are certified already."))
        enrolment = handed.enrolment
        keys = ids(account=enrolment.account, aik=enrolment.aik, aek=enrolment.aek, invitation=enrolment.invitation)
        if enrolment.account in self.directory.accounts:
            waits = await self._act("account.rekey", self.directory.threshold, keys, handed.device)
            return await self._forget(enrolment.invitation, waits)
        about = ids(
            code=enrolment.code,
            organisation=await self.organisation(organisation, country),
            name=name,
            level=level,
            generation=1,
        )
        needed = self.directory.threshold if may else 1
        waits = await self._act("account.certify", needed, {**keys, **about, "may": sorted(may)}, handed.device)
        return await self._forget(enrolment.invitation, waits)

    async def _forget(self, invitation: bytes, waits: bytes | None) -> bytes | None:
        """Once it stands nobody needs the invitation's secret again."""
        if waits is None:
            await self.member.hub.drop_private(INVITATIONS + invitation.hex())
        return waits

    async def organisation(self, name: str, country: str) -> OrganisationId:
        """The organisation of this name and country, added where there is none."""
        for one in self.directory.organisations.values():
            if (one.name, one.country) == (name, country.upper()):
                return one.id
        made = OrganisationId(secrets.token_bytes(16))
        about = ids(organisation=made, name=name, country=country.upper(), short=name[:32])
        await self._act("organisation.add", 1, about)
        return made

    async def suspend(self, code: str, reason: str) -> bytes | None:
        """Nothing can be sent or read by the account until it is restored."""
        account = self.account(code)
        return await self._act("account.suspend", self._needed(account), ids(account=account.id, reason=reason))

    async def restore(self, code: str) -> bytes | None:
        """Takes the suspension back."""
        account = self.account(code)
        return await self._act("account.restore", self._needed(account), ids(account=account.id))

    async def revoke_device(self, code: str, device: bytes, reason: str) -> bytes | None:
        """Ends a device that isn't in its owner's hands any more."""
        account = self.account(code).id
        return await self._act("device.revoke", 1, ids(account=account, device=device, reason=reason))

    def safety_number(self, code: str) -> str:
        """What the person and an administrator read to each other."""
        account = self.account(code)
        return safety_number(self.directory.hub, account.id, account.aik)

    # -- the hub's own order -------------------------------------------------------------------------------------------

    async def adopt_roles(self, matrix: Json) -> bytes | None:
        """Another matrix of roles, of a higher edition."""
        return await self._act("roles.adopt", self.directory.threshold, {"roles": matrix})

    async def appoint(self, operation: bytes, code: str) -> bytes | None:
        """Lets an account take over an operation that has no valid coordinator left."""
        about = ids(operation=operation, account=self.account(code).id)
        return await self._act("operation.appoint", self.directory.threshold, about)

    async def set_administrators(
        self, newcomers: Sequence[AdministratorKey], leavers: Sequence[AdministratorId], threshold: int
    ) -> bytes | None:
        """
        Who administers from here on. The newcomers' keys sign here; every newcomer and enough of the present ones must.
        """
        directory = self.directory
        stay = [one for one in directory.administrators if one.id not in leavers]
        public = sorted([*stay, *(one.public for one in newcomers)], key=lambda one: one.id)
        rows: list[Json] = [ids(id=one.id, key=one.key, name=one.name) for one in public]
        others = [one.id for one in stay if one.id != self.key.id]
        present = [self.key.id, *others[: max(directory.threshold, threshold - len(newcomers)) - 1]]
        parts: dict[str, Json] = {"edition": directory.edition + 1, "administrators": rows, "threshold": threshold}
        signers = sorted({*map(bytes, present), *(bytes(one.id) for one in newcomers)})
        return await self._act_by(signers, [self.key, *newcomers], "administrators.set", parts)

    # -- signing -------------------------------------------------------------------------------------------------------

    async def proposals(self) -> list[proposals.Proposal]:
        """What waits for signatures."""
        return await proposals.proposals(self.member.hub, self.directory.hub, self.key)

    async def sign(self, proposal: bytes) -> bool:
        """Signs a proposal; True when it stands now."""
        stands = await proposals.sign_proposal(self.member.hub, self.directory.hub, [self.key], proposal)
        await self.member.sync()
        return stands

    def _needed(self, account: Account) -> int:
        return self.directory.threshold if account.may else 1

    async def _act(self, kind: str, needed: int, parts: Mapping[str, Json], following: bytes = b"") -> bytes | None:
        others = [bytes(one.id) for one in self.directory.administrators if one.id != self.key.id]
        signers = sorted([bytes(self.key.id), *others[: needed - 1]])
        return await self._act_by(signers, [self.key], kind, parts, following)

    async def _act_by(
        self,
        signers: Sequence[bytes],
        keys: Sequence[AdministratorKey],
        kind: str,
        parts: Mapping[str, Json],
        following: bytes = b"",
    ) -> bytes | None:
        """Hands the act in where `keys` are all its signers; else leaves it for the others and gives its id."""
        hub, hub_id, n = self.member.hub, self.directory.hub, self.directory.next_n(signers)
        if {bytes(key.id) for key in keys} >= set(signers):
            await hub.submit_act(sign_act(hub_id, kind, list(keys), n, now(), **parts) + following)
            await self.member.sync()
            return None
        return await proposals.propose(hub, hub_id, keys, signers, n, kind, parts, following)


async def administration_of(member: Member) -> Administration:
    """
    The administrator behind this person. Raises Damaged where their vault holds no key, Fault not-certified where the
    directory doesn't name it.
    """
    records = await read_records(member)
    kept = records.values.get(RECORD)
    if kept is None:
        raise Damaged(N_("There is no administrator's key in this vault. Bring it first: ncphub administer key."))
    secret = from_secret("administrator", unb64(kept["secret"], 32))
    key = AdministratorKey(AdministratorId(id16(kept["id"])), kept["name"], secret)
    administrators = {one.id: one.key for one in member.state.directory.latest.administrators}
    if administrators.get(key.id) != key.key.public:
        raise Fault("not-certified", key.name)
    return Administration(member, key, records)
