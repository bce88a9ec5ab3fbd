"""Aeries dossier 3, 5, 6.6: codes, programs, enrollment history, supplemental data, changes, formats."""

import time
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from simulated_aeries_client import AeriesClient

from yellowbus.simulators.aeries import ByIdScope, Options
from yellowbus.simulators.district import District, Status

Connect = Callable[..., AeriesClient]
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
# 3 March 2027, 12:00 in Phoenix (UTC-7).
NOON = 1_804_100_400.0


def of_status(client: AeriesClient, status: Status) -> int:
    return int(client.app.sis.district.of_status(status)[0].number)


# --- codes ---


@pytest.mark.parametrize(
    "path",
    ["STU/GN", "stu/gn", "student/Gender", "STUDENT/GENDER"],
)
def test_section_5_codes_are_asked_for_by_column_or_property(client: AeriesClient, path: str) -> None:
    assert [row["Code"] for row in client.get(f"/codes/{path}")] == ["F", "M", "X"]


@pytest.mark.parametrize("name", ["RL", "RelationshipToStudentCode", "RelationshipToStudent"])
def test_section_5_a_property_may_lack_its_ending(client: AeriesClient, name: str) -> None:
    assert client.get(f"/codes/contact/{name}")[0]["Description"] == "Mother"
    assert client.get(f"/codes/Contacts/{name}")[0]["Table"] == "CON"


@pytest.mark.parametrize("table", ["CON", "con", "PRN", "COM1", "lpt9"])
def test_section_3_names_of_devices_cannot_stand_in_an_address(client: AeriesClient, table: str) -> None:
    assert client.ask(f"/codes/{table}/RL").status_code == 404


def test_section_5_what_has_no_codes_gives_none(client: AeriesClient) -> None:
    assert client.get("/codes/STU/LN") == []
    assert client.get("/codes/ABC/XY") == []


def test_section_6_6_a_code_row_has_its_names_and_a_grades_number(client: AeriesClient) -> None:
    rows = client.get("/codes/STU/GR")
    assert [(row["Code"], row["AeriesCode"]) for row in rows[:4]] == [
        ("PS", "-2"),
        ("TK", "-1"),
        ("K", "0"),
        ("1", "1"),
    ]
    assert len(rows[0]) == 9 + 12
    assert [row["SortOrder"] for row in rows] == list(range(1, len(rows) + 1))


def test_every_code_that_a_record_bears_stands_in_its_list(client: AeriesClient) -> None:
    students = [
        row
        for school in client.get("/schools")
        for row in client.get(f"/schools/{school['SchoolCode']}/students")
    ]
    contacts = [row for code in (101, 401, 701) for row in client.get(f"/schools/{code}/contacts")]
    for rows, table, names in (
        (
            students,
            "STU",
            (
                "Gender",
                "InactiveStatusCode",
                "EthnicityCode",
                "RaceCode1",
                "RaceCode2",
                "HomeLanguageCode",
                "LanguageFluencyCode",
            ),
        ),
        (
            contacts,
            "contact",
            ("RelationshipToStudentCode", "LivesWithStudentIndicator", "CorrespondenceLanguageCode"),
        ),
    ):
        for name in names:
            listed = {row["Code"] for row in client.get(f"/codes/{table}/{name}")}
            assert (name, {row[name] for row in rows} - listed - {""}) == (name, set())


# --- programs, enrollment, supplemental ---


def test_section_6_6_programs_of_a_school_and_by_code(client: AeriesClient) -> None:
    rows = client.get("/schools/701/students/0/programs")
    assert {row["ProgramCode"] for row in rows} == {"144", "101", "181"}
    special = client.get("/schools/701/students/0/programs", code="144")
    assert special == [row for row in rows if row["ProgramCode"] == "144"]
    one = special[0]["StudentID"]
    assert client.get(f"/schools/701/students/{one}/programs", code="144") == special[:1]


