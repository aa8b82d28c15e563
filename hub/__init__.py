"""NCP Hub: the server, and the member's side that talks to it (docs/decisions, docs/spec)."""

__version__ = "0.1.0"
