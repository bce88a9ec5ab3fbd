"""Dossier 9.1 to 9.4 and 9.6: what POST /ws/v1/student does with records that are in order."""

from copy import deepcopy
from typing import Any

import pytest
from writing_client import HOST, WRITE, WritingClient, enrollment, errors, new_child, writing_plugin

from yellowbus.simulators.district import Address, District, Status, Student
from yellowbus.simulators.powerschool import Options

ADDRESS = {"street": "9 Oak Ln", "city": "Mesa", "state_province": "AZ", "postal_code": "01854"}
EVERYTHING = (
    "demographics",
    "addresses",
    "phones",
    "school_enrollment",
    "ethnicity_race",
    "contact",
    "contact_info",
    "initial_enrollment",
    "schedule_setup",
)
DICTIONARY: dict[str, Any] = {
    "state_province_id": "A0098",
    "name": {"first_name": "Kit", "middle_name": "R", "last_name": "Moss"},
    "demographics": {
        "gender": "X",
        "birth_date": "2018-03-09",
        "district_entry_date": "2024-08-02",
        "projected_graduation_year": 2036,
    },
    "addresses": {
        "physical": {**ADDRESS, "grid_location": "K7"},
        "mailing": {**ADDRESS, "street": "PO Box 4"},
    },
    "phones": {"main": {"number": "480-555-0144"}},
    "contact": {
        "mother": "Moss, Ada",
        "father": "Moss, Ben",
        "guardian_email": "ada@example.org",
        "guardian_fax": "480-555-0199",
        "emergency_contact_name1": "Vale, Cy",
        "emergency_phone1": "480-555-0110",
        "emergency_contact_name2": "Vale, Di",
        "emergency_phone2": "480-555-0111",
        "doctor_name": "Thorne",
        "doctor_phone": "480-555-0112",
    },
    "contact_info": {"email": "kit@example.org"},
    "initial_enrollment": {
        "district_entry_date": "2024-08-02",
        "district_entry_grade_level": 0,
        "school_entry_date": "2025-08-04",
        "school_entry_grade_level": 1,
    },
    "ethnicity_race": {
        "scheduling_reporting_ethnicity": "A",
        "federal_ethnicity": "YES",
        "races": [{"district_race_code": "WH"}, {"district_race_code": "5"}],
    },
}
"""9.3: every element that is not about a school."""


def siblings(client: WritingClient) -> list[Student]:
    return next(s.household.members for s in client.district.students if len(s.household.members) > 1)


def test_section_9_4_one_record_is_answered_as_an_object(client: WritingClient) -> None:
    results = client.write(new_child(client.school, client_uid="204417"))
    dcid = client.district.students[-1].dcid
    assert results == {
        "insert_count": 1,
        "update_count": 0,
        "delete_count": 0,
        "result": {
            "client_uid": 204417,
            "status": "SUCCESS",
            "action": "INSERT",
            "success_message": {"id": dcid, "ref": f"{HOST}{WRITE}/{dcid}"},
        },
    }


def test_section_9_4_a_batch_is_answered_in_order_and_its_failures_stop_nobody(client: WritingClient) -> None:
    known = client.district.students[0]
    results = client.write(
        new_child(client.school, client_uid="a"),
        new_child(client.school, client_uid="b"),
        {"client_uid": "c", "action": "UPDATE", "id": known.dcid, "name": {"middle_name": "Wynn"}},
    )
    assert [(r["client_uid"], r["status"], r["action"]) for r in results["result"]] == [
        ("a", "SUCCESS", "INSERT"),
        ("b", "ERROR", "INSERT"),
        ("c", "SUCCESS", "UPDATE"),
    ]
    assert errors(results["result"][1]) == [("student/local_id", "INVALID_LOCAL_ID")]
    assert (results["insert_count"], results["update_count"], known.middle) == (1, 1, "Wynn")


def test_section_9_4_nothing_that_failed_is_counted(client: WritingClient) -> None:
    before = len(client.district.students)
    results = client.write(new_child(client.school, name={}))
    assert (results["insert_count"], len(client.district.students)) == (0, before)


def test_section_9_1_without_a_number_the_server_gives_one_above_all(client: WritingClient) -> None:
    highest = max(int(s.number) for s in client.district.students)
    child = new_child(client.school)
    del child["local_id"]
    results = client.write(child, {**child, "client_uid": "c2"})
    made = [client.student(r["success_message"]["id"]).number for r in results["result"]]
    assert made == [str(highest + 1), str(highest + 2)]


def test_a_new_student_has_ids_of_its_own_that_do_not_agree(client: WritingClient) -> None:
    known = {s.dcid for s in client.district.students}
    student = client.insert()
    assert student.dcid not in known
    assert len({student.dcid, student.id, student.person_id}) == 3


