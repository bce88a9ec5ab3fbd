"""Dossier 5, 5.1, 5.2 and 6: paths, parameters, pages and replies."""

from collections.abc import Callable
from typing import Any

import pytest
from qmlativ_client import DISTRICT, Client

from yellowbus.simulators.district import District
from yellowbus.simulators.qmlativ import (
    BASE,
    Blank,
    Envelope,
    Literals,
    Markers,
    NextAtEnd,
    Options,
    Refusing,
)

STUDENTS = f"/Custom/{DISTRICT}/Student/Student"
PHONES = f"/Custom/{DISTRICT}/Demographics/NamePhone"


def test_section_6_1_system_metadata_has_the_published_shape(
    client: Client, whole_district: District
) -> None:
    system = client.get("/Custom/GetSystemMetadata")["System"]
    assert list(system) == ["EntityID", "Code", "Name", "href", "Districts"]
    (district,) = system["Districts"]
    assert list(district) == [
        *("DistrictID", "EntityID", "Code", "Name", "href"),
        *("SchoolYearCurrent", "FiscalYearCurrent", "FiscalYearOldestOpen"),
    ]
    assert (district["EntityID"], district["Name"], district["href"]) == (2, whole_district.name, "/Custom/2")
    assert district["SchoolYearCurrent"] == {
        "SchoolYearID": 13,
        "NumericYear": 2027,
        "Description": "2026-2027",
    }
    assert district["FiscalYearCurrent"]["StartDate"] == "2026-07-01"


def test_section_6_1_metadata_needs_no_object_permission(client: Client) -> None:
    from yellowbus.simulators.qmlativ import Permissions

    client.app.sis.integration.permissions = Permissions({})
    assert client.ask("/Custom/GetSystemMetadata").status_code == 200


@pytest.mark.parametrize("root", ["Custom", "Generic", "custom"])
def test_section_2_both_roots_answer_and_links_keep_the_root(client: Client, root: str) -> None:
    assert client.get(f"/{root}/GetSystemMetadata")["System"]["href"] == f"/{root}/1"
    page = client.get(f"/{root}/2/Student/Student/1/5")
    assert page["Paging"]["Next"] == f"/{root}/2/Student/Student/2/5"


def test_section_2_switch_generic_is_gone(connect: Callable[..., Client]) -> None:
    client = connect(Options(api_roots=frozenset({"Custom"})))
    assert client.ask("/Generic/GetSystemMetadata").status_code == 404
    assert client.ask("/Custom/GetSystemMetadata").status_code == 200


def test_section_5_row_2_a_module_lists_its_objects_with_their_paths(client: Client) -> None:
    assert client.get("/Custom/2/Attendance") == {"Calendar": {"href": "/Custom/2/Attendance/Calendar"}}
    assert client.ask("/Custom/2/Nowhere").status_code == 404


@pytest.mark.parametrize(
    ("shape", "key", "required", "plain"),
    [
        (Markers.LIST, ["PrimaryKey", "ReadOnly"], ["Required"], []),
        (Markers.TEXT, "PrimaryKey, ReadOnly", "Required", ""),
        (
            Markers.OBJECT,
            {"PrimaryKey": True, "ReadOnly": True, "Required": False},
            {"PrimaryKey": False, "ReadOnly": False, "Required": True},
            {"PrimaryKey": False, "ReadOnly": False, "Required": False},
        ),
    ],
)
def test_section_6_2_the_catalogue_in_each_of_three_shapes(
    connect: Callable[..., Client], shape: Markers, key: Any, required: Any, plain: Any
) -> None:
    found = connect(Options(markers=shape)).get(PHONES)
    assert (found["NamePhoneID"], found["PhoneNumber"], found["Extension"]) == (key, required, plain)
    assert list(found)[-2:] == ["Relationships", "ValidationRules"]
    assert list(found["Relationships"]) == ["Name", "PhoneType"]


@pytest.mark.parametrize("name", ["Relationships", "ValidationRules"])
def test_section_5_1_the_pseudo_fields_cannot_be_asked_for(client: Client, name: str) -> None:
    assert client.ask(f"{PHONES}/1/5", name).status_code == 400


def test_section_6_3_a_page_has_objects_and_paging(client: Client) -> None:
    page = client.get(f"{PHONES}/1/2", "NamePhoneID", "Rank")
    assert list(page) == ["Objects", "Paging"]
    assert [list(row) for row in page["Objects"]] == [["NamePhoneID", "Rank"]] * 2
    assert page["Paging"] == {"Next": "/Custom/2/Demographics/NamePhone/2/2"}


def test_section_5_1_nothing_comes_back_unless_named(client: Client) -> None:
    assert list(client.get(f"{STUDENTS}/1/1", "GradYear")["Objects"][0]) == ["GradYear"]


