"""Registrations of an instance: looked through by people, read by an export, marked by what the export did.

Reading them in from another enrollment platform is `intake`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Now

from yellowbus.enroll.models import Registration, RegistrationStatus, Student

APPROVED = RegistrationStatus.APPROVED.value
WITHDRAWN = RegistrationStatus.WITHDRAWN.value
STATUSES = dict(RegistrationStatus.choices)
SOURCES = {
    "registrations.id": "Registration ID",
    "registrations.school_code": "Registration School Code",
    "registrations.grade": "Registration Grade",
    "registrations.type": "New or Returning",
    "registrations.status": "Registration Status",
    "registrations.approved_at": "Approved On",
    "registrations.start_date": "Entry Date",
}
"""What a mapping may read of the registration itself, beside the student's fields (enroll-sync 16.3: names of ours)."""


@dataclass(frozen=True, slots=True)
class Form:
    """One registration as an export sees it.

    `values` are the student's values in Enroll for the year with the family's answers over them, and `registrations.*`.
    `sis_id` and `sis_key` are the ids known for this child in the SIS, from a sync before or from the student in Enroll.
    """

    id: int
    external_id: str
    version: int
    status: str
    school: str
    grade: str
    year: int
    returning: bool
    entry_date: date | None
    student: int | None
    sis_id: str
    sis_key: str
    sync_state: str
    synced_mark: bytes
    values: Mapping[str, str] = field(repr=False)

    @property
    def name(self) -> str:
        return _name(self.values)

    @property
    def born(self) -> date | None:
        text = self.values.get("students.dob")
        return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Row:
    """A registration in a list, with the state of its last sync."""

    id: int
    external_id: str
    name: str = field(repr=False)
    school: str
    grade: str
    year: int
    returning: bool
    status: str
    sync_state: str
    sync_reason: str
    sync_run: UUID | None
    synced_at: datetime | None
    sis_id: str
    sis_key: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to. `sync` is a word of sync state, "never" for none yet; `kind` is new or returning."""

    text: str = ""
    year: int = 0
    school: str = ""
    grade: str = ""
    status: str = ""
    sync: str = ""
    kind: str = ""


def of_schools(instance: int, year: int, schools: Collection[str]) -> QuerySet[Registration]:
    """The registrations of these School Codes for that year."""
    rows = Registration.objects.filter(instance_id=instance, year=year, school__school_code__in=schools)
    return rows.select_related("student", "school")


def due(instance: int, year: int, schools: Collection[str], *, after: int, most: int) -> list[Form]:
    """Those that an export looks at, in the order of their ids: the approved, and the withdrawn that the SIS has."""
    wanted = Q(status=APPROVED) | Q(status=WITHDRAWN) & ~Q(sis_id="")
    rows = of_schools(instance, year, schools).filter(wanted, pk__gt=after).order_by("pk")
    return [form_of(row) for row in rows[:most]]


def named(instance: int, external_ids: Collection[str], *, after: int, most: int) -> list[Form]:
    """These registrations whatever their status, school and year, in the order of their ids."""
    rows = Registration.objects.filter(instance_id=instance, external_id__in=external_ids, pk__gt=after)
    return [form_of(row) for row in rows.select_related("student", "school").order_by("pk")[:most]]


def form(key: int, *, instance: int | None = None) -> Form | None:
    """One registration as it is now; with `instance` only one of that site."""
    rows = Registration.objects.select_related("student", "school").filter(pk=key)
    row = (rows if instance is None else rows.filter(instance_id=instance)).first()
    return form_of(row) if row else None


def find(instance: int, external_id: str) -> Form | None:
    row = Registration.objects.select_related("student", "school")
    found = row.filter(instance_id=instance, external_id=external_id).first()
    return form_of(found) if found else None


def whereabouts(instance: int, external_ids: Collection[str]) -> dict[str, tuple[str, int]]:
    """School Code and school year of each of these registrations that is there."""
    rows = Registration.objects.filter(instance_id=instance, external_id__in=external_ids).order_by("pk")
    found = rows.values_list("external_id", "school__school_code", "year")
    return {key: (school or "", year) for key, school, year in found}


def find_any(instance: int, key: str, year: int) -> Form | None:
    """A registration by its own id, or by the district id of its student in that year: the newest one."""
    own = find(instance, key)
    if own is not None:
        return own
    rows = Registration.objects.select_related("student", "school").filter(instance_id=instance, year=year)
    found = rows.filter(Q(student__district_id=key) | Q(sis_key=key)).order_by("-pk").first()
    return form_of(found) if found else None


def names(keys: Collection[int]) -> dict[int, str]:
    """The child's name by the id of the registration."""
    rows = Registration.objects.select_related("student").filter(pk__in=keys)
    return {row.pk: _name(_own_values(row)) for row in rows}


