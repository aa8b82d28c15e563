"""
What each signed entry of an operation changed, as lines for people (docs/spec/09-membership.md).

Twin of web/src/worker/lines.ts and web/src/ui/system.tsx: the same sentences, from the same catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from crypto import changes as made
from crypto.changes import Entry
from crypto.encoding import AccountId, ChannelId
from crypto.membership import Operation, readers
from crypto.people import Directory
from hub.client.errors import N_
from hub.client.standing import OperationView

ROLES = {
    "contact": N_("Contact point"),
    "deputy": N_("Deputy"),
    "coordinator": N_("Coordinator"),
    "analyst": N_("Analyst"),
    "observer": N_("Observer"),
    "auditor": N_("Auditor"),
}
COMPARTMENTS = {"general": N_("General"), "precursor": N_("Precursor"), "vaccine": N_("Vaccine")}
TYPES = {
    "all": N_("All members"),
    "coordination": N_("Coordination"),
    "regional": N_("Regional channel"),
    "bilateral": N_("Bilateral channel"),
    "case": N_("Case room"),
    "announcement": N_("Announcements"),
}
PHASES = {
    "planned": N_("Planned"),
    "preparation": N_("Preparation"),
    "active": N_("Active"),
    "reporting": N_("Reporting"),
    "closed": N_("Closed"),
}
KIND = N_("{kind} ({compartment})")

_MOVES = (made.MemberAdmit, made.MemberRestore, made.MemberChange)

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One change: when and by whom it was signed, a sentence of the catalogue, and what fills its braces."""

    seq: int
    at: int
    sentence: str
    by: str
    whom: str = ""
    role: str = ""
    compartments: tuple[str, ...] = ()
    channel: ChannelId | None = None
    kind: str = ""
    phase: str = ""
    form: str = ""
    version: int = 0
    day: int = 0  # ms, where a change names a day
    reason: str = ""

    def said(self, say: Say) -> str:
        """In the language of `say`, which looks a sentence up in the catalogue."""
        compartments = ", ".join(say(COMPARTMENTS.get(one, one)) for one in self.compartments)
        channel = say(KIND).format(kind=say(TYPES.get(self.kind, self.kind)), compartment=compartments)
        return say(self.sentence).format(
            by=self.by,
            whom=self.whom,
            role=say(ROLES.get(self.role, self.role)),
            compartments=compartments,
            channel=channel,
            phase=say(PHASES.get(self.phase, self.phase)),
            form=self.form,
            version=self.version,
            date=datetime.fromtimestamp(self.day / 1000, UTC).strftime("%Y-%m-%d"),
            reason=self.reason,
        )


def lines_of(view: OperationView, directory: Directory) -> Iterator[Line]:
    """Every line of the verified chain, oldest first."""
    for entry, after in zip(view.entries, view.states, strict=True):
        before = view.states[after.seq - 1] if after.seq else None
        yield from lines_of_entry(entry, before, after, directory)


def lines_of_entry(entry: Entry, before: Operation | None, after: Operation, directory: Directory) -> Iterator[Line]:
    """What one entry changed, judged against the state before it."""

    def name(account: AccountId) -> str:
        known = directory.accounts.get(account)
        return "?" if known is None else known.name

    by = " & ".join(name(author.account) for author in entry.by)

    def line(sentence: str, account: AccountId | None = None, **filled: object) -> Line:
        whom = "" if account is None else name(account)
        return Line(after.seq, entry.at, sentence, by, whom, **filled)  # type: ignore[arg-type]

    for change in entry.changes:
        yield from _of_change(change, before, after, entry, line)
    for record in entry.epochs:
        if before is None or record.epoch == 1:
            continue
        left = _who_left(before, after, record.channel, directory)
        if left is None:
            yield line(N_("The channel has a new secret, made by {by}."), channel=record.channel)
        else:
            sentence = N_("The channel has a new secret: {whom} no longer reads it.")
            yield line(sentence, left, channel=record.channel)


