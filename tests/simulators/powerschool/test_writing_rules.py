"""Dossier 9.2, 9.3, 9.5, 13.5: what POST /ws/v1/student refuses, and with which codes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from writing_client import FULL, WRITE, WritingClient, enrollment, errors, new_child, writing_plugin

from yellowbus.simulators.district import District, School
from yellowbus.simulators.powerschool import Options
from yellowbus.simulators.powerschool.options import TooLong
from yellowbus.simulators.powerschool.write_codes import OURS, PUBLISHED

ADDRESS = {"street": "9 Oak Ln", "city": "Mesa", "state_province": "AZ", "postal_code": "85203"}
AT = "student/school_enrollment"


def refused(client: WritingClient, **changed: Any) -> list[tuple[str, str]]:
    """The errors of an insert that must not leave anything behind."""
    before = len(client.district.students)
    result = client.write(new_child(client.school, **changed))["result"]
    assert (result["status"], len(client.district.students)) == ("ERROR", before)
    return errors(result)


def enrolling(client: WritingClient, school: School | None = None, **changed: Any) -> list[tuple[str, str]]:
    return refused(client, school_enrollment=enrollment(school or client.school, **changed))


def unready(client: WritingClient) -> School:
    """A school that has not set up next year."""
    return next(school for school in client.district.schools if school.year(2027) is None)


# --- envelope ---


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"students": []},
        {"students": {}},
        {"students": {"student": "x"}},
        {"student": {}},
        [],
        {"students": {"student": ["x"]}},
    ],
)
def test_a_body_of_another_form_is_400(client: WritingClient, body: Any) -> None:
    reply = client.send("POST", WRITE, body)
    assert (reply.status_code, set(reply.json())) == (400, {"errorMessage"})


def test_a_body_that_is_no_json_is_400(client: WritingClient) -> None:
    headers = {**client.headers, "Content-Type": "application/json"}
    assert client.http.post(WRITE, content=b"{", headers=headers).status_code == 400


def test_an_empty_batch_has_no_result(client: WritingClient) -> None:
    reply = client.send("POST", WRITE, {"students": {"student": []}})
    assert reply.json() == {"results": {"insert_count": 0, "update_count": 0, "delete_count": 0}}


@pytest.mark.parametrize("status", [415, 500])
def test_section_5_1_switch_another_content_type(client: WritingClient, status: int) -> None:
    client.switch(wrong_content_status=status)
    reply = client.http.post(WRITE, content=b"{}", headers={**client.headers, "Content-Type": "text/plain"})
    assert reply.status_code == status


def test_switch_the_largest_batch(client: WritingClient) -> None:
    client.switch(largest_batch=2)
    records = [new_child(client.school, client_uid=str(n), local_id=str(990000 + n)) for n in range(3)]
    assert client.send("POST", WRITE, {"students": {"student": records}}).status_code == 400
    assert client.write(*records[:2])["insert_count"] == 2


@pytest.mark.parametrize(
    ("level", "options", "status"),
    [
        (FULL, Options(), 200),
        (FULL.replace("FULL", "READ"), Options(), 401),
        (FULL.replace("FULL", "READ"), Options(read_level_status=403), 403),
        ("<oauth/>", Options(), 401),
    ],
)
def test_section_1_1_writing_needs_the_full_level(level: str, options: Options, status: int) -> None:
    client = WritingClient.of(District(students=40, seed=3), options, upload=writing_plugin(level=level))
    reply = client.send("POST", WRITE, {"students": {"student": new_child(client.school)}})
    assert reply.status_code == status
    assert status == 200 or "FULL" in reply.json()["errorMessage"]["message"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"client_uid": ""}, [("student/client_uid", "REQUIRED")]),
        ({"action": ""}, [("student/action", "REQUIRED")]),
        ({"action": "insert"}, [("student/action", "INVALID_ACTION")]),
        ({"action": "UPDATE"}, [("student/id", "REQUIRED")]),
        ({"action": "UPDATE", "id": 5}, [("student/id", "INVALID_ID")]),
        ({"action": "UPDATE", "id": "x"}, [("student/id", "INVALID_ID")]),
    ],
)
def test_an_envelope_that_is_not_in_order(
    client: WritingClient, changed: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(client, **changed) == expected


def test_section_9_1_client_uid_is_unique_in_the_batch(client: WritingClient) -> None:
    child = new_child(client.school)
    results = client.write(child, {**child, "local_id": "904418"})
    assert [r["status"] for r in results["result"]] == ["SUCCESS", "ERROR"]
    assert errors(results["result"][1]) == [("student/client_uid", "DUPLICATE_CLIENT_UID")]


def test_a_path_id_is_never_the_student_number(client: WritingClient) -> None:
    number = client.district.students[0].number
    result = client.write({"client_uid": "u", "action": "UPDATE", "id": number})["result"]
    assert errors(result) == [("student/id", "INVALID_ID")]


# --- required, types, lengths ---


def test_section_9_2_everything_that_is_missing_is_told_at_once(client: WritingClient) -> None:
    assert refused(client, name={}, school_enrollment={}) == [
        ("student/name/first_name", "REQUIRED"),
        ("student/name/last_name", "REQUIRED"),
        (f"{AT}/school_number", "REQUIRED"),
        (f"{AT}/grade_level", "REQUIRED"),
        (f"{AT}/entry_date", "REQUIRED"),
        (f"{AT}/exit_date", "REQUIRED"),
    ]


def test_one_error_is_an_object(client: WritingClient) -> None:
    result = client.write(new_child(client.school, name={"first_name": "Kit", "last_name": " "}))["result"]
    assert result["error_message"] == {
        "error": {
            "field": "student/name/last_name",
            "error_code": "REQUIRED",
            "error_description": "The element is required",
        }
    }
    assert set(result) == {"client_uid", "status", "action", "error_message"}


def test_section_9_3_an_update_may_not_blank_a_name(client: WritingClient) -> None:
    student = client.district.students[0]
    before = student.first
    result = client.update(student, name={"first_name": "", "middle_name": "Wynn"})
    assert (errors(result), student.first) == ([("student/name/first_name", "REQUIRED")], before)


@pytest.mark.parametrize(
    ("value", "triple", "count"),
    [
        ("Cedar Ridge School", True, 3),
        ("Cedar Ridge School", False, 3),
        ("12.5", True, 3),
        ("12.5", False, 1),
        ("12345678901", True, 3),
        ("12345678901", False, 1),
        ("abc", False, 2),
    ],
)
def test_section_9_5_a_bad_whole_number_gives_three_errors(
    client: WritingClient, value: str, *, triple: bool, count: int
) -> None:
    client.switch(whole_triple=triple)
    found = enrolling(client, school_number=value)
    assert found == [(f"{AT}/school_number", "FIELD_VALIDATION_ERROR")] * count


@pytest.mark.parametrize(("plural", "prefix"), [(True, "students"), (False, "student")])
def test_section_9_5_a_bad_date_names_the_plural(client: WritingClient, *, plural: bool, prefix: str) -> None:
    client.switch(plural_date_prefix=plural)
    found = refused(client, demographics={"birth_date": "2018-02-30"})
    assert found == [(f"{prefix}/demographics/birth_date", "INVALID_DATE_VALUE")]


@pytest.mark.parametrize("allowed", [True, False])
def test_section_5_4_switch_dates_with_slashes(client: WritingClient, *, allowed: bool) -> None:
    client.switch(slashed_dates=allowed)
    student = client.district.students[0]
    result = client.update(student, demographics={"birth_date": "03/09/2018"})
    assert (result["status"] == "SUCCESS") is allowed
    assert (student.birth.isoformat() == "2018-03-09") is allowed


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": {"first_name": "K" * 51}}, "name/first_name"),
        ({"name": {"middle_name": "K" * 31}}, "name/middle_name"),
        ({"state_province_id": "K" * 33}, "state_province_id"),
        ({"phones": {"main": {"number": "5" * 31}}}, "phones/main/number"),
        ({"schedule_setup": {"home_room": "B" * 61}}, "schedule_setup/home_room"),
        ({"contact": {"mother": "M" * 61}}, "contact/mother"),
        (
            {"addresses": {"physical": {**ADDRESS, "state_province": "Arizona"}}},
            "addresses/physical/state_province",
        ),
        (
            {"addresses": {"mailing": {**ADDRESS, "postal_code": "85203-12345"}}},
            "addresses/mailing/postal_code",
        ),
    ],
)
def test_section_9_3_switch_a_text_above_its_maximum(
    client: WritingClient, fields: dict[str, Any], path: str
) -> None:
    student = client.district.students[0]
    assert errors(client.update(student, **fields)) == [(f"student/{path}", "FIELD_VALIDATION_ERROR")]
    client.switch(too_long=TooLong.CUT)
    assert client.update(student, **fields)["status"] == "SUCCESS"


def test_a_text_that_is_cut_keeps_its_beginning(client: WritingClient) -> None:
    client.switch(too_long=TooLong.CUT)
    student = client.district.students[0]
    client.update(student, name={"middle_name": "K" * 31})
    assert student.middle == "K" * 30


# --- numbers, codes ---


@pytest.mark.parametrize("form", ["{}", "00{}"])
def test_section_9_5_a_student_number_that_exists(client: WritingClient, form: str) -> None:
    taken = next(s.number for s in client.district.students if s.number[0] != "0")
    assert refused(client, local_id=form.format(taken)) == [("student/local_id", "INVALID_LOCAL_ID")]


def test_an_api_accepts_the_same_child_twice_under_two_numbers(client: WritingClient) -> None:
    child = new_child(client.school)
    results = client.write(child, {**child, "client_uid": "c2", "local_id": "904418"})
    assert results["insert_count"] == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"entry_code": "E9"}, "INVALID_ENTRY_CODE"),
        ({"exit_code": "E1"}, "INVALID_EXIT_CODE"),
        ({"district_of_residence": "999"}, "INVALID_DISTRICT_OF_RESIDENCE"),
        ({"track": "G"}, "INVALID_TRACK"),
        ({"full_time_equivalency": {"fteid": 99}}, "INVALID_FTE"),
        ({"school_number": 31}, "INVALID_SCHOOL_NUMBER"),
        ({"grade_level": 12}, "INVALID_GRADE_LEVEL"),
        ({"grade_level": -3}, "INVALID_GRADE_LEVEL"),
        ({"enroll_status_code": 2}, "INVALID_ENROLL_STATUS"),
        ({"enroll_status_code": 3}, "INVALID_ENROLL_STATUS"),
        ({"enroll_status": "T"}, "INVALID_ENROLL_STATUS"),
        ({"enroll_status": "g"}, "INVALID_ENROLL_STATUS"),
        ({"enroll_status": "A", "enroll_status_code": 0}, "EXCLUSIVE_ENROLL_STATUS"),
    ],
)
def test_section_9_3_what_an_enrollment_may_not_say(
    client: WritingClient, changed: dict[str, Any], code: str
) -> None:
    assert [found for _, found in enrolling(client, **changed)] == [code]


def test_section_9_3_a_school_is_named_by_its_number_and_not_by_its_id(client: WritingClient) -> None:
    assert client.school.dcid not in {school.number for school in client.district.schools}
    found = enrolling(client, school_number=client.school.dcid)
    assert found == [(f"{AT}/school_number", "INVALID_SCHOOL_NUMBER")]


def test_switch_a_grade_that_the_school_does_not_have(client: WritingClient) -> None:
    client.switch(grades_checked=False)
    assert client.insert(school_enrollment=enrollment(client.school, grade_level=12)).grade == 12


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"demographics": {"gender": "Q"}}, "demographics/gender", "INVALID_GENDER"),
        ({"schedule_setup": {"next_school": 5}}, "schedule_setup/next_school", "INVALID_NEXT_SCHOOL"),
        (
            {"ethnicity_race": {"federal_ethnicity": "MAYBE"}},
            "ethnicity_race/federal_ethnicity",
            "INVALID_ETHNICITY",
        ),
        ({"ethnicity_race": {"races": {"district_race_code": "ZZ"}}}, "ethnicity_race/races", "INVALID_RACE"),
    ],
)
def test_codes_that_the_district_does_not_have(
    client: WritingClient, fields: dict[str, Any], field: str, code: str
) -> None:
    assert errors(client.update(client.district.students[0], **fields)) == [(f"student/{field}", code)]


def test_switch_ethnicity_that_cannot_be_written_is_ignored(client: WritingClient) -> None:
    client.switch(ethnicity_writable=False)
    student = client.district.students[0]
    before = (student.races, student.hispanic)
    block = {"federal_ethnicity": "MAYBE", "races": {"district_race_code": "ZZ"}}
    assert client.update(student, ethnicity_race=block)["status"] == "SUCCESS"
    assert (student.races, student.hispanic) == before


# --- what goes together ---


@pytest.mark.parametrize("block", ["physical", "mailing"])
@pytest.mark.parametrize("part", list(ADDRESS))
def test_section_1_9_an_address_is_all_or_nothing(client: WritingClient, block: str, part: str) -> None:
    student = client.district.students[0]
    before = (student.household.address, student.household.mailing)
    half = {**ADDRESS, part: ""}
    expected = [(f"student/addresses/{block}/{part}", f"REQUIRED_{block}_{part}".upper())]
    assert errors(client.update(student, addresses={block: half})) == expected
    del half[part]
    assert errors(client.update(student, addresses={block: half})) == expected
    assert (student.household.address, student.household.mailing) == before


def test_section_9_5_the_one_code_of_addresses_that_was_seen() -> None:
    assert [code for code in PUBLISHED if "PHYSICAL" in code] == ["REQUIRED_PHYSICAL_STREET"]


def test_section_9_3_a_grid_location_alone_is_part_of_an_address(client: WritingClient) -> None:
    result = client.update(client.district.students[0], addresses={"physical": {"grid_location": "K7"}})
    assert len(errors(result)) == 4


@pytest.mark.parametrize(
    ("contact", "missing"),
    [
        ({"emergency_contact_name1": "Vale, Cy"}, "emergency_phone1"),
        ({"emergency_phone2": "480-555-0110"}, "emergency_contact_name2"),
        ({"doctor_name": "Thorne", "doctor_phone": ""}, "doctor_phone"),
    ],
)
def test_section_9_3_name_and_phone_travel_together(
    client: WritingClient, contact: dict[str, str], missing: str
) -> None:
    result = client.update(client.district.students[0], contact=contact)
    assert errors(result) == [(f"student/contact/{missing}", "REQUIRED_PAIR")]


def test_a_pair_may_be_cleared_together(client: WritingClient) -> None:
    student = client.district.students[0]
    client.update(student, contact={"doctor_name": "Thorne", "doctor_phone": "1"})
    assert client.update(student, contact={"doctor_name": "", "doctor_phone": ""})["status"] == "SUCCESS"
    assert (student.more["doctor_name"], student.more["doctor_phone"]) == ("", "")


@pytest.mark.parametrize("each_time", [True, False])
def test_section_9_5_the_grade_of_next_year_needs_the_next_school(
    client: WritingClient, *, each_time: bool
) -> None:
    client.switch(next_school_each_time=each_time)
    with_one = next(s for s in client.district.students if s.next_school)
    without = next(s for s in client.district.students if not s.next_school)
    expected = [("student/schedule_setup/next_school", "REQUIRED_NEXT_SCHOOL")]
    setup = {"sched_next_year_grade": 5}
    assert errors(client.update(without, schedule_setup=setup)) == expected
    result = client.update(with_one, schedule_setup=setup)
    assert (result["status"] == "ERROR") is each_time
    assert client.update(without, schedule_setup={**setup, "next_school": 999999})["status"] == "SUCCESS"


# --- terms ---


def test_section_13_5_a_school_without_that_year(client: WritingClient) -> None:
    year = next(t for s in client.district.schools if (t := s.year(2027)))
    dates = {"entry_date": year.first_day.isoformat(), "exit_date": year.last_day.isoformat()}
    assert enrolling(client, unready(client), **dates) == [(f"{AT}/entry_date", "INVALID_ENROLLMENT_DATES")]
    ready = next(school for school in client.district.schools if school.year(2027))
    assert client.insert(school_enrollment=enrollment(ready, **dates)).school is ready


def test_section_13_5_a_school_without_any_terms(client: WritingClient) -> None:
    sent = enrollment(client.school)
    client.school.terms.clear()
    assert refused(client, school_enrollment=sent) == [(f"{AT}/school_number", "SCHOOL_WITHOUT_TERMS")]
    client.switch(terms_checked=False)
    assert client.insert(school_enrollment=sent).school is client.school


def test_section_5_4_the_exit_may_be_the_day_after_the_last_and_not_later(client: WritingClient) -> None:
    year = client.school.year(2026)
    assert year is not None
    late = year.last_day + timedelta(days=2)
    assert enrolling(client, exit_date=late.isoformat()) == [(f"{AT}/exit_date", "INVALID_ENROLLMENT_DATES")]
    leave = year.last_day + timedelta(days=1)
    student = client.insert(school_enrollment=enrollment(client.school, exit_date=leave.isoformat()))
    assert student.exit == leave


def test_the_exit_comes_after_the_entry(client: WritingClient) -> None:
    entry = enrollment(client.school)["entry_date"]
    assert enrolling(client, exit_date=entry) == [(f"{AT}/exit_date", "INVALID_ENROLLMENT_DATES")]


def test_terms_without_a_year_term_will_do(client: WritingClient) -> None:
    school = client.school
    sent = enrollment(school)
    school.terms[:] = [replace(term) for term in school.terms if term.portion != 1]
    assert client.insert(school_enrollment=sent).school is school


def test_codes_are_either_published_or_ours() -> None:
    assert not PUBLISHED.keys() & OURS.keys()
    assert all(source[0].isdigit() for source in PUBLISHED.values())
