import pytest

from yellowbus.catalog import catalog
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping, MappingType
from yellowbus.mapping.transforms import (
    Date,
    EnrollSchoolYear,
    IfThenElse,
    Join,
    MatchCodes,
    Pick,
    Split,
    Today,
    Transform,
    Upper,
    ValueInput,
)
from yellowbus.mapping.transforms.conditions import Condition, Group, Operator
from yellowbus.mapping.transforms.operands import Constant, FromField, Nested, SoFar

STUDENTS = catalog("students")
SOURCES = {"Number", "First", "Last", "DOB", "Grade"}


def direct(field: str, source: str | None, *, overwrite: bool = False) -> FieldRule:
    return FieldRule(field, MappingType.DIRECT, source, overwrite=overwrite)


def through(field: str, source: str | None, *steps: Transform, overwrite: bool = False) -> FieldRule:
    return FieldRule(field, MappingType.TRANSFORMATION, source, steps, overwrite=overwrite)


MINIMUM = (
    direct("students.student_district_id", "Number"),
    direct("students.fname", "First"),
    direct("students.lname", "Last"),
    through("students.dob", "DOB", Date(("MM/DD/YYYY",))),
    through("students.sis_school_year", None, EnrollSchoolYear()),
    through("students_annual.sis_entrydate", None, Today()),
)


def codes(*rules: FieldRule, slots: tuple[ContactSlot, ...] = ()) -> list[tuple[str, str]]:
    findings = check_mapping(Mapping("students", (*MINIMUM, *rules), slots), STUDENTS, SOURCES)
    return [(finding.code, finding.field) for finding in findings]


def test_the_six_required_fields_are_enough() -> None:
    assert codes() == []


def test_every_required_field_that_lacks_is_named() -> None:
    assert [finding.field for finding in check_mapping(Mapping("students"), STUDENTS)] == [
        "students.student_district_id",
        "students.fname",
        "students.lname",
        "students.dob",
        "students.sis_school_year",
        "students_annual.sis_entrydate",
    ]


def test_a_required_field_set_to_do_not_map_lacks() -> None:
    rules = (*MINIMUM[1:], FieldRule("students.student_district_id"))

    (finding,) = check_mapping(Mapping("students", rules), STUDENTS)

    assert (finding.code, finding.field) == ("required-unmapped", "students.student_district_id")
    assert finding.sentence == "Student District ID is required and has no mapping."
    assert finding.remedy == "On Field Mapping choose a source field or a transformation for it."


def test_the_advice_of_the_article_is_given_where_a_sis_has_no_such_field() -> None:
    (finding,) = check_mapping(Mapping("students", MINIMUM[:5]), STUDENTS)

    assert finding.remedy.endswith("Where the SIS has none, use Today.")


def test_schools_have_required_fields_of_their_own() -> None:
    schools = catalog("schools")

    assert [finding.field for finding in check_mapping(Mapping("schools"), schools)] == list(schools.required)


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        (" grade", "Did you mean “Grade”?"),
        ("Grades", "Did you mean “Grade”?"),
        ("DoB", "Did you mean “DOB”?"),
        ("Bus", ""),
    ],
)
def test_a_source_field_the_sis_lacks_is_named_with_the_near_miss(source: str, advice: str) -> None:
    rules = (*MINIMUM, direct("students.mname", source))

    (finding,) = check_mapping(Mapping("students", rules), STUDENTS, SOURCES)

    assert finding.code == "source-unknown"
    assert finding.sentence == f"Middle Name takes its value from “{source}”, which the SIS does not have."
    assert finding.remedy == f"Choose another source field. {advice}".strip()


def test_fields_read_inside_steps_are_looked_up_too() -> None:
    nested = IfThenElse(
        Condition(FromField("First")), then=Nested("Nested_Field", (Join((FromField("Joined_Field"),)),))
    )

    findings = check_mapping(
        Mapping("students", (*MINIMUM, through("students.mname", None, nested))), STUDENTS, SOURCES
    )

    assert [finding.facts["source"] for finding in findings] == ["Nested_Field", "Joined_Field"]


def test_without_a_list_of_sis_fields_sources_are_not_looked_up() -> None:
    assert check_mapping(Mapping("students", (*MINIMUM, direct("students.mname", "Bus"))), STUDENTS) == []


def test_a_field_of_do_not_map_is_not_looked_at() -> None:
    assert codes(FieldRule("students.mname", MappingType.DO_NOT_MAP, "Bus", (Split(fragment=0),))) == []


