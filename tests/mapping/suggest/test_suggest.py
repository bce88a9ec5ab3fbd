"""What is suggested for a field and how, what is left to a person, and what accepting lays into a mapping."""

from collections.abc import Mapping as Values
from typing import Any

from yellowbus.catalog import Field, FieldType, Section, catalog
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping, MappingType
from yellowbus.mapping.suggest import Asked, Known, Source, Suggestion, lay, suggest
from yellowbus.mapping.transforms import Date, EnrollSchoolYear, MatchCodes, PhoneNumber, Split, Today
from yellowbus.records import Record, WriteRule

EMPTY = Mapping("students")
STUDENTS = catalog("students")


def asked(columns: Values[str, tuple[str, ...]], **more: Any) -> Asked:
    """Columns of a file with their values in the examples."""
    rows = range(max((len(values) for values in columns.values()), default=0))
    samples = [Record({name: values[row] or None for name, values in columns.items()}) for row in rows]
    sources = [Source(name, name) for name in columns]
    return Asked(**({"catalog": STUDENTS, "sources": sources, "mapping": EMPTY, "samples": samples} | more))


def by_field(asked: Asked) -> dict[str, Suggestion]:
    return {each.field: each for each in suggest(asked)}


def sources(asked: Asked) -> dict[str, tuple[str, ...]]:
    return {field: each.sources for field, each in by_field(asked).items() if each.sources}


def test_each_kind_of_field_comes_with_its_steps() -> None:
    found = by_field(
        asked(
            {
                "First Name": ("Ann", "Bo"),
                "DOB": ("3/14/2012", "11/5/2013"),
                "Home Phone": ("9725550101", ""),
                "Gender": ("F", "M"),
                "State": ("TX", "TX"),
                "School Year": ("2026-2027", "2026-2027"),
            }
        )
    )
    rules = {field.partition(".")[2]: (each.rule.type, each.rule.steps) for field, each in found.items()}
    assert rules["fname"] == (MappingType.DIRECT, ())
    assert rules["dob"] == (MappingType.TRANSFORMATION, (Date(source_formats=("M/D/YYYY",)),))
    assert rules["phone"] == (MappingType.TRANSFORMATION, (PhoneNumber(),))
    assert rules["address_state"] == (MappingType.DIRECT, ())
    assert rules["sis_school_year"] == (MappingType.TRANSFORMATION, (Split(delimiter="-"),))
    kind, (table,) = rules["gender"]
    assert isinstance(table, MatchCodes)
    assert (kind, table.table[:2]) == (MappingType.MATCH_CODES, (("F", "F"), ("M", "M")))


def test_names_of_states_become_their_codes() -> None:
    (step,) = by_field(asked({"State": ("Ohio", "Texas")}))["students_annual.address_state"].rule.steps
    assert step == MatchCodes(table=(("Ohio", "OH"), ("Texas", "TX")))


def test_a_new_rule_has_the_write_rule_of_its_field() -> None:
    found = by_field(asked({"Entry Date": ("2026-08-20",)}))
    assert found["students_annual.sis_entrydate"].rule.write_rule is WriteRule.IF_BLANK


def test_without_a_column_the_advice_of_the_articles_is_suggested() -> None:
    found = by_field(asked({"Last Name": ("Roe",)}))
    steps = {field: each.rule.steps for field, each in found.items() if not each.sources}
    assert steps == {
        "students.sis_school_year": (EnrollSchoolYear(),),
        "students_annual.sis_entrydate": (Today(),),
    }


def test_an_entry_date_that_leaves_a_choice_is_not_replaced_by_today() -> None:
    assert "students_annual.sis_entrydate" not in by_field(asked({"Entry Date": ("03/04/2026",)}))


def test_another_date_of_the_file_decides_between_day_and_month() -> None:
    found = by_field(asked({"DOB": ("03/04/2012",), "Entry Date": ("08/24/2026",)}))
    assert found["students.dob"].rule.steps == (Date(source_formats=("MM/DD/YYYY",)),)


def test_a_blank_date_column_takes_the_format_of_the_others() -> None:
    found = by_field(asked({"DOB": ("2012-04-05",), "Exit Date": ("",)}))
    assert found["students_annual.sis_exitdate"].rule.steps == (Date(),)
    assert "no example has a value" in found["students_annual.sis_exitdate"].reason


def test_values_that_deny_the_heading_count_more() -> None:
    assert sources(asked({"Email": ("yes", "no"), "Zip": ("Colby", "Reno"), "Grade": ("91", "88")})) == {}


def test_two_columns_that_could_both_be_it_are_left_to_a_person() -> None:
    assert sources(asked({"Student ID": ("1", "2"), "Student Number": ("8", "9")})) == {}
    assert sources(asked({"Student ID": ("1", "2"), "Student Number": ("1", "2")})) == {
        "students.student_district_id": ("Student ID",)
    }


