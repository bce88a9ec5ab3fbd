"""Who takes which contact slot of one student, and why: what Contact Mapping shows of the example."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from yellowbus.mapping.contacts import misfits, seat
from yellowbus.mapping.model import ContactSlot
from yellowbus.mapping.steps import Values


class Why(Enum):
    """Why a slot is taken by whom it is, or by nobody."""

    KEPT = "kept"  # Enroll has this contact in the slot already
    ONLY = "only"  # nobody else fits and is free
    FIRST = "first"  # the first in the order of those who fit
    NOBODY = "nobody"  # none fits
    OTHERS = "others"  # those who fit have another slot


@dataclass(frozen=True, slots=True)
class Seat:
    """One slot of a student. `place` is the contact's place among the student's contacts, None where nobody took it."""

    slot: str
    place: int | None
    why: Why
    fitting: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A contact without a slot of the group. It fits one and came too late, or lacks the fields of `lacks` for all."""

    place: int
    lacks: tuple[str, ...]


def explain(
    slots: Sequence[ContactSlot], contacts: Sequence[Values], kept: Mapping[str, str]
) -> tuple[list[Seat], list[Standing]]:
    """The slots of one group with who takes each, and the contacts left without one; as `seat` has it."""
    taken = seat(slots, contacts, kept).taken
    places = {slot: _place(contacts, contact) for slot, contact in taken.items()}
    seats = [_seat(slot, contacts, places, kept.get(slot.slot, "")) for slot in slots]
    standing = [place for place in range(len(contacts)) if place not in places.values()]
    return seats, [Standing(place, _lacks(slots, contacts[place])) for place in standing]


def _place(contacts: Sequence[Values], contact: Values) -> int:
    return next(place for place, each in enumerate(contacts) if each is contact)


def _seat(slot: ContactSlot, contacts: Sequence[Values], places: Mapping[str, int], kept: str) -> Seat:
    fitting = [place for place, contact in enumerate(contacts) if not misfits(slot, contact)]
    place = places.get(slot.slot)
    if place is None:
        return Seat(slot.slot, None, Why.OTHERS if fitting else Why.NOBODY, len(fitting))
    if kept and contacts[place].get(slot.id_field) == kept:
        return Seat(slot.slot, place, Why.KEPT, len(fitting))
    return Seat(slot.slot, place, Why.ONLY if len(fitting) == 1 else Why.FIRST, len(fitting))


def _lacks(slots: Sequence[ContactSlot], contact: Values) -> tuple[str, ...]:
    """What keeps a contact out of every slot; nothing where it fits one."""
    wrong = [misfits(slot, contact) for slot in slots]
    return () if not all(wrong) else tuple(dict.fromkeys(field for fields in wrong for field in fields))
