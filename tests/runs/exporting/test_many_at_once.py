"""Registrations of every kind in one export: what the SIS then holds is what was to be expected, child by child."""

import os
from datetime import date, timedelta
from typing import Any

import pytest
from export_scene import ENTRY, YEAR, ExportScene

from yellowbus.setup import registrations as intake

# `make chaos` asks for the thousand of the issue; every run sees each kind a few times.
FAMILIES = 90 if os.environ.get("YELLOWBUS_CHAOS_KILLS") else 5
FIRST = ("Ada", "Bruno", "Carla", "Dario", "Elsa", "Fabio", "Greta", "Hugo", "Ilse", "Jonas")


def family(number: int) -> str:
    """A last name like no other, in letters."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "F" + "".join(letters[(number // 26**place) % 26] for place in (2, 1, 0)) + "ow"


class Town:
    """Expected students and registrations, built family by family."""

    def __init__(self, scene: ExportScene) -> None:
        self.scene = scene
        self.documents: list[dict[str, Any]] = []
        self.expected: dict[tuple[str, str], dict[str, Any]] = {}
        self.outcomes: dict[str, str] = {}

    def child(self, last: str, first: str, born: str, outcome: str, **other: Any) -> None:
        key = f"{last}-{len(self.documents)}"
        mother = {
            "students_annual.guardian1_fname": "Mara", "students_annual.guardian1_lname": last,
            "students_annual.guardian1_email": f"{last.lower()}@family.example",
        }  # fmt: skip
        answers = {
            "students.fname": first,
            "students.lname": last,
            "students.dob": born,
            "students.gender": "X",
        }
        document = {
            "id": key, "school": "310", "grade": "4", "year": YEAR, "type": "new", "status": "approved",
            "entry_date": ENTRY, "answers": answers | mother,
        }  # fmt: skip
        self.documents.append(document | other)
        self.outcomes[key] = outcome
        if outcome in ("created", "updated"):
            self.expected[last, first] = {"birth_date": born, "gender": "X", "mother": last}

    def known(self, last: str, first: str, born: str, standing: str = "active") -> str:
        """A student whom the SIS has; the number."""
        number = f"5{len(self.expected) + len(self.documents):05}"
        self.scene.sis.enroll(
            number, standing=standing, first_name=first, last_name=last, birth_date=born, gender="F"
        )
        self.expected[last, first] = {"birth_date": born, "gender": "F", "mother": ""}
        return number

    def settle(self, number: int) -> None:
        """One family of every kind."""
        names = [family(number * 10 + place) for place in range(10)]
        days = [
            (date(2010, 1, 1) + timedelta(days=2 * (number * 10 + place))).isoformat() for place in range(10)
        ]
        self.child(names[0], FIRST[0], days[0], "created")
        self.child(names[0], FIRST[1], days[9].replace("20", "19", 1), "created")  # a sibling
        for first in FIRST[2:4]:  # twins
            self.child(names[1], first, days[1], "created")
        returning = self.known(names[2], FIRST[4], days[2])
        self.scene.student(returning)
        self.child(names[2], FIRST[4], days[2], "updated", student=returning, type="returning")
        left = self.known(names[3], FIRST[5], days[3], "transferred")
        self.scene.student(left)
        self.child(names[3], FIRST[5], days[3], "review", student=left, type="returning")
        self.known(names[4], FIRST[6], days[4])
        self.child(names[4], FIRST[6], days[4], "review")  # a namesake of the same day
        self.child(names[5], FIRST[7], days[5], "not chosen", status="withdrawn")
        self.child(names[6], FIRST[8], days[6], "not chosen", status="submitted")
        self.child(names[7], FIRST[9], days[7], "failed", entry_date="2026-01-01")
        self.child(names[8], FIRST[0], days[8], "created", school="320")
        self.child(names[8], FIRST[0], days[8], "review", school="320")  # registered twice


@pytest.mark.timeout(1200)
def test_what_the_sis_holds_is_what_was_expected_and_nothing_is_doubled(scene: ExportScene) -> None:
    town = Town(scene)
    for number in range(FAMILIES):
        town.settle(number)
    assert intake.take_in(scene.actor, scene.instance.pk, list(enumerate(town.documents, 1))).faults == ()
    run = scene.export()
    changes = {change.key: change.outcome for change in run.changes.all()}
    assert {key: changes.get(key, "not chosen") for key in town.outcomes} == town.outcomes
    assert held(scene) == sorted((last, first, each) for (last, first), each in town.expected.items())
    families = {each["mother"] for each in town.expected.values()} - {""}
    assert sorted(each["values"]["Contacts.LastName"] for each in scene.sis.contacts.values()) == sorted(
        families
    )
    before = scene.sis.read()
    again = scene.export()
    assert (
        sum(each.get("created", 0) + each.get("updated", 0) for each in again.counts.values()),
        scene.sis.read(),
    ) == (
        0,
        before,
    )


def held(scene: ExportScene) -> list[tuple[str, str, dict[str, Any]]]:
    """What the SIS holds of each student, in order; one that is there twice is there twice."""
    mothers = {
        student: contact["values"]["Contacts.LastName"]
        for contact in scene.sis.contacts.values()
        for student in contact["ties"]
    }
    return sorted(
        (
            each["values"]["last_name"],
            each["values"]["first_name"],
            {
                "birth_date": each["values"]["birth_date"],
                "gender": each["values"]["gender"],
                "mother": mothers.get(remote, ""),
            },
        )
        for remote, each in scene.sis.students.items()
    )
