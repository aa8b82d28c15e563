"""Proposals: acts that wait until enough administrators have signed them."""
