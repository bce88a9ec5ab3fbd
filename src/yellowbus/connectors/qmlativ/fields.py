"""The fields that can be mapped: those of the profile that the instance has and grants, and its own besides."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from yellowbus.connectors.base import SourceField
from yellowbus.connectors.qmlativ.profile import CONTACT_OBJECTS, CONTACT_ROOT, Node, Profile, Table
from yellowbus.connectors.qmlativ.server import Server
from yellowbus.connectors.qmlativ.wanted import CONTACT, CONTACT_SOURCES, USES, available_uses
from yellowbus.errors import NeedsAdmin

Catalogues = Mapping[str, frozenset[str]]
"""The fields of each object of the profile, as the server names them; no entry where it does not give the object."""

_TYPES: Final = {"date": "date", "datetime": "date", "bool": "boolean", "int": "integer"}
# Objects of one row a student or person: districts and states put fields of their own there (dossier 8.4).
_OWN_KEYS: Final = frozenset(("StudentID", "NameID"))
_INTERNAL: Final = re.compile(r"(CreatedTime|ModifiedTime|UserID.*|.*ID[A-Za-z]*)")
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|\d+")
_USE_LABELS: Final = {"HomePhone": "Home phone", "MobilePhone": "Mobile phone", "WorkPhone": "Work phone"}


def catalogues(server: Server, entity: str, kind: str) -> Catalogues:
    """One request for each object that the kind is made of."""
    names = sorted(_tables(server.profile, kind))
    calls = (partial(_catalogue, server, entity, server.profile.tables[name]) for name in names)
    found = zip(names, server.door.ahead(calls, window=server.profile.lists.at_once), strict=True)
    return {name: frozenset(told) for name, told in found if told is not None}


def known(profile: Profile, kind: str, told: Catalogues) -> Iterator[SourceField]:
    """The fields of `kind`, those of contacts after the student's."""
    yield from _of_tree(profile, kind, told, "")
    yield from _uses(profile, kind, "")
    if kind == "students":
        yield from _contact_roots(profile, told)
        yield from _of_tree(profile, "contacts", told, CONTACT)
        yield from _uses(profile, "contacts", CONTACT)


def own_fields(profile: Profile, kind: str, told: Catalogues) -> Mapping[str, frozenset[str]]:
    """Fields that the profile does not name, of objects where a district may have its own, by table."""
    found: dict[str, frozenset[str]] = {}
    for node in profile.trees[kind]:
        table = profile.tables[node.table]
        if kind == "students" and table.key in _OWN_KEYS and node.on in {table.key, ""}:
            found[node.table] = frozenset(_unnamed(table, told.get(node.table, frozenset())))
    return found


def _catalogue(server: Server, entity: str, table: Table) -> list[str] | None:
    try:
        return server.catalogue(table, entity)
    except NeedsAdmin as error:
        if error.code != "qmlativ-object":
            raise
        return None


def _tables(profile: Profile, kind: str) -> set[str]:
    trees = ("students", "contacts") if kind == "students" else (kind,)
    names = {node.table for tree in trees for node in profile.trees[tree]}
    return names | (set(CONTACT_OBJECTS) & profile.tables.keys() if kind == "students" else set())


def _given(table: Table, told: Catalogues) -> Iterator[str]:
    """The profile's fields of an object that the server gives and the permission file grants."""
    there = {name.lower() for name in told.get(table.name, ())}
    for name, column in table.columns.items():
        if column.sent.lower() in there and table.may_read(name):
            yield name


def _of_tree(profile: Profile, tree: str, told: Catalogues, prefix: str) -> Iterator[SourceField]:
    reached: dict[str, set[str]] = {}
    own = own_fields(profile, tree, told)
    for node in profile.trees[tree]:
        if not _reachable(node, reached):
            continue
        table = profile.tables[node.table]
        given = list(_given(table, told))
        reached[node.alias] = set(given)
        if node.needs <= set(given) and node.shown:
            more = sorted(own.get(node.table, ()))
            yield from (_field(profile, node, name, prefix) for name in (*given, *more))


def _reachable(node: Node, reached: Mapping[str, set[str]]) -> bool:
    return node.parent in {"", "Contact"} or node.parent_field in reached.get(node.parent, ())


def _field(profile: Profile, node: Node, name: str, prefix: str) -> SourceField:
    column = profile.tables[node.table].columns.get(name)
    group = f"{prefix and 'Contact '}{words(node.alias)}"
    codes = profile.code_sets.get(node.table, ("", ""))[0]
    return SourceField(
        name=f"{prefix}{node.alias}.{name}",
        label=f"{group}: {words(name).lower()}",
        group=group,
        type=_TYPES.get(column.type, "text") if column else "text",
        codes=node.table if codes == name else "",
        contact=bool(prefix),
        needs_right=f"{profile.tables[node.table].path}.{column.sent if column else name}",
    )


def _uses(profile: Profile, tree: str, prefix: str) -> Iterator[SourceField]:
    for name in USES:
        if name in available_uses(profile.trees[tree]):
            label = _USE_LABELS[name]
            yield SourceField(
                prefix + name, label, group=f"{prefix and 'Contact '}Phones", contact=bool(prefix)
            )


def _contact_roots(profile: Profile, told: Catalogues) -> Iterator[SourceField]:
    for name, label in CONTACT_ROOT.items():
        sources = CONTACT_SOURCES.get(name, ())
        tables = {
            table: set(_given(profile.tables[table], told)) for table, _ in sources if table in profile.tables
        }
        if (
            name == "IsEmergency"
            or not sources
            or any(column in tables.get(table, ()) for table, column in sources)
        ):
            kind = "boolean" if label.startswith(("Is", "May", "Has", "In the", "Custodial")) else "text"
            yield SourceField(CONTACT + name, label, group="Contact", type=kind, contact=True)


def _unnamed(table: Table, told: Iterable[str]) -> Iterator[str]:
    named = {column.sent.lower() for column in table.columns.values()}
    for name in told:
        granted = table.granted is None or name.lower() in table.granted
        if granted and name.isidentifier() and name.lower() not in named and not _INTERNAL.fullmatch(name):
            yield name


def words(name: str) -> str:
    """A name of Qmlativ as a person says it.

    >>> words("StudentNumber"), words("NameID"), words("Phone1")
    ('Student number', 'Name ID', 'Phone 1')
    """
    first, *rest = _PART.findall(name) or [name]
    return " ".join([first, *(part if part.isupper() else part.lower() for part in rest)])
