"""Dossier 3.3 and 6.5: the permission file, and what is not granted."""

from collections.abc import Callable

import pytest
from qmlativ_client import Client

from yellowbus.simulators.qmlativ import Options, Permissions, Refusing, read_permissions
from yellowbus.simulators.qmlativ.permissions import BadPermissionsError
from yellowbus.simulators.qmlativ.tables import TABLES, everything

STUDENTS = "/Custom/2/Student/Student/1/5"
FILE = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<Config>
  <Object Module="Student" Name="Student" SkywardID="6a1c2a34-0000-4000-8000-000000000001" IsDeleteAllowed="false">
    <Fields>
      <Field Name="StudentID" SkywardID="a" IsReadAllowed="true" IsCreateAllowed="false" IsUpdateAllowed="false" />
      <Field Name="Grade" SkywardID="b" IsReadAllowed="false" IsCreateAllowed="true" IsUpdateAllowed="true" />
      <Field Name="StudentNumber" SkywardID="c" IsReadAllowed="true" />
    </Fields>
    <Relationships />
  </Object>
</Config>
"""


def load(client: Client, text: str = FILE) -> None:
    client.app.sis.integration.permissions = read_permissions(text.encode())


def test_section_3_3_a_file_is_read_with_its_byte_order_mark() -> None:
    grant = read_permissions(FILE.encode()).objects["student/student"]
    assert (grant.module, grant.name, grant.delete) == ("Student", "Student", False)
    assert [(f.name, f.read, f.create, f.update) for f in grant.fields.values()] == [
        ("StudentID", True, False, False),
        ("Grade", False, True, True),
        ("StudentNumber", True, False, False),
    ]


def test_section_3_3_what_is_written_is_read_again() -> None:
    whole = everything()
    written = whole.to_xml()
    assert written.startswith(b"\xef\xbb\xbf<?xml")
    assert read_permissions(written) == whole
    assert b"<Relationships />" in written


def test_section_3_3_almost_everything_is_read_only() -> None:
    grants = [field for grant in everything().objects.values() for field in grant.fields.values()]
    assert {(field.read, field.create, field.update) for field in grants} == {(True, False, False)}
    assert len(grants) == sum(len(table.fields) for table in TABLES.values())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not XML"),
        ("<Config><Object></Config>", "not XML"),
        ("<Other/>", "root element must be Config"),
        ("<Config><Object Name='Student' SkywardID='x'/></Config>", "Object lacks Module"),
        ("<!DOCTYPE x><Config/>", "document type"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadPermissionsError, match=says):
        read_permissions(text.encode())


def test_section_3_3_only_granted_fields_can_be_read(client: Client) -> None:
    load(client)
    assert client.ask(STUDENTS, "StudentID", "StudentNumber").status_code == 200
    reply = client.ask(STUDENTS, "StudentID", "Grade")
    assert (reply.status_code, reply.json()) == (403, {"error": "Field Student/Student.Grade is not granted"})


def test_section_6_5_switch_the_status_of_what_is_not_granted(connect: Callable[..., Client]) -> None:
    client = connect(Options(ungranted_status=400))
    load(client)
    assert client.ask(STUDENTS, "Grade").status_code == 400
    assert client.ask("/Custom/2/Demographics/Name/1/5").status_code == 400


def test_section_6_5_switch_what_is_not_granted_is_silently_missing(connect: Callable[..., Client]) -> None:
    client = connect(Options(ungranted_fields=Refusing.SILENT))
    load(client)
    row = client.get(STUDENTS, "StudentID", "Grade", "Nothing", "StudentNumber")["Objects"][0]
    assert row == {"StudentID": 4001, "StudentNumber": "200003"}


def test_section_6_5_a_field_that_does_not_exist_is_400(client: Client) -> None:
    reply = client.ask(STUDENTS, "Nothing")
    assert (reply.status_code, reply.json()) == (
        400,
        {"error": "Field Student/Student.Nothing does not exist"},
    )


def test_section_6_5_a_condition_on_what_is_not_granted_is_refused(connect: Callable[..., Client]) -> None:
    """Also where reading is silent: a search that ignores its condition would give every row."""
    client = connect(Options(ungranted_fields=Refusing.SILENT))
    load(client)
    condition = {"LongSearchCondition": {"FieldName": "Grade", "ConditionType": "NotNull"}}
    assert client.search(STUDENTS, body={"SearchCondition": condition}).status_code == 403


def test_section_3_3_an_object_that_is_not_granted_is_refused_and_not_listed(client: Client) -> None:
    load(client)
    paths = (
        "/Custom/2/Demographics/Name",
        "/Custom/2/Demographics/Name/1/5",
        "/Custom/2/Demographics/Name/900001",
    )
    assert [client.ask(path).status_code for path in paths] == [403, 403, 403]
    assert list(client.get("/Custom/2/Student")) == ["Student"]


def test_section_6_2_the_catalogue_lists_only_granted_fields(client: Client) -> None:
    load(client)
    found = client.get("/Custom/2/Student/Student")
    assert list(found) == ["StudentID", "StudentNumber", "Relationships", "ValidationRules"]


def test_a_field_is_withdrawn_between_two_readings(client: Client) -> None:
    assert client.ask(STUDENTS, "StudentID", "Grade").status_code == 200
    integration = client.app.sis.integration
    integration.permissions = integration.permissions.without("Student/Student", "Grade")
    assert client.ask(STUDENTS, "StudentID", "Grade").status_code == 403
    assert client.ask(STUDENTS, "StudentID").status_code == 200


def test_withdrawing_leaves_the_rest_as_it_was() -> None:
    before = everything()
    after = before.without("Student/Student", "Grade")
    assert before.may_read("Student/Student", "grade")
    lost = set(before.objects["student/student"].fields) - set(after.objects["student/student"].fields)
    assert lost == {"grade"}
    assert {**after.objects, "student/student": None} == {**before.objects, "student/student": None}
    assert "student/student" not in before.without("Student/Student").objects
    with pytest.raises(KeyError):
        before.without("Student/Student", "Nothing")


def test_section_3_1_development_permissions_open_everything_unless_suppressed(client: Client) -> None:
    client.app.sis.integration.permissions = Permissions({})
    client.app.sis.integration.development_permissions = True
    assert client.ask(STUDENTS, "Grade").status_code == 200
    header = {"Suppress-Development-Permissions": "true"}
    reply = client.http.get(f"/JuniperFlatsAZStuAPI{STUDENTS}", headers=client.headers | header)
    assert reply.status_code == 403


def test_section_6_2_the_catalogue_stands_in_sky_sys_too(client: Client) -> None:
    """And tells the district's own fields and objects from the vendor's (8.4)."""
    rows = client.rows("SkySys/Field", "FormattedFieldPath", "CurrentType", "IsSkywardField", "IsPrimaryKey")
    by_path = {row["FormattedFieldPath"]: row for row in rows}
    own = sorted(path for path, row in by_path.items() if not row["IsSkywardField"])
    assert own == ["Student/Student.LunchPINJF", "Student/StudentTechnologyJF.NetworkUsernameJF"]
    birth = by_path["Demographics/Name.BirthDate"]
    assert (birth["CurrentType"], birth["IsPrimaryKey"]) == ("Date", False)
    assert by_path["Demographics/Name.Gender"]["CurrentType"] == "Text"
    complete = client.where("SkySys/Object", "Status", "Contains", "Complete", wrapper="String")
    assert len(complete) == len({path.partition(".")[0] for path in by_path})
