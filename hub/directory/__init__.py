"""The directory: which account is which person with which keys, in the hub's one signed chain."""
