"""The panel of Contact Mapping: which contact of the SIS fills which guardian or emergency contact of Enroll, and why."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.http.response import HttpResponseBase

from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import ContactSlot
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.setup import drafts, ready
from yellowbus.web import mapping_editing
from yellowbus.web.contact_form import read_slot
from yellowbus.web.contact_slots import GROUPS, ContactsShown, places, shown
from yellowbus.web.mapping_answer import answer
from yellowbus.web.mapping_editing import Editing
from yellowbus.web.mapping_panels import panel_of
from yellowbus.web.mapping_sight import Sight, sight
from yellowbus.web.place import Request, actor_of

_TEMPLATE = "mapping/contacts.html"
Edit = Callable[[FieldMapping], FieldMapping]


@panel_of("contacts")
def panel(request: Request, editing: Editing, name: str) -> HttpResponseBase:
    """The slots of one group. `name` is the group, or one of its slots; a POST says in `do` what is to be done."""
    group = name.rstrip("0123456789")
    if group not in GROUPS or editing.kind != "students":
        raise NeedsAdmin("page-unknown")
    seen, trouble, before = sight(request, editing.connection, editing.kind), None, editing.mapping
    if request.method == "POST":
        try:
            editing = _changed(request, editing, group, seen)
        except YellowbusError as error:
            trouble = error
    contacts = shown(request, editing, group, seen, opened=_newest(before, editing) or name)
    return answer(
        request, editing, _targets(contacts), seen=seen, panel=_TEMPLATE, contacts=contacts, trouble=trouble
    )


def _newest(before: FieldMapping, editing: Editing) -> str:
    """The slot that has just been added, or ""."""
    known = {slot.slot for slot in before.contact_slots}
    return next((slot.slot for slot in editing.mapping.contact_slots if slot.slot not in known), "")


def _targets(contacts: ContactsShown) -> list[str]:
    """The fields of the group, whose rows behind the panel may show another value now."""
    return [part.target for slot in contacts.slots for part in slot.parts]


def _changed(request: Request, editing: Editing, group: str, seen: Sight) -> Editing:
    """The draft as the form says it, after the button that was pressed."""
    act, _, slot = request.POST.get("do", "save").partition(" ")
    do = _ACTS.get(act)
    edits = [_as_typed(request, editing, group, seen)] + ([do(editing, group, slot)] if do else [])

    def edit(mapping: FieldMapping) -> FieldMapping:
        for each in edits:
            mapping = each(mapping)
        return mapping

    draft = drafts.change(actor_of(request), editing.connection, editing.kind, edit)
    return mapping_editing.of_draft(request, draft)


def _as_typed(request: Request, editing: Editing, group: str, seen: Sight) -> Edit:
    def edit(mapping: FieldMapping) -> FieldMapping:
        slots = (
            read_slot(slot, editing.catalog, request.POST, seen) if slot.group == group else slot
            for slot in mapping.contact_slots
        )
        return replace(mapping, contact_slots=tuple(slots))

    return edit


def _add(editing: Editing, group: str, _slot: str) -> Edit:
    """One more place: as the last one of the group chooses and fills, or as the ready mapping of the SIS does."""

    def edit(mapping: FieldMapping) -> FieldMapping:
        own = [slot for slot in mapping.contact_slots if slot.group == group]
        free = [place for place in places(editing.catalog, group) if place not in {slot.slot for slot in own}]
        if not free:
            raise NeedsAdmin("contact-places-full", count=len(own))
        model = own[-1] if own else _ready(editing, group)
        alone = {rule.field for rule in mapping.rules if rule.mapped}
        slot = replace(model, slot=free[0])
        slot = replace(slot, rules=tuple(rule for rule in slot.rules if slot.target(rule.field) not in alone))
        return replace(mapping, contact_slots=_in_order((*mapping.contact_slots, slot)))

    return edit


def _ready(editing: Editing, group: str) -> ContactSlot:
    if not ready.exists(editing.connection.system, editing.kind):
        return ContactSlot(group)
    found = from_document(ready.document(editing.connection.system, editing.kind))
    return next((slot for slot in found.contact_slots if slot.group == group), ContactSlot(group))


def _in_order(slots: tuple[ContactSlot, ...]) -> tuple[ContactSlot, ...]:
    """Slots of a group by their number: the first one chooses first."""
    order = {group: place for place, group in enumerate(dict.fromkeys(slot.group for slot in slots))}
    return tuple(sorted(slots, key=lambda slot: (order[slot.group], slot.slot)))


def _remove(_editing: Editing, group: str, slot: str) -> Edit:
    def edit(mapping: FieldMapping) -> FieldMapping:
        left = (each for each in mapping.contact_slots if each.slot != slot or each.group != group)
        return replace(mapping, contact_slots=tuple(left))

    return edit


_ACTS: Mapping[str, Callable[[Editing, str, str], Edit]] = {"add": _add, "remove": _remove}
