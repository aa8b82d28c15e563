"""Cases of evidence: one small hub's files, and every way of making them say something else."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from crypto import merkle, tlog
from crypto.chain import chain_start
from crypto.directory import Signed
from crypto.encoding import Json, b64, canon, parse, statement_id
from crypto.envelope import WITHOUT_CONTENT, envelope_id, header_body
from crypto.evidence import Bundle, LogProofs, Proof, SignedEntry, pack_evidence
from crypto.membership import entry_id, readers
from crypto.sealing import content_hash
from crypto.signing import SigningKey
from tests.vectors.world import DAY, NOW, Meeting, Person, World, admit, key, matrix, open_channel, seed

Case = tuple[str, str, dict[str, Any]]
Take = Callable[..., None]
Cases = tuple[dict[str, Any], list[Case]]

WORDS: dict[str, Json] = {"text": "Forty cartons of syringes", "language": "en"}
LOGGED = NOW + 2 * DAY


@dataclass
class Exhibit:
    """A hub with one operation in which Pedro speaks, and its log: what each method changes, the files then hold."""

    claire: Person = field(default_factory=lambda: Person("Claire", "FR", ("coordinate",)))
    pedro: Person = field(default_factory=lambda: Person("Pedro", "PE"))
    world: World = field(
        default_factory=lambda: World(
            matrix=matrix(alert__send={"contact": ["*"]}, post__send={}, channel__close={}, template__adopt={})
        )
    )
    meeting: Meeting = field(init=False)
    log: list[tuple[int, bytes]] = field(default_factory=list)  # when, and the leaf

    def __post_init__(self) -> None:
        self.world.enrol(self.claire, self.pedro)
        self.meeting = Meeting(self.world, self.claire)
        self.meeting.do(self.claire, admit(self.pedro))
        self.open("seizures")
        self.open("rumours")

    def open(self, name: str, compartment: str = "general") -> None:
        channel = self.meeting.channel(name)
        entry = self.meeting.entry([self.claire], [open_channel(channel, compartment)])
        reading = readers(self.meeting.apply(entry), channel, self.world.directory)
        self.meeting.do(self.claire, open_channel(channel, compartment), epochs=[self.meeting.record(name, reading)])

    def header(self, kind: str = "alert", channel: str = "seizures", **other: Json) -> dict[str, Json]:
        """What Pedro says next; `other` replaces parts of it, None leaves one out."""
        state, place = self.meeting.now, self.meeting.channel(channel)
        parts: dict[str, Json] = {
            **self.meeting.place(channel),
            "kind": kind,
            "epoch": 1,
            "id": b64(seed(f"envelope {kind}", 16)),
            "account": b64(self.pedro.account),
            "device": b64(self.pedro.device),
            "device_seq": 1,
            "device_prev": None,
            "head": {"seq": state.seq, "id": b64(state.head)},
            "directory": {"size": self.world.directory.size},
            "seen": {"seq": 0, "chain": b64(chain_start(self.world.hub, state.id, place))},
            "at": LOGGED - 1000,
        }
        if kind not in WITHOUT_CONTENT:
            sealed: dict[str, Json] = {
                "content": b64(content_hash(seed("salt of the words"), WORDS)),
                "nonce": b64(seed("nonce", 12)),
                "ciphertext_hash": b64(seed("ciphertext")),
                "size": 272,
            }
            parts |= sealed
        return {name: part for name, part in {**parts, **other}.items() if part is not None or name == "device_prev"}

    def alert(self, **other: Json) -> Bundle:
        return self.bundle(header_body(self.header(**other)), words())

    def acknowledgement(self, **other: Json) -> Bundle:
        about: dict[str, Json] = {"ref": b64(seed("a notice")), "state": "action-taken"}
        return self.bundle(header_body(self.header("acknowledgement", **{**about, **other})), b"")

    def bundle(
        self,
        statement: bytes,
        content: bytes,
        *,
        late: bool = False,
        leaf: dict[str, Json] | None = None,
        log_key: SigningKey | None = None,
        signer: SigningKey | None = None,
    ) -> Bundle:
        """A file's parts, everything in it as an honest client would put it; `late`: an entry is logged behind."""
        spoken = self.leaf("envelope", envelope_id(statement), self.pedro.account, self.meeting.now.id, leaf)
        acts = [
            self.leaf("genesis" if seq == 0 else "act", self.world.history.id_at(seq), None, None)
            for seq in range(self.world.directory.size)
        ]
        entries = [
            self.leaf("entry", entry_id(one.body), self.claire.account, self.meeting.now.id)
            for one in self.meeting.signed
        ]
        leaves = [*acts, *entries, spoken, self.leaf("offer", envelope_id(statement), None, self.meeting.now.id)]
        places = [len(acts) - 1, len(acts) + len(entries) - 1, len(acts) + len(entries)]
        if late:
            leaves[places[1]], leaves[places[2]] = leaves[places[2]], leaves[places[1]]
            places[1], places[2] = places[2], places[1]
        hashes = [merkle.leaf_hash(one) for one in leaves]
        get = merkle.hashes_of(hashes)
        note = tlog.sign_checkpoint(log_key or self.world.log, "hub.example.org/log", len(leaves), merkle.root(hashes))
        proofs = [Proof(at, leaves[at], tuple(merkle.inclusion_path(at, len(leaves), get))) for at in places]
        return Bundle(
            exercise=True,
            statement=statement,
            signature=(signer or self.pedro.device_key).sign("envelope", statement),
            content=content,
            directory=tuple(self.world.signed),
            operation=tuple(SignedEntry(one.body, one.signatures) for one in self.meeting.signed),
            log=LogProofs(note, *proofs),
        )

    def leaf(
        self, type: str, what: bytes, actor: bytes | None, operation: bytes | None, other: dict[str, Json] | None = None
    ) -> bytes:
        body = tlog.leaf_body(
            type=type,
            at=LOGGED,
            actor=actor,
            operation=operation,
            object=b64(what),
            hash=seed("detail"),
            salt=seed("salt of a leaf", 16),
        )
        return canon({**parse(body), **(other or {})})


