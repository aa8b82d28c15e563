"""People's sealed vaults, the ways to open them, and their sessions."""
