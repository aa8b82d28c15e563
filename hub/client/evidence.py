"""One statement with all that proves it, as a file for somebody who has no account here (docs/spec/17-evidence.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from crypto import directory, membership
from crypto.directory import Signed
from crypto.encoding import b64, canon
from crypto.errors import ProtocolError
from crypto.evidence import SUFFIX, Bundle, LogProofs, SignedEntry, pack_evidence, verify_evidence
from crypto.packet import Packet
from crypto.sealing import open_message
from hub.client.channel import Item
from hub.client.domain.references import reference
from hub.client.epochs import epoch_secret
from hub.client.errors import N_, Fault
from hub.client.places import place_of
from hub.client.state import State
from hub.client.sync import open_log

AGAIN = N_("Don't rely on it. Ask for the file anew, from whoever saved it at the hub.")
NO_FILE = N_("This is no whole file of evidence: it was cut, changed, or made by something else.")
OTHER_ORDER = N_("Entries are missing from the file, or stand in another order.")
OTHER_PAST = N_("Statement and entries come from two different histories of the hub.")

# What a refusal means for a file that came from somewhere; other codes keep their sentence of hub.client.errors.
REASONS = {
    "malformed": NO_FILE,
    "not-canonical": NO_FILE,
    "too-large": NO_FILE,
    "wrong-hub": N_("This comes from another hub than the one that you named."),
    "bad-signature": N_(
        "A signature doesn't match: the statement, its place or a name was changed, or isn't from its named author."
    ),
    "wrong-place": N_("Words or an entry were exchanged: they aren't those that were signed here."),
    "gap": OTHER_ORDER,
    "not-next": OTHER_ORDER,
    "forked": OTHER_PAST,
    "rolled-back": OTHER_PAST,
    "bad-proof": N_("The hub's log doesn't hold this: a proof doesn't lead to its checkpoint."),
    "bad-checkpoint": N_("The checkpoint isn't signed by this hub's log."),
    "stale-epoch": N_("This was sealed under a secret that was no longer current."),
}


def refusal(error: ProtocolError, name: str) -> Fault:
    """Why the file called `name` proves nothing, in words."""
    known = Fault.of(error)
    if error.code == "unknown-version":
        return Fault(error.code, name, known.text, known.action)
    return Fault(error.code, name, REASONS.get(error.code, known.text), AGAIN)


def file_name(state: State, item: Item) -> str:
    """Reference and suffix; an exercise says so."""
    assert item.header is not None
    assert item.author is not None
    words = reference(state.operations[item.operation].latest.code, item.author.country, item.header.id)
    exercise = "-EXERCISE" if state.directory.latest.genesis.exercise else ""
    return f"{words}{exercise}{SUFFIX}"


async def evidence_of(state: State, item: Item) -> bytes:
    """
    The file for one item of a channel, verified as whoever gets it will verify it.

    Raises Fault where the item itself doesn't hold, or the hub doesn't give what proves it.
    """
    if item.fault is not None:
        raise item.fault
    header, packet = item.header, item.packet
    if header is None or packet is None:
        raise Fault("malformed", f"{b64(item.channel)} {item.seq}")
    content = b""
    if header.content is not None:
        secret = await epoch_secret(state, item.operation, item.channel, header.epoch)
        opened = open_message(secret, packet.body, packet.beside)
        content = canon({"salt": b64(opened.salt), "body": opened.body})
    acts = await _before(state.hub.directory(-1), item.leaf)
    entries = await _before(state.hub.entries(b64(item.operation), -1), item.leaf)
    if not acts or not entries:
        raise Fault("gap", f"{b64(item.channel)} {item.seq}")
    log = open_log(state)
    known = await log.covering(item.leaf)
    bundle = Bundle(
        exercise=state.directory.latest.genesis.exercise,
        statement=packet.body,
        signature=packet.signatures[0],
        content=content,
        directory=tuple(Signed(one.body, one.act, one.signatures) for one in acts),
        operation=tuple(SignedEntry(one.body, one.signatures) for one in entries),
        log=LogProofs(
            known.note,
            await log.proof(place_of(acts[-1]).leaf, directory.entry_id(acts[-1].body), known),
            await log.proof(place_of(entries[-1]).leaf, membership.entry_id(entries[-1].body), known),
            await log.proof(item.leaf, item.id, known),
        ),
    )
    raw = pack_evidence(bundle)
    try:
        verify_evidence(raw, state.keys.hub)
    except ProtocolError as error:
        raise Fault.of(error, f"{b64(item.channel)} {item.seq}") from error
    return raw


async def _before(packets: AsyncIterator[Packet], leaf: int) -> list[Packet]:
    """Those that the hub logged before `leaf`. It is asked for them anew: only what follows from them was kept."""
    return [packet async for packet in packets if place_of(packet).leaf < leaf]
