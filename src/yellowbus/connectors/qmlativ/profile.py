"""Everything about one Qmlativ instance that is data: the built-in profile with the layers over it (dossier 11)."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import msgspec

from yellowbus.connectors.qmlativ.permissions import readable
from yellowbus.connectors.qmlativ.schema import OFF

Data = dict[str, Any]
TREES: Final = ("students", "contacts", "schools")
# What code makes of the family tables is the root of each contact; these are its fields.
CONTACT_ROOT: Final[Mapping[str, str]] = {
    "ID": "SIS contact id",
    "Rank": "Rank",
    "IsGuardian": "Is a guardian",
    "IsEmergency": "Is an emergency contact",
    "FamilyRank": "Rank of the family",
    "GuardianRank": "Rank in the family",
    "EmergencyRank": "Rank as emergency contact",
    "InPrimaryFamily": "In the student's first family",
    "IsCustodialGuardian": "Custodial guardian",
    "AllowStudentPickup": "May pick up",
    "AllowFamilyAccess": "Has Family Access",
    "Comment": "Comment",
}
CONTACT_HIDDEN: Final = ("NameID", "RelationshipID")
CONTACT_OBJECTS: Final = ("student_family", "family_guardian", "student_guardian", "emergency_contact")


@dataclass(frozen=True, slots=True)
class TokenRules:
    url: str
    styles: tuple[Literal["basic_post", "body_post", "basic_get"], ...]
    scopes: str
    vendor_value_in: str
    vendor_value_name: str
    expired_statuses: frozenset[int]
    expired_texts: tuple[str, ...]
    form: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Paths:
    roots: tuple[str, ...]
    metadata: str
    fields: str
    list: str


@dataclass(frozen=True, slots=True)
class Lists:
    by: str
    search_fields: str
    objects: str
    next: str
    page_size: int
    max_pages: int
    at_once: int
    lacking_fields: str
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A field of an object: our name for it, its type, and the name that the server knows it by."""

    name: str
    type: str
    sent: str


@dataclass(frozen=True, slots=True)
class Table:
    """An object of Qmlativ, as far as it is read. `columns` leaves out what is switched off and includes the key."""

    name: str
    module: str
    object: str
    key: str
    columns: Mapping[str, Column]
    required: frozenset[str]
    only: Mapping[str, str]
    parameters: Mapping[str, str]
    in_each_entity: bool
    granted: frozenset[str] | None = None

    @property
    def path(self) -> str:
        return f"{self.module}/{self.object}"

    def may_read(self, name: str) -> bool:
        """Whether the permission file grants the field; everything where there is no file."""
        return self.granted is None or self.columns[name].sent.lower() in self.granted


@dataclass(frozen=True, slots=True)
class Node:
    """One join. `place` says which of several rows is taken, from 0; `parent` is "" for the root."""

    alias: str
    table: str
    parent: str = ""
    parent_field: str = ""
    on: str = ""
    order: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    place: int = 0
    shown: bool = True

    @property
    def needs(self) -> frozenset[str]:
        """The fields of its own object that the join itself reads."""
        return frozenset((self.on, *self.where, *(name.lstrip("-") for name in self.order))) - {""}


@dataclass(frozen=True, slots=True)
class Profile:
    """`data` is the whole as plain values; the rest is made of it."""

    data: Data = field(repr=False)
    token: TokenRules
    request_headers: Mapping[str, str]
    paths: Paths
    lists: Lists
    tables: Mapping[str, Table]
    trees: Mapping[str, tuple[Node, ...]]
    permissions: str = field(default="", repr=False)

    @property
    def conditions(self) -> Mapping[str, str]:
        return {str(kind): str(wrapper) for kind, wrapper in self.data["conditions"].items()}

    @property
    def day_formats(self) -> tuple[str, ...]:
        return tuple(self.data["dates"]["read"])

    @property
    def error_texts(self) -> tuple[str, ...]:
        return tuple(self.data["errors"]["texts"])

    @property
    def phone_uses(self) -> Mapping[str, str]:
        """Which use a word of a phone type means."""
        return {word.lower(): use for use, words in self.data["phones"].items() for word in words}

    @property
    def code_sets(self) -> Mapping[str, tuple[str, str]]:
        """Value and label of each code set that can be read."""
        sets = {name: (told["value"], told["label"]) for name, told in self.data["codes"].items()}
        return {name: pair for name, pair in sets.items() if self._readable(name, *pair)}

    def _readable(self, name: str, *columns: str) -> bool:
        table = self.tables.get(name)
        return table is not None and all(each in table.columns and table.may_read(each) for each in columns)

    def numeric_year(self, starting: int) -> int:
        return starting + 1 if self.data["years"]["numeric"] == "ending" else starting

    def starting_year(self, numeric: int) -> int:
        return numeric - 1 if self.data["years"]["numeric"] == "ending" else numeric


