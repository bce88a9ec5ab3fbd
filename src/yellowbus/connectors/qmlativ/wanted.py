"""What to read for some fields: which joins, which objects, and which fields of each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from yellowbus.connectors.qmlativ.profile import (
    CONTACT_OBJECTS,
    CONTACT_ROOT,
    Column,
    Node,
    Profile,
    Table,
)

CONTACT: Final = "Contact."
USES: Final = {"HomePhone": "home", "MobilePhone": "mobile", "WorkPhone": "work"}
# A field of the contact's root -> where it stands in the tables of family and emergency contacts.
CONTACT_SOURCES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "RelationshipID": (("student_guardian", "RelationshipID"), ("emergency_contact", "RelationshipID")),
    "IsEmergency": (("student_guardian", "IsEmergencyContact"),),
    "IsCustodialGuardian": (("student_guardian", "IsCustodialGuardian"),),
    "AllowStudentPickup": (("student_guardian", "AllowStudentPickup"), ("emergency_contact", "AllowPickUp")),
    "AllowFamilyAccess": (("student_guardian", "AllowFamilyAccess"),),
    "Comment": (("emergency_contact", "Comment"),),
}

# The fields that the family tables are looked up by to find the contacts of some students.
CONTACT_LOOK_UPS: Final = (
    ("student_family", "StudentID"),
    ("family_guardian", "FamilyID"),
    ("student_guardian", "StudentID"),
    ("emergency_contact", "NameID"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the mapping knows it, and the row and field that it is taken from."""

    name: str
    alias: str
    column: str


@dataclass
class Wanted:
    """`shown` and `contact_shown` are what records carry; `nodes` the joins needed for it, parents first.

    `columns` are the fields to ask for, by table.
    """

    profile: Profile
    kind: str
    shown: list[Shown] = field(default_factory=list)
    contact_shown: list[Shown] = field(default_factory=list)
    uses: frozenset[str] = frozenset()
    contact_uses: frozenset[str] = frozenset()

    @property
    def root(self) -> Table:
        return self.profile.tables[self.profile.trees[self.kind][0].table]

    @property
    def root_alias(self) -> str:
        return self.profile.trees[self.kind][0].alias

    @property
    def contacts(self) -> bool:
        return bool(self.contact_shown or self.contact_uses)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        return _needed(self.profile.trees[self.kind], {each.alias for each in self.shown}, self.uses)

    @cached_property
    def contact_nodes(self) -> tuple[Node, ...]:
        aliases = {each.alias for each in self.contact_shown}
        return _needed(self.profile.trees["contacts"], aliases, self.contact_uses)

    @cached_property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        needed: dict[str, dict[str, None]] = {}

        def add(table: str, names: Iterable[str]) -> None:
            told = self.profile.tables[table]
            there = (name for name in names if name in told.columns)
            needed.setdefault(table, {told.key: None}).update(dict.fromkeys(there))

        add(self.root.name, ())
        for tree, shown in ((self.nodes, self.shown), (self.contact_nodes, self.contact_shown)):
            for table, names in _of_tree(tree, shown):
                add(table, names)
        for table, name in self._contact_columns() if self.contacts else ():
            add(table, (name,))
        if "Name" not in {node.alias for node in self.nodes} and self.contacts:
            add(self.root.name, ("NameID",))
        for table in needed:
            told = self.profile.tables[table]
            add(table, sorted(told.required | set(told.only)))
        return {table: tuple(names) for table, names in needed.items()}

    @cached_property
    def looked_up_by(self) -> Mapping[str, frozenset[str]]:
        """The fields that joins find rows by, for the spool's indexes."""
        found: dict[str, set[str]] = {table: set() for table in self.columns}
        looked_up = [(node.table, node.on) for node in (*self.nodes, *self.contact_nodes) if node.on]
        looked_up += CONTACT_LOOK_UPS if self.contacts else ()
        for table, on in looked_up:
            if table in found:
                found[table].add(on)
        return {table: frozenset(fields) for table, fields in found.items()}

    def _contact_columns(self) -> Iterator[tuple[str, str]]:
        """Of each family table what is joined by, and what the fields wanted are taken from."""
        tables = self.profile.tables
        for table in (each for each in CONTACT_OBJECTS if each in tables):
            yield from ((table, name) for name in (*tables[table].required, "Rank"))
        fields = {each.column for each in self.contact_shown if each.alias == "Contact"}
        fields |= {node.parent_field for node in self.contact_nodes if node.parent == "Contact"}
        sources = [source for name in sorted(fields) for source in CONTACT_SOURCES.get(name, ())]
        yield from (
            (table, name) for table, name in sources if table in tables and _readable(tables[table], name)
        )


