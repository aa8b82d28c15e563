"""One log of everything that happened: tiles, checkpoints, proofs, and the desk of auditors (docs/spec/13-tlog.md)."""
