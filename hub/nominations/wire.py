"""The JSON of nominations (docs/spec/22-http.md)."""

from typing import Any, Literal

from crypto.encoding import b64
from hub.clock import to_milliseconds
from hub.http.wire import Wire
from hub.nominations.queries import NominationRow


class Close(Wire):
    outcome: Literal["invited", "declined"]


def nomination(row: NominationRow) -> dict[str, Any]:
    """The signed bytes: who reads them verifies them."""
    return {
        "body": b64(row.body),
        "signature": b64(row.signature),
        "at": to_milliseconds(row.at),
        "outcome": row.outcome,
    }
