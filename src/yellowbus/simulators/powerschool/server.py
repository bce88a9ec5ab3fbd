"""The server: who is asked what, in which order things are checked, and what goes out."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from yellowbus.simulators.district import District
from yellowbus.simulators.exchange import RefusedError, Reply, Request, as_json
from yellowbus.simulators.front import Front, send
from yellowbus.simulators.paths import parts_of
from yellowbus.simulators.powerschool import (
    console,
    contact_ties,
    contact_writes,
    contacts,
    dataversion,
    hooks,
    queries,
    student_writes,
    tables,
    v1,
)
from yellowbus.simulators.powerschool.journal import Write
from yellowbus.simulators.powerschool.options import Options
from yellowbus.simulators.powerschool.plugin_xml import Level, PluginFile
from yellowbus.simulators.powerschool.plugins import Plugin
from yellowbus.simulators.powerschool.state import Call, State
from yellowbus.simulators.powerschool.tokens import refusal
from yellowbus.simulators.serving import Running, serve_wsgi

# The one text a person would search for names the attribute and READ (5.5).
CLOSED = "Access denied: this plugin needs accessLevelV1Api READ or FULL for this resource."
CLOSED_TO_WRITES = "Access denied: this plugin needs accessLevelV1Api FULL for this resource."


class Needs(Enum):
    """What a caller must have for a path."""

    NOTHING = "nothing"
    TOKEN = "token"  # noqa: S105  a word, not a password
    V1_READ = "v1-read"
    V1_FULL = "v1-full"
    CONTACTS = "contacts"


WRITES = frozenset({Needs.V1_FULL, Needs.CONTACTS})


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: str
    needs: Needs
    handler: Callable[[Call], Reply]

    def match(self, path: str) -> Mapping[str, str] | None:
        return parts_of(path, self.pattern)


def _get(pattern: str, handler: Callable[[Call], Reply], needs: Needs) -> Route:
    return Route("GET", pattern, needs, handler)


def _writes(method: str, *routes: tuple[str, Callable[[Call], Reply]]) -> tuple[Route, ...]:
    return tuple(Route(method, pattern, Needs.CONTACTS, handler) for pattern, handler in routes)


V1 = "/ws/v1"
TABLE = "/ws/schema/table"
QUERY = "/ws/schema/query"
CONTACTS = "/ws/contacts"
DETAILS = f"{CONTACTS}/{{contact}}/students/{{tie}}/studentdetails"
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
    Route("POST", f"{V1}/student", Needs.V1_FULL, student_writes.post),
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
    _get("/ws/dataversion/{application}/{version}", dataversion.changes, Needs.TOKEN),
    _get(f"{CONTACTS}/student/{{dcid}}", contacts.of_student, Needs.TOKEN),
    _get(f"{CONTACTS}/student/original_contact_types/in_use/{{dcid}}", contacts.legacy_in_use, Needs.TOKEN),
    _get(f"{CONTACTS}/contact/{{contact}}", contacts.one, Needs.TOKEN),
    _get(f"{CONTACTS}/contacts", contacts.several, Needs.TOKEN),
    _get(f"{CONTACTS}/{{contact}}/demographics", contacts.demographics, Needs.TOKEN),
    _get(DETAILS, contacts.details, Needs.TOKEN),
    _get(f"{DETAILS}/{{detail}}", contacts.detail, Needs.TOKEN),
    *_writes("POST", (f"{CONTACTS}/contact", contact_writes.create)),
    *_writes("PUT", (f"{CONTACTS}/{{contact}}/demographics", contact_writes.demographics)),
    *_writes("DELETE", (f"{CONTACTS}/{{contact}}", contact_writes.delete)),
    *_writes(
        "POST",
        (DETAILS, contact_ties.add_detail),
        (f"{CONTACTS}/{{contact}}/students", contact_ties.add_tie),
        (f"{CONTACTS}/{{contact}}/{{child}}", contact_writes.add_child),
    ),
    *_writes(
        "PUT",
        (f"{DETAILS}/{{detail}}", contact_ties.change_detail),
        (f"{CONTACTS}/{{contact}}/students/{{tie}}", contact_ties.change_tie),
        (f"{CONTACTS}/{{contact}}/{{child}}/{{link}}", contact_writes.change_child),
    ),
    *_writes(
        "DELETE",
        (f"{DETAILS}/{{detail}}", contact_ties.remove_detail),
        (f"{CONTACTS}/{{contact}}/students/{{tie}}", contact_ties.remove_tie),
        (f"{CONTACTS}/{{contact}}/{{child}}/{{link}}", contact_writes.remove_child),
    ),
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
        self._front = Front(
            "PowerSchool", self.sis.faults, self.sis.log, self._answer, _pattern, self._expire
        )

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return send(self.respond(Request.of(environ)), start_response)

    def respond(self, request: Request) -> Reply:
        """Answer one request: our own hooks and pages, or PowerSchool itself with its faults."""
        if request.path.startswith(hooks.ROOT):
            return hooks.respond(self.sis, request)
        if request.path.startswith(console.ROOT) or request.path == "/":
            return console.respond(self.sis, request)
        return self._front.respond(request)

    def _expire(self) -> Reply:
        self.sis.tokens.revoke_all()
        return refusal()

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
        try:
            return self._allowed(route, request, path)
        except RefusedError as refused:
            if route.needs in WRITES:
                outcome = f"REFUSED {refused.reply.status}"
                self.sis.journal.note(request, Write(resource="", action=request.method, outcome=outcome))
            raise

    def _allowed(self, route: Route, request: Request, path: Mapping[str, str]) -> Reply:
        plugin = self.sis.tokens.bearer(request)
        if route.needs in {Needs.V1_READ, Needs.V1_FULL} and plugin.level is Level.NONE:
            # 401 and not 403, which is what a client must not mistake for a bad token (1.1, 5.5).
            raise v1.error(401, CLOSED)
        if route.needs is Needs.V1_FULL and plugin.level is Level.READ:
            raise v1.error(self.sis.options.read_level_status, CLOSED_TO_WRITES)
        return route.handler(Call(self.sis, request, plugin, path))


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
