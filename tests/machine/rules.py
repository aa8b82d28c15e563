"""The state machine: deeds in any order by anybody, and after each of them what must hold (invariants.py)."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.machine import invariants
from tests.machine.life import COMPARTMENTS, NEWCOMER, PEOPLE, Life, begin
from tests.settled import Settlement

anyone = st.sampled_from(PEOPLE)
coordinators = st.sampled_from(("coordinator", "second"))
clearances = st.sampled_from(((), ("general",), ("precursor",), COMPARTMENTS))
roles = st.sampled_from(("contact", "contact", "analyst", "observer", "coordinator"))
places = st.integers(0, 3)


class People(RuleBasedStateMachine):
    """Each example lives at a copy of one settlement, in one event loop that all examples share."""

    settlement: ClassVar[Settlement]
    runner: ClassVar[asyncio.Runner]
    kills: ClassVar[bool] = False  # whether each hub is a process of its own, that can be killed
    sequences: ClassVar[int] = 0
    steps: ClassVar[int] = 0
    outcomes: ClassVar[dict[str, int]] = {}

    life: Life | None = None
    step = 0

    def do(self, name: str, deed: Coroutine[Any, Any, str]) -> None:
        """One step; its outcome is counted, so that a run shows whether it did anything."""
        outcome = self.run(deed)
        type(self).steps += 1
        key = f"{name}: {outcome}"
        type(self).outcomes[key] = type(self).outcomes.get(key, 0) + 1

    def run(self, deed: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(deed)

    @property
    def lives(self) -> Life:
        assert self.life is not None
        return self.life

    @initialize()
    def begin(self) -> None:
        type(self).sequences += 1
        self.folder = Path(tempfile.mkdtemp(prefix="ncphub-machine-"))
        self.folder.chmod(0o711)
        self.life = self.run(begin(self.settlement, self.folder, to_be_killed=self.kills))

    def teardown(self) -> None:
        if self.life is not None:
            try:
                self.run(invariants.check_all(self.life))
            finally:
                self.run(self.life.stack.aclose())
        shutil.rmtree(self.folder, ignore_errors=True)

    @invariant()
    def holds(self) -> None:
        if self.life is not None:
            self.step += 1
            self.run(invariants.check(self.life, self.step))

    # people

    @precondition(lambda self: self.life is not None and NEWCOMER not in self.life.village.people)
    @rule()
    def invite(self) -> None:
        self.do("invite", self.lives.invite(NEWCOMER))

    @rule(by=coordinators, name=anyone, compartments=clearances)
    def join(self, by: str, name: str, compartments: tuple[str, ...]) -> None:
        self.do("join", self.lives.admit(by, name, compartments))

    @rule(by=anyone, name=anyone)
    def remove(self, by: str, name: str) -> None:
        self.do("remove", self.lives.remove(by, name))

    @rule(by=coordinators, name=anyone, role=roles, compartments=clearances)
    def change(self, by: str, name: str, role: str, compartments: tuple[str, ...]) -> None:
        self.do("change", self.lives.change(by, name, role, compartments))

    @rule(name=anyone, compartments=clearances)
    def two_at_once(self, name: str, compartments: tuple[str, ...]) -> None:
        self.do("two at once", self.lives.two_at_once("coordinator", "second", name, compartments))

    @rule(by=coordinators, compartment=st.sampled_from(COMPARTMENTS), history=st.sampled_from(("all", "from-join")))
    def open_channel(self, by: str, compartment: str, history: str) -> None:
        self.do("open channel", self.lives.open_channel(by, compartment, history))

    # keys

    @rule(name=anyone)
    def rotate(self, name: str) -> None:
        self.do("rotate", self.lives.rotate_key(name))

    @rule(name=anyone)
    def suspend(self, name: str) -> None:
        self.do("suspend", self.lives.suspend(name))

    @precondition(lambda self: self.life is not None and self.life.suspended)
    @rule(which=places)
    def restore(self, which: int) -> None:
        suspended = sorted(self.lives.suspended)
        self.do("restore", self.lives.restore(suspended[which % len(suspended)]))

    @rule(name=anyone)
    def recover(self, name: str) -> None:
        self.do("lose a device", self.lives.lose_device(name))

    @rule(name=anyone)
    def revoke(self, name: str) -> None:
        self.do("revoke", self.lives.revoke_by_administrator(name))

    # words

    @rule(name=anyone, place=places)
    def post(self, name: str, place: int) -> None:
        self.do("post", self.lives.say(name, self.lives.place(place)))

    @rule(name=anyone, place=places)
    def post_again(self, name: str, place: int) -> None:
        self.do("post", self.lives.say(name, self.lives.place(place)))

    @rule(names=st.sets(anyone, min_size=2), place=places)
    def post_at_once(self, names: set[str], place: int) -> None:
        self.do("post at once", self.lives.all_at_once(sorted(names), self.lives.place(place)))

    @rule(name=anyone, place=places)
    def lose_answer(self, name: str, place: int) -> None:
        self.do("lose an answer", self.lives.lose_answer(name, self.lives.place(place)))

    @precondition(lambda self: self.life is not None and self.life.unsaid)
    @rule(name=anyone)
    def flush(self, name: str) -> None:
        self.do("flush", self.lives.flush(name))

    @rule(name=anyone, place=places)
    def trespass(self, name: str, place: int) -> None:
        self.do("trespass", self.lives.trespass(name, self.lives.place(place)))

    # the line and the machine

    @rule(name=anyone)
    def leave(self, name: str) -> None:
        self.do("go offline", self.lives.leave(name))

    @precondition(lambda self: self.life is not None and self.life.away)
    @rule(which=places)
    def come_back(self, which: int) -> None:
        away = sorted(self.lives.away)
        self.do("come back", self.lives.come_back(away[which % len(away)]))

    @rule(name=anyone)
    def crash(self, name: str) -> None:
        self.do("crash", self.lives.crash(name))

    @precondition(lambda self: self.life is not None and self.life.hub is not None)
    @rule(names=st.sets(anyone, min_size=1), place=places, after=st.sampled_from((0.0, 0.01, 0.03, 0.1)))
    def kill(self, names: set[str], place: int, after: float) -> None:
        self.do("kill the hub", self.lives.kill(sorted(names), self.lives.place(place), after))

    @rule(name=anyone)
    def serve(self, name: str) -> None:
        self.do("serve", self.lives.serve(name))

    @rule(name=anyone, place=places)
    def spoil(self, name: str, place: int) -> None:
        self.do("spoil", self.lives.spoil(name, self.lives.place(place)))
