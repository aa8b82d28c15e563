"""The relay between a new device and one that is open."""
