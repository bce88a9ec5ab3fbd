"""Dossier 11.1 and 11.3: reading tables of the schema API."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from simulated_client import Client, plugin_xml

from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Blank, Options

TABLE = "/ws/schema/table"


def rows(client: Client, table: str, **query: Any) -> list[dict[str, str]]:
    body = client.get(f"{TABLE}/{table}", **query)
    return [record["tables"][table] for record in body.get("record", [])]


def refusal(client: Client, path: str, **query: Any) -> tuple[int, dict[str, Any]]:
    reply = client.ask(f"{TABLE}/{path}", **query)
    return reply.status_code, reply.json()


# --- shapes ---


def test_section_5_2_a_row_stands_in_its_record_and_table(client: Client) -> None:
    body = client.get(f"{TABLE}/Students", projection="dcid,First_Name", pagesize=1)
    first = client.app.sis.district.students[0].first
    assert body == {
        "name": "Students",
        "record": [
            {"id": 801, "name": "Students", "tables": {"students": {"dcid": "801", "first_name": first}}}
        ],
        "@extensions": "",
    }


def test_section_5_2_a_single_row_has_no_list_around_it(client: Client) -> None:
    first = client.app.sis.district.students[0].first
    assert client.get(f"{TABLE}/students/801", projection="first_name") == {
        "id": 801,
        "name": "students",
        "tables": {"students": {"first_name": first}},
    }


def test_section_5_3_every_value_is_text(client: Client) -> None:
    for table in ("students", "terms", "studentcontactdetail", "phonenumber"):
        assert {type(v) for row in rows(client, table, projection="*") for v in row.values()} == {str}


def test_section_5_3_flags_and_dates_as_text(client: Client) -> None:
    year = rows(client, "terms", projection="*", q="isyearrec==1;yearid==36;schoolid==101")
    assert year == [year[0] | {"isyearrec": "1", "id": "3600", "portion": "1", "firstday": "2026-08-03"}]


@pytest.mark.parametrize(
    ("blank", "shown"),
    [(Blank.OMIT, {}), (Blank.EMPTY, {"middle_name": ""}), (Blank.NULL, {"middle_name": None})],
)
def test_section_11_1_switch_what_a_blank_column_shows(
    connect: Callable[..., Client], shared_district: District, blank: Blank, shown: dict[str, Any]
) -> None:
    student = next(s for s in shared_district.students if not s.middle)
    client = connect(Options(blank_columns=blank))
    body = client.get(f"{TABLE}/students/{student.dcid}", projection="middle_name")
    assert body["tables"]["students"] == shown


def test_section_5_2_a_count_is_bare(client: Client) -> None:
    assert client.get(f"{TABLE}/students/count") == {"count": 600}


def test_an_empty_result_has_no_record(client: Client) -> None:
    assert client.get(f"{TABLE}/students", projection="dcid", q="dcid==1") == {
        "name": "Students",
        "@extensions": "",
    }


def test_section_11_1_the_list_of_tables_leaves_out_what_is_not_exposed(client: Client) -> None:
    names = {table["name"] for table in client.get(TABLE)["tables"]}
    assert {"Students", "StudentContactAssoc", "CodeSet"} <= names
    assert "Teachers" not in names


def test_section_11_1_switch_the_list_of_tables_as_records(connect: Callable[..., Client]) -> None:
    body = connect(Options(tables_as_list=False)).get(TABLE)
    assert body["record"][0]["tables"]["table"]["name"] == "Students"


def test_section_11_1_metadata_tells_the_access_of_each_column(connect: Callable[..., Client]) -> None:
    client = connect(upload=plugin_xml(fields={"schools": "name"}))
    body = client.get(f"{TABLE}/schools/metadata", expansions="access")
    access = {column["name"]: column["access"] for column in body["columns"]}
    assert (access["Name"], access["Abbreviation"]) == ("ViewOnly", "NoAccess")
    assert "access" not in client.get(f"{TABLE}/schools/metadata")["columns"][0]


def test_section_11_1_a_star_shows_only_granted_columns(connect: Callable[..., Client]) -> None:
    client = connect(upload=plugin_xml(fields={"schools": "name dcid"}))
    assert {tuple(sorted(row)) for row in rows(client, "schools", projection="*")} == {("dcid", "name")}


# --- joins a client makes by itself ---


def test_contacts_can_be_joined_from_the_tables(client: Client, shared_district: District) -> None:
    student = next(s for s in shared_district.students if len(s.ties) > 1 and s.ties[0].contact.phones)
    ties = rows(client, "studentcontactassoc", projection="*", q=f"studentdcid=={student.dcid}")
    assert [int(tie["personid"]) for tie in ties] == [tie.contact.id for tie in student.ties]
    person = student.ties[0].contact
    links = rows(client, "personphonenumberassoc", projection="*", q=f"personid=={person.id}")
    assert [link["phonenumberasentered"] for link in links] == [phone.number for phone in person.phones]
    (detail,) = rows(
        client,
        "studentcontactdetail",
        projection="*",
        q=f"studentcontactassocid=={ties[0]['studentcontactassocid']}",
    )
    (code,) = rows(client, "codeset", projection="*", q=f"codesetid=={detail['relationshiptypecodesetid']}")
    assert (code["codetype"], code["code"]) == ("Relationship", student.ties[0].relationship)


def test_extension_tables_are_keyed_by_the_student(
    connect: Callable[..., Client], shared_district: District
) -> None:
    client = connect(upload=plugin_xml(fields={"u_students_extension": "preferredname studentsdcid"}))
    student = next(s for s in shared_district.students if s.preferred)
    body = client.get(f"{TABLE}/u_students_extension/{student.dcid}", projection="preferredname")
    assert body["tables"]["u_students_extension"] == {"preferredname": student.preferred}


# --- pages and order ---


def test_all_pages_together_hold_every_row_once(client: Client, shared_district: District) -> None:
    count = client.get(f"{TABLE}/studentcontactassoc/count")["count"]
    found: list[str] = []
    for page in range(1, count // 100 + 2):
        found += [
            r["studentcontactassocid"] for r in rows(client, "studentcontactassoc", projection="*", page=page)
        ]
    assert len(found) == len(set(found)) == count == sum(len(s.ties) for s in shared_district.students)


def test_rows_can_be_sorted(client: Client) -> None:
    names = [r["name"] for r in rows(client, "schools", projection="name", sort="name")]
    assert names == sorted(names)
    numbers = [
        int(r["school_number"])
        for r in rows(client, "schools", projection="*", sort="school_number", sortdescending="true")
    ]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] == 999999


def test_section_16_16_switch_without_an_order_pages_are_not_to_be_trusted(
    connect: Callable[..., Client],
) -> None:
    client = connect(Options(stable_order=False))
    one = rows(client, "students", projection="dcid")
    other = rows(client, "students", projection="dcid")
    assert one != other
    ordered = [rows(client, "students", projection="dcid", sort="dcid") for _ in range(2)]
    assert ordered[0] == ordered[1]


def test_rows_show_a_change_of_the_district(connect: Callable[..., Client], district: District) -> None:
    client = connect(district=district)
    path = f"{TABLE}/students/801"
    assert (
        client.get(path, projection="*")["tables"]["students"]["home_room"] == district.students[0].home_room
    )
    district.students[0].home_room = "Z9"
    district.touched(district.students[0])
    assert client.get(path, projection="*")["tables"]["students"]["home_room"] == "Z9"


@pytest.mark.parametrize(
    ("q", "holds"),
    [
        ("grade_level==5", lambda s: s.grade == 5),
        ("grade_level==05.0", lambda s: s.grade == 5),
        ("grade_level==(3,5)", lambda s: s.grade in {3, 5}),
        ("last_name==A*", lambda s: s.last.startswith("A")),
        ("last_name==(A*,Moss)", lambda s: s.last.startswith("A") or s.last == "Moss"),
        ("grade_level==5;gender==F", lambda s: (s.grade, s.gender) == (5, "F")),
        ("grade_level=gt=5;gender==F", lambda s: s.grade > 5 and s.gender == "F"),
        ("middle_name==", lambda s: not s.middle),
        ("dcid==1", lambda _: False),
    ],
)
def test_a_filter_finds_what_a_look_at_every_row_finds(
    client: Client, shared_district: District, q: str, holds: Callable[[Any], bool]
) -> None:
    wanted = [str(student.dcid) for student in shared_district.students if holds(student)]
    for _ in range(2):  # found, then taken from what was kept
        found = [
            row["dcid"]
            for page in range(1, len(wanted) // 100 + 2)
            for row in rows(client, "students", projection="dcid", q=q, page=page)
        ]
        assert sorted(found, key=int) == sorted(wanted, key=int)
        assert client.get(f"{TABLE}/students/count", q=q) == {"count": len(wanted)}


def test_a_filter_sees_a_change_of_the_district(connect: Callable[..., Client], district: District) -> None:
    client = connect(district=district)

    def in_z9() -> list[str]:
        return [row["dcid"] for row in rows(client, "students", projection="dcid", q="home_room==Z9")]

    before = in_z9()
    district.students[3].home_room = "Z9"
    district.touched(district.students[3])
    assert (before, in_z9()) == ([], [str(district.students[3].dcid)])


def test_an_order_sees_a_change_of_the_district(connect: Callable[..., Client], district: District) -> None:
    client = connect(district=district)

    def first() -> str:
        (row,) = rows(client, "students", projection="dcid", sort="last_name", pagesize=1)
        return row["dcid"]

    before = first()
    district.students[5].last = "Aaa"
    district.touched(district.students[5])
    assert (before == first(), first()) == (False, str(district.students[5].dcid))


def test_the_answers_kept_are_few(client: Client) -> None:
    for grade in range(50):
        client.get(f"{TABLE}/students/count", q=f"grade_level=gt={grade}")
    assert len(client.app.sis.rows.answers) == 16


@pytest.mark.parametrize(
    "path",
    [
        f"{TABLE}/studentcontactassoc?projection=personid&sort=studentcontactassocid&page=2",
        f"{TABLE}/person?projection=firstname&sort=lastname&page=2",
        f"{TABLE}/students?projection=first_name&q=grade_level=ge=0&page=2",
        f"{TABLE}/students?projection=first_name&q=dcid==850",
        f"{TABLE}/students/850?projection=first_name",
        "/ws/v1/district/student?q=school_enrollment.enroll_status==(A,P)&page=2",
    ],
)
def test_a_page_is_the_same_work_in_a_small_and_a_large_district(
    connect: Callable[..., Client], path: str
) -> None:
    small, large = (work_of(connect(district=District(students=size, seed=3)), path) for size in (400, 4000))
    assert large < small * 1.2


def work_of(client: Client, path: str) -> int:
    """How many functions are called for a page, once the tables are there."""
    client.get(path)
    called = 0

    def count(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal called
        called += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        client.get(path)
    finally:
        sys.setprofile(None)
    return called


# --- error texts and the order of checks (11.3) ---


def test_section_11_3_an_unknown_column_in_the_projection(client: Client) -> None:
    status, body = refusal(client, "students", projection="dcid,shoe_size")
    assert status == 400
    assert body["message"].startswith("Invalid field specified: shoe_size")
    assert body["message"].endswith("Students")


def test_section_11_3_an_unknown_column_in_q(client: Client) -> None:
    assert refusal(client, "students", projection="dcid", q="shoe_size==5") == (
        400,
        {"message": "Invalid field shoe_size"},
    )


def test_section_11_3_a_column_without_grant_is_named_as_typed_in_the_projection(
    connect: Callable[..., Client],
) -> None:
    client = connect(upload=plugin_xml(fields={"log": "dcid"}))
    status, body = refusal(client, "log", projection="dcid,LOGTYPEID")
    assert status == 403
    assert body["message"].startswith("At least one column lacks")
    assert body["errors"] == [{"code": "NoAccess", "field": "LOGTYPEID", "resource": "Log"}]


def test_section_11_3_a_column_without_grant_in_q_is_named_canonically(
    connect: Callable[..., Client],
) -> None:
    client = connect(upload=plugin_xml(fields={"log": "dcid"}))
    status, body = refusal(client, "log", projection="dcid", q="logtypeid==1")
    assert (status, body["errors"]) == (403, [{"code": "NoAccess", "field": "LogTypeID", "resource": "Log"}])


def test_section_11_3_a_wrong_number(client: Client) -> None:
    status, body = refusal(client, "students", projection="dcid", q="dcid==x")
    assert status == 400
    assert body["message"].startswith("Invalid number 'x' passed")


def test_section_11_3_a_clob_cannot_be_asked(client: Client) -> None:
    status, body = refusal(client, "log", projection="dcid", q="entry==x")
    assert status == 400
    assert body["message"].startswith("Querying not supported")


def test_section_11_3_unknown_and_unexposed_tables(client: Client) -> None:
    assert refusal(client, "nosuch", projection="*") == (404, {"message": "Table nosuch not found"})
    assert refusal(client, "teachers", projection="*")[0] == 405


def test_section_11_3_columns_are_checked_before_types_and_types_before_grants(
    connect: Callable[..., Client],
) -> None:
    client = connect(upload=plugin_xml(fields={"log": "dcid"}))
    column_first = refusal(client, "log", projection="logtypeid,shoe_size", q="studentid==x")
    assert (column_first[0], column_first[1]["message"][:31]) == (400, "Invalid field specified: shoe_s")
    type_next = refusal(client, "log", projection="logtypeid", q="studentid==x")
    assert (type_next[0], type_next[1]["message"][:18]) == (400, "Invalid number 'x'")
    assert refusal(client, "log", projection="logtypeid", q="studentid==1")[0] == 403


def test_section_11_1_a_count_without_filter_needs_no_grant_and_with_one_it_does(
    connect: Callable[..., Client],
) -> None:
    client = connect(upload=plugin_xml(fields={"schools": "dcid"}))
    assert client.get(f"{TABLE}/students/count") == {"count": 600}
    assert refusal(client, "students/count", q="grade_level==5")[0] == 403


def test_section_11_1_a_projection_is_mandatory(client: Client) -> None:
    assert refusal(client, "students")[0] == 400


@pytest.mark.parametrize("query", [{"sort": "shoe_size"}, {"page": "0"}, {"q": "nonsense"}])
def test_what_cannot_be_understood_is_400(client: Client, query: dict[str, str]) -> None:
    assert refusal(client, "students", projection="dcid", **query)[0] == 400


def test_a_row_that_does_not_exist_is_404(client: Client) -> None:
    assert refusal(client, "students/1", projection="dcid")[0] == 404


def test_section_1_2_no_grant_is_needed_for_v1_and_every_one_for_tables(
    connect: Callable[..., Client],
) -> None:
    client = connect(upload=plugin_xml(fields={}))
    assert client.ask("/ws/v1/student/801", expansions="demographics").status_code == 200
    assert refusal(client, "students/801", projection="dob")[0] == 403
