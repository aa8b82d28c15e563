"""What a notice, an acknowledgement and a `seen` must and must not say in the clear (docs/spec/18-notices.md)."""

from collections.abc import Mapping
from typing import Final

from crypto.envelope import Header
from hub.http.errors import NotAllowed, RuleBroken
from hub.messages.rules import Arrival, ArrivalRule, KindRule, check_asking

STATES: Final = frozenset({"acknowledged", "action-taken", "not-applicable"})
ASKED: Final = frozenset({"contact", "deputy"})
"""Who speaks for a country: coordinators ask, analysts and observers read along."""


def check_notice(header: Header) -> None:
    """A notice has words and stands for itself; the countries asked and the date are its own to choose."""
    if header.content is None or header.ref is not None or header.state is not None:
        raise RuleBroken


def check_acknowledgement(header: Header) -> None:
    """An acknowledgement is its state and what it refers to, and nothing else: no words, no date, nobody asked."""
    if header.state not in STATES:
        raise RuleBroken
    _check_bare(header)


def check_seen(header: Header) -> None:
    """That somebody opened a notice: no state, no words."""
    if header.ref is None or header.state is not None:
        raise RuleBroken
    _check_bare(header)


def check_answering(header: Header, arrival: Arrival) -> None:
    """What is acknowledged or opened is a notice, and its author's country is among those that were asked."""
    notice = arrival.reference
    if notice is None or notice.kind != "notice":
        raise RuleBroken
    account = arrival.standing.directory.accounts.get(header.account)
    if notice.to:
        asked = account is not None and account.country in notice.to
    else:
        asked = arrival.standing.operation.member(header.account).role in ASKED
    if not asked:
        raise NotAllowed


def _check_bare(header: Header) -> None:
    said = (header.content, header.due, *header.to, *header.blobs)
    if any(part is not None for part in said) or header.urgency != "normal":
        raise RuleBroken


RULES: Final[Mapping[str, KindRule]] = {
    "notice": check_notice,
    "acknowledgement": check_acknowledgement,
    "seen": check_seen,
}
"""What this room registers at the post office, of the header alone …"""

ARRIVAL_RULES: Final[Mapping[str, ArrivalRule]] = {
    "notice": check_asking,
    "acknowledgement": check_answering,
    "seen": check_answering,
}
"""… and of the place and moment at which it arrives."""
