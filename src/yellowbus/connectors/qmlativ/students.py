"""Students put together from their lists (qmlativ dossier 8)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from yellowbus.connectors.base import Page
from yellowbus.connectors.qmlativ.contacts import contacts_of, people_of
from yellowbus.connectors.qmlativ.errors import SYSTEM
from yellowbus.connectors.qmlativ.joins import Held, joined, values_of
from yellowbus.connectors.qmlativ.loading import Loader
from yellowbus.connectors.qmlativ.profile import Node
from yellowbus.connectors.qmlativ.spool import Row
from yellowbus.connectors.qmlativ.wanted import Wanted
from yellowbus.errors import RecordError
from yellowbus.records import Record, Value

_MARK: Final = "k"
_END: Final = "end"


class _Raw(msgspec.Struct):
    """A record between two calls. `key` is blank where Qmlativ sent a student without a StudentID."""

    key: str
    values: dict[str, str]
    contacts: list[dict[str, str]]


_DECODER: Final = msgspec.json.Decoder(_Raw)


def pages(loader: Loader, after: str, size: int) -> Iterator[Page]:
    """Every student of the spool in the order of StudentID, those without one at the end.

    A bookmark is the last StudentID of its page; Qmlativ keeps it for itself, and people never see it.
    """
    root, spool = loader.wanted.root, loader.spool
    total = spool.count(root.name)
    key, last = after.removeprefix(_MARK), after == _END
    if last:
        yield Page((), decode, _END, last=True, total=total)
    while not last:
        rows = spool.after(root, key, size + 1)
        last, rows = len(rows) <= size, rows[:size]
        key = (rows[-1][root.key] or "") if rows else key
        found = [*rows, *spool.keyless(root)] if last else rows
        yield Page(records(loader, found), decode, _END if last else _MARK + key, last=last, total=total)


def records(loader: Loader, rows: Sequence[Row]) -> list[bytes]:
    """Students with everything joined to them; equal bytes for equal students."""
    wanted, key = loader.wanted, loader.wanted.root.key
    uses = wanted.profile.phone_uses
    found = joined(loader.spool, wanted.nodes, ({wanted.root_alias: row} for row in rows))
    contacts = _contacts(loader, wanted, rows)
    return [
        msgspec.json.encode(
            {
                "key": row.get(key) or "",
                "values": values_of(held, wanted.shown, uses, wanted.uses),
                "contacts": contacts.get(row.get(key), []),
            }
        )
        for row, held in zip(rows, found, strict=True)
    ]


def decode(raw: bytes) -> Record:
    told = _DECODER.decode(raw)
    if not told.key:
        raise RecordError("record-without-id", system=SYSTEM)
    return Record(dict[str, Value](told.values), told.contacts)


def pick(loader: Loader, number: str) -> list[Row]:
    """The rows of one student by student number, with what belongs to them loaded. For examples, never for a run."""
    wanted, spool = loader.wanted, loader.spool
    loader.pick(wanted.root.name, "StudentNumber", [number])
    rows = [row for row in spool.of(wanted.root.name, "StudentNumber", [number]) if row.get(wanted.root.key)]
    _pick_joined(loader, wanted.nodes, [{wanted.root_alias: row} for row in rows])
    if wanted.contacts:
        _pick_families(loader, rows)
        _, people = people_of(spool, wanted, rows)
        _pick_joined(loader, wanted.contact_nodes, people)
    return rows


def _pick_joined(loader: Loader, nodes: Sequence[Node], roots: Sequence[Held]) -> None:
    for place, node in enumerate(nodes):
        if node.parent:
            above = joined(loader.spool, nodes[:place], [dict(each) for each in roots])
            loader.pick(node.table, node.on, {each[node.parent].get(node.parent_field) for each in above})


def _pick_families(loader: Loader, rows: Sequence[Row]) -> None:
    students = [row[loader.wanted.root.key] for row in rows]
    loader.pick("student_family", "StudentID", students)
    loader.pick("student_guardian", "StudentID", students)
    loader.pick("emergency_contact", "NameID", [row["NameID"] for row in rows])
    if "student_family" in loader.wanted.columns:
        links = loader.spool.of("student_family", "StudentID", students)
        loader.pick("family_guardian", "FamilyID", [link["FamilyID"] for link in links])


def _contacts(loader: Loader, wanted: Wanted, rows: Sequence[Row]) -> Mapping[Value, list[Row]]:
    keyed = [row for row in rows if row.get(wanted.root.key)]
    return contacts_of(loader.spool, wanted, keyed) if wanted.contacts else {}