def test_section_12_without_search_fields_the_key_alone(client: Client) -> None:
    assert client.get(f"{STUDENTS}/1/1")["Objects"] == [{"StudentID": 4001}]


def test_section_12_switch_without_search_fields_400(connect: Callable[..., Client]) -> None:
    client = connect(Options(no_search_fields=Refusing.REFUSE))
    assert client.ask(f"{STUDENTS}/1/1").status_code == 400
    assert client.ask(f"{STUDENTS}/1/1", "StudentID").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "searchFields=NameID&searchFields=Grade",
        "searchFields[0]=NameID&searchFields[1]=Grade",
        "SEARCHFIELDS=nameid&SearchFields=GRADE",
        "searchFields%5B0%5D=NameID&searchFields%5B1%5D=Grade",
    ],
)
def test_section_5_1_search_fields_repeated_or_indexed_in_any_case(client: Client, query: str) -> None:
    reply = client.http.get(f"{BASE}{STUDENTS}/1/1?{query}", headers=client.headers)
    assert reply.json()["Objects"] == [{"NameID": 900001, "Grade": "05"}]


def test_section_5_row_6_one_object_is_flat(client: Client) -> None:
    assert client.get(f"{STUDENTS}/4001", "StudentID", "NameID") == {"StudentID": 4001, "NameID": 900001}


def test_section_6_5_an_unknown_id_is_404(client: Client) -> None:
    assert client.ask(f"{STUDENTS}/1").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/Custom/2/Student/Nothing/1/5", 404),
        ("/Custom/999/Student/Student/1/5", 404),
        ("/Custom/x/Student/Student/1/5", 400),
        (f"{STUDENTS}/0/5", 400),
        (f"{STUDENTS}/1/0", 400),
        (f"{STUDENTS}/one/5", 400),
        (f"{STUDENTS}/1/5/9", 404),
        ("/", 404),
        ("/elsewhere", 404),
    ],
)
def test_addresses_that_lead_nowhere(client: Client, path: str, status: int) -> None:
    assert client.ask(path).status_code == status


def test_an_address_outside_the_base_is_404(client: Client) -> None:
    assert client.http.get("/Custom/GetSystemMetadata", headers=client.headers).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", STUDENTS),
        ("PUT", f"{STUDENTS}/"),
        ("POST", f"{STUDENTS}/4001"),
        ("DELETE", f"{STUDENTS}/4001"),
    ],
)
def test_section_5_rows_7_to_9_writing_is_not_built_and_says_so(
    client: Client, method: str, path: str
) -> None:
    reply = client.http.request(method, BASE + path, headers=client.headers)
    assert (reply.status_code, reply.json()) == (405, {"error": "This simulator does not write yet"})


# --- pages ---


def test_section_5_2_pages_together_are_the_whole_and_each_row_once(
    client: Client, whole_district: District
) -> None:
    rows = client.rows("Student/Student", "StudentID")
    assert [row["StudentID"] for row in rows] == sorted(s.id for s in whole_district.students)


def test_section_5_2_a_full_last_page_is_the_last(client: Client) -> None:
    assert client.get(f"{STUDENTS}/2/300")["Paging"] == {"Next": None}
    assert len(client.get(f"{STUDENTS}/2/300")["Objects"]) == 300


def test_section_5_2_beyond_the_end_there_is_nothing(client: Client) -> None:
    assert client.get(f"{STUDENTS}/9/300") == {"Objects": [], "Paging": {"Next": None}}


@pytest.mark.parametrize(
    ("end", "paging"),
    [
        (NextAtEnd.NULL, {"Next": None}),
        (NextAtEnd.EMPTY, {"Next": ""}),
        (NextAtEnd.ABSENT, {}),
        (NextAtEnd.ITSELF, {"Next": "/Custom/2/Student/Student/2/500"}),
    ],
)
def test_section_5_2_switch_how_the_last_page_says_so(
    connect: Callable[..., Client], end: NextAtEnd, paging: Any
) -> None:
    client = connect(Options(next_at_end=end))
    assert client.get(f"{STUDENTS}/1/500")["Paging"] == {"Next": "/Custom/2/Student/Student/2/500"}
    assert client.get(f"{STUDENTS}/2/500")["Paging"] == paging


@pytest.mark.parametrize("end", list(NextAtEnd))
def test_section_5_2_switch_next_breaks_off_though_rows_remain(
    connect: Callable[..., Client], end: NextAtEnd
) -> None:
    client = connect(Options(next_stops_after=2, next_at_end=end))
    links = [client.get(f"{STUDENTS}/{page}/100")["Paging"].get("Next") for page in (1, 2)]
    itself = "/Custom/2/Student/Student/2/100"
    ends = {NextAtEnd.EMPTY: "", NextAtEnd.ITSELF: itself}
    assert links == [itself, ends.get(end)]
    assert len(client.get(f"{STUDENTS}/3/100")["Objects"]) == 100


