"""What was committed, on its way to those who may see it: sockets, polls, and one cursor for both (docs/spec, live)."""
