import json
from datetime import date

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies_mapping import STUDENTS, identities, kept, mappings, ordinary, records, rules, values

from yellowbus.catalog import Field, FieldType, Section, checker
from yellowbus.mapping.compile import Compiled, Context, compile_mapping
from yellowbus.mapping.document import diff_documents, from_document, to_document
from yellowbus.mapping.model import FieldRule, Mapping, MappingType
from yellowbus.mapping.steps import Noted, Refused
from yellowbus.mapping.transforms import OnOddNumber, PhoneFormat, PhoneNumber
from yellowbus.mapping.transforms.phone import Extension
from yellowbus.messages import MESSAGES
from yellowbus.records import ABSENT, Record

CONTEXT = Context(today=date(2025, 9, 1), school_year=2025)
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def compiled(mapping: Mapping) -> Compiled:
    return compile_mapping(mapping, STUDENTS, CONTEXT)


@SLOW
@given(mappings(), records, kept)
def test_a_record_is_never_an_error_and_every_value_is_right_for_its_field(mapping, record, held) -> None:
    mapped = compiled(mapping).apply(record, held)

    for name, value in mapped.values.items():
        if value is not None:
            assert value.strip()
            assert checker(STUDENTS.fields[name])(value) == value


@SLOW
@given(mappings(), records, kept)
def test_applying_twice_gives_the_same(mapping, record, held) -> None:
    once = compiled(mapping)

    assert once.apply(record, held) == once.apply(record, held) == compiled(mapping).apply(record, held)


@SLOW
@given(mappings(), st.lists(records, min_size=2, max_size=4))
def test_what_was_mapped_before_changes_nothing(mapping, several) -> None:
    used = compiled(mapping)

    assert [used.apply(record) for record in several] == [
        compiled(mapping).apply(record) for record in several
    ]


@SLOW
@given(mappings(), records, kept)
def test_a_trace_ends_in_what_apply_gives(mapping, record, held) -> None:
    ready = compiled(mapping)
    mapped, traces = ready.apply(record, held), ready.trace(record, held)

    assert {trace.field: trace.result for trace in traces if trace.result is not ABSENT} == mapped.values
    told = [problem for trace in traces for problem in trace.problems]
    assert told == [problem for problem in mapped.problems if problem.code != "contacts-left-over"]


@SLOW
@given(rules(ordinary), records)
def test_the_last_step_of_a_trace_is_the_value_where_the_field_takes_it(rule, record) -> None:
    assume(rule.mapped and rule.steps)
    (trace,) = compiled(Mapping("students", (rule,))).trace(record)

    if (
        trace.steps
        and trace.result not in (None, ABSENT)
        and STUDENTS.fields[rule.field].type is FieldType.TEXT
    ):
        assert trace.steps[-1][1] == trace.result


@SLOW
@given(mappings(), records)
def test_only_overwrite_clears(mapping, record) -> None:
    cleared = {name for name, value in compiled(mapping).apply(record).values.items() if value is None}
    allowed = {target for target, rule in mapping.targets() if rule.overwrite}
    ids = {
        slot.target("sis_contact_id")
        for slot in mapping.contact_slots
        if any(rule.overwrite for rule in slot.rules)
    }

    assert cleared <= allowed | ids


@SLOW
@given(rules(identities, identity=True), records)
def test_an_identity_field_has_a_value_or_the_record_fails(rule, record) -> None:
    assume(rule.mapped)
    mapped = compiled(Mapping("students", (rule,))).apply(record)

    assert (rule.field in mapped.values) is not mapped.failed


@SLOW
@given(mappings(), records, kept)
def test_every_problem_can_be_said_without_the_value(mapping, record, held) -> None:
    for problem in compiled(mapping).apply(record, held).problems:
        message = MESSAGES[problem.code]
        assert message.sentence.format(**problem.facts)
        assert message.remedy.format(**problem.facts)
        assert problem.value is None or repr(problem.value) not in repr(problem)


@SLOW
@given(mappings(), records)
def test_fields_outside_the_sources_do_not_matter(mapping, record) -> None:
    ready = compiled(mapping)
    known = {name: value for name, value in record.values.items() if name in ready.sources}

    assert ready.apply(Record(known, record.contacts)) == ready.apply(record)


@SLOW
@given(records)
def test_the_district_id_is_what_apply_gives(record) -> None:
    rule = FieldRule("students.student_district_id", MappingType.DIRECT, "A")
    ready = compiled(Mapping("students", (rule,)))

    assert ready.district_id(record) == ready.apply(record).values.get(rule.field)


@SLOW
@given(mappings())
def test_a_mapping_comes_back_from_its_document_and_from_json(mapping) -> None:
    document = to_document(mapping)

    assert from_document(document) == mapping
    assert from_document(json.loads(json.dumps(document))) == mapping
    assert json.dumps(to_document(from_document(document))) == json.dumps(document)
    assert diff_documents(document, document) == []


@SLOW
@given(mappings(), mappings())
def test_different_mappings_differ_in_words(one, other) -> None:
    assume({rule.field: rule for rule in one.rules} != {rule.field: rule for rule in other.rules})

    assert diff_documents(to_document(one), to_document(other)) != []


@SLOW
@given(values, st.sampled_from(PhoneFormat), st.sampled_from([Extension.DROP, Extension.KEEP]))
def test_a_phone_field_takes_whatever_phone_number_makes(value, form, extension) -> None:
    step = PhoneNumber(form, extension, OnOddNumber.FAIL)
    field = Field("custom.phone", "Phone", Section.CUSTOM, FieldType.PHONE)
    try:
        phone = step.step(CONTEXT)(value, {})
    except (Noted, Refused):
        return
    if phone is not None:
        assert checker(field)(phone) == phone
