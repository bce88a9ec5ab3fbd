"""What is done with a mapping as a whole: an old version restored, another connection's copied, one read from a file.

Another connection and a file may speak of fields that are not here. Those rules are left out, and named.
"""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from yellowbus.catalog import Catalog
from yellowbus.enroll import students
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.document import from_document, to_document
from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping
from yellowbus.messages import MESSAGES
from yellowbus.setup import audit, connections, mappings, ready
from yellowbus.setup.models import Connection, MappingVersion
from yellowbus.setup.permissions import Actor, Permission

MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rule that cannot stand here: `field` is its Enroll field or contact slot, `lacks` what is not here."""

    code: str
    field: str
    lacks: str

    @property
    def sentence(self) -> str:
        return MESSAGES[self.code].sentence.format(field=self.field, lacks=self.lacks)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A mapping as it can stand in a connection, and what was left out of it."""

    document: dict[str, Any]
    left_out: tuple[LeftOut, ...] = ()


def offered(connection: Connection, kind: str) -> list[Connection]:
    """The other connections of the same kind of SIS whose mapping can be copied, in either site, by name."""
    alike = Connection.objects.filter(system=connection.system, archived_at=None, mappings__kind=kind)
    return list(alike.exclude(pk=connection.pk).select_related("instance").distinct().order_by("name"))


def copied(actor: Actor, source: Connection, target: Connection, kind: str) -> Fitted:
    """The newest mapping of `source` as `target` could have it. The SIS of the target is asked for its fields.

    Raises NeedsAdmin unless both are the actor's, and of the same kind of SIS.
    """
    actor.require(Permission.MANAGE_MAPPINGS)
    for each in (source, target):
        if each.organization_id != actor.organization_id or each.archived_at is not None:
            raise NeedsAdmin("connection-gone")
    if source.system != target.system:
        raise NeedsAdmin("copy-other-system", source=source.name, target=target.name)
    mapping = mappings.mapping_of(mappings.current(source, kind))
    with connections.opened(target) as (connector, _):
        known = {field.name for field in connector.fields(kind)}
    return _fitted(mapping, _Here(students.catalog_of(kind, target.instance_id), known))


def from_file(actor: Actor, target: Connection, kind: str, raw: bytes, *, name: str) -> Fitted:
    """A mapping read from a JSON file, as `target` could have it. Raises NeedsAdmin for one that is not understood."""
    actor.require(Permission.MANAGE_MAPPINGS)
    if len(raw) > MOST_BYTES:
        raise NeedsAdmin("document-not-read", file=name, reason="it is larger than two million bytes")
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NeedsAdmin("document-not-read", file=name, reason="it is not JSON in UTF-8") from None
    mapping = from_document(document)
    if mapping.kind != kind:
        raise NeedsAdmin("mapping-other-kind", found=mapping.kind, kind=kind)
    return _fitted(mapping, _Here(students.catalog_of(kind, target.instance_id), None))


@transaction.atomic
def restore(actor: Actor, connection: Connection, kind: str, number: int, *, seen: int) -> MappingVersion:
    """Save an earlier version again, as the next one; the versions between stay. One that stands already stays it."""
    old = mappings.version(connection, kind, number)
    kept = mappings.save(actor, connection, old.document, note=f"Restored from version {number}", seen=seen)
    if kept.number != seen:
        audit.note(actor, "mapping.restore", f"{connection} {kind}", version=kept.number, restored=number)
    return kept


def start_ready(actor: Actor, connection: Connection, kind: str) -> MappingVersion:
    """Lay the ready mapping of the SIS as version 1. Raises NeedsAdmin where a version is kept already."""
    document = ready.document(connection.system, kind)
    return mappings.save(actor, connection, document, note="Ready mapping", seen=0)


@dataclass(frozen=True, slots=True)
class _Here:
    """What a mapping finds here. `known` are the source fields of the SIS; None where they are not asked for."""

    catalog: Catalog
    known: Collection[str] | None

    def lacks(self, part: FieldRule | ContactSlot) -> list[str]:
        return [] if self.known is None else [name for name in part.reads() if name not in self.known]


def _fitted(mapping: Mapping, here: _Here) -> Fitted:
    out: list[LeftOut] = []
    rules = tuple(_standing(mapping.rules, str, here, out))
    slots = tuple(_standing_slots(mapping.contact_slots, here, out))
    fitted = replace(mapping, rules=rules, contact_slots=slots)
    return Fitted(to_document(fitted), tuple(out))


def _standing(
    rules: Collection[FieldRule], target: Callable[[str], str], here: _Here, out: list[LeftOut]
) -> Iterator[FieldRule]:
    """The rules that can stand; the others are added to `out`. `target` gives the Enroll field of a rule's own."""
    for rule in rules:
        field = target(rule.field)
        described = here.catalog.fields.get(field)
        if described is None:
            out.append(LeftOut("copy-without-field", field, field))
        elif lacking := here.lacks(rule):
            out.append(LeftOut("copy-without-source", described.label, ", ".join(lacking)))
        else:
            yield rule


def _standing_slots(slots: Collection[ContactSlot], here: _Here, out: list[LeftOut]) -> Iterator[ContactSlot]:
    for slot in slots:
        if lacking := here.lacks(slot):
            out.append(LeftOut("copy-without-source", slot.slot, ", ".join(lacking)))
            continue
        yield replace(slot, rules=tuple(_standing(slot.rules, slot.target, here, out)))


def listed(connection: Connection, kind: str, *, start: int, most: int) -> list[MappingVersion]:
    """Some versions without their documents, the newest first."""
    rows = MappingVersion.objects.filter(connection=connection, kind=kind).defer("document")
    return list(rows.order_by("-number")[start : start + most])


def newest_number(connection: Connection, kind: str) -> int:
    """The number of the newest version; 0 where none is kept. Versions are numbered without gaps."""
    rows = MappingVersion.objects.filter(connection=connection, kind=kind)
    return rows.order_by("-number").values_list("number", flat=True).first() or 0
