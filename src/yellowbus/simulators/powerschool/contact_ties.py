"""Writing how a contact stands to students (powerschool dossier 10.1 to 10.3): ties and their dated details."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any

from yellowbus.simulators.district import Contact, Student, Tie
from yellowbus.simulators.district.people import Detail
from yellowbus.simulators.exchange import Reply
from yellowbus.simulators.powerschool.contact_answers import DELETE, INSERT, UPDATE, Target, failed, valid
from yellowbus.simulators.powerschool.contact_fields import (
    DETAIL,
    LEGACY_SLOTS,
    NOT_SET,
    TIE_LEGACY,
    TIE_SEQUENCE,
    TIE_STUDENT,
)
from yellowbus.simulators.powerschool.contact_rights import check_any, check_whole, may
from yellowbus.simulators.powerschool.contact_rows import Row, body_of, read_row, touch
from yellowbus.simulators.powerschool.contacts import detail_document, person_of, tie_document, tie_of
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.tables import error
from yellowbus.simulators.powerschool.write_codes import Flaw

AT = "contactStudents"
# Old slot: the columns that a contact in it takes over from what was written as text (10.5).
OLD_COLUMNS = {
    "mother": ("mother", "guardianemail"),
    "father": ("father", "guardianemail"),
    "guardian": ("guardianemail",),
    "emergency1": ("emerg_contact_1", "emerg_phone_1"),
    "emergency2": ("emerg_contact_2", "emerg_phone_2"),
}


@dataclass(slots=True)
class Wanted:
    """A tie that is to be made."""

    student: Student | None
    sequence: int
    legacy: str
    details: list[Detail]
    flaws: list[Flaw] = field(default_factory=list)


# --- reading what was sent ---


def read_tie(call: Call, sent: Any, person: Contact | None) -> Wanted:
    """A tie as it would be made; studentNumber is required here (10.2)."""
    document: Mapping[str, Any] = sent if isinstance(sent, dict) else {}
    number = str(document.get("studentNumber") or "")
    student = _numbered(call, number)
    rows = [read_row(call, DETAIL, item) for item in _details_sent(document)]
    wanted = Wanted(student, _sequence(document), _legacy(call, document), [])
    wanted.flaws += [flaw for row in rows for flaw in row.flaws]
    wanted.flaws += _flaws_of_tie(document, wanted, person)
    if not wanted.flaws:
        wanted.details = [_new_detail(call, row) for row in rows] or [_default_detail(call)]
        wanted.flaws += _flaws_of_details(wanted.details)
    return wanted


def _numbered(call: Call, number: str) -> Student | None:
    """By number, whatever its leading zeros."""
    if not number.isdigit():
        return None
    same = (s for s in call.sis.district.students if s.number.isdigit() and int(s.number) == int(number))
    return call.sis.district.student(number) or next(same, None)


def _details_sent(document: Mapping[str, Any]) -> list[Any]:
    sent = document.get("studentDetails")
    return sent if isinstance(sent, list) else []


def _sequence(document: Mapping[str, Any]) -> int:
    sent = document.get("sequence")
    return int(sent) if isinstance(sent, int | str) and str(sent).isdigit() else 0


def _legacy(call: Call, document: Mapping[str, Any]) -> str:
    return str(document.get("originalContactType") or "") if may(call, TIE_LEGACY) else ""


def _flaws_of_tie(document: Mapping[str, Any], wanted: Wanted, person: Contact | None) -> Iterator[Flaw]:
    at = f"{AT}/studentNumber"
    if not document.get("studentNumber"):
        yield Flaw(at, "REQUIRED", "The value is required")
    elif wanted.student is None:
        yield Flaw(at, "INVALID_STUDENT_NUMBER", "No student has this number")
    else:
        if any(tie.contact is person for tie in wanted.student.ties):
            yield Flaw(at, "STUDENT_ALREADY_ASSOCIATED", "The contact is tied to this student already")
        yield from _flaws_of_legacy(wanted.legacy, wanted.student, None)


def _flaws_of_legacy(slot: str, student: Student, own: Tie | None) -> Iterator[Flaw]:
    """One of six, each once per student (10.2)."""
    at = f"{AT}/originalContactType"
    if slot and slot not in LEGACY_SLOTS:
        yield Flaw(at, "INVALID_ORIGINAL_CONTACT_TYPE", f"One of {', '.join(LEGACY_SLOTS)}")
    if slot and any(tie.legacy == slot for tie in student.ties if tie is not own):
        yield Flaw(at, "ORIGINAL_CONTACT_TYPE_IN_USE", "Another contact of the student has this type")


def mark_repeated(ties: Sequence[Wanted]) -> None:
    """Two ties of one request may not mean the same student."""
    for place, tie in enumerate(ties):
        if tie.student is not None and any(tie.student is sooner.student for sooner in ties[:place]):
            says = "The contact is tied to this student already"
            tie.flaws.append(Flaw(f"{AT}/studentNumber", "STUDENT_ALREADY_ASSOCIATED", says))


def _new_detail(call: Call, row: Row) -> Detail:
    detail = Detail(call.sis.district.next_id("details"), "")
    row.put(detail)
    return detail


def _default_detail(call: Call) -> Detail:
    """A tie without a detail gets one (10.3)."""
    return Detail(call.sis.district.next_id("details"), NOT_SET)


def _flaws_of_details(details: Sequence[Detail]) -> Iterator[Flaw]:
    """No overlap in dates, exactly one active (10.3)."""
    spans = sorted((d.start or date.min, d.end or date.max) for d in details)
    if any(start > end for start, end in spans):
        yield Flaw("studentDetails/endDate", "INVALID_DATE_VALUE", "The end is before the start")
    if any(later[0] <= sooner[1] for sooner, later in pairwise(spans)):
        yield Flaw("studentDetails/startDate", "OVERLAPPING_DETAILS", "The details overlap in dates")
    if sum(d.active for d in details) != 1:
        yield Flaw("studentDetails/active", "ONE_ACTIVE_DETAIL", "Exactly one detail must be active")


# --- keeping it ---


def make_tie(call: Call, person: Contact, wanted: Wanted) -> Tie:
    student = wanted.student
    assert student is not None
    number = call.sis.district.next_id("ties")
    tie = Tie(number, person, student.dcid, 0, "", wanted.details)
    student.ties.append(tie)
    _place(student, tie, wanted.sequence if may(call, TIE_SEQUENCE) else 0)
    _take_slot(student, tie, wanted.legacy)
    call.sis.district.untied.pop(person.id, None)
    call.sis.district.touched(student)
    return tie


def _place(student: Student, tie: Tie, sequence: int) -> None:
    """At this place among the student's contacts; who stood there and after makes room. 0 is the end."""
    others = [other for other in student.ties if other is not tie]
    if not sequence:
        tie.priority = max((other.priority for other in others), default=0) + 1
        return
    if any(other.priority == sequence for other in others):
        for other in others:
            other.priority += other.priority >= sequence
    tie.priority = sequence


