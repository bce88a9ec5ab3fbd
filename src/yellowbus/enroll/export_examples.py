"""Registrations and students shown while an export is mapped, found by whichever id a person has at hand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from yellowbus.enroll.models import Registration, Student
from yellowbus.enroll.registrations import form_of

REGISTRATION, STUDENT = "registration", "student"


@dataclass(frozen=True, slots=True)
class Found:
    """What an id was found to be: a registration, or a student of Enroll without one in that year.

    `sent` is the id of the registration, by which an export can send it; blank for a student.
    """

    key: str
    kind: str
    name: str = field(repr=False)
    sent: str
    values: Mapping[str, str] = field(repr=False)


def find(instance: int, year: int, keys: Sequence[str]) -> dict[str, Found | None]:
    """By the id that was typed: that of a registration form, of a student in the SIS, or of a student in Enroll.

    An id of a registration goes first. Of a student the newest registration of the year is taken. Three queries.
    """
    if not keys:
        return {}
    forms = Registration.objects.filter(instance_id=instance, external_id__in=keys)
    by_form = {row.external_id: row for row in forms.select_related("student", "school")}
    others = [key for key in keys if key not in by_form]
    students = _students(instance, others)
    newest = _newest(instance, year, [each.pk for each in students.values()])
    found: dict[str, Found | None] = {}
    for key in keys:
        student = students.get(key)
        row = by_form.get(key) or (newest.get(student.pk) if student else None)
        found[key] = _of_form(key, row) if row else (_of_student(key, student, year) if student else None)
    return found


def _students(instance: int, keys: Collection[str]) -> dict[str, Student]:
    """By each of these ids, the student whom it names; the id of the SIS goes before that of Enroll."""
    numbers = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 18]
    named = Q(district_id__in=keys) | Q(lasting__sis_internal_id__in=list(keys)) | Q(pk__in=numbers)
    found: dict[str, Student] = {}
    rows = list(Student.objects.filter(named, instance_id=instance)) if keys else []
    for name_of in (
        lambda row: str(row.pk),
        lambda row: row.lasting.get("sis_internal_id", ""),
        lambda row: row.lasting.get("student_district_id", ""),
    ):
        found |= {name_of(row): row for row in rows if name_of(row) in keys}
    return found


def _newest(instance: int, year: int, students: Collection[int]) -> dict[int, Registration]:
    rows = Registration.objects.filter(instance_id=instance, year=year, student_id__in=students)
    ordered = rows.select_related("student", "school").order_by("pk")
    return {row.student_id: row for row in ordered if row.student_id}


def _of_form(key: str, row: Registration) -> Found:
    form = form_of(row)
    return Found(key, REGISTRATION, form.name, form.external_id, form.values)


def _of_student(key: str, student: Student, year: int) -> Found:
    values = {name: value for name, value in student.values(year).items() if value}
    names = (values.get("students.fname"), values.get("students.lname"))
    return Found(key, STUDENT, " ".join(filter(None, names)), "", values)
