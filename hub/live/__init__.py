"""What was committed, on its way to those who may see it: sockets, polls, one cursor for both (docs/api.md, live)."""
