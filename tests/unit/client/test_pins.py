"""What was verified never shrinks, on one device or between several."""

import pytest

from crypto.chain import Pin
from crypto.encoding import MAX_STATEMENT, canon, parse
from crypto.errors import Forked, Malformed
from hub.client.pins import ChannelPin, Pins, Spoken, read_pins

OPERATION, CHANNEL, DEVICE = bytes([1]) * 32, bytes([2]) * 16, bytes([3]) * 16


def some_pins(size: int = 3, head: bytes = bytes(32), seq: int = 5, chain: bytes = bytes(32)) -> Pins:
    return Pins(
        Pin(size, head),
        {OPERATION: Pin(size, head)},
        {(OPERATION, CHANNEL): ChannelPin(seq, chain)},
        {(CHANNEL, DEVICE): Spoken(seq, bytes(32))},
        "a note",
    )


def test_pins_survive_their_written_form() -> None:
    assert read_pins(some_pins().form()) == some_pins()
    assert read_pins(Pins().form()) == Pins()


def test_a_form_with_something_unknown_is_refused() -> None:
    with pytest.raises(Malformed):
        read_pins({**some_pins().form(), "more": 1})


def test_merging_takes_whatever_went_further() -> None:
    mine, other = some_pins(size=3, seq=9), some_pins(size=4, seq=2)

    mine.merge(other)

    assert mine.directory.size == 4
    assert mine.operations[OPERATION].size == 4
    assert mine.channels[OPERATION, CHANNEL].seq == 9
    assert mine.spoken[CHANNEL, DEVICE].seq == 9


@pytest.mark.parametrize("other", [some_pins(head=bytes([9]) * 32), some_pins(chain=bytes([9]) * 32)])
def test_two_devices_that_saw_different_things_at_one_place_tell_of_a_fork(other: Pins) -> None:
    with pytest.raises(Forked):
        some_pins().merge(other)


def test_a_thousand_channels_fit_in_records_that_say_the_same_together() -> None:
    pins = Pins(Pin(4, bytes(32)), checkpoint="note")
    for number in range(1_000):
        operation, channel = number.to_bytes(32), number.to_bytes(16)
        pins.operations[operation] = Pin(number + 1, operation)
        pins.channels[operation, channel] = ChannelPin(2**53 - 1, operation)
        pins.spoken[channel, channel] = Spoken(2**53 - 1, operation)

    parts = pins.parts()
    together = Pins()
    for part in parts[::-1]:
        together.merge(read_pins(parse(canon(part.form()))))

    assert together.form() == pins.form()
    assert max(len(canon(part.form())) for part in parts) < MAX_STATEMENT - 1_000


def test_few_pins_stay_one_record() -> None:
    assert len(Pins(Pin(4, bytes(32))).parts()) == 1
