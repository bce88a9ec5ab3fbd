from datetime import date

import pytest

from yellowbus.catalog import catalog
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.compile import Compiled, Context, Mapped, compile_mapping
from yellowbus.mapping.model import FieldRule, Mapping, MappingType
from yellowbus.mapping.transforms import (
    Date,
    EnrollSchoolYear,
    MatchCodes,
    PhoneNumber,
    Today,
    Transform,
    Upper,
    ValueInput,
)
from yellowbus.records import Problem, Record, WriteRule

STUDENTS = catalog("students")
CONTEXT = Context(today=date(2025, 9, 1), school_year=2025)


def direct(field: str, source: str, *, overwrite: bool = False) -> FieldRule:
    return FieldRule(field, MappingType.DIRECT, source, overwrite=overwrite)


def through(field: str, source: str | None, *steps: Transform, overwrite: bool = False) -> FieldRule:
    return FieldRule(field, MappingType.TRANSFORMATION, source, steps, overwrite=overwrite)


def compiled(*rules: FieldRule) -> Compiled:
    return compile_mapping(Mapping("students", rules), STUDENTS, CONTEXT)


def test_direct_gives_the_value_as_it_is() -> None:
    assert compiled(direct("students.mname", "Middle")).apply(Record({"Middle": " De la "})) == Mapped(
        {"students.mname": " De la "}
    )


def test_each_kind_of_rule_gives_its_value() -> None:
    mapping = compiled(
        through("students.dob", "DOB", Date(("MM/DD/YYYY",))),
        through("students_annual.sis_entrydate", None, Today()),
        through("students.sis_school_year", None, EnrollSchoolYear()),
        through("students.lname", None, ValueInput("Oak")),
        FieldRule("students_annual.grade", MappingType.MATCH_CODES, "Grade", (MatchCodes((("00", "K"),)),)),
    )

    assert mapping.apply(Record({"DOB": "09/01/2007", "Grade": "00"})) == Mapped(
        {
            "students.dob": "2007-09-01",
            "students_annual.sis_entrydate": "2025-09-01",
            "students.sis_school_year": "2025",
            "students.lname": "Oak",
            "students_annual.grade": "K",
        }
    )


@pytest.mark.parametrize("blank", [None, "", "   ", "\u00a0"])
def test_a_blank_leaves_the_field_alone(blank: str | None) -> None:
    assert compiled(direct("students.mname", "Middle")).apply(Record({"Middle": blank})) == Mapped({})


@pytest.mark.parametrize("blank", [None, "", "   ", "\u00a0"])
def test_a_blank_clears_the_field_where_overwrite_is_on(blank: str | None) -> None:
    mapping = compiled(direct("students.mname", "Middle", overwrite=True))

    assert mapping.apply(Record({"Middle": blank})) == Mapped({"students.mname": None})


def test_a_source_field_the_record_lacks_is_blank() -> None:
    assert compiled(direct("students.mname", "Middle")).apply(Record({})) == Mapped({})


def test_a_required_field_that_is_blank_fails_the_record() -> None:
    mapped = compiled(direct("students.fname", "First")).apply(Record({"First": " "}))

    assert mapped == Mapped({}, (Problem("required-blank", "students.fname", {"field": "First Name"}),))
    assert mapped.failed


def test_a_wrong_value_of_another_field_is_a_warning_that_leaves_the_field_alone() -> None:
    mapping = compiled(
        through("students_annual.sis_exitdate", "Exit", Date(("MM/DD/YYYY",))),
        direct("students.mname", "Middle"),
    )

    mapped = mapping.apply(Record({"Exit": "13/40/2025", "Middle": "Ada"}))

    facts = {"field": "SIS Exit Date", "formats": "MM/DD/YYYY"}
    assert mapped.values == {"students.mname": "Ada"}
    assert mapped.problems == (
        Problem("bad-date", "students_annual.sis_exitdate", facts, "13/40/2025", warning=True),
    )
    assert not mapped.failed


def test_all_problems_of_a_record_come_at_once() -> None:
    mapping = compiled(
        direct("students.dob", "DOB"), direct("students.fname", "First"), direct("students.email", "Mail")
    )

    mapped = mapping.apply(Record({"DOB": "09/01/2007", "Mail": "nobody"}))

    assert [(problem.code, problem.field, problem.value) for problem in mapped.problems] == [
        ("value-not-a-date", "students.dob", "09/01/2007"),
        ("required-blank", "students.fname", None),
        ("value-not-an-email", "students.email", "nobody"),
    ]


def test_a_value_is_made_canonical_by_the_catalog() -> None:
    mapping = compiled(direct("students_annual.guardian1_legal", "Legal"))

    assert mapping.apply(Record({"Legal": "Y"})).values == {"students_annual.guardian1_legal": "true"}


def test_do_not_map_leaves_the_field_out_of_the_run() -> None:
    mapping = compiled(FieldRule("students.mname", MappingType.DO_NOT_MAP, "Middle"))

    assert mapping.apply(Record({"Middle": "Ada"})) == Mapped({})
    assert mapping.sources == frozenset()


def test_steps_follow_one_another() -> None:
    mapping = compiled(through("students_annual.grade", "Grade", Upper(), MatchCodes((("KINDER", "K"),))))

    assert mapping.apply(Record({"Grade": "Kinder"})).values == {"students_annual.grade": "K"}


def test_the_district_id_is_known_without_mapping_the_rest() -> None:
    mapping = compiled(direct("students.student_district_id", "Number"), direct("students.dob", "DOB"))

    assert mapping.district_id(Record({"Number": "00123", "DOB": "never"})) == "00123"
    assert mapping.district_id(Record({"Number": " "})) is None
    assert compiled(direct("students.dob", "DOB")).district_id(Record({"DOB": "x"})) is None


def test_a_district_id_that_comes_with_a_warning_is_known_too() -> None:
    mapping = compiled(through("students.student_district_id", "Number", PhoneNumber()))

    assert mapping.district_id(Record({"Number": "00123"})) == "00123"


def test_the_key_of_a_school_is_its_school_code() -> None:
    rules = (direct("schools.school_code", "Number"),)
    mapping = compile_mapping(Mapping("schools", rules), catalog("schools"), CONTEXT)

    assert mapping.district_id(Record({"Number": "12"})) == "12"


def test_write_rules_name_only_the_fields_that_are_not_always_written() -> None:
    rule = FieldRule("students.mname", MappingType.DIRECT, "Middle", write_rule=WriteRule.IF_BLANK)

    assert compiled(rule, direct("students.fname", "First")).write_rules == {
        "students.mname": WriteRule.IF_BLANK
    }


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ((direct("students.nose", "Nose"),), "field-unknown"),
        ((direct("students.mname", "A"), direct("students.mname", "B")), "target-twice"),
        ((FieldRule("students.mname", MappingType.DIRECT),), "source-missing"),
        ((through("students.mname", "A"),), "transformation-missing"),
        ((FieldRule("students.mname", MappingType.DIRECT, "A", (Upper(),)),), "direct-with-steps"),
        ((FieldRule("students.mname", MappingType.MATCH_CODES, "A"),), "codes-empty"),
        ((through("students.mname", "A", MatchCodes()),), "codes-empty"),
        ((direct("students.dob", "A", overwrite=True),), "overwrite-refused"),
        ((through("students.mname", "A", Date(("MM/YYYY",))),), "date-format-unknown"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(rules: tuple[FieldRule, ...], code: str) -> None:
    with pytest.raises(NeedsAdmin) as refused:
        compiled(*rules)

    assert refused.value.code == code
