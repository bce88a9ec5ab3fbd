"""Aeries dossier 3 to 6.5: years, schools, students, extended data, contacts."""

from collections.abc import Callable
from typing import Any

import pytest
from simulated_aeries_client import AeriesClient

from yellowbus.simulators.aeries import ByIdScope, Options
from yellowbus.simulators.district import District, Status

Connect = Callable[..., AeriesClient]


def names(text: str) -> set[str]:
    return set(text.split())


# 6.2: 47 names and Terms.
SCHOOL = names(
    "SchoolCode LowGradeLevel HighGradeLevel AttendancePeriod Tracks DoNotReport "
    "EarlyCollegeHighSchoolIndicator ScienceTechnologyEngineeringAndMathematicsIndicator "
    "PathwaysInTechnologyIndicator UsingSectionStaffInMasterSchedule UsingSectionStaffInScheduling Name "
    "ShortName InactiveStatusCode Address AddressCity AddressState AddressZipCode AddressZipExt "
    "PhoneNumber PrincipalName PrincipalEmailAddress StateCountyID StateDistrictID StateSchoolID "
    "ScheduleType SessionType AttendanceType AttendanceReporting ScheduleBasis RegionCode "
    "StateCharterNumber CharterStatusCode FederalTaxID FederalInformationProcessingStandardsCode "
    "QualityRatingAndImprovementSystemParticipationCode AccreditationStatusCode SchoolWebsite "
    "OrganizationCategoryCode SchoolCategoryCode LocalEducationAgencyTypeCode TitleIPartACode "
    "NSLPStatusCode NCESSchoolID CollegeBoardSchoolCode CampusEnrollmentTypeCode PreKSchoolTypeCode Terms"
)
# 6.3.
STUDENT = names(
    "StudentID OldStudentID SchoolCode StudentNumber StateStudentID InactiveStatusCode LastName FirstName "
    "MiddleName LastNameAlias FirstNameAlias MiddleNameAlias Gender Birthdate Grade "
    "GradeLevelShortDescription GradeLevelLongDescription NextGrade NextGradeLevelShortDescription "
    "NextGradeLevelLongDescription NextSchoolCode RecordsReleaseCode ParentGuardianName "
    "ParentEmailAddress HomePhone StudentMobilePhone StudentEmailAddress StudentPersonalEmailAddress "
    "NetworkLoginID AddressVerified MailingAddress MailingAddressCity MailingAddressState "
    "MailingAddressZipCode MailingAddressZipExt ResidenceAddress ResidenceAddressCity "
    "ResidenceAddressState ResidenceAddressZipCode ResidenceAddressZipExt EthnicityCode RaceCode1 "
    "RaceCode2 RaceCode3 RaceCode4 RaceCode5 UserCode1 UserCode2 UserCode3 UserCode4 UserCode5 UserCode6 "
    "UserCode7 UserCode8 UserCode9 UserCode10 UserCode11 UserCode12 UserCode13 FamilyKey SchoolEnterDate "
    "SchoolLeaveDate DistrictEnterDate Track AttendanceProgramCodePrimary "
    "AttendanceProgramCodeAdditional1 AttendanceProgramCodeAdditional2 CounselorNumber LockerNumber "
    "LowSchedulingPeriod HighSchedulingPeriod LanguageFluencyCode HomeLanguageCode "
    "CorrespondenceLanguageCode ParentEdLevelCode HomeRoomTeacherNumber NotificationPreferenceCode "
    "EarlyWarningPoints"
)


def everybody(client: AeriesClient, **query: Any) -> list[dict[str, Any]]:
    codes = [school["SchoolCode"] for school in client.get("/schools")]
    return [row for code in codes for row in client.get(f"/schools/{code}/students", **query)]


def one(client: AeriesClient, **district_changes: Any) -> dict[str, Any]:
    """The first student, changed by hand."""
    district = client.app.sis.district
    student = district.students[0]
    for name, value in district_changes.items():
        setattr(student, name, value)
    district.touched(student)
    return client.get(f"/schools/0/students/{int(student.number)}")[0]


