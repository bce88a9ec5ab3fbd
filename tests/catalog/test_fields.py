import pytest

from yellowbus.catalog import (
    Catalog,
    Field,
    FieldType,
    Section,
    catalog,
    checker,
    code_sets,
    is_custom,
    resolve,
)
from yellowbus.errors import NeedsAdmin
from yellowbus.records import WriteRule

EVERY = [field for kind in ("students", "schools") for field in catalog(kind).fields.values()]
ROUTE = Field("custom.bus_route", "Bus Route", Section.CUSTOM)


def names(**having):
    return [
        field.name for field in EVERY if all(getattr(field, key) == value for key, value in having.items())
    ]


def test_six_student_fields_are_required():
    assert catalog("students").required == (
        "students.student_district_id",
        "students.fname",
        "students.lname",
        "students.dob",
        "students.sis_school_year",
        "students_annual.sis_entrydate",
    )


def test_a_school_needs_code_name_group_level_and_address():
    assert catalog("schools").required == (
        "schools.school_code",
        "schools.name",
        "schools.group",
        "schools.level",
        "schools.address",
    )


def test_the_school_description_ends_at_400_characters():
    assert catalog("schools").fields["schools.description"].max_length == 400


def test_identity_is_district_id_names_and_birth_date_and_what_names_a_school():
    assert names(identity=True) == [
        "students.student_district_id",
        "students.fname",
        "students.lname",
        "students.dob",
        "schools.school_code",
        "schools.name",
    ]


def test_entry_date_and_school_year_alone_do_not_start_with_always():
    assert {field.name: field.write_rule for field in EVERY if field.write_rule is not WriteRule.ALWAYS} == {
        "students.sis_school_year": WriteRule.IF_BLANK,
        "students_annual.sis_entrydate": WriteRule.IF_BLANK,
    }


def test_published_are_the_names_that_the_articles_show():
    assert names(published=True) == [
        "students.student_district_id",
        "students.fname",
        "students.lname",
        "students.dob",
        "students.sis_school_year",
        "students_annual.sis_entrydate",
        "students_annual.guardian1_fname",
        "students_annual.guardian1_lname",
        "students_annual.guardian1_email",
    ]


def test_only_what_says_nothing_of_one_child_may_be_logged():
    assert names(personal=False, section=Section.STUDENT) == [
        "students.sis_school_year",
        "students_annual.school_code",
        "students_annual.grade",
        "students_annual.next_school_code",
        "students_annual.next_grade",
    ]
    assert names(personal=True, section=Section.SCHOOL) == []


def test_four_guardians_and_four_emergency_contacts_slot_after_slot():
    slots = [
        name.partition("_annual.")[2]
        for name, field in catalog("students").fields.items()
        if field.section in (Section.GUARDIAN, Section.EMERGENCY)
    ]
    guardian = (
        "fname lname email phone_home phone_mobile phone_work relationship legal lives_with pickup"
        " sis_contact_id"
    )
    emergency = "fname lname phone relationship pickup sis_contact_id"
    assert slots == [
        f"{who}{n}_{column}"
        for who, columns in (("guardian", guardian), ("emergency", emergency))
        for n in (1, 2, 3, 4)
        for column in columns.split()
    ]
    assert catalog("students").fields["students_annual.guardian3_lname"].label == "Guardian 3 Last Name"


def test_the_sections_follow_the_order_of_the_page():
    order = list(Section)
    seen = [order.index(field.section) for field in catalog("students").fields.values()]
    assert seen == sorted(seen)


@pytest.mark.parametrize("field", EVERY, ids=lambda field: field.name)
def test_every_field_is_whole(field):
    assert field.name == field.name.lower()
    assert field.table in {"students", "students_annual", "schools"}
    assert field.label == field.label.strip() != ""
    assert (field.type is FieldType.CODE) == (field.codes in code_sets())
    assert field.codes == "" or field.type is FieldType.CODE
    assert 0 < field.max_length <= 400
    checker(field)


def test_no_label_stands_twice_on_a_page():
    for kind in ("students", "schools"):
        labels = [field.label for field in catalog(kind).fields.values()]
        assert len(labels) == len(set(labels))


def test_the_internal_id_cannot_be_mapped():
    with pytest.raises(NeedsAdmin) as refused:
        resolve("students.id")
    assert refused.value.remedy == "Enroll gives this id itself; map students.student_district_id."


def test_a_built_in_catalog_is_made_once():
    assert catalog("students") is catalog("students")


def test_custom_fields_stand_last():
    extended = catalog("students", [ROUTE])
    assert list(extended.fields) == [*catalog("students").fields, "custom.bus_route"]
    assert "custom.bus_route" not in catalog("students").fields


@pytest.mark.parametrize(
    "wrong",
    [
        [Field("students.fname", "First Name", Section.CUSTOM)],
        [Field("custom.bus_route", "Bus Route", Section.STUDENT)],
        [Field("custom.", "Nothing", Section.CUSTOM)],
        [Field("custom.Bus", "Bus", Section.CUSTOM)],
        [ROUTE, ROUTE],
    ],
)
def test_a_wrong_custom_field_is_refused(wrong):
    with pytest.raises(ValueError, match="not a custom field"):
        catalog("students", wrong)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="teachers"):
        catalog("teachers")


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("students.fname", "students.fname"),
        ("students.DOB", "students.dob"),
        (" Students.FName ", "students.fname"),
        ("student_annual.guardian1_fname", "students_annual.guardian1_fname"),
        ("STUDENT_ANNUAL.SIS_ENTRYDATE", "students_annual.sis_entrydate"),
        ("schools.code", "schools.school_code"),
        ("Custom.Bus_Route", "custom.bus_route"),
    ],
)
def test_a_name_is_known_however_it_is_written(written, canonical):
    assert resolve(written) == canonical


def test_an_unknown_name_is_told_what_it_may_have_meant():
    with pytest.raises(NeedsAdmin) as refused:
        resolve("students.fnam")
    assert refused.value.code == "field-unknown"
    assert refused.value.sentence == "There is no Enroll field named “students.fnam”."
    assert refused.value.remedy.startswith("Did you mean students.fname")


@pytest.mark.parametrize("name", ["", ".", "xyzzy", "custom.", "custom.-b"])
def test_a_name_like_nothing_is_sent_to_the_list(name):
    with pytest.raises(NeedsAdmin) as refused:
        resolve(name, within=Catalog("students", {}))
    assert refused.value.remedy == "Choose a field from the list of the page."


def test_within_a_catalog_only_its_own_fields_count():
    extended = catalog("students", [ROUTE])
    assert resolve("custom.BUS_ROUTE", within=extended) == "custom.bus_route"
    for stranger in ("custom.other", "schools.name"):
        with pytest.raises(NeedsAdmin):
            resolve(stranger, within=extended)


def test_a_custom_name_has_a_key():
    asked = (
        "custom.shoe_size",
        "custom.bus-route",
        "custom._",
        "custom",
        "custom.",
        "custom.A",
        "custom.a b",
    )
    assert [is_custom(name) for name in asked] == [True, True, False, False, False, False, False]
