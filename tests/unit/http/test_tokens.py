"""Session tokens: what the hub issued is taken, everything else is refused without a reason (docs/threat-model.md)."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub.errors import TokenRefused
from hub.http.tokens import AUDIENCE, ISSUER, TYPE, SessionClaims, check_token, issue

KEY = bytes(range(32))
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
GOOD = {"sub": "account", "jti": "session", "aud": AUDIENCE, "iss": ISSUER, "iat": AT, "exp": AT + 900}
HEADER = {"alg": "HS256", "typ": TYPE}
MISSING = object()


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: str, claims: str, key: bytes = KEY, digest: str = "sha256") -> str:
    """A token made by hand, so that it may say what no library would write."""
    text = f"{b64(header.encode())}.{b64(claims.encode())}"
    return f"{text}.{b64(hmac.new(key, text.encode(), digest).digest())}"


def with_claims(**changed: Any) -> str:
    claims = {name: value for name, value in {**GOOD, **changed}.items() if value is not MISSING}
    return signed(json.dumps(HEADER, separators=(",", ":")), json.dumps(claims, separators=(",", ":")))


def with_header(**changed: Any) -> str:
    header = {name: value for name, value in {**HEADER, **changed}.items() if value is not MISSING}
    return signed(json.dumps(header, separators=(",", ":")), json.dumps(GOOD, separators=(",", ":")))


def test_a_token_that_this_hub_issued_is_taken() -> None:
    token = issue("account", "session", KEY, NOW, life=900)

    assert check_token(token, KEY, NOW) == SessionClaims("account", "session", AT + 900)


def test_a_token_expires() -> None:
    token = issue("account", "session", KEY, NOW, life=900)

    check_token(token, KEY, NOW + timedelta(seconds=899))
    with pytest.raises(TokenRefused):
        check_token(token, KEY, NOW + timedelta(seconds=900))


def test_a_token_of_another_key_is_refused() -> None:
    with pytest.raises(TokenRefused):
        check_token(issue("account", "session", b"x" * 32, NOW, life=900), KEY, NOW)


@pytest.mark.parametrize("key", [b"", b"short", bytes(31)])
def test_a_short_key_neither_issues_nor_checks(key: bytes) -> None:
    with pytest.raises(ValueError, match="too short"):
        issue("account", "session", key, NOW, life=900)
    with pytest.raises(TokenRefused):
        check_token(signed(json.dumps(HEADER), json.dumps(GOOD), key), key, NOW)


@pytest.mark.parametrize("life", [0, -1, 3601])
def test_a_token_for_longer_than_an_hour_is_not_issued(life: int) -> None:
    with pytest.raises(ValueError, match="at most an hour"):
        issue("account", "session", KEY, NOW, life=life)


@pytest.mark.parametrize("claim", list(GOOD))
def test_a_token_without_one_of_its_claims_is_refused(claim: str) -> None:
    with pytest.raises(TokenRefused):
        check_token(with_claims(**{claim: MISSING}), KEY, NOW)


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("aud", "another"),
        ("aud", [AUDIENCE, "another"]),
        ("aud", None),
        ("iss", "another"),
        ("iss", [ISSUER]),
        ("sub", 7),
        ("jti", None),
        ("iat", AT + 61),
        ("iat", True),
        ("iat", str(AT)),
        ("exp", None),
        ("exp", True),
        ("exp", float(AT + 900)),
        ("exp", str(AT + 900)),
        ("exp", AT - 1),
        ("exp", AT + 4000),
        ("exp", 10**30),
        ("exp", -(10**30)),
        ("exp", float("nan")),
        ("exp", float("inf")),
        ("exp", [AT + 900]),
        ("nbf", AT),
        ("admin", True),
    ],
)
def test_a_signed_token_with_an_odd_claim_is_refused(claim: str, value: Any) -> None:
    with pytest.raises(TokenRefused):
        check_token(with_claims(**{claim: value}), KEY, NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("typ", "JWT"),
        ("typ", MISSING),
        ("alg", MISSING),
        ("alg", "none"),
        ("alg", "HS384"),
        ("alg", "HS512"),
        ("alg", "RS256"),
        ("alg", ["HS256"]),
        ("crit", ["exp"]),
        ("kid", "../../dev/null"),
        ("jku", "https://elsewhere.example/keys"),
        ("zip", "DEF"),
    ],
)
def test_a_signed_token_with_another_header_is_refused(field: str, value: Any) -> None:
    with pytest.raises(TokenRefused):
        check_token(with_header(**{field: value}), KEY, NOW)


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE"])
def test_an_unsigned_token_is_refused(algorithm: str) -> None:
    text = f"{b64(json.dumps({'alg': algorithm, 'typ': TYPE}).encode())}.{b64(json.dumps(GOOD).encode())}"

    for token in (f"{text}.", f"{text}.{'A' * 43}", text):
        with pytest.raises(TokenRefused):
            check_token(token, KEY, NOW)


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_another_hash_under_our_label_is_refused(digest: str) -> None:
    with pytest.raises(TokenRefused):
        check_token(signed(json.dumps(HEADER), json.dumps(GOOD), digest=digest), KEY, NOW)


def test_a_public_key_does_not_pass_for_the_secret() -> None:
    public = generate_private_key(65537, 2048).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    forged = signed(json.dumps({"alg": "RS256", "typ": TYPE}), json.dumps(GOOD), der)

    with pytest.raises(TokenRefused):
        check_token(forged, der, NOW)


def test_a_claim_said_twice_is_refused() -> None:
    twice = json.dumps(GOOD, separators=(",", ":"))[:-1] + ',"sub":"administrator"}'

    with pytest.raises(TokenRefused):
        check_token(signed(json.dumps(HEADER, separators=(",", ":")), twice), KEY, NOW)


def test_the_same_token_in_a_second_spelling_is_refused() -> None:
    token = issue("account", "session", KEY, NOW, life=900)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(token[-1])  # four of its six bits belong to the signature, the others are thrown away
    spellings = [token[:-1] + alphabet[(last & ~3) | low] for low in range(4)]

    taken = [spelling for spelling in spellings if _is_taken(spelling)]

    assert taken == [token]


@pytest.mark.parametrize("change", ["{}=", "{} ", " {}", "{}\n", "{}.", ".{}", "{}.{}", "Bearer {}"])
def test_anything_around_a_token_is_refused(change: str) -> None:
    token = issue("account", "session", KEY, NOW, life=900)

    with pytest.raises(TokenRefused):
        check_token(change.format(token, token), KEY, NOW)


@pytest.mark.parametrize(
    "claims",
    ["", "null", "[]", '"text"', "7", "{", "[" * 300, '{"exp":' + "[" * 300, "\ufeff{}"],
    ids=["nothing", "null", "list", "text", "number", "open", "deep", "deep-exp", "bom"],
)
def test_a_signed_token_that_holds_no_claims_is_refused(claims: str) -> None:
    with pytest.raises(TokenRefused):
        check_token(signed(json.dumps(HEADER, separators=(",", ":")), claims), KEY, NOW)


def test_a_very_long_token_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(TokenRefused):
        check_token(with_claims(sub="a" * 2000), KEY, NOW)


def test_a_changed_byte_anywhere_is_refused() -> None:
    token = issue("account", "session", KEY, NOW, life=900)

    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(TokenRefused):
            check_token(changed, KEY, NOW)


def test_a_refusal_repeats_nothing_of_the_token_or_the_key() -> None:
    token = with_claims(sub=hashlib.sha256(b"someone").hexdigest(), aud="another")

    with pytest.raises(TokenRefused) as refused:
        check_token(token, KEY, NOW)

    assert str(refused.value) == ""


def _is_taken(token: str) -> bool:
    try:
        check_token(token, KEY, NOW)
    except TokenRefused:
        return False
    return True
