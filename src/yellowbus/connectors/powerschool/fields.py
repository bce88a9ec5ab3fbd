"""The fields of PowerSchool: those of fields.toml, and those of the extension tables of one server."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib import resources
from typing import Final

from yellowbus.connectors.base import SourceField, text
from yellowbus.connectors.powerschool import endpoints, wire
from yellowbus.connectors.powerschool.errors import judged
from yellowbus.connectors.powerschool.server import Server

# Columns that every extension table has for PowerSchool's own use.
_INTERNAL: Final = frozenset(
    ("id", "dcid", "studentsdcid", "whocreated", "whencreated", "whomodified", "whenmodified", "ip_address")
)


@cache
def known(kind: str) -> tuple[SourceField, ...]:
    """The fields of fields.toml of one kind: "students", "contacts" or "schools"."""
    file = resources.files(__package__).joinpath("fields.toml")
    groups = tomllib.loads(file.read_text("utf-8"))[kind]
    return tuple(
        _field(name, told, group, contact=kind == "contacts")
        for group, fields in groups.items()
        for name, told in fields.items()
    )


def _field(name: str, told: str | Mapping[str, str], group: str, *, contact: bool) -> SourceField:
    facts = {"label": told} if isinstance(told, str) else dict(told)
    return SourceField(name=name, group=group, contact=contact, **facts)


@cache
def contact_names() -> frozenset[str]:
    return frozenset(field.name for field in known("contacts"))


def extension_tables(server: Server) -> list[str]:
    """The schema extension tables of students, which v1 names beside its lists (dossier 7)."""
    answer = server.ask(endpoints.STUDENTS, {"page": "1", "pagesize": "1"})
    named = text(wire.block(answer.get("students")).get("@extensions")) or ""
    return [table.strip().lower() for table in named.split(",") if table.strip()]


def extension_fields(server: Server) -> Iterator[SourceField]:
    tables = extension_tables(server)
    calls = (partial(_columns, server, table) for table in tables)
    for table, columns in zip(tables, server.door.ahead(calls), strict=True):
        for column in columns:
            yield SourceField(f"_extension.{table}.{column}", column, group=f"Extension {table}")


def _columns(server: Server, table: str) -> list[str]:
    """The columns of a table; where PowerSchool does not tell, those that a page of students fills."""
    reply = server.get(endpoints.TABLE_METADATA.format(table=table))
    if reply.status in {403, 404, 405}:
        return _columns_in_use(server, table)
    described = wire.blocks(wire.value_of(judged(reply).body), "columns")
    names = [(text(column.get("name")) or "").lower() for column in described]
    return [name for name in names if name and name not in _INTERNAL]


def _columns_in_use(server: Server, table: str) -> list[str]:
    answer = server.ask(endpoints.STUDENTS, {"page": "1", "extensions": table})
    beginning = f"_extension.{table}."
    names = {
        name.removeprefix(beginning)
        for student in wire.blocks(answer, "students", "student")
        for name, _ in wire.extensions(student.get("_extension_data"))
        if name.startswith(beginning)
    }
    return sorted(names)