# --- years ---


def test_section_6_1_the_system_info_names_the_open_year_and_those_there_are(client: AeriesClient) -> None:
    info = client.get("/systeminfo")
    assert list(info) == [
        "AeriesVersion",
        "DatabaseYear",
        "AvailableDatabaseYears",
        "LocalTimeZoneName",
        "CurrentDateTime",
    ]
    assert (info["DatabaseYear"], info["AvailableDatabaseYears"]) == ("2026-2027", ["2026-2027", "2025-2026"])


@pytest.mark.parametrize(
    ("asked", "opened"),
    [("2025", "2025-2026"), ("2026", "2026-2027"), ("1999", "2026-2027"), ("next", "2026-2027")],
)
def test_section_3_a_year_that_is_not_there_is_silently_the_default_one(
    client: AeriesClient, asked: str, opened: str
) -> None:
    assert client.get("/systeminfo", DatabaseYear=asked)["DatabaseYear"] == opened
    assert client.get("/systeminfo", databaseyear=asked)["DatabaseYear"] == opened


def test_section_3_another_year_holds_other_records(client: AeriesClient) -> None:
    now = {(r["StudentID"], r["SchoolCode"]): r["Grade"] for r in everybody(client)}
    then = everybody(client, DatabaseYear="2025")
    kept = [
        (r["Grade"], now[r["StudentID"], r["SchoolCode"]])
        for r in then
        if (r["StudentID"], r["SchoolCode"]) in now
    ]
    assert len(kept) > 300
    assert {after - before for before, after in kept if -2 < before < 12} == {1}
    assert len(then) < len(now)


# --- schools ---


def test_section_6_2_a_school_has_exactly_the_names_of_the_dossier(client: AeriesClient) -> None:
    assert len(SCHOOL) == 48
    assert [set(row) for row in client.get("/schools")] == [SCHOOL] * len(client.get("/schools"))


def test_section_12_2_the_district_and_administrative_schools_stand_in_the_list(client: AeriesClient) -> None:
    rows = client.get("/schools")
    numbers = [school.number for school in client.app.sis.district.schools]
    assert [row["SchoolCode"] for row in rows] == [0, *numbers, 900, 999]
    assert [row["SchoolCode"] for row in rows if row["InactiveStatusCode"]] == [900]


def test_section_6_2_a_school_says_name_grades_and_terms(client: AeriesClient) -> None:
    school = next(s for s in client.app.sis.district.schools if s.number == 701)
    row = client.get("/schools/701")
    assert (row["Name"], row["LowGradeLevel"], row["HighGradeLevel"]) == (school.name, 9, 12)
    assert [term["TermCode"] for term in row["Terms"]] == ["Y", "F", "S", "1", "2", "3", "4"]
    assert client.get("/schools/701/terms") == row["Terms"]
    assert row["Terms"][0]["StartDate"] == "2026-08-03T00:00:00"
    assert client.get("/schools/701", DatabaseYear="2025")["Terms"][0]["StartDate"] == "2025-08-04T00:00:00"


def test_section_10_a_school_that_is_not_there_is_404(client: AeriesClient) -> None:
    assert client.ask("/schools/5").status_code == 404


def test_section_12_1_a_school_is_an_object(client: AeriesClient) -> None:
    assert client.get("/schools/701")["SchoolCode"] == 701


def test_section_12_1_switch_a_school_is_an_array_of_one(connect: Connect) -> None:
    rows = connect(Options(school_as_array=True)).get("/schools/701")
    assert [row["SchoolCode"] for row in rows] == [701]


def test_section_5_the_calendar_has_a_day_for_each_weekday(client: AeriesClient) -> None:
    days = client.get("/schools/0/calendar")
    assert [day["CalendarDayNumber"] for day in days] == list(range(1, len(days) + 1))
    assert (days[0]["CalendarDate"], days[-1]["CalendarDate"]) == (
        "2026-08-03T00:00:00",
        "2027-05-28T00:00:00",
    )
    assert [day["CalendarDate"][:10] for day in days if day["HolidayCode"] == "#"] == [
        "2026-11-11",
        "2026-12-25",
        "2027-01-01",
    ]


