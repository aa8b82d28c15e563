"""Nominations: who should become a contact point, told to the administrators."""