@pytest.mark.parametrize(
    ("rule", "finding"),
    [
        (direct("students.fname", "First"), ("target-twice", "students.fname")),
        (direct("students.nose", "First"), ("field-unknown", "students.nose")),
        (direct("students.mname", None), ("source-missing", "students.mname")),
        (through("students.mname", None, Split()), ("source-missing", "students.mname")),
        (through("students.mname", "First"), ("transformation-missing", "students.mname")),
        (through("students.mname", "First", MatchCodes()), ("codes-empty", "students.mname")),
        (FieldRule("students.mname", MappingType.MATCH_CODES, "First"), ("codes-empty", "students.mname")),
        (through("students.mname", "First", Split(fragment=0)), ("argument-range", "students.mname")),
        (through("students.mname", "First", Split(delimiter="")), ("argument-missing", "students.mname")),
    ],
)
def test_a_rule_that_cannot_work_is_found(rule: FieldRule, finding: tuple[str, str]) -> None:
    assert codes(rule) == [finding]


@pytest.mark.parametrize(
    "name", ["students.student_district_id", "students.fname", "students.lname", "students.dob"]
)
def test_overwrite_is_refused_on_the_fields_that_tell_who_a_student_is(name: str) -> None:
    rules = tuple(rule for rule in MINIMUM if rule.field != name)

    findings = check_mapping(
        Mapping("students", (*rules, direct(name, "First", overwrite=True))), STUDENTS, SOURCES
    )

    assert [(finding.code, finding.field) for finding in findings] == [("overwrite-refused", name)]


def test_an_empty_value_input_with_overwrite_may_clear_a_field_for_all() -> None:
    assert codes(through("students.mname", None, ValueInput(""), overwrite=True)) == []


def test_contact_slots_are_checked() -> None:
    name = FieldRule("fname", MappingType.DIRECT, "First")
    slots = (
        ContactSlot("guardian1", (name,), flags=("Legal",), id_field="Number"),
        ContactSlot("guardian2", (name,), relationships=("Mother",), sort=("Number",)),
        ContactSlot("guardian9", (name,), id_field="Number"),
    )

    assert codes(slots=slots) == [
        ("field-unknown", "students_annual.guardian9_fname"),
        ("field-unknown", "students_annual.guardian9_sis_contact_id"),
        ("slot-without-id", "guardian2"),
        ("slot-without-relationship", "guardian2"),
        ("source-unknown", "guardian1"),
    ]


def test_a_slot_set_up_twice_is_found() -> None:
    one = ContactSlot("guardian1", id_field="Number")

    assert codes(slots=(one, one)) == [
        ("target-twice", "students_annual.guardian1_sis_contact_id"),
        ("slot-twice", "guardian1"),
    ]


def test_every_finding_is_said_in_words() -> None:
    slots = (ContactSlot("guardian1"), ContactSlot("guardian1", relationships=("x",)))
    rules = (
        direct("students.nose", "Bus"),
        direct("students.mname", None),
        direct("students.mname", "First"),
        through("students.email", "First", Date(("YYYY",), pivot=100), Split("", 0), MatchCodes()),
    )

    for finding in check_mapping(Mapping("students", rules, slots), STUDENTS, SOURCES):
        assert finding.sentence
        assert "{" not in finding.sentence + finding.remedy


UPPER_FIRST = Nested("First", (Upper(),))
TODAY = Nested(None, (Today(),))


@pytest.mark.parametrize(
    ("step", "needs_source"),
    [
        (IfThenElse(), True),
        (IfThenElse(Condition(FromField("First"))), False),
        (IfThenElse(Condition(FromField("First")), then=SoFar()), True),
        (IfThenElse(Group(conditions=(Condition(),))), True),
        (IfThenElse(Condition(UPPER_FIRST, Operator.BEFORE, TODAY)), False),
        (IfThenElse(Condition(FromField("First")), then=Nested(None, (Upper(),))), True),
        (Join((FromField("First"), SoFar())), True),
        (Join((FromField("First"), Constant("x"))), False),
        (Pick((UPPER_FIRST, TODAY)), False),
    ],
)
def test_a_source_field_is_needed_where_the_first_step_uses_the_value_so_far(
    step, needs_source: bool
) -> None:
    expected = [("source-missing", "students.mname")] if needs_source else []

    assert codes(through("students.mname", None, step)) == expected
    assert codes(through("students.mname", "First", step)) == []
