"""The profile and its layers (qmlativ dossier 3.3 and 11)."""

import tomllib

import pytest

from yellowbus.connectors.qmlativ import layers
from yellowbus.connectors.qmlativ.lines import line_of
from yellowbus.connectors.qmlativ.permissions import BadPermissionFile, readable
from yellowbus.connectors.qmlativ.profile import built_in
from yellowbus.errors import NeedsAdmin

PERMISSIONS = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<Config>
  <Object Module="Student" Name="Student" SkywardID="00000000-0000-0000-0000-000000000001" IsDeleteAllowed="false">
    <Fields>
      <Field Name="StudentID" IsReadAllowed="true" IsCreateAllowed="false" IsUpdateAllowed="false" />
      <Field Name="NameID" IsReadAllowed="true" />
      <Field Name="StudentNumber" IsReadAllowed="True" />
      <Field Name="GradYear" IsReadAllowed="false" IsUpdateAllowed="true" />
    </Fields>
    <Relationships />
  </Object>
  <Object Module="District" Name="SchoolYear"><Fields>
    <Field Name="SchoolYearID" IsReadAllowed="true" /><Field Name="NumericYear" IsReadAllowed="true" />
  </Fields></Object>
</Config>
"""


def faults(override="", permissions=""):
    return [str(fault) for fault in layers.check(override, permissions)]


def test_the_built_in_profile_has_nothing_wrong_with_it():
    assert layers.check() == []


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("[lists]\n\npage_size = 0", "line 3: lists.page_size must be a whole number from 1 to 10000."),
        ("[lists]\npage_size = true", "line 2: lists.page_size must be a whole number from 1 to 10000."),
        ('lists.by = "sql"', "line 1: lists.by must be one of “search”, “get”."),
        ("# x\n[token]\nstyles = []", "line 3: token.styles must be a list that is not empty."),
        (
            '[token]\nstyles = [\n  "basic_post",\n  "oauth1",\n]',
            "line 4: token.styles.1 must be one of “basic_post”, “body_post”, “basic_get”.",
        ),
        ('[years]\nnumbers = "ending"', "line 2: years.numbers is not a key here; known are numeric."),
        ('[paths]\nlist = "/{root}/{table}"', "line 2: paths.list has no place named “table”;"),
        ('[paths]\nlist = "http://x"', "line 2: paths.list must be a path that begins with /."),
        ('[dates]\nread = ["year first"]', "line 2: dates.read.0 must be a date format such as %Y-%m-%d."),
        ('[objects.name.fields]\nGender = "words"', "line 2: objects.name.fields.Gender must be one of"),
        (
            '[objects.name.fields]\n"x y" = "text"',
            "line 2: objects.name.fields.x y must be a name of letters",
        ),
        (
            '[objects.name]\nfields = { Gender = { as = "GenderCode" } }',
            "line 2: objects.name.fields.Gender lacks the key “type”.",
        ),
        ('[objects.new]\nmodule = "M"', "line 1: objects.new lacks the key “object”."),
        (
            '[objects.family]\nparameters = { Day = "@now" }',
            "line 2: objects.family.parameters.Day must be a text",
        ),
        ('[objects.name.fields]\nFirstName = "off"', "line 2: objects.name.fields.FirstName cannot be off"),
        (
            '[objects.name]\nrequired = ["Nick"]',
            "line 2: objects.name.required names Nick, which is no field",
        ),
        (
            '[students.Name]\nvia = "Person.NameID"',
            "line 2: students.Name.via names Person.NameID, which was not",
        ),
        ('[students.Name]\nvia = "NameID"', "line 2: students.Name.via must be a join and a field"),
        (
            '[students.Name]\nobject = "person"',
            "line 2: students.Name.object names person, which is no object",
        ),
        ('[students.Phone]\norder = ["-Size"]', "line 2: students.Phone.order names Size, which is no field"),
        ('[contacts.More]\nobject = "name"', "line 1: contacts.More lacks the key “via”."),
        ('[codes.bus]\nvalue = "Code"\nlabel = "Code"', "line 1: codes.bus is no object of the profile."),
        ("lists = 3", "line 1: lists must be a table."),
        ("[lists]\nby = ", "line 2: this is not TOML"),
    ],
)
def test_a_fault_is_told_with_its_line(override, said):
    told = faults(override)
    assert any(f"override file, {said}" in each for each in told), told


def test_all_faults_are_told_in_the_order_of_their_lines():
    override = '[lists]\nby = "x"\nnext = 1\n[token]\nurl = 2\n'
    assert [each.split(":")[0] for each in faults(override)] == [
        "override file, line 2",
        "override file, line 3",
        "override file, line 5",
    ]


def test_the_first_fault_keeps_the_connection_from_being_opened():
    with pytest.raises(NeedsAdmin) as caught:
        layers.load("[lists]\npage_size = 0")
    assert (caught.value.code, caught.value.facts["line"]) == ("qmlativ-profile", 2)


def test_what_the_profile_shows_is_a_profile_again():
    override = '[lists]\nby = "get"\n[objects.name.fields]\nGender = { type = "text", as = "GenderCode" }'
    shown = layers.show(override)
    assert layers.check(shown) == []
    assert layers.show(shown) == shown
    assert tomllib.loads(layers.show()) == built_in()


def test_the_difference_is_told_value_by_value():
    override = """
        [lists]
        by = "get"
        page_size = 500
        [objects.student_mn]
        module = "Student"
        object = "StudentMN"
        key = "StudentID"
        fields = {}
    """
    assert layers.diff(override) == [
        'lists.by: "search" -> "get"',
        'objects.student_mn.module: nothing -> "Student"',
        'objects.student_mn.object: nothing -> "StudentMN"',
        'objects.student_mn.key: nothing -> "StudentID"',
        "objects.student_mn.fields: nothing -> {}",
    ]
    assert layers.diff() == []


def test_the_permission_file_says_what_may_be_read():
    assert readable(PERMISSIONS) == {
        "student/student": {"studentid", "nameid", "studentnumber"},
        "district/schoolyear": {"schoolyearid", "numericyear"},
    }


def test_what_is_not_granted_is_off_in_the_profile_in_force():
    shown = tomllib.loads(layers.show(permissions=PERMISSIONS))
    fields = shown["objects"]["student"]["fields"]
    assert {name for name, told in fields.items() if told != "off"} == {"NameID", "StudentNumber"}
    assert (shown["objects"]["name"]["use"], shown["objects"]["school_year"].get("use", True)) == (
        False,
        True,
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<Config>\n<Object Name='Student'/></Config>", 2),
        ("<Plugin/>", 1),
        ("<Config>\n\n<Object", 3),
        ('<!DOCTYPE Config [\n<!ENTITY a "b">]>\n<Config/>', 2),
        ("Config", 1),
    ],
)
def test_a_permission_file_that_is_none_is_refused_with_its_line(text, line):
    with pytest.raises(BadPermissionFile) as caught:
        readable(text)
    assert caught.value.line == line
    assert [fault.layer for fault in layers.check(permissions=text)] == ["permission file"]


def test_a_field_not_granted_is_refused_before_the_first_row_is_asked_for(vendor):
    vendor.student(1)
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records("Student.GradYear", permission_file=PERMISSIONS)
    assert caught.value.facts == {"object": "Student/Student", "fields": "GradYear"}
    assert [path for _, path, *_ in vendor.asked if "Student/Student" in path] == []


def test_fields_leave_out_what_is_not_granted(vendor):
    vendor.student(1)
    names = {field.name for field in vendor.open(permission_file=PERMISSIONS).fields("students")}
    assert {"Student.StudentNumber"} == names & {
        "Student.StudentNumber",
        "Student.GradYear",
        "Name.FirstName",
    }


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\n[b]\nc = 2", ("b", "c"), 3),
        ("[b.c]\nd = 1", ("b", "x"), 1),
        ("[b]\nc.d = 1", ("b", "c", "d"), 2),
        ('["b c"]\n"d" = 1', ("b c", "d"), 2),
        ("a = [1,\n 2,\n 3]", ("a", 2), 3),
        ("a = [1, 2]", ("a", 1), 1),
        ("a = 1", ("z",), 0),
    ],
)
def test_the_line_of_a_value_is_found(text, path, line):
    assert line_of(text, path) == line