def _take_slot(student: Student, tie: Tie, slot: str) -> None:
    tie.legacy = slot
    for column in OLD_COLUMNS.get(slot, ()):
        student.more.pop(column, None)


# --- end points of ties ---


def _target(tie: Tie | None, action: str, contact: int) -> Target:
    number = tie.id if tie else None
    return Target("association", action, number, f"/ws/contacts/{contact}/students/{number or ''}")


def add_tie(call: Call) -> Reply:
    person, body = person_of(call), body_of(call)
    check_whole(call, DETAIL, more=(TIE_STUDENT,))
    wanted = read_tie(call, body, person)
    if wanted.flaws:
        return failed(call, _target(None, INSERT, person.id), wanted.flaws)
    tie = make_tie(call, person, wanted)
    touch(call, person)
    return valid(call, _target(tie, INSERT, person.id), tie_document(call, tie), fields=tuple(body))


def change_tie(call: Call) -> Reply:
    """Where the tie stands and its originalContactType; the details and who the student is are ignored (10.1)."""
    tie, body = tie_of(call), body_of(call)
    student, target = _student(call, tie), _target(tie, UPDATE, tie.contact.id)
    slot = tie.legacy
    if may(call, TIE_LEGACY) and ("originalContactType" in body or not call.options.contact_put_merges):
        slot = _legacy(call, body)
    flaws = list(_flaws_of_legacy(slot, student, tie))
    if flaws:
        return failed(call, target, flaws)
    if _sequence(body) and may(call, TIE_SEQUENCE):
        _place(student, tie, _sequence(body))
    _take_slot(student, tie, slot)
    touch(call, tie.contact)
    return valid(call, target, tie_document(call, tie), fields=tuple(body))


