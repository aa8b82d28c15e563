"""The member's side: keys, verification and plaintext, on the other end of the wire (docs/spec)."""
