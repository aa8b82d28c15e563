"""What the clear header of an alert must and must not say (docs/spec/06-envelope.md)."""

from collections.abc import Mapping
from typing import Final

from crypto.envelope import Header
from hub.http.errors import RuleBroken
from hub.messages.rules import KindRule, check_reply


def check_alert(header: Header) -> None:
    """An alert has words, stands for itself, and asks nobody for anything by a date: that is a notice or a request."""
    if header.content is None or header.ref is not None:
        raise RuleBroken
    if header.due is not None or header.state is not None:
        raise RuleBroken


def check_correction(header: Header) -> None:
    """A correction has the whole record's words again and names the alert that it corrects."""
    if header.content is None or header.ref is None:
        raise RuleBroken
    check_reply(header)


def check_withdrawal(header: Header) -> None:
    """A withdrawal names what it withdraws; its reason is in its words."""
    if header.content is None or header.ref is None:
        raise RuleBroken
    check_reply(header)


RULES: Final[Mapping[str, KindRule]] = {
    "alert": check_alert,
    "correction": check_correction,
    "withdrawal": check_withdrawal,
    "post": check_reply,
}
"""What this room registers at the post office."""