def test_a_column_that_could_be_two_fields_is_left_to_a_person() -> None:
    assert sources(asked({"Ethnicity": ()})) == {}
    assert sources(asked({"Ethnicity": ("H", "H")})) == {}
    assert sources(asked({"Ethnicity": ("H", "W")})) == {"students_annual.race": ("Ethnicity",)}
    assert sources(asked({"Ethnicity": ("Y", "N")})) == {"students_annual.ethnicity": ("Ethnicity",)}


def test_a_full_name_is_no_first_name_unless_it_is_cut_at_its_comma() -> None:
    assert sources(asked({"Student Name": ("Ann Roe", "Bo Sim")})) == {}
    found = by_field(asked({"Student Name": ("Roe, Ann", "Sim, Bo")}))
    assert found["students.lname"].rule.steps == (Split(delimiter=",", fragment=1),)
    assert found["students.fname"].rule.steps == (Split(delimiter=",", fragment=2),)


def test_an_email_that_may_be_a_parents_needs_the_childs_name_or_id_in_it() -> None:
    columns = {
        "First Name": ("Ann", "Bo"),
        "Email": ("mia@example.org", "al@example.org"),
        "Parent Cell": ("", ""),
    }
    assert "students.email" not in sources(asked(columns))
    assert "students.email" in sources(asked(columns | {"Email": ("ann.r@example.org", "bo@example.org")}))
    del columns["Parent Cell"]
    assert "students.email" in sources(asked(columns))


def test_parents_sit_by_number_or_in_the_order_of_their_columns() -> None:
    def seated(*headings: str) -> dict[str, str]:
        found = sources(asked(dict.fromkeys(headings, ("Ann",))))
        return {field.partition(".")[2]: source for field, (source,) in found.items()}

    assert seated("Dad First", "Mom First") == {
        "guardian1_fname": "Dad First",
        "guardian2_fname": "Mom First",
    }
    assert seated("P2 First", "Guardian 1 First Name") == {
        "guardian1_fname": "Guardian 1 First Name",
        "guardian2_fname": "P2 First",
    }
    assert seated("Contact 1 First", "Parent First") == {"guardian1_fname": "Parent First"}
    assert seated("Guardian 5 First") == {}


def test_what_is_mapped_is_left_alone_with_its_source() -> None:
    mapped = Mapping("students", (FieldRule("students.mname", MappingType.DIRECT, "First Name"),))
    assert sources(asked({"First Name": ("Ann",), "Last Name": ("Roe",)}, mapping=mapped)) == {
        "students.lname": ("Last Name",)
    }


def test_a_custom_field_takes_the_column_of_its_name() -> None:
    custom = [
        Field("custom.bus_route", "Bus Route", Section.CUSTOM),
        Field("custom.first_visit", "Date of first visit", Section.CUSTOM, type=FieldType.DATE),
    ]
    columns = {"BUS_ROUTE": ("12", "4"), "date of first visit": ("soon", "later"), "Bus Stop": ("Elm", "Oak")}
    assert sources(asked(columns, catalog=catalog("students", custom))) == {
        "custom.bus_route": ("BUS_ROUTE",)
    }


def test_a_custom_field_whose_kind_the_values_deny_gets_nothing() -> None:
    custom = [Field("custom.visit", "First visit", Section.CUSTOM, type=FieldType.DATE)]
    fields = catalog("students", custom)
    assert sources(asked({"First visit": ("soon",)}, catalog=fields)) == {}
    assert sources(asked({"First visit": ("2026-01-02",)}, catalog=fields)) == {
        "custom.visit": ("First visit",)
    }


# --- what is known of a system ---

CHOICE = ContactSlot("guardian1", id_field="c.id", flags=("c.legal",))
CONTACTS = [Source(name, name, contact=True) for name in ("c.id", "c.legal", "c.first", "c.kind")]


def known(*rules: FieldRule, slot: tuple[FieldRule, ...] = ()) -> Known:
    slots = (ContactSlot(CHOICE.slot, slot, CHOICE.flags, id_field=CHOICE.id_field),) if slot else ()
    return Known("Gradebook", (Mapping("students", rules, slots),))


def direct(field: str, source: str) -> FieldRule:
    return FieldRule(field, MappingType.DIRECT, source)


def test_what_is_known_counts_before_any_heading() -> None:
    told = known(direct("students.fname", "XF1"))
    found = by_field(asked({"XF1": ("Ann",), "First Name": ("Anna",)}, known=told))
    assert (found["students.fname"].sources, found["students.fname"].reason) == (
        ("XF1",),
        "It is where Gradebook keeps this.",
    )


def test_the_first_rule_whose_sources_are_there_counts() -> None:
    told = known(direct("students.fname", "XF1"), direct("students.fname", "XF2"))
    assert sources(asked({"XF2": ("Ann",)}, known=told)) == {"students.fname": ("XF2",)}
    assert sources(asked({"XF3": ("Ann",)}, known=told)) == {}


