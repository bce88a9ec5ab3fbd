"""What the panel of Contact Mapping shows: the slots with their boxes, and how the example's contacts take them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yellowbus.catalog import Catalog
from yellowbus.connectors.base import SourceField
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.match_codes import table_of
from yellowbus.mapping.model import ContactSlot, MappingType
from yellowbus.mapping.seats import Seat, Standing, Why, explain
from yellowbus.mapping.steps import Values
from yellowbus.runs import seen as seen_codes
from yellowbus.setup.permissions import Permission
from yellowbus.web.contact_form import parts_of
from yellowbus.web.mapping_editing import Editing
from yellowbus.web.mapping_rows import Said, kept_now, summary
from yellowbus.web.mapping_sight import Sight
from yellowbus.web.place import Request, actor_of

GROUPS = {"guardian": "Guardians", "emergency": "Emergency contacts"}
SORTS = 3
MOST_RELATIONSHIPS = 40
_ID = "_sis_contact_id"
_SHORT = 30


@dataclass(frozen=True, slots=True)
class Part:
    """One Enroll field of a slot. `alone` says that a rule of its own fills it, so that the contact cannot."""

    name: str
    target: str
    label: str
    source: str
    configured: str
    codes: bool
    overwrite: bool
    alone: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick."""

    value: str
    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class SlotShown:
    """One slot with its boxes, and what is wrong with it."""

    slot: ContactSlot
    label: str
    flags: Sequence[Tick]
    relationships: Sequence[Tick]
    sort: Sequence[str]
    parts: Sequence[Part]
    wrong: Sequence[Said]
    opened: bool


@dataclass(frozen=True, slots=True)
class SeatShown:
    """One slot of the example: who takes it, and why."""

    label: str
    contact: str
    why: str


@dataclass(frozen=True, slots=True)
class ContactsShown:
    """Everything the panel shows of one group. `count` is the number of the example's contacts, None without one."""

    group: str
    title: str
    slots: Sequence[SlotShown]
    fields: Sequence[tuple[str, str]]
    more: str
    count: int | None
    seats: Sequence[SeatShown]
    standing: Sequence[SeatShown]


def places(catalog: Catalog, group: str) -> list[str]:
    """The slots that Enroll has of a group, in their order."""
    prefix = f"students_annual.{group}"
    return [
        name.removeprefix("students_annual.").removesuffix(_ID)
        for name in catalog.fields
        if name.startswith(prefix) and name.endswith(_ID)
    ]


def label_of(catalog: Catalog, slot: str) -> str:
    """What a slot is called: Guardian 1."""
    field = catalog.fields.get(f"students_annual.{slot}{_ID}")
    return field.label.removesuffix(" SIS Contact ID") if field else slot


def shown(request: Request, editing: Editing, group: str, seen: Sight, *, opened: str) -> ContactsShown:
    """The panel of a group; `opened` is the slot to begin with."""
    slots = [slot for slot in editing.mapping.contact_slots if slot.group == group]
    fields = [field for field in seen.fields.fields if field.contact]
    record = seen.record
    contacts = record.contacts if record else ()
    kept = kept_now(editing, record) if record and slots else {}
    seats, standing = explain(slots, contacts, kept)
    labels = {field.name: field.label for field in fields}
    told = _Telling(editing.catalog, slots, contacts, labels)
    free = [place for place in places(editing.catalog, group) if place not in {slot.slot for slot in slots}]
    boxes = _Boxes(editing, fields, _relationships(request, editing, slots, contacts), _wrong(editing, seen))
    return ContactsShown(
        group=group,
        title=GROUPS[group],
        slots=[boxes.slot(slot, opened=opened == slot.slot or len(slots) == 1) for slot in slots],
        fields=[(field.name, _says(field, contacts)) for field in fields],
        more=label_of(editing.catalog, free[0]) if free else "",
        count=len(contacts) if record else None,
        seats=[told.seat(each) for each in seats],
        standing=[told.standing(each) for each in standing],
    )


def _says(field: SourceField, contacts: Sequence[Values]) -> str:
    """Its label, that it is of a contact, and what the example's first contact has there."""
    value = next((contact.get(field.name) or "" for contact in contacts), "")
    short = value if len(value) <= _SHORT else f"{value[: _SHORT - 1]}…"
    return f"{field.label} (contact){f': {short}' if short else ''}"


def _wrong(editing: Editing, seen: Sight) -> Mapping[str, list[Said]]:
    """What is wrong with each slot or with a field that it fills, by slot."""
    wrong: dict[str, list[Said]] = {}
    slots = {
        slot.slot: {slot.target(rule.field) for rule in slot.filled()}
        for slot in editing.mapping.contact_slots
    }
    for finding in check_mapping(editing.mapping, editing.catalog, seen.names):
        for slot, targets in slots.items():
            if finding.field == slot or finding.field in targets:
                wrong.setdefault(slot, []).append(Said(finding.sentence, finding.remedy))
    return wrong