def words(body: dict[str, Json] = WORDS, salt: bytes | None = None) -> bytes:
    return canon({"salt": b64(seed("salt of the words") if salt is None else salt), "body": body})


def evidence() -> Cases:
    here = Exhibit()
    files = {"alert": pack_evidence(here.alert()), "acknowledgement": pack_evidence(here.acknowledgement())}
    hub = b64(here.world.hub)
    shared: dict[str, Any] = {"files": {name: b64(raw) for name, raw in files.items()}, "hub": hub}
    cases: list[Case] = []

    def case(name: str, raw: bytes, file: str = "alert", named: str | None = None) -> None:
        """`raw` as a change of one of the shared files: what stands from `at` on, `drop` bytes of it, is now `put`."""
        base = files[file]
        same = next((at for at, (a, b) in enumerate(zip(base, raw, strict=False)) if a != b), min(len(base), len(raw)))
        rest = min(len(base), len(raw)) - same
        tail = next((n for n in range(rest) if base[len(base) - 1 - n] != raw[len(raw) - 1 - n]), rest)
        given = {"file": file, "at": same, "drop": len(base) - same - tail, "put": b64(raw[same : len(raw) - tail])}
        cases.append((name, "verify_evidence", {**given, "hub": named or hub}))

    def packed(name: str, bundle: Bundle, file: str = "alert") -> None:
        case(name, pack_evidence(bundle), file)

    good, quiet = here.alert(), here.acknowledgement()
    case("an alert", files["alert"])
    case("an acknowledgement, which has no words", files["acknowledgement"], "acknowledgement")
    case("another hub's id", files["alert"], named=b64(seed("another hub")))
    _flips(case, files["alert"], good)
    _forms(case, files)
    _chains(packed, here, good)
    _statements(packed, here, good, quiet)
    _logs(packed, here, good)
    return shared, cases