@cache
def built_in_text() -> str:
    return resources.files(__package__).joinpath("profile.toml").read_text("utf-8")


def built_in() -> Data:
    """A new copy of the built-in profile."""
    return tomllib.loads(built_in_text())


def merged(below: Data, above: Data) -> Data:
    """`above` laid over `below`: tables key by key, everything else replaced.

    >>> merged({"lists": {"by": "search", "next": "Next"}}, {"lists": {"by": "get"}})
    {'lists': {'by': 'get', 'next': 'Next'}}
    """
    both = dict(below)
    for key, value in above.items():
        held = both.get(key)
        both[key] = merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return both


def profile_of(data: Data, permissions: str = "") -> Profile:
    """The profile of plain values that `schema.wrong` has nothing against. Raises BadPermissionFile."""
    granted = readable(permissions) if permissions.strip() else None
    tables = {
        name: _table(name, told, granted) for name, told in data["objects"].items() if told.get("use", True)
    }
    tables = {name: table for name, table in tables.items() if granted is None or table.granted}
    return Profile(
        data=data,
        token=msgspec.convert(data["token"], TokenRules),
        request_headers=data["request"].get("headers", {}),
        paths=msgspec.convert(data["paths"], Paths),
        lists=msgspec.convert(data["lists"], Lists),
        tables=tables,
        trees={name: tuple(_nodes(data[name], tables)) for name in TREES},
        permissions=permissions,
    )


def patched(profile: Profile, patch: Data) -> Profile:
    """The profile with some values changed."""
    changed = profile_of(merged(profile.data, patch), profile.permissions)
    if "page_size" in patch.get("lists", {}):
        return changed
    return replace(changed, lists=replace(changed.lists, page_size=profile.lists.page_size))


def resized(profile: Profile, page_size: int) -> Profile:
    """With the page size of the connection form, but no larger than what an override says the instance takes."""
    own = profile.lists.page_size
    if own != built_in()["lists"]["page_size"]:
        page_size = min(page_size, own)
    return replace(profile, lists=replace(profile.lists, page_size=page_size))


def _table(name: str, told: Data, granted: Mapping[str, frozenset[str]] | None) -> Table:
    given = {each: kind for each, kind in told["fields"].items() if kind != OFF}
    columns = {told["key"]: Column(told["key"], "id", told["key"])}
    columns |= {each: _column(each, kind) for each, kind in given.items()}
    path = f"{told['module']}/{told['object']}".lower()
    return Table(
        name=name,
        module=told["module"],
        object=told["object"],
        key=told["key"],
        columns=columns,
        required=frozenset((told["key"], *told.get("required", ()))),
        only=told.get("only", {}),
        parameters=told.get("parameters", {}),
        in_each_entity=told.get("in_each_entity", False),
        granted=None if granted is None else granted.get(path, frozenset()),
    )


def _column(name: str, told: Any) -> Column:
    if isinstance(told, str):
        return Column(name, told, name)
    return Column(name, told["type"], told.get("as", name))


def _nodes(told: Data, tables: Mapping[str, Table]) -> Iterator[Node]:
    """The joins that can be made, parents first; one that keeps several rows is as many nodes, and so are its own."""
    numbers: dict[str, tuple[str, ...]] = {"Contact": ("",)}
    for alias, join in told.items():
        parent, _, name = join.get("via", "").partition(".")
        if not _joins(join, told, tables, numbers):
            continue
        most = join.get("most", 1)
        own = tuple(str(number) for number in range(1, most + 1)) if most > 1 else numbers.get(parent, ("",))
        numbers[alias] = own
        table = tables[join["object"]]
        for place, number in enumerate(own):
            above = number if most == 1 else ""
            yield Node(
                alias=alias + number,
                table=join["object"],
                parent=parent + above if parent else "",
                parent_field=name,
                on=join.get("on") or table.key,
                order=tuple(each for each in join.get("order", ()) if _read(table, each.lstrip("-"))),
                where=join.get("where", {}),
                place=place if most > 1 else 0,
                shown=join.get("shown", True),
            )


def _joins(join: Data, told: Data, tables: Mapping[str, Table], joined: Mapping[str, object]) -> bool:
    """Whether a join can be made: it is used, its parent was joined, and the fields that it goes by can be read."""
    table = tables.get(join["object"])
    parent, _, name = join.get("via", "").partition(".")
    if not join.get("use", True) or table is None or (parent and parent not in joined):
        return False
    above = tables[told[parent]["object"]] if parent in told else None
    own = (*join.get("where", ()), join.get("on") or table.key)
    return (above is None or _read(above, name)) and all(_read(table, each) for each in own)


def _read(table: Table, name: str) -> bool:
    return name in table.columns and table.may_read(name)
