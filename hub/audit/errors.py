"""
What can be wrong with the log itself, as far as this hub can see it (docs/spec/13-tlog.md).

    hub.errors.HubError
    └── LogDamaged     the database no longer holds what the hub has signed
"""

from hub.errors import HubError


class LogDamaged(HubError):
    """Nothing more is signed: every client that saw the old checkpoint would rightly call the hub a liar."""
