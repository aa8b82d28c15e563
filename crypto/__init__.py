"""The protocol as pure functions over bytes; its pages are docs/spec/00-overview.md onwards."""
