"""JSON in and out: unknown fields are refused, byte strings are base64url (docs/spec/22-http.md)."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Final, TypeVar

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from crypto.encoding import unb64
from crypto.errors import Malformed as MalformedBytes
from crypto.errors import ProtocolError
from crypto.packet import Packet, unpack_all
from hub.http.errors import Malformed, UnsupportedMedia
from hub.http.limits import read_body

PACKETS: Final = "application/vnd.ncphub.packets"
LONGEST_SEALED: Final = 200_000
JSON: Final = {"Content-Type": "application/json; charset=utf-8"}

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Wire(BaseModel):
    """A body: exactly its fields, each of exactly its type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Body = TypeVar("Body", bound=Wire)


def _octets(size: int | None) -> BeforeValidator:
    def read(value: Any) -> bytes:
        try:
            return unb64(value, size) if isinstance(value, str) else b"\0" * (LONGEST_SEALED + 1)
        except MalformedBytes as error:
            raise ValueError("not base64url") from error

    return BeforeValidator(read)


Octets16 = Annotated[bytes, _octets(16), Field(max_length=16)]
Octets32 = Annotated[bytes, _octets(32), Field(max_length=32)]
Octets64 = Annotated[bytes, _octets(64), Field(max_length=64)]
Octets128 = Annotated[bytes, _octets(128), Field(max_length=128)]
Octets = Annotated[bytes, _octets(None), Field(min_length=1, max_length=LONGEST_SEALED)]


async def read_json(request: web.Request, shape: type[Body]) -> Body:
    """The body as `shape`; raises UnsupportedMedia, TooLarge or Malformed."""
    if request.content_type != "application/json":
        raise UnsupportedMedia
    raw = await read_body(request)
    try:
        return shape.model_validate_json(raw)
    except ValidationError:
        raise Malformed from None


async def read_packets(request: web.Request) -> list[Packet]:
    """The statements in the body, in order; raises UnsupportedMedia, TooLarge or Malformed."""
    if request.content_type != PACKETS:
        raise UnsupportedMedia
    raw = await read_body(request)
    try:
        return list(unpack_all(raw))
    except ProtocolError:
        raise Malformed from None


async def read_packet(request: web.Request) -> Packet:
    """The one statement in the body."""
    packets = await read_packets(request)
    if len(packets) != 1:
        raise Malformed
    return packets[0]


def answer(value: Any, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(status=status, body=_written(value).encode(), headers=JSON)


def answer_packets(packets: Iterable[bytes], *, more: bool, last_seq: int | None = None) -> web.Response:
    """Statements in a row; NCP-More says that there are further ones, NCP-Seq where the stream ends now."""
    headers = {"NCP-More": "1"} if more else {}
    if last_seq is not None:
        headers["NCP-Seq"] = str(last_seq)
    return web.Response(body=b"".join(packets), content_type=PACKETS, headers=headers)


def query_integer(request: web.Request, name: str, default: int, low: int, high: int = 2**53 - 1) -> int:
    """A number of the query; raises Malformed for anything else."""
    written = request.query.get(name)
    if written is None:
        return default
    digits = written.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 16):
        raise Malformed
    number = int(written)
    if not low <= number <= high:
        raise Malformed
    return number
