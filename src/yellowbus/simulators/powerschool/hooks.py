"""Our own end points under /simulator/, which no PowerSchool has: for tests and demos in other processes."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from yellowbus.simulators import hooks
from yellowbus.simulators.district import School, Student
from yellowbus.simulators.district.calendar import TermBuilder
from yellowbus.simulators.exchange import Reply, Request
from yellowbus.simulators.hooks import ROOT, refuse
from yellowbus.simulators.powerschool import v1_students
from yellowbus.simulators.powerschool.journal import Write
from yellowbus.simulators.powerschool.plugin_xml import Level
from yellowbus.simulators.powerschool.plugins import Plugin
from yellowbus.simulators.powerschool.state import State
from yellowbus.simulators.powerschool.typed_json import to_json

__all__ = ["ROOT", "respond"]


def respond(sis: State, request: Request) -> Reply:
    """Answer one of the hooks below."""
    return hooks.respond(HOOKS, sis, request)


def _revoke_tokens(sis: State, _request: Request, _rest: tuple[str, ...]) -> Any:
    return {"revoked": sis.tokens.revoke_all()}


def _show_students(sis: State, _request: Request, rest: tuple[str, ...]) -> Any:
    if not rest:
        return {"numbers": [student.number for student in sis.district.students]}
    student = sis.district.student(rest[0])
    if student is None:
        raise refuse("No student has this number.")
    return _student(sis, student)


def _student(sis: State, student: Student) -> Mapping[str, Any]:
    names = tuple(v1_students.EXPANSIONS)
    shown = to_json(v1_students.tree(student, names, (), sis.options))
    contacts = [
        {"relationship": t.relationship, "priority": t.priority, **asdict(t.contact)} for t in student.ties
    ]
    return {"version": student.version, "student": shown, "contacts": contacts}


# --- Years & Terms ---


def _years(sis: State, rest: tuple[str, ...]) -> tuple[School, int]:
    """The school and the starting year of a path such as terms/101/2026."""
    number, year = (int(text) for text in rest)
    school = next((school for school in sis.district.schools if school.number == number), None)
    if school is None:
        raise refuse("No school has this number.")
    return school, year


def _add_year(sis: State, _request: Request, rest: tuple[str, ...]) -> Any:
    """Set up a year's terms, as the school does on its Years & Terms page."""
    school, year = _years(sis, rest)
    with sis.district.lock:
        if not any(term.start_year == year for term in school.terms):
            taken = (term.dcid for each in sis.district.schools for term in each.terms)
            TermBuilder(max(taken, default=0)).add_year(school, year)
            sis.district.version += 1
    return _show_terms(school)


def _remove_year(sis: State, _request: Request, rest: tuple[str, ...]) -> Any:
    school, year = _years(sis, rest)
    with sis.district.lock:
        school.terms[:] = [term for term in school.terms if term.start_year != year]
        sis.district.version += 1
    return _show_terms(school)


def _show_terms(school: School) -> Any:
    return {"number": school.number, "years": sorted({term.start_year for term in school.terms})}


# --- plugins ---


def _plugin(sis: State, rest: tuple[str, ...]) -> Plugin:
    plugin = sis.plugins.get(int(rest[0])) if rest else None
    if plugin is None:
        raise refuse("No such plugin is installed.")
    return plugin


def plugin_document(plugin: Plugin) -> dict[str, Any]:
    return {
        "id": plugin.id,
        "name": plugin.file.name,
        "version": plugin.file.version,
        "publisher": plugin.file.publisher,
        "enabled": plugin.enabled,
        "client_id": plugin.client_id,
        "client_secret": plugin.client_secret,
        "v1_level": plugin.level.value,
        "page_sizes": plugin.page_sizes,
        "fields": [f"{f.table}.{f.field}: {f.access.value}" for f in plugin.file.fields],
        "queries": sorted(query.name for query in plugin.queries.values()),
    }


def _show_plugins(sis: State, _request: Request, rest: tuple[str, ...]) -> Any:
    if rest:
        return plugin_document(_plugin(sis, rest))
    return {"plugins": [plugin_document(plugin) for plugin in sis.plugins.all()]}


def _post_plugins(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    """POST the file itself to install it; POST to {id}/enable, {id}/disable or {id}/regenerate for the
    steps after.
    """
    if not rest:
        return plugin_document(sis.plugins.install(request.body))
    plugin = _plugin(sis, rest)
    steps = {
        "enable": sis.plugins.enable,
        "disable": sis.plugins.disable,
        "regenerate": sis.plugins.regenerate,
    }
    if rest[1:] not in {(name,) for name in steps}:
        raise ValueError(f"A step is one of {', '.join(steps)}.")
    steps[rest[1]](plugin)
    return plugin_document(plugin)


def _patch_plugin(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    plugin, document = _plugin(sis, rest), request.json()
    if "v1_level" in document:
        plugin.level = Level(document["v1_level"])
    sizes = {name: int(size) for name, size in document.get("page_sizes", {}).items()}
    if set(sizes) - set(plugin.page_sizes) or any(size < 1 for size in sizes.values()):
        raise ValueError(f"Page sizes are numbers above zero for {', '.join(plugin.page_sizes)}.")
    plugin.page_sizes.update(sizes)
    return plugin_document(plugin)


def _delete_plugin(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    sis.plugins.delete(_plugin(sis, rest))
    return _show_plugins(sis, request, ())


def _show_journal(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    """Every write in order, or those that the query names such as ?resource=student&action=INSERT; below
    it, at children, how often each child was inserted.
    """
    if rest == ("children",):
        return {"children": sis.journal.children(sis.district)}
    unknown = set(request.query) - set(Write.__slots__)
    if rest or unknown:
        raise refuse(f"The journal is asked by {', '.join(Write.__slots__)}.")
    return {"writes": [asdict(write) for write in sis.journal.all(**request.query)]}


def _clear_journal(sis: State, request: Request, _rest: tuple[str, ...]) -> Any:
    sis.journal.clear()
    return _show_journal(sis, request, ())


HOOKS: hooks.Hooks[State] = {
    **hooks.shared(State),
    ("DELETE", "tokens"): _revoke_tokens,
    ("GET", "students"): _show_students,
    ("GET", "journal"): _show_journal,
    ("DELETE", "journal"): _clear_journal,
    ("POST", "terms"): _add_year,
    ("DELETE", "terms"): _remove_year,
    ("GET", "plugins"): _show_plugins,
    ("POST", "plugins"): _post_plugins,
    ("PATCH", "plugins"): _patch_plugin,
    ("DELETE", "plugins"): _delete_plugin,
}
