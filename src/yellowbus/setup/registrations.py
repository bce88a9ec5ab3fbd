"""What people and other platforms do with registrations. Exporting them is `runs.exporting`."""

from collections.abc import Iterable
from datetime import date

import msgspec
from django.db import IntegrityError, transaction

from yellowbus.enroll import intake, registrations
from yellowbus.enroll.intake import Fault, Taken
from yellowbus.enroll.registrations import Form
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import audit
from yellowbus.setup.permissions import Actor, Permission


def take_in_lines(actor: Actor, instance: int, lines: Iterable[str]) -> Taken:
    """Keep registrations given as JSON lines; blank lines do not count. With any fault nothing is kept."""
    documents: list[tuple[int, object]] = []
    unreadable: list[Fault] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            documents.append((number, msgspec.json.decode(line)))
        except msgspec.DecodeError:
            unreadable.append(Fault(number, "", "registration-not-json"))
    return take_in(actor, instance, documents, unreadable=unreadable)


@transaction.atomic
def take_in(
    actor: Actor, instance: int, documents: list[tuple[int, object]], *, unreadable: Iterable[Fault] = ()
) -> Taken:
    """Keep registrations given as documents, each with the number by which its sender knows it."""
    actor.require(Permission.EDIT_REGISTRATIONS)
    broken = tuple(unreadable)
    if broken:
        # What is wrong with the others is said as well; nothing is kept.
        with transaction.atomic():
            found = intake.take_in(instance, documents)
            transaction.set_rollback(True)
        return Taken(faults=tuple(sorted((*broken, *found.faults), key=lambda each: each.line)))
    taken = intake.take_in(instance, documents)
    if not taken.faults:
        audit.note(actor, "registration.import", str(instance), created=taken.created, updated=taken.updated)
    return taken


def find(instance: int, external_id: str) -> Form:
    """Raises NeedsAdmin if there is no such registration."""
    found = registrations.find(instance, external_id)
    if found is None:
        raise NeedsAdmin("registration-unknown", registration=external_id)
    return found


@transaction.atomic
def set_status(actor: Actor, instance: int, external_id: str, status: str) -> None:
    """Approve, withdraw and so on. Raises NeedsAdmin for a second active registration of one student."""
    actor.require(Permission.EDIT_REGISTRATIONS)
    if status not in registrations.STATUSES:
        known = ", ".join(registrations.STATUSES)
        raise NeedsAdmin("registration-word-unknown", name="status", known=known)
    found = find(instance, external_id)
    if status == registrations.APPROVED and not (found.name and found.born):
        raise NeedsAdmin("registration-without-name", registration=external_id)
    try:
        registrations.set_status(found.id, status)
    except IntegrityError:
        raise NeedsAdmin("registration-second-active", year=found.year) from None
    audit.note(actor, "registration.status", external_id, status=status)


@transaction.atomic
def set_entry_date(actor: Actor, instance: int, external_id: str, day: date | None) -> None:
    """The day of entry that a person chose; None lets the rule decide again."""
    actor.require(Permission.EDIT_REGISTRATIONS)
    registrations.set_entry_date(find(instance, external_id).id, day)
    audit.note(actor, "registration.entry-date", external_id, chosen=day is not None)
