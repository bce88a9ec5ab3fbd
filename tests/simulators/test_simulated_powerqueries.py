"""Dossier 11.2: PowerQueries, run for real."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from simulated_client import Client, plugin_xml

from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Options

CONTACTS = "org.example.sync.contacts.all"
BY_GRADE = "org.example.sync.students.grade"
QUERIES = f"""<queries>
<query name="{CONTACTS}" coreTable="studentcontactassoc" flattened="true">
<summary>Contacts</summary>
<columns><column column="STUDENTCONTACTASSOC.STUDENTCONTACTASSOCID">associd</column>
<column>studentdcid</column>
<column>priority</column><column>lastname</column><column>relationship</column><column>phone</column>
<column>suffix</column></columns>
<sql><![CDATA[
SELECT sca.studentcontactassocid, sca.studentdcid, sca.contactpriorityorder, p.lastname, cs.code,
  pn.phonenumberasentered, sfx.code
FROM studentcontactassoc sca
JOIN person p ON p.id = sca.personid
LEFT JOIN studentcontactdetail d ON d.studentcontactassocid = sca.studentcontactassocid
LEFT JOIN codeset cs ON cs.codesetid = d.relationshiptypecodesetid
LEFT JOIN codeset sfx ON sfx.codesetid = p.suffixcodesetid
LEFT JOIN personphonenumberassoc pn ON pn.personid = p.id AND pn.phonenumberpriorityorder = 1
ORDER BY sca.studentcontactassocid]]></sql></query>
<query name="{BY_GRADE}"><summary>Students of a grade</summary>
<args><arg name="grade" column="students.grade_level" required="true"/></args>
<columns><column>students.dcid</column><column>students.last_name</column></columns>
<sql><![CDATA[SELECT dcid, NVL(last_name, '-') FROM students WHERE grade_level = :grade;]]></sql></query>
</queries>"""


def upload(fields: dict[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("plugin.xml", plugin_xml(fields=fields))
        archive.writestr("queries_root/sync.named_queries.xml", QUERIES)
    return buffer.getvalue()


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect(upload=upload())


def run(client: Client, name: str, body: Any = None, **query: Any) -> Any:
    reply = client.post(f"/ws/schema/query/{name}", body, **query)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_join_over_the_contact_tables_gives_every_contact(
    client: Client, shared_district: District
) -> None:
    found = run(client, CONTACTS, pagesize=0)["record"]
    ties = [tie for student in shared_district.students for tie in student.ties]
    assert [(r["associd"], r["studentdcid"], r["lastname"], r["relationship"]) for r in found] == [
        (str(t.id), str(t.student_dcid), t.contact.last, t.relationship)
        for t in sorted(ties, key=lambda t: t.id)
    ]


def test_section_16_15_values_are_text_and_nulls_are_left_out(client: Client) -> None:
    found = run(client, CONTACTS, pagesize=0)["record"]
    assert {type(v) for r in found for k, v in r.items() if k[0] != "_"} == {str}
    assert any("phone" not in r for r in found)
    assert sum("suffix" in r for r in found) < len(found) / 10


def test_a_flattened_record_names_its_table_and_key(client: Client) -> None:
    record = run(client, CONTACTS, pagesize=1)["record"][0]
    assert record["_name"] == "studentcontactassoc"
    assert record["_id"] == int(record["associd"])


def test_a_record_that_is_not_flattened_is_grouped_by_table(
    client: Client, shared_district: District
) -> None:
    first = next(s for s in shared_district.students if s.grade == 5)
    record = run(client, BY_GRADE, {"grade": 5}, pagesize=1)["record"][0]
    assert record["tables"] == {"students": {"dcid": str(first.dcid), "last_name": first.last}}


def test_section_16_15_an_empty_result_has_no_record(client: Client) -> None:
    assert "record" not in run(client, BY_GRADE, {"grade": 50})


def test_pages_default_to_the_plugins_size_and_zero_streams_all(client: Client) -> None:
    total = client.post(f"/ws/schema/query/{CONTACTS}/count").json()["count"]
    assert len(run(client, CONTACTS)["record"]) == 100
    everything = run(client, CONTACTS, pagesize=0, page=3, count="true")
    assert len(everything["record"]) == everything["count"] == total


def test_an_order_of_the_caller_overrides_the_querys(client: Client) -> None:
    found = run(client, BY_GRADE, {"grade": 5}, pagesize=0, order="students.last_name;desc,students.dcid")[
        "record"
    ]
    names = [r["tables"]["students"]["last_name"] for r in found]
    assert names == sorted(names, reverse=True)


def test_section_16_16_switch_without_order_by_pages_are_not_to_be_trusted(
    connect: Callable[..., Client],
) -> None:
    client = connect(Options(stable_order=False), upload=upload())
    assert run(client, BY_GRADE, {"grade": 5}) != run(client, BY_GRADE, {"grade": 5})
    assert run(client, CONTACTS) == run(client, CONTACTS)


def test_a_missing_or_mistyped_argument_fails_validation(client: Client) -> None:
    for body, code in (
        ({}, "MissingField"),
        ({"grade": "five"}, "InvalidValue"),
        ({"grade": [5]}, "InvalidValue"),
    ):
        reply = client.post(f"/ws/schema/query/{BY_GRADE}", body)
        assert (reply.status_code, reply.json()["message"]) == (400, "Validation Failed")
        assert [(e["field"], e["code"]) for e in reply.json()["errors"]] == [("grade", code)]


def test_section_11_3_an_unknown_query_is_404(client: Client) -> None:
    reply = client.post("/ws/schema/query/org.example.sync.no.such")
    assert (reply.status_code, reply.json()) == (404, {"message": "Query org.example.sync.no.such not found"})


def test_section_11_2_a_column_that_was_not_granted_is_403_wherever_the_sql_touches_it(
    connect: Callable[..., Client],
) -> None:
    client = connect(upload=upload({"students": "dcid last_name"}))
    reply = client.post(f"/ws/schema/query/{BY_GRADE}", {"grade": 5})
    assert reply.status_code == 403
    assert reply.json()["errors"] == [{"resource": "Students", "field": "Grade_Level", "code": "NoAccess"}]


@pytest.mark.parametrize("name", ["$q", "projection", "$dataversion"])
def test_what_the_simulator_does_not_know_it_says(client: Client, name: str) -> None:
    reply = client.post(f"/ws/schema/query/{CONTACTS}", {name: "x"})
    assert (reply.status_code, reply.json()["message"]) == (
        400,
        f"The simulator does not know {name} in a PowerQuery",
    )


@pytest.mark.parametrize("content", [b"{", b"[]"])
def test_a_body_that_is_no_object_is_400(client: Client, content: bytes) -> None:
    reply = client.http.post(f"/ws/schema/query/{CONTACTS}", content=content, headers=client.headers)
    assert reply.status_code == 400


def test_an_order_by_an_unknown_column_is_400(client: Client) -> None:
    assert client.post(f"/ws/schema/query/{CONTACTS}", order="shoe_size").status_code == 400


def test_the_queries_of_enabled_plugins_are_listed(client: Client) -> None:
    names = [query["name"] for query in client.get("/ws/schema/query/api")["queries"]]
    assert names == [CONTACTS, BY_GRADE]


def test_a_query_shows_a_change_of_the_district(connect: Callable[..., Client], district: District) -> None:
    client = connect(upload=upload(), district=district)
    student = next(s for s in district.students if s.grade == 5)
    run(client, BY_GRADE, {"grade": 5})
    student.last = "Changed"
    district.touched(student)
    found = {
        r["tables"]["students"]["last_name"]
        for r in run(client, BY_GRADE, {"grade": 5}, pagesize=0)["record"]
    }
    assert "Changed" in found