def test_section_5_2_switch_a_maximum_that_cuts(connect: Callable[..., Client]) -> None:
    page = connect(Options(max_page_size=100)).get(f"{STUDENTS}/1/500")
    assert (len(page["Objects"]), page["Paging"]) == (100, {"Next": "/Custom/2/Student/Student/2/100"})


def test_section_5_2_switch_a_maximum_that_refuses(connect: Callable[..., Client]) -> None:
    client = connect(Options(max_page_size=100, over_maximum=Refusing.REFUSE))
    assert [client.ask(f"{STUDENTS}/1/{size}").status_code for size in (100, 101)] == [200, 400]


def test_section_5_2_switch_no_stable_order_unless_sorted(connect: Callable[..., Client]) -> None:
    client = connect(Options(stable_order=False))
    first, second = ([r["StudentID"] for r in client.get(f"{STUDENTS}/1/600")["Objects"]] for _ in range(2))
    assert first != second
    assert sorted(first) == sorted(second)
    body = {"SearchSort": [{"FieldName": "StudentID"}]}
    found = [r["StudentID"] for r in client.rows("Student/Student", "StudentID", body=body)]
    assert found == sorted(first)


# --- years and entities ---


def test_section_5_1_the_year_is_the_entitys_current_one_unless_named(client: Client) -> None:
    codes = {
        year: [row["EntryCodeID"] for row in client.rows("Enrollment/EntryCode", SchoolYearID=year)]
        for year in ("", 12, 13)
    }
    assert codes[""] == codes[13]
    assert not set(codes[12]) & set(codes[13])


@pytest.mark.parametrize("year", ["99", "x"])
def test_a_year_that_does_not_exist_is_refused(client: Client, year: str) -> None:
    assert client.ask(f"{STUDENTS}/1/5", SchoolYearID=year).status_code == 400


def test_section_5_1_switch_lists_hold_every_year(connect: Callable[..., Client]) -> None:
    rows = connect(Options(year_scoped_lists=False)).rows("Enrollment/EntryCode", "SchoolYearID")
    assert sorted({row["SchoolYearID"] for row in rows}) == [11, 12, 13, 14]


def test_section_5_4_a_schools_entity_shows_its_own_rows(client: Client) -> None:
    every = client.rows("Enrollment/EntryWithdrawal", "EntityID")
    school = every[0]["EntityID"]
    own = client.rows("Enrollment/EntryWithdrawal", "EntityID", entity=school)
    assert own == [row for row in every if row["EntityID"] == school]
    assert 0 < len(own) < len(every)


def test_section_10_an_entity_that_is_not_granted_is_refused_and_its_rows_are_invisible(
    connect: Callable[..., Client],
) -> None:
    every = connect().rows("Enrollment/EntryWithdrawal", "EntityID")
    school = every[0]["EntityID"]
    client = connect(entities=frozenset({DISTRICT, school}))
    assert client.rows("Enrollment/EntryWithdrawal", "EntityID") == [
        row for row in every if row["EntityID"] == school
    ]
    other = next(row["EntityID"] for row in every if row["EntityID"] != school)
    assert client.ask(f"/Custom/{other}/Student/Student/1/5").status_code == 403
    assert client.ask("/Custom/1/Student/Student/1/5").status_code == 403


def test_section_10_an_invisible_row_is_not_there_by_its_id_either(connect: Callable[..., Client]) -> None:
    every = connect().rows("Enrollment/EntryWithdrawal", "EntryWithdrawalID", "EntityID")
    school, one = every[0]["EntityID"], every[0]["EntryWithdrawalID"]
    other = next(row["EntryWithdrawalID"] for row in every if row["EntityID"] != school)
    client = connect(entities=frozenset({DISTRICT, school}))
    path = f"/Custom/{DISTRICT}/Enrollment/EntryWithdrawal"
    assert [client.ask(f"{path}/{key}").status_code for key in (one, other)] == [200, 404]


# --- parameters that became required ---


ENTITY = f"/Custom/{DISTRICT}/District/Entity/1/50"
FAMILY = f"/Custom/{DISTRICT}/Family/Family/1/50"


@pytest.mark.parametrize(("path", "name"), [(ENTITY, "SchoolYearID"), (FAMILY, "DistrictID")])
def test_section_5_1_reading_without_the_parameter_is_an_error(client: Client, path: str, name: str) -> None:
    reply = client.search(path)
    assert reply.status_code == 400
    assert reply.json()["error"].startswith(f"The parameter {name} is required to read ")
    assert client.search(path, body={"SearchParameters": {name: 13}}).status_code == 200
    assert client.search(path, body={"searchparameters": {name.upper(): 13}}).status_code == 200
    assert client.ask(path, **{name: 13}).status_code == 200


