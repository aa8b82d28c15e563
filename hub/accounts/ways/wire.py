"""The JSON of ways into a vault (docs/spec/22-http.md)."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from crypto.encoding import b64
from hub.accounts.ways.queries import ListedRow, WrapRow
from hub.clock import to_milliseconds
from hub.http.wire import Octets, Octets16, Octets32, Wire

MEMORY_CEILING = 4 * 1024 * 1024
MOST_WAYS = 8

Version = Annotated[int, Field(ge=1, le=2**53 - 1)]
Ceremony = Annotated[Octets, Field(max_length=20_000)]


class NewWrap(Wire):
    """A way to open the vault, as its owner's client made it; the hub can check its form, not its strength."""

    wrap: Octets16
    kind: Literal["passphrase", "recovery"]
    salt: Octets16 | None = None
    memory: Annotated[int, Field(ge=0, le=MEMORY_CEILING)]
    passes: Annotated[int, Field(ge=0, le=1000)]
    lanes: Annotated[int, Field(ge=0, le=64)]
    sealed: Octets
    verifier: Octets32

    @model_validator(mode="after")
    def parts_fit_the_kind(self) -> "NewWrap":
        stretched = self.salt is not None and self.memory >= 65536 and self.passes >= 1 and self.lanes >= 1
        plain = self.salt is None and (self.memory, self.passes, self.lanes) == (0, 0, 0)
        if not (stretched if self.kind == "passphrase" else plain):
            raise ValueError("the parts do not fit the kind")
        return self


class Registration(Wire):
    """What the browser says of a passkey that was just made (WebAuthn)."""

    credential: Ceremony
    client_data: Ceremony
    attestation: Ceremony
    label: Annotated[str, Field(min_length=1, max_length=80)]


class NewPasskey(Wire):
    """A passkey's wrap. Its id follows from the credential, which only the owner's client can judge."""

    wrap: Octets16
    kind: Literal["passkey"]
    salt: None = None
    memory: Literal[0]
    passes: Literal[0]
    lanes: Literal[0]
    sealed: Octets
    verifier: Octets32
    registration: Registration


class Propose(Wire):
    wraps: Annotated[list[NewWrap | NewPasskey], Field(min_length=1, max_length=MOST_WAYS)]


class Proof(Wire):
    wrap: Octets16
    secret: Octets32


class SealedAnew(Wire):
    version: Version
    sealed: Octets


class Change(Wire):
    """The secrets of what was proposed, and what goes; `vault` where its key has changed with them."""

    proofs: Annotated[list[Proof], Field(max_length=MOST_WAYS)]
    drop: Annotated[list[Octets16], Field(max_length=MOST_WAYS)]
    vault: SealedAnew | None = None


class Assertion(Wire):
    """What the browser says of a passkey that was just used (WebAuthn)."""

    credential: Ceremony
    client_data: Ceremony
    authenticator_data: Ceremony
    signature: Ceremony


def row_of(one: NewWrap | NewPasskey) -> WrapRow:
    return WrapRow(one.wrap, one.kind, one.salt, one.memory, one.passes, one.lanes, one.sealed, one.verifier)


def way(wrap: WrapRow) -> dict[str, Any]:
    """What somebody who types a code may know before they are known."""
    return {
        "wrap": b64(wrap.wrap),
        "kind": wrap.kind,
        "salt": None if wrap.salt is None else b64(wrap.salt),
        "memory": wrap.memory,
        "passes": wrap.passes,
        "lanes": wrap.lanes,
    }


def sealed_wrap(wrap: WrapRow) -> dict[str, Any]:
    return {**way(wrap), "sealed": b64(wrap.sealed)}


def listed(row: ListedRow) -> dict[str, Any]:
    """A way in its owner's list."""
    return {
        "wrap": b64(row.wrap),
        "kind": row.kind,
        "number": row.number,
        "made_at": to_milliseconds(row.made_at),
        "last_used_at": None if row.last_used_at is None else to_milliseconds(row.last_used_at),
        "label": row.label,
        "host": row.host,
    }
