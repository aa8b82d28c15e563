"""One log of everything that happened: tiles, checkpoints, proofs, and the desk of those who audit (docs/spec, audit log)."""
