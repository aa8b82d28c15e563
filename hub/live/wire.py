"""How far a client is, as it says so: one form for sockets and polls (docs/api.md, live)."""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from crypto.encoding import unb64
from crypto.errors import Malformed as MalformedBytes
from hub.http.errors import Malformed

LONGEST: Final = 64 * 1024
MOST_STREAMS: Final = 2000


def _id(size: int) -> AfterValidator:
    def read(text: str) -> str:
        try:
            unb64(text, size)
        except MalformedBytes as error:
            raise ValueError("not an id") from error
        return text

    return AfterValidator(read)


OperationName = Annotated[str, _id(32)]
ChannelName = Annotated[str, _id(16)]
Entry = Annotated[int, Field(ge=-1, le=2**53 - 1)]
Envelope = Annotated[int, Field(ge=0, le=2**53 - 1)]


class After(BaseModel):
    """
    The last place that a client holds of each stream: -1 (entries) or 0 (envelopes) for none.

    Operations that aren't named are sent from their beginning; channels only if they are named.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    directory: Entry | None = None
    operations: list[tuple[OperationName, Entry]] = Field(default_factory=list, max_length=MOST_STREAMS)
    channels: list[tuple[OperationName, ChannelName, Envelope]] = Field(default_factory=list, max_length=MOST_STREAMS)


class Hello(BaseModel):
    """A text frame from a client."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    after: After


def read_after(raw: str | bytes) -> After:
    """The cursor of a poll. Raises Malformed."""
    try:
        return After.model_validate_json(raw)
    except ValidationError:
        raise Malformed from None


def read_hello(raw: str | bytes) -> After:
    """What a socket's client says. Raises Malformed."""
    try:
        return Hello.model_validate_json(raw).after
    except ValidationError:
        raise Malformed from None
