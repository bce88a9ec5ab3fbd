"""The /ws/schema/query end points (powerschool dossier 11.2): the PowerQueries of the plugin that asks."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

import msgspec

from yellowbus.simulators.exchange import Reply, as_json
from yellowbus.simulators.powerschool.columns import TABLES, Table
from yellowbus.simulators.powerschool.named_queries import Argument, NamedQuery
from yellowbus.simulators.powerschool.paging import page_of, struck_items
from yellowbus.simulators.powerschool.query import Kind, fits
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.tables import error, no_access

NOT_SIMULATED = ("$q", "projection", "$dataversion", "$dataversion_applicationname")
STREAM_ALL = "0"


def _query(call: Call) -> NamedQuery:
    name = call.path["name"]
    for plugin in call.sis.plugins.all():
        query = plugin.queries.get(name.lower()) if plugin.enabled else None
        if query is not None:
            return query
    raise error(404, f"Query {name} not found")


def _arguments(call: Call, query: NamedQuery) -> dict[str, Any]:
    """The arguments of the body; missing or mistyped ones give 400 "Validation Failed"."""
    try:
        body = call.request.json()
    except msgspec.DecodeError as problem:
        raise error(400, "The body is not JSON") from problem
    if not isinstance(body, dict):
        raise error(400, "The body must be an object")
    for name in NOT_SIMULATED:
        if name in body:
            raise error(400, f"The simulator does not know {name} in a PowerQuery")
    checked = [(argument.name, _wrong(argument, body)) for argument in query.arguments]
    wrong = [{"resource": query.name, "field": name, "code": code} for name, code in checked if code]
    if wrong:
        raise error(400, "Validation Failed", wrong)
    return {argument.name: body[argument.name] for argument in query.arguments if argument.name in body}


def _wrong(argument: Argument, body: Mapping[str, Any]) -> str:
    """What is wrong with one argument. The codes are ours; the vendor's are not published."""
    value = body.get(argument.name, argument.default)
    if value is None:
        return "MissingField" if argument.required else ""
    plain = isinstance(value, str | int | float)
    return "" if plain and fits(_kind(argument.column), str(value)) else "InvalidValue"


def _kind(source: str) -> Kind:
    table, _, column = source.lower().partition(".")
    found = TABLES[table].column(column) if table in TABLES else None
    return found.kind if found else Kind.TEXT


def _rows(call: Call) -> tuple[NamedQuery, Sequence[tuple[Any, ...]]]:
    query = _query(call)
    arguments = _arguments(call, query)
    reads = call.sis.database.reads(query)
    lacking = sorted((t.name, t.columns[c].name) for t, c in reads if not call.plugin.grants(t.name, c))
    if lacking:
        raise no_access(lacking)
    return query, call.sis.database.run(query, arguments)


def count(call: Call) -> Reply:
    return as_json({"count": len(_rows(call)[1])})


def records(call: Call) -> Reply:
    """A page, or everything with pagesize=0. An empty result has no `record` (16.15)."""
    query, rows = _rows(call)
    ordered = _ordered(call, query, rows)
    if call.request.query.get("pagesize") == STREAM_ALL:
        shown = list(ordered)
    else:
        try:
            page = page_of(call.request, call.plugin.page_sizes["schema_table_query"], call.options)
        except ValueError as problem:
            raise error(400, str(problem)) from problem
        shown = page.of(ordered, call.request)
    core = TABLES.get(query.core_table.lower())
    found = struck_items([_record(query, core, row) for row in shown], call.request.faults)
    body: dict[str, Any] = {"name": core.name if core else query.core_table}
    if call.request.query.get("count") == "true":
        body["count"] = len(rows)
    if found:
        body["record"] = found
    return as_json(body | {"@extensions": ""})


def _ordered(call: Call, query: NamedQuery, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
    """By `order=table.col;desc,table.col`; without any order the pages may overlap (16.16)."""
    wanted = call.request.list_of("order")
    if not wanted:
        if call.options.stable_order or query.ordered:
            return rows
        mixed = list(rows)
        Random(call.sis.log.counts.total()).shuffle(mixed)
        return mixed
    aliases = [alias.lower() for alias in query.columns]
    found = list(rows)
    for part in reversed(wanted):
        name, _, direction = part.lower().partition(";")
        if name not in aliases:
            raise error(400, f"Invalid field {name}")
        place = aliases.index(name)
        found.sort(key=lambda row: (row[place] is None, row[place]), reverse=direction == "desc")
    return found


def _record(query: NamedQuery, core: Table | None, row: tuple[Any, ...]) -> dict[str, Any]:
    """Values as text, nulls absent. `_id` or `id` is the core table's key where the query selects it."""
    values = {
        alias.lower(): _text(value)
        for alias, value in zip(query.columns, row, strict=True)
        if value is not None
    }
    key = _key_of(query, core, row)
    name = core.name if core else query.core_table
    if query.flattened:
        flat = {alias.rpartition(".")[2]: value for alias, value in values.items()}
        return {"_name": name.lower()} | ({} if key is None else {"_id": key}) | flat
    tables: dict[str, dict[str, str]] = {}
    for alias, value in values.items():
        table, _, column = alias.rpartition(".")
        tables.setdefault(table or name.lower(), {})[column] = value
    return ({} if key is None else {"id": key}) | {"name": name, "tables": tables}


def _key_of(query: NamedQuery, core: Table | None, row: tuple[Any, ...]) -> Any:
    if core is None:
        return None
    wanted = f"{core.name}.{core.primary_key}".lower()
    for place, (alias, source) in enumerate(zip(query.columns, query.sources, strict=True)):
        if wanted in {alias.lower(), source.lower()}:
            return row[place]
    return None


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def listing(call: Call) -> Reply:
    """The queries of all enabled plugins."""
    found = [
        query for plugin in call.sis.plugins.all() if plugin.enabled for query in plugin.queries.values()
    ]
    return as_json({"queries": [{"name": query.name, "summary": query.summary} for query in found]})
