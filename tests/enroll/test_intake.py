"""Registrations from another enrollment platform: every fault is said with its line, and nothing is kept by half."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from yellowbus.errors import NeedsAdmin
from yellowbus.setup.permissions import Actor, Permission, operator

if TYPE_CHECKING:  # Django is not ready when this file is read
    from yellowbus.enroll.models import Instance

ANSWERS = {"students.fname": "Rosa", "students.lname": "Núñez", "students.dob": "2015-03-04"}
ROSA = {
    "id": "R-1", "school": "310", "grade": "4", "year": 2026, "type": "new", "status": "approved", "answers": ANSWERS,
}  # fmt: skip


@pytest.fixture
def site(instance: "Instance") -> "Instance":
    from yellowbus.enroll.models import School, Student

    School.objects.create(instance=instance, values={"school_code": "310", "name": "Cedar Ridge"})
    Student.objects.create(instance=instance, lasting={"student_district_id": "77"})
    return instance


def take(site: "Instance", *documents: Any) -> Any:
    from yellowbus.setup import registrations

    lines = [each if isinstance(each, str) else json.dumps(each) for each in documents]
    return registrations.take_in_lines(operator(site.organization_id), site.pk, lines)


def kept(site: "Instance") -> list[str]:
    from yellowbus.enroll.models import Registration

    return list(
        Registration.objects.filter(instance=site).order_by("pk").values_list("external_id", flat=True)
    )


def test_a_line_becomes_a_registration(site: "Instance") -> None:
    from yellowbus.enroll import registrations

    taken = take(site, ROSA | {"entry_date": "2026-09-01", "student": "77", "type": "returning"}, "", "  ")
    assert (taken.created, taken.faults) == (1, ())
    form = registrations.find(site.pk, "R-1")
    assert form is not None
    assert (form.school, form.grade, form.year, form.returning, form.name, form.sis_key) == (
        "310", "4", 2026, True, "Rosa Núñez", "77",
    )  # fmt: skip
    assert form.values["registrations.start_date"] == "2026-09-01"
    assert form.values["students.student_district_id"] == "77"


def test_names_of_fields_may_be_written_as_people_write_them(site: "Instance") -> None:
    from yellowbus.enroll import registrations

    answers = {
        "Students.FName": "Rosa",
        "students.lname": "N",
        "students.DOB": "2015-03-04",
        "students.mname": "",
    }
    take(site, ROSA | {"answers": answers | {"student_annual.guardian1_email": None}})
    form = registrations.find(site.pk, "R-1")
    assert form is not None
    assert {name for name in form.values if name.startswith("students.")} == set(ANSWERS)


def test_the_same_again_changes_nothing_and_another_answer_raises_the_version(site: "Instance") -> None:
    from yellowbus.enroll import registrations

    take(site, ROSA)
    assert take(site, ROSA).unchanged == 1
    assert take(site, ROSA | {"grade": "5"}).updated == 1
    form = registrations.find(site.pk, "R-1")
    assert form is not None
    assert (form.version, form.grade) == (2, "5")


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("{", "", "registration-not-json"),
        ("[1]", "", "registration-not-object"),
        (ROSA | {"shoe": "1"}, "shoe", "registration-key-unknown"),
        ({name: value for name, value in ROSA.items() if name != "grade"}, "grade", "registration-lacks"),
        (ROSA | {"id": 7}, "id", "registration-id"),
        (ROSA | {"id": "x" * 65}, "id", "registration-id"),
        (ROSA | {"school": "999"}, "school", "registration-word-unknown"),
        (ROSA | {"school": 310}, "school", "registration-word-unknown"),
        (ROSA | {"grade": "13"}, "grade", "registration-word-unknown"),
        (ROSA | {"type": "old"}, "type", "registration-word-unknown"),
        (ROSA | {"status": "done"}, "status", "registration-word-unknown"),
        (ROSA | {"year": "2026"}, "year", "registration-year"),
        (ROSA | {"year": 26}, "year", "registration-year"),
        (ROSA | {"student": "99"}, "student", "registration-student-unknown"),
        (ROSA | {"student": ["77"]}, "student", "registration-student-unknown"),
        (ROSA | {"entry_date": "9/1/2026"}, "entry_date", "value-not-a-date"),
        (ROSA | {"entry_date": 20260901}, "entry_date", "value-not-a-date"),
        (ROSA | {"answers": []}, "answers", "registration-answers"),
        (ROSA | {"answers": ANSWERS | {"students.shoe": "1"}}, "answers.students.shoe", "field-unknown"),
        (
            ROSA | {"answers": ANSWERS | {"students.gender": "Q"}},
            "answers.students.gender",
            "value-not-a-code",
        ),
        (ROSA | {"answers": ANSWERS | {"students.email": 7}}, "answers.students.email", "value-not-text"),
        (
            ROSA | {"answers": {name: value for name, value in ANSWERS.items() if name != "students.dob"}},
            "answers.students.dob",
            "registration-lacks",
        ),
    ],
)
def test_every_fault_has_its_line_and_its_field_and_nothing_is_kept(
    site: "Instance", line: Any, field: str, code: str
) -> None:
    taken = take(site, ROSA | {"id": "R-0"}, line)
    assert [(fault.line, fault.field, fault.code) for fault in taken.faults] == [(2, field, code)]
    assert kept(site) == []


def test_all_faults_of_all_lines_are_said_at_once(site: "Instance") -> None:
    taken = take(site, ROSA | {"grade": "13", "year": 1}, "{", ROSA | {"id": "R-2", "school": "999"})
    assert [(fault.line, fault.field) for fault in taken.faults] == [
        (1, "grade"),
        (1, "year"),
        (2, ""),
        (3, "school"),
    ]


def test_one_id_stands_once(site: "Instance") -> None:
    taken = take(site, ROSA, ROSA | {"grade": "5"})
    assert [(fault.line, fault.code, fault.facts) for fault in taken.faults] == [
        (2, "registration-repeated", {"line": 1})
    ]


def test_what_is_not_approved_may_be_incomplete(site: "Instance") -> None:
    assert take(site, ROSA | {"status": "in-progress", "answers": {}}).created == 1


def test_a_student_has_one_active_registration_a_year(site: "Instance") -> None:
    known = ROSA | {"student": "77"}
    take(site, known)
    taken = take(site, known | {"id": "R-2"})
    assert [(fault.field, fault.code) for fault in taken.faults] == [
        ("student", "registration-second-active")
    ]
    assert (
        take(site, known | {"id": "R-2", "year": 2027}, known | {"id": "R-3", "status": "withdrawn"}).created
        == 2
    )
    assert take(site, known | {"status": "superseded"}, known | {"id": "R-4"}).faults == ()
    assert kept(site) == ["R-1", "R-2", "R-3", "R-4"]


def test_two_lines_of_one_file_are_no_exception(site: "Instance") -> None:
    known = ROSA | {"student": "77"}
    taken = take(site, known, known | {"id": "R-2"})
    assert [(fault.line, fault.code) for fault in taken.faults] == [(2, "registration-second-active")]


def test_the_database_holds_to_it_too(site: "Instance") -> None:
    from yellowbus.setup import registrations

    take(site, ROSA | {"student": "77"}, ROSA | {"id": "R-2", "student": "77", "status": "withdrawn"})
    with pytest.raises(NeedsAdmin, match="another active registration"):
        registrations.set_status(operator(site.organization_id), site.pk, "R-2", "approved")


def test_only_who_edits_registrations_may_bring_them_in(site: "Instance") -> None:
    from yellowbus.setup import registrations

    actor = Actor("Robin", site.organization_id, frozenset({Permission.VIEW_REGISTRATIONS}))
    for act in (
        lambda: registrations.take_in(actor, site.pk, [(1, ROSA)]),
        lambda: registrations.set_status(actor, site.pk, "R-1", "approved"),
        lambda: registrations.set_entry_date(actor, site.pk, "R-1", None),
    ):
        with pytest.raises(NeedsAdmin, match=r"registration\.edit"):
            act()
    assert kept(site) == []


# --- what the store keeps ---


def test_lists_are_narrowed_by_every_column(site: "Instance") -> None:
    from yellowbus.enroll.registrations import Wanted, listed

    ida = ANSWERS | {"students.fname": "Ida", "students.lname": "Holm"}
    take(site, ROSA, ROSA | {"id": "R-2", "grade": "5", "status": "submitted", "year": 2027, "answers": ida})

    def found(**wanted: Any) -> list[str]:
        return [row.external_id for row in listed(site.pk, Wanted(**wanted))[0]]

    assert found() == ["R-2", "R-1"]
    for wanted in ({"text": "ida"}, {"text": "R-2"}, {"grade": "5"}, {"status": "submitted"}, {"year": 2027}):
        assert found(**wanted) == ["R-2"], wanted
    assert (found(sync="never"), found(sync="failed"), found(school="310")) == (
        ["R-2", "R-1"],
        [],
        ["R-2", "R-1"],
    )


def test_an_id_once_known_is_never_blanked_or_replaced(site: "Instance") -> None:
    from yellowbus.enroll import registrations
    from yellowbus.enroll.models import Student

    take(site, ROSA | {"student": "77"})
    form = registrations.find(site.pk, "R-1")
    assert form is not None
    assert registrations.write_back(form.id, 1, sis_id="812", sis_key="") == ""
    assert registrations.write_back(form.id, 1, sis_id="812", sis_key="77") == ""
    assert registrations.write_back(form.id, 1, sis_id="", sis_key="") == ""
    assert registrations.write_back(form.id, 1, sis_id="813", sis_key="77") == "export-id-conflict"
    again = registrations.form(form.id)
    assert again is not None
    assert (again.sis_id, again.sis_key, Student.objects.get().lasting["sis_internal_id"]) == (
        "812",
        "77",
        "812",
    )


def test_an_id_that_another_student_has_is_a_conflict(site: "Instance") -> None:
    from yellowbus.enroll import registrations
    from yellowbus.enroll.models import Registration, Student

    other = Student.objects.create(instance=site, lasting={"fname": "Rosa"})
    take(site, ROSA)
    Registration.objects.update(student=other)
    form = registrations.find(site.pk, "R-1")
    assert form is not None
    assert registrations.write_back(form.id, 1, sis_id="812", sis_key="77") == "export-id-taken"


def test_another_connection_gives_ids_of_its_own(site: "Instance") -> None:
    from yellowbus.enroll import registrations

    take(site, ROSA)
    form = registrations.find(site.pk, "R-1")
    assert form is not None
    registrations.write_back(form.id, 1, sis_id="812", sis_key="77")
    assert registrations.write_back(form.id, 2, sis_id="5", sis_key="A1") == ""
    again = registrations.form(form.id)
    assert again is not None
    assert (again.sis_id, again.sis_key) == ("5", "A1")
