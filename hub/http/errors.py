"""
What the hub refuses, by the code that the answer carries (docs/spec/22-http.md, problems).

    Refusal
    ├── Malformed, TooLarge, UnsupportedMedia        the request itself
    ├── OriginRefused, RateLimited, HubBusy          before anybody looks at it
    ├── Unauthenticated, Dormant, ExpiredSession, NoDevice,
    │   StaleDevice, NotAllowed                      who asks
    ├── NotFound                                     unknown, or not for this account: the two look the same
    ├── Conflict, Repeated, Gap, StaleEpoch          somebody was earlier, or is missing
    ├── WrongPlace, NotNext, Revoked, OutOfTime,
    │   RuleBroken                                   authentic, but not valid here and now
    └── Forged                                       a signature that is none; the log gets a leaf

problems.py turns a code into a status and a sentence in the reader's language. An error of crypto/ has the same codes.
"""

from typing import ClassVar

from hub.errors import HubError


class Refusal(HubError):
    """A request that the hub understood well enough to say no; `extra` are further members of the answer."""

    code: ClassVar[str]

    def __init__(self, **extra: object) -> None:
        super().__init__(self.code)
        self.extra = extra


class Malformed(Refusal):
    code = "malformed"


class TooLarge(Refusal):
    code = "too-large"


class UnsupportedMedia(Refusal):
    code = "unsupported-media"


class OriginRefused(Refusal):
    code = "origin-refused"


class RateLimited(Refusal):
    """`retry_after` is in seconds."""

    code = "rate-limited"


class HubBusy(Refusal):
    code = "hub-busy"


class Unauthenticated(Refusal):
    code = "unauthenticated"


class ExpiredSession(Refusal):
    code = "expired-session"


class NoDevice(Refusal):
    code = "no-device"


class StaleDevice(Refusal):
    """The device was not used for so long that a passphrase alone doesn't bring it back."""

    code = "stale-device"


class NotAllowed(Refusal):
    code = "not-allowed"


class NotFound(Refusal):
    code = "not-found"


class Conflict(Refusal):
    """`head` is what stands there now: {seq, id}."""

    code = "conflict"


class Repeated(Refusal):
    code = "repeated"


class StaleEpoch(Refusal):
    code = "stale-epoch"


class WrongPlace(Refusal):
    code = "wrong-place"


class Gap(Refusal):
    code = "gap"


class NotNext(Refusal):
    code = "not-next"


class Revoked(Refusal):
    code = "revoked"


class OutOfTime(Refusal):
    code = "expired"


class RuleBroken(Refusal):
    code = "refused"


class Dormant(Refusal):
    """`days` without a sign-in have passed: only who has proven themselves is told so."""

    code = "dormant"


class Forged(Refusal):
    code = "forged"
