"""A request to be certified, which the hub passes on and an administrator checks (docs/spec/08-directory.md)."""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.deeds import CODE
from crypto.encoding import (
    AccountId,
    DeviceId,
    HubId,
    Json,
    canon,
    fields,
    id16,
    id32,
    ids,
    integer,
    known,
    matching,
    octets,
    parse,
    text,
)
from crypto.errors import BadSignature, Malformed, WrongHub
from crypto.keys import PUBLIC_SIZE, check_encryption_key
from crypto.signing import check_strong, verify


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A request to be certified: the public keys that a new person's browser (or a new device's) made."""

    hub: HubId
    invitation: bytes
    account: AccountId
    code: str
    aik: bytes
    aek: bytes
    device: DeviceId
    device_key: bytes
    device_label: str
    at: int


def enrolment_body(enrolment: Enrolment) -> bytes:
    """The body that AIK and device key both sign, and the invitation's secret authenticates."""
    device: dict[str, Json] = ids(id=enrolment.device, key=enrolment.device_key, label=enrolment.device_label)
    return canon(
        {
            "v": 1,
            **ids(
                hub=enrolment.hub,
                invitation=enrolment.invitation,
                account=enrolment.account,
                code=enrolment.code,
                aik=enrolment.aik,
                aek=enrolment.aek,
                at=enrolment.at,
            ),
            "device": device,
        }
    )


def check_enrolment_public(body: bytes, signatures: Sequence[bytes], hub: HubId) -> Enrolment:
    """
    The enrolment, if AIK and device key (in this order) both signed it and all keys are sound.

    The MAC with the invitation's secret is the administrator's to check: the hub doesn't know that secret.
    """
    value = fields(parse(body), "v hub invitation account code aik aek device at")
    known(value["v"])
    device = fields(value["device"], {"id", "key", "label"})
    enrolment = Enrolment(
        hub=HubId(id32(value["hub"])),
        invitation=id16(value["invitation"]),
        account=AccountId(id16(value["account"])),
        code=matching(value["code"], CODE),
        aik=id32(value["aik"]),
        aek=octets(value["aek"], PUBLIC_SIZE, PUBLIC_SIZE),
        device=DeviceId(id16(device["id"])),
        device_key=id32(device["key"]),
        device_label=text(device["label"], 80),
        at=integer(value["at"]),
    )
    if enrolment.hub != hub:
        raise WrongHub("an enrolment at another hub")
    check_strong(enrolment.aik)
    check_strong(enrolment.device_key)
    check_encryption_key(enrolment.aek)
    if enrolment.aik == enrolment.device_key:
        raise Malformed("one key for the account and the device")
    if len(signatures) != 2:
        raise BadSignature("needs the signatures of the account's and the device's keys")
    verify("account", enrolment.aik, "enrol", body, signatures[0])
    verify("device", enrolment.device_key, "enrol", body, signatures[1])
    return enrolment
