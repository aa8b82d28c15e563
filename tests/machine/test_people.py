"""People at a hub over a long time, in any order: after every step all that was promised still holds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.life import they_begin
from tests.machine.rules import People
from tests.settled import Settlement

SEQUENCES, STEPS = 3, 20


@pytest.fixture
def people(settlement: Settlement, tmp_path: Path) -> Iterator[type[People]]:
    with asyncio.Runner() as runner:
        People.runner = runner
        People.settlement = runner.run(settlement.later(tmp_path / "machine", "machine", they_begin))
        yield People


def test_whatever_people_do_the_promises_hold(people: type[People]) -> None:
    found_and_told = (Phase.explicit, Phase.generate)  # shrinking would take minutes: the steps are told as they were
    few = settings(max_examples=SEQUENCES, stateful_step_count=STEPS, phases=found_and_told)
    run_state_machine_as_test(people, settings=few)
    assert people.sequences >= SEQUENCES
