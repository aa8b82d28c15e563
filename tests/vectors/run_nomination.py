"""Does what a vector says of nominations (docs/spec/24-nominations.md)."""

import json
from typing import Any

from crypto import nomination
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


NOMINATIONS = {"verify_nomination": verify_nomination, "nomination_body": nomination_body}