def test_section_5_enrollment_of_a_student_goes_back_over_the_years(client: AeriesClient) -> None:
    student = next(s for s in client.app.sis.district.students if s.status is Status.ACTIVE and s.grade == 11)
    rows = client.get(f"/enrollment/{int(student.number)}")
    first = student.district_entry.year
    assert [row["AcademicYear"] for row in rows] == [str(year) for year in range(2026, first - 1, -1)]
    assert [row["Grade"] for row in rows] == [11 - back for back in range(len(rows))]
    assert rows[0]["EnterDate"] == f"{student.entry.isoformat()}T00:00:00"
    assert client.get(f"/enrollment/{int(student.number)}/year/2026") == rows[:1]


def test_section_12_2_who_is_still_to_come_has_no_enrollment(client: AeriesClient) -> None:
    assert client.get(f"/enrollment/{of_status(client, Status.PRE_REGISTERED)}") == []


def test_section_6_6_who_left_has_a_leave_date_and_a_reason(client: AeriesClient) -> None:
    [row, *_] = client.get(f"/enrollment/{of_status(client, Status.TRANSFERRED)}/year/2026")
    student = client.app.sis.district.of_status(Status.TRANSFERRED)[0]
    assert (row["LeaveDate"], row["ExitReasonCode"]) == (f"{student.exit.isoformat()}T00:00:00", "W1")


def test_section_5_zero_is_everybody_but_not_without_a_school(client: AeriesClient) -> None:
    rows = client.get("/schools/701/enrollment/0/year/2026")
    active = [r.student_id for r in client.records() if r.school_code == 701 and r.letter == ""]
    assert set(active) <= {row["StudentID"] for row in rows}
    assert {row["SchoolCode"] for row in rows} == {701}
    assert client.get("/enrollment/0") == []


@pytest.mark.parametrize(("path", "slow"), [("/enrollment/0", True), ("/enrollment/0/year/2026", False)])
def test_section_5_switch_without_a_year_it_takes_long(connect: Connect, path: str, slow: bool) -> None:
    client = connect(Options(enrollment_seconds=0.3))
    begin = time.perf_counter()
    client.get(path)
    assert (time.perf_counter() - begin > 0.3) is slow


def test_section_6_6_supplemental_values_are_text_padded_and_american(client: AeriesClient) -> None:
    row = client.get("/schools/701/SchoolSupplemental")[0]
    values = {column["ColumnCode"]: (column["ColumnType"], column["Value"]) for column in row["Columns"]}
    assert (values["BR"][0], len(values["BR"][1])) == ("nchar", 10)
    assert values["PD"] == ("datetime", "8/3/2026 12:00:00 AM")
    assert list(row) == ["StudentID", "Columns", "SchoolCode"]
    assert "SchoolCode" not in client.get("/schools/701/DistrictSupplemental")[0]


def test_section_5_supplemental_of_one_student_ignores_the_school(client: AeriesClient) -> None:
    rows = client.get("/schools/701/SchoolSupplemental")
    one = rows[0]["StudentID"]
    assert rows[0] in client.get(f"/schools/999/SchoolSupplemental/{one}")
    assert client.get("/schools/701/schoolsupplemental/0") == rows


# --- what changed ---


def changed(client: AeriesClient, area: str, when: str = "2027/3/3/12/0") -> set[int]:
    return {row["StudentID"] for row in client.get(f"/StudentDataChanges/{area}/{when}")}


def test_section_5_changes_are_told_apart_by_area(connect: Connect) -> None:
    now = [NOON - 3600]
    client = connect(district=District(students=200, seed=3), clock=lambda: now[0])
    district = client.app.sis.district
    assert changed(client, "student") == set()
    now[0] = NOON + 60
    changes = district.change(0.3, 5)
    areas = {
        "student": {"address", "phone", "home room", "grade", "last name", "status"},
        "enrollment": {"grade", "status"},
    }
    for area, kinds in areas.items():
        numbers = [number for number, what in changes.changed.items() if kinds & set(what)]
        assert changed(client, area) == {int(number) for number in (*numbers, *changes.added)}
    contacts = {"contact phone", "contact email"}
    touched = {int(number) for number, what in changes.changed.items() if contacts & set(what)}
    assert touched
    assert touched <= changed(client, "contact")
    assert changed(client, "test") == set()


