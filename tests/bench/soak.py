"""B13, `make soak`: hub and database are killed again and again under load; the first loss or wrong root ends it."""

import argparse
import sys
import time

import pytest

KILLS = "tests/integration/test_journal_durability.py"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    end = time.monotonic() + 60 * parser.parse_args().minutes
    rounds = 0
    while time.monotonic() < end:
        if pytest.main(["-q", "-x", "--no-header", KILLS]) != 0:
            print(f"failed in round {rounds + 1}")  # noqa: T201 - this is its report
            return 1
        rounds += 1
    print(f"{rounds} rounds, nothing lost")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
