"""The sequenced writer: one commit is statements, their places, the leaves and the tree head (docs/spec/13-tlog.md)."""
