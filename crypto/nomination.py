"""
A nomination: who should become a contact point, and who stands for it (docs/spec/24-nominations.md).

It is not sealed: the hub and every administrator read it, and the page that asks for it says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crypto.acts import COUNTRY, ROLES
from crypto.card import LANGUAGE, MOST_LANGUAGES, PHONE, TIME_ZONE
from crypto.encoding import (
    AccountId,
    DeviceId,
    HubId,
    Json,
    OperationId,
    ascending,
    canon,
    choice,
    fields,
    id16,
    id32,
    ids,
    integer,
    items,
    known,
    matching,
    parse,
    text,
)
from crypto.errors import Malformed, NotCertified, Revoked, WrongHub
from crypto.people import Directory
from crypto.signing import verify

CONTEXT: Final = "nomination"
CHECKS: Final = ("in-person", "phone", "video")
"""How the new person's safety number can be compared."""

MOST_OPERATIONS: Final = 20
_FIELDS = (
    "v hub account device id at nominee organisation country role operations deputy endorsed_by check_method until"
)


@dataclass(frozen=True, slots=True)
class Nominee:
    """The person, as their administration names them."""

    name: str
    function: str
    duty_phone: str
    languages: tuple[str, ...]  # the best first
    time_zone: str


@dataclass(frozen=True, slots=True)
class Nomination:
    """One statement, signed by a device of whoever nominates."""

    hub: HubId
    account: AccountId
    device: DeviceId
    id: bytes
    at: int
    nominee: Nominee
    organisation: str
    country: str
    role: str
    operations: tuple[OperationId, ...]  # where they are needed; nothing follows from it by itself
    deputy: str | None
    endorsed_by: str
    check_method: str
    until: int  # ms UTC


def nomination_body(
    *,
    hub: HubId,
    account: AccountId,
    device: DeviceId,
    id: bytes,
    at: int,
    nominee: Mapping[str, Json],
    operations: Sequence[bytes],
    **said: Json,
) -> bytes:
    """The canonical bytes of a nomination. Raises what `read_nomination` raises."""
    place = ids(hub=hub, account=account, device=device, id=id, at=at)
    asked: list[Json] = [ids(id=one)["id"] for one in sorted(operations)]
    body = canon({"v": 1, **place, "nominee": dict(nominee), "operations": asked, **said})
    read_nomination(body)
    return body


def read_nomination(body: bytes) -> Nomination:
    """Raises NotCanonical, TooLarge, Malformed or UnknownVersion."""
    value = parse(body)
    if not isinstance(value, dict) or "v" not in value:
        raise Malformed("not a nomination")
    known(value["v"])
    fields(value, _FIELDS)
    at = integer(value["at"])
    return Nomination(
        hub=HubId(id32(value["hub"])),
        account=AccountId(id16(value["account"])),
        device=DeviceId(id16(value["device"])),
        id=id16(value["id"]),
        at=at,
        nominee=_nominee(value["nominee"]),
        organisation=text(value["organisation"], 120),
        country=matching(value["country"], COUNTRY),
        role=choice(value["role"], ROLES),
        operations=tuple(
            OperationId(one) for one in ascending([id32(each) for each in items(value["operations"], MOST_OPERATIONS)])
        ),
        deputy=None if value["deputy"] is None else text(value["deputy"], 120),
        endorsed_by=text(value["endorsed_by"], 200),
        check_method=choice(value["check_method"], CHECKS),
        until=integer(value["until"], at + 1),
    )


def verify_nomination(body: bytes, signature: bytes, directory: Directory) -> Nomination:
    """
    The nomination, if a device of the account that it names, valid in `directory`, signed exactly this.

    Raises what `read_nomination` raises, WrongHub, NotCertified, Revoked or BadSignature.
    """
    nomination = read_nomination(body)
    if nomination.hub != directory.hub:
        raise WrongHub("a nomination at another hub")
    device = directory.devices.get(nomination.device)
    if device is None or device.account != nomination.account:
        raise NotCertified("the account has no such device")
    if not directory.device_valid(nomination.device, nomination.account):
        raise Revoked("the device was revoked")
    verify("device", device.key, CONTEXT, body, signature)
    return nomination


def _nominee(value: Any) -> Nominee:
    person = fields(value, "name function duty_phone languages time_zone")
    languages = tuple(matching(one, LANGUAGE) for one in items(person["languages"], MOST_LANGUAGES, 1))
    if len(set(languages)) != len(languages):
        raise Malformed("a language twice")
    return Nominee(
        name=text(person["name"], 120),
        function=text(person["function"], 120),
        duty_phone=matching(person["duty_phone"], PHONE),
        languages=languages,
        time_zone=matching(person["time_zone"], TIME_ZONE),
    )
