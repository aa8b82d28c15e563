"""
Administrators: the keys that found a hub, certify people, and open nothing (docs/spec/08-directory.md).

Each key rests in its own file, sealed under a passphrase of its own:
``{v, id, name, salt, sealed}``, readable by its owner alone.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from crypto import packet
from crypto.acts import Administrator, act_body, genesis_body
from crypto.encoding import AdministratorId, HubId, Json, b64, canon, ids, statement_id, unb64
from crypto.errors import CannotOpen, ProtocolError
from crypto.signing import SigningKey, from_secret, new_signing_key
from crypto.vault import open_private, seal_private, stretch
from hub.client import files
from hub.client.errors import N_, Damaged, Locked

HOUR = 3_600_000
ACT_LIFE = 24 * HOUR  # how long the hub may take to accept an act; a threshold may sign over days with a longer one
NO_HUB = bytes(32)  # a key is made before the hub it founds has an id


@dataclass(frozen=True, slots=True)
class AdministratorKey:
    """One administrator's signing key."""

    id: AdministratorId
    name: str
    key: SigningKey

    @property
    def public(self) -> Administrator:
        """What stands in the genesis."""
        return Administrator(self.id, self.key.public, self.name)


def new_administrator(name: str) -> AdministratorKey:
    """A fresh key for `name`."""
    return AdministratorKey(AdministratorId(secrets.token_bytes(16)), name, new_signing_key("administrator"))


def write_key(path: Path, administrator: AdministratorKey, passphrase: str) -> None:
    """Seals the key into a file; never over an existing one."""
    if path.exists():
        raise Damaged(N_("{path} exists already and was left as it is. Choose another name."), path=path)
    salt = secrets.token_bytes(16)
    place = ids(hub=NO_HUB, account=administrator.id, record="administrator", version=1)
    sealed = seal_private(
        stretch(passphrase, salt), place, {"secret": b64(administrator.key.secret)}, secrets.token_bytes(12)
    )
    parts: Json = {"v": 1, "id": b64(administrator.id), "name": administrator.name, "salt": b64(salt), "sealed": sealed}
    files.write(path, canon(parts))


def read_key(path: Path, passphrase: str) -> AdministratorKey:
    """Raises Locked when the passphrase doesn't open it, Damaged when it isn't such a file."""
    try:
        written = json.loads(files.read(path))
        id_, salt = unb64(written["id"], 16), unb64(written["salt"], 16)
        place = ids(hub=NO_HUB, account=id_, record="administrator", version=1)
        opened = open_private(stretch(passphrase, salt), place, written["sealed"])
        key = from_secret("administrator", unb64(opened["secret"], 32))
        return AdministratorKey(AdministratorId(id_), str(written["name"]), key)
    except CannotOpen as error:
        raise Locked(N_("This passphrase doesn't open the administrator's key in {path}."), path=path) from error
    except (ProtocolError, KeyError, ValueError, TypeError) as error:
        raise Damaged(N_("{path} isn't an administrator's key, or it was altered."), path=path) from error


@dataclass(frozen=True, slots=True)
class Founding:
    """A signed genesis: what `ncphub found` stores as the first leaf."""

    hub: HubId
    body: bytes
    signatures: tuple[bytes, ...]

    @property
    def packet(self) -> bytes:
        """The genesis as it travels."""
        return packet.pack(b"", b"", self.body, self.signatures, b"")


def found(
    name: str,
    origin: str,
    at: int,
    administrators: list[AdministratorKey],
    threshold: int,
    log_key: bytes,
    matrix: Json,
    *,
    exercise: bool,
    log_origin: str,
) -> Founding:
    """
    Every administrator signs the same genesis. `log_key` is public and made by the hub's machine beforehand.

    `threshold` of `administrators` later certify powerful accounts: at least one, fewer than all.
    """
    ranked = sorted(administrators, key=lambda one: one.id)
    body = genesis_body(
        name=name,
        origin=origin,
        at=at,
        administrators=[one.public for one in ranked],
        threshold=threshold,
        log_origin=log_origin,
        log_key=log_key,
        matrix=matrix,
        exercise=exercise,
        salt=secrets.token_bytes(16),
    )
    signatures = tuple(one.key.sign("genesis", body) for one in ranked)
    return Founding(HubId(statement_id("genesis", body)), body, signatures)


def sign_act(hub: HubId, kind: str, signers: list[AdministratorKey], n: int, at: int, **parts: Json) -> bytes:
    """An act of the administrators `signers`, ready to be handed in; `n` is their group's next number."""
    ranked = sorted(signers, key=lambda one: one.id)
    body = act_body(hub=hub, type=kind, by=[one.id for one in ranked], n=n, expires=at + ACT_LIFE, **parts)
    return packet.pack(b"", b"", body, tuple(one.key.sign("act", body) for one in ranked), b"")


def sign_request(hub: HubId, kind: str, signer: AdministratorKey, at: int, **parts: Json) -> bytes:
    """A request that an administrator's signature authorises and that doesn't enter the chain."""
    body = canon({"v": 1, "hub": b64(hub), "type": kind, "by": [b64(signer.id)], "at": at, **parts})
    return packet.pack(b"", body, b"", (signer.key.sign("act", body),), b"")
