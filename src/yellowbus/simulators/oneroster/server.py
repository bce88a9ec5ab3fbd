"""A OneRoster provider as a WSGI application, and on a port."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from yellowbus.simulators.district import District
from yellowbus.simulators.exchange import Reply, Request
from yellowbus.simulators.front import Front, send
from yellowbus.simulators.hooks import ROOT
from yellowbus.simulators.oneroster import hooks
from yellowbus.simulators.oneroster.options import Options
from yellowbus.simulators.oneroster.people import ProviderIds
from yellowbus.simulators.oneroster.state import State
from yellowbus.simulators.serving import Running, serve_wsgi

UNKNOWN = "(unknown)"


class OneRoster:
    """In-process, call it as any WSGI application; `serve` puts it on a port. `sis` is everything it holds:
    clients, tokens, faults, log.
    """

    def __init__(
        self, district: District, options: Options | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.sis = State.of(district, options or Options(), ProviderIds(), clock)
        rostering = self.sis.rostering
        self._front = Front(
            name="OneRoster",
            faults=self.sis.faults,
            log=self.sis.log,
            answer=rostering.answer,
            pattern=lambda request: rostering.pattern(request) or UNKNOWN,
            expire=self._expire,
        )

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return send(self.respond(Request.of(environ)), start_response)

    def respond(self, request: Request) -> Reply:
        """Answer one request: our own hooks, or the provider with its faults."""
        if request.path.startswith(ROOT):
            return hooks.respond(self.sis, request)
        return self._front.respond(request)

    def _expire(self) -> Reply:
        self.sis.rostering.tokens.revoke_all()
        return self.sis.rostering.expired()


def serve(
    district: District,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    options: Options | None = None,
    tls: bool = False,
) -> Running:
    """A running provider; `.url` says where, `.stop()` ends it. Clients are made by its hook."""
    return serve_app(OneRoster(district, options), host=host, port=port, tls=tls)


def serve_app(app: OneRoster, *, host: str = "127.0.0.1", port: int = 0, tls: bool = False) -> Running:
    """The same for an application that the caller keeps hold of."""
    return serve_wsgi(app, host=host, port=port, tls=tls, on_stop=app.sis.faults.clear)
