"""Frames are those of RFC 6455, in each of their three sizes."""

import pytest

from hub.live import frames


@pytest.mark.parametrize(
    ("size", "header"),
    [
        (0, "8200"),
        (125, "827d"),
        (126, "827e007e"),
        (65535, "827effff"),
        (65536, "827f0000000000010000"),
    ],
)
def test_a_binary_frame_has_the_shortest_header_for_its_size(size: int, header: str) -> None:
    assert frames.binary(bytes(size)) == bytes.fromhex(header) + bytes(size)


def test_a_text_frame_holds_json() -> None:
    assert frames.text({"type": "tick"}) == b'\x81\x0f{"type":"tick"}'
