"""The hub's door: what every request and every answer has in common."""
