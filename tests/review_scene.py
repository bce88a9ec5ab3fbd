"""A district with records that may be students of Enroll."""

from typing import Any

from scene import STUDENT_RULES, child, direct
from yellowbus.enroll.models import Student
from yellowbus.planning.match import match_key

GIRLS = "Rosa Elena Priya Mei Zoe Olivia Hana Lucia Ruth Dora".split()  # noqa: SIM905


def known(district: Any, number: int, **other: str) -> int:
    """A student whom Enroll knows, without an id of the SIS: first name, last name and telephone by number."""
    lasting = {"fname": first(number), "lname": last(number), "dob": "2015-03-04"} | other
    annual = {"guardian1_phone_mobile": f"+1480555{number:04}", "guardian1_fname": "Invented"}
    with district.scope():
        student = Student.objects.create(
            instance=district.instance,
            lasting=lasting,
            annual={"2026": annual},
            match_key=match_key({f"students.{name}": value for name, value in lasting.items()}),
        )
    return student.pk


def first(number: int) -> str:
    return GIRLS[number % len(GIRLS)]


def last(number: int) -> str:
    """A name that no other number has, and that is not like another's."""
    return "".join(
        "bdfgklmnpr"[int(digit)] + "aeiou"[int(digit) % 5] for digit in f"{number * 7919 % 10_000:04}"
    )


def record(number: int, **other: str) -> tuple[str, ...]:
    """The record of the SIS that is student `number`, day and month of the birth date exchanged."""
    values = {
        "first": first(number), "last": last(number), "dob": "04/03/2015", "school": "310",
        "phone": f"(480) 555-{number:04}",
    }  # fmt: skip
    return child(500_000 + number, **values | other)


def waiting(district: Any, count: int) -> list[int]:
    """`count` records wait, each with one student of Enroll; the students' ids in the records' order."""
    with district.scope():
        rules = (*STUDENT_RULES, direct("students_annual.guardian1_phone_mobile", "phone"))
        district.map("students", rules)
    district.ready()
    students = [known(district, number) for number in range(count)]
    district.write_students([record(number) for number in range(count)])
    district.run()
    return students
