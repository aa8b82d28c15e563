"""The headers of every answer, errors and static files included (docs/threat-model.md, web-delivered code)."""

from typing import Final

from aiohttp import web
from multidict import CIMultiDict

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types worker",
    )
)

ALWAYS: Final = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)

STRICT_TRANSPORT: Final = "max-age=63072000; includeSubDomains"

NO_STORE: Final = "no-store"
IMMUTABLE: Final = "public, max-age=31536000, immutable"


def headers_on_every_answer(app: web.Application, *, secure: bool) -> None:
    """Sets the headers as an answer leaves; `secure` where people reach the hub by https."""

    always = CIMultiDict(ALWAYS)
    if secure:
        always["Strict-Transport-Security"] = STRICT_TRANSPORT

    async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        headers.update(always)
        headers.setdefault("Cache-Control", NO_STORE)
        headers.popall("Server", None)

    app.on_response_prepare.append(set_headers)