def test_a_new_student_is_seen_through_every_way_of_reading(client: WritingClient) -> None:
    before = client.get("/ws/v1/district/student/count")["resource"]["count"]
    student = client.insert()
    school = client.school
    found = client.get("/ws/v1/district/student", q="local_id==904417")["students"]["student"]
    assert (found["id"], found["local_id"], found["name"]["last_name"]) == (student.dcid, 904417, "Moss")
    inside = client.get(f"/ws/v1/school/{school.dcid}/student", q="name.last_name==Moss")["students"]
    assert inside["student"]["id"] == student.dcid
    assert client.get("/ws/v1/district/student/count")["resource"]["count"] == before + 1
    assert client.row("students", student.dcid, "student_number,first_name,schoolid,enroll_status") == {
        "student_number": "904417",
        "first_name": "Kit",
        "schoolid": str(school.number),
        "enroll_status": "0",
    }
    assert client.ask(f"/ws/contacts/student/{student.dcid}").status_code == 204


def test_a_new_student_is_on_the_last_page(client: WritingClient) -> None:
    client.plugin.page_sizes["student"] = 20
    assert "student" not in client.get("/ws/v1/district/student", page=3)["students"]
    student = client.insert()
    assert client.get("/ws/v1/district/student", page=3)["students"]["student"]["id"] == student.dcid


def test_section_9_3_the_whole_dictionary_is_read_back_as_written(client: WritingClient) -> None:
    sent: dict[str, Any] = {
        **deepcopy(DICTIONARY),
        "school_enrollment": enrollment(
            client.school,
            enroll_status="p",
            entry_code="E1",
            exit_code="W1",
            entry_comment="Moved here",
            exit_comment="None yet",
            district_of_residence=205,
            track="B",
            full_time_equivalency={"fteid": 13},
        ),
        "schedule_setup": {
            "home_room": "B12",
            "next_school": client.school.number,
            "sched_next_year_grade": 5,
        },
    }
    shown = client.shown(client.insert(**sent), *EVERYTHING)
    enrolled = shown["school_enrollment"]
    assert {key: enrolled[key] for key in ("enroll_status", "enroll_status_code", "school_id")} == {
        "enroll_status": "P",
        "enroll_status_code": -1,
        "school_id": client.school.dcid,
    }
    assert enrolled["full_time_equivalency"]["name"] == "Half Time"
    del sent["school_enrollment"]["enroll_status"]
    sent["school_enrollment"]["full_time_equivalency"] = enrolled["full_time_equivalency"]
    assert {key: enrolled[key] for key in sent["school_enrollment"]} == sent.pop("school_enrollment")
    races = [race["district_race_code"] for race in shown["ethnicity_race"].pop("races")]
    assert races == ["WH", 5]
    del sent["ethnicity_race"]["races"]
    assert {key: shown[key] for key in sent} == sent


def test_what_was_not_said_of_a_new_student_is_blank(client: WritingClient) -> None:
    student = client.insert(demographics={})
    shown = client.shown(student, *EVERYTHING)
    blank = {
        name: shown[name] for name in ("demographics", "addresses", "phones", "contact", "initial_enrollment")
    }
    assert blank == dict.fromkeys(blank, "")
    assert "district_of_residence" not in shown["school_enrollment"]


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({}, Status.ACTIVE, 0),
        ({"enroll_status": "h"}, Status.HISTORICAL, 4),
        ({"enroll_status_code": -1}, Status.PRE_REGISTERED, -1),
        ({"enroll_status_code": "-2"}, Status.INACTIVE, 1),
    ],
)
def test_section_13_2_status_on_insert(
    client: WritingClient, sent: dict[str, Any], status: Status, code: int
) -> None:
    student = client.insert(school_enrollment=enrollment(client.school, **sent))
    assert student.status is status
    assert client.shown(student, "school_enrollment")["school_enrollment"]["enroll_status_code"] == code


def test_section_9_6_values_may_be_sent_as_texts_or_numbers(client: WritingClient) -> None:
    as_texts = {key: str(value) for key, value in enrollment(client.school).items()}
    student = client.insert(local_id=904418, school_enrollment=as_texts)
    assert (student.number, student.school, student.grade) == (
        "904418",
        client.school,
        client.school.high_grade,
    )


@pytest.mark.parametrize(("numeric", "number"), [(False, "0904418"), (True, "904418")])
def test_section_9_3_switch_leading_zeros_of_a_number(
    client: WritingClient, *, numeric: bool, number: str
) -> None:
    client.switch(numeric_student_numbers=numeric)
    assert client.insert(local_id="0904418").number == number


# --- update ---