def listed(instance: int, wanted: Wanted, *, start: int = 0, most: int = 50) -> tuple[list[Row], int]:
    """Registrations, the newest first, and how many there are."""
    rows = _narrowed(Registration.objects.filter(instance_id=instance), wanted)
    shown = rows.select_related("school", "student").order_by("-pk")[start : start + most]
    return [_row(each) for each in shown], rows.count()


def _narrowed(rows: QuerySet[Registration], wanted: Wanted) -> QuerySet[Registration]:
    exact = {
        "year": wanted.year or None,
        "school__school_code": wanted.school or None,
        "grade": wanted.grade or None,
        "status": wanted.status or None,
        "sync_state": {"": None, "never": ""}.get(wanted.sync, wanted.sync),
        "returning": {"new": False, "returning": True}.get(wanted.kind),
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.text:
        rows = rows.annotate(fname=KT("answers__students.fname"), lname=KT("answers__students.lname"))
    for word in wanted.text.split():
        named_so = Q(fname__icontains=word) | Q(lname__icontains=word)
        rows = rows.filter(named_so | Q(external_id__startswith=word) | Q(sis_key__startswith=word))
    return rows


def link_students(instance: int, year: int) -> int:
    """Tie registrations to the students whom an import has brought since, by the id the SIS gave; how many."""
    loose = Registration.objects.filter(instance_id=instance, year=year, student=None).exclude(sis_key="")
    keys = dict(loose.values_list("sis_key", "pk"))
    rows = Student.objects.filter(instance_id=instance, district_id__in=keys).values_list("district_id", "pk")
    return sum(_link(keys[key], student) for key, student in rows)


def _link(registration: int, student: int) -> bool:
    try:
        with transaction.atomic():
            return bool(Registration.objects.filter(pk=registration).update(student_id=student))
    except (
        IntegrityError
    ):  # the student has another active registration for the year: a person looks at the two
        return False


def of_others(instance: int, connection: int, form: Form, ids: Collection[str]) -> set[str]:
    """Which of these SIS ids are another child's: of another registration, or of another student of Enroll."""
    if not ids:
        return set()
    taken = Registration.objects.filter(instance_id=instance, sis_connection=connection, sis_id__in=ids)
    if form.student is not None:
        taken = taken.exclude(student_id=form.student)
    students = Student.objects.filter(instance_id=instance, lasting__sis_internal_id__in=list(ids))
    in_enroll = students.exclude(pk=form.student or 0).values_list(KT("lasting__sis_internal_id"), flat=True)
    return {*taken.exclude(pk=form.id).values_list("sis_id", flat=True), *in_enroll}


@transaction.atomic
def write_back(key: int, connection: int, *, sis_id: str, sis_key: str) -> str:
    """Keep the ids that the SIS gave, on the registration and on the student; a code where they contradict what is known.

    Never blanks an id and never replaces one.
    """
    row = Registration.objects.select_for_update().get(pk=key)
    if row.sis_connection == connection and _differ((row.sis_id, sis_id), (row.sis_key, sis_key)):
        return "export-id-conflict"
    if row.sis_connection != connection:
        row.sis_id, row.sis_key = "", ""
    row.sis_connection = connection
    row.sis_id, row.sis_key = row.sis_id or sis_id, row.sis_key or sis_key
    row.save(update_fields=["sis_connection", "sis_id", "sis_key"])
    return _write_back_student(row.student_id, sis_id, sis_key) if row.student_id else ""


def _write_back_student(student_id: int, sis_id: str, sis_key: str) -> str:
    student = Student.objects.select_for_update().get(pk=student_id)
    held = student.lasting
    known = (held.get("sis_internal_id", ""), sis_id), (held.get("student_district_id", ""), sis_key)
    if _differ(*known):
        return "export-id-conflict"
    given = {"sis_internal_id": sis_id, "student_district_id": sis_key}
    new = {name: value for name, value in given.items() if value and not held.get(name)}
    if not new:
        return ""
    try:
        with transaction.atomic():
            Student.objects.filter(pk=student_id).update(
                lasting=held | new, version=F("version") + 1, mark=None, changed_at=Now()
            )
    except IntegrityError:  # another student of Enroll has this district id
        return "export-id-taken"
    return ""


def _differ(*pairs: tuple[str, str]) -> bool:
    return any(known and given and known != given for known, given in pairs)


def note_sync(key: int, *, state: str, reason: str, run: UUID, mark: bytes | None) -> None:
    """The state of the last sync. `mark` is the fingerprint of what was sent whole, None where it was not."""
    Registration.objects.filter(pk=key).update(
        sync_state=state, sync_reason=reason, sync_run=run, synced_at=Now(), synced_mark=mark
    )


def set_entry_date(key: int, day: date | None) -> bool:
    return bool(
        Registration.objects.filter(pk=key).update(entry_date=day, version=F("version") + 1, changed_at=Now())
    )


def set_status(key: int, status: str) -> bool:
    """Another status. Nothing is ever deleted in the SIS for it: a child withdrawn after a sync is only named so.

    Raises IntegrityError where the student has another active registration for the year.
    """
    changed: dict[str, Any] = {"status": status, "version": F("version") + 1, "changed_at": Now()}
    if status == APPROVED:
        changed["approved_at"] = Now()
    rows = Registration.objects.filter(pk=key)
    if status == WITHDRAWN:
        rows.exclude(sis_id="").update(sync_reason="withdrawn-after-sync")
    with transaction.atomic():
        return bool(rows.update(**changed))


def form_of(row: Registration) -> Form:
    student = row.student
    lasting: Mapping[str, str] = student.lasting if student else {}
    return Form(
        id=row.pk,
        external_id=row.external_id,
        version=row.version,
        status=row.status,
        school=row.school.school_code or "",
        grade=row.grade,
        year=row.year,
        returning=row.returning,
        entry_date=row.entry_date,
        student=row.student_id,
        sis_id=row.sis_id or lasting.get("sis_internal_id", ""),
        sis_key=row.sis_key or lasting.get("student_district_id", ""),
        sync_state=row.sync_state,
        synced_mark=bytes(row.synced_mark or b""),
        values=_own_values(row) | _of_registration(row),
    )


def _own_values(row: Registration) -> dict[str, str]:
    """The student's values with the answers over them; an answer left blank is blank."""
    known = row.student.values(row.year) if row.student else {}
    return {name: value for name, value in (known | row.answers).items() if value not in (None, "")}


def _of_registration(row: Registration) -> dict[str, str]:
    own = {
        "registrations.id": row.external_id,
        "registrations.school_code": row.school.school_code or "",
        "registrations.grade": row.grade,
        "registrations.type": "returning" if row.returning else "new",
        "registrations.status": row.status,
        "registrations.approved_at": row.approved_at.date().isoformat() if row.approved_at else "",
        "registrations.start_date": row.entry_date.isoformat() if row.entry_date else "",
        # The school and grade asked for are those of the registration, whatever Enroll has for the year so far.
        "students_annual.school_code": row.school.school_code or "",
        "students_annual.grade": row.grade,
    }
    return {name: value for name, value in own.items() if value}


def _name(values: Mapping[str, str]) -> str:
    parts = (values.get("students.fname"), values.get("students.lname"))
    return " ".join(part for part in parts if part)


def _row(row: Registration) -> Row:
    return Row(
        id=row.pk,
        external_id=row.external_id,
        name=_name(_own_values(row)),
        school=row.school.school_code or "",
        grade=row.grade,
        year=row.year,
        returning=row.returning,
        status=row.status,
        sync_state=row.sync_state,
        sync_reason=row.sync_reason,
        sync_run=row.sync_run,
        synced_at=row.synced_at,
        sis_id=row.sis_id,
        sis_key=row.sis_key,
    )
