"""Notices and their acknowledgements: the rules that the hub can hold them to without reading a word."""
