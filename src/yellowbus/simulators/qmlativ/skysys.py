"""Module SkySys: the catalogue as objects, another way to learn what there is (qmlativ dossier 6.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yellowbus.simulators.qmlativ.objects import (
    Field,
    Table,
    Type,
    Writing,
    blanks,
    guid,
    key,
    put,
    req,
    ro,
    table,
)

ID, INT, TEXT, BOOL = Type.ID, Type.INT, Type.TEXT, Type.BOOL
COMPLETE = "Complete"
SHOWN_TYPES = {Type.ENUM: Type.TEXT}


@dataclass(frozen=True, slots=True)
class _Module:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class _Object:
    id: int
    module: _Module
    table: Table


@dataclass(frozen=True, slots=True)
class _Column:
    id: int
    of: _Object
    field: Field


@dataclass(frozen=True, slots=True)
class _Tie:
    id: int
    of: _Object
    name: str


def catalogue(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Module, Object, Field and Relationship, whose rows speak of these tables."""
    names = sorted({found.module for found in tables})
    modules = {name: _Module(place, name) for place, name in enumerate(names, 1)}
    objects = [_Object(100 + place, modules[found.module], found) for place, found in enumerate(tables)]
    columns = [
        _Column(place, of, field)
        for place, (of, field) in enumerate(
            ((of, field) for of in objects for field in of.table.fields.values()), 1_000
        )
    ]
    ties = [
        _Tie(place, of, relation.name)
        for place, (of, relation) in enumerate(
            ((of, relation) for of in objects for relation in of.table.relations.values()), 50_000
        )
    ]
    return _modules(list(modules.values())), _objects(objects), _fields(columns), _relationships(ties)


def _modules(rows: Sequence[_Module]) -> Table:
    return table(
        "SkySys/Module",
        lambda _: rows,
        key("ModuleID"),
        req("PendingName", TEXT, "name"),
        put("CurrentName", TEXT, "name"),
        put("Status", TEXT, lambda _: COMPLETE),
        ro("DisplayName", TEXT, "name"),
        ro("IsSkywardModule", BOOL, source=True),
    )


def _objects(rows: Sequence[_Object]) -> Table:
    return table(
        "SkySys/Object",
        lambda _: rows,
        key("ObjectID"),
        req("ModuleID", ID, "module.id"),
        req("PendingDisplayName", TEXT, "table.name"),
        req("PendingName", TEXT, "table.name"),
        put("CurrentName", TEXT, "table.name"),
        put("CurrentDisplayName", TEXT, "table.name"),
        put("Status", TEXT, lambda _: COMPLETE),
        ro("FormattedObjectPath", TEXT, "table.path"),
        ro(
            "IsSkywardObject",
            BOOL,
            lambda row: not any(f.own for f in row.table.fields.values() if f.primary),
        ),
        ro("UniqueID", Type.GUID, "table.guid"),
        relations="Module>ModuleID>SkySys/Module",
    )


def _fields(rows: Sequence[_Column]) -> Table:
    return table(
        "SkySys/Field",
        lambda _: rows,
        key("FieldID"),
        req("ObjectID", ID, "of.id"),
        req("PendingDisplayName", TEXT, "field.name"),
        req("PendingName", TEXT, "field.name"),
        put("CurrentName", TEXT, "field.name"),
        put("CurrentDisplayName", TEXT, "field.name"),
        put("CurrentType", TEXT, _type),
        put("CurrentIsRequired", BOOL, lambda row: row.field.writing is Writing.REQUIRED),
        put("UserCanEdit", BOOL, lambda row: row.field.writing is not Writing.READ_ONLY),
        put("IsPrimaryKey", BOOL, "field.primary"),
        put("IsDeniable", BOOL, source=True),
        put("Status", TEXT, lambda _: COMPLETE),
        *blanks(TEXT, "Description"),
        ro("FormattedFieldPath", TEXT, _path),
        ro("IsSkywardField", BOOL, lambda row: not row.field.own),
        ro("UniqueID", Type.GUID, lambda row: guid(_path(row))),
        relations="Object>ObjectID>SkySys/Object",
    )


def _relationships(rows: Sequence[_Tie]) -> Table:
    return table(
        "SkySys/Relationship",
        lambda _: rows,
        key("RelationshipID"),
        req("ObjectIDPrimary", ID, "of.id"),
        req("PendingName", TEXT, "name"),
        put("CurrentName", TEXT, "name"),
        put("Status", TEXT, lambda _: COMPLETE),
        ro("IsSkywardRelationship", BOOL, source=True),
        relations="ObjectPrimary>ObjectIDPrimary>SkySys/Object",
    )


def _type(row: Any) -> str:
    kind: Type = row.field.type
    return SHOWN_TYPES.get(kind, kind).value


def _path(row: Any) -> str:
    return f"{row.of.table.path}.{row.field.name}"