def _of_change(
    change: made.Change, before: Operation | None, after: Operation, entry: Entry, line: Callable[..., Line]
) -> Iterator[Line]:
    match change:
        case made.OperationOpen():
            yield line(N_("{by} opened the operation. Signed."))
        case made.PhaseSet():
            yield line(N_("{by} moved the operation to another phase: {phase}. Signed."), phase=change.phase)
        case made.MemberAdmit():
            yield line(
                N_("{by} admitted {whom}: {role}, cleared for {compartments}. Signed.")
                if change.compartments
                else N_("{by} admitted {whom}: {role}. Signed."),
                change.account,
                role=change.role,
                compartments=change.compartments,
            )
        case made.MemberRestore():
            sentence = N_("{by} admitted {whom} again, with new keys. Signed.")
            yield line(sentence, change.account, role=change.role, compartments=change.compartments)
        case made.MemberRemove():
            left = any(author.account == change.account for author in entry.by)
            sentence = N_("{whom} left the operation. Signed.") if left else N_("{by} removed {whom}. Signed.")
            yield line(sentence, change.account)
        case made.MemberChange():
            yield from _of_member(change, before, line)
        case made.ChannelOpen():
            about = {"channel": change.channel, "kind": change.type, "compartments": (change.compartment,)}
            yield line(N_("{by} opened a channel: {channel}. Signed."), **about)
        case made.ChannelClose():
            place = after.channels[change.channel]
            about = {"channel": change.channel, "kind": place.type, "compartments": (place.compartment,)}
            yield line(N_("{by} closed a channel: {channel}. Signed."), **about)
        case made.TemplateAdopt():
            yield line(N_("{by} took the form {form} into the operation. Signed."), form=change.template)
        case made.RulesSet():
            sentence = N_("{by} set the handling rules, version {version}. Signed.")
            yield line(sentence, version=change.version)
        case made.RulesAccept():
            sentence = N_("{by} accepted the handling rules, version {version}. Signed.")
            yield line(sentence, version=change.version)
        case made.MatrixTake():
            yield line(N_("{by} took over the hub’s current rules of who may do what. Signed."))
        case made.WrapBad():
            sentence = N_("{by} reported a secret that doesn’t open: the next reader makes a new one.")
            yield line(sentence, channel=change.channel)
        case made.Grants():
            # Who was let in or cleared in the same entry is told so already.
            told = {one.account for one in entry.changes if isinstance(one, _MOVES)}
            for account in (one for one in change.to if one not in told):
                yield line(N_("{by} gave {whom} the key to read. Signed."), account, channel=change.channel)
        case made.CoordinatorTake():
            yield line(N_("{by} took over as coordinator, appointed by the administrators. Signed."))
        case _:
            yield from _of_closing(change, line)


def _of_closing(change: made.Change, line: Callable[..., Line]) -> Iterator[Line]:
    match change:
        case made.RetentionSet():
            sentence = N_("{by} set how long the operation is kept: until {date}. Signed.")
            yield line(sentence, day=change.until)
        case made.HoldSet():
            on = N_("{by} put a hold on it: nothing is destroyed ({reason}). Signed.")
            yield line(on if change.on else N_("{by} lifted the hold. Signed."), reason=change.reason)
        case made.OperationClose():
            yield line(N_("{by} closed the operation: it can be read, nothing more is sent. Signed."))
        case made.OperationDestroy():
            sentence = N_("{by} ordered the destruction of the operation on {date}. Signed.")
            yield line(sentence, day=change.at)
        case made.DestroyCancel():
            yield line(N_("{by} cancelled the destruction. Signed."))
        case _:
            yield line(N_("{by} raised the version that every client has to know. Signed."))


def _of_member(change: made.MemberChange, before: Operation | None, line: Callable[..., Line]) -> Iterator[Line]:
    was = None if before is None else before.members.get(change.account)
    role, held = ("", ()) if was is None else (was.role, was.compartments)
    if role != change.role:
        yield line(N_("{by} changed the role of {whom}: {role}. Signed."), change.account, role=change.role)
    if given := tuple(one for one in change.compartments if one not in held):
        yield line(N_("{by} cleared {whom} for {compartments}. Signed."), change.account, compartments=given)
    if taken := tuple(one for one in held if one not in change.compartments):
        sentence = N_("{by} took the clearance for {compartments} from {whom}. Signed.")
        yield line(sentence, change.account, compartments=taken)


def _who_left(before: Operation, after: Operation, channel: ChannelId, directory: Directory) -> AccountId | None:
    """The one reader whom an entry took out of a channel; None where it took none, or several."""
    if channel not in before.channels:
        return None
    stay = {reader.account for reader in readers(after, channel, directory)}
    left = [reader.account for reader in readers(before, channel, directory) if reader.account not in stay]
    return left[0] if len(left) == 1 else None