def test_codes_that_are_left_open_come_from_the_labels_of_the_sis() -> None:
    told = known(FieldRule("students_annual.race", MappingType.MATCH_CODES, "RC", (MatchCodes(),)))
    there = {"sources": [Source("RC", "RC", codes="race")], "known": told}
    found = by_field(asked({}, codes={"race": [("700", "White"), ("800", "Martian")]}, **there))
    assert found["students_annual.race"].rule.steps == (MatchCodes(table=(("700", "white"),)),)
    assert sources(asked({}, codes={"race": [("800", "Martian")]}, **there)) == {}
    assert sources(asked({}, **there)) == {}


def test_a_contact_slot_comes_with_how_it_chooses() -> None:
    told = known(slot=(direct("fname", "c.first"),))
    (found,) = [each for each in suggest(asked({}, sources=CONTACTS, known=told)) if each.sources]
    assert (found.field, found.slot, found.rule.field) == ("students_annual.guardian1_fname", CHOICE, "fname")
    assert sources(asked({}, sources=CONTACTS[1:], known=told)) == {}


def test_a_contact_and_a_column_of_the_student_are_not_mixed_in_one_slot() -> None:
    told = known(slot=(direct("fname", "c.first"),))
    both = [*CONTACTS, Source("Parent Email", "Parent Email")]
    assert sources(asked({}, sources=both, known=told)) == {"students_annual.guardian1_fname": ("c.first",)}
    plain = Mapping("students", (direct("students_annual.guardian1_email", "Parent Email"),))
    assert sources(asked({}, sources=both, known=told, mapping=plain)) == {}


# --- laying ---


def test_accepted_suggestions_take_the_place_of_do_not_map() -> None:
    mapping = Mapping("students", (FieldRule("students.fname"), direct("students.lname", "L")))
    found = suggest(asked({"First Name": ("Ann",)}, mapping=mapping))
    laid = lay(mapping, [each for each in found if each.field == "students.fname"])
    assert laid.rules == (direct("students.fname", "First Name"), direct("students.lname", "L"))


def test_a_slot_is_made_once_and_keeps_its_own_choice() -> None:
    told = known(slot=(direct("fname", "c.first"), direct("relationship", "c.kind")))
    offered = [each for each in suggest(asked({}, sources=CONTACTS, known=told)) if each.slot]
    (made,) = lay(EMPTY, offered).contact_slots
    assert (made.flags, [rule.source for rule in made.rules]) == (("c.legal",), ["c.first", "c.kind"])
    own = Mapping("students", contact_slots=(ContactSlot("guardian1", id_field="c.id", sort=("c.kind",)),))
    (kept,) = lay(own, offered).contact_slots
    assert (kept.flags, kept.sort, len(kept.rules)) == ((), ("c.kind",), 2)


def test_a_field_that_was_mapped_meanwhile_is_left_alone() -> None:
    meanwhile = Mapping("students", (direct("students.fname", "Other"),))
    assert lay(meanwhile, suggest(asked({"First Name": ("Ann",)}))).rules[:1] == meanwhile.rules


def test_all_that_is_suggested_passes_the_check() -> None:
    columns = {
        "Student ID": ("1", "2"), "Last Name": ("Roe", "Sim"), "First Name": ("Ann", "Bo"),
        "DOB": ("2012-01-02", "2013-04-05"), "Grade": ("09", "10"), "Race": ("W", "B"), "Hisp": ("Y", "N"),
        "P1 Cell": ("9725550101", ""), "P1 Lives With": ("Y", "N"), "Language": ("English", "Spanish"),
    }  # fmt: skip
    laid = lay(EMPTY, suggest(asked(columns)))
    assert check_mapping(laid, STUDENTS, set(columns)) == []
    assert len(laid.rules) == len(columns) + 2


def test_no_personal_value_stands_in_a_reason() -> None:
    columns = {
        "First Name": ("Wilhelmina",),
        "DOB": ("3/14/2012",),
        "Race": ("Caucasian",),
        "Phone": ("9725550101",),
    }
    told = " ".join(each.reason for each in suggest(asked(columns)))
    assert [value for values in columns.values() for value in values if value in told] == []


def test_nothing_is_suggested_for_no_fields() -> None:
    assert sources(asked({})) == {}


def test_a_file_of_schools_is_understood_too() -> None:
    columns = {
        "School Number": ("310", "320"), "School Name": ("Cedar Ridge", "Oak Hill"), "Full Address": ("1 Elm", "2 Oak"),
        "Grade Span": ("K-5", "9-12"), "Principal": ("Ames", "Birch"), "Phone": ("9725550101", "9725550102"),
    }  # fmt: skip
    found = sources(asked(columns, catalog=catalog("schools"), mapping=Mapping("schools")))
    assert found == {
        "schools.school_code": ("School Number",),
        "schools.name": ("School Name",),
        "schools.address": ("Full Address",),
        "schools.grades": ("Grade Span",),
    }
