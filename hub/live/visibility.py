"""What an account may see now, as the rooms above know it; live only asks (docs/api.md, live)."""

from collections.abc import Collection
from typing import Protocol


class Visibility(Protocol):
    """
    Answers from memory and at once: live asks after each commit, when the rooms above have taken it in.

    Every certified account sees the directory, so nobody asks about that.
    """

    def may_connect(self, account: bytes, device: bytes) -> bool:
        """False as soon as the account is suspended or the device revoked: its sockets are closed."""
        ...

    def operations_of(self, account: bytes) -> Collection[bytes]:
        """Operations whose entries the account may read now."""
        ...

    def may_read_channel(self, account: bytes, operation: bytes, channel: bytes) -> bool:
        """False for an unknown channel as for one of others."""
        ...