def test_section_9_6_only_the_keys_sent_are_changed(client: WritingClient) -> None:
    student = client.district.students[0]
    before = client.shown(student, *EVERYTHING)
    client.update(student, name={"middle_name": "Wynn"})
    assert client.shown(student, *EVERYTHING) == before | {"name": before["name"] | {"middle_name": "Wynn"}}


def test_section_5_4_a_blank_date_clears(client: WritingClient) -> None:
    student = client.district.students[0]
    client.update(student, demographics={"birth_date": ""}, phones={"main": {"number": ""}})
    shown = client.shown(student, "demographics", "phones")
    assert ("birth_date" in shown["demographics"], shown["phones"]) == (False, "")
    assert client.row("students", student.dcid, "dob") == {}


@pytest.mark.parametrize(("clears", "shown"), [(False, "kept"), (True, "gone")])
def test_switch_what_null_means(client: WritingClient, *, clears: bool, shown: str) -> None:
    client.switch(null_clears=clears)
    student = client.district.students[0]
    client.update(student, demographics={"birth_date": None})
    found = client.shown(student, "demographics")["demographics"]
    assert ("kept" if "birth_date" in found else "gone") == shown


def test_section_1_7_an_update_ignores_what_belongs_to_an_insert(client: WritingClient) -> None:
    student = client.district.students[0]
    before = client.shown(student, *EVERYTHING)
    result = client.update(
        student,
        local_id="1",
        school_enrollment={"grade_level": 999, "school_number": "x", "enroll_status": "T"},
    )
    assert result["status"] == "SUCCESS"
    assert client.shown(student, *EVERYTHING) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"shoe_size": 4},
        {"first_name": "Flat"},
        {"name": "Flat"},
        {"phones": {"main": "480-555-0144"}},
        {"name": {"first_name": {"text": "Deep"}}},
        {"demographics": {"first_name": "Misplaced"}},
        {"alerts": {"medical": "x"}, "lunch": {"lunch_id": 5}, "student_username": "me"},
    ],
)
def test_section_1_8_unknown_and_misplaced_keys_succeed_without_effect(
    client: WritingClient, fields: dict[str, Any]
) -> None:
    student = client.district.students[0]
    before = client.shown(student, *EVERYTHING)
    assert client.update(student, **fields)["status"] == "SUCCESS"
    assert client.shown(student, *EVERYTHING) == before


def test_an_address_belongs_to_one_student_and_not_to_its_brothers(client: WritingClient) -> None:
    first, second, *_ = siblings(client)
    others = second.household.address
    client.update(first, addresses={"physical": ADDRESS})
    assert first.household.address == Address("9 Oak Ln", "", "Mesa", "AZ", "01854")
    assert (second.household.address, first in second.household.members) == (others, False)


def test_a_mailing_address_is_written_apart(client: WritingClient) -> None:
    student = next(
        s for s in client.district.students if s.household.mailing is None and s.household.address.city
    )
    before = client.shown(student, "addresses")["addresses"]
    client.update(student, addresses={"mailing": ADDRESS})
    assert client.shown(student, "addresses")["addresses"] == before | {"mailing": ADDRESS}


def test_a_rendered_list_shows_an_update_at_once(client: WritingClient) -> None:
    student = client.district.students[0]
    assert client.get("/ws/v1/district/student")["students"]["student"][0]["id"] == student.dcid
    client.update(student, name={"last_name": "Renamed"})
    shown = client.get("/ws/v1/district/student")["students"]["student"][0]
    assert shown["name"]["last_name"] == "Renamed"


# --- extensions ---


def extension(table: str, **fields: str) -> dict[str, Any]:
    found = [{"name": name, "value": value} for name, value in fields.items()]
    return {"_table_extension": {"name": table, "_field": found}}


def preferred(client: WritingClient, student: Student) -> Any:
    shown = client.shown(student, extensions="u_students_extension")["_extension_data"]
    fields = shown["_table_extension"]["_field"]
    return {f["name"]: f["value"] for f in (fields if isinstance(fields, list) else [fields])}.get(
        "preferredname"
    )


@pytest.mark.parametrize(
    ("needed", "query", "written"),
    [
        (True, {"extensions": "u_students_extension"}, True),
        (True, {"extensions": "studentcorefields"}, False),
        (True, {}, False),
        (False, {}, True),
    ],
)
def test_section_9_1_extension_data_needs_the_parameter(
    client: WritingClient, *, needed: bool, query: dict[str, str], written: bool
) -> None:
    client.switch(extensions_needed=needed)
    student = client.district.students[0]
    record = {"client_uid": "u", "action": "UPDATE", "id": student.dcid}
    data = extension("U_Students_Extension", PreferredName="Kitty")
    results = client.write({**record, "_extension_data": data}, **query)
    assert (results["result"]["status"], results["update_count"]) == ("SUCCESS", 1)
    assert (preferred(client, student) == "Kitty") is written


