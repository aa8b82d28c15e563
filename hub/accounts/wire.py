"""The JSON of accounts: sign-in, sessions, vaults and private records (docs/spec/22-http.md)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from crypto.encoding import b64
from hub.accounts.queries import VaultRow
from hub.accounts.ways.wire import Assertion, NewWrap, Version
from hub.http.wire import Octets, Octets16, Octets32, Octets64, Wire

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
Moment = Annotated[int, Field(ge=0, le=2**53 - 1)]


class AskWays(Wire):
    code: Code


class SignIn(Wire):
    code: Code
    wrap: Octets16
    secret: Octets32
    client: Literal["browser", "client"]


class SignInByPasskey(Wire):
    """Only browsers have passkeys."""

    assertion: Assertion
    secret: Octets32


class BindDevice(Wire):
    device: Octets16
    at: Moment
    signature: Octets64


class Stay(Wire):
    """Asks for a later end of the session, signed by its device."""

    at: Moment
    until: Moment
    signature: Octets64


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
    """The vault under the same key: a way that opened it before opens it after."""

    version: Version
    sealed: Octets


class PutPrivate(Wire):
    version: Version
    sealed: Octets


def sealed_vault(vault: VaultRow) -> dict[str, Any]:
    return {"version": vault.version, "sealed": b64(vault.sealed)}
