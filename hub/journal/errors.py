"""
What can happen to a record besides being refused; all of it reads as `hub-busy` to a client (docs/spec/22-http.md).

    hub.http.errors.HubBusy
    ├── QueueFull        nothing was kept: send again later
    ├── Unavailable      the database is away, nothing was kept: send again later
    └── OutcomeUnknown   the database went away during the commit: ask for the receipt by the envelope's id
"""

from hub.http.errors import HubBusy


class QueueFull(HubBusy):
    """More records wait than the writer promises to hold."""


class Unavailable(HubBusy):
    """The database can't be reached; the record was definitely not kept."""


class OutcomeUnknown(HubBusy):
    """The record may have been kept; the journal finds out when the database returns, the client by asking."""

    def __init__(self) -> None:
        super().__init__(outcome="unknown")
