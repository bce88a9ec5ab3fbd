"""What an object of the API is: its fields, where its rows come from, and what they belong to (qmlativ dossier
1, 14).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from yellowbus.simulators.qmlativ.world import World

Getter: TypeAlias = Callable[[Any], Any]
Source: TypeAlias = str | Getter | bool | int | None


class Type(Enum):
    """The value is the metadata's CurrentType (6.2)."""

    ID = "BigInt"
    INT = "Int"
    TEXT = "Text"
    BOOL = "Bool"
    DATE = "Date"
    TIME = "DateTime"
    DECIMAL = "Decimal"
    GUID = "GUID"
    ENUM = "Enumeration"


class Writing(Enum):
    """What the metadata says of writing a field; the permission file has the last word (14)."""

    REQUIRED = "required"
    WRITABLE = "writable"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """`own` marks a field that the district has added (8.4)."""

    name: str
    type: Type
    get: Getter
    writing: Writing
    primary: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A to-one relationship: its foreign key, and the object it leads to as "Module/Object"."""

    name: str
    foreign_key: str
    target: str


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One object. `fields` and `relations` by name in lower case; `year` and `entity` tell the school year and
    the entity that a row belongs to, where it belongs to one.
    """

    module: str
    name: str
    rows: Callable[[World], Sequence[Any]]
    fields: Mapping[str, Field]
    relations: Mapping[str, Relation] = field(default_factory=dict)
    year: Getter | None = None
    entity: Getter | None = None

    @property
    def path(self) -> str:
        return f"{self.module}/{self.name}"

    @property
    def key(self) -> Field:
        return next(found for found in self.fields.values() if found.primary)

    @property
    def guid(self) -> str:
        return guid(self.path)


def guid(path: str) -> str:
    """SkywardID: the same in every installation (3.3). Ours are made from the name."""
    return str(uuid5(NAMESPACE_URL, f"yellowbus-simulator:{path}"))


def _getter(source: Source) -> Getter:
    if isinstance(source, str):
        return attrgetter(source)
    if callable(source):
        return source
    return lambda _: source


def key(name: str, source: Source = "id") -> Field:
    return Field(name, Type.ID, _getter(source), Writing.READ_ONLY, primary=True)


def req(name: str, kind: Type, source: Source) -> Field:
    return Field(name, kind, _getter(source), Writing.REQUIRED)


def put(name: str, kind: Type, source: Source = None) -> Field:
    return Field(name, kind, _getter(source), Writing.WRITABLE)


def ro(name: str, kind: Type, source: Source = None) -> Field:
    return Field(name, kind, _getter(source), Writing.READ_ONLY)


def own(name: str, kind: Type, source: Source) -> Field:
    return Field(name, kind, _getter(source), Writing.WRITABLE, own=True)


def blanks(kind: Type, names: str, source: Source = None) -> tuple[Field, ...]:
    """Fields that exist and in which this district keeps nothing (or the one value given)."""
    return tuple(put(name, kind, source) for name in names.split())


def calculated(kind: Type, names: str, source: Source = None) -> tuple[Field, ...]:
    """The same for calculated fields."""
    return tuple(ro(name, kind, source) for name in names.split())


def links(text: str) -> dict[str, Relation]:
    """Relations written as "Name>ForeignKey>Module/Object", blanks between them."""
    found = [Relation(*part.split(">")) for part in text.split()]
    return {relation.name.lower(): relation for relation in found}


# Every object has these (14).
CREATED, MODIFIED = "2024-07-01T08:00:00", "2026-07-01T08:{:02d}:00"


def _modified(row: Any) -> str:
    version: int = getattr(row, "version", 1)
    return MODIFIED.format(version % 60)


STAMPS = (
    ro("CreatedTime", Type.TIME, lambda _: CREATED),
    ro("ModifiedTime", Type.TIME, _modified),
    ro("UserIDCreatedBy", Type.ID, 1),
    ro("UserIDModifiedBy", Type.ID, 1),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Attributes that tell a row's school year id and entity id; blank where it belongs to none."""

    year: str = ""
    entity: str = ""


EVERYWHERE = Scope()


def table(
    path: str,
    rows: Callable[[World], Sequence[Any]],
    *fields: Field,
    relations: str = "",
    scope: Scope = EVERYWHERE,
) -> Table:
    module, _, name = path.partition("/")
    return Table(
        module=module,
        name=name,
        rows=rows,
        fields={found.name.lower(): found for found in (*fields, *STAMPS)},
        relations=links(relations),
        year=attrgetter(scope.year) if scope.year else None,
        entity=attrgetter(scope.entity) if scope.entity else None,
    )
