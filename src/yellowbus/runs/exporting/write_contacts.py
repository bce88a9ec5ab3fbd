"""The contacts of a student that was written: each alone, so that one that fails takes nothing else with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yellowbus.connectors.writing import ContactWrite, HeldContact, Receipt
from yellowbus.enroll.registrations import Form
from yellowbus.errors import NotUnderstood, OutcomeUnknown, RecordError
from yellowbus.planning.contact_match import Unsure
from yellowbus.records import Problem, Value
from yellowbus.runs.exporting import intents
from yellowbus.runs.exporting.contacts import Around, kept_contacts, known_ids, to_send
from yellowbus.runs.exporting.planned import Act, Planned, PlannedContact
from yellowbus.runs.exporting.targets import Pair, Values, by_place, place_of, placed_name
from yellowbus.runs.models import Change, KeptContact

if TYPE_CHECKING:
    from yellowbus.runs.exporting.write import Desk


@dataclass(slots=True)
class Student:
    """The student whose contacts they are. `held` are its contacts as the SIS shows them, None until it is asked."""

    remote: str
    key: str
    form: Form
    planned: Planned
    held: list[HeldContact] | None = None


def write_contacts(
    desk: "Desk", change: Change, student: Student, values: Mapping[int, Values]
) -> list[Problem]:
    """Everything that was planned for the contacts, and all that went wrong with them."""
    problems: list[Problem] = []
    for contact in student.planned.contacts:
        earlier = intents.done(desk.run.pk, change.seq, contact.slot)
        if earlier is not None:  # written before a crash
            problems += _warnings(earlier)
            continue
        desk.claim.stay()
        try:
            problems += _one(desk, change, student, contact, values.get(contact.slot, {}))
        except RecordError as error:
            problems += _refused(desk, contact.slot, error)
    return problems


def _one(
    desk: "Desk", change: Change, student: Student, contact: PlannedContact, values: Values
) -> list[Problem]:
    if contact.act is Act.KEEP:
        _remember(desk, student, contact.slot, contact.contact)
        return []
    write, problem = _resolved(desk, change, student, contact, values)
    if write is None:
        return [problem] if problem else []
    student.held = None  # even where the SIS refuses it, a part may have been written
    receipt = _sent(desk, student, write, values)
    _remember(desk, student, contact.slot, receipt.remote or write.contact)
    return _warnings(receipt)


def _warnings(receipt: Receipt) -> list[Problem]:
    return [replace(each, warning=True) for each in receipt.warnings]


def _own(desk: "Desk", student: Student) -> list[HeldContact]:
    """The student's contacts: asked for once, and again after a write."""
    if student.held is None:
        student.held = desk.writer.contacts(student.remote)
    return student.held


def _resolved(
    desk: "Desk", change: Change, student: Student, contact: PlannedContact, values: Values
) -> tuple[ContactWrite | None, Problem | None]:
    """What to send, now that the SIS is looked at again; or why nothing is sent."""
    slot = contact.slot
    unanswered = intents.unanswered_create(desk.terms.connection, student.form.id, slot)
    if intents.is_endless(desk.run.pk, student.form.id, slot):
        return None, Problem("export-contact-unknown", str(slot), {"slot": slot}, warning=True)
    kept = kept_contacts(desk.terms.connection, student.remote)
    ids = [*_expected(desk, contact), *known_ids(student.form, slot, desk.terms, kept)]
    own = _own(desk, student)
    around = Around(own, desk.writer, desk.terms, ids, _taken(student, slot, kept))
    match, held = around.match(values)
    if isinstance(match, Unsure):
        facts = {"slot": slot, "contacts": ", ".join(match.remotes)}
        return None, Problem(match.reason, str(slot), facts, warning=True)
    base = ContactWrite("", student.remote, student.key, slot, {})
    new = to_send(values, held, slot=slot, held_back=change.held or {}, terms=desk.terms)
    if held is None:
        shared = _expected(desk, contact) if contact.like else []
        return replace(base, values=new, contact=shared[0] if shared else ""), None
    if held.remote in {each.remote for each in own}:
        intents.close(desk.terms.connection, student.form.id, slot, Receipt(held.remote))
        found = replace(base, contact=held.remote, link=held.link)
        return _differing(desk, change, held, found, made_here=contact.like is not None)
    if held.remote == contact.contact or unanswered or held.remote in _expected(desk, contact):
        return replace(base, values=new, contact=held.remote), None
    return None, Problem("export-contact-changed", str(slot), {"slot": slot}, warning=True)


