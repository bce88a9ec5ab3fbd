"""A mapping while it is edited gives what a run would give, and a faulty rule hides only itself."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from strategies_mapping import STUDENTS, mappings, records

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping import live
from yellowbus.mapping.compile import Context, compile_mapping
from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping, MappingType
from yellowbus.mapping.transforms import Date, Lower, Split, Upper
from yellowbus.records import Record

CONTEXT = Context(date(2026, 9, 1), 2026)
RECORD = Record({"first": "Ana", "dob": "03/04/2015"}, [{"id": "7", "name": "Bo"}])
NAME = FieldRule("students.fname", MappingType.DIRECT, "first")
FAULTY = FieldRule("students.mname", MappingType.TRANSFORMATION, "first", (Split(fragment=0),))


def traced(*rules: FieldRule, slots: tuple[ContactSlot, ...] = ()):
    return live.traces(Mapping("students", rules, slots), STUDENTS, CONTEXT, RECORD, kept={})


@given(mappings(), records, st.dictionaries(st.sampled_from(("guardian1", "guardian2")), st.text(max_size=2)))
def test_a_mapping_that_can_run_shows_what_a_run_gives(mapping, record, kept):
    try:
        compiled = compile_mapping(mapping, STUDENTS, CONTEXT)
    except NeedsAdmin:
        return
    expected = {trace.field: trace for trace in compiled.trace(record, kept)}
    assert live.traces(mapping, STUDENTS, CONTEXT, record, kept=kept) == expected


def test_a_rule_that_cannot_work_hides_only_itself():
    unknown = replace(NAME, field="custom.gone")
    unmapped = FieldRule("students.suffix", source="first")
    found = traced(FAULTY, unknown, unmapped, NAME)
    assert {name: trace.result for name, trace in found.items()} == {"students.fname": "Ana"}


def test_a_faulty_part_of_a_contact_slot_hides_only_itself():
    slot = ContactSlot(
        "guardian1",
        (FieldRule("fname", MappingType.DIRECT, "name"), replace(FAULTY, field="lname")),
        id_field="id",
    )
    found = traced(slots=(slot,))
    assert {name: trace.result for name, trace in found.items()} == {
        "students_annual.guardian1_fname": "Bo",
        "students_annual.guardian1_sis_contact_id": "7",
    }


def test_a_slot_that_cannot_choose_shows_nothing():
    assert traced(slots=(ContactSlot("guardian1", (FieldRule("fname", MappingType.DIRECT, "name"),)),)) == {}


def test_steps_are_shown_up_to_the_first_that_cannot_work():
    rule = replace(FAULTY, steps=(Upper(), Split(fragment=0), Lower()))
    trace = live.trace_steps(rule, STUDENTS.fields["students.mname"], CONTEXT, RECORD)
    assert (trace.start, trace.steps) == ("Ana", (("Upper", "ANA"),))


def test_steps_of_a_field_that_is_not_mapped_are_shown_too():
    rule = FieldRule("students.dob", source="dob", steps=(Date(("MM/DD/YYYY",)),))
    trace = live.trace_steps(rule, STUDENTS.fields["students.dob"], CONTEXT, RECORD)
    assert trace.steps == (("Date", "2015-03-04"),)