def _relationships(
    request: Request, editing: Editing, slots: Sequence[ContactSlot], contacts: Sequence[Values]
) -> Mapping[str, list[str]]:
    """The relationships that are known of each field that tells one: those seen in the SIS, then the example's."""
    fields = {slot.relationship_field for slot in slots if slot.relationship_field}
    known: dict[str, list[str]] = {}
    if fields and request.place.may(Permission.VIEW_STUDENTS):
        found = seen_codes.seen(actor_of(request), editing.connection, editing.kind, fields)
        known = {name: list(each.counts) for name, each in found.items()}
    for name in fields:
        own = [value for contact in contacts if (value := contact.get(name))]
        known[name] = list(dict.fromkeys([*known.get(name, ()), *own]))[:MOST_RELATIONSHIPS]
    return known


@dataclass(frozen=True, slots=True)
class _Boxes:
    """The boxes of the slots."""

    editing: Editing
    fields: Sequence[SourceField]
    relationships: Mapping[str, list[str]]
    wrong: Mapping[str, list[Said]]

    def slot(self, slot: ContactSlot, *, opened: bool) -> SlotShown:
        wrong = self.wrong.get(slot.slot, [])
        return SlotShown(
            slot=slot,
            label=label_of(self.editing.catalog, slot.slot),
            flags=list(self._flags(slot)),
            relationships=list(self._ticks(slot)),
            sort=[*slot.sort, *[""] * SORTS][: max(SORTS, len(slot.sort))],
            parts=list(self._parts(slot)),
            wrong=wrong,
            opened=opened or bool(wrong),
        )

    def _flags(self, slot: ContactSlot) -> Iterator[Tick]:
        named = {field.name: field.label for field in self.fields if field.type == "boolean"}
        for name in dict.fromkeys([*named, *slot.flags]):
            yield Tick(name, named.get(name, name), name in slot.flags)

    def _ticks(self, slot: ContactSlot) -> Iterator[Tick]:
        chosen = {each.strip().casefold() for each in slot.relationships}
        known = self.relationships.get(slot.relationship_field, [])
        rest = [
            each
            for each in slot.relationships
            if each.casefold() not in {one.strip().casefold() for one in known}
        ]
        for value in (*known, *rest):
            yield Tick(value, value, value.strip().casefold() in chosen)

    def _parts(self, slot: ContactSlot) -> Iterator[Part]:
        rules = {rule.field: rule for rule in slot.rules if rule.mapped}
        alone = {rule.field: rule.source or "a value" for rule in self.editing.mapping.rules if rule.mapped}
        slot_label = label_of(self.editing.catalog, slot.slot)
        for name, field in parts_of(self.editing.catalog, slot.slot):
            rule = rules.get(name)
            yield Part(
                name=name,
                target=field.name,
                label=field.label.removeprefix(slot_label).strip(),
                source=(rule.source or "") if rule else "",
                configured=" → ".join(summary(step) for step in rule.steps) if rule else "",
                codes=bool(rule and rule.type is MappingType.MATCH_CODES and table_of(rule) is not None),
                overwrite=bool(rule and rule.overwrite),
                alone=alone.get(field.name, ""),
            )


@dataclass(frozen=True, slots=True)
class _Telling:
    """The seating of the example, in words."""

    catalog: Catalog
    slots: Sequence[ContactSlot]
    contacts: Sequence[Values]
    labels: Mapping[str, str]

    def seat(self, seat: Seat) -> SeatShown:
        label = label_of(self.catalog, seat.slot)
        if seat.place is None:
            return SeatShown(label, "", self._why(seat))
        return SeatShown(label, self._name(seat.place), self._why(seat))

    def standing(self, standing: Standing) -> SeatShown:
        if not standing.lacks:
            return SeatShown(
                "", self._name(standing.place), "fits, but every place was taken before its turn"
            )
        lacks = ", ".join(self.labels.get(field, field) for field in standing.lacks)
        return SeatShown("", self._name(standing.place), f"does not fit: {lacks}")

    def _why(self, seat: Seat) -> str:
        slot = next(each for each in self.slots if each.slot == seat.slot)
        order = ", then ".join(
            self.labels.get(field, field) for field in (*slot.sort, slot.id_field) if field
        )
        return {
            Why.KEPT: "Enroll has this contact here already, and it still fits",
            Why.ONLY: "the only contact that fits",
            Why.FIRST: f"the first still free of {seat.fitting} that fit{f', by {order}' if order else ''}",
            Why.NOBODY: "no contact fits",
            Why.OTHERS: "every contact that fits has another place",
        }[seat.why]

    def _name(self, place: int) -> str:
        """What the contact is called by the slots' own rules, with its id; the id alone where they do not say."""
        contact = self.contacts[place]
        rules = {rule.field: rule for slot in reversed(self.slots) for rule in slot.rules}
        sources = [rules[part].source for part in ("fname", "lname") if part in rules]
        name = " ".join(contact.get(source) or "" for source in sources if source).strip()
        number = next((contact.get(slot.id_field) or "" for slot in self.slots if slot.id_field), "")
        return " · ".join(filter(None, (name, number))) or f"contact {place + 1}"
