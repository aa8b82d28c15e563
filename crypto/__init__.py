"""The protocol as pure functions over bytes: no I/O, no clock, no randomness that is not passed in (docs/spec)."""
