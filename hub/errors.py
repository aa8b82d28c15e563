"""
The root of every error that the hub tells to a person.

    HubError
    ├── CannotStart       the program says why and ends; nothing was changed
    ├── MigrationRefused  the database and the migration files do not fit
    └── TokenRefused      a session token that this hub did not issue, or no longer takes
"""


class HubError(Exception):
    """Its text is a sentence for a person: what happened, what was kept, what to do."""


class CannotStart(HubError):
    """Something that the hub needs is missing or out of its reach."""


class MigrationRefused(HubError):
    """Going on would leave a database that no version of the program knows."""


class TokenRefused(HubError):
    """Deliberately without a reason: whoever sends a bad token learns nothing from the answer."""
