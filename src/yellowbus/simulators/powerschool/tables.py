"""The /ws/schema/table end points (powerschool dossier 11.1, 11.3). Only what the plugin was granted is
shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from yellowbus.simulators.exchange import RefusedError, Reply, as_json
from yellowbus.simulators.powerschool.columns import TABLES, Column, Table
from yellowbus.simulators.powerschool.options import Blank
from yellowbus.simulators.powerschool.paging import page_of, struck_items
from yellowbus.simulators.powerschool.plugins import Plugin
from yellowbus.simulators.powerschool.query import BadQueryError, Condition, Kind, fits, parse, test_of
from yellowbus.simulators.powerschool.state import Call, TableRows

NO_ACCESS = "NoAccess"


def error(status: int, message: str, errors: Sequence[dict[str, str]] = ()) -> RefusedError:
    """Any error of the schema API: message, and errors where there are any (14, E4)."""
    body: dict[str, Any] = {"message": message}
    if errors:
        body["errors"] = list(errors)
    return RefusedError(as_json(body, status))


def no_access(lacking: Sequence[tuple[str, str]]) -> RefusedError:
    """403 for (resource, field) pairs without a grant."""
    errors = [{"resource": resource, "field": name, "code": NO_ACCESS} for resource, name in lacking]
    return error(403, "At least one column lacks the access that this request needs", errors)


def table_of(call: Call) -> Table:
    name = call.path["table"]
    table = TABLES.get(name.lower())
    if table is None:
        raise error(404, f"Table {name} not found")
    if not table.exposed:
        raise error(405, f"Table {name} cannot be accessed")
    return table


@dataclass(frozen=True, slots=True)
class Filter:
    """The q of a request, its columns found."""

    columns: tuple[tuple[Column, Condition], ...]

    @classmethod
    def of(cls, table: Table, q: str) -> "Filter":
        try:
            conditions = parse(q)
        except BadQueryError as problem:
            raise error(400, f"Invalid query {problem}") from problem
        found = []
        for condition in conditions:
            column = table.column(condition.field)
            if column is None:
                raise error(400, f"Invalid field {condition.field}")
            found.append((column, condition))
        return cls(tuple(found))

    def check_values(self) -> None:
        """The type of the value is checked before any grant (11.3)."""
        for column, condition in self.columns:
            if column.kind is Kind.CLOB:
                raise error(400, f"Querying not supported for field {column.name}")
            wrong = [value for value in condition.values if not fits(column.kind, value)]
            if wrong:
                raise error(400, f"Invalid {column.kind.value} '{wrong[0]}' passed for field {column.name}")

    def of_rows(self, rows: TableRows, table: Table) -> Sequence[Any]:
        if not self.columns:
            return rows.of(table)
        return rows.answer((table.name, *self.columns), lambda: self._search(rows, table))

    def _search(self, rows: TableRows, table: Table) -> Sequence[Any]:
        tests: list[tuple[Column, Callable[[str], bool]]] = [
            (column, test_of(condition, column.kind)) for column, condition in self.columns
        ]
        exact = next((found for found in self.columns if found[1].exact), None)
        near = rows.with_values(table, exact[0], exact[1].values) if exact else rows.of(table)
        return [row for row in near if all(test(column.text(row)) for column, test in tests)]


def _projected(call: Call, table: Table) -> list[tuple[str, Column]]:
    """(name as typed, column) of the projection; `*` is every granted column."""
    names = call.request.list_of("projection")
    if not names:
        raise error(400, "A projection is required")
    if names == ("*",):
        return [(c.name, c) for c in table.columns.values() if call.plugin.grants(table.name, c.name)]
    found = []
    for name in names:
        column = table.column(name)
        if column is None:
            raise error(400, f"Invalid field specified: {name} does not exist in table {table.name}")
        found.append((name, column))
    return found


def _check_grants(plugin: Plugin, table: Table, names: Sequence[tuple[str, Column]]) -> None:
    lacking = [(table.name, name) for name, column in names if not plugin.grants(table.name, column.name)]
    if lacking:
        raise no_access(lacking)


def _canonical(chosen: Filter) -> list[tuple[str, Column]]:
    """In q, an error names the column in its canonical spelling (11.3)."""
    return [(column.name, column) for column, _ in chosen.columns]


def _record(call: Call, table: Table, row: Any, columns: Sequence[tuple[str, Column]]) -> dict[str, Any]:
    blank = call.options.blank_columns
    values: dict[str, str | None] = {}
    for _, column in columns:
        text = column.text(row)
        if text or blank is not Blank.OMIT:
            values[column.name.lower()] = None if not text and blank is Blank.NULL else text
    return {"id": table.key.get(row), "name": table.name, "tables": {table.name.lower(): values}}


def rows(call: Call) -> Reply:
    """A page of rows. Checks in this order: columns (400), value types (400), grants (403)."""
    table = table_of(call)
    columns, chosen = _projected(call, table), Filter.of(table, call.request.query.get("q", ""))
    chosen.check_values()
    _check_grants(call.plugin, table, [*columns, *_canonical(chosen)])
    found = _ordered(call, table, chosen)
    try:
        page = page_of(call.request, call.plugin.page_sizes["schema_table_query"], call.options)
    except ValueError as problem:
        raise error(400, str(problem)) from problem
    shown = [_record(call, table, row, columns) for row in page.of(found, call.request)]
    records = struck_items(shown, call.request.faults)
    body: dict[str, Any] = {"name": table.name} | ({"record": records} if records else {})
    return as_json(body | {"@extensions": ""})


def _ordered(call: Call, table: Table, chosen: Filter) -> Sequence[Any]:
    names = call.request.list_of("sort")
    found = chosen.of_rows(call.sis.rows, table)
    if not names:
        if call.options.stable_order:
            return found
        return Random(call.sis.log.counts.total()).sample(found, len(found))
    columns = tuple(_sort_column(table, name) for name in names)
    descending = call.request.query.get("sortdescending", "").lower() == "true"
    if columns == (table.key,) and not descending:
        return found
    return call.sis.rows.answer(
        (table.name, *chosen.columns, *columns, descending),
        lambda: sorted(found, key=lambda row: [_sort_key(c, row) for c in columns], reverse=descending),
    )


def _sort_column(table: Table, name: str) -> Column:
    column = table.column(name)
    if column is None:
        raise error(400, f"Invalid field specified: {name} does not exist in table {table.name}")
    return column


def _sort_key(column: Column, row: Any) -> tuple[bool, Any]:
    text = column.text(row)
    return (not text, float(text or 0) if column.kind is Kind.NUMBER else text)


def row(call: Call) -> Reply:
    table = table_of(call)
    columns = _projected(call, table)
    _check_grants(call.plugin, table, columns)
    wanted = call.number("id")
    found = call.sis.rows.with_values(table, table.key, [str(wanted)])
    if not found:
        raise error(404, f"No row {call.path['id']} in table {table.name}")
    return as_json(_record(call, table, found[0], columns) | {"name": table.name.lower()})


def count(call: Call) -> Reply:
    """A count without a filter needs no grant; a filter needs the grant of its columns."""
    table = table_of(call)
    chosen = Filter.of(table, call.request.query.get("q", ""))
    chosen.check_values()
    _check_grants(call.plugin, table, _canonical(chosen))
    return as_json({"count": len(chosen.of_rows(call.sis.rows, table))})


def listing(call: Call) -> Reply:
    shown = [table for table in TABLES.values() if table.exposed]
    if call.options.tables_as_list:
        tables = [{"name": t.name, "userVisible": True, "primaryKey": t.primary_key} for t in shown]
        return as_json({"tables": tables})
    records = [
        {"id": place, "name": t.name, "tables": {"table": {"name": t.name}}}
        for place, t in enumerate(shown, 1)
    ]
    return as_json({"name": "tables", "record": records})


def metadata(call: Call) -> Reply:
    """The columns of a table; with expansions=access what this plugin may do with each."""
    table = table_of(call)
    with_access = "access" in call.request.list_of("expansions")
    columns = [
        {"name": column.name} | ({"access": _access(call.plugin, table, column)} if with_access else {})
        for column in table.columns.values()
    ]
    return as_json(
        {
            "name": table.name,
            "comment": "",
            "primaryKey": table.primary_key,
            "schemaType": "core",
            "coreTable": table.name,
            "columns": columns,
        }
    )


def _access(plugin: Plugin, table: Table, column: Column) -> str:
    granted = plugin.granted.get((table.name.lower(), column.name.lower()))
    return granted.value if granted else NO_ACCESS