def test_section_5_1_switch_the_query_will_not_do(connect: Callable[..., Client]) -> None:
    client = connect(Options(parameters_in_body_only=True))
    assert client.ask(ENTITY, SchoolYearID=13).status_code == 400
    assert client.search(ENTITY, body={"SearchParameters": {"SchoolYearID": 13}}).status_code == 200


def test_section_5_1_switch_before_december_2025(connect: Callable[..., Client]) -> None:
    client = connect(Options(required_parameters={}))
    assert [client.ask(path).status_code for path in (ENTITY, FAMILY)] == [200, 200]


def test_section_5_1_switch_a_parameter_required_for_one_field(connect: Callable[..., Client]) -> None:
    client = connect(Options(required_parameters={"Student/Student.IsActiveAsOfDate": ("AsOfDate",)}))
    path = f"{STUDENTS}/1/5"
    assert client.search(path, "StudentID").status_code == 200
    assert client.search(path, "isactiveasofdate").status_code == 400
    body = {"SearchParameters": {"AsOfDate": "2000-01-01"}}
    assert client.search(path, "IsActiveAsOfDate", body=body).status_code == 200


# --- values ---


def test_section_6_4_values_by_type(client: Client) -> None:
    row = client.get(
        f"{STUDENTS}/4001", "StudentID", "IsGraduated", "GraduationDate", "EarliestDistrictEnrollmentDate"
    )
    assert row == {
        "StudentID": 4001,
        "IsGraduated": False,
        "GraduationDate": None,
        "EarliestDistrictEnrollmentDate": "2024-08-05T00:00:00",
    }


@pytest.mark.parametrize(("blank", "value"), [(Blank.NULL, None), (Blank.TEXT, ""), (Blank.LIST, [])])
def test_section_6_4_switch_an_empty_value(connect: Callable[..., Client], blank: Blank, value: Any) -> None:
    row = connect(Options(blanks=blank)).get(f"{STUDENTS}/4001", "MedicaidNumber", "CountryIDBirth")
    assert row == {"MedicaidNumber": value, "CountryIDBirth": value}


def test_section_6_4_switch_a_date_with_a_time(connect: Callable[..., Client]) -> None:
    path = "/Custom/2/Demographics/Name/900001"
    plain, timed = (
        connect(Options(dates_with_time=on)).get(path, "BirthDate")["BirthDate"] for on in (False, True)
    )
    assert (len(plain), timed) == (10, f"{plain}T00:00:00")


@pytest.mark.parametrize(("literals", "gender"), [(Literals.WORDS, "Male"), (Literals.CODES, "M")])
def test_section_6_4_switch_enumerations_come_in_pairs(
    connect: Callable[..., Client], literals: Literals, gender: str
) -> None:
    row = connect(Options(literals=literals)).get(
        "/Custom/2/Demographics/Name/900001", "Gender", "GenderCode"
    )
    assert row == {"Gender": gender, "GenderCode": "M"}


# --- errors ---


@pytest.mark.parametrize(
    ("envelope", "body"),
    [
        (Envelope.ERROR, {"error": "Object Student/Nothing does not exist"}),
        (Envelope.ERRORS, {"errors": ["Object Student/Nothing does not exist"]}),
        (Envelope.MESSAGE, {"Message": "Object Student/Nothing does not exist"}),
        (Envelope.TEXT, "Object Student/Nothing does not exist"),
    ],
)
def test_section_6_5_switch_the_error_envelope(
    connect: Callable[..., Client], envelope: Envelope, body: Any
) -> None:
    reply = connect(Options(envelope=envelope)).ask("/Custom/2/Student/Nothing")
    assert (reply.text if envelope is Envelope.TEXT else reply.json()) == body


# --- relationship paths ---


def test_section_5_1_relationship_paths_are_refused_unless_switched_on(client: Client) -> None:
    assert client.ask(f"{STUDENTS}/4001", "Name.FirstName").status_code == 403


def test_section_5_1_switch_a_dotted_path_nests(connect: Callable[..., Client]) -> None:
    client = connect(Options(relationship_paths=True))
    row = client.get(f"{STUDENTS}/4001", "StudentID", "Name.FirstName", "name.lastname")
    assert row == {"StudentID": 4001, "Name": {"FirstName": "Xavier", "LastName": "McKay"}}
    phone = client.get(f"{PHONES}/1/1", "PhoneType.Code", "Name.NameSuffix.Code")["Objects"][0]
    assert phone == {"PhoneType": {"Code": "CELL"}, "Name": {"NameSuffix": {"Code": None}}}
    assert client.ask(f"{STUDENTS}/4001", "Nobody.FirstName").status_code == 400
    assert client.ask(f"{STUDENTS}/4001", "Name.Nothing").status_code == 400
