"""Cases of nominations (form and device) and of invitations (id and link)."""

from typing import Any

from crypto.encoding import Json, b64, canon
from crypto.nomination import CONTEXT
from tests.vectors.world import DAY, NOW, Person, World, people, seed

Case = tuple[str, str, dict[str, Any]]
Cases = tuple[dict[str, Any], list[Case]]

AT = NOW + 3 * DAY


def nomination() -> Cases:
    world, who = World(), people()
    ama, pedro, yuki = who["ama"], who["pedro"], who["yuki"]
    world.enrol(ama, pedro, yuki)
    world.add(world.revoke(yuki))
    cases: list[Case] = []
    person: dict[str, Json] = {
        "name": "Kofi Mensah",
        "function": "Head of section, seaport of Tema",
        "duty_phone": "+233 30 200 0456",
        "languages": ["en", "fr"],
        "time_zone": "Africa/Accra",
    }
    fine: dict[str, Json] = {
        "nominee": person,
        "organisation": "Ghana · Customs Division",
        "country": "GH",
        "role": "contact",
        "operations": sorted([b64(seed("operation 1"))]),
        "deputy": None,
        "endorsed_by": "Commissioner of Customs, letter 14/2026",
        "check_method": "phone",
        "until": AT + 365 * DAY,
    }

    def signed(name: str, by: Person, context: str = CONTEXT, **other: Json) -> None:
        head: dict[str, Json] = {
            "v": 1,
            "hub": b64(world.hub),
            "account": b64(by.account),
            "device": b64(by.device),
            "id": b64(seed("nomination", 16)),
            "at": AT,
        }
        body = canon({**head, **fine, **other})
        signature = by.device_key.sign(context, body)
        cases.append((name, "verify_nomination", {"body": b64(body), "signature": b64(signature)}))

    signed("a nomination", ama)
    signed("with a deputy, for no operation yet", ama, deputy="Esi Owusu", operations=[])
    signed("signed for something else", ama, context="export")
    signed("by a device that was revoked", yuki)
    signed("by somebody else's device", ama, device=b64(pedro.device))
    signed("in somebody else's name", ama, account=b64(pedro.account))
    signed("at another hub", ama, hub=b64(seed("another hub")))
    signed("of a newer version", ama, v=2)
    signed("a word too many", ama, remark="urgent")
    signed("over before it began", ama, until=AT)
    signed("for a role that isn't one", ama, role="administrator")
    signed("a phone without its country", ama, nominee={**person, "duty_phone": "030 200 0456"})
    signed("no language", ama, nominee={**person, "languages": []})
    signed("a language twice", ama, nominee={**person, "languages": ["en", "en"]})
    signed("a name of two lines", ama, nominee={**person, "name": "Kofi\nMensah"})
    signed("checked by a rumour", ama, check_method="rumour")
    signed("an operation twice", ama, operations=[b64(seed("operation 1"))] * 2)
    head = {"hub": b64(world.hub), "account": b64(ama.account), "device": b64(ama.device), "id": b64(bytes(16))}
    cases.append(("the body of a nomination", "nomination_body", {**head, "at": AT, "said": fine}))
    shared = {
        "entries": [
            {"entry": b64(one.entry), "act": b64(one.act), "signatures": [b64(two) for two in one.signatures]}
            for one in world.signed
        ]
    }
    return shared, cases


def invitation() -> Cases:
    hub, account, secret = b64(seed("hub")), b64(seed("account", 16)), b64(seed("secret", 16))
    said: dict[str, Json] = {"v": 1, "hub": hub, "account": account, "code": "GH-TEMA-1", "secret": secret}
    cases: list[Case] = [
        ("the id of a secret", "invitation_id", {"secret": secret, "hub": hub}),
        ("of another secret", "invitation_id", {"secret": b64(seed("other", 16)), "hub": hub}),
        ("at another hub", "invitation_id", {"secret": secret, "hub": b64(seed("another hub"))}),
        ("a link", "invitation_fragment", {name: part for name, part in said.items() if name != "v"}),
    ]

    def link(name: str, written: str) -> None:
        cases.append((name, "read_fragment", {"fragment": written}))

    link("a link is read", b64(canon(said)))
    link("of a newer version", b64(canon({**said, "v": 2})))
    link("a word too many", b64(canon({**said, "name": "Kofi"})))
    link("a secret too short", b64(canon({**said, "secret": b64(bytes(15))})))
    link("a code in small letters", b64(canon({**said, "code": "gh-tema-1"})))
    link("cut short", b64(canon(said))[:-4])
    link("not base64url", b64(canon(said))[:-1] + "=")
    link("not in the one form", b64(canon(said) + b" "))
    return {}, cases