@pytest.mark.parametrize(
    "data",
    [
        {"u_students_extension": {"preferredname": "Kitty"}},
        extension("u_unheard_of", preferredname="Kitty"),
        extension("u_students_extension", shoe_size="4"),
        {"_table_extension": {"name": "u_students_extension", "_field": {"preferredname": "Kitty"}}},
        {"_table_extension": "u_students_extension"},
    ],
)
def test_section_9_6_extension_data_of_a_wrong_form_succeeds_without_effect(
    client: WritingClient, data: dict[str, Any]
) -> None:
    student = client.district.students[0]
    record = {"client_uid": "u", "action": "UPDATE", "id": student.dcid, "_extension_data": data}
    before = client.shown(student, extensions="u_students_extension")
    assert client.write(record, extensions="u_students_extension")["result"]["status"] == "SUCCESS"
    assert client.shown(student, extensions="u_students_extension") == before


def test_several_extensions_go_in_one_record(client: WritingClient) -> None:
    student = client.district.students[0]
    tables = [
        extension("u_students_extension", busroute="77")["_table_extension"],
        extension("studentcorefields", primarylanguage="Navajo", prevschool="Elsewhere")["_table_extension"],
    ]
    record = {"client_uid": "u", "action": "UPDATE", "id": student.dcid}
    data = {"_extension_data": {"_table_extension": tables}}
    client.write({**record, **data}, extensions="u_students_extension,studentcorefields")
    assert (student.more["busroute"], student.more["prevschool"], student.household.language) == (
        "77",
        "Elsewhere",
        "Navajo",
    )


@pytest.mark.parametrize("allowed", [True, False])
def test_switch_extensions_on_insert(client: WritingClient, *, allowed: bool) -> None:
    client.switch(extensions_on_insert=allowed)
    data = extension("u_students_extension", preferredname="Kitty")
    child = new_child(client.school, _extension_data=data)
    result = client.write(child, extensions="u_students_extension")["result"]
    assert client.student(result["success_message"]["id"]).preferred == ("Kitty" if allowed else "")


# --- warnings, rights ---


def test_section_9_5_a_warning_is_saved_and_counted(client: WritingClient) -> None:
    client.switch(fees_warning=True)
    results = client.write(new_child(client.school))
    result = results["result"]
    assert (result["status"], results["insert_count"]) == ("WARNING", 1)
    assert result["warning_message"]["warning"]["warning_code"] == "FEES_ASSIGN_FEES_FAILED"
    assert client.student(result["success_message"]["id"]).last == "Moss"


def test_section_1_2_the_field_list_gates_ssn_alone() -> None:
    district = District(students=40, seed=3)
    closed = WritingClient.of(district)
    student = closed.insert(demographics={"ssn": "000-00-0001"})
    assert student.more["ssn"] == ""
    assert (
        closed.update(student, contact={"doctor_name": "Thorne", "doctor_phone": "1"})["status"] == "SUCCESS"
    )
    assert student.more["doctor_name"] == "Thorne"
    open_to_it = WritingClient.of(district, upload=writing_plugin(more={"students": "ssn"}))
    open_to_it.update(student, demographics={"ssn": "000-00-0001"})
    assert student.more["ssn"] == "000-00-0001"


def test_switch_a_field_granted_read_only_is_dropped_without_a_word() -> None:
    upload = writing_plugin(view_only="students.middle_name")
    client = WritingClient.of(District(students=40, seed=3), Options(grants_gate_v1=True), upload=upload)
    student = client.district.students[0]
    middle, first = student.middle, student.first
    result = client.update(student, name={"first_name": f"{first}a", "middle_name": f"{middle}a"})
    assert (result["status"], student.first, student.middle) == ("SUCCESS", f"{first}a", middle)
    client.update(student, contact={"guardian_email": "home@example.org"})
    assert student.more["guardianemail"] == "home@example.org"
    client.switch(grants_gate_v1=False)  # 1.2: as it is without the switch
    client.update(student, name={"middle_name": f"{middle}a"})
    assert student.middle == f"{middle}a"


def test_switch_inserting_may_be_refused_where_updating_is_not(client: WritingClient) -> None:
    client.switch(refused_actions=frozenset({"INSERT"}))
    assert errors(client.write(new_child(client.school))["result"]) == [
        ("student/action", "ACTION_NOT_PERMITTED")
    ]
    assert client.update(client.district.students[0], name={"middle_name": "Wynn"})["status"] == "SUCCESS"
