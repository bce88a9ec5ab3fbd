"""Lists, searches and single objects (qmlativ dossier 5, 6.3)."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from yellowbus.simulators.exchange import Reply, as_json
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.objects import Field, Table
from yellowbus.simulators.qmlativ.options import NextAtEnd, Refusing
from yellowbus.simulators.qmlativ.rendering import columns, find, record
from yellowbus.simulators.qmlativ.search import BadSearchError, Reader, Search, comparable
from yellowbus.simulators.qmlativ.state import Call

WIDE = frozenset({keys.SYSTEM_ENTITY, keys.DISTRICT_ENTITY})


def page(call: Call) -> Reply:
    """One page of a list or, by POST, of a search."""
    table = call.table()
    entity, year = call.entity(), call.year()
    search = _search(call, table)
    shown = columns(call, table)
    _check_parameters(call, table, [column.names[0] for column in shown], search.parameters)
    number, size = _size(call)
    made = (table.path, entity, year, call.bearer.access.entities, call.request.body)
    rows = call.selections.get(made, lambda: _chosen(call, table, search, year=year))
    if not search.order and not call.options.stable_order:
        rows = Random(call.sis.log.counts.total()).sample(rows, len(rows))
    begin = (number - 1) * size
    found = list(rows[begin : begin + size])
    if FaultKind.REPEATED.value in call.request.faults and begin and found:
        found[0] = rows[begin - 1]
    objects = _struck([record(shown, row) for row in found], call)
    return as_json({"Objects": objects, "Paging": _paging(call, table, (number, size), len(rows))})


def single(call: Call) -> Reply:
    """One object by its id, flat."""
    table, entity = call.table(), call.entity()
    shown = columns(call, table)
    _check_parameters(call, table, [column.names[0] for column in shown], {})
    row = call.selections.index(table, call.world).get(call.number("id"))
    if row is None or not _visible(call, table, entity)(row):
        raise call.refuse(404, f"There is no {table.name} with this id")
    return as_json(record(shown, row))


def _search(call: Call, table: Table) -> Search:
    if call.request.method == "GET":
        return Search()

    def finder(name: str) -> Field:
        return find(call, table, name)

    try:
        return Reader(call.options, finder).read(call.request.json())
    except (BadSearchError, msgspec.DecodeError, AttributeError) as problem:
        raise call.refuse(400, f"The search cannot be read: {problem}") from problem


def _check_parameters(call: Call, table: Table, names: Sequence[str], in_body: Mapping[str, Any]) -> None:
    """5.1: since December 2025 some objects cannot be read without a run-time parameter."""
    known = {name for name, value in in_body.items() if value not in (None, "")}
    if not call.options.parameters_in_body_only:
        known |= {name for name, value in call.query.items() if value.strip()}
    needed = {path.lower(): wanted for path, wanted in call.options.required_parameters.items()}
    for path in (table.path, *(f"{table.path}.{name}" for name in names)):
        lacking = [name for name in needed.get(path.lower(), ()) if name.lower() not in known]
        if lacking:
            raise call.refuse(400, f"The parameter {lacking[0]} is required to read {path}")


def _size(call: Call) -> tuple[int, int]:
    number, size, most = call.number("page"), call.number("size"), call.options.max_page_size
    if number < 1 or size < 1:
        raise call.refuse(400, "Page and page size start at 1")
    if most and size > most and call.options.over_maximum is Refusing.REFUSE:
        raise call.refuse(400, f"The page size must not exceed {most}")
    return number, min(size, most) if most else size


def _chosen(call: Call, table: Table, search: Search, *, year: int) -> Sequence[Any]:
    visible = _visible(call, table, call.entity())
    rows = [row for row in table.rows(call.world) if visible(row)]
    of_year = table.year if call.options.year_scoped_lists else None
    if of_year is not None:
        rows = [row for row in rows if of_year(row) == year]
    if search.test is not None:
        rows = list(filter(search.test, rows))
    for field, descending in reversed(search.order):
        get = comparable(field, call.options)
        rows.sort(key=lambda row, get=get: _nulls_first(get(row)), reverse=descending)  # type: ignore[misc]
    return rows


def _nulls_first(value: Any) -> tuple[bool, Any]:
    return value is not None, value if value is not None else 0


def _visible(call: Call, table: Table, entity: int) -> Callable[[Any], bool]:
    """A row of an entity shows in its own entity and in the district-wide ones, if it is granted."""
    of_entity, access = table.entity, call.bearer.access
    if of_entity is None:
        return lambda _: True
    if entity not in WIDE:
        return lambda row: bool(of_entity(row) == entity)
    return lambda row: access.allows(of_entity(row))


def _paging(call: Call, table: Table, at: tuple[int, int], count: int) -> dict[str, Any]:
    """6.3: the path of the next page, without a query."""
    number, size = at
    where = f"/{call.path['root']}/{call.path['entity']}/{table.path}"
    stops = call.options.next_stops_after
    if number * size < count and not (stops and number >= stops):
        return {"Next": f"{where}/{number + 1}/{size}"}
    ends: Mapping[NextAtEnd, dict[str, Any]] = {
        NextAtEnd.NULL: {"Next": None},
        NextAtEnd.EMPTY: {"Next": ""},
        NextAtEnd.ABSENT: {},
        NextAtEnd.ITSELF: {"Next": f"{where}/{number}/{size}"},
    }
    return ends[call.options.next_at_end]


def _struck(objects: list[dict[str, Any]], call: Call) -> list[dict[str, Any]]:
    """The objects as the faults leave them: the last one missing, or the first one without its key."""
    if FaultKind.SHORT_PAGE.value in call.request.faults:
        return objects[:-1]
    if FaultKind.NO_ID.value in call.request.faults and objects:
        key = call.table().key.name
        return [{name: value for name, value in objects[0].items() if name != key}, *objects[1:]]
    return objects
