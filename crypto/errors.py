"""
Everything the protocol can refuse, each with the code that both languages share (docs/spec/00-overview.md).

ProtocolError
├── bytes      NotCanonical · TooLarge · Malformed · UnknownVersion · UnknownContext
├── keys       BadSignature · WeakKey · MalformedKey
├── content    CannotOpen · BadCommitment · BadPrevious · BelowFloor
├── order      NotNext · Repeated · Gap · Forked · RolledBack
├── place      WrongHub · WrongPlace
├── authority  NotAllowed · NotCertified · NotAReader · Revoked · Expired
├── epochs     WrongReaders · WrongWraps · StaleEpoch
└── log        BadProof · BadCheckpoint
"""

from typing import ClassVar


class ProtocolError(Exception):
    """A refusal. `code` is for programs and is the same in every client, `text` is for the log and the developer."""

    code: ClassVar[str] = "protocol"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class NotCanonical(ProtocolError):
    """The bytes aren't the one canonical form of what they say."""

    code = "not-canonical"


class TooLarge(ProtocolError):
    """More bytes, or deeper nesting, than a statement may have."""

    code = "too-large"


class Malformed(ProtocolError):
    """A field is missing, unknown or not of its form."""

    code = "malformed"


class UnknownVersion(ProtocolError):
    """Made by a newer version: this client needs an update before it can judge."""

    code = "unknown-version"


class UnknownContext(ProtocolError):
    """A context outside the closed list, or one this key may not sign."""

    code = "unknown-context"


class BadSignature(ProtocolError):
    """The key didn't sign exactly these bytes in this context."""

    code = "bad-signature"


class WeakKey(ProtocolError):
    """An Ed25519 key for which one signature fits many messages."""

    code = "weak-key"


class MalformedKey(ProtocolError):
    """Bytes that are no key of the suite."""

    code = "malformed-key"


class CannotOpen(ProtocolError):
    """The key doesn't open these sealed bytes: wrong key, wrong place or altered bytes."""

    code = "cannot-open"


class BadCommitment(ProtocolError):
    """The opened epoch secret isn't the one its author committed to."""

    code = "bad-commitment"


class BadPrevious(ProtocolError):
    """The sealed former epoch secret is missing, present where it may not be, or doesn't fit."""

    code = "bad-previous"


class BelowFloor(ProtocolError):
    """Weaker key-stretching parameters than this client accepts."""

    code = "below-floor"


class NotNext(ProtocolError):
    """The entry doesn't follow the head of its chain."""

    code = "not-next"


class Repeated(ProtocolError):
    """An id, counter or key that was used before."""

    code = "repeated"


class Gap(ProtocolError):
    """A counter skipped a number: something in between is missing."""

    code = "gap"


class Forked(ProtocolError):
    """Two histories where there may be one."""

    code = "forked"


class RolledBack(ProtocolError):
    """Less than what was already seen."""

    code = "rolled-back"


class WrongHub(ProtocolError):
    """A statement for another hub."""

    code = "wrong-hub"


class WrongPlace(ProtocolError):
    """A statement or ciphertext for another operation, channel, epoch or header."""

    code = "wrong-place"


class NotAllowed(ProtocolError):
    """Authentic, but the rules don't let this author do this."""

    code = "not-allowed"


class NotCertified(ProtocolError):
    """The directory doesn't know this account, device or key."""

    code = "not-certified"


class NotAReader(ProtocolError):
    """The account isn't among the channel's computed readers."""

    code = "not-a-reader"


class Revoked(ProtocolError):
    """The device was revoked or the account is suspended."""

    code = "revoked"


class Expired(ProtocolError):
    """Past the time its signer set."""

    code = "expired"


class WrongReaders(ProtocolError):
    """An epoch for other readers than the computed ones: a ghost or a missing reader."""

    code = "wrong-readers"


class WrongWraps(ProtocolError):
    """The wraps aren't exactly one for each reader, in order, under the signed hash."""

    code = "wrong-wraps"


class StaleEpoch(ProtocolError):
    """Someone who can open this epoch has lost reading: nothing may be sealed under it."""

    code = "stale-epoch"


class BadProof(ProtocolError):
    """A Merkle path that doesn't lead from the leaf or the old root to the root."""

    code = "bad-proof"


class BadCheckpoint(ProtocolError):
    """A checkpoint that isn't well formed, or isn't signed by the log's own key."""

    code = "bad-checkpoint"