def _flips(case: Take, raw: bytes, good: Bundle) -> None:
    """One changed byte in every part that the file has."""
    parts: list[tuple[str, bytes]] = [
        ("the title", b"NCP Hub evidence 1 EXERCISE\n"),
        ("the signed header", good.statement),
        ("the author's signature", good.signature),
        ("the words", good.content),
        ("the checkpoint", b"hub.example.org/log\\n"),
    ]
    for name, proof in (
        ("directory", good.log.directory),
        ("operation", good.log.operation),
        ("statement", good.log.statement),
    ):
        parts += [(f"the leaf of the {name}", b64(proof.leaf).encode())]
        parts += [(f"a path of the {name}", b64(proof.path[-1]).encode())]
    for seq, signed in enumerate(good.directory):
        parts += [(f"directory entry {seq}", signed.entry), (f"act {seq}", signed.act)]
        parts += [(f"a signature of act {seq}", signed.signatures[-1])]
    for seq, entry in enumerate(good.operation):
        parts += [(f"operation entry {seq}", entry.body), (f"the signature of entry {seq}", entry.signatures[0])]
    for name, part in parts:
        at = raw.index(part) + len(part) // 2
        case(f"a changed byte in {name}", _changed(raw, at))
    title = raw.index(b"\n") + 1
    case("a changed byte in a length", _changed(raw, title + 3))
    case("a changed high byte in a length", _changed(raw, title))
    case("a changed version", raw.replace(b"evidence 1", b"evidence 2", 1))


def _changed(raw: bytes, at: int) -> bytes:
    return bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]])


def _forms(case: Take, files: dict[str, bytes]) -> None:
    raw = files["alert"]
    case("nothing", b"")
    case("a title alone", raw[: raw.index(b"\n") + 1])
    case("something else", b"%PDF-1.7\n" + raw)
    case("cut short by a byte", raw[:-1])
    case("a byte behind", raw + b"\0")
    case("an empty packet behind", raw + bytes(20))
    case("an exercise that doesn't say so", raw.replace(b" EXERCISE\n", b"\n", 1))


def _chains(packed: Take, here: Exhibit, good: Bundle) -> None:
    world, who = here.world, here.pedro
    packed("an entry of the directory left out", replace(good, directory=(*good.directory[:2], *good.directory[3:])))
    packed("the directory's last entry left out", replace(good, directory=good.directory[:-1]))
    packed("an entry of the operation left out", replace(good, operation=(*good.operation[:1], *good.operation[2:])))
    packed("the operation's last entry left out", replace(good, operation=good.operation[:-1]))
    packed("the operation without its opening", replace(good, operation=good.operation[1:]))
    packed("entries in another order", replace(good, operation=(*good.operation[:2], *good.operation[:1:-1])))
    place = world.directory.accounts[who.account].certified_seq
    certified = good.directory[place]
    named = canon({**parse(certified.act), "name": "Kamau"})
    packed("another certified name", _with_act(good, place, replace(certified, act=named)))
    ordered = canon({**parse(certified.entry), "act": b64(statement_id("act", named))})
    packed(
        "another certified name, and an entry made for it",
        _with_act(good, place, Signed(ordered, named, certified.signatures)),
    )
    fewer = replace(good.directory[0], signatures=good.directory[0].signatures[:-1])
    packed("a genesis that one administrator didn't sign", _with_act(good, 0, fewer))


def _with_act(good: Bundle, place: int, signed: Signed) -> Bundle:
    return replace(good, directory=(*good.directory[:place], signed, *good.directory[place + 1 :]))


