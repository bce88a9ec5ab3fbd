"""Registrations of every kind go into a simulated PowerSchool over HTTP, which then holds what was expected of each.

About a hundred in every run; a thousand with YELLOWBUS_CHAOS_KILLS set, as `make chaos` does.
"""

import os
from collections import Counter
from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

import pytest
from powerschool_walk import HOME, NOW, YEAR, Walk, walking

from yellowbus.planning.guard import Thresholds
from yellowbus.runs.models import Change, Run
from yellowbus.setup import registrations as intake
from yellowbus.setup.options import Options, set_options
from yellowbus.simulators.district import Status

FAMILIES = 80 if os.environ.get("YELLOWBUS_CHAOS_KILLS") else 8
OF_A_FAMILY = 13
FIRST = ("Qadam", "Qelise", "Qinora", "Qorvin", "Qumber")  # like no name of the invented district
EXPECTED = {
    "new": "created", "sibling": "created", "one twin": "created", "other twin": "created", "returning": "updated",
    "returning, nothing new": "unchanged", "known, not attending": "export-returning", "namesake": "export-candidate",
    "namesake of another age": "export-namesake", "withdrawn": "not chosen", "submitted": "not chosen",
    "registered": "created", "registered again": "export-same-child-twice",
}  # fmt: skip
Record = tuple[Any, ...]


def record(student: Any) -> Record:
    """Everything of a student that an export could touch, contacts among it."""
    home = student.household
    return (
        student.last, student.first, student.middle, student.birth, student.gender, student.grade, student.email,
        student.status, student.school.number, student.entry, student.exit, astuple(home.address), home.phone,
        [
            (
                tie.contact.first, tie.contact.last, [(each.address, each.type) for each in tie.contact.emails],
                [(each.number, each.type) for each in tie.contact.phones],
                [(each.relationship, each.custodial, each.emergency) for each in tie.details],
            )
            for tie in student.ties
        ],
    )  # fmt: skip


