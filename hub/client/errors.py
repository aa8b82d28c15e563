"""
What can go wrong on the member's side, told as: what happened, what was kept, what to do.

    ClientError
    ├── Unreachable        no answer came; whether the hub took the request is unknown
    ├── Refused            the hub answered with a problem (its code, its sentence)
    │   ├── RateLimited    … and named the seconds to wait
    │   └── SessionOver    … because the session is over
    ├── Fault              what the hub delivered doesn't hold; nothing of it is shown as true
    │   └── Frozen         an operation or the directory stands still at its last good entry
    ├── Locked             the passphrase, second secret or recovery code doesn't open the vault
    └── Damaged            a file of this profile can't be used
"""

from __future__ import annotations

from typing import Any

from crypto.errors import ProtocolError


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a sentence translated where it is shown
    return text


class ClientError(Exception):
    """
    The root: everything that the command line turns into a sentence and an exit code.

    `sentence` is a msgid whose ``{names}`` are filled from `named`, after it was translated.
    """

    exit_code = 1

    def __init__(self, sentence: str, **named: object) -> None:
        super().__init__(sentence.format(**named) if named else sentence)
        self.sentence = sentence
        self.named = named


class Unreachable(ClientError):
    """No answer: a request that changes something may or may not have been taken."""

    exit_code = 4


class Refused(ClientError):
    """The hub's answer was a problem; `detail` is its sentence for people."""

    exit_code = 3

    def __init__(self, status: int, code: str, detail: str, more: dict[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more or {}


class RateLimited(Refused):
    """Too much at once: try again after `retry_after` seconds."""

    def __init__(self, status: int, code: str, detail: str, more: dict[str, Any], retry_after: float) -> None:
        super().__init__(status, code, detail, more)
        self.retry_after = retry_after


class SessionOver(Refused):
    """The session has expired or was ended; a new one can be opened while the vault is."""


class Locked(ClientError):
    """The secrets given don't open the vault."""

    exit_code = 5


class Damaged(ClientError):
    """A file of the profile is missing, unreadable or altered."""

    exit_code = 6


class Fault(ClientError):
    """Something delivered doesn't verify: its code, what happened, what to do."""

    exit_code = 7

    def __init__(self, code: str, place: str = "", text: str | None = None, action: str | None = None) -> None:
        said = SENTENCES.get(code, SENTENCES["malformed"])
        self.code = code
        self.place = place
        self.text = text or said[0]
        self.action = action or said[1]
        super().__init__(self.text)

    @classmethod
    def of(cls, error: ProtocolError, place: str = "") -> Fault:
        """The same refusal with its sentence and its action."""
        return cls(error.code, place)


class Frozen(Fault):
    """A chain stops being followed: read-only at the last good entry, evidence kept in a file."""


ASK = N_("Nothing of it is shown. Tell your coordinator by telephone, and name this code.")
LATER = N_("Synchronise again in a minute. If it stays, tell your coordinator.")

# code → what happened, what to do. Codes are those of crypto/errors, shared with the browser.
SENTENCES: dict[str, tuple[str, str]] = {
    "not-canonical": (N_("One statement isn't written in the only allowed form."), ASK),
    "malformed": (N_("One statement has a field that is missing, unknown or of the wrong kind."), ASK),
    "too-large": (N_("One statement is larger than allowed."), ASK),
    "unknown-context": (N_("A key was used for a kind of statement it may not sign."), ASK),
    "bad-signature": (N_("A signature doesn't match: the statement was changed or isn't from its named author."), ASK),
    "weak-key": (N_("A key in the directory is too weak to be trusted."), ASK),
    "malformed-key": (N_("A key in the directory isn't a key."), ASK),
    "cannot-open": (N_("One envelope can't be opened with the channel's secret."), LATER),
    "bad-commitment": (N_("The channel's secret isn't the one its maker committed to."), ASK),
    "wrong-readers": (N_("A new secret was made for other readers than the operation's rules name."), ASK),
    "wrong-wraps": (N_("The copies of the channel's secret aren't those that its maker signed."), ASK),
    "bad-previous": (N_("The older secret of this channel doesn't open."), LATER),
    "not-next": (N_("The hub left something out or changed the order."), LATER),
    "wrong-hub": (N_("This comes from another hub than yours."), ASK),
    "wrong-place": (N_("One envelope was moved: it was signed for another place."), ASK),
    "not-allowed": (N_("The author's role doesn't allow this."), ASK),
    "not-a-reader": (
        N_("You aren't among the readers of this part of the channel."),
        N_("A coordinator can change your clearance."),
    ),
    "not-certified": (N_("The author isn't certified in this hub's directory."), ASK),
    "changed-meanwhile": (
        N_("Somebody else has just changed the same."),
        N_("Look at how it stands now, then decide again. Nothing was sent."),
    ),
    "revoked": (N_("The author's device was revoked before this was logged."), ASK),
    "expired": (N_("The statement came after its expiry."), LATER),
    "stale-epoch": (
        N_("This was sealed under a secret that was no longer current."),
        N_("Ask the author to send it again."),
    ),
    "unknown-version": (N_("This was written by a newer version."), N_("Update this client, then synchronise again.")),
    "repeated": (N_("The same envelope, or its number, came twice."), ASK),
    "gap": (N_("Envelopes are missing: the numbers jump."), LATER),
    "forked": (N_("The hub shows you another history than it showed the author."), ASK),
    "rolled-back": (N_("The hub shows an older state than you have already seen."), ASK),
    "held-back": (N_("The hub says that there is more, and doesn't deliver it."), LATER),
    "old-news": (
        N_("What this client knows is more than a day old, so nothing is sent. What you wrote is kept."),
        N_("Check this machine's clock and the connection, then try again. If it stays, tell your coordinator."),
    ),
    "bad-proof": (N_("The audit log's proof doesn't hold."), ASK),
    "bad-checkpoint": (N_("The audit log's checkpoint isn't signed by the log's key."), ASK),
    "below-floor": (N_("The hub asked for a weaker passphrase protection than allowed."), ASK),
    "unproven": (N_("This was sealed under an older secret, and nothing proves that it was sent in time."), LATER),
}
