"""When a person's devices were used, and which were forgotten."""