class Town:
    """Builds registrations of every kind, and what the SIS should hold of each child afterwards."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.schools = [
            school for school in walk.app.sis.district.schools if school.low_grade <= 4 <= school.high_grade
        ]
        everyone = walk.app.sis.district.students
        names = Counter((each.first, each.last) for each in everyone)
        there = [
            each for each in everyone if each.status is Status.ACTIVE and names[each.first, each.last] == 1
        ]
        self.there = iter(each for each in there if each.number and each.birth != date.min)
        self.documents: list[dict[str, Any]] = []
        self.kinds: dict[str, str] = {}
        self.made: list[Record] = []
        self.emails: dict[int, str] = {}

    def send(self, kind: str, answers: dict[str, str], **other: Any) -> None:
        key = f"R-{len(self.documents):05}"
        self.kinds[key] = kind
        self.documents.append(
            {
                "id": key, "school": str(self.schools[0].number), "grade": "4", "year": YEAR, "type": "new",
                "status": "approved", "answers": answers,
            } | other
        )  # fmt: skip

    def child(self, kind: str, last: str, first: int, born: date, *, school: int = 0, **other: Any) -> None:
        """A child whom the SIS does not have, with its home and its mother."""
        at, email = self.schools[school % len(self.schools)], f"{last.lower()}@family.example"
        name = {"students.fname": FIRST[first], "students.lname": last, "students.dob": born.isoformat()}
        mother = {
            "students_annual.guardian1_fname": "Mara", "students_annual.guardian1_lname": last,
            "students_annual.guardian1_email": email, "students_annual.guardian1_phone_mobile": "(480) 555-0101",
            "students_annual.guardian1_relationship": "mother", "students_annual.guardian1_legal": "true",
        }  # fmt: skip
        self.send(kind, name | HOME | mother | {"students.gender": "X"}, school=str(at.number), **other)
        if EXPECTED[kind] == "created":
            tie = (
                "Mara",
                last,
                [(email, "Current")],
                [("(480) 555-0101", "Mobile")],
                [("Mother", True, False)],
            )
            year = at.year(YEAR)
            assert year is not None
            self.made.append(
                (
                    last, FIRST[first], "", born, "X", 4, "", Status.ACTIVE, at.number, NOW.date(),
                    year.last_day + timedelta(days=1), ("12 Elm St", "", "Mesa", "AZ", "85201"), "", [tie],
                )
            )  # fmt: skip

    def known(self, kind: str, *, tells: bool = True, answers: dict[str, str] | None = None) -> None:
        """A child whom the SIS has; with `tells` Enroll knows it by its ids."""
        student = next(self.there)
        if kind == "known, not attending":
            student.status = Status.TRANSFERRED
        name = {
            "students.fname": student.first, "students.lname": student.last, "students.dob": student.birth.isoformat(),
        }  # fmt: skip
        other: dict[str, Any] = {"school": str(student.school.number), "grade": str(max(student.grade, 1))}
        if tells:
            self.walk.know(student)
            other |= {"student": student.number, "type": "returning"}
        if kind == "returning":
            self.emails[student.dcid] = f"{student.number}@school.example"
            name["students.email"] = self.emails[student.dcid]
        self.send(kind, name | (answers or {}), **other)

    def settle(self, number: int) -> None:
        """One of every kind."""
        letters = "abcdefghij"
        end = "".join(letters[int(digit)] for digit in f"{number:03}")
        one, two, three, four = (f"Z{letter}{end}ow" for letter in "klmn")
        days = [date(2012, 1, 1) + timedelta(days=number * 7 + place) for place in range(7)]
        self.child("new", one, 0, days[0])
        self.child("sibling", one, 1, days[1], school=1)
        self.child("one twin", two, 2, days[2])
        self.child("other twin", two, 3, days[2])
        self.known("returning")
        self.known("returning, nothing new")
        self.known("known, not attending")
        self.known("namesake", tells=False)
        self.known("namesake of another age", tells=False, answers={"students.dob": "1999-02-03"})
        self.child("withdrawn", three, 0, days[3], status="withdrawn")
        self.child("submitted", three, 1, days[4], status="submitted")
        self.child("registered", four, 4, days[5])
        self.child("registered again", four, 4, days[5])

    def after(self) -> list[Record]:
        """What the SIS should hold of everybody, in the order of the names."""
        kept = []
        for student in self.walk.app.sis.district.students:
            held = record(student)
            email = self.emails.get(student.dcid, held[6])
            kept.append((*held[:6], email, *held[7:]))
        return in_order([*kept, *self.made])


def in_order(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda each: (each[0], each[1], each[3], each[8]))


def content(walk: Walk) -> list[Record]:
    return in_order([record(student) for student in walk.app.sis.district.students])


def became(run: Run, key: str) -> str:
    change = Change.objects.filter(run=run, key=key).first()
    if change is None:
        return "not chosen"
    return change.reason if change.outcome == "review" else change.outcome


@pytest.mark.timeout(3600)
def test_the_sis_holds_what_was_expected_record_by_record_and_nothing_twice(db: None) -> None:
    with walking(students=FAMILIES * 16) as walk:
        town = Town(walk)
        for number in range(FAMILIES):
            town.settle(number)
        assert (len(town.documents), set(town.kinds.values())) == (FAMILIES * OF_A_FAMILY, set(EXPECTED))
        expected, families = town.after(), {made[0]: 0 for made in town.made}
        assert intake.take_in(walk.actor, walk.instance.pk, list(enumerate(town.documents, 1))).faults == ()
        # Every second one whom both know has a new e-mail, which would wait for a person to look at it.
        set_options(walk.actor, walk.connection, Options(thresholds=Thresholds(updates=100)))
        run = walk.export()
        assert {key: became(run, key) for key in town.kinds} == {
            key: EXPECTED[kind] for key, kind in town.kinds.items()
        }
        assert [pair for pair in zip(expected, content(walk), strict=True) if pair[0] != pair[1]] == []
        mothers = Counter(each.last for each in walk.app.sis.district.contacts() if each.first == "Mara")
        assert mothers == Counter(families.keys())
        inserted = walk.app.sis.journal.children(walk.app.sis.district)
        assert [each["inserts"] for each in inserted] == [1] * len(town.made)
        before = walk.app.sis.district.version
        again = walk.export()
        outcomes = Counter(change.outcome for change in again.changes.all())
        assert (walk.app.sis.district.version, set(outcomes)) == (before, {"unchanged", "review"})
        assert (content(walk), again.changes.exclude(changes=None).count()) == (expected, 0)
