"""
A new machine and one that is open, with a one-time code between them: both sides (docs/spec/27-ways.md).
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from crypto.encoding import AccountId, DeviceId, HubId, b64, id16, ids, unb64
from crypto.errors import ProtocolError
from crypto.signing import SigningKey, new_signing_key
from crypto.vault import read_vault_wrap, verifier
from crypto.ways import (
    CODE_SIZE,
    Approval,
    Handed,
    NewDevice,
    approval_of,
    check_new_device,
    format_approval_code,
    new_device_body,
    new_device_mac,
    open_approval,
    read_approval_code,
    seal_approval,
)
from hub.client.api import Hub
from hub.client.arrival import hub_id, own_directory
from hub.client.errors import N_, Fault, Locked, Refused
from hub.client.keystore import LocalDevice, Profile, open_with, seal_device, write_profile
from hub.client.member import Member
from hub.client.state import now

LOOK_AGAIN = 1.0  # seconds
OVER = N_("The one-time code is over: it was used or refused, or its ten minutes have passed. Ask for a new one.")
MISTYPED = N_("The one-time code was mistyped: its last three characters are a check.")


# -- the machine that is open ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """A one-time code that waits for a new machine."""

    approval: Approval
    code: str
    expires: int


@dataclass(frozen=True, slots=True)
class Asking:
    """A machine that knew the code."""

    opening: Opening
    device: NewDevice
    body: bytes


async def let_in(member: Member) -> Opening:
    """Makes a one-time code; the account's earlier one is over."""
    secret = secrets.token_bytes(CODE_SIZE)
    approval = approval_of(secret, member.state.keys.hub)
    told = await member.hub.json("POST", "/api/approvals", body=ids(approval=approval.id))
    return Opening(approval, format_approval_code(secret), int(told["expires"]))


async def asked(member: Member, opening: Opening) -> Asking:
    """Waits until a machine asks with the code. Raises Locked when it is over, Fault for one that doesn't know it."""
    while True:
        told = await _standing(member, opening)
        if told["request"] is not None:
            request = {name: unb64(part) for name, part in told["request"].items()}
            keys = member.state.keys
            try:
                device = check_new_device(
                    request["body"], request["signature"], request["mac"], opening.approval, keys.hub, keys.code
                )
            except ProtocolError as error:
                raise Fault.of(error, "approval") from error
            return Asking(opening, device, request["body"])
        await asyncio.sleep(LOOK_AGAIN)


async def agree(member: Member, asking: Asking) -> None:
    """The machine becomes a device of the account, and gets the vault's key."""
    device, approval = asking.device, asking.opening.approval
    await member.add_device(device.device, device.key, device.label)
    keys = member.state.keys
    handed = Handed(keys.account, keys.vault.key, member.state.profile.second)
    sealed = seal_approval(approval, keys.hub, asking.body, handed, secrets.token_bytes(12))
    body = {"sealed": sealed, "verifier": b64(verifier(approval.sign_in_secret))}
    await member.hub.json("POST", f"/api/approvals/{b64(approval.id)}", body=body)


async def refuse(member: Member, opening: Opening) -> None:
    """Nobody comes in with this code any more."""
    await member.hub.json("DELETE", f"/api/approvals/{b64(opening.approval.id)}")


async def _standing(member: Member, opening: Opening) -> dict[str, Any]:
    try:
        return dict(await member.hub.json("GET", f"/api/approvals/{b64(opening.approval.id)}"))
    except Refused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise Locked(OVER) from error
        raise


# -- the new machine ---------------------------------------------------------------------------------------------------


async def arrive_by_approval(folder: Path, url: str, code: str, typed: str, label: str) -> None:
    """
    Asks with the code that another machine of the same person shows, waits, and writes this machine's profile.

    The profile opens by the passphrase, which the other machine's second secret goes with. Raises Locked.
    """
    code = code.strip().upper()
    try:
        secret = read_approval_code(typed)
    except ProtocolError as error:
        raise Locked(MISTYPED) from error
    async with Hub(url) as hub:
        id_ = await hub_id(hub)
        approval = approval_of(secret, id_)
        device, device_id = new_signing_key("device"), DeviceId(secrets.token_bytes(16))
        asking = NewDevice(id_, approval.id, code, device_id, device.public, label[:80], now())
        body = new_device_body(asking)
        request = ids(
            approval=approval.id,
            body=body,
            signature=device.sign("enrol", body),
            mac=new_device_mac(approval, id_, body),
        )
        answer = await _collected(hub, approval, request)
        await _write(folder, hub, answer, asking, device, approval, body)


async def _collected(hub: Hub, approval: Approval, request: Any) -> dict[str, Any]:
    """Until the other machine has answered; leaves the hub with a session."""
    wanted = {**ids(approval=approval.id, secret=approval.sign_in_secret), "client": "client"}
    try:
        await hub.json("POST", "/api/sign-in/approval", body=request)
        while True:
            answer = dict(await hub.json("POST", "/api/sign-in/approval/collect", body=wanted))
            if "sealed" in answer:
                hub.token = str(answer["token"])
                return answer
            await asyncio.sleep(LOOK_AGAIN)
    except Refused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise Locked(OVER) from error
        raise


async def _write(
    folder: Path,
    hub: Hub,
    answer: dict[str, Any],
    asking: NewDevice,
    device: SigningKey,
    approval: Approval,
    body: bytes,
) -> None:
    id_ = HubId(asking.hub)
    handed = open_approval(approval, id_, body, str(answer["sealed"]))
    account, version = AccountId(id16(answer["account"])), int(answer["vault"]["version"])
    sealed = str(answer["vault"]["sealed"])
    if handed.account != account:
        raise Fault("wrong-place", "approval")
    keys = open_with(handed.vault_key, id_, account, version, sealed)
    directory = await own_directory(hub, id_, account, keys.identity.public)
    if asking.device not in directory.latest.devices:
        raise Fault("not-certified", "own device")
    wraps = tuple(read_vault_wrap(one) for one in answer["wraps"] if one["kind"] != "passkey")
    kept = LocalDevice(asking.device, asking.label, seal_device(keys.key, id_, account, device))
    write_profile(folder, Profile(id_, hub.url, asking.code, account, handed.second, kept, version, sealed, wraps))
    await hub.sign_out()
