"""
What an officer fills in: forms, code lists, check digits, bodies and references (docs/spec/20-templates.md).

Pure functions over values, twin of web/src/domain with the same names; only `published` reads files.
"""
