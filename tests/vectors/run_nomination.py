"""Does what a vector says of nominations and invitations (docs/spec/24-nominations.md, 26-invitations.md)."""

import json
from typing import Any

from crypto import invitation, nomination
from crypto.encoding import AccountId, DeviceId, HubId, b64, unb64
from tests.vectors.run_card import directory_of


def verify_nomination(v: dict[str, Any], shared: dict[str, Any]) -> Any:
    directory = directory_of(json.dumps(shared["entries"]))
    read = nomination.verify_nomination(unb64(v["body"]), unb64(v["signature"]), directory)
    return {"account": b64(read.account), "name": read.nominee.name, "until": read.until}


def nomination_body(v: dict[str, Any], _: dict[str, Any]) -> Any:
    said = dict(v["said"])
    made = nomination.nomination_body(
        hub=HubId(unb64(v["hub"])),
        account=AccountId(unb64(v["account"])),
        device=DeviceId(unb64(v["device"])),
        id=unb64(v["id"]),
        at=v["at"],
        nominee=said.pop("nominee"),
        operations=[unb64(one) for one in said.pop("operations")],
        **said,
    )
    return b64(made)


def read_fragment(v: dict[str, Any], _: dict[str, Any]) -> Any:
    read = invitation.read_fragment(v["fragment"])
    return {"account": b64(read.account), "code": read.code, "invitation": b64(read.invitation)}


def invitation_fragment(v: dict[str, Any], _: dict[str, Any]) -> str:
    hub, account = HubId(unb64(v["hub"])), AccountId(unb64(v["account"]))
    return invitation.invitation_fragment(invitation.Invited(hub, account, v["code"], unb64(v["secret"])))


def invitation_id(v: dict[str, Any], _: dict[str, Any]) -> str:
    return b64(invitation.invitation_id(unb64(v["secret"]), HubId(unb64(v["hub"]))))


NOMINATIONS = {
    "invitation_id": invitation_id,
    "invitation_fragment": invitation_fragment,
    "read_fragment": read_fragment,
    "verify_nomination": verify_nomination,
    "nomination_body": nomination_body,
}
