"""An Aeries server as a WSGI application, and on a port: native API and OneRoster service."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any

from yellowbus.simulators.aeries import hooks, native
from yellowbus.simulators.aeries.options import Options, WrongRoot
from yellowbus.simulators.aeries.state import State
from yellowbus.simulators.district import District
from yellowbus.simulators.exchange import HTML, Reply, Request
from yellowbus.simulators.faults import SIGN_IN_PAGE
from yellowbus.simulators.front import Front, send
from yellowbus.simulators.hooks import ROOT
from yellowbus.simulators.serving import Running, serve_wsgi

UNKNOWN = "(unknown)"
NOT_FOUND = b"<!DOCTYPE html><html><body><h2>404 - File or directory not found.</h2></body></html>"
COOKIES = ("ASP.NET_SessionId", "ARRAffinity")


class Aeries:
    """In-process, call it as any WSGI application; `serve` puts it on a port. `sis` is everything it holds:
    products, tokens, faults, log.
    """

    def __init__(
        self, district: District, options: Options | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.sis = State.of(district, options or Options(), clock)
        self._front = Front(
            "Aeries", self.sis.faults, self.sis.log, self._answer, self._pattern, self._expire
        )

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return send(self.respond(Request.of(environ)), start_response)

    def respond(self, request: Request) -> Reply:
        """Answer one request: our own hooks, or Aeries with its faults."""
        if request.path.startswith(ROOT):
            return hooks.respond(self.sis, request)
        return self._front.respond(request)

    def _answer(self, request: Request) -> Reply:
        if native.version_and_path(self.sis, request.path) is not None:
            return native.answer(self.sis, request)
        if self.sis.rostering.pattern(request) is not None:
            return self._rostered(request)
        if self.sis.options.wrong_root is WrongRoot.LOGIN_PAGE:
            return Reply(200, SIGN_IN_PAGE.encode(), HTML)
        return Reply(404, NOT_FOUND, HTML)

    def _rostered(self, request: Request) -> Reply:
        """The OneRoster service behind its load balancer (14.2)."""
        token = request.method == "POST"
        if self.sis.options.sticky_cookies and not token and not _brings_cookies(request):
            return self.sis.rostering.expired()
        reply = self.sis.rostering.answer(request)
        if not token or reply.status != 200:
            return reply
        cookies = tuple(("Set-Cookie", f"{name}={self.sis.district.seed}; path=/") for name in COOKIES)
        return replace(reply, headers=(*reply.headers, *cookies))

    def _pattern(self, request: Request) -> str:
        found = native.version_and_path(self.sis, request.path)
        if found is None:
            return self.sis.rostering.pattern(request) or UNKNOWN
        route = native.route_of(found[1])
        return f"{self.sis.options.root}/api/v{found[0]}{route[0].pattern}" if route else UNKNOWN

    def _expire(self) -> Reply:
        self.sis.rostering.tokens.revoke_all()
        return self.sis.rostering.expired()


def _brings_cookies(request: Request) -> bool:
    return set(COOKIES) <= set(SimpleCookie(request.headers.get("cookie", "")))


def serve(
    district: District,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    options: Options | None = None,
    tls: bool = False,
) -> Running:
    """A running simulator; `.url` says where, `.stop()` ends it. Records of API Security are made by its hook."""
    return serve_app(Aeries(district, options), host=host, port=port, tls=tls)


def serve_app(app: Aeries, *, host: str = "127.0.0.1", port: int = 0, tls: bool = False) -> Running:
    """The same for an application that the caller keeps hold of."""
    return serve_wsgi(app, host=host, port=port, tls=tls, on_stop=app.sis.faults.clear)
