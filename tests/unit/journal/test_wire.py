"""The place that the hub gives a statement is canonical, though it is written by hand."""

from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import b64, canon, parse
from crypto.packet import unpack
from hub.journal.records import Kind, Stored
from hub.journal.wire import packet

numbers = st.integers(0, 2**53 - 1)
KINDS: tuple[Kind, ...] = ("directory", "operation", "channel")


@given(
    stream=st.binary(min_size=16, max_size=32),
    kind=st.sampled_from(KINDS),
    seq=numbers,
    leaf=numbers,
    at=numbers,
    chain=st.none() | st.binary(min_size=32, max_size=32),
)
def test_a_place_is_what_the_protocol_says(
    stream: bytes, kind: Kind, seq: int, leaf: int, at: int, chain: bytes | None
) -> None:
    statement = Stored(stream, kind, seq, bytes(32), leaf, at, b"{}", None, bytes(64), b"", None, None, None, chain)
    written = unpack(packet(statement)).place
    said = {"stream": b64(stream), "kind": kind, "seq": seq, "leaf": leaf, "at": at}
    assert parse(written) == said | ({} if chain is None else {"chain": b64(chain)})
    assert written == canon(parse(written))
