"""Waits after wrong sign-ins grow, and are forgotten (hub/accounts/failures.py)."""

from datetime import timedelta

import pytest

from hub.accounts.failures import FORGOTTEN_AFTER, LONGEST_WAIT, Failures, subject
from hub.http.errors import RateLimited
from tests.clock import START

CODE, ADDRESS = subject("code", "PE-LUIS"), subject("address", "192.0.2.1")


def test_the_first_ones_are_free() -> None:
    failures = Failures(3)
    failures.count([CODE], START)
    failures.count([CODE], START)

    failures.check([CODE, ADDRESS], START)


def test_each_further_one_doubles_the_wait_up_to_five_minutes() -> None:
    failures, waits = Failures(1), []

    for _ in range(12):
        failures.count([CODE], START)
        with pytest.raises(RateLimited) as limited:
            failures.check([CODE], START)
        waits.append(limited.value.extra["retry_after"])

    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT


def test_after_the_wait_one_more_may_be_tried() -> None:
    failures = Failures(1)
    failures.count([CODE], START)

    failures.check([CODE], START + timedelta(seconds=2))


def test_either_the_code_or_the_address_holds_one_back() -> None:
    failures = Failures(1)
    failures.count([ADDRESS], START)

    with pytest.raises(RateLimited):
        failures.check([CODE, ADDRESS], START)


def test_all_is_forgotten_after_a_while() -> None:
    failures = Failures(1)
    for _ in range(9):
        failures.count([CODE], START)

    failures.check([CODE], START + FORGOTTEN_AFTER)
    assert failures.count([CODE], START + FORGOTTEN_AFTER)[0][1] == 1


def test_being_right_forgives_the_code_but_only_one_guess_of_the_address() -> None:
    failures = Failures(5)
    for _ in range(3):
        failures.count([CODE, ADDRESS], START)

    failures.forgive(CODE)
    failures.take_back(ADDRESS)

    assert failures.count([CODE, ADDRESS], START) == [(CODE, 1, START), (ADDRESS, 3, START)]


def test_what_the_table_remembers_counts_after_a_restart() -> None:
    failures = Failures(3, [(CODE, 7, START)])

    with pytest.raises(RateLimited):
        failures.check([CODE], START)
