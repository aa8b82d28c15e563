"""Every address of the hub names the action that it needs and the leaf that it leaves; the exceptions stand here."""

from hub.access.routes import OPEN
from hub.app import ROUTES
from tests.builders import shipped_matrix

NEEDS_NO_SESSION = {
    "GET /": "the same page for everybody; it renders no member data",
    "GET /o": "the same page",
    "GET /setup": "the same page: an invitation's secret stays behind the #",
    "GET /o/{tail:.*}": "the same page",
    "GET /static/{name:.+}": "the bundle, the same for everybody",
    "GET /favicon.ico": "part of the bundle",
    "GET /lang/{language}": "sets the language cookie and goes back",
    "GET /health": "says only whether records are taken",
    "GET /api/hub": "the genesis, whose hash is the hub's id: clients check it before they sign in",
    "GET /api/log/checkpoint": "what the hub signs is for everybody, witnesses included",
    "POST /api/sign-in/ways": "asked before anybody is known; unknown codes get an answer too",
    "POST /api/sign-in": "is how a session begins",
    "POST /api/sign-in/passkey/challenge": "asked before anybody is known; the same for everybody",
    "POST /api/sign-in/passkey": "is how a session begins",
    "POST /api/sign-in/approval": "a new device has no session: it knows a one-time code",
    "POST /api/sign-in/approval/collect": "is how a session begins",
    "POST /api/directory": "acts are authorised by the signatures of administrators or owners inside them",
    "POST /api/invitations": "signed by an administrator",
    "GET /api/invitations/{invitation}": "who holds an invitation waits to be certified; its id can't be guessed",
    "POST /api/enrolments/pending": "signed by an administrator",
    "POST /api/proposals": "authorised by the administrator's signature over the act in it",
    "POST /api/proposals/waiting": "signed by an administrator",
    "POST /api/enrolments": "needs a live invitation, and the signatures of the keys that it brings",
}

LEAVES_NO_LEAF = {
    "GET /": "a static page",
    "GET /o": "a static page",
    "GET /setup": "a static page",
    "GET /o/{tail:.*}": "a static page",
    "GET /static/{name:.+}": "static files",
    "GET /favicon.ico": "a static file",
    "GET /lang/{language}": "a cookie",
    "GET /health": "health",
    "GET /api/hub": "the same for everybody",
    "GET /api/log/checkpoint": "the log itself",
    "GET /api/log/tile/{tile:.+}": "the log itself: hashes only",
    "GET /api/log/proof/inclusion": "the log itself",
    "GET /api/log/proof/consistency": "the log itself",
    "GET /api/heads": "the log itself, for one's own chains",
    "GET /api/invitations/{invitation}": "a person waits here, who isn't anybody yet; it names nobody",
    "POST /api/sign-in/ways": "names nobody; the sign-in that follows leaves one",
    "GET /api/session": "what the caller already holds",
    "POST /api/sign-in/passkey/challenge": "names nobody; the sign-in that follows leaves one",
    "POST /api/ways/passkey": "a challenge; the proposal that answers it leaves one",
    "GET /api/approvals/{approval}": "asked every two seconds; the request and the answer leave one each",
    "POST /api/session/renew": "the same session goes on",
    "GET /api/operations/{operation}/channels/{channel}/envelopes/by-id/{id}": "whether one's own envelope stands",
}


def name_of(method: str, path: str) -> str:
    return f"{method} {path}"


def test_no_address_is_given_twice() -> None:
    names = [name_of(route.method, route.path) for route in ROUTES]

    assert len(names) == len(set(names))


def test_what_needs_no_session_stands_in_the_visible_list() -> None:
    without = {name_of(route.method, route.path) for route in ROUTES if route.action == OPEN}

    assert without == NEEDS_NO_SESSION.keys()


def test_what_leaves_no_leaf_stands_in_the_visible_list() -> None:
    without = {name_of(route.method, route.path) for route in ROUTES if route.leaf is None}

    assert without == LEAVES_NO_LEAF.keys()


def test_every_action_is_granted_to_somebody_in_the_shipped_matrix() -> None:
    matrix = shipped_matrix()
    assert isinstance(matrix, dict)
    granted = {row[0] for row in matrix["grants"]}  # type: ignore[index, union-attr]

    assert {route.action for route in ROUTES} - {OPEN} <= granted


def test_what_changes_content_or_reads_it_needs_a_device() -> None:
    content = [route for route in ROUTES if "{channel}" in route.path]

    assert content
    assert all(route.device for route in content)
    assert all(route.device for route in ROUTES if route.action in ("operation.open", "operation.write", "live.read"))