# --- students ---


def test_section_6_3_a_student_has_exactly_the_names_of_the_dossier(client: AeriesClient) -> None:
    assert {frozenset(row) for row in everybody(client)} == {frozenset(STUDENT)}


def test_section_5_a_school_lists_everybody_active_or_not(client: AeriesClient) -> None:
    rows = everybody(client)
    assert {row["StudentID"] for row in rows} == {int(s.number) for s in client.app.sis.district.students}
    assert {row["InactiveStatusCode"] for row in rows} == {"", "*", "I", "T", "G", "N"}


def test_section_4_the_letter_tells_the_status(connect: Connect) -> None:
    client = connect(Options(several_records=False))
    letters = {row["StudentID"]: row["InactiveStatusCode"] for row in everybody(client)}
    statuses = {int(s.number): s.status for s in client.app.sis.district.students}
    active = {each for each, status in statuses.items() if status is Status.ACTIVE}
    coming = {each for each, status in statuses.items() if status is Status.PRE_REGISTERED}
    assert {each for each, letter in letters.items() if letter == ""} == active
    assert {each for each, letter in letters.items() if letter == "*"} == coming


def test_section_4_a_student_may_have_records_in_two_schools(client: AeriesClient) -> None:
    rows = everybody(client)
    several = [r for r in rows if len(client.app.sis.databases.of("").of_student(r["StudentID"])) > 1]
    assert 5 < len(several) // 2 < 60
    assert {row["InactiveStatusCode"] for row in several} == {"", "*", "T"}
    assert len({(r["SchoolCode"], r["StudentNumber"]) for r in rows}) == len(rows)


def test_section_8_a_pre_enrolled_copy_keeps_the_old_grade(client: AeriesClient) -> None:
    database = client.app.sis.databases.of("")
    copies = [pair for pair in database.by_student.values() if [r.letter for r in pair] == ["", "*"]]
    assert copies
    assert [new.grade for _, new in copies] == [old.grade for old, _ in copies]
    assert [new.school_code for _, new in copies] == [old.next_school for old, _ in copies]


def test_section_3_values_are_written_as_aeries_does(connect: Connect) -> None:
    client = connect(district=District(students=40, seed=3))
    household = client.app.sis.district.students[0].household
    household.phone = "+1 (480) 555-0142"
    row = one(client, first='Lena "<Lee>"', middle="", races=("WH", "5"), hispanic=True)
    student = client.app.sis.district.students[0]
    assert (row["FirstName"], row["MiddleName"]) == ("Lena Lee", "")
    assert row["HomePhone"] == "4805550142"
    assert row["Birthdate"] == f"{student.birth.isoformat()}T00:00:00"
    assert [row[f"RaceCode{place}"] for place in range(1, 6)] == ["700", "299", "", "", ""]
    assert (row["EthnicityCode"], row["OldStudentID"], type(row["AddressVerified"])) == ("Y", 0, bool)


def test_section_3_only_dates_are_ever_null(client: AeriesClient) -> None:
    rows = everybody(client)
    assert {name for row in rows for name, value in row.items() if value is None} == {"SchoolLeaveDate"}


def test_section_4_grades_run_from_minus_two(client: AeriesClient) -> None:
    rows = everybody(client)
    assert {row["Grade"] for row in rows} == {-2, *range(13)}
    described = {row["Grade"]: row["GradeLevelLongDescription"] for row in rows}
    assert (described[-2], described[0], described[9]) == ("Preschool", "Kindergarten", "Ninth Grade")
    assert {row["NextGrade"] for row in rows if row["Grade"] == 12 and not row["InactiveStatusCode"]} == {13}


