"""The end of operations: what two sign, what is destroyed when, and what is left to show for it."""
