"""
Every route × every role × every place: what config/roles.toml doesn't grant is refused, and what it grants is reached.

The walk is made from the table of routes and the matrix. What a visitor may do is computed here from the matrix and
from who they are, not by the code that decides it in the hub.
"""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
import pytest_asyncio

from crypto import change_forms
from crypto.changes import audience_form
from crypto.encoding import Json, b64, unb64
from crypto.envelope import KINDS, WITH_REFERENCE
from hub.access.routes import OPEN, Route
from hub.app import ROUTES
from hub.db.embedded import Postgres
from hub.paths import config
from tests.builders import Person
from tests.databases import a_database
from tests.integration.addresses import GRANTED, NOWHERE, Knock, knocks, name_of
from tests.integration.grounds import FAR, MIXED, OTHER, OWN, PRIVILEGES, ROLES, VISITORS, Grounds, Heard, settled

in_one_loop = pytest.mark.asyncio(loop_scope="module")

GRANTS: Final[dict[str, dict[str, Any]]] = tomllib.loads((config() / "roles.toml").read_text("utf-8"))["grants"]
HUB_ROLES: Final = {"administer": "administrator", "audit": "auditor_hub", "coordinate": "coordinator_hub"}

GO: Final = "granted"
NO_SESSION: Final = (401, "expired-session")
NO_DEVICE: Final = (403, "no-device")
NOT_ALLOWED: Final = (403, "not-allowed")
NOT_FOUND: Final = (404, "not-found")


@dataclass(frozen=True, slots=True)
class Member:
    """What a visitor is in one operation."""

    role: str
    compartments: tuple[str, ...]
    former: bool = False


def membership(name: str, room: str) -> Member | None:
    """None to those who never were in the operation that the place names."""
    if room in (FAR, MIXED):
        return Member("contact", ("general", "precursor")) if name == "foreign" else None
    if room == NOWHERE:
        return None
    kind, _, role = name.partition(" ")
    if kind == "general":
        return Member(role, ("general",))
    if kind == "removed":
        return Member(role, ("general", "precursor"), former=True)
    return Member("contact", ("general",)) if name in ("lost", "without a device") else None


def granted(action: str, role: str, compartment: str | None = None) -> bool:
    places = GRANTS.get(action, {}).get(role, [])
    return bool(places) if compartment is None else "*" in places or compartment in places


def verdict(knock: Knock, name: str) -> str | tuple[int, str]:
    """What the guard has to say, from the matrix alone."""
    route, room = knock.route, knock.room
    if route.action == OPEN:
        return GO
    if name in ("nobody", "expired"):
        return NO_SESSION
    if route.device and name == "without a device":
        return NO_DEVICE
    if "{operation}" not in route.path:
        roles = ["account", *(HUB_ROLES[PRIVILEGES[name]] for _ in [0] if name in PRIVILEGES)]
        return GO if any(granted(route.action, role) for role in roles) else NOT_ALLOWED
    member = membership(name, room)
    if member is None or (member.former and route.action != "operation.read"):
        return NOT_FOUND
    if not member.former and not granted(route.action, member.role):
        return NOT_ALLOWED
    if "{channel}" not in route.path:
        return GO
    compartment = {OWN: "general", OTHER: "precursor", FAR: "general"}.get(room)
    if compartment is None:
        return NOT_FOUND
    cleared = compartment in member.compartments and granted(route.action, member.role, compartment)
    return GO if cleared else NOT_ALLOWED


def wrong(knock: Knock, name: str, heard: Heard) -> str | None:
    """What is wrong with an answer, in words; None if nothing is."""
    expected = verdict(knock, name)
    if expected == GO:
        allowed = GRANTED.get(name_of(knock.route), ())
        statuses = allowed if isinstance(allowed, tuple) else (allowed,)
        if heard.status in statuses and heard.status not in (401, 403):
            return None
        return f"{name}: {knock} is granted, and was answered {heard.status} {heard.code}, not {statuses}"
    if (heard.status, heard.code) == expected or (heard.status == expected[0] and heard.code == ""):
        return None
    return f"{name}: {knock} must be refused with {expected}, and was answered {heard.status} {heard.code}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grounds(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Grounds]:
    async with a_database(postgres, migrated_template) as dsn, settled(dsn, tmp_path_factory.mktemp("grounds")) as made:
        yield made


def test_every_route_has_a_line() -> None:
    assert {name_of(route) for route in ROUTES} == set(GRANTED)


def test_every_role_of_the_matrix_walks() -> None:
    roles = {role for by_role in GRANTS.values() for role in by_role}

    assert roles == {*ROLES, "account", *(HUB_ROLES[privilege] for privilege in PRIVILEGES.values())}


@in_one_loop
@pytest.mark.parametrize("name", VISITORS)
async def test_each_door_opens_to_whom_the_matrix_names_and_to_nobody_else(grounds: Grounds, name: str) -> None:
    found: list[str | None] = []
    for knock in knocks(grounds.places(name)):
        if ends_the_session(knock.route) and name not in ("nobody", "expired"):
            continue
        found.append(wrong(knock, name, await grounds.hear(knock, name)))

    mistakes = [words for words in found if words is not None]
    assert mistakes == [], "\n".join(mistakes)