def test_section_4_siblings_share_a_family_key(client: AeriesClient) -> None:
    keys = {row["StudentID"]: row["FamilyKey"] for row in everybody(client)}
    for student in client.app.sis.district.students[:50]:
        family = {keys[int(member.number)] for member in student.household.members}
        assert len(family) == 1
        assert (family == {0}) is (len(student.household.members) == 1)


def test_section_3_pages_count_from_one_and_include_both_ends(client: AeriesClient) -> None:
    rows = client.get("/schools/701/students")
    assert client.get("/schools/701/students", StartingRecord=1, EndingRecord=10) == rows[:10]
    assert client.get("/schools/701/students", StartingRecord=11, EndingRecord=15) == rows[10:15]
    assert client.get("/schools/701/students", StartingRecord=len(rows), EndingRecord=9999) == rows[-1:]
    assert client.get("/schools/701/students", StartingRecord=9999, EndingRecord=10999) == []
    assert client.get("/schools/701/students/0", StartingRecord=1, EndingRecord=10) == rows[:10]
    extended = client.get("/schools/701/students/0/extended", StartingRecord=3, EndingRecord=4)
    assert [row["StudentID"] for row in extended] == [row["StudentID"] for row in rows[2:4]]


def test_section_3_filters_that_are_not_documented_are_ignored(client: AeriesClient) -> None:
    rows = client.get("/schools/701/students")
    assert client.get("/schools/701/students", fields="StudentID", dateLastModified="2026-01-01") == rows


def test_section_10_a_school_that_is_not_there_has_no_students(client: AeriesClient) -> None:
    assert client.get("/schools/-1/students") == []
    assert client.get("/schools/abc/students") == []


def test_section_5_students_are_asked_for_by_grade_and_by_number(client: AeriesClient) -> None:
    rows = client.get("/schools/701/students")
    assert client.get("/schools/701/students/grade/9") == [row for row in rows if row["Grade"] == 9]
    assert client.get(f"/schools/701/students/sn/{rows[3]['StudentNumber']}") == [rows[3]]
    assert client.get("/schools/101/students/grade/-2")[0]["Grade"] == -2


def of_two_schools(client: AeriesClient) -> tuple[int, list[int]]:
    database = client.app.sis.databases.of("")
    student_id, records = next(pair for pair in database.by_student.items() if len(pair[1]) == 2)
    return student_id, [record.school_code for record in records]


def test_section_12_1_by_id_the_school_does_not_count(client: AeriesClient) -> None:
    student_id, codes = of_two_schools(client)
    for code in (*codes, 0, 900):
        rows = client.get(f"/schools/{code}/students/{student_id}")
        assert [row["SchoolCode"] for row in rows] == codes


def test_section_12_1_switch_by_id_only_the_named_school(connect: Connect) -> None:
    client = connect(Options(student_by_id_scope=ByIdScope.SCHOOL))
    student_id, codes = of_two_schools(client)
    asked = {code: client.get(f"/schools/{code}/students/{student_id}") for code in (*codes, 0)}
    assert {code: [row["SchoolCode"] for row in rows] for code, rows in asked.items()} == {
        codes[0]: [codes[0]],
        codes[1]: [codes[1]],
        0: [],
    }


def test_section_12_1_switch_an_older_build_spells_and_counts_otherwise(connect: Connect) -> None:
    old, new = connect(Options(older_build=True)), connect()
    assert set(old.get("/schools/701/students")[0]) == STUDENT - {
        "EarlyWarningPoints",
        "StudentPersonalEmailAddress",
    } | {"AtRiskPoints"}
    assert isinstance(old.get("/schools/701/students")[0]["AtRiskPoints"], str)
    spelled = [set(client.get("/schools/701/contacts")[0]) for client in (old, new)]
    assert spelled[0] ^ spelled[1] == {
        "CorrespondanceLanguageCode",
        "CorrespondenceLanguageCode",
        "PortalAccountID",
    }


# --- extended ---


def test_section_6_4_extended_data_is_joined_by_school_and_id(client: AeriesClient) -> None:
    keys = [
        [(row["SchoolCode"], row["StudentID"], row["StudentNumber"]) for row in rows]
        for rows in (client.get("/schools/701/students"), client.get("/schools/701/students/0/extended"))
    ]
    assert keys[0] == keys[1]


