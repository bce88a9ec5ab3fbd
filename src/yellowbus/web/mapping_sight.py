"""What the SIS showed, as the Field Mapping tab uses it: its fields, and the example that was chosen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from yellowbus.connectors.base import SourceField
from yellowbus.enroll import export_examples, registrations, students
from yellowbus.mapping.model import EXPORT
from yellowbus.records import Record
from yellowbus.setup import examples, writable
from yellowbus.setup.examples import Example, Examples, Fields
from yellowbus.setup.export_options import read_export_options
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web.place import Place, Request, actor_of

_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Source:
    """A line of the one list that all source pickers share."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Sight:
    """`chosen` is the example that Mapped Value shows; None where there is none to show."""

    fields: Fields
    examples: Examples
    wanted: tuple[str, ...]
    chosen: Example | None

    @property
    def record(self) -> Record | None:
        return self.chosen.record if self.chosen else None

    @property
    def names(self) -> frozenset[str] | None:
        """The source fields, contacts' included; None while they are not known."""
        return frozenset(each.name for each in self.fields.fields) or None

    @property
    def unread(self) -> bool:
        """Whether the SIS is still to be asked for something."""
        return self.fields.read_at is None or (self.examples.read_at is None and self.wants_examples)

    @property
    def wants_examples(self) -> bool:
        return bool(self.wanted)

    @property
    def read_at(self) -> datetime | None:
        return self.examples.read_at or self.fields.read_at

    def sources(self) -> Iterator[Source]:
        """Every field of the record with its label and the example's value; fields of contacts are not among them."""
        values = self.record.values if self.record else {}
        for each in self.fields.fields:
            if not each.contact:
                yield Source(each.name, _says(each, values.get(each.name) or ""))

    def find(self, text: str) -> str:
        """The name of the source field that was typed: its name, or its label where only one field has it."""
        typed = text.replace("\0", "").strip()  # PostgreSQL keeps no document with this character
        if not typed or any(each.name == typed for each in self.fields.fields):
            return typed
        named = [each.name for each in self._own() if _folded(each.name) == _folded(typed)]
        labelled = named or [each.name for each in self._own() if _folded(each.label) == _folded(typed)]
        return labelled[0] if len(labelled) == 1 else typed

    def _own(self) -> Sequence[SourceField]:
        return [each for each in self.fields.fields if not each.contact]


def sight(request: Request, connection: Connection, kind: str) -> Sight:
    """What is known of the SIS now; nothing is asked of it. `example` of the request chooses one."""
    if kind == EXPORT:
        return _of_export(request, connection)
    now, place = timezone.now(), request.place
    shown = Examples()
    if place.may(Permission.VIEW_STUDENTS):
        shown = examples.examples(actor_of(request), connection, kind, now=now)
    asked = request.POST.get("example") or request.GET.get("example") or ""
    return Sight(
        fields=examples.fields(connection, kind, now=now),
        examples=shown,
        wanted=examples.wanted(connection, kind) if kind == "students" else ("schools",),
        chosen=_chosen(shown, asked),
    )


def _of_export(request: Request, connection: Connection) -> Sight:
    """What an export reads is Enroll's own; the SIS is asked only for what it takes."""
    place, instance = request.place, connection.instance_id
    taking = writable.taking(connection, now=timezone.now())
    own = students.catalog_of("students", instance).fields
    known = [SourceField(name, label) for name, label in registrations.SOURCES.items()]
    known += [SourceField(each.name, each.label, codes=each.codes) for each in own.values()]
    wanted = read_export_options(connection).examples
    found = export_examples.find(instance, place.year, wanted) if _may_see_examples(place) else {}
    shown = Examples(
        tuple(Example(key, Record(each.values) if each else None) for key, each in found.items()),
        read_at=taking.read_at,
    )
    asked = request.POST.get("example") or request.GET.get("example") or ""
    return Sight(
        fields=Fields(tuple(known), taking.trouble, taking.read_at),
        examples=shown,
        wanted=wanted,
        chosen=_chosen(shown, asked),
    )


def _may_see_examples(place: Place) -> bool:
    return place.may(Permission.VIEW_STUDENTS) or place.may(Permission.VIEW_REGISTRATIONS)


def _chosen(shown: Examples, asked: str) -> Example | None:
    found = [each for each in shown.found if each.record is not None]
    return next((each for each in found if each.key == asked), found[0] if found else None)


def _says(source: SourceField, value: str) -> str:
    short = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
    label = "" if source.label == source.name else source.label
    return ": ".join(part for part in (label, short) if part)


def _folded(text: str) -> str:
    return text.strip().casefold()
