"""Which of a student's contacts takes which slot of Enroll (enroll-sync 6.8.6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from yellowbus.mapping.model import ContactSlot
from yellowbus.mapping.steps import Values
from yellowbus.records import Value

_TRUE = frozenset({"true", "1", "yes", "y", "t"})
_SortKey: TypeAlias = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Seating:
    """`taken` is the contact of each slot that has one; `left_over` the ids, by group, of those that fit but
    found no slot.
    """

    taken: Mapping[str, Values]
    left_over: Mapping[str, tuple[str, ...]]


def seat(slots: Sequence[ContactSlot], contacts: Sequence[Values], kept: Mapping[str, str]) -> Seating:
    """Filter, sort, first unused wins. A slot whose `kept` contact still fits keeps it, whatever the order.

    A contact takes one slot of a group at most; it may be both a guardian and an emergency contact.
    """
    groups: dict[str, list[ContactSlot]] = {}
    for slot in slots:
        groups.setdefault(slot.group, []).append(slot)
    taken: dict[str, Values] = {}
    left_over: dict[str, tuple[str, ...]] = {}
    for group, members in groups.items():
        seats, rest = _seat_group(members, contacts, kept)
        taken |= {slot: contacts[place] for slot, place in seats.items()}
        if rest:
            left_over[group] = tuple(
                contacts[place].get(members[0].id_field) or "without id" for place in rest
            )
    return Seating({slot.slot: taken[slot.slot] for slot in slots if slot.slot in taken}, left_over)


def misfits(slot: ContactSlot, contact: Values) -> tuple[str, ...]:
    """The contact fields for which this contact may not take the slot; none where it fits."""
    flags = tuple(flag for flag in slot.flags if _folded(contact.get(flag)) not in _TRUE)
    wanted = {_folded(relationship) for relationship in slot.relationships}
    other = bool(wanted) and _folded(contact.get(slot.relationship_field)) not in wanted
    return (*flags, slot.relationship_field) if other else flags


def _seat_group(
    slots: list[ContactSlot], contacts: Sequence[Values], kept: Mapping[str, str]
) -> tuple[dict[str, int], list[int]]:
    """Seats of one group and those who fit a slot but have none, as places in `contacts`."""
    orders: dict[object, list[int]] = {}
    fitting: dict[str, list[int]] = {}
    for slot in slots:
        # The slots of a group mostly choose alike, and choosing is what costs.
        if slot.choice not in orders:
            orders[slot.choice] = _in_order(slot, contacts)
        fitting[slot.slot] = orders[slot.choice]
    seats: dict[str, int] = {}
    for slot in slots:
        held = kept.get(slot.slot)
        stays = (place for place in fitting[slot.slot] if held and contacts[place].get(slot.id_field) == held)
        place = next((place for place in stays if place not in seats.values()), None)
        if place is not None:
            seats[slot.slot] = place
    for slot in slots:
        free = (place for place in fitting[slot.slot] if place not in seats.values())
        if slot.slot not in seats and (place := next(free, None)) is not None:
            seats[slot.slot] = place
    anyone = {place for places in fitting.values() for place in places}
    return seats, sorted(anyone - set(seats.values()))


def _in_order(slot: ContactSlot, contacts: Sequence[Values]) -> list[int]:
    """Those who may take the slot, as places in `contacts`."""
    keys, fits = (*slot.sort, slot.id_field), _fitter(slot)
    places = [place for place, contact in enumerate(contacts) if fits(contact)]
    return sorted(places, key=lambda place: [_sort_key(contacts[place].get(key)) for key in keys])


def _fitter(slot: ContactSlot) -> Callable[[Values], bool]:
    flags, field = slot.flags, slot.relationship_field
    relationships = {_folded(relationship) for relationship in slot.relationships}

    def fits(contact: Values) -> bool:
        if relationships and _folded(contact.get(field)) not in relationships:
            return False
        return all(_folded(contact.get(flag)) in _TRUE for flag in flags)

    return fits


def _folded(value: Value) -> str:
    return value.strip().casefold() if value else ""


def _sort_key(value: Value) -> _SortKey:
    """Numbers by their size, then words, then blanks. Written out, as int() refuses very long digits."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        digits = text.lstrip("0")
        return (0, len(digits), digits)
    return (1, 0, text.casefold()) if text else (2, 0, "")
