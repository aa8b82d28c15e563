"""One test over many cases that says which one failed: a test for each would cost more than what it tests."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def case(name: object) -> Iterator[None]:
    """Whatever fails in the block is reported with this name."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"in the case: {name}")
        raise
