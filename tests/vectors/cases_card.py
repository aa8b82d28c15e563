"""Cases of contact cards: form, device, order."""

from typing import Any

from crypto.card import CONTEXT, card_id
from crypto.directory import Signed
from crypto.encoding import Json, b64, canon
from tests.vectors.world import DAY, NOW, Person, World, key, people, seed

Case = tuple[str, str, dict[str, Any]]
Cases = tuple[dict[str, Any], list[Case]]

CARD_AT = NOW + 3 * DAY


def contact(deputy: Person, **other: Json) -> dict[str, Json]:
    """What a plausible card says; `other` replaces parts."""
    return {
        "languages": ["en", "fr"],
        "phone": "+233 30 200 0123",
        "hours": {"days": [1, 2, 3, 4, 5], "from": "08:00", "until": "16:30"},
        "time_zone": "Africa/Accra",
        "email": "ncp@customs.example",
        "deputy": b64(deputy.account),
        "confirmed_at": CARD_AT,
        "away": None,
        **other,
    }


def card() -> Cases:
    world, who = World(), people()
    ama, pedro, yuki = who["ama"], who["pedro"], who["yuki"]
    world.enrol(ama, pedro, yuki)
    world.add(world.revoke(yuki))
    cases: list[Case] = []
    fine = contact(pedro)

    def raw(person: Person, said: dict[str, Json], **other: Json) -> bytes:
        """The canonical bytes of anything at all, whatever the rules say of it."""
        head: dict[str, Json] = {
            "v": 1,
            "hub": b64(world.hub),
            "account": b64(person.account),
            "device": b64(person.device),
            "n": 1,
            "at": CARD_AT,
        }
        return canon({**head, **said, **other})

    def check(name: str, body: bytes, signature: bytes) -> None:
        cases.append((name, "check_card", {"body": b64(body), "signature": b64(signature)}))

    def signed(name: str, person: Person, said: dict[str, Json], **other: Json) -> None:
        body = raw(person, said, **other)
        check(name, body, person.device_key.sign(CONTEXT, body))

    def form(name: str, **other: Json) -> None:
        signed(name, ama, {**fine, **other})

    form("a card")
    form("answered around the clock", hours=None)
    form("a night's watch ends on the next day", hours={"days": [6, 7], "from": "22:00", "until": "06:00"})
    form("no e-mail, no deputy", email=None, deputy=None)
    form("duty is handed over", away={"from": CARD_AT, "until": CARD_AT + 14 * DAY, "deputy": b64(pedro.account)})
    form("confirmed long ago", confirmed_at=CARD_AT - 400 * DAY)
    form("UTC is a time zone", time_zone="UTC")
    form("a time zone of three parts", time_zone="America/Argentina/Buenos_Aires")
    signed("taken back", ama, {"withdrawn": True}, n=2)
    form("a regional form of a language", languages=["pt-BR"])

    form("no language", languages=[])
    form("nine languages", languages=["en", "fr", "es", "pt", "ar", "ru", "zh", "de", "it"])
    form("a language twice", languages=["en", "en"])
    form("a language by its name", languages=["English"])
    form("a phone without its country", phone="030 200 0123")
    form("a phone with letters", phone="+233 CUSTOMS")
    form("a phone that ends in a line feed", phone="+233302000123\n")
    form("no phone", phone=None)
    form("a day that isn't one", hours={"days": [8], "from": "08:00", "until": "16:30"})
    form("a day twice", hours={"days": [1, 1], "from": "08:00", "until": "16:30"})
    form("days out of order", hours={"days": [2, 1], "from": "08:00", "until": "16:30"})
    form("a time of day that isn't one", hours={"days": [1], "from": "24:00", "until": "16:30"})
    form("hours that end when they begin", hours={"days": [1], "from": "08:00", "until": "08:00"})
    form("hours with something else", hours={"days": [1], "from": "08:00", "until": "16:30", "note": "x"})
    form("a time zone with a path in it", time_zone="../etc/passwd")
    form("a time zone too long", time_zone="A" * 65)
    form("an address that is none", email="customs.example")
    form("an address with a name before it", email="NCP <ncp@customs.example>")
    form("one's own deputy", deputy=b64(ama.account))
    form("confirmed after it was made", confirmed_at=CARD_AT + 1)
    form("away until it began", away={"from": CARD_AT, "until": CARD_AT, "deputy": b64(pedro.account)})
    form("away without a deputy", away={"from": CARD_AT, "until": CARD_AT + DAY, "deputy": None})
    form("away with oneself as deputy", away={"from": CARD_AT, "until": CARD_AT + DAY, "deputy": b64(ama.account)})
    signed("a field too few", ama, {name: part for name, part in fine.items() if name != "away"})
    form("a field too many", fax="+233 30 200 0124")
    signed("taken back and said at once", ama, {**fine, "withdrawn": True})
    signed("not taken back", ama, {"withdrawn": False})
    form("number 0", n=0)
    form("of a later version", v=2)
    form("of another hub", hub=b64(seed("another hub")))
    signed("of nobody", Person("Nobody", "ZZ"), fine)

    body = raw(ama, fine)
    check("signed with another person's device", body, pedro.device_key.sign(CONTEXT, body))
    check("signed with a key of nobody's", body, key("device", "nobody").sign(CONTEXT, body))
    check("a signature over other words", body, ama.device_key.sign(CONTEXT, raw(ama, {**fine, "phone": "+1 202 0"})))
    check("a signature of another context", body, ama.device_key.sign("export", body))
    borrowed = raw(ama, fine, device=b64(pedro.device))
    check("another person's device signs for this one", borrowed, pedro.device_key.sign(CONTEXT, borrowed))
    signed("a device that was revoked", yuki, fine)
    signed("taken back with a device that was revoked since", yuki, {"withdrawn": True})
    check("not in the one form", body.replace(b'"n":1', b'"n": 1'), ama.device_key.sign(CONTEXT, body))

    for name, n, said in (("made here", 1, fine), ("the withdrawal made here", 2, None)):
        parts: dict[str, Any] = {"n": n, "at": CARD_AT, "contact": said}
        head = {"account": b64(ama.account), "device": b64(ama.device), "hub": b64(world.hub)}
        cases.append((name, "card_body", {**head, **parts}))

    first, second = raw(ama, fine), raw(ama, {**fine, "phone": "+233 30 200 0199"})
    later = raw(ama, fine, n=7)

    def order(name: str, seen: Json, shown: bytes) -> None:
        cases.append((name, "check_not_older", {"seen": seen, "body": b64(shown)}))

    order("nothing was seen before", None, first)
    order("the same once more", [1, b64(card_id(first))], first)
    order("a newer one", [1, b64(card_id(first))], later)
    order("an older one", [7, b64(card_id(later))], first)
    order("another under the same number", [1, b64(card_id(first))], second)

    return {"entries": [_entry(one) for one in world.signed]}, cases


def _entry(one: Signed) -> dict[str, Any]:
    return {"entry": b64(one.entry), "act": b64(one.act), "signatures": [b64(two) for two in one.signatures]}
