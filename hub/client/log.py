"""The audit log as this member has seen it grow: checkpoints pinned, places proven (docs/spec/13-tlog.md)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from crypto import merkle, tlog
from crypto.encoding import b64, octets, parse, unb64
from crypto.errors import BadProof, ProtocolError
from crypto.evidence import Proof
from hub.client.api import Hub
from hub.client.errors import Fault

# The hub signs at most one checkpoint a second: this long a fresh leaf is waited for.
FRESH_WAITS = 60
FRESH_PAUSE = 0.25
# Other leaves name a statement too: that it was offered, or refused.
RECORDS = frozenset({"genesis", "act", "entry", "envelope"})


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A size and a root that the log's key has signed, with the note itself as evidence."""

    size: int
    root: bytes
    note: str


class LogView:
    """What one member knows of the log. Every newer checkpoint must contain the pinned one."""

    def __init__(self, hub: Hub, origin: str, log_key: bytes, pinned: Checkpoint | None = None) -> None:
        self._hub = hub
        self._origin = origin
        self._log_key = log_key
        self.pinned = pinned
        self._proven: dict[int, bytes] = {}
        self._one = asyncio.Lock()

    def read(self, note: str) -> Checkpoint:
        """Raises BadCheckpoint unless the log's own key signed this note."""
        size, root = tlog.read_checkpoint(note, self._origin, self._log_key)
        return Checkpoint(size, root, note)

    async def refresh(self) -> Checkpoint:
        """
        The newest checkpoint, pinned from now on.

        1. signed by the log's key; 2. not smaller than the pinned one; 3. the pinned tree is its beginning.
        Raises Fault bad-checkpoint, rolled-back, forked or bad-proof otherwise; then the old one stays pinned.
        """
        async with self._one:
            try:
                fresh = self.read(await self._hub.checkpoint())
                await self._check_grown(fresh)
            except ProtocolError as error:
                raise Fault.of(error, "checkpoint") from error
            self.pinned = fresh
            return fresh

    async def _check_grown(self, fresh: Checkpoint) -> None:
        old = self.pinned
        if old is None or old.size == 0:
            return
        if fresh.size < old.size:
            raise Fault("rolled-back", "checkpoint")
        if fresh.size == old.size:
            if fresh.root != old.root:
                raise Fault("forked", "checkpoint")
            return
        proof = await self._hub.consistency(old.size, fresh.size)
        path = [unb64(part, 32) for part in proof["path"]]
        merkle.verify_consistency(old.size, fresh.size, old.root, fresh.root, path)

    async def covering(self, leaf: int) -> Checkpoint:
        """A verified checkpoint that contains `leaf`; waits for the next one where the leaf is fresh."""
        if self.pinned is not None and self.pinned.size > leaf:
            return self.pinned
        for _ in range(FRESH_WAITS):
            known = await self.refresh()
            if known.size > leaf:
                return known
            await asyncio.sleep(FRESH_PAUSE)
        raise Fault("bad-proof", f"leaf {leaf}")

    async def prove(self, leaf: int, statement: bytes) -> None:
        """Returns only if the log holds `statement` at index `leaf`. Raises Fault bad-proof otherwise."""
        if self._proven.get(leaf) == statement:
            return
        await self.proof(leaf, statement, await self.covering(leaf))
        self._proven[leaf] = statement

    async def proof(self, leaf: int, statement: bytes, known: Checkpoint) -> Proof:
        """How `statement` stands at index `leaf` under a checkpoint that covers it. Raises Fault bad-proof."""
        proof = await self._standing(leaf, known)
        try:
            found = parse(proof.leaf)
            if found.get("object") != b64(statement) or found.get("type") not in RECORDS:
                raise BadProof("another statement stands at this leaf, or only word of it")
        except ProtocolError as error:
            raise Fault.of(error, f"leaf {leaf}") from error
        return proof

    async def body(self, leaf: int) -> bytes:
        """The leaf at index `leaf`, proven. Raises Fault bad-proof."""
        return (await self._standing(leaf, await self.covering(leaf))).leaf

    async def _standing(self, leaf: int, known: Checkpoint) -> Proof:
        proof = await self._hub.inclusion(leaf, known.size)
        try:
            body = octets(proof["leaf"], 1, tlog.MAX_ENTRY)
            path = tuple(unb64(part, 32) for part in proof["path"])
            merkle.verify_inclusion(leaf, known.size, merkle.leaf_hash(body), path, known.root)
        except ProtocolError as error:
            raise Fault.of(error, f"leaf {leaf}") from error
        return Proof(leaf, body, path)
