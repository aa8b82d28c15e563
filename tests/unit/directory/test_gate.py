"""Acts of the directory and entries of operations are never put in order beside each other."""

import asyncio

from hub.directory.gate import Gate


async def test_an_act_waits_for_entries_under_way_and_goes_before_those_that_come() -> None:
    gate, order = Gate(), list[str]()
    first_in, first_out = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with gate.entry():
            order.append("first entry begins")
            first_in.set()
            await first_out.wait()
            order.append("first entry ends")

    async def act() -> None:
        async with gate.act():
            order.append("act")

    async def second() -> None:
        async with gate.entry():
            order.append("second entry")

    async with asyncio.TaskGroup() as group:
        group.create_task(first())
        await first_in.wait()
        group.create_task(act())
        await asyncio.sleep(0)
        group.create_task(second())
        await asyncio.sleep(0)
        first_out.set()

    assert order == ["first entry begins", "first entry ends", "act", "second entry"]


async def test_entries_of_different_operations_go_together() -> None:
    gate, both = Gate(), asyncio.Barrier(2)

    async def entry() -> None:
        async with gate.entry():
            await both.wait()

    async with asyncio.timeout(30):
        await asyncio.gather(entry(), entry())


async def test_an_entry_that_is_refused_stops_no_act() -> None:
    gate = Gate()

    async def refused() -> None:
        async with gate.entry():
            raise ValueError("refused")

    for task in await asyncio.gather(refused(), refused(), return_exceptions=True):
        assert isinstance(task, ValueError)
    async with asyncio.timeout(30), gate.act():
        pass
