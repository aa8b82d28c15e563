"""
Session tokens: the one module that may import jose (docs/decisions/0012-tokens.md; RFC 7519).

A token says which session a request belongs to, nothing more: what counts is the session then looked up by `jti`.
Python-jose takes far more than this hub issues, so a token is accepted only if it is, byte for byte, what `issue`
writes.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jose import jwt
from jose.exceptions import JOSEError

from hub.errors import TokenRefused

ISSUER = "ncphub"
AUDIENCE = "ncphub-session"
TYPE = "ncphub-session+jwt"
ALGORITHM = "HS256"
KEY_SIZE = 32
LONGEST = 1024
LONGEST_LIFE = 3600  # seconds
CLOCK_SKEW = 60  # seconds that two machines of one hub may differ
HEADER = {"alg": ALGORITHM, "typ": TYPE}
CLAIMS = {"sub": str, "jti": str, "aud": str, "iss": str, "iat": int, "exp": int}
OPTIONS = {f"require_{claim}": True for claim in CLAIMS} | {
    "require_exp": False,
    "verify_exp": False,
}  # by our own clock
SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class SessionClaims:
    """What a good token says; `session` is to be looked up, for a session may have ended."""

    account: str
    session: str
    expires: int  # seconds since 1970, UTC


def issue(account: str, session: str, key: bytes, now: datetime, *, life: int) -> str:
    """A token for `life` seconds; `key` is the hub's session secret of at least 32 bytes."""
    if len(key) < KEY_SIZE:
        raise ValueError("the session secret is too short")
    if not 0 < life <= LONGEST_LIFE:
        raise ValueError("a session token lives at most an hour")
    issued = int(now.timestamp())
    claims = {"sub": account, "jti": session, "aud": AUDIENCE, "iss": ISSUER, "iat": issued, "exp": issued + life}
    return _written(claims, key)


def check_token(token: str, key: bytes, now: datetime) -> SessionClaims:
    """Returns what `token` says if this hub issued exactly it, unexpired. Raises TokenRefused without a reason."""
    if len(key) < KEY_SIZE or len(token) > LONGEST or not SHAPE.fullmatch(token):
        raise TokenRefused
    try:
        if jwt.get_unverified_header(token) != HEADER:
            raise TokenRefused
        claims = jwt.decode(token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=OPTIONS)
        _check_claims(claims, now.timestamp())
        if not hmac.compare_digest(_written(claims, key), token):  # no second spelling, no claim twice
            raise TokenRefused
    except (JOSEError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise TokenRefused from error
    return SessionClaims(account=claims["sub"], session=claims["jti"], expires=claims["exp"])


def _check_claims(claims: dict[str, Any], now: float) -> None:
    """Exactly ours, of their own types: `True` is not a time, and a list with our name in it is not our name."""
    if {name: type(value) for name, value in claims.items()} != CLAIMS:
        raise TokenRefused
    if not (claims["iat"] <= now + CLOCK_SKEW and now < claims["exp"] <= now + LONGEST_LIFE + CLOCK_SKEW):
        raise TokenRefused


def _written(claims: dict[str, Any], key: bytes) -> str:
    written: str = jwt.encode({name: claims[name] for name in CLAIMS}, key, algorithm=ALGORITHM, headers={"typ": TYPE})
    return written
