"""The JSON of accounts: sign-in, sessions, vaults and private records (docs/spec/22-http.md)."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from crypto.encoding import b64
from hub.accounts.queries import VaultRow, WrapRow
from hub.http.wire import Octets, Octets16, Octets32, Octets64, Wire

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
Version = Annotated[int, Field(ge=1, le=2**53 - 1)]
MEMORY_CEILING = 4 * 1024 * 1024


class AskWays(Wire):
    code: Code


class SignIn(Wire):
    code: Code
    wrap: Octets16
    secret: Octets32
    client: Literal["browser", "client"]


class BindDevice(Wire):
    device: Octets16
    at: Annotated[int, Field(ge=0, le=2**53 - 1)]
    signature: Octets64


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


class NewVault(Wire):
    sealed: Octets
    version: Literal[1]


class DeviceAct(Wire):
    body: Octets
    signature: Octets64


class Enrol(Wire):
    body: Octets
    signatures: Annotated[list[Octets64], Field(min_length=2, max_length=2)]
    mac: Octets32
    device_act: DeviceAct
    vault: NewVault
    wraps: Annotated[list[NewWrap], Field(min_length=2, max_length=8)]


class PutVault(Wire):
    """`wraps`, where there are any, take the place of all that were there: the vault's key has changed."""

    version: Version
    sealed: Octets
    wraps: Annotated[list[NewWrap], Field(min_length=2, max_length=8)] | None = None


class PutPrivate(Wire):
    version: Version
    sealed: Octets


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


def sealed_vault(vault: VaultRow) -> dict[str, Any]:
    return {"version": vault.version, "sealed": b64(vault.sealed)}