def remove_tie(call: Call) -> Reply:
    tie = tie_of(call)
    check_whole(call, more=(TIE_STUDENT,))
    target = _target(tie, DELETE, tie.contact.id)
    drop_tie(call, tie)
    return valid(call, target)


def drop_tie(call: Call, tie: Tie) -> None:
    student = _student(call, tie)
    touch(call, tie.contact)
    student.ties.remove(tie)
    call.sis.district.touched(student)
    if not call.sis.people.ties(tie.contact):
        call.sis.district.untied[tie.contact.id] = tie.contact
        call.sis.district.version += 1


def _student(call: Call, tie: Tie) -> Student:
    found = call.sis.district.student_by_dcid(tie.student_dcid)
    assert found is not None
    return found


# --- end points of details ---


def _detail_target(tie: Tie, detail: Detail | None, action: str) -> Target:
    number = detail.id if detail else None
    at = f"/ws/contacts/{tie.contact.id}/students/{tie.id}/studentdetails"
    return Target("detail", action, number, f"{at}/{number or ''}")


def add_detail(call: Call) -> Reply:
    tie, body = tie_of(call), body_of(call)
    check_whole(call, DETAIL)
    row = read_row(call, DETAIL, body)
    if row.flaws:
        return failed(call, _detail_target(tie, None, INSERT), row.flaws)
    detail = _new_detail(call, row)
    return _keep_details(call, tie, [*map(replace, tie.details), detail], (detail, row, INSERT))


def change_detail(call: Call) -> Reply:
    tie, body = tie_of(call), body_of(call)
    check_any(call, DETAIL)
    wanted = call.number("detail")
    copies = [replace(detail) for detail in tie.details]
    changed = next((detail for detail in copies if detail.id == wanted), None)
    if changed is None:
        raise error(404, f"No detail with id {call.path['detail']}")
    row = read_row(call, DETAIL, body, changed)
    if row.flaws:
        return failed(call, _detail_target(tie, changed, UPDATE), row.flaws)
    row.put(changed)
    return _keep_details(call, tie, copies, (changed, row, UPDATE))


def _keep_details(call: Call, tie: Tie, details: list[Detail], done: tuple[Detail, Row, str]) -> Reply:
    """Put the changed details in the place of the old ones, if the rules let them be."""
    detail, row, action = done
    for other in details:
        if detail.active and other is not detail and not call.options.second_active_detail_refused:
            other.active = False
    flaws = list(_flaws_of_details(details))
    if flaws:
        return failed(call, _detail_target(tie, detail, action), flaws)
    tie.details[:] = details
    touch(call, tie.contact)
    return valid(
        call, _detail_target(tie, detail, action), detail_document(tie, detail), fields=tuple(row.stored)
    )


def remove_detail(call: Call) -> Reply:
    """The only detail cannot be deleted, nor the one that is in force (10.3)."""
    tie = tie_of(call)
    check_whole(call, DETAIL)
    wanted = call.number("detail")
    found = next((detail for detail in tie.details if detail.id == wanted), None)
    if found is None:
        raise error(404, f"No detail with id {call.path['detail']}")
    target = _detail_target(tie, found, DELETE)
    if len(tie.details) == 1:
        flaw = Flaw("studentDetails", "ONLY_DETAIL", "The only detail cannot be deleted")
        return failed(call, target, [flaw])
    left = [detail for detail in tie.details if detail is not found]
    flaws = list(_flaws_of_details(left))
    if flaws:
        return failed(call, target, flaws)
    tie.details[:] = left
    touch(call, tie.contact)
    return valid(call, target)
