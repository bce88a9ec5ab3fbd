"""The server: who is asked what, in which order things are checked, and what goes out."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import console, contacts, hooks, queries, tables, v1
from yellowbus.simulators.powerschool.exchange import HTML, RefusedError, Reply, Request, as_json
from yellowbus.simulators.powerschool.faults import (
    IN_THE_LIST,
    MAINTENANCE_PAGE,
    MAINTENANCE_PATH,
    Fault,
    FaultKind,
    afterwards,
    instead,
)
from yellowbus.simulators.powerschool.log import Entry
from yellowbus.simulators.powerschool.options import Options
from yellowbus.simulators.powerschool.plugin_xml import Level, PluginFile
from yellowbus.simulators.powerschool.plugins import Plugin
from yellowbus.simulators.powerschool.state import Call, State
from yellowbus.simulators.powerschool.tokens import refusal
from yellowbus.simulators.serving import BrokenConnectionError, Running, serve_wsgi

HANG_SECONDS = 120.0
# The one text a person would search for names the attribute and READ (5.5).
CLOSED = "Access denied: this plugin needs accessLevelV1Api READ or FULL for this resource."


class Needs(Enum):
    """What a caller must have for a path."""

    NOTHING = "nothing"
    TOKEN = "token"  # noqa: S105  a word, not a password
    V1_READ = "v1-read"


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: str
    needs: Needs
    handler: Callable[[Call], Reply]

    def match(self, path: str) -> Mapping[str, str] | None:
        found = _expression(self.pattern).fullmatch(path)
        return found.groupdict() if found else None


def _expression(pattern: str, known: dict[str, re.Pattern[str]] = {}) -> re.Pattern[str]:  # noqa: B006  a memo
    if pattern not in known:
        known[pattern] = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern) + "/?")
    return known[pattern]


def _get(pattern: str, handler: Callable[[Call], Reply], needs: Needs) -> Route:
    return Route("GET", pattern, needs, handler)


V1 = "/ws/v1"
TABLE = "/ws/schema/table"
QUERY = "/ws/schema/query"
CONTACTS = "/ws/contacts"
# The first that fits answers.
ROUTES = (
    _get(f"{V1}/metadata", v1.metadata, Needs.TOKEN),
    _get(f"{V1}/time", v1.time, Needs.NOTHING),
    _get(f"{V1}/district", v1.district, Needs.V1_READ),
    _get(f"{V1}/district/school", v1.schools, Needs.V1_READ),
    _get(f"{V1}/district/school/count", v1.school_count, Needs.V1_READ),
    _get(f"{V1}/district/student", v1.students, Needs.V1_READ),
    _get(f"{V1}/district/student/count", v1.student_count, Needs.V1_READ),
    _get(f"{V1}/school", v1.schools, Needs.V1_READ),
    _get(f"{V1}/school/{{dcid}}", v1.school, Needs.V1_READ),
    _get(f"{V1}/school/{{dcid}}/student", v1.students, Needs.V1_READ),
    _get(f"{V1}/school/{{dcid}}/student/count", v1.student_count, Needs.V1_READ),
    _get(f"{V1}/school/{{dcid}}/term", v1.terms, Needs.V1_READ),
    _get(f"{V1}/school/{{dcid}}/term/count", v1.term_count, Needs.V1_READ),
    _get(f"{V1}/student/{{dcid}}", v1.student, Needs.V1_READ),
    _get(f"{V1}/term/{{dcid}}", v1.term, Needs.V1_READ),
    _get(TABLE, tables.listing, Needs.TOKEN),
    _get(f"{TABLE}/{{table}}/metadata", tables.metadata, Needs.TOKEN),
    _get(f"{TABLE}/{{table}}/count", tables.count, Needs.TOKEN),
    _get(f"{TABLE}/{{table}}", tables.rows, Needs.TOKEN),
    _get(f"{TABLE}/{{table}}/{{id}}", tables.row, Needs.TOKEN),
    _get(f"{QUERY}/api", queries.listing, Needs.TOKEN),
    Route("POST", f"{QUERY}/{{name}}/count", Needs.TOKEN, queries.count),
    Route("POST", f"{QUERY}/{{name}}", Needs.TOKEN, queries.records),
    _get(f"{CONTACTS}/student/{{dcid}}", contacts.of_student, Needs.TOKEN),
    _get(f"{CONTACTS}/student/original_contact_types/in_use/{{dcid}}", contacts.legacy_in_use, Needs.TOKEN),
    _get(f"{CONTACTS}/contact/{{contact}}", contacts.one, Needs.TOKEN),
    _get(f"{CONTACTS}/contacts", contacts.several, Needs.TOKEN),
    _get(f"{CONTACTS}/{{contact}}/demographics", contacts.demographics, Needs.TOKEN),
    _get(f"{CONTACTS}/{{contact}}/students/{{tie}}/studentdetails", contacts.details, Needs.TOKEN),
    _get(f"{CONTACTS}/{{contact}}/students/{{tie}}/studentdetails/{{detail}}", contacts.detail, Needs.TOKEN),
    _get(f"{CONTACTS}/{{contact}}/{{child}}", contacts.children, Needs.TOKEN),
    _get(f"{CONTACTS}/{{contact}}/{{child}}/{{link}}", contacts.child, Needs.TOKEN),
)
NOBODY = Plugin(0, PluginFile("", "", "", "", oauth=False, level=None, fields=()))
UNKNOWN = "(unknown)"
TOKEN_PATHS = ("/oauth/access_token", "/oauth/access_token/")


class PowerSchool:
    """A simulated PowerSchool SIS as a WSGI application.

    In-process, call it as any WSGI application; `serve` puts it on a port. `sis` is everything it holds:
    plugins, tokens, faults, log.
    """

    def __init__(
        self, district: District, options: Options | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.sis = State.of(district, options or Options(), clock)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        reply = self.respond(Request.of(environ))
        if reply.dropped:
            raise BrokenConnectionError
        start_response(*reply.head())
        return [reply.body] if reply.cut is None else _cut(reply)

    def respond(self, request: Request) -> Reply:
        """Answer one request: our own hooks and pages, the maintenance page, then PowerSchool itself."""
        if request.path.startswith(hooks.ROOT):
            return hooks.respond(self.sis, request)
        if request.path.startswith(console.ROOT) or request.path == "/":
            return console.respond(self.sis, request)
        if request.path == MAINTENANCE_PATH:
            return Reply(200, MAINTENANCE_PAGE.encode(), HTML)
        return self._logged(request)

    def _logged(self, request: Request) -> Reply:
        self.sis.log.enter()
        begin, reply = time.perf_counter(), Reply(500)
        try:
            reply = self._with_faults(request)
        finally:
            spent = round((time.perf_counter() - begin) * 1000, 3)
            names = tuple(sorted(request.query))
            self.sis.log.leave(Entry(request.method, _pattern(request), reply.status, names, spent))
        return reply

    def _with_faults(self, request: Request) -> Reply:
        struck = self.sis.faults.take(request)
        for fault in struck:
            if (reply := self._before(fault)) is not None:
                return reply
        kinds = frozenset(fault.kind.value for fault in struck if fault.kind in IN_THE_LIST)
        reply = self._answer(replace(request, faults=kinds))
        for fault in struck:
            reply = afterwards(fault, reply)
        return reply

    def _before(self, fault: Fault) -> Reply | None:
        if fault.kind is FaultKind.SLOW:
            self.sis.faults.wait(fault.seconds or 0)
        if fault.kind is FaultKind.HANG:
            self.sis.faults.wait(HANG_SECONDS if fault.seconds is None else fault.seconds)
            return Reply(200, dropped=True)
        if fault.kind is FaultKind.EXPIRED_TOKEN:
            self.sis.tokens.revoke_all()
            return refusal()
        return instead(fault)

    def _answer(self, request: Request) -> Reply:
        try:
            if request.path in TOKEN_PATHS and request.method == "POST":
                return self.sis.tokens.answer(request)
            with self.sis.district.lock:
                return self._routed(request)
        except RefusedError as refused:
            return refused.reply

    def _routed(self, request: Request) -> Reply:
        route, path = _route(request)
        if route is None:
            return (
                v1.not_found(request)
                if request.path.startswith(V1)
                else as_json({"message": "Not found"}, 404)
            )
        if route.needs is Needs.NOTHING:
            return route.handler(Call(self.sis, request, NOBODY, path))
        plugin = self.sis.tokens.bearer(request)
        if route.needs is Needs.V1_READ and plugin.level is Level.NONE:
            # 401 and not 403, which is what a client must not mistake for a bad token (1.1, 5.5).
            raise v1.error(401, CLOSED)
        return route.handler(Call(self.sis, request, plugin, path))


def _cut(reply: Reply) -> Iterator[bytes]:
    yield reply.body[: reply.cut]
    raise BrokenConnectionError


def _route(request: Request) -> tuple[Route | None, Mapping[str, str]]:
    for route in ROUTES:
        path = route.match(request.path) if route.method == request.method else None
        if path is not None:
            return route, path
    return None, {}


def _pattern(request: Request) -> str:
    if request.path in TOKEN_PATHS:
        return TOKEN_PATHS[0]
    route, _ = _route(request)
    return route.pattern if route else UNKNOWN


def serve(
    district: District,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    options: Options | None = None,
    tls: bool = False,
) -> Running:
    """A running simulator; `.url` says where, `.stop()` ends it."""
    return serve_app(PowerSchool(district, options), host=host, port=port, tls=tls)


def serve_app(app: PowerSchool, *, host: str = "127.0.0.1", port: int = 0, tls: bool = False) -> Running:
    """The same for an application that the caller keeps hold of."""
    return serve_wsgi(app, host=host, port=port, tls=tls, on_stop=app.sis.faults.clear)