def _expected(desk: "Desk", contact: PlannedContact) -> list[str]:
    """The contact that the plan says, or that a sibling of this plan has made meanwhile."""
    if contact.contact:
        return [contact.contact]
    if contact.like is None:
        return []
    registration, slot = contact.like
    made = intents.done(desk.run.pk, registration, slot)
    return [made.remote] if made else []


def _taken(student: Student, slot: int, kept: Mapping[int, str]) -> set[str]:
    """The contacts that the other places of this form are."""
    planned = {each.contact for each in student.planned.contacts if each.slot != slot and each.contact}
    return planned | {contact for place, contact in kept.items() if place != slot}


def _differing(
    desk: "Desk", change: Change, held: HeldContact, base: ContactWrite, *, made_here: bool
) -> tuple[ContactWrite | None, Problem | None]:
    """Of a contact that this student has, what was planned to change and still is as it was.

    One that another place of this plan has just made was nothing when it was planned.
    """
    planned: dict[int, dict[str, Pair]] = by_place(change.changes or {})
    send: dict[str, Value] = {}
    alike = desk.terms.targets.same
    for name, (before, after) in planned.get(base.slot, {}).items():
        now = held.values.get(name) or None
        if not (made_here or now is None or alike(name, now, before) or alike(name, now, after)):
            return None, Problem("export-contact-changed", str(base.slot), {"slot": base.slot}, warning=True)
        if not alike(name, now, after):
            send[name] = after
    if not send:
        _remember_ids(desk, base.student, base.slot, base.contact)
        return None, None
    return replace(base, values=send), None


def _sent(desk: "Desk", student: Student, write: ContactWrite, values: Values) -> Receipt:
    """Send it once; without an answer it is looked up at once, and if it is not there, later once more."""
    creates = not write.link
    writing = intents.Writing(
        desk.claim, desk.terms.connection, desk.run.pk, student.form.id, write.slot, creates
    )
    try:
        receipt, _ = writing.send(
            lambda token: desk.writer.write_contact(replace(write, token=token)), kept=lambda _: ""
        )
    except (OutcomeUnknown, NotUnderstood) as error:
        own = desk.writer.contacts(student.remote)
        around = Around(own, desk.writer, desk.terms, [write.contact] if write.contact else [])
        _, held = around.match(values)
        if not creates or held is None or held.remote not in {each.remote for each in own}:
            intents.raise_again(error)
        receipt = Receipt(held.remote)
        intents.adopt(desk.terms.connection, student.form.id, write.slot, receipt, kept=lambda _: "")
    return receipt


def _remember(desk: "Desk", student: Student, slot: int, contact: str) -> None:
    _remember_ids(desk, student.remote, slot, contact)


def _remember_ids(desk: "Desk", student: str, slot: int, contact: str) -> None:
    if contact:
        KeptContact.objects.update_or_create(
            connection_id=desk.terms.connection, student=student, slot=slot, defaults={"contact": contact}
        )


def _refused(desk: "Desk", slot: int, error: RecordError) -> list[Problem]:
    """The SIS refused one contact: the record is partial, and each field that it named is told."""
    label = desk.terms.targets.label
    named = [(_placed(slot, name), code) for name, code in error.refused]
    fields: Sequence[Problem] = [
        Problem("export-field-refused", name, {"field": label(name), "code": code}, warning=True)
        for name, code in named
    ]
    whole = Problem(
        "export-contact-refused", str(slot), {"slot": slot, "reason": error.sentence}, warning=True
    )
    return [whole, *fields]


def _placed(slot: int, name: str) -> str:
    return name if place_of(name)[0] else placed_name(slot, name)
