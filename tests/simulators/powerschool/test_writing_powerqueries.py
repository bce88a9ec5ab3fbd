"""What was written is what a PowerQuery finds: after a change only the rows that changed are copied anew."""

import io
import zipfile
from typing import Any

import pytest
from writing_client import WritingClient, writing_plugin

from yellowbus.simulators.district import District, Student

NAME = "org.example.sync.contacts.all"
QUERY = f"""<queries><query name="{NAME}" coreTable="studentcontactassoc" flattened="true">
<summary>Contacts</summary>
<columns><column column="STUDENTCONTACTASSOC.STUDENTCONTACTASSOCID">associd</column>
<column>student</column><column>child</column><column>person</column><column>lastname</column>
<column>relationship</column><column>slot</column></columns>
<sql><![CDATA[
SELECT a.studentcontactassocid, s.dcid, s.last_name, p.id, p.lastname, c.code, o.originalcontacttype
FROM studentcontactassoc a JOIN students s ON s.dcid = a.studentdcid JOIN person p ON p.id = a.personid
JOIN studentcontactdetail d ON d.studentcontactassocid = a.studentcontactassocid AND d.isactive = 1
LEFT JOIN codeset c ON c.codesetid = d.relationshiptypecodesetid
LEFT JOIN originalcontactmap o ON o.originalcontactmapid = a.studentcontactassocid
ORDER BY a.studentcontactassocid]]></sql></query></queries>"""


@pytest.fixture
def client() -> WritingClient:
    more = {"originalcontactmap": "originalcontactmapid originalcontacttype"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("plugin.xml", writing_plugin(more=more))
        archive.writestr("queries_root/sync.named_queries.xml", QUERY)
    return WritingClient.of(District(students=40, seed=3), upload=buffer.getvalue())


def found(client: WritingClient) -> list[dict[str, Any]]:
    reply = client.post(f"/ws/schema/query/{NAME}", pagesize="0")
    assert reply.status_code == 200, reply.text
    records: list[dict[str, Any]] = reply.json()["record"]
    return records


def expected(client: WritingClient) -> list[tuple[str, ...]]:
    """The same, told from the district itself."""
    ties = [(student, tie) for student in client.district.students for tie in student.ties]
    return [
        (str(t.id), s.last, t.contact.last, t.relationship, t.legacy)
        for s, t in sorted(ties, key=lambda pair: pair[1].id)
    ]


def agree(client: WritingClient) -> None:
    columns = ("associd", "child", "lastname", "relationship", "slot")
    assert [tuple(r.get(name, "") for name in columns) for r in found(client)] == expected(client)


def of(client: WritingClient, student: Student) -> list[str]:
    return [r["lastname"] for r in found(client) if r["student"] == str(student.dcid)]


def test_every_kind_of_write_is_found(client: WritingClient) -> None:
    agree(client)
    student = client.insert()
    agree(client)
    tie = {"studentNumber": student.number, "originalContactType": "mother"}
    number = client.contact(contactStudents=[tie])["contactId"]
    agree(client)
    assert of(client, student) == ["Moss"]
    client.change("PUT", f"{number}/demographics", {"lastName": "Vale"})
    client.update(student, name={"last_name": "Renamed"})
    agree(client)
    assert of(client, student) == ["Vale"]
    made = student.ties[0]
    detail = f"{number}/students/{made.id}/studentdetails/{made.detail}"
    client.change("PUT", detail, {"relationship": "Guardian"})
    agree(client)
    client.change("DELETE", f"{number}/students/{made.id}")
    agree(client)
    assert of(client, student) == []


def test_a_day_in_the_office_is_found(client: WritingClient) -> None:
    agree(client)
    client.district.change(0.5, seed=5)
    agree(client)


def test_a_contact_that_is_deleted_is_not_found(client: WritingClient) -> None:
    student = next(s for s in client.district.students if len(s.ties) > 1)
    before = of(client, student)
    client.change("DELETE", str(student.ties[0].contact.id))
    agree(client)
    assert len(of(client, student)) == len(before) - 1
