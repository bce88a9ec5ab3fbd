"""Which fields a request asks for, and how their values are written (qmlativ dossier 5.1, 6.4)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from yellowbus.simulators.qmlativ.objects import Field, Getter, Table, Type
from yellowbus.simulators.qmlativ.options import Blank, Literals, Options, Refusing
from yellowbus.simulators.qmlativ.state import Call
from yellowbus.simulators.qmlativ.tables import TABLES

BLANKS: Mapping[Blank, Any] = {Blank.NULL: None, Blank.TEXT: "", Blank.LIST: []}
PSEUDO = frozenset({"relationships", "validationrules"})
MIDNIGHT = "T00:00:00"
Writer: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One field of the reply. `names` has the relationships before it, for a dotted path."""

    names: tuple[str, ...]
    write: Writer


def find(call: Call, table: Table, name: str) -> Field:
    """The field of this name, if it is there and granted."""
    found = table.fields.get(name.lower())
    if found is None or name.lower() in PSEUDO:
        raise call.refuse(400, f"Field {table.path}.{name} does not exist")
    if not call.may_read(table, found.name):
        raise call.refuse(call.options.ungranted_status, f"Field {table.path}.{found.name} is not granted")
    return found


def columns(call: Call, table: Table) -> list[Column]:
    """The fields named by searchFields; none means the key alone, not all (5.1)."""
    names = call.search_fields()
    if not names and call.options.no_search_fields is Refusing.REFUSE:
        raise call.refuse(400, "searchFields is required")
    wanted = names or (table.key.name,)
    if call.options.ungranted_fields is Refusing.SILENT:
        wanted = tuple(name for name in wanted if "." in name or _readable(call, table, name))
    return [_column(call, table, name) for name in wanted]


def record(shown: Sequence[Column], row: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for column in shown:
        if len(column.names) == 1:
            made[column.names[0]] = column.write(row)
            continue
        inside = made
        for name in column.names[:-1]:
            inside = inside.setdefault(name, {})
        inside[column.names[-1]] = column.write(row)
    return made


def writer(column: Field, options: Options) -> Writer:
    """The value as JSON has it."""
    show, blank = _shape(column, options), BLANKS[options.blanks]

    def write(row: Any) -> Any:
        value = show(row)
        return blank if value is None or value == "" else value

    return write


def _shape(column: Field, options: Options) -> Getter:
    get, place = column.get, int(options.literals is Literals.WORDS)
    if column.type is Type.ENUM:
        return lambda row: found[place] if (found := get(row)) else None
    if column.type is Type.DATE:
        tail = MIDNIGHT if options.dates_with_time else ""
        return lambda row: f"{found.isoformat()}{tail}" if (found := get(row)) else None
    if column.type is Type.TIME:
        return lambda row: f"{found}{MIDNIGHT}" if isinstance(found := get(row), date) else found
    return get


def _readable(call: Call, table: Table, name: str) -> bool:
    found = table.fields.get(name.lower())
    return found is not None and call.may_read(table, found.name)


def _column(call: Call, table: Table, name: str) -> Column:
    relations, last = name.split(".")[:-1], name.rpartition(".")[2]
    if not relations:
        field = find(call, table, name)
        return Column((field.name,), writer(field, call.options))
    if not call.options.relationship_paths:
        raise call.refuse(call.options.ungranted_status, f"The relationship in {name} is not granted")
    return _dotted(call, table, relations, last)


def _dotted(call: Call, table: Table, relations: Sequence[str], last: str) -> Column:
    """Follow to-one relationships by their names (5.1)."""
    steps, names, at = [], [], table
    for name in relations:
        relation = at.relations.get(name.lower())
        if relation is None:
            raise call.refuse(400, f"Relationship {at.path}.{name} does not exist")
        steps.append((find(call, at, relation.foreign_key).get, TABLES[relation.target.lower()]))
        names.append(relation.name)
        at = steps[-1][1]
    field = find(call, at, last)
    write, world, selections = writer(field, call.options), call.world, call.selections

    def follow(row: Any) -> Any:
        for get, target in steps:
            row = selections.index(target, world).get(get(row))
            if row is None:
                return BLANKS[call.options.blanks]
        return write(row)

    return Column((*names, field.name), follow)
