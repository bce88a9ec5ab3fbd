"""Dossier 8.1 and 12 (Roll-over): per-year tables, and the clone of a year."""

from collections.abc import Callable
from typing import Any

import pytest
from qmlativ_client import Client

from yellowbus.simulators.district import District, School, Status
from yellowbus.simulators.qmlativ.tables import TABLES
from yellowbus.simulators.qmlativ.years import Years

PER_YEAR = ("School", "EntitySchool", "EntryCode", "WithdrawalCode", "GradeReference", "Homeroom")
PATHS = (*(f"Enrollment/{name}" for name in PER_YEAR), "Attendance/Calendar")
NOW, NEXT = 13, 14


def unready(district: District) -> School:
    (found,) = [school for school in district.schools if school.year(district.school_year + 1) is None]
    return found


def ids(client: Client, path: str, **query: Any) -> list[int]:
    key = TABLES[path.lower()].key.name
    return [row[key] for row in client.rows(path, key, **query)]


def enrolled(client: Client, **query: Any) -> dict[int, tuple[str, ...]]:
    """Student to the codes of school, grade, entry code and home room in the year."""
    tables = {
        name: {
            row[f"{name}ID"]: row[code]
            for row in client.rows(f"Enrollment/{name}", f"{name}ID", code, **query)
        }
        for name, code in (
            ("School", "Code"),
            ("GradeReference", "GradeLevelCode"),
            ("EntryCode", "Code"),
            ("Homeroom", "Code"),
        )
    }
    rooms = {
        row["StudentID"]: tables["Homeroom"].get(row["HomeroomID"], "")
        for row in client.rows("Enrollment/StudentEntityYear", "StudentID", "HomeroomID", **query)
    }
    fields = ("StudentID", "SchoolID", "GradeReferenceID", "EntryCodeID", "WithdrawalCodeID")
    return {
        row["StudentID"]: (
            tables["School"][row["SchoolID"]],
            tables["GradeReference"][row["GradeReferenceID"]],
            tables["EntryCode"][row["EntryCodeID"]],
            rooms[row["StudentID"]],
        )
        for row in client.rows("Enrollment/EntryWithdrawal", *fields, **query)
        if row["WithdrawalCodeID"] is None
    }


@pytest.mark.parametrize("path", PATHS)
def test_section_8_1_per_year_objects_have_other_ids_in_every_year(client: Client, path: str) -> None:
    found = [set(ids(client, path, SchoolYearID=year)) for year in (11, 12, 13, 14)]
    assert all(found)
    assert len(set().union(*found)) == sum(map(len, found))


def test_section_8_1_clones_name_each_other(client: Client) -> None:
    fields = ("SchoolID", "Code", "SchoolIDClonedFrom", "SchoolIDClonedTo")
    years = {year: client.rows("Enrollment/School", *fields, SchoolYearID=year) for year in (11, 12, 13)}
    codes = {row["SchoolID"]: row["Code"] for rows in years.values() for row in rows}
    assert {row["SchoolIDClonedFrom"] for row in years[11]} == {None}
    for row in years[12]:
        assert (codes[row["SchoolIDClonedFrom"]], codes[row["SchoolIDClonedTo"]]) == (
            row["Code"],
            row["Code"],
        )


def test_section_8_1_entities_stay_and_name_their_current_year(
    client: Client, whole_district: District
) -> None:
    rows = client.rows(
        "District/Entity",
        *("EntityID", "Code", "SchoolYearIDCurrent", "IsDistrictWide", "IsSystemWide"),
        SchoolYearID=NOW,
    )
    wide = {row["EntityID"]: (row["IsSystemWide"], row["IsDistrictWide"]) for row in rows[:2]}
    assert wide == {1: (True, False), 2: (False, True)}
    schools = sorted(str(school.number) for school in whole_district.schools)
    assert sorted(row["Code"] for row in rows[2:]) == schools
    assert {row["SchoolYearIDCurrent"] for row in rows} == {NOW}


def test_section_8_1_a_school_that_is_not_set_up_lacks_its_rows_of_next_year(
    client: Client, whole_district: District
) -> None:
    rows = client.rows("Enrollment/School", "Code", SchoolYearID=NEXT)
    lacking = str(unready(whole_district).number)
    wanted = sorted({str(school.number) for school in whole_district.schools} - {lacking})
    assert sorted(row["Code"] for row in rows) == wanted


def test_section_8_1_a_year_that_is_set_up_for_nobody_still_has_its_row(client: Client) -> None:
    years = client.rows(
        "District/SchoolYear", "SchoolYearID", "NumericYear", "IsCurrentYearForProvidedEntity"
    )
    assert [tuple(row.values()) for row in years] == [
        (11, 2025, False),
        (12, 2026, False),
        (13, 2027, True),
        (14, 2028, False),
        (15, 2029, False),
    ]
    assert ids(client, "Enrollment/GradeReference", SchoolYearID=15) == []


def test_a_child_who_comes_next_year_to_a_school_not_set_up_has_an_entity_year_alone(
    client: Client, whole_district: District
) -> None:
    waiting = [
        s for s in whole_district.of_status(Status.PRE_REGISTERED) if s.school is unready(whole_district)
    ]
    rows = client.rows(
        "Enrollment/StudentEntityYear", "StudentID", "IsActive", "EntryWithdrawalIDLatest", SchoolYearID=NEXT
    )
    found = {row["StudentID"]: row for row in rows}
    assert waiting
    for student in waiting:
        row = found[student.id]
        assert (row["IsActive"], row["EntryWithdrawalIDLatest"]) == (False, None)


# --- the clone ---


