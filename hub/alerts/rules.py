"""What the clear header of an alert must and must not say (docs/spec/06-envelope.md)."""

from collections.abc import Mapping
from typing import Final

from crypto.envelope import Header
from hub.http.errors import RuleBroken
from hub.messages.rules import Arrival, ArrivalRule, KindRule, check_asking, check_reply


def check_alert(header: Header) -> None:
    """
    An alert has words and no state; a date only together with the countries that it asks.

    What it refers to, whom it asks and until when, its form says (docs/spec/20-templates.md, 2.1).
    """
    if header.content is None or header.state is not None:
        raise RuleBroken
    if header.due is not None and not header.to:
        raise RuleBroken


def check_alert_here(header: Header, arrival: Arrival) -> None:
    """An alert refers to an alert, feedback to its warning; and asks what may be asked here."""
    if arrival.reference is not None and arrival.reference.kind != "alert":
        raise RuleBroken
    check_asking(header, arrival)


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
"""What this room registers at the post office, of the header alone …"""

ARRIVAL_RULES: Final[Mapping[str, ArrivalRule]] = {"alert": check_alert_here}
"""… and of the place and moment at which it arrives."""
