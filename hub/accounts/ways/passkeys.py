"""
Passkeys as the hub sees them: challenges that count once, and what a browser says of a passkey
(WebAuthn; docs/spec/27-ways.md). The passkey's secret, which opens the vault, never comes here.
"""

import hmac
import json
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers.exceptions import WebAuthnException

from crypto.encoding import b64, unb64
from crypto.errors import Malformed as MalformedBytes
from hub.accounts.ways.queries import PasskeyRow
from hub.accounts.ways.wire import Assertion, Registration
from hub.clock import Clock
from hub.http.errors import Forged, Malformed, Unauthenticated
from hub.http.origin import host_name

CHALLENGE_LIFE: Final = timedelta(minutes=5)
ALGORITHMS: Final = (-8, -7, -257)  # Ed25519, ES256, RS256: what passkeys of today sign with

NOBODY: Final = PasskeyRow(
    b"nobody's passkey",
    # The point of P-256 whose x is SHA-256("ncphub nobody's passkey 0"): nobody knows its secret.
    unb64("pQECAyYgASFYIIlnoi1HaDEPuwwX8QyF8k1-EFtKWjx_DMpve08sE_ubIlggw1bcNnX4ZSLPOlQiP6udkxOL7GH53p24YiRIeUHt77g"),
    0,
    "",
    "nobody",
)


@dataclass(frozen=True, slots=True)
class Site:
    """Under which of the hub's names a page stands: a passkey works under exactly one."""

    host: str
    origin: str

    @staticmethod
    def of(request: web.Request) -> "Site":
        """Both were held against the hub's own names by the guard. Raises Malformed without an Origin."""
        origin = request.headers.get("Origin")
        if origin is None:
            raise Malformed
        return Site(host_name(request.headers.get("Host", "")), origin)


class Passkeys:
    """Gives challenges and judges the answers; holds no keys itself."""

    def __init__(self, clock: Clock, secret: bytes, hub_name: str) -> None:
        self._clock = clock
        self.hub_name = hub_name
        self._key = hmac.digest(secret, b"passkey challenges", "sha256")
        self._spent: OrderedDict[bytes, float] = OrderedDict()

    def challenge(self, purpose: str) -> bytes:
        """32 bytes that only this hub can have made, good for five minutes and one answer."""
        until = int((self._clock.now() + CHALLENGE_LIFE).timestamp())
        head = secrets.token_bytes(8) + until.to_bytes(8, "big")
        return head + self._mac(purpose, head)

    def registered(self, said: Registration, purpose: str, site: Site) -> PasskeyRow:
        """A passkey that was just made for this hub. Raises Forged or Malformed."""
        challenge = self._genuine(said.client_data, purpose)
        try:
            made = verify_registration_response(
                credential={
                    "id": b64(said.credential),
                    "rawId": b64(said.credential),
                    "type": "public-key",
                    "response": {"clientDataJSON": b64(said.client_data), "attestationObject": b64(said.attestation)},
                },
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except WebAuthnException:
            raise Forged from None
        self._spend(challenge)
        return PasskeyRow(made.credential_id, made.credential_public_key, made.sign_count, site.host, said.label)

    def used(self, said: Assertion, purpose: str, passkey: PasskeyRow | None, site: Site) -> int:
        """
        The passkey's counter after this use. Raises Unauthenticated.

        A passkey that nobody has costs the same work: it is held against a key that nobody has.
        """
        known = passkey or NOBODY
        try:
            challenge = self._genuine(said.client_data, purpose)
            used = verify_authentication_response(
                credential={
                    "id": b64(said.credential),
                    "rawId": b64(said.credential),
                    "type": "public-key",
                    "response": {
                        "clientDataJSON": b64(said.client_data),
                        "authenticatorData": b64(said.authenticator_data),
                        "signature": b64(said.signature),
                    },
                },
                expected_challenge=challenge,
                expected_rp_id=known.host or site.host,
                expected_origin=site.origin,
                credential_public_key=known.key,
                credential_current_sign_count=known.signs,
                require_user_verification=True,
            )
        except (WebAuthnException, Malformed):
            raise Unauthenticated from None
        self._spend(challenge)
        return used.new_sign_count

    def _genuine(self, client_data: bytes, purpose: str) -> bytes:
        """The challenge that was answered. Raises Malformed for one that isn't this hub's, is over, or was used."""
        try:
            challenge = unb64(json.loads(client_data)["challenge"], 32)
        except (MalformedBytes, ValueError, KeyError, TypeError, AttributeError):
            raise Malformed from None
        now, until = self._clock.now().timestamp(), int.from_bytes(challenge[8:16], "big")
        while self._spent and next(iter(self._spent.values())) <= now:
            self._spent.popitem(last=False)
        genuine = hmac.compare_digest(self._mac(purpose, challenge[:16]), challenge[16:])
        if not genuine or until <= now or challenge in self._spent:
            raise Malformed
        return challenge

    def _spend(self, challenge: bytes) -> None:
        """A right answer counts once; wrong ones, which anybody can send, fill no memory."""
        self._spent[challenge] = int.from_bytes(challenge[8:16], "big")

    def _mac(self, purpose: str, head: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + b"\0" + head, "sha256")[:16]
