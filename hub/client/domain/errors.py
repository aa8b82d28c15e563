"""
Why a document or a body could not be taken at all; what a person filled in wrongly is a Problem, not an error.

    DomainError
    ├── MalformedTemplate   a form that this version cannot read
    ├── MalformedList       a code list that this version cannot read
    ├── MalformedBlueprint  an operation's blueprint that this version cannot read
    ├── MalformedBody       an opened body that is no alert, post or notice, or cannot become one
    └── MalformedReference  a human reference with a wrong shape or check character
"""


class DomainError(Exception):
    """Its text is a sentence for the person who looks into the fault."""


class MalformedTemplate(DomainError):
    """A file of config/templates, or a template taken from an operation, breaks the format."""


class MalformedList(DomainError):
    """A file of config/reference breaks the format."""


class MalformedBlueprint(DomainError):
    """A file of config/blueprints breaks the format."""


class MalformedBody(DomainError):
    """An authentic envelope may hold one: its author's program is to blame; only this message is affected."""


class MalformedReference(DomainError):
    """Most often a slip of the pen: the check character caught it."""
