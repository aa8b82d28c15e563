"""One suspicious consignment of an exercise, and how it was answered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Warned:
    """
    One warning: who warns whom, how many days before now, of what; and the answers.

    `answers` are (country, hours after, what, remark): what is ``no:`` and a reason, or a result, with quantity and
    unit where something was found.
    """

    channel: str
    author: str
    asked: str
    days: float
    urgency: str
    requested: str
    suspected: str
    category: str
    declared: str
    amount: str
    indicators: str
    reasons: str
    way: tuple[str, str, str, str, str]  # conveyance, departure, transit, destination, place of arrival
    answers: tuple[tuple[str, int, str, str], ...]
    cas: str = ""
