"""The hub's HTTP answers as Python values: one method per route, no judgement of what comes (docs/spec/22-http.md)."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any

import aiohttp

from crypto.encoding import b64
from crypto.packet import Packet, unpack_all
from hub.client.errors import N_, RateLimited, Refused, SessionOver, Unreachable
from hub.client.places import place_of

PACKETS = "application/vnd.ncphub.packets"
TIMEOUT = aiohttp.ClientTimeout(total=60, connect=10)
# A hub that names a wait is obeyed this many times for one request; then the person is told.
PATIENCE = 4
LONGEST_WAIT = 15.0

KEEPS_WAITING = N_("The hub keeps asking to wait. Nothing that you wrote is lost.")
NO_ANSWER = N_("The hub at {url} doesn't answer. Nothing that you wrote is lost.")
UNREADABLE = N_("The hub's answer couldn't be read. A proxy between you and it may have changed it.")
SOMEBODY_ELSE = N_("Something between you and the hub answered {status}. Nothing that you wrote is lost.")

_reopening: ContextVar[bool] = ContextVar("reopening", default=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One bounded list answer, and whether the hub holds more behind it."""

    packets: list[Packet]
    more: bool
    last_seq: int | None


class Hub:
    """A connection to one hub: its address, one pool of sockets, one bearer token."""

    def __init__(self, url: str, *, pool: aiohttp.ClientSession | None = None) -> None:
        self.url = url.rstrip("/")
        self.language = "en"  # of the hub's sentences for people
        self.token: str | None = None
        self.reopen: Callable[[], Awaitable[None]] | None = None  # opens a new session where the old one is over
        self._pool = pool
        self._own_pool = pool is None

    async def __aenter__(self) -> Hub:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Gives the sockets back; the session at the hub lives on until it is ended or expires."""
        if self._own_pool and self._pool is not None:
            await self._pool.close()
            self._pool = None

    @property
    def pool(self) -> aiohttp.ClientSession:
        """Made when first needed, because it belongs to the running event loop."""
        if self._pool is None:
            self._pool = aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        return self._pool

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        told = {"Accept-Language": self.language}
        return {**told, "Authorization": f"Bearer {self.token}"} if self.token else told

    def restored(self, over: str | None) -> str | None:
        """The new session's token; where none was opened the old one, so that the next request tries again."""
        return over if self.token is None else self.token

    # -- three ways to ask ---------------------------------------------------------------------------------------------

    async def read(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        packets: bytes | None = None,
        params: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """
        One request and its whole answer. Waits where the hub names a short wait (429, 503 with Retry-After).

        Raises Refused for a problem answer, Unreachable when no answer came.
        """
        reopened = False
        for attempt in range(PATIENCE + 1):
            try:
                return await self._once(method, path, body, packets, params)
            except SessionOver:
                if self.reopen is None or reopened or _reopening.get():
                    raise
                over, reopened, self.token = self.token, True, None
                # What reopening asks is refused like anything else: a hub that takes no session is not asked for ever.
                inside = _reopening.set(True)
                try:
                    await self.reopen()
                finally:
                    _reopening.reset(inside)
                    self.token = self.restored(over)
            except RateLimited as error:
                if attempt == PATIENCE or error.retry_after > LONGEST_WAIT:
                    raise
                await asyncio.sleep(error.retry_after + random.random() / 4)
        raise Unreachable(KEEPS_WAITING)

    async def _once(
        self, method: str, path: str, body: Any, packets: bytes | None, params: dict[str, str] | None
    ) -> tuple[int, dict[str, str], bytes]:
        headers = self.headers
        sent: dict[str, Any] = {}
        if packets is not None:
            headers["Content-Type"] = PACKETS
            sent["data"] = packets
        elif body is not None:
            sent["json"] = body
        try:
            async with self.pool.request(
                method, self.url + path, headers=headers, params=params, timeout=TIMEOUT, allow_redirects=False, **sent
            ) as answer:
                raw = await answer.read()
                if answer.status >= HTTPStatus.BAD_REQUEST:
                    raise problem(answer, raw, signed_in="Authorization" in headers)
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, raw
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(NO_ANSWER, url=self.url) from error

    async def json(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        packets: bytes | None = None,
        params: dict[str, str] | None = None,
    ) -> Any:
        """The answer's JSON, or None where there is none."""
        _, _, raw = await self.read(method, path, body=body, packets=packets, params=params)
        return decode(raw) if raw else None

    async def page(self, path: str, params: dict[str, str] | None = None) -> Page:
        """One answer of packets."""
        _, headers, raw = await self.read("GET", path, params=params)
        last = headers.get("ncp-seq")
        return Page(list(unpack_all(raw)), headers.get("ncp-more") == "1", int(last) if last else None)

    async def pages(self, path: str, after: int) -> AsyncIterator[Packet]:
        """Everything behind `after`, page by page, in order."""
        while True:
            page = await self.page(path, {"after": str(after)})
            for packet in page.packets:
                yield packet
            if not page.more or not page.packets:
                return
            after = max(place_of(packet).seq for packet in page.packets)

    # -- the routes ----------------------------------------------------------------------------------------------------

    async def about(self) -> dict[str, Any]:
        """The hub's id, genesis and log key as it states them."""
        return dict(await self.json("GET", "/api/hub"))

    async def ways(self, code: str) -> list[dict[str, Any]]:
        """The ways into an account; an unknown code gets a plausible answer too."""
        return list((await self.json("POST", "/api/sign-in/ways", body={"code": code}))["ways"])

    async def sign_in(self, code: str, wrap: bytes, secret: bytes) -> dict[str, Any]:
        """Opens a session; from here on the token is sent."""
        self.token = None
        body = {"code": code, "wrap": b64(wrap), "secret": b64(secret), "client": "client"}
        answer = dict(await self.json("POST", "/api/sign-in", body=body))
        self.token = str(answer["token"])
        return answer

    async def who(self) -> dict[str, Any]:
        """What the hub holds of this session."""
        return dict(await self.json("GET", "/api/session"))

    async def bind_device(self, device: bytes, at: int, signature: bytes) -> None:
        """Says which device speaks in this session."""
        await self.json(
            "POST", "/api/session/device", body={"device": b64(device), "at": at, "signature": b64(signature)}
        )

    async def sign_out(self) -> None:
        """Ends the session at the hub."""
        await self.json("DELETE", "/api/session")
        self.token = None

    async def put_vault(self, version: int, sealed: str) -> None:
        """Replaces the sealed vault, under the same key."""
        await self.json("PUT", "/api/vault", body={"version": version, "sealed": sealed})

    async def vault(self) -> dict[str, Any]:
        """The sealed vault, its version and its ways."""
        return dict(await self.json("GET", "/api/vault"))

    async def private_records(self) -> list[dict[str, Any]]:
        """The account's sealed records."""
        return list(await self.json("GET", "/api/private"))

    async def put_private(self, record: str, version: int, sealed: str) -> None:
        """Stores one sealed record; raises Refused (conflict) when another device was faster."""
        await self.json("PUT", f"/api/private/{record}", body={"version": version, "sealed": sealed})

    async def drop_private(self, record: str) -> None:
        """Removes one sealed record."""
        await self.json("DELETE", f"/api/private/{record}")

    def directory(self, after: int) -> AsyncIterator[Packet]:
        """Directory entries behind seq `after` (-1: from genesis)."""
        return self.pages("/api/directory", after)

    async def submit_act(self, packet: bytes) -> dict[str, Any]:
        """Hands in a signed act."""
        return dict(await self.json("POST", "/api/directory", packets=packet))

    async def open_invitation(self, packet: bytes) -> None:
        """Announces an invitation signed by an administrator."""
        await self.json("POST", "/api/invitations", packets=packet)

    async def pending_enrolments(self, packet: bytes) -> list[dict[str, Any]]:
        """Enrolments that wait for an administrator."""
        return list(await self.json("POST", "/api/enrolments/pending", packets=packet))

    async def invitation(self, invitation: str) -> dict[str, Any]:
        """How far an invitation has come, and for whom it is while it may be answered."""
        return dict(await self.json("GET", f"/api/invitations/{invitation}"))

    async def nominate(self, packet: bytes) -> None:
        """Hands in a signed nomination."""
        await self.json("POST", "/api/nominations", packets=packet)

    async def nominations(self, *, own: bool) -> list[dict[str, Any]]:
        """Nominations: all of them (administrators), or one's own."""
        return list(await self.json("GET", "/api/nominations/own" if own else "/api/nominations"))

    async def close_nomination(self, nomination: str, outcome: str) -> None:
        """Notes what became of a nomination: invited or declined."""
        await self.json("POST", f"/api/nominations/{nomination}/outcome", body={"outcome": outcome})

    async def sign_proposal(self, packet: bytes) -> None:
        """Leaves an act with one signer's signature for the others."""
        await self.json("POST", "/api/proposals", packets=packet)

    async def proposals(self, packet: bytes) -> list[dict[str, Any]]:
        """Acts that wait for signatures."""
        return list(await self.json("POST", "/api/proposals/waiting", packets=packet))

    async def enrol(self, enrolment: dict[str, Any]) -> None:
        """Hands in one's own keys under an invitation."""
        await self.json("POST", "/api/enrolments", body=enrolment)

    async def operations(self) -> list[dict[str, Any]]:
        """The operations this account is or was a member of."""
        return list(await self.json("GET", "/api/operations"))

    async def open_operation(self, packet: bytes) -> dict[str, Any]:
        """Hands in an operation's first entry."""
        return dict(await self.json("POST", "/api/operations", packets=packet))

    def entries(self, operation: str, after: int) -> AsyncIterator[Packet]:
        """Entries of one operation behind seq `after` (-1: from the first)."""
        return self.pages(f"/api/operations/{operation}/entries", after)

    async def submit_entry(self, operation: str, packet: bytes) -> dict[str, Any]:
        """Hands in the next entry; raises Refused (conflict) when another was first."""
        return dict(await self.json("POST", f"/api/operations/{operation}/entries", packets=packet))

    async def propose_entry(self, operation: str, packets: bytes) -> None:
        """Leaves an entry of two authors for the other's devices."""
        await self.json("POST", f"/api/operations/{operation}/countersigning", packets=packets)

    async def countersigning(self, operation: str) -> list[dict[str, Any]]:
        """Entries that wait for this device's signature, or that this account has signed."""
        return list(await self.json("GET", f"/api/operations/{operation}/countersigning"))

    async def destruction(self, operation: str) -> dict[str, Any] | None:
        """Certificate and receipts; None while the operation is not destroyed."""
        try:
            return dict(await self.json("GET", f"/api/operations/{operation}/destruction"))
        except Refused as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def confirm_destruction(self, operation: str, packet: bytes) -> None:
        """Hands in this device's receipt."""
        await self.json("POST", f"/api/operations/{operation}/destruction/receipts", packets=packet)

    async def template(self, operation: str, document: str) -> Any:
        """A template's document by its hash."""
        return await self.json("GET", f"/api/operations/{operation}/templates/{document}")

    async def wrap(self, operation: str, channel: str, epoch: int) -> dict[str, Any]:
        """One's own copy of an epoch's secret and its path."""
        return dict(await self.json("GET", f"/api/operations/{operation}/channels/{channel}/epochs/{epoch}/wrap"))

    async def envelopes(self, operation: str, channel: str, *, after: int, limit: int = 500) -> Page:
        """One page of a channel, ascending, behind seq `after`."""
        path = f"/api/operations/{operation}/channels/{channel}/envelopes"
        return await self.page(path, {"after": str(after), "limit": str(limit)})

    async def post(self, operation: str, channel: str, packet: bytes) -> dict[str, Any]:
        """Hands in one envelope; a repeat gets the first receipt."""
        return dict(
            await self.json("POST", f"/api/operations/{operation}/channels/{channel}/envelopes", packets=packet)
        )

    async def receipt(self, operation: str, channel: str, envelope: str) -> dict[str, Any] | None:
        """The receipt of an envelope whose fate is unknown, or None when the hub doesn't hold it."""
        try:
            path = f"/api/operations/{operation}/channels/{channel}/envelopes/by-id/{envelope}"
            return dict(await self.json("GET", path))
        except Refused as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def checkpoint(self) -> str:
        """The latest signed checkpoint."""
        _, _, raw = await self.read("GET", "/api/log/checkpoint")
        return raw.decode()

    async def inclusion(self, index: int, size: int) -> dict[str, Any]:
        """The path of one leaf under the tree of `size`, with the leaf itself."""
        params = {"index": str(index), "size": str(size)}
        return dict(await self.json("GET", "/api/log/proof/inclusion", params=params))

    async def heads(self) -> dict[str, Any]:
        """Where this member's chains ended at the newest hourly statement, with the proofs."""
        return dict(await self.json("GET", "/api/heads"))

    async def consistency(self, old: int, new: int) -> dict[str, Any]:
        """The path between two tree sizes."""
        params = {"from": str(old), "to": str(new)}
        return dict(await self.json("GET", "/api/log/proof/consistency", params=params))

    async def log_entries(self, **filters: str) -> dict[str, Any]:
        """Leaves in words, for auditors."""
        return dict(await self.json("GET", "/api/log/entries", params=filters))


def decode(raw: bytes) -> Any:
    """The JSON of an answer; anything else counts as no answer."""
    try:
        return json.loads(raw)
    except ValueError as error:
        raise Unreachable(UNREADABLE) from error


def problem(answer: aiohttp.ClientResponse, raw: bytes, *, signed_in: bool) -> Refused:
    """The refusal that a problem answer tells; a proxy's own error page counts as a hub that can't be reached."""
    if answer.content_type != "application/problem+json":
        raise Unreachable(SOMEBODY_ELSE, status=answer.status)
    told = decode(raw)
    code, detail = str(told.get("code", "refused")), str(told.get("detail") or told.get("title") or answer.status)
    wait = answer.headers.get("Retry-After") or told.get("retry_after")
    if answer.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE} and wait is not None:
        return RateLimited(answer.status, code, detail, told, float(wait))
    if answer.status == HTTPStatus.UNAUTHORIZED and signed_in:
        return SessionOver(answer.status, code, detail, told)
    return Refused(answer.status, code, detail, told)