def ends_the_session(route: Route) -> bool:
    """Walked last, below: nobody could walk on afterwards."""
    return name_of(route) == "DELETE /api/session"


# -- what the body asks for --------------------------------------------------------------------------------------------


@in_one_loop
@pytest.mark.parametrize("role", ROLES)
async def test_each_kind_is_sent_by_whom_the_matrix_names_where_they_are_cleared(grounds: Grounds, role: str) -> None:
    who = grounds.people[f"general {role}"]
    for kind in ("post", *sorted(KINDS - {"post"})):
        for room, place in ((grounds.own, "general"), (grounds.other, "precursor")):
            answer = await room.send(who, room.envelope(who, kind, **parts_of(grounds, who, kind)))
            may = place == "general" and granted("envelope.send", role, place) and granted(f"{kind}.send", role, place)
            if answer.status == 201:
                who.sent[room.channel].append(unb64(answer.json["id"], 32))
            refused = answer.status == NOT_ALLOWED[0] and answer.code == NOT_ALLOWED[1]
            told = f"{role} sends {kind} in {place}: {answer.status}"
            assert (not refused) if may else answer.status in (403, 422), told


def parts_of(grounds: Grounds, who: Person, kind: str) -> dict[str, Any]:
    """What a header of this kind refers to: one's own words where they are put right, else somebody's."""
    own = who.sent.get(grounds.own.channel, [])
    ref = own[0] if own and kind in ("correction", "withdrawal") else grounds.said_in(grounds.own)[0]
    state = {"state": "acknowledged"} if kind == "acknowledgement" else {}
    return {"ref": b64(ref), **state} if kind in WITH_REFERENCE else state


def changes(grounds: Grounds) -> dict[str, tuple[str, dict[str, Json]]]:
    """Each change of an operation: the action that it needs, and what it could say."""
    other = grounds.people["lost"]
    account: dict[str, Json] = {"account": b64(other.account), "role": "contact", "compartments": ["general"]}
    return {
        "phase.set": ("operation.phase", {"phase": "active"}),
        "member.admit": (
            "member.admit",
            {**account, "account": b64(grounds.people["outside"].account), "aik": b64(other.aik.public)},
        ),
        "member.restore": ("member.admit", {**account, "aik": b64(other.aik.public)}),
        "member.change": ("member.change", account),
        "member.remove": ("member.remove", {"account": account["account"]}),
        "channel.open": (
            "channel.open",
            {
                "channel": b64(bytes(range(16))),
                "type": "all",
                "compartment": "general",
                "audience": audience_form("all"),
                "history": "all",
            },
        ),
        "channel.close": ("channel.close", {"channel": b64(grounds.own.channel)}),
        "matrix.take": ("matrix.take", {"hash": b64(bytes(32))}),
        "retention.set": ("retention.set", {"until": grounds.hub.now + 10**9}),
        "hold.set": ("hold.set", {"on": True, "reason": "A court asks for it"}),
        "operation.close": ("operation.close", {}),
        "operation.destroy": ("operation.destroy", {"at": grounds.hub.now + 8 * 86_400_000}),
        "destroy.cancel": ("destroy.cancel", {}),
        "version.raise": ("version.raise", {"version": 2}),
    }


JUDGED_ELSEWHERE: Final = {
    "operation.open": "is the route POST /api/operations",
    "template.adopt": "needs its document beside it: tests/integration/test_operations.py",
    "rules.set": "needs its document beside it",
    "rules.accept": "every member may, for themselves",
    "grants": "every reader may, for those who wait",
    "wrap.bad": "every reader may, of their own wrap",
    "coordinator.take": "whom the administrators appointed",
}


@in_one_loop
@pytest.mark.parametrize("role", ROLES)
async def test_no_role_changes_what_the_matrix_does_not_grant(grounds: Grounds, role: str) -> None:
    who, operation = grounds.people[f"general {role}"], grounds.own.operation
    known = changes(grounds)
    assert set(known) | set(JUDGED_ELSEWHERE) == set(change_forms._CHANGES)

    for change, (action, parts) in known.items():
        if granted(action, role):
            continue
        packet = grounds.hub.entry(who, operation, [{"change": change, **parts}])
        answer = await grounds.hub.ask("POST", f"/api/operations/{b64(operation)}/entries", who=who, packets=packet)
        assert (answer.status, answer.code) == NOT_ALLOWED, f"{role}: {change}"


@in_one_loop
async def test_everybody_may_leave_once(grounds: Grounds) -> None:
    name = "outside"
    (knock,) = [one for one in knocks(grounds.places(name)) if ends_the_session(one.route)]

    assert wrong(knock, name, await grounds.hear(knock, name)) is None
    assert (await grounds.hear(knock, name)).status == 401
    await grounds.hub.sign_in(grounds.people[name])