@pytest.fixture
def rolling(connect: Callable[..., Client]) -> Client:
    return connect(district=District(students=200, seed=5))


def test_section_12_after_the_clone_same_students_same_codes_other_ids(rolling: Client) -> None:
    before, old = enrolled(rolling), {path: ids(rolling, path) for path in PATHS}
    students = rolling.rows(
        "Student/Student", "StudentID", "NameID", "StudentNumber", "Grade", "IsCurrentActive"
    )
    assert rolling.app.sis.clone_year((), move=True) == rolling.app.sis.district.school_year + 1
    after = enrolled(rolling)
    assert {key: after[key] for key in before} == before
    assert after.keys() - before.keys() == {
        student.id for student in rolling.app.sis.district.of_status(Status.PRE_REGISTERED)
    }
    assert not any(set(old[path]) & set(ids(rolling, path)) for path in PATHS)
    fields = ("StudentID", "NameID", "StudentNumber", "Grade", "IsCurrentActive")
    assert rolling.rows("Student/Student", *fields) == students


def test_section_12_the_clone_moves_the_current_year(rolling: Client) -> None:
    rolling.app.sis.clone_year((), move=True)
    system = rolling.get("/Custom/GetSystemMetadata")["System"]
    assert system["Districts"][0]["SchoolYearCurrent"]["SchoolYearID"] == NEXT
    rows = rolling.rows("District/Entity", "SchoolYearIDCurrent", SchoolYearID=NEXT)
    assert {row["SchoolYearIDCurrent"] for row in rows} == {NEXT}


def test_section_12_the_old_year_keeps_its_ids_and_ends_its_enrollments(rolling: Client) -> None:
    old = {path: ids(rolling, path) for path in PATHS}
    codes = enrolled(rolling)
    rolling.app.sis.clone_year((), move=True)
    assert {path: ids(rolling, path, SchoolYearID=NOW) for path in PATHS} == old
    assert enrolled(rolling, SchoolYearID=NOW) == codes
    rows = rolling.rows("Enrollment/EntryWithdrawal", "EndDate", SchoolYearID=NOW)
    assert None not in {row["EndDate"] for row in rows}


def test_section_12_a_school_that_closes_stays_in_its_year(rolling: Client) -> None:
    closing = unready(rolling.app.sis.district)
    rolling.app.sis.clone_year([closing.number], move=True)
    rows = rolling.rows("District/Entity", "Code", "SchoolYearIDCurrent", SchoolYearID=NEXT)
    current = {row["Code"]: row["SchoolYearIDCurrent"] for row in rows}
    assert current.pop(str(closing.number)) == NOW
    assert set(current.values()) == {NEXT}
    schools = {row["Code"] for row in rolling.rows("Enrollment/School", "Code")}
    assert str(closing.number) not in schools
    entity = next(e.id for e in rolling.app.sis.worlds.now().entities if e.school is closing)
    own = rolling.rows("Enrollment/School", "SchoolYearID", entity=entity)
    assert {row["SchoolYearID"] for row in own} == {NOW}


def test_a_year_can_be_cloned_without_moving_into_it(rolling: Client) -> None:
    before = enrolled(rolling)
    rolling.app.sis.clone_year((), move=False)
    assert enrolled(rolling) == before
    codes = {row["Code"] for row in rolling.rows("Enrollment/School", "Code", SchoolYearID=NEXT)}
    assert str(unready(rolling.app.sis.district).number) in codes


def test_years_can_be_cloned_again_and_again(rolling: Client) -> None:
    before = enrolled(rolling)
    for _ in range(3):
        rolling.app.sis.clone_year((), move=True)
    after = enrolled(rolling)
    assert {key: after[key] for key in before} == before


def test_two_instances_of_one_district_have_the_same_ids_whatever_is_asked_first() -> None:
    from yellowbus.simulators.qmlativ.world import Worlds

    one, other = (District(students=80, seed=2) for _ in range(2))
    first, second = (Worlds(d, Years.of(d)).now() for d in (one, other))
    assert [(row.id, row.code) for row in first.setup.homerooms.values()] == [
        (row.id, row.code) for row in second.setup.homerooms.values()
    ]
    assert list(first.kin.families) == list(second.kin.families)


def test_section_8_2_last_year_a_child_who_stayed_was_one_grade_lower(
    client: Client, whole_district: District
) -> None:
    levels = {
        row["Code"]: row["NumericValue"]
        for row in client.rows("Enrollment/GradeLevel", "Code", "NumericValue")
    }
    last, this = enrolled(client, SchoolYearID=12), enrolled(client)
    stayed = [s for s in whole_district.of_status(Status.ACTIVE) if s.id in last]
    assert stayed
    for student in stayed:
        assert last[student.id][0] == this[student.id][0]
        assert levels[last[student.id][1]] == student.grade - 1


def test_section_14_a_school_stands_in_its_building_in_every_year(client: Client) -> None:
    streets = {
        row["AddressID"]: row["StreetNumberAndName"]
        for row in client.rows("Demographics/Address", "AddressID", "StreetNumberAndName")
    }
    houses = {
        row["BuildingID"]: (row["Code"], streets[row["AddressID"]])
        for row in client.rows("District/Building", "BuildingID", "Code", "AddressID")
    }
    schools = client.app.sis.district.schools
    assert sorted(houses.values()) == sorted(
        (str(school.number), school.address.street) for school in schools
    )
    for year in (NOW, NEXT):
        rows = client.rows("Enrollment/School", "Code", "BuildingID", SchoolYearID=year)
        assert {houses[row["BuildingID"]][0] == row["Code"] for row in rows} == {True}