def test_section_6_4_extended_dates_are_null_and_texts_blank(client: AeriesClient) -> None:
    row = client.get("/schools/701/students/0/extended")[0]
    assert (row["USEnterDate"], row["EndOfYearStatusCode"], row["YearsAsEnglishLearner"]) == (None, "", 0)
    assert (
        row["HomeLanguageSurveyHomeLanguageCode"]
        == client.get("/schools/701/students")[0]["HomeLanguageCode"]
    )
    assert len(row) == 59


@pytest.mark.parametrize("way", ["grade/10", "sn/{number}"])
def test_section_5_extended_data_comes_by_grade_and_number_too(client: AeriesClient, way: str) -> None:
    path = way.format(number=client.get("/schools/701/students")[0]["StudentNumber"])
    students, extended = (client.get(f"/schools/701/students/{path}{end}") for end in ("", "/extended"))
    assert students
    assert [row["StudentID"] for row in extended] == [row["StudentID"] for row in students]


# --- contacts ---


def test_section_6_5_contacts_are_those_of_the_district(client: AeriesClient) -> None:
    shown: dict[int, list[tuple[Any, ...]]] = {}
    for row in client.get("/schools/701/contacts"):
        shown.setdefault(row["StudentID"], []).append(
            (row["ContactOrder"], row["FirstName"], row["LastName"])
        )
    records = client.app.sis.databases.of("").of_school(701)
    expected = {
        record.student_id: [(t.priority, t.contact.first, t.contact.last) for t in record.student.ties]
        for record in records
        if record.student.ties
    }
    assert shown == expected


def test_section_6_5_relationships_are_a_districts_codes(client: AeriesClient) -> None:
    codes = {row["Code"]: row["Description"] for row in client.get("/codes/contact/RelationshipToStudent")}
    assert (codes["11"], codes["13"]) == ("Father", "Stepmother")
    student = next(s for s in client.app.sis.district.students if len(s.ties) > 1)
    rows = client.get(f"/schools/0/contacts/{int(student.number)}")
    assert [codes.get(row["RelationshipToStudentCode"], "Not Set") for row in rows] == [
        tie.relationship for tie in student.ties
    ]


def test_section_4_sequence_numbers_are_unique_and_neither_whole_nor_in_order(client: AeriesClient) -> None:
    found: dict[tuple[int, int], list[int]] = {}
    for row in (row for code in (101, 102, 401, 701) for row in client.get(f"/schools/{code}/contacts")):
        found.setdefault((row["SchoolCode"], row["StudentID"]), []).append(row["SequenceNumber"])
    assert all(len(set(numbers)) == len(numbers) for numbers in found.values())
    assert any(numbers != sorted(numbers) for numbers in found.values())
    assert any(max(numbers) > len(numbers) for numbers in found.values())


def test_section_5_with_an_id_the_school_does_not_count_for_contacts(connect: Connect) -> None:
    for scope in ByIdScope:
        client = connect(Options(student_by_id_scope=scope))
        student = next(s for s in client.app.sis.district.students if s.ties)
        rows = [
            client.get(f"/schools/{code}/contacts/{int(student.number)}") for code in ("000", "101", "701")
        ]
        assert rows[0] == rows[1] == rows[2]
        assert len(rows[0]) == len(student.ties)


def test_section_12_2_zero_means_all_contacts(client: AeriesClient) -> None:
    assert client.get("/schools/701/contacts/0") == client.get("/schools/701/contacts")


def test_section_6_5_a_contact_without_values_is_blank_and_its_dates_null(client: AeriesClient) -> None:
    row = client.get("/schools/701/contacts")[0]
    assert (row["Pager"], row["UserCode8"], row["Birthdate"], row["RedFlag"]) == ("", "", None, False)
    assert {row["PrimaryContact"], row["AccessToPortal"]} <= {"Y", "N"}
