"""The /ws/v1 end points: filters, pages, envelopes (powerschool dossier 5, 6, 7)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from yellowbus.simulators.district.people import School, Status, Student
from yellowbus.simulators.exchange import XML, RefusedError, Reply, Request, as_json
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.powerschool import v1_places, v1_students
from yellowbus.simulators.powerschool.columns import EXTENSIONS
from yellowbus.simulators.powerschool.paging import Page, page_of, struck_items
from yellowbus.simulators.powerschool.query import BadQueryError, Kind, fits, parse, test_of
from yellowbus.simulators.powerschool.state import Call, Form
from yellowbus.simulators.powerschool.typed_json import to_json, to_xml

Item = TypeVar("Item")
Search = Mapping[str, tuple[Kind, Callable[[Any], str]]]
CURRENT = frozenset({Status.ACTIVE, Status.PRE_REGISTERED})


def error(status: int, message: str) -> RefusedError:
    """Any v1 error: {"errorMessage": {"message": …}} (14, E3)."""
    return RefusedError(as_json({"errorMessage": {"message": message}}, status))


def not_found(request: Request) -> Reply:
    """A path that v1 does not have."""
    return as_json({"errorMessage": {"message": f"No resource for {request.method} on this path"}}, 404)


def wanted(call: Call, known: Mapping[str, Any]) -> tuple[str, ...]:
    """The expansions asked for that this server knows, in its own order."""
    if FaultKind.IGNORED_EXPANSIONS.value in call.request.faults:
        return ()
    asked = set(call.request.list_of("expansions")) - call.options.unknown_expansions
    return tuple(name for name in known if name in asked)


def page(call: Call, resource: str) -> Page:
    try:
        return page_of(call.request, call.plugin.page_sizes[resource], call.options)
    except ValueError as problem:
        raise error(400, str(problem)) from problem


def school_of(call: Call) -> School:
    """Path ids are DCIDs, never school numbers (6)."""
    found = call.sis.district.school_by_dcid(call.number("dcid"))
    if found is None:
        raise error(404, f"No school with id {call.path['dcid']}")
    return found


def takes_json(call: Call) -> bool:
    """Only who accepts JSON, in any case of the letters, gets it (5.1)."""
    return (
        not call.options.xml_unless_json_accepted
        or "application/json" in call.request.headers.get("accept", "").lower()
    )


def answer(call: Call, name: str, tree: Any) -> Reply:
    """JSON for who accepts it, else XML (5.1)."""
    if takes_json(call):
        return as_json({name: to_json(tree)})
    return Reply(body=to_xml(name, tree).encode(), content_type=XML)


def count(call: Call, number: int) -> Reply:
    if not call.options.count_in_resource:
        return as_json({"count": number})
    return answer(call, "resource", {"count": number})


def chosen(items: Sequence[Item], q: str, search: Search) -> list[Item]:
    """The items that satisfy all conditions; 400 for a field that cannot be asked or a value of the wrong
    type.
    """
    tests: list[tuple[Callable[[Any], str], Callable[[str], bool]]] = []
    try:
        conditions = parse(q)
    except BadQueryError as problem:
        raise error(400, f"Invalid query: {problem}") from problem
    for condition in conditions:
        kind, get = search.get(condition.field.lower(), (None, None))
        if kind is None or get is None:
            raise error(400, f"Invalid field {condition.field}")
        if not all(fits(kind, value) for value in condition.values):
            raise error(400, f"Invalid value for {condition.field}")
        tests.append((get, test_of(condition, kind)))
    return [item for item in items if all(test(get(item)) for get, test in tests)]


# --- metadata, time, district ---


def metadata(call: Call) -> Reply:
    body = v1_places.metadata(
        call.sis.district,
        version=call.options.version,
        plugin_id=call.plugin.id,
        page_sizes=call.plugin.page_sizes,
        uuid=call.sis.uuid,
    )
    return as_json(body)


def time(call: Call) -> Reply:
    now = datetime.fromtimestamp(call.sis.clock(), ZoneInfo(call.sis.district.timezone))
    return as_json({"resource": {"time": now.isoformat(), "timestamp": int(now.timestamp() * 1000)}})


def district(call: Call) -> Reply:
    tree = v1_places.district_tree(
        call.sis.district, wanted(call, v1_places.DISTRICT_EXPANSIONS), call.sis.uuid
    )
    return answer(call, "district", tree)


# --- schools and terms ---


def schools(call: Call) -> Reply:
    names = wanted(call, v1_places.SCHOOL_EXPANSIONS)
    items = [
        v1_places.school_tree(found, names) for found in page(call, "school").of(call.sis.district.schools)
    ]
    return answer(
        call, "schools", v1_places.school_attributes() | {"school": struck_items(items, call.request.faults)}
    )


def school_count(call: Call) -> Reply:
    return count(call, len(call.sis.district.schools))


def school(call: Call) -> Reply:
    tree = v1_places.school_tree(school_of(call), wanted(call, v1_places.SCHOOL_EXPANSIONS))
    return answer(call, "school", v1_places.school_attributes() | tree)


def _terms(call: Call) -> list[Any]:
    return chosen(
        v1_places.sorted_terms(school_of(call)), call.request.query.get("q", ""), v1_places.TERM_SEARCH
    )


def terms(call: Call) -> Reply:
    shown = page(call, "term").of(_terms(call))
    return answer(call, "terms", {"term": [v1_places.term_tree(found) for found in shown]})


def term_count(call: Call) -> Reply:
    return count(call, len(_terms(call)))


def term(call: Call) -> Reply:
    dcid = call.number("dcid")
    terms = (term for school in call.sis.district.schools for term in school.terms)
    found = next((term for term in terms if term.dcid == dcid), None)
    if found is not None:
        return answer(call, "term", v1_places.term_tree(found))
    raise error(404, f"No term with id {dcid}")


# --- students ---


def _students(call: Call) -> Sequence[Student]:
    q = call.request.query.get("q", "")
    limited = call.options.current_only_in_school and "enroll_status" not in q.lower()
    school = school_of(call) if "dcid" in call.path else None
    if school is None and not q:
        return call.sis.district.students
    asked = ("v1", school and school.dcid, q, limited)
    return call.sis.rows.answer(asked, lambda: _search(call, school, limited=limited))


def _search(call: Call, school: School | None, *, limited: bool) -> Sequence[Student]:
    every: Sequence[Student] = call.sis.district.students
    if school is not None:
        every = [s for s in every if s.school is school and (not limited or s.status in CURRENT)]
    return chosen(every, call.request.query.get("q", ""), v1_students.SEARCH)


def students(call: Call) -> Reply:
    """One page; every student is rendered once per form asked for and until it changes."""
    shown = page(call, "student").of(_students(call), call.request)
    form = Form(wanted(call, v1_students.EXPANSIONS), extensions(call))
    if call.request.faults or not takes_json(call):
        trees = [v1_students.tree(s, form.expansions, form.extensions, call.options) for s in shown]
        tree = v1_students.attributes() | {"student": struck_items(trees, call.request.faults)}
        return answer(call, "students", tree)
    parts = [call.sis.rendered.student(found, form, call.options) for found in shown]
    head = msgspec.json.encode(v1_students.attributes())[:-1]
    body = b",".join(parts) if len(parts) < 2 else b"[" + b",".join(parts) + b"]"
    return Reply(body=b'{"students":' + head + (b',"student":' + body if parts else b"") + b"}}")


def student_count(call: Call) -> Reply:
    return count(call, len(_students(call)))


def student(call: Call) -> Reply:
    found = call.sis.district.student_by_dcid(call.number("dcid"))
    if found is None:
        raise error(404, f"No student with id {call.path['dcid']}")
    tree = v1_students.tree(found, wanted(call, v1_students.EXPANSIONS), extensions(call), call.options)
    if call.plugin.grants("students", "ssn") and "demographics" in tree:
        # powerschool dossier 1.2: one of the two v1 fields that a plugin gets only with a field grant.
        tree["demographics"]["ssn"] = v1_students.column(found, "SSN")
    return answer(call, "student", v1_students.attributes() | tree)


def extensions(call: Call) -> tuple[str, ...]:
    asked = {name.lower() for name in call.request.list_of("extensions")}
    return tuple(name for name in EXTENSIONS if name in asked)
