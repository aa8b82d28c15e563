"""Which language, and page or problem: what the cookie says, else what the browser prefers (RFC 9110, 12.5)."""

from typing import Final

from aiohttp import web

LANGUAGES: Final = ("en", "fr")
LANGUAGE_COOKIE: Final = "lang"


def language_of(request: web.Request) -> str:
    """One of LANGUAGES; the first where nobody says anything."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for language in _preferred(request.headers.get("Accept-Language", "")[:200]):
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def wants_page(request: web.Request) -> bool:
    """True for a person's browser opening an address; false for programs and for our own scripts."""
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")


def _preferred(header: str) -> list[str]:
    """Primary tags by falling weight; what cannot be read counts for nothing."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((float(weight or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]