def test_section_5_the_moment_is_of_the_servers_own_clock(connect: Connect) -> None:
    now = [NOON - 3600]
    client = connect(district=District(students=50, seed=3), clock=lambda: now[0])
    student = client.app.sis.district.students[0]
    client.get("/StudentDataChanges/student/2027/3/3/0/0")
    now[0] = NOON
    student.last = "Other"
    client.app.sis.district.touched(student)
    assert changed(client, "student", "2027/03/03/12/00") == {int(student.number)}
    assert changed(client, "student", "2027/3/3/12/1") == set()
    assert client.get("/systeminfo")["CurrentDateTime"] == "2027-03-03T12:00:00.0000001-07:00"


def test_section_6_6_a_change_names_each_record_of_the_student(client: AeriesClient) -> None:
    rows = client.get("/StudentDataChanges/student/2025/1/1/0/0")
    expected = {(r.student_id, r.school_code, r.number) for r in client.records()}
    assert {tuple(row.values()) for row in rows} == expected
    assert list(rows[0]) == ["StudentID", "SchoolCode", "StudentNumber"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("student/2027/3/3/12", 404),
        ("shoes/2027/3/3/12/0", 404),
        ("student/2027/13/3/12/0", 400),
        ("student/2027/3/3/24/0", 400),
    ],
)
def test_section_5_every_part_of_the_moment_is_needed(client: AeriesClient, path: str, status: int) -> None:
    assert client.ask(f"/StudentDataChanges/{path}").status_code == status


# --- formats ---


@pytest.mark.parametrize(
    "accept",
    ["application/json, text/html, application/xhtml+xml, */*", "*/*", "", "application/json, text/xml"],
)
def test_section_3_json_comes_unless_xml_is_asked_for(client: AeriesClient, accept: str) -> None:
    reply = client.ask("/schools", headers={"Accept": accept})
    assert reply.headers["content-type"] == "application/json; charset=utf-8"


def test_section_3_xml_says_the_same(client: AeriesClient) -> None:
    reply = client.ask("/schools/701/students", headers={"Accept": "text/xml, */*"})
    root = ET.fromstring(reply.text)
    rows = client.get("/schools/701/students")
    assert (reply.headers["content-type"], root.tag) == ("text/xml; charset=utf-8", "ArrayOfStudent")
    assert [element.findtext("LastName") for element in root] == [row["LastName"] for row in rows]
    nil = [element.find("SchoolLeaveDate").get(NIL) for element in root]  # type: ignore[union-attr]
    assert nil == ["true" if row["SchoolLeaveDate"] is None else None for row in rows]
    school = ET.fromstring(client.ask("/schools/701", headers={"Accept": "text/xml"}).text)
    assert (school.tag, school.findtext("Terms/Term/TermCode")) == ("School", "Y")


def test_section_10_an_error_in_xml_has_a_message_too(client: AeriesClient) -> None:
    reply = client.ask("/schools/5", headers={"Accept": "text/xml"})
    assert (reply.status_code, ET.fromstring(reply.text).findtext("Message")) == (404, "School not found")


def test_section_1_before_v5_the_id_is_permanentid_and_no_date_is_the_year_one(client: AeriesClient) -> None:
    new, old = client.get("/schools/701/students"), client.get("/schools/701/students", version=4)
    assert [row["PermanentID"] for row in old] == [row["StudentID"] for row in new]
    assert "StudentID" not in old[0]
    blank: list[Any] = [
        row["SchoolLeaveDate"] for row, same in zip(old, new, strict=True) if same["SchoolLeaveDate"] is None
    ]
    assert set(blank) == {"0001-01-01T00:00:00"}
    assert client.ask("/schools", version=6).status_code == 404


def test_the_switch_of_scope_counts_for_programs_as_for_students(connect: Connect) -> None:
    client = connect(Options(student_by_id_scope=ByIdScope.SCHOOL))
    one = client.get("/schools/701/students/0/programs")[0]["StudentID"]
    assert client.get(f"/schools/900/students/{one}/programs") == []