def wanted(profile: Profile, kind: str, names: Iterable[str]) -> Wanted:
    """What to read for these fields. Names that the profile does not know are left out."""
    found = Wanted(profile, kind)
    plain: set[str] = set()
    contact: set[str] = set()
    for name in names:
        (contact if name.startswith(CONTACT) else plain).add(name)
    found.shown = list(_shown(profile.trees[kind], profile, plain))
    found.uses = frozenset(plain & available_uses(profile.trees[kind]))
    if kind == "students" and contact:
        inner = {name.removeprefix(CONTACT) for name in contact}
        tree = profile.trees["contacts"]
        roots = [Shown(CONTACT + name, "Contact", name) for name in CONTACT_ROOT if name in inner]
        joined = [replace(each, name=CONTACT + each.name) for each in _shown(tree, profile, inner)]
        found.contact_shown = roots + joined
        found.contact_uses = frozenset(inner & available_uses(tree))
    return found


def available_uses(tree: tuple[Node, ...]) -> frozenset[str]:
    """HomePhone and the like, where phones and their types can be joined."""
    aliases = {node.alias for node in tree}
    return frozenset(USES) if {"Phone1", "PhoneType1"} <= aliases else frozenset()


def with_columns(profile: Profile, table: str, names: Iterable[str]) -> Profile:
    """The profile with more fields of one object, those that only the server told of.

    It tells no types. A day may come with a time of 0:00 (dossier 6.4), so what is named a date is read as one.
    """
    told = profile.tables[table]
    more = {
        name: Column(name, "date" if name.endswith("Date") else "text", name)
        for name in names
        if name not in told.columns
    }
    return replace(profile, tables={**profile.tables, table: replace(told, columns={**told.columns, **more})})


def _shown(tree: tuple[Node, ...], profile: Profile, names: set[str]) -> Iterator[Shown]:
    for node in tree:
        columns = profile.tables[node.table].columns if node.shown else ()
        found = [Shown(f"{node.alias}.{column}", node.alias, column) for column in columns]
        yield from (each for each in found if each.name in names)


def _needed(tree: tuple[Node, ...], aliases: set[str], uses: frozenset[str]) -> tuple[Node, ...]:
    wanted_ones = set(aliases)
    if uses:
        wanted_ones |= {
            node.alias for node in tree if node.alias.rstrip("0123456789") in {"Phone", "PhoneType"}
        }
    for node in reversed(tree):
        if node.alias in wanted_ones:
            wanted_ones.add(node.parent)
    return tuple(node for node in tree if node.alias in wanted_ones or not node.parent)


def _of_tree(tree: tuple[Node, ...], shown: list[Shown]) -> Iterator[tuple[str, Iterable[str]]]:
    tables = {node.alias: node.table for node in tree}
    for node in tree:
        yield node.table, node.needs
        if node.parent in tables:
            yield tables[node.parent], (node.parent_field,)
        if node.alias.rstrip("0123456789") == "PhoneType":
            yield node.table, ("Code", "Description")
        if node.alias.rstrip("0123456789") == "Phone":
            yield node.table, ("PhoneNumber",)
    for each in shown:
        if each.alias in tables:
            yield tables[each.alias], (each.column,)


def _readable(table: Table, column: str) -> bool:
    return column in table.columns and table.may_read(column)
