"""The server: who is asked what, in which order things are checked, and what goes out."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from yellowbus.simulators.district import District
from yellowbus.simulators.exchange import RefusedError, Reply, Request
from yellowbus.simulators.front import Front, send
from yellowbus.simulators.paths import parts_of
from yellowbus.simulators.qmlativ import console, hooks, lists, metadata, oneroster
from yellowbus.simulators.qmlativ.options import Options
from yellowbus.simulators.qmlativ.refusals import reply
from yellowbus.simulators.qmlativ.state import BASE, UI, Call, State, Usage
from yellowbus.simulators.qmlativ.tables import TABLES
from yellowbus.simulators.qmlativ.tokens import expired
from yellowbus.simulators.serving import Running, serve_wsgi

TOKEN = "/oauth/token"  # noqa: S105  an address
ROSTER = re.compile(re.escape(oneroster.ROOT) + "/.*", re.IGNORECASE)
READS_ONLY = "This simulator does not write yet"
UNKNOWN = "(unknown)"


def _no_write(call: Call) -> Reply:
    """Where PUT creates, POST updates and DELETE deletes (5, rows 7 to 9)."""
    call.table()
    call.entity()
    raise call.refuse(405, READS_ONLY)


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: str
    handler: Callable[[Call], Reply]


OBJECT = "/{root}/{entity}/{module}/{object}"
# The first that fits answers: the numbers after the object decide (5).
ROUTES = (
    Route("GET", "/{root}/GetSystemMetadata", metadata.system),
    Route("GET", "/{root}/{entity}/{module}", metadata.module),
    Route("GET", OBJECT, metadata.catalogue),
    Route("PUT", OBJECT, _no_write),
    Route("GET", f"{OBJECT}/{{id}}", lists.single),
    Route("POST", f"{OBJECT}/{{id}}", _no_write),
    Route("DELETE", f"{OBJECT}/{{id}}", _no_write),
    Route("GET", f"{OBJECT}/{{page}}/{{size}}", lists.page),
    Route("POST", f"{OBJECT}/{{page}}/{{size}}", lists.page),
)


class Qmlativ:
    """A simulated Qmlativ instance as a WSGI application.

    The API stands under BASE, the pages of its administrator under UI, our hooks under /simulator/ and
    BASE/simulator/. `sis` is everything it holds: accesses, permissions, tokens, years, faults, log.
    """

    def __init__(
        self, district: District, options: Options | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.sis = State.of(district, options or Options(), clock)
        self._front = Front(
            "Skyward Qmlativ", self.sis.faults, self.sis.log, self._answer, _pattern, self._expire
        )

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return send(self.respond(Request.of(environ)), start_response)

    def respond(self, request: Request) -> Reply:
        """Answer one request: our own hooks and pages, or Qmlativ itself with its faults."""
        inside = request.path.removeprefix(BASE)
        if inside.startswith(hooks.ROOT):
            with self.sis.district.lock:
                return hooks.respond(self.sis, replace(request, path=inside))
        if request.path.startswith(UI) or request.path == "/":
            with self.sis.district.lock:
                return console.respond(self.sis, request)
        answered = self._front.respond(request)
        self.sis.usage.append(_usage(request, answered.status))
        return answered

    def _expire(self) -> Reply:
        self.sis.tokens.revoke_all()
        return expired(self.sis.options, self.sis.options.expired_status)

    def _answer(self, request: Request) -> Reply:
        try:
            with self.sis.district.lock:
                return self._inside(request, _inside(request))
        except RefusedError as refused:
            return refused.reply

    def _inside(self, request: Request, path: str) -> Reply:
        options = self.sis.options
        if path.rstrip("/") == TOKEN and request.method in {"GET", "POST"}:
            return self.sis.tokens.answer(request, options)
        if ROSTER.fullmatch(path):
            status = options.oneroster_expired_status
            bearer = self.sis.tokens.bearer(request, options, expired_status=status)
            return oneroster.respond(Call.of(self.sis, request, bearer, {"path": path}))
        route, found = _route(request.method, path)
        if route is None or not _is_root(found["root"], options):
            return reply(options, 404, "There is nothing at this address")
        bearer = self.sis.tokens.bearer(request, options, expired_status=options.expired_status)
        return route.handler(Call.of(self.sis, request, bearer, found))


def _inside(request: Request) -> str:
    """The path below the API's base; nothing where it lies outside."""
    path = request.path
    return path[len(BASE) :] if path.lower().startswith(f"{BASE.lower()}/") else ""


def _is_root(name: str, options: Options) -> bool:
    return name.lower() in {root.lower() for root in options.api_roots}


def _route(method: str, path: str) -> tuple[Route | None, Mapping[str, str]]:
    for route in ROUTES:
        found = parts_of(path, route.pattern, any_case=True) if route.method == method else None
        if found is not None:
            return route, found
    return None, {}


def _pattern(request: Request) -> str:
    """The address without ids, and with names only where they are names of ours."""
    path = _inside(request)
    if path.rstrip("/") == TOKEN:
        return TOKEN
    if ROSTER.fullmatch(path):
        return oneroster.pattern(path)
    route, found = _route(request.method, path)
    if route is None:
        return UNKNOWN
    table = TABLES.get(f"{found.get('module')}/{found.get('object')}".lower())
    shown = route.pattern.replace("{module}/{object}", table.path) if table else route.pattern
    return shown.replace("{root}", found["root"].title()) if found["root"].isalpha() else UNKNOWN


def _usage(request: Request, status: int) -> Usage:
    query = {name.lower(): value for name, value in request.query.items()}
    path = _inside(request)
    entity = _route(request.method, path)[1].get("entity", "")
    api = "OneRoster" if ROSTER.fullmatch(path) else "Custom"
    year = query.get("schoolyearid", "")
    return Usage(api, request.method, _pattern(request), status, entity if entity.isdigit() else "", year)


def serve(
    district: District,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    options: Options | None = None,
    tls: bool = False,
) -> Running:
    """A running simulator; `.url` is the API base URL, `.stop()` ends it."""
    return serve_app(Qmlativ(district, options), host=host, port=port, tls=tls)


def serve_app(app: Qmlativ, *, host: str = "127.0.0.1", port: int = 0, tls: bool = False) -> Running:
    """The same for an application that the caller keeps hold of."""
    running = serve_wsgi(app, host=host, port=port, tls=tls, on_stop=app.sis.faults.clear)
    return replace(running, url=running.url + BASE)
