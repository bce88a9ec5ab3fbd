"""Dossier 5 to 8: reading /ws/v1."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from simulated_client import Client, plugin_xml

from yellowbus.simulators.district import District, Status, Student
from yellowbus.simulators.powerschool import Options, OverMaximum
from yellowbus.simulators.powerschool.v1_students import EXPANSIONS

STUDENTS = "/ws/v1/district/student"
ALL = ",".join(EXPANSIONS)


def one(district: District, **wanted: Any) -> Student:
    """The first student with these attributes."""
    return next(
        s for s in district.students if all(getattr(s, name) == value for name, value in wanted.items())
    )


def every_student(client: Client, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    number = 1
    while batch := client.get(STUDENTS, page=number, **query)["students"].get("student"):
        found += batch if isinstance(batch, list) else [batch]
        number += 1
    return found


# --- rights and formats ---


def test_section_1_1_without_the_v1_level_every_call_but_metadata_and_time_is_401(
    connect: Callable[..., Client],
) -> None:
    client = connect(upload=plugin_xml(oauth="<oauth/>"))
    for path in (
        "district",
        "district/school",
        "district/school/count",
        "district/student",
        "student/801",
        "term/1",
    ):
        reply = client.ask(f"/ws/v1/{path}")
        message = reply.json()["errorMessage"]["message"]
        assert reply.status_code == 401
        assert "accessLevelV1Api" in message
        assert "READ" in message
    assert client.ask("/ws/v1/metadata").status_code == 200
    assert client.ask("/ws/schema/table/students", projection="dcid").status_code == 200


def test_section_6_time_needs_no_token(client: Client) -> None:
    body = client.http.get("/ws/v1/time", headers={"Accept": "application/json"}).json()["resource"]
    assert datetime.fromisoformat(body["time"]).timestamp() == pytest.approx(body["timestamp"] / 1000, abs=1)


@pytest.mark.parametrize(
    "accept", ["application/json", "application/JSON", "text/html, application/json;q=0.9"]
)
def test_section_5_1_accept_is_matched_in_any_case(client: Client, accept: str) -> None:
    client.headers["Accept"] = accept
    assert client.get("/ws/v1/district/school/count") == {"resource": {"count": 4}}


def test_section_5_1_without_accept_v1_answers_xml(client: Client) -> None:
    client.headers["Accept"] = "*/*"
    reply = client.ask(STUDENTS, pagesize=3, expansions="school_enrollment")
    root = ET.fromstring(reply.text)
    assert (root.tag, len(root.findall("student"))) == ("students", 3)
    assert root.findtext("student/id") == "801"


def test_section_5_1_switch_json_whatever_is_accepted(connect: Callable[..., Client]) -> None:
    client = connect(Options(xml_unless_json_accepted=False))
    client.headers["Accept"] = "*/*"
    assert client.get("/ws/v1/district/school/count") == {"resource": {"count": 4}}


def test_section_5_1_a_body_on_a_get_is_tolerated(client: Client) -> None:
    reply = client.http.request("GET", STUDENTS + "/count", headers=client.headers, json={})
    assert reply.json() == {"resource": {"count": 600}}


def test_a_path_that_does_not_exist_is_404_in_the_v1_form(client: Client) -> None:
    reply = client.ask("/ws/v1/guardian")
    assert (reply.status_code, list(reply.json())) == (404, ["errorMessage"])


# --- metadata, district, schools, terms ---


def test_section_8_metadata_names_version_plugin_and_page_sizes(client: Client) -> None:
    body = client.get("/ws/v1/metadata")["metadata"]
    assert body["powerschool_version"] == "25.12.0.0.253441049"
    assert body["plugin_id"] == client.plugin.id
    assert (body["student_max_page_size"], body["schema_table_query_max_page_size"]) == (100, 100)
    assert body["sso_enabled_admin"] == "false"


def test_section_8_the_district_without_expansions_has_only_its_core(client: Client) -> None:
    body = client.get("/ws/v1/district")["district"]
    assert list(body) == ["@expansions", "uuid", "name", "district_number", "addresses", "phones"]
    assert body["district_number"] == "0042"
    assert body["addresses"]["physical"]["postal_code"] == 85250


def test_section_8_district_code_lists_come_by_expansion(client: Client) -> None:
    body = client.get("/ws/v1/district", expansions="entry_codes, exit_codes,district_race_codes,nonsense")[
        "district"
    ]
    assert [item["code"] for item in body["entry_codes"]["entry_code"]] == ["E1", "E2", 3]
    assert [item["code"] for item in body["exit_codes"]["exit_code"]] == ["W1", "W2", "G"]
    assert [item["code"] for item in body["district_race_codes"]["district_race_code"]] == [
        "WH",
        "BL",
        "AI",
        5,
        "06",
    ]
    assert "nonsense" not in body


@pytest.mark.parametrize("path", ["/ws/v1/district/school", "/ws/v1/school"])
def test_section_6_schools_leave_out_the_graduated_school(
    client: Client, shared_district: District, path: str
) -> None:
    schools = client.get(path)["schools"]["school"]
    assert [(s["id"], s["school_number"]) for s in schools] == [
        (s.dcid, s.number) for s in shared_district.schools
    ]
    assert 999999 not in {s["school_number"] for s in schools}


def test_section_8_a_school_has_objects_not_arrays_inside(client: Client, shared_district: District) -> None:
    school = shared_district.schools[0]
    body = client.get(f"/ws/v1/school/{school.dcid}", expansions="full_time_equivalencies,school_boundary")[
        "school"
    ]
    assert body["name"] == school.name
    assert body["phones"]["main"] == {"number": school.phone}
    assert body["principal"]["name"] == {
        "first_name": school.principal_first,
        "last_name": school.principal_last,
    }
    assert [f["fteid"] for f in body["full_time_equivalencies"]["full_time_equivalency"]] == [12, 13]
    assert body["school_boundary"] == ""
    assert "school_fees_setup" not in body


def test_section_6_paths_take_the_schools_dcid_and_not_its_number(
    client: Client, shared_district: District
) -> None:
    assert client.ask(f"/ws/v1/school/{shared_district.schools[0].number}").status_code == 404


def test_section_6_terms_are_sorted_by_portion_then_start(client: Client, shared_district: District) -> None:
    school = shared_district.schools[-1]
    terms = client.get(f"/ws/v1/school/{school.dcid}/term", q="start_year==2026")["terms"]["term"]
    assert [(t["portion"], t["abbreviation"]) for t in terms] == [
        (1, "26-27"), (2, "S1"), (2, "S2"), (4, "Q1"), (4, "Q2"), (4, "Q3"), (4, "Q4"),
    ]  # fmt: skip
    assert {t["school_id"] for t in terms} == {school.dcid}
    assert (terms[0]["start_date"], terms[0]["end_date"]) == ("2026-08-03", "2027-05-28")


def test_section_13_4_a_school_without_next_year_has_no_terms_key(
    client: Client, shared_district: District
) -> None:
    unready = next(school for school in shared_district.schools if school.year(2027) is None)
    path = f"/ws/v1/school/{unready.dcid}/term"
    assert client.get(path, q="start_year==2027") == {"terms": ""}
    assert client.get(path + "/count", q="start_year==2027") == {"resource": {"count": 0}}


def test_section_5_3_a_single_term_is_an_object(client: Client, shared_district: District) -> None:
    school = shared_district.schools[0]
    body = client.get(f"/ws/v1/school/{school.dcid}/term", q="start_year==2026;portion==1")
    assert body["terms"]["term"]["abbreviation"] == "26-27"


def test_section_6_a_single_term_is_found_by_its_dcid(client: Client, shared_district: District) -> None:
    term = shared_district.schools[0].terms[0]
    assert client.get(f"/ws/v1/term/{term.dcid}")["term"]["name"] == "2025-2026"
    assert client.ask("/ws/v1/term/1").status_code == 404


def test_section_5_2_switch_a_bare_count(connect: Callable[..., Client]) -> None:
    assert connect(Options(count_in_resource=False)).get("/ws/v1/district/school/count") == {"count": 4}


# --- students ---


def test_section_7_default_elements_only(client: Client) -> None:
    body = client.get("/ws/v1/student/801")["student"]
    assert set(body) == {
        "@expansions",
        "@extensions",
        "id",
        "local_id",
        "state_province_id",
        "student_username",
        "name",
    }


def test_section_5_2_expansions_are_listed_with_blanks_and_extensions_without(client: Client) -> None:
    body = client.get(STUDENTS, pagesize=1)["students"]
    assert body["@expansions"].startswith("demographics, addresses, alerts, ")
    assert body["@extensions"] == "u_students_extension,studentcorefields"


def test_section_8_a_student_with_everything(client: Client, shared_district: District) -> None:
    student = next(
        s for s in shared_district.of_status(Status.ACTIVE)
        if s.household.address.street and s.household.phone and s.email and s.ties and s.household.mailing
    )  # fmt: skip
    body = client.get(f"/ws/v1/student/{student.dcid}", expansions=ALL)["student"]
    assert body["id"] == student.dcid
    assert body["name"]["last_name"] == student.last
    assert body["demographics"]["birth_date"] == student.birth.isoformat()
    assert set(body["addresses"]) == {"physical", "mailing"}
    assert body["school_enrollment"] == {
        "enroll_status": "A",
        "enroll_status_description": "Active",
        "enroll_status_code": 0,
        "grade_level": student.grade,
        "entry_date": student.entry.isoformat(),
        "exit_date": student.exit.isoformat(),
        "school_number": student.school.number,
        "school_id": student.school.dcid,
        "entry_code": 3 if student.entry_code == "3" else student.entry_code,
        "district_of_residence": 100,
        "track": "A",
        "full_time_equivalency": {"fteid": 12, "name": "Full Time"},
    }
    assert body["contact_info"] == {"email": student.email}
    assert (body["alerts"], body["fees"]) == ("", "")
    assert body["lunch"]["balance_2"] == "0.00"


def test_section_8_one_race_is_an_object_several_an_array_none_absent(
    client: Client, shared_district: District
) -> None:
    shown = {}
    for count in (0, 1, 2):
        student = next(s for s in shared_district.students if len(s.races) == count)
        body = client.get(f"/ws/v1/student/{student.dcid}", expansions="ethnicity_race")["student"]
        shown[count] = body["ethnicity_race"].get("races")
    assert shown[0] is None
    assert isinstance(shown[1], dict)
    assert [sorted(race) for race in shown[2]] == [
        ["district_race_code", "district_race_code_description", "federal_race_code_category"]
    ] * 2


def test_section_5_3_leading_zeros_stay_text_and_other_numbers_do_not(
    client: Client, shared_district: District
) -> None:
    ids = {str(s["local_id"]): s["local_id"] for s in every_student(client)}
    assert set(ids) == {s.number for s in shared_district.students}
    assert {type(value) for text, value in ids.items() if text[0] == "0"} == {str}
    assert {type(value) for text, value in ids.items() if text[0] != "0"} == {int}


def test_section_9_3_switch_student_numbers_as_whole_numbers(connect: Callable[..., Client]) -> None:
    found = every_student(connect(Options(numeric_student_numbers=True)))
    assert {type(s["local_id"]) for s in found} == {int}


def test_section_5_3_a_digit_username_and_a_digit_phone_arrive_as_numbers(client: Client) -> None:
    found = every_student(client, expansions="phones")
    assert any(isinstance(s["student_username"], int) for s in found)
    assert any(isinstance(s["phones"]["main"]["number"], int) for s in found if s["phones"])


def test_section_5_3_who_has_no_address_has_an_empty_text(client: Client, shared_district: District) -> None:
    student = next(
        s for s in shared_district.students if not s.household.address.city and not s.household.mailing
    )
    body = client.get(f"/ws/v1/student/{student.dcid}", expansions="addresses")["student"]
    assert body["addresses"] == ""


@pytest.mark.parametrize(("kept", "expected"), [(False, None), (True, "")])
def test_section_5_3_3_a_blank_street_is_left_out_or_by_switch_shown(
    connect: Callable[..., Client], shared_district: District, *, kept: bool, expected: str | None
) -> None:
    student = next(
        s for s in shared_district.students if s.household.address.city and not s.household.address.street
    )
    client = connect(Options(blank_street=kept))
    body = client.get(f"/ws/v1/student/{student.dcid}", expansions="addresses")["student"]
    assert body["addresses"]["physical"].get("street") == expected


def test_section_8_extensions_are_an_object_or_an_array(client: Client, shared_district: District) -> None:
    student = next(s for s in shared_district.students if s.preferred)
    single = client.get(f"/ws/v1/student/{student.dcid}", extensions="u_students_extension,unknown")[
        "student"
    ]
    table = single["_extension_data"]["_table_extension"]
    assert (table["recordFound"], table["name"]) == (True, "u_students_extension")
    assert table["_field"][0] == {"name": "preferredname", "type": "String", "value": student.preferred}
    both = client.get(f"/ws/v1/student/{student.dcid}", extensions="u_students_extension,studentcorefields")[
        "student"
    ]
    assert [t["name"] for t in both["_extension_data"]["_table_extension"]] == [
        "u_students_extension",
        "studentcorefields",
    ]


@pytest.mark.parametrize(("bare", "kind"), [(True, dict), (False, list)])
def test_section_19_a_single_field_is_bare_or_by_switch_an_array(
    connect: Callable[..., Client], *, bare: bool, kind: type
) -> None:
    body = connect(Options(single_field_bare=bare)).get("/ws/v1/student/801", extensions="studentcorefields")
    assert type(body["student"]["_extension_data"]["_table_extension"]["_field"]) is kind


def test_section_1_2_ssn_needs_a_field_grant_even_here(connect: Callable[..., Client]) -> None:
    granted = connect(upload=plugin_xml(fields={"Students": "SSN"}))
    path = "/ws/v1/student/801"
    assert "ssn" in granted.get(path, expansions="demographics")["student"]["demographics"]
    assert "ssn" not in connect().get(path, expansions="demographics")["student"]["demographics"]


def test_section_7_switch_an_expansion_that_this_server_does_not_know(connect: Callable[..., Client]) -> None:
    client = connect(Options(unknown_expansions=frozenset({"contact_info"})))
    body = client.get("/ws/v1/student/801", expansions="contact_info,phones")["student"]
    assert "contact_info" not in body
    assert "phones" in body


def test_section_6_a_student_is_found_by_dcid_and_not_by_number(
    client: Client, shared_district: District
) -> None:
    assert client.ask(f"/ws/v1/student/{shared_district.students[0].number}").status_code == 404
    assert client.ask("/ws/v1/student/abc").status_code == 404


# --- pages ---


def test_section_7_all_pages_together_hold_every_student_of_every_status_once(
    client: Client, shared_district: District
) -> None:
    assert [s["id"] for s in every_student(client)] == [s.dcid for s in shared_district.students]


def test_section_7_a_page_beyond_the_end_has_no_students(client: Client) -> None:
    assert set(client.get(STUDENTS, page=7)["students"]) == {"@expansions", "@extensions"}


def test_section_5_3_a_page_with_one_student_is_an_object(client: Client) -> None:
    assert client.get(STUDENTS, pagesize=1, page=3)["students"]["student"]["id"] == 803


def test_section_7_a_page_above_the_maximum_is_clamped(client: Client) -> None:
    assert len(client.get(STUDENTS, pagesize=1000)["students"]["student"]) == 100


def test_section_7_switch_a_page_above_the_maximum_is_refused(connect: Callable[..., Client]) -> None:
    reply = connect(Options(over_maximum=OverMaximum.REFUSE)).ask(STUDENTS, pagesize=101)
    assert (reply.status_code, reply.json()) == (
        400,
        {"errorMessage": {"message": "pagesize must not exceed 100"}},
    )


@pytest.mark.parametrize("query", [{"page": 0}, {"page": "x"}, {"pagesize": -1}])
def test_a_page_that_is_none_is_refused(client: Client, query: dict[str, Any]) -> None:
    assert client.ask(STUDENTS, **query).status_code == 400


def test_section_3_3_page_sizes_are_the_plugins_own(client: Client) -> None:
    client.plugin.page_sizes["student"] = 40
    assert len(client.get(STUDENTS)["students"]["student"]) == 40
    assert client.get("/ws/v1/metadata")["metadata"]["student_max_page_size"] == 40


def test_a_page_shows_a_change_at_once(connect: Callable[..., Client], district: District) -> None:
    client = connect(district=district)
    before = client.get(STUDENTS, expansions="schedule_setup")["students"]["student"][0]
    student = district.students[0]
    student.home_room = "Z9"
    district.touched(student)
    after = client.get(STUDENTS, expansions="schedule_setup")["students"]["student"][0]
    assert after == before | {"schedule_setup": before["schedule_setup"] | {"home_room": "Z9"}}


def test_list_and_single_show_the_same_student(client: Client) -> None:
    listed = client.get(STUDENTS, pagesize=2, expansions=ALL)["students"]["student"][1]
    single = client.get("/ws/v1/student/802", expansions=ALL)["student"]
    assert {key: value for key, value in single.items() if key[0] != "@"} == listed


# --- q ---


@pytest.mark.parametrize("status", ["==(A,P)", "==(a,p)"])
def test_section_7_status_letters_are_matched_in_any_case(
    client: Client, shared_district: District, status: str
) -> None:
    wanted = len(shared_district.of_status(Status.ACTIVE)) + len(
        shared_district.of_status(Status.PRE_REGISTERED)
    )
    body = client.get(STUDENTS + "/count", q=f"school_enrollment.enroll_status{status}")
    assert body == {"resource": {"count": wanted}}


def test_section_7_count_and_list_agree_under_the_same_filter(client: Client) -> None:
    q = "school_enrollment.enroll_status_code==(-1,0);name.last_name==M*"
    count = client.get(STUDENTS + "/count", q=q)["resource"]["count"]
    found = every_student(client, q=q)
    assert count == len(found) > 3
    assert {s["name"]["last_name"][0] for s in found} == {"M"}


def test_section_7_a_student_is_found_by_number_with_its_leading_zeros(
    client: Client, shared_district: District
) -> None:
    student = next(s for s in shared_district.students if s.number[0] == "0")
    found = client.get(STUDENTS, q=f"local_id=={student.number}")["students"]["student"]
    assert (found["id"], found["local_id"]) == (student.dcid, student.number)


def test_section_7_field_names_in_any_case_and_encoded_or_raw(client: Client) -> None:
    raw = client.http.get(f"{STUDENTS}/count?q=name.First_name==A*;id=gt=801", headers=client.headers).json()
    encoded = client.http.get(
        f"{STUDENTS}/count?q=name.first_name%3D%3DA%2A%3Bid%3Dgt%3D801", headers=client.headers
    )
    assert raw == encoded.json()


@pytest.mark.parametrize(
    "q", ["shoe_size==5", "local_id==abc", "school_enrollment.entry_date==08/03/2026", "nonsense"]
)
def test_section_5_5_a_bad_filter_is_400_in_the_v1_form(client: Client, q: str) -> None:
    reply = client.ask(STUDENTS, q=q)
    assert (reply.status_code, list(reply.json())) == (400, ["errorMessage"])


def test_section_7_a_schools_list_has_current_students_unless_q_asks_otherwise(
    client: Client, shared_district: District
) -> None:
    school = shared_district.schools[0]
    here = [s for s in shared_district.students if s.school is school]
    path = f"/ws/v1/school/{school.dcid}/student/count"
    current = [s for s in here if s.status in {Status.ACTIVE, Status.PRE_REGISTERED}]
    assert client.get(path)["resource"]["count"] == len(current) < len(here)
    assert client.get(path, q="school_enrollment.enroll_status_code=ge=-1")["resource"]["count"] == len(here)


def test_section_7_switch_a_schools_list_has_every_status(
    connect: Callable[..., Client], shared_district: District
) -> None:
    school = shared_district.schools[0]
    here = [s for s in shared_district.students if s.school is school]
    client = connect(Options(current_only_in_school=False))
    assert client.get(f"/ws/v1/school/{school.dcid}/student/count")["resource"]["count"] == len(here)
