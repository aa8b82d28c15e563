"""
An invitation as it travels outside the hub: in a link's fragment, or as a code on a printed sheet
(docs/spec/26-invitations.md).
"""

from dataclasses import dataclass, field

from crypto.deeds import CODE
from crypto.encoding import AccountId, HubId, b64, canon, fields, id16, id32, ids, known, matching, parse, unb64
from crypto.vault import enrolment_mac

NOBODY = bytes(16)


@dataclass(frozen=True, slots=True)
class Invited:
    """What the link says: at which hub, as whom, and the secret that proves who answers."""

    hub: HubId
    account: AccountId
    code: str
    secret: bytes = field(repr=False)

    @property
    def invitation(self) -> bytes:
        """The invitation's id."""
        return invitation_id(self.secret, self.hub)


def invitation_id(secret: bytes, hub: HubId) -> bytes:
    """The id that follows from the secret: 16 bytes, from which nobody finds the secret."""
    return enrolment_mac(secret, hub, NOBODY, b"")[:16]


def invitation_fragment(invited: Invited) -> str:
    """What stands behind the # of the link; a browser never sends it."""
    said = ids(hub=invited.hub, account=invited.account, code=invited.code, secret=invited.secret)
    return b64(canon({"v": 1, **said}))


def read_fragment(written: str) -> Invited:
    """Raises NotCanonical, Malformed or UnknownVersion."""
    value = fields(parse(unb64(written)), "v hub account code secret")
    known(value["v"])
    return Invited(
        HubId(id32(value["hub"])),
        AccountId(id16(value["account"])),
        matching(value["code"], CODE),
        id16(value["secret"]),
    )