def _statements(packed: Take, here: Exhibit, good: Bundle, quiet: Bundle) -> None:
    moved = header_body(here.header(channel="rumours"))
    packed("a copy said in another channel", replace(here.bundle(moved, words()), signature=good.signature))
    elsewhere = header_body({**here.header(), "operation": b64(seed("another operation"))})
    packed("a statement of another operation", here.bundle(elsewhere, words()))
    other_hub = header_body({**here.header(), "hub": b64(seed("another hub"))})
    packed("a statement of another hub", here.bundle(other_hub, words()))
    packed("signed by somebody else", here.bundle(good.statement, words(), signer=here.claire.device_key))
    packed("somebody else's device", here.alert(device=b64(here.claire.device)))
    packed("an account that nobody certified", here.alert(account=b64(seed("nobody", 16))))
    packed("a channel that the operation doesn't have", _unknown(here))
    packed("an epoch that isn't current", here.alert(epoch=2))
    packed("a kind that the role may not send", here.alert(kind="status"))
    packed("a head that is missing here", here.alert(head={"seq": 9, "id": b64(seed("a head"))}))
    packed("a head of another past", here.alert(head={"seq": 1, "id": b64(seed("a head"))}))
    packed("a directory that is missing here", here.alert(directory={"size": 99}))
    packed("other words", replace(good, content=words({**WORDS, "text": "Four cartons of syringes"})))
    packed("another salt", replace(good, content=words(salt=seed("another salt"))))
    packed("no words", replace(good, content=b""))
    packed("words with more beside", replace(good, content=canon({**parse(words()), "note": "trust me"})))
    packed("words that aren't canonical", replace(good, content=words() + b"\n"))
    packed("words beside an acknowledgement", replace(quiet, content=words()), "acknowledgement")
    packed("an acknowledgement under a later epoch", here.acknowledgement(epoch=2), "acknowledgement")

    gone = Exhibit()
    gone.world.add(gone.world.revoke(gone.pedro))
    packed("a device that was revoked before", gone.alert())
    ruled = Exhibit()
    ruled.meeting.do(ruled.claire, {"change": "member.remove", "account": b64(ruled.pedro.account)})
    packed("somebody who was no member any more", ruled.alert())
    uncleared = Exhibit()
    uncleared.open("precursors", "precursor")
    packed("somebody who doesn't read the channel", uncleared.alert(channel="precursors"))
    stale = Exhibit()
    third = Person("Yuki", "JP")
    stale.world.enrol(third)
    stale.meeting.do(stale.claire, admit(third))
    stale.open("all")
    stale.meeting.do(stale.claire, {"change": "member.remove", "account": b64(third.account)})
    packed("an alert under a stale epoch", stale.alert(channel="all"))
    packed("an acknowledgement under a stale epoch", stale.acknowledgement(channel="all"), "acknowledgement")


def _unknown(here: Exhibit) -> Bundle:
    return here.bundle(header_body({**here.header(), "channel": b64(seed("no channel", 16))}), words())


def _logs(packed: Take, here: Exhibit, good: Bundle) -> None:
    log, statement, content = good.log, good.statement, good.content
    packed("a checkpoint of another log", here.bundle(statement, content, log_key=key("log", "another log")))
    later = here.acknowledgement().log
    packed("a checkpoint over another tree", replace(good, log=replace(log, checkpoint=later.checkpoint)))
    cosigned = log.checkpoint + "— witness.example.org AAAAAAA=\n"
    packed("a line of another signer", replace(good, log=replace(log, checkpoint=cosigned)))
    packed("the operation's proof for the directory", replace(good, log=replace(log, directory=log.operation)))
    packed("another statement's proof", replace(good, log=replace(log, statement=later.statement)))
    packed("another place in the log", replace(good, log=replace(log, statement=replace(log.statement, index=0))))
    short = replace(log.statement, path=log.statement.path[:-1])
    packed("a path too short", replace(good, log=replace(log, statement=short)))
    packed("a leaf of another type", here.bundle(statement, content, leaf={"type": "offer"}))
    packed(
        "a leaf that names another author", here.bundle(statement, content, leaf={"actor": b64(here.claire.account)})
    )
    packed(
        "a leaf that names another operation", here.bundle(statement, content, leaf={"operation": b64(seed("else"))})
    )
    packed("a leaf of a newer version", here.bundle(statement, content, leaf={"v": 2}))
    packed("an entry that the log holds behind the statement", here.bundle(statement, content, late=True))
