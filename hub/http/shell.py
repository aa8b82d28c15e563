"""The few pages that the server renders, and the files of the bundle (Jinja2; docs/architecture.md, web)."""

import gettext
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from crypto.encoding import b64
from hub.errors import CannotStart
from hub.http.headers import IMMUTABLE
from hub.http.negotiate import LANGUAGE_COOKIE, LANGUAGES, language_of

DOMAIN: Final = "ncphub"

CONTENT_TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain",
}

COMPRESSED: Final = (("br", ".br"), ("gzip", ".gz"))


@dataclass(frozen=True, slots=True)
class HubFacts:
    """What a page may say about the hub before anybody signs in: all of it stands in the genesis."""

    hub: str
    name: str
    exercise: bool


class Shell:
    """Renders templates in the reader's language; knows the bundle's hashed names."""

    def __init__(self, templates: Path, locale: Path, static: Path, facts: HubFacts) -> None:
        self._facts = facts
        self._files = _read_files(static)
        self.assets = _read_manifest(static)
        self._catalogues: dict[str, gettext.NullTranslations] = {
            language: gettext.translation(DOMAIN, locale, [language], fallback=True) for language in LANGUAGES
        }
        self._environments: dict[str, Environment] = {}
        for language, catalogue in self._catalogues.items():
            environment = Environment(
                loader=FileSystemLoader(templates),
                autoescape=select_autoescape(default=True),
                undefined=StrictUndefined,
                extensions=["jinja2.ext.i18n"],
                trim_blocks=True,
                lstrip_blocks=True,
            )
            environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
            environment.filters["b64"] = b64
            self._environments[language] = environment

    def gettext(self, request: web.Request) -> Callable[[str], str]:
        """The catalogue of the reader's language."""
        return self._catalogues[language_of(request)].gettext

    def page(self, request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
        """A rendered page; every template is given what `common` says."""
        language = language_of(request)
        common = self.common(language, request.path)
        text = self._environments[language].get_template(template).render({**common, **values})
        return web.Response(status=status, text=text, content_type="text/html", charset="utf-8")

    def common(self, language: str, path: str) -> dict[str, Any]:
        """lang, languages, hub, name, exercise, assets (name → address), the catalogue's address and the path."""
        return {
            "lang": language,
            "languages": LANGUAGES,
            "hub": self._facts.hub,
            "name": self._facts.name,
            "exercise": self._facts.exercise,
            "assets": self.assets,
            "catalogue": self.assets.get(f"locale/{language}.json", ""),
            "here": path,
        }

    def error_page(
        self, request: web.Request, status: int, title: str, detail: str, extra: Mapping[str, Any]
    ) -> web.Response:
        return self.page(request, "error.html", status, title=title, detail=detail, code=status, extra=extra)

    def file(self, request: web.Request, name: str) -> web.Response:
        """
        A file of the bundle, compressed where the browser takes it.

        All of them were read when the hub started: no path of a request ever reaches the file system, and a bundle
        that is built anew while the hub runs is served with the next start, whole.
        """
        forms = self._files.get(name)
        if forms is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding", "Content-Type": _content_type(name)}
        accepted = request.headers.get("Accept-Encoding", "")
        for coding, _ in COMPRESSED:
            if coding in accepted and coding in forms:
                return web.Response(body=forms[coding], headers={**headers, "Content-Encoding": coding})
        return web.Response(body=forms[""], headers=headers)


SHELL: Final = web.AppKey("shell", Shell)


async def app_page(request: web.Request) -> web.Response:
    """`/` and every address of the application: the same page for everybody, the browser fills it."""
    return request.app[SHELL].page(request, "shell.html")


async def static_file(request: web.Request) -> web.StreamResponse:
    return request.app[SHELL].file(request, request.match_info["name"])


async def favicon(request: web.Request) -> web.StreamResponse:
    shell = request.app[SHELL]
    return shell.file(request, shell.assets.get("icons/favicon.ico", "").removeprefix("/static/"))


async def choose_language(request: web.Request) -> web.Response:
    """Remembers the language, then goes back to a path of this hub: never to another site."""
    language = request.match_info["language"]
    to = request.query.get("to", "/")
    if language not in LANGUAGES:
        raise web.HTTPNotFound
    if not to.startswith("/") or to.startswith("//") or "\\" in to or any(ord(letter) < 33 for letter in to):
        to = "/"
    answer = web.Response(status=303, headers={"Location": to})
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 86400, path="/", samesite="Strict", httponly=True)
    return answer


def _read_manifest(static: Path) -> dict[str, str]:
    try:
        names: dict[str, str] = json.loads((static / "manifest.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise CannotStart("The browser's part was not built: run `make bundle` first.") from error
    return {name: value if name == "build" else f"/static/{value}" for name, value in names.items()}


def _read_files(static: Path) -> dict[str, dict[str, bytes]]:
    """Name → coding → bytes; the coding of the plain file is empty."""
    return {
        path.relative_to(static).as_posix(): {
            "": path.read_bytes(),
            **{
                coding: path.with_name(path.name + suffix).read_bytes()
                for coding, suffix in COMPRESSED
                if path.with_name(path.name + suffix).is_file()
            },
        }
        for path in sorted(static.rglob("*"))
        if path.is_file() and path.suffix in CONTENT_TYPES and path.name != "manifest.json"
    }


def _content_type(name: str) -> str:
    content_type = CONTENT_TYPES[Path(name).suffix]
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type
